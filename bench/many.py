#!/usr/bin/env python3
"""W4: many measure files released, against `cp -r` of their folder, in paired runs.

    bench/many.py --build build [--files 2000] [--bytes 200000] [--pairs 5] [--threads 2]

The release does more than copying: it protects, judges, hashes twice, writes manifest, controls
and report, and syncs.  So beside the ratio of times there is that of CPU time, and `cp -r` with a
sync of its file system.  The median of the pairs' ratios is what is told.
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
    (box / "in").mkdir(parents=True)
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


def timed(argv, box, gone):
    shutil.rmtree(box / gone, ignore_errors=True)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    subprocess.run(argv, cwd=box, check=True, stdout=subprocess.DEVNULL)
    took = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return took, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--build", default="build")
    p.add_argument("--files", type=int, default=2000)
    p.add_argument("--bytes", type=int, default=200000)
    p.add_argument("--pairs", type=int, default=5)
    p.add_argument("--threads", type=int, default=2)
    a = p.parse_args()
    build = pathlib.Path(a.build).resolve()
    box = HERE / "data" / "many"
    shutil.rmtree(box, ignore_errors=True)
    make_files(build / "bench" / "gen", box, a.files, a.bytes)
    (box / "plan.yaml").write_text(PLAN)
    copy = ["cp", "-r", "in", "copy"]
    ours = [build / "sluice", "release", "-q", "plan.yaml", "-j%d" % a.threads]
    walls, cpus, synced, again = [], [], [], []
    for _ in range(a.pairs):
        c, c_cpu = timed(copy, box, "copy")
        s, _ = timed(["sh", "-c", "cp -r in copy && sync -f copy"], box, "copy")
        r, r_cpu = timed(ours, box, "release")
        u = time.monotonic()
        subprocess.run(ours, cwd=box, check=True)
        again.append(time.monotonic() - u)
        print("cp -r %.3f s (%.3f s CPU), with sync %.3f s; release %.3f s (%.3f s CPU); nothing changed %.3f s"
              % (c, c_cpu, s, r, r_cpu, again[-1]))
        walls.append(r / c)
        cpus.append(r_cpu / c_cpu)
        synced.append(r / s)
    print("release / cp -r: %.2f; / cp -r with sync: %.2f; CPU: %.2f (medians of %d pairs, %d files, load %.1f)"
          % (statistics.median(walls), statistics.median(synced), statistics.median(cpus), a.pairs, a.files,
             os.getloadavg()[0]))
    shutil.rmtree(box)


main()
