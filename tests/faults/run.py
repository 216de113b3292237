#!/usr/bin/env python3
"""The fault classes: disks, pipes, signals, links, damaged and hostile input, as they come.

    tests/faults/run.py PATH/TO/sluice [--only WORD] [-v]

What can't be tried here (no user namespaces, no strace) is said: SKIPPED, and why.
Last line: N passed, N failed, N skipped.
"""
import argparse
import sys
import time

import damaged
import inputs
import outputs
import sandbox
import signals
from box import Box


def main():
    p = argparse.ArgumentParser()
    p.add_argument("program")
    p.add_argument("--only", default="")
    p.add_argument("-v", action="store_true")
    a = p.parse_args()
    box = Box(a.program)
    for module in (damaged, outputs, inputs, signals, sandbox):
        for test in module.TESTS:
            if a.only not in test.__name__:
                continue
            begin, passed, failed = time.monotonic(), box.passed, box.failed
            test(box)
            if a.v:
                print("%-28s %5d passed, %d failed, %.1f s" % (test.__name__, box.passed - passed, box.failed - failed,
                                                               time.monotonic() - begin), flush=True)
    for text in box.notes:
        print(text)
    print("%d passed, %d failed, %d skipped" % (box.passed, box.failed, box.skipped))
    return box.failed > 0


if __name__ == "__main__":
    sys.exit(main())
