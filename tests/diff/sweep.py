#!/usr/bin/env python3
"""The program on many tables in many ways, which must all give the same bytes.

    tests/diff/sweep.py PATH/TO/sluice [--rounds N] [-v]

A way is an instruction set, a number of threads, a chunk size, a container of the input
and how it arrives.  Every table is run in the plainest way, then in each other way alone
and in N mixtures of them (default 40).  Output, exit status, message and the report's
counts must be the same; what came out before a failure must be the beginning of the same
text.  Gzip output must be the same file for any number of threads, and unpack to the plain one.
Last line: N passed, N failed.
"""
import argparse
import gzip
import itertools
import json
import os
import random
import struct
import subprocess
import sys
import tempfile
import threading
import zlib

CHUNKS = [None, 1, 7, 64, 1000, 65536]
CONTAINERS = ["plain", "gz", "gz3", "bgzf"]
FEEDS = ["file", "stdin", "pipe"]
PLAINEST = {"isa": "scalar", "threads": 1, "chunk": None, "container": "plain", "feed": "file"}


# ---- tables ----------------------------------------------------------------------------


def cell(r, kind):
    if kind == "quoted":
        inside = ["a", '""', ",", "\n", "\r\n", "xyz", "\r"]
        return '"' + "".join(r.choice(inside) for _ in range(r.randrange(9))) + '"'
    if kind == "utf8":
        return "".join(r.choice("aé漢🌊ß z") for _ in range(r.randrange(12)))
    if kind == "long":
        return r.choice("xyz") * r.choice([0, 5, 100, 70000, 200000])
    return r.choice(["", "a", "b", "asthma", "2020-01-01", "x y", "0.5"])


def count(r, token):
    odd = ["", "NA", token, "12.0", "1e+05", '"15"', "999999999999990", '""']
    return r.choice(odd) if r.random() < 0.1 else str(r.choice([r.randrange(30), r.randrange(10**6)]))


def table(seed, rows, kind="plain", extra=2, end="\n", counts=2, bom=False, cut=False, tail="", delimiter=",",
          token="[REDACTED]"):
    r = random.Random(seed)
    names = [f"n{i}" for i in range(counts)] + [f"x{i}" for i in range(extra)]
    ends = [end] if end != "mixed" else ["\n", "\r\n"]
    text = ["\ufeff" if bom else "", delimiter.join(names), ends[0]]
    for i in range(rows):
        cells = [count(r, token) for _ in range(counts)] + [cell(r, kind) for _ in range(extra)]
        if len(cells) == 1 and not cells[0]:
            cells = ["NA"]
        if cut and i + 1 == rows:
            cells[-1] = cells[-1] or "12"
        text += [delimiter.join(cells), r.choice(ends)]
    if cut:
        text.pop()
    return ("".join(text) + tail).encode()


def cube(seed, sizes, end="\n", cut=False):
    """Counts by groups, with all totals; codes and notes that need quotes."""
    r = random.Random(seed)
    codes = [[f'"{c},{d}"' if d == 1 else f"{c}{d}" for d in range(n)] for c, n in zip("abc", sizes)]
    inner = {k: r.choice([0, 0, r.randrange(12), r.randrange(90)]) for k in itertools.product(*codes)}
    rows = [["a", "note", "b", "c", "n"]]
    for key in itertools.product(*[c + ["Total"] for c in codes]):
        n = sum(v for k, v in inner.items() if all(x in (y, "Total") for x, y in zip(key, k)))
        rows.append([key[0], cell(r, "quoted"), *key[1:], str(n)])
    text = end.join(",".join(row) for row in rows)
    return (text if cut else text + end).encode()


def spoil(seed, data):
    """One byte of the data changed for one that is likely to be refused."""
    r = random.Random(seed)
    at = r.randrange(data.index(b"\n") + 1, len(data))
    return data[:at] + bytes([r.choice(b'"\r\n\0\xff,x\xc3')]) + data[at + 1:]


TWO = ["-c", "n0,n1", "--ratio", "r=n0/n1"]


def tables():
    yield "plain", TWO, table(1, 3000)
    yield "crlf", TWO, table(2, 900, end="\r\n")
    yield "mixed ends, where", TWO + ["-w", "x0!=b,,asthma"], table(3, 1500, end="mixed")
    yield "quoted", TWO, table(4, 900, "quoted", 4)
    yield "quoted crlf", TWO + ["--crlf", "-d", "x1"], table(5, 900, "quoted", 3, end="\r\n")
    yield "utf-8, bom", TWO, table(6, 900, "utf8", 3, bom=True)
    yield "one column", ["-c", "n0"], table(7, 5000, extra=0, counts=1)
    yield "one column crlf, cut", ["-c", "*"], table(8, 999, extra=0, counts=1, end="\r\n", cut=True)
    yield "300 columns", ["-c", "n*", "-d", "x1*"], table(9, 60, extra=200, counts=100)
    yield "long fields", TWO, table(10, 40, "long")
    yield "no final newline", TWO, table(11, 700, cut=True)
    yield "blank lines at the end", TWO, table(12, 300, tail="\n\r\n\n\n")
    yield "header only", TWO, table(13, 0)
    yield "header only, cut", TWO, table(13, 0)[:-1]
    yield "semicolons", TWO + ["--delimiter", ";"], table(14, 700, delimiter=";")
    yield "spaces", TWO + ["--delimiter", " "], table(15, 700, "utf8", 0, counts=2, delimiter=" ")
    yield "ehrql", TWO + ["--policy", "ehrql"], table(16, 900, token="0")
    yield "midpoint6", TWO[:2] + ["--policy", "midpoint6", "--suffix"], table(17, 900, token="0")
    yield "several chunks", TWO, table(18, 150000)
    yield "several chunks, quoted", TWO, table(19, 60000, "quoted", 3)
    yield "blank line in the middle", TWO, table(20, 300) + b"\n\n" + table(21, 300)[8:]
    yield "blank lines, then a lone CR", TWO, table(22, 30) + b"\n\r\n\r"
    yield "cut at an empty count", ["-c", "n0"], b"x,n0\na,9\nb,"
    yield "not a count, late", TWO, table(23, 2000) + b"9,SECRET7731,a,b\n" + table(24, 100)
    yield "late fault of many", TWO, spoil(1, table(25, 100000))
    for seed in range(30, 42):
        kind = ["plain", "quoted", "utf8"][seed % 3]
        yield f"fault {seed}", TWO, spoil(seed, table(seed, 400, kind, 2, end=["\n", "\r\n"][seed % 2]))
    late = table(46, 3000) + b'1,2,"' + b"\n,x\n" * 3000 + b'",z\n' + table(47, 3000)[len(table(47, 0)):]
    yield "one field of many lines", TWO, late
    yield "broken off, one field of many lines", TWO, late
    yield "broken off", TWO, table(48, 9000)
    yield "broken off, quoted", TWO, table(49, 9000, "quoted", 3)
    protect = ["-c", "n", "--protect", "a,b,c", "--policy", "cms"]
    yield "protect", protect, cube(50, [4, 5, 3])
    yield "protect, crlf, where, cut", protect + ["-w", "b!=b0", "--protect-open", "b"], cube(51, [3, 4, 3], "\r\n", True)
    yield "protect, rounded", ["-c", "n", "--protect", "a,b,c", "--percent", "p=n/n"], cube(52, [3, 4, 3])
    yield "protect, not a sum", protect, cube(53, [3, 3, 3]) + b"x,,b0,c0,9\n"
    yield "protect, not a count", protect, cube(54, [3, 3, 3]) + b"x,,b0,c0,SECRET7731\n"
    yield "empty", TWO, b""
    yield "only blank lines", TWO, b"\n\n"
    yield "ragged last record", TWO, table(43, 500) + b"1,2,3"
    yield "never closed", TWO, table(44, 500) + b'1,2,"3,4\n' + table(45, 800)


# ---- containers --------------------------------------------------------------------------


def bgzf(data):
    out = []
    for i in itertools.chain(range(0, len(data), 65280), [len(data)]):
        block = data[i:i + 65280]
        packed = zlib.compressobj(6, zlib.DEFLATED, -15)
        body = packed.compress(block) + packed.flush()
        out.append(b"\x1f\x8b\x08\x04\0\0\0\0\0\xff\x06\0BC\x02\0" + struct.pack("<H", len(body) + 25)
                   + body + struct.pack("<II", zlib.crc32(block), len(block)))
    return b"".join(out)


def pack(container, data):
    if container == "gz":
        return gzip.compress(data, 6, mtime=0)
    if container == "gz3":
        a, b = len(data) // 3, len(data) // 2 + 1
        return b"".join(gzip.compress(part, 1, mtime=0) for part in (data[:a], data[a:b], data[b:]))
    return bgzf(data) if container == "bgzf" else data


# ---- running -------------------------------------------------------------------------------


def feed_pieces(pipe, data):
    sizes = itertools.cycle([1, 7, 4096, 65537, 3, 100000, 13])
    at = 0
    try:
        while at < len(data):
            n = next(sizes)
            pipe.write(data[at:at + n])
            at += n
        pipe.close()
    except OSError:  # it stopped reading: it has its reasons
        pass


class Sweep:
    def __init__(self, program, folder, verbose):
        self.program, self.folder, self.verbose = program, folder, verbose
        self.passed = self.failed = 0
        said = subprocess.run([program, "version"], capture_output=True, text=True, check=True).stdout
        line = next(line for line in said.splitlines() if "instruction set" in line)
        self.isas = [name.strip(" )") for name in line.split("(of ")[1].split(",")]

    def check(self, ok, what):
        self.passed += ok
        self.failed += not ok
        if not ok:
            print("FAILED", what)

    def path(self, name):
        return os.path.join(self.folder, name)

    def run(self, flags, way, files, output=None):
        """Exit status, output, message without the input's name, and the report's counts."""
        name = files[way["container"]]
        command = [self.program, "run", "-q", *flags, "--isa", way["isa"], "-j", str(way["threads"]),
                   "--report", self.path("report.json")]
        if way["chunk"]:
            command += ["--chunk-bytes", str(way["chunk"])]
        if output:
            command += ["-o", output]
        if os.path.exists(self.path("report.json")):
            os.unlink(self.path("report.json"))
        if way["feed"] == "file":
            done = subprocess.run(command + [name], stdin=subprocess.DEVNULL, capture_output=True, timeout=120)
        elif way["feed"] == "stdin":
            with open(name, "rb") as f:
                done = subprocess.run(command, stdin=f, capture_output=True, timeout=120)
        else:
            with open(name, "rb") as f:
                data = f.read()
            p = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, bufsize=0)
            feeder = threading.Thread(target=feed_pieces, args=(p.stdin, data))
            p.stdin = None
            feeder.start()
            out, err = p.communicate(timeout=120)
            feeder.join()
            done = subprocess.CompletedProcess(command, p.returncode, out, err)
        message = done.stderr.replace(name.encode(), b"<input>").replace(b"<stdin>", b"<input>")
        return done.returncode, done.stdout, message, self.counts(done.returncode)

    def counts(self, status):
        try:
            with open(self.path("report.json")) as f:
                report = json.load(f)
        except FileNotFoundError:
            return None
        if status:  # how far it came depends on the way
            return report["complete"], report["refused"]["line"], report["refused"]["column"]
        del report["input"]["name"], report["input"]["bytes"], report["input"]["container"]
        del report["output"]["name"]
        return report

    def same(self, what, got, want):
        ok = got[0] == want[0] and got[2:] == want[2:]
        if want[0] == 0:
            ok = ok and got[1] == want[1]
        else:
            ok = ok and (want[1].startswith(got[1]) or got[1].startswith(want[1]))
        self.check(ok, f"{what}: exit {got[0]} (not {want[0]}), {len(got[1])} bytes (not {len(want[1])}), "
                       f"{got[2]} (not {want[2]})")

    def outputs(self, name, flags, want, files):
        """Files: plain, and gzip that is the same for any crew and unpacks to the plain one."""
        for suffix, flag in ((".csv", None), (".csv.gz", None), (".gz", "--bgzf")):
            first = None
            for isa, threads, feed in itertools.product(self.isas, (1, 2, 4), ("file", "pipe")):
                way = dict(PLAINEST, isa=isa, threads=threads, feed=feed, chunk=20000)
                path = self.path("out" + suffix)
                got = self.run(flags + ([flag] if flag else []), way, files, path)
                made = None
                if os.path.exists(path):
                    with open(path, "rb") as f:
                        made = f.read()
                    os.unlink(path)
                what = f"{name}: {suffix} {flag} {way}"
                if want[0]:
                    self.check(made is None and got[0] == want[0], what + ": a failure left a file")
                    continue
                first = made if first is None else first
                plain = made if suffix == ".csv" else made and gzip.decompress(made)
                self.check(got[0] == 0 and plain == want[1] and made == first, what)

    def pack(self, data, broken):
        """The containers' files; what is broken off is so by a third of the packed bytes."""
        files = {}
        for container in CONTAINERS:
            if container == "plain" and broken or container != "plain" and not data:
                continue
            files[container] = self.path("in.csv" + ("" if container == "plain" else f".{container}.gz"))
            with open(files[container], "wb") as f:
                packed = pack(container, data)
                f.write(packed[:len(packed) * 2 // 3] if broken else packed)
        return files

    def table(self, name, flags, data, rounds):
        broken = name.startswith("broken off")
        files = self.pack(data, broken)
        for container in files if broken else ["plain"]:
            self.ways(name, flags, data, rounds, container,
                      {container: files[container]} if broken else files)

    def ways(self, name, flags, data, rounds, container, files):
        r = random.Random(name + container)
        plainest = dict(PLAINEST, container=container)
        chunks = [c for c in CHUNKS if not c or len(data) < 10000 * c]
        choices = {"isa": self.isas, "threads": [1, 2, 3, 4], "chunk": chunks,
                   "container": list(files), "feed": FEEDS}
        want = self.run(flags, plainest, files)
        if self.verbose:
            print(f"{name}: {len(data)} bytes, {container}, exit {want[0]} {want[2]}", flush=True)
        self.check(want[0] in (0, 3), f"{name}: exit {want[0]}, {want[2]}")
        self.check(b"SECRET7731" not in want[2], f"{name}: the message holds a value")
        ways = [dict(plainest, **{key: value}) for key in choices for value in choices[key]]
        ways += [{key: r.choice(choices[key]) for key in choices} for _ in range(rounds)]
        for way in ways:
            self.same(f"{name}: {way}", self.run(flags, way, files), want)
        if len(data) < 2000000 and "plain" in files:
            self.outputs(name, flags, want, files)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--only", default="", help="the tables with this in their name")
    parser.add_argument("-v", action="store_true", dest="verbose")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sweep = Sweep(os.path.abspath(args.program), folder, args.verbose)
        for name, flags, data in tables():
            if args.only not in name:
                continue
            sweep.table(name, flags, data, args.rounds)
    print(f"{sweep.passed} passed, {sweep.failed} failed")
    return sweep.failed != 0


if __name__ == "__main__":
    sys.exit(main())
