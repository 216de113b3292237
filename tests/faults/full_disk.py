"""Disk full at every size, on a tmpfs in a mount namespace of our own; outputs.py runs this.

Exit status 77: no tmpfs can be mounted here.
"""
import os
import subprocess
import sys

from box import OLD, RULES, Box, read, table, write


def main():
    box = Box(sys.argv[1])
    folder = sys.argv[2]
    disk = os.path.join(folder, "disk")
    os.mkdir(disk) if not os.path.isdir(disk) else None
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4k", "none", disk], capture_output=True).returncode:
        return 77
    want = box.right(table(4000))
    fits = 0
    for options in ["nr_inodes=2"] + ["size=%dk" % size for size in range(4, 220, 8)]:
        for flags in ([], ["-z"], ["-j2", "--report", "disk/report.json"]):
            subprocess.run(["umount", disk], check=True)
            subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", disk], check=True)
            if not options.startswith("nr"):
                write(OLD, disk, "out.csv")
            done = box.run(["run", *RULES, "in.csv", "-o", "disk/out.csv", *flags], folder)
            what = "disk of %s %s" % (options, flags)
            box.sound(done, what, disk, (0, 4))
            fits += done.status == 0
            if done.status == 0 and not flags:
                box.check(read(disk, "out.csv") == want, what + ": other bytes")
            elif done.status and not options.startswith("nr"):
                box.check(read(disk, "out.csv") == OLD, what + ": the old output is gone")
    box.check(fits > 3, "no disk was large enough: nothing was tested")
    print("%d passed, %d failed" % (box.passed, box.failed))
    return 0


sys.exit(main())
