#!/usr/bin/env python3
"""Random groupings through sluice and through group_reference.py: both must agree.

    tests/judge/group_compare.py PATH/TO/sluice [--tables 150] [--seed 1] [--only N] [--every] [--keep DIR]

Each table goes through sluice in several ways (threads, chunk sizes, instruction sets, by name, through a
pipe, gzipped, with the least memory that is accepted) and in pieces: cut between records, each piece grouped
with --partial, merged in any order, also by way of merged partial tables.  All must give the
reference's bytes; what is to be refused must be, at its place.  --every takes all ways instead of a few.
Last line: N passed, N failed.
"""
import argparse
import gzip
import itertools
import json
import os
import random
import re
import subprocess
import sys
import tempfile

import group_reference
from compare import MARK, judge_refusal
from group_tables import Table, add_noise, many_pairs
from strict_csv import Refuse

CHUNKS = (None, 1, 64, 4096)
ROOMY = (None, 65536)  # with --memory, records must not be much longer than a chunk
VIA = ("name", "stdin", "gz", "gz-stdin")
WAYS = list(itertools.product((1, 2, 4), CHUNKS, VIA))
ALLOWED = re.compile(rb"(\d+) KiB (?:may be|are) needed")


class Wrong(Exception):
    pass


class Program:
    def __init__(self, path):
        self.path = os.path.abspath(path)
        said = subprocess.run([self.path, "version"], capture_output=True, check=True).stdout.decode()
        self.isas = re.search(r"instruction set: \S+ \(of ([^)]*)\)", said)[1].split(", ")

    def __call__(self, argv, source=None):
        f = open(source, "rb") if source else subprocess.DEVNULL
        try:
            return subprocess.run([self.path, *argv], stdin=f, capture_output=True, timeout=120)
        finally:
            if source:
                f.close()


# ---- one run ------------------------------------------------------------------------------

def inputs(folder, data):
    """The table in a file, plain and gzipped, where it isn't there yet."""
    plain = os.path.join(folder, "in.csv")
    with open(plain, "wb") as f:
        f.write(data)
    with open(plain + ".gz", "wb") as f:
        f.write(gzip.compress(data, 1))
    return {"name": (plain, None), "stdin": ("-", plain), "gz": (plain + ".gz", None), "gz-stdin": ("-", plain + ".gz")}


def least_memory(program, argv, source):
    """The least --memory that isn't refused, as the refusals say; more for long rows in short chunks."""
    kib = 1
    for _ in range(9):
        done = program([*argv, "--memory", "%dK" % kib], source)
        m = ALLOWED.search(done.stderr)
        if done.returncode != 4 or not (m or b"more memory is needed" in done.stderr):
            return kib
        kib = int(m[1]) if m else kib * 5 // 4
    raise Wrong("no memory is enough: %r" % done.stderr)


def judge(done, out, want, refusal, shown):
    """Raises Wrong."""
    got = None
    if os.path.exists(out):
        with open(out, "rb") as f:
            got = f.read()
        os.remove(out)
    if MARK.encode() in done.stderr:
        raise Wrong("a cell is in the message: %r" % done.stderr)
    if refusal:
        wrong = judge_refusal(refusal, done, shown) or ("an output was left" if got is not None else None)
        if wrong:
            raise Wrong(wrong)
        return
    if done.returncode or done.stderr:
        raise Wrong("exit status %d: %s" % (done.returncode, done.stderr.decode("utf-8", "replace")))
    if got != want:
        raise Wrong("other bytes:\n  want %r\n  got  %r" % (want[:800], (got or b"")[:800]))


def way_flags(rng, program, way):
    threads, chunk, _ = way
    flags = ["-j", str(threads), "--isa", rng.choice(program.isas)]
    return flags + (["--chunk-bytes", str(chunk)] if chunk else [])


def run_ways(program, rng, table, data, folder, want, refusal, every):
    """The whole table in one run, in several ways; how many."""
    files = inputs(folder, data)
    out = os.path.join(folder, "out.csv")
    command = ["run", "--quiet", "--config", json.dumps(table.plan), *table.flags(), "-o", out]
    ways = WAYS if every else rng.sample(WAYS, 7)
    tight = [] if refusal else [(rng.choice((1, 2, 4)), rng.choice(ROOMY), rng.choice(VIA)) for _ in range(3)]
    for i, way in enumerate(tight + ways):
        name, source = files[way[2]]
        argv = command + way_flags(rng, program, way) + [name]
        if i < len(tight):
            argv += ["--memory", "%dK" % least_memory(program, argv, source)]
            if os.path.exists(out):
                os.remove(out)
        try:
            judge(program(argv, source), out, want, refusal, "<stdin>" if source else name)
        except Wrong as e:
            raise Wrong("%s\n  by %s%s" % (e, " ".join(argv), " <" + source if source else ""))
    return len(tight + ways)


# ---- in pieces ----------------------------------------------------------------------------

def pieces(program, rng, table, folder):
    """Partial tables of 1 to 7 pieces, cut anywhere; some with their columns in another order."""
    n = rng.randint(1, 7)
    cuts = sorted(rng.randint(0, len(table.cells)) for _ in range(n - 1))
    made = []
    for i, (begin, end) in enumerate(zip([0] + cuts, cuts + [len(table.cells)])):
        order = list(range(len(table.names)))
        if rng.random() < 0.3:
            rng.shuffle(order)
        name = os.path.join(folder, "piece-%d.csv" % i)
        with open(name, "wb") as f:
            f.write(table.bytes(rng, table.cells[begin:end], order))
        made.append(name + ".partial")
        way = rng.choice(WAYS)
        argv = ["run", "--quiet", "--partial", "--config", json.dumps(table.plan), *table.flags(), "-o", made[-1],
                *way_flags(rng, program, way)]
        done = program(argv + [name])
        if done.returncode or done.stderr:
            raise Wrong("piece %d: exit status %d: %s\n  by %s" % (i, done.returncode, done.stderr.decode(), " ".join(argv)))
    return made


def merge_tree(program, rng, made, folder):
    """Some of them are merged into larger partial tables first; the files that are left."""
    made = list(made)
    for i in range(rng.choice([0, 1, 2, 4])):
        if len(made) < 2:
            break
        rng.shuffle(made)
        n = rng.randint(1, len(made))
        out = os.path.join(folder, "tree-%d.partial" % i)
        done = program(["merge", "--quiet", "--partial", "-o", out, *made[:n]])
        if done.returncode or done.stderr:
            raise Wrong("merge --partial: exit status %d: %s" % (done.returncode, done.stderr.decode()))
        made = made[n:] + [out]
    rng.shuffle(made)
    return made


def run_pieces(program, rng, table, folder, want):
    made = pieces(program, rng, table, folder)
    out = os.path.join(folder, "merged.csv")
    for _ in range(2):
        argv = ["merge", "--quiet", "-o", out, "-j", str(rng.choice([1, 2, 4])), *merge_tree(program, rng, made, folder)]
        try:
            judge(program(argv), out, want, None, None)
        except Wrong as e:
            raise Wrong("%s\n  by %s" % (e, " ".join(argv)))
    refuse_partial(program, made[0], out)
    return 2


def refuse_partial(program, made, out):
    """No other command takes a partial table for a table."""
    with open(made, "rb") as f:
        begin = f.read(64)
    for argv in (["run", "-q", "--keep", "*", "-o", out, made], ["run", "-q", "-g", "#1", "--rows", "n", "-o", out, made]):
        done = program(argv)
        if done.returncode != 3 or os.path.exists(out) or b"partial" not in done.stderr or begin[:1].isalnum():
            raise Wrong("a partial table was taken for a table: %d %r" % (done.returncode, done.stderr))


# ---- all of a table -----------------------------------------------------------------------

def reckon(data, table):
    try:
        return group_reference.run(data, table.opinion()), None
    except Refuse as r:
        return None, r


def check_spilling(program, rng, folder):
    """A short table that doesn't fit into the least memory: it must spill, and come out the same."""
    table = many_pairs(rng, rng.choice([4000, 6000]), rng.random() < 0.5)
    data = table.bytes(rng)
    want, _ = reckon(data, table)
    files, out = inputs(folder, data), os.path.join(folder, "out.csv")
    for threads, chunk, way in [(rng.choice((1, 2, 4)), rng.choice((4096, 32768)), rng.choice(VIA)) for _ in range(4)]:
        name, source = files[way]
        argv = ["run", "--quiet", "--config", json.dumps(table.plan), "-o", out, *way_flags(rng, program, (threads, chunk, way)), name]
        argv += ["--memory", "%dK" % least_memory(program, argv, source)]
        if os.path.exists(out):
            os.remove(out)
        done = program([*argv, "--temp", os.path.join(folder, "no-such-folder")], source)
        if threads == 1 and (done.returncode != 4 or b"temporary" not in done.stderr or os.path.exists(out)):
            raise Wrong("nothing was spilled, or that failed otherwise: %d %r\n  by %s" % (done.returncode, done.stderr, " ".join(argv)))
        if os.path.exists(out):
            os.remove(out)
        judge(program([*argv, "--temp", folder], source), out, want, None, None)
        left = [f for f in os.listdir(folder) if f not in ("in.csv", "in.csv.gz")]
        if left:
            raise Wrong("left in the temporary folder: %s" % left)
    return 4


def one(program, seed, folder, every):
    """Run one table; how many comparisons, and what kind it was."""
    rng = random.Random(seed)
    if rng.random() < 0.03:
        return check_spilling(program, rng, folder), "spilled"
    noise = rng.random() < 0.35
    table = Table(rng, rng.choice([0, 1, 3, 20, 60, 200]) if rng.random() < 0.93 else rng.randint(2000, 5000),
                  contributors=rng.random() < 0.6, only_counts=noise)
    if noise:
        add_noise(rng, table, folder)
    data = table.bytes(rng)
    want, refusal = reckon(data, table)
    n = run_ways(program, rng, table, data, folder, want, refusal, every)
    if not refusal:
        n += run_pieces(program, rng, table, folder, want)
    return n, refusal.code if refusal else "noise" if "perturb" in table.plan["group"] else "rows"


def main():
    p = argparse.ArgumentParser()
    p.add_argument("program")
    p.add_argument("--tables", type=int, default=150)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--only", type=int)
    p.add_argument("--every", action="store_true")
    p.add_argument("--keep")
    a = p.parse_args()
    program = Program(a.program)
    numbers = range(a.tables) if a.only is None else [a.only]
    passed, failed, kinds = 0, 0, {}
    for i in numbers:
        with tempfile.TemporaryDirectory(prefix="groups-") as folder:
            try:
                n, kind = one(program, "%d/%d" % (a.seed, i), folder, a.every)
                passed += n
                kinds[kind] = kinds.get(kind, 0) + 1
            except Wrong as e:
                failed += 1
                print("table %d: %s" % (i, e))
                if a.keep:
                    os.makedirs(a.keep, exist_ok=True)
                    os.rename(folder, os.path.join(a.keep, "table-%d" % i))
                    os.makedirs(folder)
    print(", ".join("%s %d" % k for k in sorted(kinds.items())))
    print("%d passed, %d failed" % (passed, failed))
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
