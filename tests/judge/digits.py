#!/usr/bin/env python3
"""Judge src/base/{number,shortest}.c by Python's own arithmetic.

    tests/judge/digits.py [--count 1000000] [--seed 1]

Slow and thorough: make check runs the short tables in tests/unit instead.
Last line: N passed, N failed.
"""
import argparse
import ctypes
import itertools
import math
import os
import random
import re
import struct
import subprocess
import sys
import tempfile

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")

SHIM = r"""
#include "base/number.h"
#include "base/shortest.h"
int64_t padded(const uint8_t *text, uint32_t len);
int64_t padded(const uint8_t *text, uint32_t len) { return number_parse_padded(text, len); }
uint32_t eight(uint8_t *out, uint64_t value);
uint32_t eight(uint8_t *out, uint64_t value) { return number_print_eight(out, value); }
"""


def library(folder):
    shim = os.path.join(folder, "shim.c")
    with open(shim, "w") as f:
        f.write(SHIM)
    so = os.path.join(folder, "numbers.so")
    subprocess.run([os.environ.get("CC", "cc"), "-std=c11", "-D_DEFAULT_SOURCE", "-O2", "-fPIC",
                    "-shared", "-Iinclude", "-Isrc", "-o", so, shim, "src/base/number.c",
                    "src/base/shortest.c"], cwd=ROOT, check=True)
    lib = ctypes.CDLL(so)
    lib.shortest_print.argtypes = [ctypes.c_char_p, ctypes.c_double]
    for f in (lib.number_parse, lib.padded):
        f.argtypes = [ctypes.c_char_p, ctypes.c_uint32]
        f.restype = ctypes.c_int64
    lib.number_print.argtypes = [ctypes.c_char_p, ctypes.c_uint64]
    lib.eight.argtypes = lib.number_print.argtypes
    lib.number_divide.argtypes = [ctypes.c_uint64, ctypes.c_uint64]
    lib.number_divide.restype = ctypes.c_double
    lib.number_print_fraction.argtypes = [ctypes.c_char_p, ctypes.c_uint64, ctypes.c_uint32,
                                          ctypes.c_uint64, ctypes.c_uint]
    return lib


def printed(function, *arguments):
    out = ctypes.create_string_buffer(96)
    n = function(out, *arguments)
    return out.raw[:n].decode()


# ---- what should come out -------------------------------------------------------

PLAIN = re.compile(rb"(0|[1-9][0-9]{0,14})(\.0+)?\Z")
POWER = re.compile(rb"([1-9][0-9]{0,14})(?:\.([0-9]+))?[eE]\+?([0-9]{1,2})\Z")


def count(text):
    m = PLAIN.match(text)
    if m:
        return int(m[1])
    m = POWER.match(text)
    if not m:
        return -1
    fraction = (m[2] or b"").rstrip(b"0")
    if len(fraction) > int(m[3]):
        return -1
    value = int(m[1] + fraction) * 10 ** (int(m[3]) - len(fraction))
    return value if value < 10**15 else -1


def fraction(num, scale, den, digits):
    q, r = divmod(num * scale * 10**digits, den)
    if 2 * r > den or (2 * r == den and q & 1):
        q += 1
    text = str(q).rjust(digits + 1, "0")
    return text[:-digits] + "." + text[-digits:] if digits else text


# ---- what is tried ----------------------------------------------------------------

def doubles(rng, n):
    one = struct.Struct("<d").unpack
    bits = struct.Struct("<Q").pack
    for b in (0, 1, 2, 3, (1 << 52) - 1, 1 << 52, (1 << 52) + 1, (0x7FF << 52) - 1):
        yield one(bits(b))[0]
    for e in range(2047):  # every power of two, its neighbours
        for f in (0, 1, 2, 3, (1 << 52) - 1, (1 << 52) - 2, 1 << 51):
            yield one(bits(e << 52 | f))[0]
    for e in range(-330, 309):  # powers of ten and what stands beside them
        v = float("1e%d" % e)
        yield from (v, math.nextafter(v, 0), math.nextafter(v, 1e308))
        yield from (float("%de%d" % (m, e - 1)) for m in range(1, 100) if e < 308)
    for i in range(53, 64):
        for d in range(-50, 51):
            yield float(2**i + d)
    for i in range(20000):
        yield float(i)
        yield i / 1000
        yield float(10**16 + i) / 8
    for _ in range(n):
        yield one(bits(rng.getrandbits(63)))[0]
        yield rng.randrange(1, 10 ** rng.randint(1, 15)) / rng.randrange(1, 10 ** rng.randint(1, 15))
        yield rng.randrange(0, 200) * 5 / (rng.randrange(1, 4000) * 5)
        yield float("%de%d" % (rng.randrange(10 ** rng.randint(1, 17)), rng.randint(-30, 30)))


def spellings(rng, n):
    for k in range(6):
        for t in itertools.product(b"0135.eE+- ", repeat=k):
            yield bytes(t)
    for k in range(1, 18):
        for i in range(k):
            for c in range(256):  # every byte at every place
                yield b"1" * i + bytes([c]) + b"2" * (k - i - 1)
    for _ in range(n):
        t = b"%d" % rng.randrange(10 ** rng.randint(1, 17))
        if rng.random() < 0.5:
            t += b"." + b"%d" % rng.randrange(10 ** rng.randint(1, 12))
        if rng.random() < 0.3:
            t = t.rstrip(b"123456789") + b"0" * rng.randint(0, 20)
        if rng.random() < 0.6:
            t += rng.choice([b"e", b"E"]) + rng.choice([b"", b"+", b"-"]) + b"%d" % rng.randrange(30)
        yield t


def judge_shortest(lib, rng, n):
    for v in doubles(rng, n):
        if math.isfinite(v):
            yield repr(v), printed(lib.shortest_print, v), v.hex()


def judge_parse(lib, rng, n):
    for t in spellings(rng, n):
        want = count(t)
        yield want, lib.number_parse(t, len(t)), t
        yield want, lib.padded(t + rng.choice([b",123456789", b"\n00000000", b"99999999"]), len(t)), t


def judge_print(lib, rng, n):
    edges = [10**i + d for i in range(20) for d in (-1, 0, 1)] + [2**i - d for i in range(65) for d in (0, 1)]
    for v in itertools.chain(range(20000), edges, (rng.getrandbits(rng.randint(1, 64)) for _ in range(n))):
        if v < 2**64:
            yield str(v), printed(lib.number_print, v), v
        if v < 10**8:
            yield str(v), printed(lib.eight, v), v
    for _ in range(n):
        num = rng.randrange(10 ** rng.randint(1, 15))
        den = rng.randrange(1, 10 ** rng.randint(1, 19)) if rng.random() < .5 else 2 ** rng.randint(0, 63)
        scale, digits = rng.choice([1, 100]), rng.randint(0, 15)
        got = printed(lib.number_print_fraction, num, scale, den, digits)
        if den < 10**15:
            big = rng.getrandbits(rng.randint(1, 64))
            yield big / den, lib.number_divide(big, den), (big, den)
            k = rng.randrange(1, 2**10)
            yield (2**53 + 1) * k / k, lib.number_divide((2**53 + 1) * k, k), k
        yield fraction(num, scale, den, digits), got, (num, scale, den, digits)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--count", type=int, default=1000000)
    p.add_argument("--seed", type=int, default=1)
    a = p.parse_args()
    rng = random.Random(a.seed)
    passed = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        lib = library(folder)
        for judge in (judge_shortest, judge_parse, judge_print):
            for want, got, what in judge(lib, rng, a.count):
                if want == got:
                    passed += 1
                    continue
                failed += 1
                if failed <= 20:
                    print("%s: %r: want %s, got %s" % (judge.__name__, what, want, got))
    print("%d passed, %d failed" % (passed, failed))
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
