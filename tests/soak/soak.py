#!/usr/bin/env python3
"""Random plans on random tables against the second opinion, for as long as it is told.

    tests/soak/soak.py PATH/TO/sluice [--seconds 600] [--seed N]

Each table is one of tests/judge/compare.py: plan, spelling, damage, container, threads, chunks and
instruction set are drawn; what comes out, or how it is refused, must be what
tests/judge/reference.py says.  The seed is the time unless given; a failure is repeated by

    tests/judge/compare.py PATH/TO/sluice --seed SEED --only N

Last line: N passed, N failed.
"""
import argparse
import collections
import os
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "judge"))
import compare  # noqa: E402 (where it is was said just now)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("program")
    p.add_argument("--seconds", type=float, default=600)
    p.add_argument("--seed", type=int, default=int(time.time()))
    a = p.parse_args()
    program = os.path.abspath(a.program)
    until = time.monotonic() + a.seconds
    kinds, failed, n = collections.Counter(), 0, 0
    while time.monotonic() < until:
        with tempfile.TemporaryDirectory(prefix="soak-") as folder:
            wrong, kind = compare.one(program, "%d/%d" % (a.seed, n), folder)
        kinds[kind] += 1
        if wrong:
            failed += 1
            print("seed %d, table %d: %s" % (a.seed, n, wrong), flush=True)
        n += 1
    print("seed %d: %d tables released, refused: %s" % (a.seed, kinds.pop("rows", 0),
                                                        ", ".join("%s %d" % k for k in sorted(kinds.items()))))
    print("%d passed, %d failed" % (n - failed, failed))
    return failed > 0 or not n


if __name__ == "__main__":
    sys.exit(main())
