#!/usr/bin/env python3
"""Far more groups than memory has room for: the right table, in bounded memory.

    tests/judge/many.py PATH/TO/sluice [--keys 1500000] [--memory 24M] [--threads 1] [--folder DIR]

many.c makes the table and judges what comes out by arithmetic.  The run must have spilled, and its
peak of resident memory must stay under twice what --memory allows.  The issue's case is
--keys 50000000 --memory 128M.  Last line: N passed, N failed.
"""
import argparse
import json
import os
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
    """Run argv, its output to the file; exit status, seconds and the peak in MiB."""
    started = time.monotonic()
    with open(out, "wb") as f:
        p = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=f)
        _, status, used = os.wait4(p.pid, 0)
    p.returncode = os.waitstatus_to_exitcode(status)
    return p.returncode, time.monotonic() - started, used.ru_maxrss / 1024


def main():
    p = argparse.ArgumentParser()
    p.add_argument("program")
    p.add_argument("--keys", type=int, default=1500000)
    p.add_argument("--memory", default="24M")
    p.add_argument("--threads", default="1")
    p.add_argument("--folder", help="for the tables and what is spilled (default: the usual one)")
    a = p.parse_args()
    wrong = []
    with tempfile.TemporaryDirectory(prefix="many-", dir=a.folder) as folder:
        many = compiled(folder)
        table, out, report = (os.path.join(folder, name) for name in ("in.csv", "out.csv", "report.json"))
        with open(table, "wb") as f:
            subprocess.run([many, "gen", str(a.keys)], stdout=f, check=True)
        status, seconds, peak = peak_of(
            [a.program, "run", "-q", "-j", a.threads, "--memory", a.memory, "--temp", folder, "--report", report, "-g", "key",
             "--rows", "n", "--sum", "s=v", "--policy", "cms", "--threshold", "0", "--zeros", "keep", table], out)
        if status:
            wrong.append("exit status %d" % status)
        else:
            with open(out, "rb") as f:
                if subprocess.run([many, "check", str(a.keys)], stdin=f).returncode:
                    wrong.append("the grouped table is wrong")
            with open(report) as f:
                spilled = json.load(f)["group"]["spilled_bytes"]
            if not spilled:
                wrong.append("nothing was spilled")
            allowed = int(a.memory[:-1]) * UNITS[a.memory[-1]] / UNITS["M"]
            if peak > 2 * allowed:
                wrong.append("%.1f MiB resident where %s are allowed" % (peak, a.memory))
            print("%d keys, --memory %s, -j %s: %.1f s, %.1f MiB resident, %d bytes spilled" % (
                a.keys, a.memory, a.threads, seconds, peak, spilled))
    for text in wrong:
        print(text)
    print("%d passed, %d failed" % (not wrong, bool(wrong)))
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
