#!/usr/bin/env python3
"""What an audit claims, against every table that there is.

    tests/judge/audit_brute.py PATH/TO/sluice [--n N] [--seed N] [KIND...]

Random tables small enough to try all of them: for each hidden cell, the smallest and the largest
count in any table that would have been published so must be what the audit says, its
verdict must follow, and the tables that it says it saw must be there.  What a text means is
not worked out here but found by publishing: every count is put through the rule.
Last line: N passed, N failed.
"""
import argparse
import itertools
import json
import os
import random
import subprocess
import sys
import tempfile

TOP = 300 # no count of a generated table is larger
TOKEN = "[REDACTED]"


# ---- rules: from a count to its text ------------------------------------------------------

def nearest(x, b):
    q, r = divmod(x, b)
    return (q + (2 * r > b or (2 * r == b and q % 2))) * b


ROUND = {
    "nearest": nearest,
    "half-up": lambda x, b: (x + b // 2) // b * b,
    "midpoint": lambda x, b: -(-x // b) * b - (b // 2 if x else 0),
    "up": lambda x, b: -(-x // b) * b,
    "down": lambda x, b: x // b * b,
}


class Rule:
    """threshold None = none; base 1 = exact."""

    def __init__(self, threshold, keep_zeros, base, how, token=TOKEN):
        self.threshold, self.keep_zeros, self.base, self.how, self.token = \
            threshold, keep_zeros, base, how, token

    def text(self, x):
        if self.threshold is not None and x <= self.threshold and not (x == 0 and self.keep_zeros):
            return self.token
        return str(ROUND[self.how](x, self.base))

    def flags(self):
        f = ["--round-to", str(self.base), "--rounding", self.how]
        if self.threshold is not None:
            f += ["--threshold", str(self.threshold), "--zeros",
                  "keep" if self.keep_zeros else "redact", "--token", self.token]
        return f

    def counts(self, text):
        return {x for x in range(TOP + 1) if self.text(x) == text}


# ---- tables -------------------------------------------------------------------------------

class Table:
    """Leaves have counts; every other cell is the sum of a set of leaves."""

    def __init__(self, names, codes, families=None):
        # codes[d]: leaf codes; families[d]: {group: leaves}
        self.names, self.codes = names, codes
        self.families = families or [{} for _ in names]
        self.leaves = list(itertools.product(*codes))
        every = []
        for d, leaf in enumerate(codes):
            cover = {c: {c} for c in leaf}
            cover.update({g: set(l) for g, l in self.families[d].items()})
            cover["Total"] = set(leaf)
            every.append(cover)
        self.cells = {key: [i for i, leaf in enumerate(self.leaves)
                            if all(leaf[d] in every[d][k] for d, k in enumerate(key))]
                      for key in itertools.product(*[list(e) for e in every])}


def enumerate_tables(n, allowed, sums):
    """All lists of n counts from allowed[i], with the sum over cells[j] in sets[j]."""
    touching = [[] for _ in range(n)]
    for j, (cells, good) in enumerate(sums):
        for i in cells:
            touching[i].append(j)
    most = [max(g) if g else -1 for _, g in sums]
    last = [max(cells) if cells else -1 for cells, _ in sums]
    values, partial = [0] * n, [0] * len(sums)

    def go(i):
        if i == n:
            yield values
            return
        for v in allowed[i]:
            values[i] = v
            for j in touching[i]:
                partial[j] += v
            if all(partial[j] <= most[j] and (last[j] != i or partial[j] in sums[j][1])
                   for j in touching[i]):
                yield from go(i + 1)
            for j in touching[i]:
                partial[j] -= v

    if all(sets or not cells for cells, sets in sums):
        yield from go(0)


class TooMany(Exception):
    pass


def brute(n, allowed, sums, cells, extra=None, limit=40000):
    """For each cell, (least, most) over all tables; extra(values) filters."""
    found = {k: [None, None] for k in cells}
    for count, values in enumerate(enumerate_tables(n, allowed, sums)):
        if count > limit:
            raise TooMany
        if extra and not extra(values):
            continue
        for k, parts in cells.items():
            v = sum(values[i] for i in parts)
            f = found[k]
            if f[0] is None or v < f[0]:
                f[0] = v
            if f[1] is None or v > f[1]:
                f[1] = v
    return found


# ---- the kinds of table --------------------------------------------------------------------

def exact_or_rounded(rng):
    kind = rng.randrange(7)
    if kind < 3:
        return Rule(None, True, 1, "nearest")
    if kind == 3:
        return Rule(7, False, 5, "nearest")
    if kind == 4:
        return Rule(rng.choice([2, 7]), True, rng.choice([3, 5, 10]), "nearest")
    if kind == 5:
        return Rule(None, True, 6, "midpoint")
    return Rule(rng.choice([None, 3]), rng.random() < .5, rng.choice([2, 3, 4]),
                rng.choice(list(ROUND)))


def shape(rng, kind):
    if kind == "1d":
        return Table(["a"], [[f"a{i}" for i in range(rng.randint(2, 5))]])
    if kind == "2d":
        return Table(["a", "b"], [[f"a{i}" for i in range(rng.randint(2, 3))],
                                  [f"b{i}" for i in range(rng.randint(2, 3))]])
    if kind == "3d":
        return Table(["a", "b", "c"], [["a0", "a1"], ["b0", "b1"],
                                       ["c0", "c1"][:rng.randint(1, 2)] + ["c2"]])
    leaves = ["x1", "x2", "y1", "y2"]
    return Table(["a", "b"], [leaves, ["b0", "b1"][:rng.randint(1, 2)]],
                 [{"X": ["x1", "x2"], "Y": ["y1", "y2"]}, {}])


def make(rng, kind, folder):
    """Files, flags, and what brute force needs."""
    t, rule = shape(rng, kind), exact_or_rounded(rng)
    top = 4 if rule.base == 1 else rng.choice([9, 14, 30])
    truth = [rng.choice([0, 1, rng.randint(0, top), rng.randint(0, top)]) for _ in t.leaves]
    value = {k: sum(truth[i] for i in parts) for k, parts in t.cells.items()}
    plain = rule.threshold is None
    hidden = {k for k in t.cells if plain and rng.random() < (.45 if rule.base == 1 else .1)}
    # Rows without people may be left out; so may totals, but not what would be more than 0.
    gone = {k for k in t.cells
            if (value[k] == 0 and rng.random() < .3 and all(leaf in t.codes[d] for d, leaf in
                                                            enumerate(k)))
            or (rng.random() < .1 and not all(leaf in t.codes[d] for d, leaf in enumerate(k)))}
    # A total without any part that has a row is taken for what has no parts, so keep one.
    for d in range(len(t.names)):
        for k in list(gone):
            line = [j for j in t.cells if all(j[e] == k[e] for e in range(len(k)) if e != d)
                    and j[d] in t.codes[d]]
            if all(j in gone for j in line):
                gone -= set(line)
    for group, leaves in t.families[0].items():
        for b in t.codes[1]:
            if all((leaf, b) in gone for leaf in leaves):
                gone -= {(leaf, b) for leaf in leaves}
    rows, allowed, sums, shown = [], [range(TOP)] * len(t.leaves), [], {}
    top_sum = sum(truth) + 40
    for k, parts in t.cells.items():
        text = TOKEN if k in hidden else rule.text(value[k])
        leaf = len(parts) == 1 and all(c in t.codes[d] for d, c in enumerate(k))
        if k in gone:
            if leaf:
                allowed[parts[0]] = [0]
            continue
        good = set(range(top_sum)) if k in hidden else rule.counts(text)
        if leaf:
            allowed[parts[0]] = sorted(good)
        sums.append((parts, good))
        shown[k] = (text, good)
        rows.append(",".join(k) + "," + text)
    rng.shuffle(rows)
    path = os.path.join(folder, "t.csv")
    with open(path, "w") as f:
        f.write(",".join(t.names) + ",n\n" + "".join(r + "\n" for r in rows))
    flags = rule.flags() + ["-m", "n", "-d", ",".join(t.names), "-t", "Total"]
    if t.families[0]:
        with open(os.path.join(folder, "p.csv"), "w") as f:
            f.write("code,parent\n" + "".join(f"{l},{g}\n" for g, ls in t.families[0].items()
                                              for l in ls))
        flags += ["--parents", "a=" + os.path.join(folder, "p.csv")]
    # A leaf that is not shown is 0, unless nothing is shown that it is part of.
    hide = {k: t.cells[k] for k, (text, good) in shown.items()
            if len(good) > 1 or text == TOKEN}
    # Without any total above it, a hidden cell has no upper end: not a table to enumerate.
    bounded = all(len(good) < top_sum or any(
        set(t.cells[k]) <= set(parts) and len(g) < top_sum for parts, g in sums)
        for k, (_, good) in shown.items())
    return [path], flags, (len(t.leaves), allowed, sums, hide, None) if bounded else None, t.names


def make_percent(rng, folder):
    """Counts of two kinds, rounded, with the percentage that was taken before."""
    base = rng.choice([1, 5, 5, 10])
    rule = Rule(None, True, base, "nearest")
    digits, n = rng.choice([0, 1, 1, 2]), rng.randint(1, 2)
    rows, allowed, sums, checks = [], [], [], []
    for i in range(n):
        den = rng.randint(1, 35)
        num = rng.randint(0, den)
        pct = half_even(num * 100, den, digits)
        hide = rng.random() < .3
        rows.append(f"a{i},{TOKEN if hide else rule.text(num)},{rule.text(den)},{pct}")
        allowed += [sorted(range(40) if hide else rule.counts(rule.text(num))),
                    sorted(rule.counts(rule.text(den)) - {0})]
        checks.append((2 * i, 2 * i + 1, pct))
    cells = {(f"a{i}", m): [2 * i + j] for i in range(n) for j, m in enumerate(["num", "den"])}

    def extra(v):
        return all(v[a] <= v[b] and may_print(v[a] * 100, v[b], digits, p) for a, b, p in checks)

    path = os.path.join(folder, "t.csv")
    with open(path, "w") as f:
        f.write("a,num,den,pct\n" + "".join(r + "\n" for r in rows))
    flags = rule.flags() + ["-m", "num,den", "-d", "a", "--percent", "pct=num/den", "--digits",
                            str(digits)]
    return [path], flags, (2 * n, allowed, sums, cells, extra), ["a"]


def half_even(num, den, digits):
    q, r = divmod(num * 10 ** digits, den)
    q += 2 * r > den or (2 * r == den and q % 2)
    text = str(q).rjust(digits + 1, "0")
    return text if not digits else text[:-digits] + "." + text[-digits:]


def may_print(num, den, digits, text):
    """Whether a program may have printed the text: ties are taken either way."""
    unit = int(text.replace(".", ""))
    twice = 2 * num * 10 ** digits
    return (2 * unit - 1) * den <= twice <= (2 * unit + 1) * den


def make_two_files(rng, folder):
    """The same people by a and by b, and by both, in three files."""
    t = shape(rng, "2d")
    truth = [rng.randint(0, 4) for _ in t.leaves]
    allowed, sums, shown, texts = [range(60)] * len(t.leaves), [], {}, {}
    for k, parts in t.cells.items():
        hide = rng.random() < (.75 if "Total" not in k else .15)
        v = sum(truth[i] for i in parts)
        good = set(range(60)) if hide else {v}
        texts[k] = TOKEN if hide else str(v)
        if "Total" not in k:
            allowed[parts[0]] = sorted(good)
        sums.append((parts, good))
        shown[k] = good
    files = {"ab.csv": ["a,b,n"], "a.csv": ["a,n"], "b.csv": ["b,n"]}
    for (a, b), text in texts.items():
        if a == "Total" and b == "Total":
            files["a.csv"].append(f"Total,{text}")
        elif b == "Total":
            files["a.csv"].append(f"{a},{text}")
        elif a == "Total":
            files["b.csv"].append(f"{b},{text}")
        else:
            files["ab.csv"].append(f"{a},{b},{text}")
    for name, lines in files.items():
        with open(os.path.join(folder, name), "w") as f:
            f.write("".join(x + "\n" for x in lines))
    hide = {k: t.cells[k] for k, good in shown.items() if len(good) > 1}
    bounded = all(len(good) == 1 or any(set(t.cells[k]) <= set(p) and len(g) == 1 for p, g in sums)
                  for k, good in shown.items())
    return [os.path.join(folder, f) for f in files], ["-m", "n", "-t", "Total"], \
        (len(t.leaves), allowed, sums, hide, None) if bounded else None, t.names


KINDS = ["1d", "2d", "3d", "tree", "percent", "files", "along"]


# ---- the comparison ------------------------------------------------------------------------

def audit(sluice, files, flags):
    done = subprocess.run([sluice, "audit", "--format", "json", *flags, *files],
                          capture_output=True, text=True)
    if done.returncode not in (0, 1):
        return done.returncode, done.stderr
    return done.returncode, json.loads(done.stdout)


def compare(report, found, names, hidden=None):
    """What is wrong, or None; of cells that are not hidden, only those that are told of count."""
    got = {}
    for c in report["findings"] + report["safe"]:
        key = tuple(c["cell"].get(n) or "Total" for n in names)
        got[key + ((c["measure"],) if c["measure"] != "n" else ())] = c
    for key, (least, most) in found.items():
        c = got.get(key)
        if c is None and hidden is not None and key not in hidden:
            continue
        if c is None:
            return f"{key} is hidden but not in the report"
        if (c["least"], c["most"]) != (least, most):
            return f"{key}: {c['least']} to {c['most']}, but it is {least} to {most}"
        want = "disclosed" if least == most else "safe"
        if c["verdict"] != want:
            return f"{key}: {c['verdict']}, but it is {want}"
        if want == "safe" and c.get("seen") != [least, most]:
            return f"{key}: saw {c.get('seen')}, but there are {least} to {most}"
        if want == "disclosed" and not c.get("derivation"):
            return f"{key}: no derivation"
    return None


def one(sluice, kind, seed, folder):
    rng = random.Random(f"{kind}{seed}")
    hidden = None
    while True:
        if kind == "along":
            from along import make_along
            files, flags, problem, names, hidden = make_along(rng, folder)
        elif kind == "percent":
            files, flags, problem, names = make_percent(rng, folder)
        elif kind == "files":
            files, flags, problem, names = make_two_files(rng, folder)
        else:
            files, flags, problem, names = make(rng, kind, folder)
        if not problem:
            continue
        try:
            found = brute(*problem)
        except TooMany:
            continue
        break
    status, report = audit(sluice, files, flags)
    if isinstance(report, str):
        return f"exit {status}: {report}", found
    wrong = compare(report, found, names, hidden)
    return wrong, found if hidden is None else {k: found[k] for k in hidden}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("sluice")
    parser.add_argument("kinds", nargs="*")
    parser.add_argument("--n", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    passed = failed = 0
    sluice = os.path.abspath(args.sluice)
    for kind in args.kinds or KINDS:
        cells = fallen = 0
        for seed in range(args.seed, args.seed + args.n):
            with tempfile.TemporaryDirectory() as folder:
                wrong, found = one(sluice, kind, seed, folder)
                cells += len(found)
                fallen += sum(a == b for a, b in found.values())
                if wrong:
                    failed += 1
                    print(f"{kind} {seed}: {wrong}")
                else:
                    passed += 1
        print(f"{kind}: {args.n} tables, {cells} hidden cells, {fallen} of them follow")
    print(f"{passed} passed, {failed} failed")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
