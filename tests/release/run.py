#!/usr/bin/env python3
"""A release that is killed, and what may be seen in it.

    tests/release/run.py PATH/TO/sluice [--tables N] [--kills N] [--seed N]

Tables of measures are released, the program is killed at random moments (SIGKILL, now and
then SIGTERM) and run again.  After every death each file under a final name is one that a
whole run would have written, old or new; after the last run the folder is what its manifest
says and byte for byte that of a release that nobody disturbed.  A value planted where a
message could pick it up is nowhere.  Last line: N passed, N failed.
"""
import argparse
import glob
import hashlib
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time

SECRET = "SECRET7731"
PLAN = """version: 1
outputs:
  measures:
    input: in/*.csv
    output: release/{stem}.csv
    keep: [measure, "interval_*", sex]
    count: [numerator, denominator]
    ratio: {ratio: [numerator, denominator]}
"""
results = {True: 0, False: 0}


def check(what, ok, why=""):
    results[bool(ok)] += 1
    if not ok:
        print("FAIL %s %s" % (what, why))
    return ok


def make_table(path, draw, rows):
    with open(path, "w", encoding="utf-8") as f:
        f.write("measure,interval_start,interval_end,ratio,numerator,denominator,sex\n")
        for i in range(rows):
            d = draw.randint(1, 9000)
            n = draw.randint(0, d)
            f.write("m%d,2023-01-01,2023-01-31,%r,%d,%d,%s\n" % (i, n / d, n, d, draw.choice("FM")))


def hashes(folder):
    found = {}
    for path in glob.glob(os.path.join(folder, "**", "*"), recursive=True):
        if os.path.isfile(path):
            with open(path, "rb") as f:
                found[os.path.relpath(path, folder)] = hashlib.sha256(f.read()).hexdigest()
    return found


def run(program, box, *more, check_status=True):
    done = subprocess.run([program, "release", "plan.yaml", "-j2", *more], cwd=box,
                          capture_output=True, text=True)
    if check_status:
        check("exit status", done.returncode == 0, done.stdout + done.stderr)
    return done


def undisturbed(program, box, *more):
    """What a release that nobody disturbs makes of these inputs."""
    with tempfile.TemporaryDirectory(prefix="whole-") as other:
        os.symlink(os.path.join(box, "in"), os.path.join(other, "in"))
        shutil.copy(os.path.join(box, "plan.yaml"), other)
        run(program, other, *more)
        return hashes(os.path.join(other, "release"))


def kills(program, tables, n, seed, *more):
    draw = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="killed-") as box:
        os.mkdir(os.path.join(box, "in"))
        with open(os.path.join(box, "plan.yaml"), "w") as f:
            f.write(PLAN)
        for i in range(tables):
            make_table(os.path.join(box, "in", "t%04d.csv" % i), draw, draw.randint(20, 900))
        past = []
        start = time.monotonic()
        new = undisturbed(program, box, *more)
        took = max(time.monotonic() - start, 0.02)
        died = 0
        for k in range(n):
            if k % 5 == 4:  # other inputs: what stands there is the old release
                past.append(new)
                for i in draw.sample(range(tables), tables // 3):
                    make_table(os.path.join(box, "in", "t%04d.csv" % i), draw, 300)
                new = undisturbed(program, box, *more)
            child = subprocess.Popen([program, "release", "plan.yaml", "-j2", "--again", *more], cwd=box,
                                     stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(draw.uniform(0, 1.1 * took))
            child.send_signal(signal.SIGTERM if k % 4 == 3 else signal.SIGKILL)
            died += child.wait() < 0
            there = hashes(os.path.join(box, "release"))
            known = {}
            for source in [*past, new]:
                for name, value in source.items():
                    known.setdefault(name, set()).add(value)
            strange = [name for name, value in there.items()
                       if not name.startswith(".sluice-stage") and value not in known.get(name, ())]
            check("after kill %d: whole files only" % k, not strange, strange[:3])
            if more and there:
                check("after kill %d: the folder is whole" % k, there in [*past, new])
        run(program, box, *more)
        end = hashes(os.path.join(box, "release"))
        check("the end state", end == new, sorted(set(end.items()) ^ set(new.items()))[:4])
        again = run(program, box, *more)
        check("nothing more to do", "nothing has changed" in again.stdout, again.stdout)
        proof = subprocess.run([program, "check", "--manifest", "release/manifest.json"], cwd=box,
                               capture_output=True, text=True)
        check("the manifest's proof", proof.returncode == 0, proof.stdout + proof.stderr)
        left = [x for x in os.listdir(box) if x.startswith(".sluice-stage")]
        check("nothing is left behind", not left and not os.path.exists(os.path.join(box, "release", ".sluice-stage")), left)
        print("killed while at work: %d of %d" % (died, n))
        check("some were killed while at work", died >= n // 3, died)


def secrets(program):
    plan = PLAN + """  refused:
    input: refused.csv
    output: release/refused.csv
    keep: [group, n_small, note]
  broken:
    input: broken.csv
    output: release/broken.csv
    keep: [group]
    count: [n]
  dropped:
    input: dropped.csv
    output: release/dropped.csv
    drop: [name]
    count: [n]
    keep: [group]
"""
    with tempfile.TemporaryDirectory(prefix="secret-") as box:
        os.mkdir(os.path.join(box, "in"))
        make_table(os.path.join(box, "in", "a.csv"), random.Random(1), 50)
        files = {"plan.yaml": plan, "refused.csv": "group,n_small,note\na,3,%s\nb,120,x\n" % SECRET,
                 "broken.csv": "group,n\na,12\nb,%s\n" % SECRET,
                 "dropped.csv": "group,name,n\na,%s,120\nb,y,330\n" % SECRET}
        for name, text in files.items():
            with open(os.path.join(box, name), "w") as f:
                f.write(text)
        done = run(program, box, check_status=False)
        check("a table that fails is worse than one that is refused", done.returncode == 3, done.stderr)
        check("no secret in messages", SECRET not in done.stdout + done.stderr)
        for root, _, names in os.walk(os.path.join(box, "release")):
            for name in names:
                with open(os.path.join(root, name), encoding="utf-8") as f:
                    check("no secret in %s" % name, SECRET not in f.read())
        there = sorted(os.listdir(os.path.join(box, "release")))
        check("what is there", there == ["CONTROLS.md", "a.csv", "dropped.csv", "manifest.json", "report.html"], there)
        with open(os.path.join(box, "release", "manifest.json")) as f:
            manifest = json.load(f)
        check("the manifest says so", not manifest["complete"] and
              [t["output"]["file"] for t in manifest["not_released"]] == ["refused.csv", "broken.csv"])
        text = json.dumps(manifest)
        for name in ("a.csv", "broken.csv", "refused.csv", "dropped.csv"):
            path = os.path.join(box, "in" if name == "a.csv" else "", name)
            with open(path, "rb") as f:
                check("no hash of an input", hashlib.sha256(f.read()).hexdigest() not in text)
        whole = run(program, box, "--all-or-nothing", check_status=False)
        check("all or nothing: nothing", whole.returncode == 3 and "nothing was released" in whole.stderr, whole.stderr)
        check("all or nothing: as it was", sorted(os.listdir(os.path.join(box, "release"))) == there)


def limited():
    """Files of 8 KiB at most, and a failed write instead of a signal: a disk that is full at once."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))


def full(program):
    with tempfile.TemporaryDirectory(prefix="full-") as box:
        os.mkdir(os.path.join(box, "in"))
        make_table(os.path.join(box, "in", "a.csv"), random.Random(1), 2000)
        with open(os.path.join(box, "plan.yaml"), "w") as f:
            f.write(PLAN)
        done = subprocess.run([program, "release", "plan.yaml"], cwd=box, capture_output=True, text=True, preexec_fn=limited)
        check("no room: it is said of the output", done.returncode == 4 and "sluice: release/a.csv: cannot write:" in done.stderr,
              done.stderr)
        left = sorted(os.path.relpath(os.path.join(root, n), box) for root, _, names in os.walk(box) for n in names)
        check("no room: no half table", "release/a.csv" not in left and not any(".new" in n or "stage" in n for n in left), left)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("program")
    p.add_argument("--tables", type=int, default=60)
    p.add_argument("--kills", type=int, default=20)
    p.add_argument("--seed", type=int, default=1)
    a = p.parse_args()
    program = os.path.abspath(a.program)
    secrets(program)
    full(program)
    kills(program, a.tables, a.kills, a.seed)
    kills(program, a.tables, a.kills, a.seed + 1, "--all-or-nothing")
    print("%d passed, %d failed" % (results[True], results[False]))
    return results[False] > 0


if __name__ == "__main__":
    sys.exit(main())
