#!/usr/bin/env python3
"""How long it takes to protect tables and to audit them, and what stays undecided.

    bench/audit.py BUILD_DIR [--beside BUILD_DIR] [--runs N] [--data FOLDER]

Each table is protected, with the audit of what was chosen, and then audited by one who knows nothing but
what is published.  Tables of three dimensions with all their totals are made here, always the same ones; so
are files of many columns or rows for `sluice audit`.  Where the reference tables are (default ../shared/sdc; they
are not part of this project), they are taken, too.  Times are seconds of the processors, the least of N
runs (default 3); with --beside, the other build's runs come in turn with ours, and its figures follow a slash.
"""
import argparse
import os
import random
import resource
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../tests/judge"))

from references import Cells, from_lpt  # noqa: E402

REFERENCES = ("z3", "sf4", "sf5")
CUBES = ((8, 10, 12), (14, 20, 25), (20, 24, 40))
FILES = (("columns", 60000), ("rows", 60000))


def cube(sizes, threshold=7):
    """Counts of which most are small, with every total over one dimension, two, all."""
    rng, cells, at = random.Random(1), Cells(), {}
    a, b, c = (range(n) for n in sizes)
    for i in a:
        for k in b:
            for n in c:
                value = int(rng.expovariate(1 / 30)) + 1
                at[i, k, n] = cells.add(value, True, value <= threshold)
    for over in range(1, 8):
        parts = {}
        for key, cell in at.items():
            if None not in key:
                total = tuple(None if over >> d & 1 else key[d] for d in range(3))
                parts.setdefault(total, []).append(cell)
        for total, inner in parts.items():
            value = sum(cells.values[i] for i in inner)
            at[total] = cells.add(value, True, value <= threshold, inner)
    return cells


def tables(folder):
    for sizes in CUBES:
        yield " x ".join(map(str, sizes)), cube(sizes)
    for name in REFERENCES:
        path = f"{folder}/lp/none_{name}.lpt"
        if os.path.isfile(path):
            yield name, from_lpt(path)[0]


def run_model(build, text, what, *settings):
    done = subprocess.run([os.path.join(build, "tests/judge/model"), what, "seconds=60", *settings],
                          input=text, capture_output=True, text=True, check=True)
    lines = done.stdout.splitlines()
    return dict(word.split("=") for word in lines[0].split()), lines[1:]


def least(builds, runs, run):
    """By build, what the quickest run said; the builds in turn."""
    best = {}
    for _ in range(runs):
        for build in builds:
            said = run(build)
            if build not in best or float(said["seconds"]) < float(best[build]["seconds"]):
                best[build] = said
    return [best[build] for build in builds]


def both(said, key):
    return " / ".join(s[key] for s in said)


def measure_table(builds, runs, name, cells):
    text = cells.text(cells.primary)
    protected = least(builds, runs,
                      lambda build: run_model(build, text, "protect", "zeros_stay=1")[0])
    hidden = [int(x) for x in run_model(builds[0], text, "protect", "zeros_stay=1")[1]]
    shown = cells.text([int(h or not s) for h, s in zip(hidden, cells.shown)])
    audited = least(builds, runs, lambda build: run_model(build, shown, "blind", "verdicts=1")[0])
    print(f"| {name} | {sum(cells.shown):,} | {sum(cells.primary):,} | {sum(hidden):,} | "
          f"{both(protected, 'seconds')} | {both(audited, 'seconds')} | "
          f"{both(audited, 'undecided')} | {both(audited, 'programs')} |", flush=True)


def write_file(path, what, n):
    hidden = ["[REDACTED]" if i % 3 else "15" for i in range(n)]
    with open(path, "w") as f:
        if what == "rows":
            f.write("region,n\n" + "".join(f"r{i},{v}\n" for i, v in enumerate(hidden)))
            f.write(f"Total,{12 * n}\n")
        else:
            f.write(",".join(["region", *[f"c{i}" for i in range(n)]]) + "\n")
            for row, values in (("a", ["12"] * n), ("b", hidden)):
                f.write(",".join([row, *values]) + "\n")
            f.write(",".join(["Total", *["27"] * n]) + "\n")


def run_audit(build, path):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([os.path.join(build, "sluice"), "audit", "-t", "Total", path],
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 1):
        sys.exit(f"audit: exit {done.returncode}")
    return {"seconds": f"{after.ru_utime - before.ru_utime:.3f}"}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build")
    parser.add_argument("--beside")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--data", default="../shared/sdc")
    args = parser.parse_args()
    builds = [args.build] + ([args.beside] if args.beside else [])
    print("| table | cells | must be hidden | hidden | protect, s | audit, s | undecided | programs |")
    print("|---|---|---|---|---|---|---|---|")
    for name, cells in tables(args.data):
        measure_table(builds, args.runs, name, cells)
    print("\n| file | audit, s |\n|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for what, n in FILES:
            path = os.path.join(folder, "a.csv")
            write_file(path, what, n)
            said = least(builds, args.runs, lambda build: run_audit(build, path))
            print(f"| {n:,} {what} | {both(said, 'seconds')} |", flush=True)


if __name__ == "__main__":
    main()
