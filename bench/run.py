#!/usr/bin/env python3
"""sluice beside its yardsticks and peers: right first, then timed.

    bench/run.py [--quick] [--bytes N] [--runs N] [--only REGEX] [--no-peers] [--build DIR]

Tables are made once, in bench/data.  The result is a table on standard output and a file of every run,
bench/results/DATE-CPU.json; a whole run also writes bench/results/w1.svg and the table in
bench/README.md.  With --quick, --only or --no-peers the file goes to bench/data/results
and nothing else is written.
"""
import argparse
import os
import re
import sys

import answers
import chart
import tables
import timing
import workloads
from place import MB, Place, label, write_json


def arguments():
    parser = argparse.ArgumentParser(description="sluice beside its yardsticks and peers")
    parser.add_argument("--build", default="build", help="where make built (default: build)")
    parser.add_argument("--quick", action="store_true", help="100 MB and 3 runs, for a first look")
    parser.add_argument("--bytes", type=int, help="of the tables (default: 1 GB)")
    parser.add_argument("--runs", type=int, help="counted turns of each case (default: 5)")
    parser.add_argument("--only", default="", metavar="REGEX", help="only cases with such a name")
    parser.add_argument("--no-peers", action="store_true", help="sluice and yardsticks only")
    args = parser.parse_args()
    args.whole = not (args.quick or args.only or args.no_peers)
    args.bytes = args.bytes or (100 * MB if args.quick else 1000 * MB)
    args.runs = args.runs or (3 if args.quick else 5)
    return args


def measure(place, case, runs):
    """The case with its runs, or with why there are none."""
    leaves = case.pop("leaves", None)

    def remove():
        if leaves and os.path.exists(leaves):
            os.unlink(leaves)

    try:
        case["runs"] = timing.turns(place, case["commands"], runs, after=remove)
    except timing.Failed as e:
        case["failed"] = str(e)
    return case


def chosen(place, args):
    """Cases to time, and peers that are left out with the reason."""
    largest = 4 * place.size
    wanted = re.compile(args.only)
    cases = [c for c in workloads.sluice_cases(place, largest) if wanted.search(c["name"])]
    left_out = []
    for peer in [] if args.no_peers else workloads.peers(place):
        case = workloads.peer_case(place, peer)
        if not wanted.search(case["name"]):
            continue
        why = answers.check_peer(place, peer)
        if why:
            left_out.append({"name": case["name"], "why": why})
            print("  LEFT OUT %s: %s" % (case["name"], why), flush=True)
        else:
            cases.append(case)
            print("  right    %s: %s" % (case["name"], "the same columns" if peer["projection"] else "the same table"), flush=True)
    return cases, left_out


def main():
    args = arguments()
    place = Place(args.build, args.bytes)
    machine = place.machine()
    print("%s, %d cores; %s tables, %d runs; commit %s" % (machine["cpu"], machine["cores"], label(args.bytes), args.runs,
                                                           machine["commit"][:13]), flush=True)
    if machine["load"] > 0.3:
        print("NOTE: others work on this machine (load %.2f): the figures are noisy" % machine["load"], flush=True)
    try:
        answers.check_sluice(place)
        sizes = answers.packed_sizes(place)
    except answers.Wrong as e:
        print("bench: a wrong answer is not timed: %s" % e, file=sys.stderr)
        return 1
    cases, left_out = chosen(place, args)
    print("\n" + tables.HEAD, flush=True)
    done = []
    for case in cases:
        done.append(measure(place, case, args.runs))
        print(tables.line(case), flush=True)
    result = {"machine": machine, "bytes": args.bytes, "counted_runs": args.runs, "gzip_bytes": sizes, "left_out": left_out,
              "not_built_yet": tables.NOT_BUILT, "cases": [dict(c, **tables.figures(c)) for c in done]}
    print("\n" + tables.footnotes(result))
    folder = "bench/results" if args.whole else "bench/data/results"
    cpu = re.sub(r"[^a-z0-9]+", "-", machine["cpu"].lower()).strip("-")
    path = "%s/%s-%s.json" % (folder, machine["date"], cpu)
    write_json(path, result)
    svg = tables.w1_chart(result, chart.bars)
    if svg:
        with open("%s/w1.svg" % folder, "w") as f:
            f.write(svg)
    if args.whole:
        tables.into_readme("bench/README.md", result, path)
    print("every run is in %s" % path)
    return 1 if any("failed" in c for c in done) else 0


if __name__ == "__main__":
    sys.exit(main())
