#!/usr/bin/env python3
"""What 'protect' hides, against every table that there is.

    tests/judge/protect_brute.py PATH/TO/sluice [--n N] [--seed N] [KIND...]

Random tables small enough to try all of them go through `sluice run` with protect.  Each text
that comes out must be what the rule makes of the count, or the token; what the rule redacts must
be the token; the tables that would have been published so may not agree on a hidden count, nor on
one that was rounded, nor, where asked for, on a sum of singletons, nor all have but a few of a
whole outside one part; and `sluice audit` must say so, too.  A run may be refused only where
nothing would help: when even the table with nothing but tokens tells a count.
Last line: N passed, N failed.
"""
import argparse
import csv
import os
import random
import subprocess
import sys
import tempfile

from audit_brute import TOKEN, Rule, shape

LIMIT = 400000 # counts tried before it is given up


def rule_of(rng, kind):
    if kind in ASKED:
        return Rule(rng.choice([1, 2, 3, 7]), kind == "group" or rng.random() < .7, 1, "nearest")
    if kind == "rounded" or rng.random() < .15:
        return rng.choice([Rule(7, False, 5, "nearest"), Rule(7, True, 5, "nearest"),
                           Rule(None, True, 6, "midpoint"), Rule(None, True, 5, "nearest"),
                           Rule(3, True, 4, "nearest"), Rule(5, True, 3, "up"),
                           Rule(5, False, 3, "down")])
    return Rule(rng.choice([1, 2, 3, 7]), rng.random() < .7, 1, "nearest")


def flags_of(rule):
    flags = ["--policy", "opensafely", *rule.flags()]
    return flags + ([] if rule.threshold is not None else ["--threshold", "none"])


def make(rng, kind):
    """The table's shape, its rule and the count of every cell of every measure."""
    t = shape(rng, {"rounded": rng.choice(["1d", "2d"]), "tied": "1d",
                     "singletons": rng.choice(["2d", "2d", "3d", "tree"]),
                     "group": rng.choice(["1d", "2d"])}.get(kind, kind))
    rule = rule_of(rng, kind)
    top = rng.choice([4, 9, 14]) if rule.base == 1 else rng.choice([9, 14, 30, 60])
    draw = lambda: rng.choice([0, 1, rng.randint(0, top), rng.randint(0, top)])
    counts = [[draw() for _ in t.leaves]]
    if kind == "tied":
        counts.append([a + draw() for a in counts[0]])
    return t, rule, counts


def write(t, rule, counts, path, rng, whole=False):
    """All rows; one kind of total may be left out, and some rows that would be seen to be 0."""
    names = ["n", "m"][:len(counts)]
    gone = set()
    if len(t.names) > 1 and not whole and rng.random() < .3:
        d = rng.randrange(len(t.names))
        gone = {k for k in t.cells if k[d] == "Total"}
    rows = []
    for key, parts in t.cells.items():
        values = [sum(c[i] for i in parts) for c in counts]
        leaf = all(k in t.codes[d] for d, k in enumerate(key))
        if key in gone or (leaf and not whole and not any(values) and rule.text(0) == "0" and rule.base == 1
                           and rng.random() < .2):
            continue
        rows.append(list(key) + values)
    rng.shuffle(rows)
    with open(path, "w", newline="") as f:
        out = csv.writer(f, lineterminator="\n")
        out.writerow(t.names + names)
        out.writerows(rows)
    return names


class Follows(Exception):
    pass


class TooMany(Exception):
    pass


def every_table(allowed, sums):
    """All lists of counts from allowed[i], with the sum over sums[j][0] in sums[j][1]."""
    n = len(allowed)
    touching = [[j for j, (parts, _) in enumerate(sums) if i in parts] for i in range(n)]
    # What the later counts of a sum can add, at the least and at the most.
    rest = [[(sum(min(allowed[p]) for p in parts if p > i), sum(max(allowed[p]) for p in parts
                                                                if p > i))
             for i in range(n)] for parts, _ in sums]
    ends = [(min(good), max(good)) for _, good in sums]
    values, partial, tried = [0] * n, [0] * len(sums), 0

    def fits(i, j):
        low, high = rest[j][i]
        if low == high:
            return partial[j] + low in sums[j][1]
        return partial[j] + low <= ends[j][1] and partial[j] + high >= ends[j][0]

    def go(i):
        nonlocal tried
        if i == n:
            yield values
            return
        for v in allowed[i]:
            tried += 1
            if tried > LIMIT:
                raise TooMany
            values[i] = v
            for j in touching[i]:
                partial[j] += v
            if all(fits(i, j) for j in touching[i]):
                yield from go(i + 1)
            for j in touching[i]:
                partial[j] -= v

    yield from go(0)


def check_texts(t, rule, counts, names, rows):
    """[(parts, text)] of what was published, after a look at each text."""
    shown = []
    for row in rows:
        key = tuple(row[n] for n in t.names)
        for c, name in zip(counts, names):
            parts = t.cells[key]
            want, text = rule.text(sum(c[i] for i in parts)), row[name]
            if text not in (want, TOKEN) or (want == TOKEN and text != TOKEN):
                raise Follows(f"{key} {name} came out as {text!r}")
            at = names.index(name) * len(t.leaves)
            shown.append((key, name, [at + i for i in parts], text))
    return shown


def asked_sums(t, rule, counts, kind, few):
    """{name: (parts, values it may not have alone)}: sums that must not follow."""
    true, asked = counts[0], {}
    hides = lambda v: rule.text(v) == TOKEN
    for key, parts in t.cells.items():
        if kind == "singletons":
            single = [i for i in parts if true[i] == (1 if rule.keep_zeros else 0) and hides(true[i])]
            if len(single) > 1:
                asked[key, "singletons"] = single, {sum(true[i] for i in single)}
        for d, code in enumerate(key):
            if kind != "group" or code != "Total":
                continue
            for c in t.codes[d]:
                one = t.cells[key[:d] + (c,) + key[d + 1:]]
                rest = [i for i in parts if i not in one]
                if rest and sum(true[i] for i in one) and sum(true[i] for i in rest) <= few:
                    asked[key, d, c] = rest, set(range(few + 1))
    return asked


def look(t, rule, counts, names, shown, asked=()):
    """No hidden count, and none that was rounded, is the same in every table; False = too many."""
    n = len(t.leaves) * len(names)
    top = sum(sum(c) for c in counts) + 25 + rule.base
    allowed, sums, open_cells = [range(top)] * n, [], {}
    there = {parts[0] for _, _, parts, _ in shown if len(parts) == 1}
    for i in range(n):
        if i not in there:
            allowed[i] = [0]
    for key, name, parts, text in shown:
        good = {x for x in range(top) if text in (TOKEN, rule.text(x))}
        if len(parts) == 1:
            allowed[parts[0]] = sorted(set(allowed[parts[0]]) & good)
        sums.append((parts, good))
        if len(good) > 1:
            open_cells[key, name] = (parts, set())
    asked = dict(asked)
    # Values near the true ones first: two different tables are found sooner.
    true = [v for c in counts for v in c]
    for i in range(n):
        allowed[i] = sorted(allowed[i], key=lambda v, i=i: abs(v - true[i]))
    try:
        for values in every_table(allowed, sums):
            if len(names) == 2 and any(values[i] > values[len(t.leaves) + i]
                                       for i in range(len(t.leaves))):
                continue
            for key in list(open_cells):
                parts, seen = open_cells[key]
                seen.add(sum(values[i] for i in parts))
                if len(seen) > 1:
                    del open_cells[key]
            for key in list(asked):
                if sum(values[i] for i in asked[key][0]) not in asked[key][1]:
                    del asked[key]
            if not open_cells and not asked:
                return True
    except TooMany:
        return False
    if not open_cells and not asked:
        return True
    raise Follows(f"{', '.join(map(str, [*open_cells, *asked]))} can be worked out")


def one(sluice, kind, seed, folder, sums):
    rng = random.Random(f"protect{kind}{seed}")
    t, rule, counts = make(rng, kind)
    raw, out = os.path.join(folder, "raw.csv"), os.path.join(folder, "out.csv")
    names = write(t, rule, counts, raw, rng, kind in ASKED)
    run = [sluice, "run", "-q", "-c", ",".join(names), *flags_of(rule), raw, "-o", out]
    words = [("dimensions", "protect", ",".join(t.names))]
    if t.families[0]:
        parents = os.path.join(folder, "parents.csv")
        with open(parents, "w") as f:
            f.write("code,parent\n" + "".join(f"{l},{g}\n" for g, ls in t.families[0].items()
                                              for l in ls))
        words.append(("parents", "protect-parents", "a=" + parents))
    few = rng.choice([0, 0, 1, 2])
    if kind == "group":
        words.append(("group", "protect-group", str(few)))
    if kind == "singletons":
        run.append("--protect-singletons")
    if kind == "tied":
        words.append(("at-most", "protect-at-most", "n<=m"))
    done = subprocess.run(run + [x for _, flag, value in words for x in ("--" + flag, value)],
                          capture_output=True, text=True)
    if done.returncode:
        if "nothing to protect" in done.stderr and nobody(t, raw):
            return None
        if "nothing to protect" in done.stderr or not hopeless(sluice, t, rule, words, raw, names):
            return f"exit {done.returncode}: {done.stderr.strip()}"
        sums["refused"] += 1
        return None
    with open(out, newline="") as f:
        rows = list(csv.DictReader(f))
    try:
        shown = check_texts(t, rule, counts, names, rows)
        asked = asked_sums(t, rule, counts, kind, few) if kind in ASKED else {}
        sums["asked"] += len(asked)
        sums["many"] += not look(t, rule, counts, names, shown, asked)
    except Follows as e:
        return str(e)
    sums["cells"] += len(shown)
    own = sum(rule.text(sum(c[i] for i in t.cells[tuple(r[n] for n in t.names)])) == TOKEN
              for r in rows for c in counts)
    sums["primary"] += own
    sums["added"] += sum(text == TOKEN for *_, text in shown) - own
    return audit(sluice, rule, words, names, out)


def audit(sluice, rule, words, names, path):
    done = subprocess.run([sluice, "audit", *rule.flags(), "--hidden", TOKEN, "-t", "Total",
                           "-m", ",".join(names), "--secondary", path]
                          + [x for word, _, value in words for x in ("--" + word, value)],
                          capture_output=True, text=True)
    return f"audit: {done.stdout}{done.stderr}" if done.returncode else None


def nobody(t, raw):
    """Whether the table is of nobody, and the row of its total all that is left."""
    with open(raw, newline="") as f:
        return all(r[n] == "Total" for r in csv.DictReader(f) for n in t.names)


def hopeless(sluice, t, rule, words, raw, names):
    """Whether the audit falls even for a table of nothing but tokens."""
    bare = raw + ".bare"
    with open(raw) as f, open(bare, "w") as g:
        for i, line in enumerate(f):
            fields = line.strip().split(",")
            g.write(line if not i else ",".join(fields[:-len(names)] + [TOKEN] * len(names)) + "\n")
    return audit(sluice, rule, words, names, bare) is not None


ASKED = ["singletons", "group"]
KINDS = ["1d", "2d", "3d", "tree", "rounded", "tied", *ASKED, "along"]


def main():
    from along import along
    parser = argparse.ArgumentParser()
    parser.add_argument("sluice")
    parser.add_argument("kinds", nargs="*")
    parser.add_argument("--n", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    passed = failed = 0
    sluice = os.path.abspath(args.sluice)
    for kind in args.kinds or KINDS:
        sums = dict.fromkeys(["cells", "primary", "added", "refused", "many", "asked"], 0)
        for seed in range(args.seed, args.seed + args.n):
            with tempfile.TemporaryDirectory() as folder:
                wrong = along(sluice, seed, folder, sums) if kind == "along" else \
                    one(sluice, kind, seed, folder, sums)
                failed += wrong is not None
                passed += wrong is None
                if wrong:
                    print(f"{kind} {seed}: {wrong}")
        print(f"{kind}: {args.n} tables, {sums['cells']} cells, {sums['primary']} redacted, "
              f"{sums['added']} further; {sums['refused']} refused, "
              f"{sums['many']} with too many tables to try them all" +
              (f"; {sums['asked']} sums asked for" if kind in ASKED else ""))
    print(f"{passed} passed, {failed} failed")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
