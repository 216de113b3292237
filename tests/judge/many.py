#!/usr/bin/env python3
"""Far more groups than memory has room for: the right table, in bounded memory.

    tests/judge/many.py PATH/TO/sluice [--keys 2000000] [--memory 32M] [--threads 1] [--folder DIR] [--any-size]

many.c makes the table and judges what comes out by arithmetic.  Then few rows that make many groups, by
totals of six columns, whose persons are in no order: without a limit, and with the same
memory.  The runs must have spilled, and their peak of resident memory must stay under twice what
--memory allows.  The issue's case is --keys 50000000 --memory 128M.  Last line: N passed, N failed.
"""
import argparse
import filecmp
import json
import os
import random
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
UNITS = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


def compiled(folder):
    program = os.path.join(folder, "many")
    subprocess.run([os.environ.get("CC", "cc"), "-std=c11", "-O2", "-o", program, os.path.join(HERE, "many.c")], check=True)
    return program


def peak_of(argv, out):
    """Run argv, its output to the file; exit status, seconds and the peak in MiB (of which this process's
    own size is the least that can be seen: it holds no table)."""
    started = time.monotonic()
    with open(out, "wb") as f:
        p = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=f)
        _, status, used = os.wait4(p.pid, 0)
    p.returncode = os.waitstatus_to_exitcode(status)
    return p.returncode, time.monotonic() - started, used.ru_maxrss / 1024


class Wrong(Exception):
    pass


def grouped(a, folder, table, flags):
    """Group within the memory that is allowed; what it took, in words.  The table is in out.csv."""
    report, out = os.path.join(folder, "report.json"), os.path.join(folder, "out.csv")
    status, seconds, peak = peak_of([a.program, "run", "-q", "-j", a.threads, "--memory", a.memory, "--temp", folder, "--report", report,
                                     "--policy", "cms", "--threshold", "0", "--zeros", "keep", *flags, table], out)
    if status:
        raise Wrong("exit status %d" % status)
    with open(report) as f:
        group = json.load(f)["group"]
    if not group["spilled_bytes"]:
        raise Wrong("nothing was spilled")
    if not a.any_size and peak > 2 * int(a.memory[:-1]) * UNITS[a.memory[-1]] / UNITS["M"]:
        raise Wrong("%.1f MiB resident where %s are allowed" % (peak, a.memory))
    return "%d groups, --memory %s, -j %s: %.1f s, %.1f MiB resident, %d bytes spilled" % (
        group["groups"], a.memory, a.threads, seconds, peak, group["spilled_bytes"])


def many_keys(a, folder):
    many, table = compiled(folder), os.path.join(folder, "keys.csv")
    with open(table, "wb") as f:
        subprocess.run([many, "gen", str(a.keys)], stdout=f, check=True)
    said = grouped(a, folder, table, ["-g", "key", "--rows", "n", "--sum", "s=v"])
    with open(os.path.join(folder, "out.csv"), "rb") as f:
        if subprocess.run([many, "check", str(a.keys)], stdin=f, check=False).returncode:
            raise Wrong("the grouped table is wrong")
    return said


def many_totals(a, folder):
    """All in one chunk of the usual size: 64 groups and persons for each row."""
    rng, by, table = random.Random(1), "abcdef", os.path.join(folder, "totals.csv")
    with open(table, "w") as f:
        f.write(",".join(by) + ",p\n")
        f.writelines("%s,%d\n" % (",".join(str(rng.randrange(50)) for _ in by), rng.randrange(10**6)) for _ in range(20000))
    flags = ["-g", ",".join(by), "--rows", "n", "--persons", "people=p", "--totals", ",".join(by), "--totals-from", "raw"]
    free = os.path.join(folder, "free.csv")
    subprocess.run([a.program, "run", "-q", "--policy", "cms", "--threshold", "0", "--zeros", "keep", *flags, table, "-o", free], check=True)
    said = grouped(a, folder, table, flags)
    if not filecmp.cmp(os.path.join(folder, "out.csv"), free, shallow=False):
        raise Wrong("another table than without a limit")
    return said


def main():
    p = argparse.ArgumentParser()
    p.add_argument("program")
    p.add_argument("--keys", type=int, default=2000000)
    p.add_argument("--memory", default="32M")
    p.add_argument("--threads", default="1")
    p.add_argument("--any-size", action="store_true", help="don't judge the memory: sanitizers take their own")
    p.add_argument("--folder", help="for the tables and what is spilled (default: the usual one)")
    a = p.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory(prefix="many-", dir=a.folder) as folder:
        for test in (many_keys, many_totals):
            try:
                print(test(a, folder))
            except Wrong as e:
                failed += 1
                print("%s: %s" % (test.__name__, e))
    print("%d passed, %d failed" % (2 - failed, failed))
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
