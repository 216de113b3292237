"""The sandbox: each command that has one is shut in while it works, and does all of its work there."""
import os
import re
import threading
import time

from box import RULES, read, table, write

PLAN = b"""version: 1
outputs:
  t:
    input: in/*.csv
    output: release/{stem}.csv
    drop: [patient]
    keep: [area]
    count: [n, total]
    ratio: {share: [n, total]}
"""
SHOWN = b"area,n\nnorth,10\nsouth,[REDACTED]\nTotal,15\n"
PARENTS = b"area,parent\nnorth,all\nsouth,all\n"


def here(box):
    """Why not, or None."""
    done = box.run(["version"], box.folder())
    text = re.search(rb"^sandbox: (.*)$", done.out, re.M)[1]
    if not re.match(rb"Landlock [2-9]\d*, seccomp$", text):
        return text.decode()
    return None


def files(folder):
    found = {}
    for top, _, names in os.walk(folder):
        for name in names:
            found[os.path.relpath(os.path.join(top, name), folder)] = read(top, name)
    return found


def filled(box):
    folder = box.folder()
    for name in ("in", "tree", "tree/deep"):
        os.mkdir(os.path.join(folder, name))
    write(table(300), folder, "in", "a.csv")
    write(table(20, 2), folder, "in", "b.csv")
    write(PLAN, folder, "plan.yaml")
    write(SHOWN, folder, "tree", "shown.csv")
    write(SHOWN, folder, "tree", "deep", "shown.csv")
    write(PARENTS, folder, "parents.csv")
    os.symlink("../in/b.csv", os.path.join(folder, "tree", "link.csv"))
    return folder


WORKS = [  # each a list of command lines in the same folder
    [["run", *RULES, "in/a.csv", "-o", "out.csv", "--report", "r.json"]],
    [["run", "-q", "-g", "area", "--rows", "n", "--partial", "in/a.csv", "-o", "part"], ["merge", "part", "-o", "out.csv"]],
    [["check", "tree"], ["check", "--columns", "-o", "said", "tree/shown.csv", "in"], ["check", "--format", "json", "tree"]],
    [["release", "plan.yaml"], ["check", "--manifest", "release/manifest.json", "release"], ["release", "plan.yaml", "--again"],
     ["release", "plan.yaml", "--again", "-a"], ["release", "plan.yaml", "-a"]],
    [["release", "plan.yaml", "-a", "-j3"], ["release", "plan.yaml"], ["release", "plan.yaml", "--airlock", "w", "--again"]],
    [["audit", "--policy", "opensafely", "-t", "Total", "tree/shown.csv"], ["audit", "--suggest", "tree/shown.csv"],
     ["audit", "-d", "area", "-m", "n", "--policy", "opensafely", "--parents", "area=parents.csv", "-t", "Total", "tree/shown.csv"]],
    [["split", "--index", "3", "in/a.csv"], ["plan", "plan.yaml"], ["plan", "plan.yaml", "--explain", "in/a.csv"]],
]


def the_same_inside(box):
    if here(box):
        return box.skip("what is done in the sandbox: " + here(box))
    for work in WORKS:
        ends = []
        for how in ("off", "require"):
            folder = filled(box)
            said = [box.run([args[0], "--sandbox=" + how, *args[1:]], folder)[:3] for args in work]
            ends.append((said, files(folder)))
        for args, off, on in zip(work, ends[0][0], ends[1][0]):
            box.check(off == on, "%s: outside %r, inside %r" % (" ".join(args), off, on))
        for name in sorted(set(ends[0][1]) | set(ends[1][1])):
            box.check(ends[0][1].get(name) == ends[1][1].get(name), "%s: %s is another file" % (work[0][0], name))


def seen(p):
    """Whether the process is under a filter and may gain no rights, before it has ended."""
    try:
        status = read("/proc/%d/status" % p.pid)
    except (FileNotFoundError, ProcessLookupError):
        return False
    return b"\nSeccomp:\t2\n" in status and b"\nNoNewPrivs:\t1\n" in status


def is_shut_in(box, folder, args):
    p = box.start(args, folder)
    try:
        until = time.monotonic() + 20
        while time.monotonic() < until and p.poll() is None:
            if seen(p):
                return True
        return False
    finally:
        p.kill()
        p.communicate()


def it_is_entered(box):
    """Seen from outside, while the work waits for its input, or is long enough to be seen."""
    if here(box):
        return box.skip("who enters the sandbox: " + here(box))
    folder = filled(box)
    os.mkfifo(os.path.join(folder, "in", "fifo.csv"))
    for i in range(40):
        write(b"a,n\n" + b"x,10\n" * 200000, folder, "tree", "%d.csv" % i)
    with open(os.path.join(folder, "long.csv"), "wb") as f:
        f.write(b"a,n\n")
        f.truncate(4 << 30)
    for args in (["run", *RULES, "in/fifo.csv"], ["merge", "in/fifo.csv"], ["check", "tree"], ["release", "plan.yaml"],
                 ["release", "-a", "plan.yaml"], ["audit", "-m", "n", "in/fifo.csv"], ["plan", "plan.yaml", "--explain", "in/fifo.csv"],
                 ["split", "--index", "3", "long.csv"]):
        box.check(is_shut_in(box, folder, args), "%s: not seen in the sandbox" % " ".join(args))
        done = box.run([args[0], "--sandbox=on", *args[1:]], folder)
        box.check(done.status == 2, "%s: --sandbox=on: %s" % (args[0], done.status))


TESTS = [the_same_inside, it_is_entered]
