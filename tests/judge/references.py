#!/usr/bin/env python3
"""Secondary suppression and intervals beside what other programs made of the same tables.

    tests/judge/references.py BUILD_DIR [FOLDER]

Primary cells are taken from the reference, so that only what is hidden besides is compared: how
many cells, and what they count in all.  Every pattern of ours is attacked by one who does not
know the table.  FOLDER holds the reference data (default ../shared/sdc), which is not part of
this project; without it only what is written here is tried.  Last line: N passed, N failed.
"""
import csv
import os
import subprocess
import sys


class Cells:
    """Cells as numbers: inner ones, and what is published as sums of them."""

    def __init__(self):
        self.values, self.shown, self.primary, self.rows = [], [], [], []

    def add(self, value, shown, primary, parts=()):
        self.values.append(value)
        self.shown.append(int(shown))
        self.primary.append(int(primary))
        if parts:
            self.rows.append([len(self.values) - 1, *parts])
        return len(self.values) - 1

    def text(self, primary):
        lines = [f"{len(self.values)} {len(self.rows)}"]
        lines += [f"{v} {s} {p}" for v, s, p in zip(self.values, self.shown, primary)]
        lines += [" ".join(map(str, [len(r) - 1] + r)) for r in self.rows]
        return "\n".join(lines) + "\n"


class Model:
    def __init__(self, build):
        self.program = os.path.join(build, "tests/judge/model")

    def run(self, what, text, **settings):
        done = subprocess.run([self.program, what, *[f"{k}={v}" for k, v in settings.items()]],
                              input=text, capture_output=True, text=True, check=True)
        lines = done.stdout.splitlines()
        return dict(w.split("=") for w in lines[0].split()), lines[1:]

    def protect(self, cells, **settings):
        said, lines = self.run("protect", cells.text(cells.primary), **settings)
        return said, [int(x) for x in lines]

    def attack(self, cells, hidden, what="blind", **settings):
        said, lines = self.run(what, cells.text(hidden), **settings)
        return said, [tuple(map(int, x.split())) for x in lines]


# ---- reference data ----------------------------------------------------------------------------

def read(path):
    with open(path, newline="") as f:
        return list(csv.DictReader(f))


def from_lpt(path):
    """Sparse problems: published cells as sums of inner ones, with primary and reference."""
    with open(path) as f:
        n_inner, n_published, _ = map(int, f.readline().split())
        published = [tuple(map(int, f.readline().split())) for _ in range(n_published)]
        parts = [[] for _ in range(n_published)]
        for line in f:
            if line.strip():
                inner, column = map(int, line.split())
                parts[column].append(inner)
    value = {p[0]: published[i][0] for i, p in enumerate(parts) if len(p) == 1}
    return build([value[i] for i in range(n_inner)],
                 [(p, *published[i][1:]) for i, p in enumerate(parts)])


def build(inner, published):
    """published: (parts, primary, in the reference hidden); the reference by our numbers."""
    cells, reference, own = Cells(), {}, {}
    for i, (parts, _, _) in enumerate(published):
        if len(parts) == 1:
            own.setdefault(parts[0], i)
    for k, v in enumerate(inner):
        at = own.get(k)
        cells.add(v, at is not None, at is not None and published[at][1])
        reference[k] = at is not None and published[at][2]
    numbers = {}
    for i, (parts, primary, hidden) in enumerate(published):
        if len(parts) == 1 and own[parts[0]] == i:
            numbers[i] = parts[0]
            continue
        numbers[i] = cells.add(sum(inner[k] for k in parts), True, primary, parts)
        reference[numbers[i]] = hidden
    cells.numbers = numbers
    return cells, [int(reference[i]) for i in range(len(cells.values))]


def from_table(inner_path, table_path, columns, measure, where=None):
    """A published table of which each code of a column is one of several columns of the input."""
    inner, order = {}, []
    for row in read(inner_path):
        if where and not where(row):
            continue
        key = tuple(row[c] for names in columns.values() for c in names)
        if key not in inner:
            order.append(key)
        inner[key] = inner.get(key, 0) + int(row[measure])
    flat = [c for names in columns.values() for c in names]
    published = []
    rows = read(table_path)
    for row in rows:
        parts = [i for i, key in enumerate(order)
                 if all(row[out] == "Total" or row[out] in [key[flat.index(c)] for c in names]
                        for out, names in columns.items())]
        total = sum(inner[order[i]] for i in parts)
        name = "freq" if "freq" in row else "ant"
        if total != int(row[name]):
            raise ValueError(f"{table_path}: {row} is {total}")
        published.append((parts, int(row["primary"]), int(row["suppressed"])))
    keep = [i for i, p in enumerate(published) if p[0]] # cells of nothing are known to be 0
    cells, reference = build([inner[k] for k in order], [published[i] for i in keep])
    cells.table = [(rows[i], cells.numbers[n]) for n, i in enumerate(keep)]
    return cells, reference


GEO = {"age": ["age"], "geo": ["geo", "eu"]}
FLAT = {"region": ["region", "fylke", "kostragr"], "hovedint": ["hovedint"]}
INTERVALS = {
    "z1": {"region": ["region"], "hovedint": ["hovedint"]},
    "z2": FLAT,
    "d2": {"region": ["region", "county", "k_group"], "main_income": ["main_income"]},
    "d2s": {"region": ["region", "county", "size"], "main_income": ["main_income"]},
}


def turnover(folder):
    """Activity in three levels by size class; values with four decimals, in whole numbers."""
    tree = {r["A88"]: (r["A21"], r["A10"]) for r in read(folder + "/activity_corr_table.csv")}
    table = {(r["ACTIVITY"], r["SIZE"]): r for r in read(folder + "/turnover_act_size.csv")}
    said = read(folder + "/turnover_act_size_gauss.csv")
    sizes = sorted({r["SIZE"] for r in said} - {"Total"})
    leaves = [(a, s) for a in tree for s in sizes if (a, s) in table]
    value = [round(float(table[k]["TOT"]) * 10000) for k in leaves]
    published = []
    for r in said:
        parts = [i for i, (a, s) in enumerate(leaves)
                 if r["SIZE"] in ("Total", s) and r["ACTIVITY"] in ("Total", a, *tree[a])]
        if parts:
            published.append((parts, int(r["primary"]), int(r["suppressed"])))
    return build(value, published)


def simple2d(folder):
    """A real tau-ARGUS table: size classes by region in two levels."""
    rows = [r for r in read(folder + "/Simple2D_expected.csv")]
    regions = {"Nr": "1 2 3", "Os": "4 5 6 7", "Ws": "8 9 10", "Zd": "11 12", "99": ""}
    above = {c: g for g, codes in regions.items() for c in codes.split()}
    codes = {r["Region"] for r in rows}
    inner_regions = [c for c in codes if c != "Total" and c not in above.values()]
    sizes = {r["Size"] for r in rows} - {"Total"}
    at = {(r["Size"], r["Region"]): r for r in rows}
    leaves = [(s, c) for s in sorted(sizes) for c in sorted(inner_regions) if (s, c) in at]
    value = [round(float(at[k]["Var2"] or 0) * 100) for k in leaves]
    published = []
    for r in rows:
        parts = [i for i, (s, c) in enumerate(leaves)
                 if r["Size"] in ("Total", s) and
                 r["Region"] in ("Total", c, above.get(c))]
        if parts: # what is empty is shown so, and known to be 0
            published.append((parts, r["status"] == "primary",
                              r["status"] in ("primary", "secondary")))
    return build(value, published)


def marked(path, value, column, whole):
    """A flat table of two dimensions with statuses; 'whole' is the name of its totals."""
    rows = read(path)
    a, b = [k for k in rows[0] if k in ("region", "gender", "v1", "v2")]
    leaves = [r for r in rows if r[a] != whole and r[b] != whole]
    published = []
    for r in rows:
        parts = [i for i, l in enumerate(leaves)
                 if r[a] in (whole, l[a]) and r[b] in (whole, l[b])]
        primary = r.get("primary", r.get("sdcStatus"))
        published.append((parts, primary == "u", r[column] in ("u", "x")))
    return build([int(r[value]) for r in leaves], published)


def linked136(path):
    rows = read(path)
    value = [int(r["n"]) for r in rows]
    published = [([i], v <= 3, v <= 3 or rows[i]["region"] == "N") for i, v in enumerate(value)]
    for column in ("county", "group"):
        for code in sorted({r[column] for r in rows}):
            published.append(([i for i, r in enumerate(rows) if r[column] == code], 0, 0))
    published.append((list(range(len(rows))), 0, 0))
    return build(value, published)


def references(folder):
    """(name, program, cells, reference)."""
    gauss = folder + "/gauss/"
    for t in ("z1", "z2", "z3", "z3_pz0", "sf3", "sf4", "sf5"):
        yield t, "GaussSuppression", *from_lpt(f"{folder}/lp/none_{t}.lpt")
    yield "T7 none", "GaussSuppression", *from_table(
        gauss + "input_example1.csv", gauss + "small_T7n_maxN2_singletonnone.csv", GEO, "freq",
        lambda r: r["year"] == "2015")
    yield "T8 none", "GaussSuppression", *from_table(
        gauss + "input_example1.csv", gauss + "small_T8n_singletonnone.csv",
        {**GEO, "year": ["year"]}, "freq")
    for column in ("OPT", "HYPERCUBE", "HITAS", "GAUSS", "SIMPLEHEURISTIC"):
        yield "test problem", "sdcTable " + column, *marked(
            folder + "/sdctable/testproblem_secondary.csv", "freq", column, "total")
    for column in ("OPT", "HYPERCUBE", "HITAS", "GAUSS", "simpleheuristic"):
        yield "4 x 4", "sdcTable " + column, *marked(
            folder + "/sdctable/table4x4_attack.csv", "freq", column, "tot")
    yield "linked 136", "worked out", *linked136(folder + "/sdctable/linked136.csv")
    yield "turnover", "tau-ARGUS OPT", *turnover(folder + "/rtauargus")
    yield "Simple2D", "tau-ARGUS modular", *simple2d(folder + "/tauargus_ref")


# ---- comparing -----------------------------------------------------------------------------------

class Tally:
    def __init__(self):
        self.passed = self.failed = 0

    def check(self, holds, what):
        self.passed += bool(holds)
        self.failed += not holds
        if not holds:
            print("FAILED " + what)


def added(cells, hidden):
    more = [i for i, h in enumerate(hidden) if h and cells.shown[i] and not cells.primary[i]]
    return len(more), sum(cells.values[i] for i in more)


def falls(model, cells, pattern):
    """How many primary cells follow when the pattern is published."""
    hidden = [int(h or not s) for h, s in zip(pattern, cells.shown)]
    _, found = model.attack(cells, hidden, "attack", verdicts=1, seconds=60)
    return sum(f[0] == 0 for f, p in zip(found, cells.primary) if p)


def compare_patterns(model, folder, tally):
    sums = [0, 0]
    print(f"{'table':14}{'beside':28}{'cells':>6}{'primary':>8}{'ours':>6}{'theirs':>7}"
          f"{'value, ours / theirs':>22}  seconds")
    for name, program, cells, reference in references(folder):
        said, hidden = model.protect(cells, zeros_stay=1, seconds=60)
        ours, value = added(cells, hidden)
        theirs, their_value = added(cells, reference)
        fallen = falls(model, cells, reference)
        print(f"{name:14}{program:28}{sum(cells.shown):6}{sum(cells.primary):8}{ours:6}"
              f"{theirs:7}{value / max(their_value, 1):22.3f}  {said['seconds']}" +
              (f"  theirs: {fallen} primary cells follow" if fallen else ""))
        tally.check(said["safe"] == "1", f"{name}: not safe")
        tally.check(not falls(model, cells, hidden), f"{name}: cells of ours follow")
        if fallen:
            continue
        sums[0] += ours
        sums[1] += theirs
        if program == "GaussSuppression":
            tally.check([h for h, s in zip(hidden, cells.shown) if s] ==
                        [h for h, s in zip(reference, cells.shown) if s],
                        f"{name}: another pattern")
    print(f"in all where theirs holds: {sums[0]} secondary cells, theirs {sums[1]}")
    tally.check(sums[0] <= sums[1], "more in all")


def compare_intervals(model, folder, tally):
    """What an attacker can say of each primary cell of a reference pattern."""
    n = same = 0
    for t, columns in INTERVALS.items():
        for maximum in (3, 5):
            for zeros in (0, 1):
                path = f"{folder}/gauss/small_{t}_maxN{maximum}_pz{zeros}_intervals.csv"
                cells, reference = from_table(
                    f"{folder}/gauss/input_{t}.csv", path, columns,
                    "freq" if t[0] == "d" else "ant")
                hidden = [int(r or not s) for r, s in zip(reference, cells.shown)]
                _, found = model.attack(cells, hidden, intervals=1, seconds=60)
                for row, i in cells.table:
                    if not row["lo"] or row["lo"] == "NA":
                        continue
                    n += 1
                    ours = found[i][1:3]
                    holds = [float(row["lo"]), float(row["up"])] == [float(x) for x in ours]
                    same += holds
                    if not holds:
                        print(f"{path}: {row}: {ours}")
    print(f"{same} of {n} intervals of primary cells are those of the reference")
    tally.check(n and same == n, "intervals")


def two_way(inner, n, hide):
    """Inner counts row by row, their totals, and which inner cells are hidden."""
    cells, m = Cells(), len(inner) // n
    for v, h in zip(inner, hide):
        cells.add(v, True, h)
    rows = [cells.add(sum(inner[r * n:r * n + n]), True, 0, range(r * n, r * n + n))
            for r in range(m)]
    for c in range(n):
        cells.add(sum(inner[c::n]), True, 0, range(c, m * n, n))
    cells.add(sum(inner), True, 0, rows)
    return cells


def compare_worked(model, tally):
    """Worked examples: numbers with a known answer."""
    # Geurts: 7 = X11 + X12, 3 = X21 + X22, and the columns less a third row of 3, 3.
    cells = two_way([4, 3, 2, 1, 3, 3], 2, [1, 1, 1, 1, 0, 0])
    _, found = model.attack(cells, cells.primary, intervals=1)
    tally.check([f[1:3] for f in found[:4]] == [(3, 6), (1, 4), (0, 3), (0, 3)], "Geurts")
    # Each hidden one has another in its row and column, and yet 47 follows.
    inner = [30, 47, 64, 89, 90, 124, 5, 31, 92, 100, 59, 85, 800, 991, 651, 685]
    hide = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 0, 1, 0, 1, 0, 1]
    cells = two_way(inner, 4, hide)
    _, found = model.attack(cells, hide + [0] * 9, intervals=1)
    tally.check(found[1][1:3] == (47, 47), "two in every row and column")
    said, hidden = model.protect(cells)
    tally.check(said["safe"] == "1" and said["added"] == "1", "one more cell")
    for cell, low, high in ((7, 0, 78), (14, None, None), (10, None, None)):
        more = [h or i == cell for i, h in enumerate(hide)] + [0] * 9
        _, found = model.attack(cells, list(map(int, more)), intervals=1)
        tally.check(all(v[0] == 2 for v, h in zip(found, more) if h), f"with cell {cell}")
        tally.check(low is None or found[1][1:3] == (low, high), f"with cell {cell}: interval")


def main():
    build_dir = sys.argv[1] if len(sys.argv) > 1 else "build"
    folder = sys.argv[2] if len(sys.argv) > 2 else "../shared/sdc"
    model, tally = Model(build_dir), Tally()
    compare_worked(model, tally)
    if os.path.isdir(folder):
        compare_patterns(model, folder, tally)
        compare_intervals(model, folder, tally)
    else:
        print(f"SKIPPED reference tables: {folder} is not here")
    print(f"{tally.passed} passed, {tally.failed} failed")
    return tally.failed != 0


if __name__ == "__main__":
    sys.exit(main())
