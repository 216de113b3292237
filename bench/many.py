#!/usr/bin/env python3
"""W4: many measure files released, against `cp -r` of their folder, in paired runs.

    bench/many.py --build build [--files 2000] [--bytes 200000] [--pairs 5] [--threads 2] [--in FOLDER]

The release does more than copying: it protects, judges, hashes twice, writes manifest, controls
and report, and syncs.  So beside the ratio of times there is that of CPU time, and `cp -r` with a
sync of its file system.  The median of the pairs' ratios is what is told.

Each command begins with a file system that was synced, and what it makes is put aside, not removed: for
minutes after files were removed ext4 looks for inodes that were not among them, at the cost of whoever makes
files next.  --in a folder on tmpfs shows what is left without a disk.
"""
import argparse
import os
import pathlib
import resource
import shutil
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
PLAN = """version: 1
outputs:
  measures:
    input: in/*.csv
    output: release/{stem}.csv
    count: [numerator, denominator]
    ratio: {ratio: [numerator, denominator]}
    other: keep
"""


def make_files(gen, box, n, size):
    """One large table, cut into files that each begin with its header."""
    (box / "in").mkdir()
    whole = subprocess.Popen([gen, "measures", str(n * size + 1000000)], stdout=subprocess.PIPE)
    head = whole.stdout.readline()
    for i in range(n):
        with open(box / "in" / ("m%05d.csv" % i), "wb") as f:
            f.write(head)
            written = len(head)
            while written < size:
                line = whole.stdout.readline()
                if not line:
                    sys.exit("bench/many: the generator ended early")
                written += f.write(line)
    whole.kill()
    whole.wait()


class Box:
    """Where it happens; what was made is moved out of the way."""

    def __init__(self, path):
        self.path, self.made = path, 0
        shutil.rmtree(path, ignore_errors=True)
        (path / "aside").mkdir(parents=True)

    def put_aside(self):
        for name in ("copy", "release", ".release.sluice-state"):
            if (self.path / name).exists():
                (self.path / name).rename(self.path / "aside" / ("%d%s" % (self.made, name)))
        self.made += 1

    def timed(self, argv):
        subprocess.run(["sync", "-f", self.path], check=True)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        start = time.monotonic()
        subprocess.run(argv, cwd=self.path, check=True, stdout=subprocess.DEVNULL)
        took = time.monotonic() - start
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return took, after.ru_utime - before.ru_utime, after.ru_stime - before.ru_stime


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--build", default="build")
    p.add_argument("--files", type=int, default=2000)
    p.add_argument("--bytes", type=int, default=200000)
    p.add_argument("--pairs", type=int, default=5)
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--in", dest="folder", type=pathlib.Path, default=HERE / "data")
    a = p.parse_args()
    build = pathlib.Path(a.build).resolve()
    box = Box(a.folder.resolve() / "many")
    make_files(build / "bench" / "gen", box.path, a.files, a.bytes)
    (box.path / "plan.yaml").write_text(PLAN)
    ours = [build / "sluice", "release", "-q", "plan.yaml", "-j%d" % a.threads]
    walls, cpus, synced, users, kernels, again = [], [], [], [], [], []
    for _ in range(a.pairs):
        c, *c_cpu = box.timed(["cp", "-r", "in", "copy"])
        box.put_aside()
        s, *_ = box.timed(["sh", "-c", "cp -r in copy && sync -f copy"])
        box.put_aside()
        r, *r_cpu = box.timed(ours)
        u, *_ = box.timed(ours)
        box.put_aside()
        print("cp -r %.3f s (%.3f s CPU), with sync %.3f s; release %.3f s (%.3f user, %.3f system); nothing changed %.3f s"
              % (c, sum(c_cpu), s, r, *r_cpu, u))
        walls.append(r / c)
        cpus.append(sum(r_cpu) / sum(c_cpu))
        synced.append(r / s)
        users.append(r_cpu[0])
        kernels.append(r_cpu[1])
        again.append(u)
    print("release / cp -r: %.2f; / cp -r with sync: %.2f; CPU: %.2f; user %.3f s, system %.3f s; nothing changed %.3f s "
          "(medians of %d pairs, %d files, load %.1f)"
          % (*map(statistics.median, (walls, synced, cpus, users, kernels, again)), a.pairs, a.files, os.getloadavg()[0]))
    shutil.rmtree(box.path)


main()
