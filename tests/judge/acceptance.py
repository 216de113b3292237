#!/usr/bin/env python3
"""Known answers: what must be hidden in tables of other programs' guides, and worked examples.

    tests/judge/acceptance.py BUILD_DIR [FOLDER]

Primary cells come from the rule that the guide names, and must be those it marks.  FOLDER holds
the reference data (default ../shared/sdc), which is not part of this project; without it only
what is written here is tried.  Last line: N passed, N failed.
"""
import json
import os
import subprocess
import sys
import tempfile

from references import GEO, Model, Tally, added, falls, from_lpt, from_table, linked136, read

FLAT = {"age": ["age"], "geo": ["geo"]}
Z1 = {"region": ["region"], "hovedint": ["hovedint"]}
Z3 = {"region": ["region", "fylke", "kostragr"], "hovedint": ["hovedint"], "mnd": ["mnd", "mnd2"]}

# Table, columns, year, counts that are primary, settings. A structural zero is no count.
GUIDE = [
    ("T1_age_geo_maxN1", FLAT, "2014", (0, 1), {}),
    ("T2_age_geo_eu_maxN2", GEO, "2014", (0, 2), {}),
    ("T3_formula_maxN2", GEO, "2014", (0, 2), {}),
    ("T4_maxN4_protectZerosF", GEO, "2014", (1, 4), {"zeros_stay": 1}),
    ("T5_maxN3_pzF_szT", GEO, "2014", (1, 3), {}),
    ("T6_structuralEmpty", GEO, "2015", None, {}),
    ("T7_maxN2", GEO, "2015", (0, 2), {"singletons": 1}),
    ("T8_maxN1_pzF", {**GEO, "year": ["year"]}, None, (1, 1), {"zeros_stay": 1, "singletons": 1}),
]


def guide_tables(model, folder, tally):
    """Each pattern is theirs, cell by cell."""
    for name, columns, year, limits, settings in GUIDE:
        cells, reference = from_table(
            f"{folder}/input_example1.csv", f"{folder}/small_{name}.csv", columns, "freq",
            lambda r, year=year: year in (None, r["year"]))
        if limits:
            tally.check([int(limits[0] <= v <= limits[1]) for v in cells.values] ==
                        [p if s else int(limits[0] <= v <= limits[1]) for v, p, s in
                         zip(cells.values, cells.primary, cells.shown)], f"{name}: primary cells")
        said, hidden = model.protect(cells, seconds=60, **settings)
        other = sum(h != r for h, r, s in zip(hidden, reference, cells.shown) if s)
        print(f"{name:24} {added(cells, hidden)[0]:4} secondary cells, theirs "
              f"{added(cells, reference)[0]:4}; {other} differ")
        tally.check(said["safe"] == "1" and not falls(model, cells, hidden), f"{name}: not safe")
        tally.check(not other, f"{name}: another pattern")
        if settings.get("singletons"):
            without, _ = model.protect(cells, seconds=60, **{**settings, "singletons": 0})
            print(f"{'':24} {without['added']:>4} without the rule on singletons")


def guide_width(model, folder, tally):
    """T9: an interval of length 5 is 6 values; theirs gives [0, 13] and [0, 12]."""
    cells, reference = from_table(f"{folder}/input_example1.csv", f"{folder}/small_T9_rangeMin5.csv",
                                  FLAT, "freq")
    _, found = model.attack(cells, reference, intervals=1, seconds=60)
    tally.check(sorted(f[1:3] for f, p in zip(found, cells.primary) if p) == [(0, 12), (0, 13)],
                "T9: intervals of theirs")
    said, hidden = model.protect(cells, seconds=60, zeros_stay=1, width=6)
    _, found = model.attack(cells, hidden, intervals=1, seconds=60)
    tally.check(said["safe"] == "1", "T9: not safe")
    tally.check(all(f[2] - f[1] >= 5 for f, h in zip(found, hidden) if h), "T9: too narrow")
    tally.check(hidden == reference, "T9: another pattern")
    print(f"{'T9_rangeMin5':24} {added(cells, hidden)[0]:4} secondary cells, theirs "
          f"{added(cells, reference)[0]:4}")


def rows_hidden(cells, hidden):
    """As their tables number them, from 1."""
    return [n + 1 for n, (_, i) in enumerate(cells.table) if hidden[i]]


def row_numbers(model, folder, tally):
    cells, _ = from_table(f"{folder}/input_z1.csv", f"{folder}/small_z1_maxN3_pz1_intervals.csv",
                          Z1, "ant")
    tally.check([int(v <= 3) for v in cells.values] == cells.primary, "z1: primary cells")
    said, hidden = model.protect(cells, seconds=60)
    tally.check(said["safe"] == "1" and rows_hidden(cells, hidden) == [12, 13, 22, 23, 42, 43],
                f"z1: rows {rows_hidden(cells, hidden)}")
    cells, reference = from_table(f"{folder}/input_z3_renamed.csv",
                                  f"{folder}/small_z3renamed_maxN5_anySumOld.csv", Z3, "ant")
    for singletons in (0, 1):
        said, hidden = model.protect(cells, seconds=60, singletons=singletons)
        total = sum(rows_hidden(cells, hidden))
        print(f"z3 renamed, singletons {singletons}: {added(cells, hidden)[0]} secondary cells, "
              f"theirs {added(cells, reference)[0]}; row numbers add up to {total}")
        tally.check(said["safe"] == "1" and total == 599685, f"z3 renamed: {total}")


def singletons(model, folder, tally):
    """Theirs minds any sum of singletons, ours that of each whole: never more cells than theirs."""
    for name, zeros in (("z1", 1), ("z2", 1), ("z3", 0), ("z3_pz0", 1), ("sf3", 1), ("sf4", 1),
                        ("sf5", 1)):
        cells, reference = from_lpt(f"{folder}/lp/{name}.lpt")
        said, hidden = model.protect(cells, seconds=60, zeros_stay=zeros, singletons=1)
        ours, theirs = added(cells, hidden)[0], added(cells, reference)[0]
        print(f"{name:24} {ours:4} secondary cells with singletons, theirs {theirs:4}; "
              f"{said['seconds']} s")
        tally.check(said["safe"] == "1" and ours <= theirs, f"{name}: {said}")


def linked(model, folder, tally):
    """Two groupings of one set of cells: N, in both, must go; each alone needs nothing."""
    cells, reference = linked136(f"{folder}/sdctable/linked136.csv")
    names = [r["region"] for r in read(f"{folder}/sdctable/linked136.csv")]
    said, hidden = model.protect(cells, seconds=60)
    also = [names[i] for i, h in enumerate(hidden[:len(names)]) if h and not cells.primary[i]]
    tally.check(said["safe"] == "1" and also == ["N"] and hidden == reference,
                f"linked: also hidden {also}")


# ---- what an audit finds -------------------------------------------------------------------------

def audit(build, *words):
    done = subprocess.run([os.path.join(build, "sluice"), "audit", "--format", "json", *words],
                          capture_output=True, text=True)
    if done.returncode not in (0, 1):
        sys.exit(f"audit: exit {done.returncode}: {done.stderr}")
    return done.returncode, json.loads(done.stdout)


def group_disclosure(build, path, tally, status, hours):
    """One status whose people all have the same hours."""
    code, said = audit(build, "-m", "n", "-d", "marital,hours", "-t", "Total", "--group", "0", path)
    tally.check(code == 1 and [(g["cell"]["marital"], g["cell"]["hours"]) for g in said["groups"]]
                == [(status, hours)], f"{path}: {said['groups']}")
    for flags, fails in (([], 1), (["--protect-group", "0"], 0)):
        with tempfile.TemporaryDirectory() as folder:
            out = os.path.join(folder, "out.csv")
            rule = ["--policy", "cms", "--threshold", "1", "--zeros", "keep"]
            subprocess.run([os.path.join(build, "sluice"), "run", "-q", "-c", "n", *rule, path,
                            "--protect", "marital,hours", *flags, "-o", out], check=True)
            code, said = audit(build, *rule, "--secondary", "-m", "n", "-d", "marital,hours", "-t",
                               "Total", "--group", "0", out)
            tally.check(code == fails, f"{path} {flags}: {said['groups']}")


def disclosed(said, *names):
    return {tuple(f["cell"][n] for n in names): f["least"] for f in said["findings"]
            if f["least"] == f["most"]}


def geographic(build, folder, tally):
    """An area and a slightly larger one: the people between them."""
    a, b = folder + "/diff_geo_A.csv", folder + "/diff_geo_B.csv"
    _, said = audit(build, "--policy", "cms", "--threshold", "4", "-m", "n", "-d", "hours,sex",
                    "--cell", a + ":area=inner", "--cell", b + ":area=All", "-t", "area=All",
                    "--open", "area", a, b)
    expected = {(r["hours"], r["sex"]): int(r["n"]) for r in read(folder + "/diff_geo_expected.csv")}
    tally.check(disclosed(said, "hours", "sex") == {k: v for k, v in expected.items() if v},
                f"geographic differencing: {said['findings']}")


def bands(build, folder, tally):
    """Ages in two kinds of bands: what is in the one and not in the other."""
    with tempfile.TemporaryDirectory() as scratch:
        words = []
        for parent, codes in (("<25", ("<20", "20-24")), ("20-39", ("20-24", "25-39"))):
            path = os.path.join(scratch, f"p{len(words)}.csv")
            with open(path, "w") as f:
                f.write("code,parent\n" + "".join(f"{c},{parent}\n" for c in codes))
            words += ["--parents", "age=" + path]
        _, said = audit(build, "--policy", "cms", "--threshold", "3", "--absent", "unknown", "-m",
                        "n", "-d", "sex,age", *words, folder + "/diff_sub_A.csv",
                        folder + "/diff_sub_B.csv")
    tally.check(disclosed(said, "sex", "age") == {("Male", "20-24"): 1},
                f"bands: {said['findings']}")


def written_here(build, tally):
    """Tables of the same kind as the reference's, with numbers of our own."""
    with tempfile.TemporaryDirectory() as folder:
        def put(name, head, *rows):
            with open(os.path.join(folder, name), "w") as f:
                f.write(head + "\n" + "".join(",".join(map(str, r)) + "\n" for r in rows))
        counts = {"Wed": (40, 0), "Alone": (30, 25), "Apart": (12, 14)}
        rows = [(m, h, n) for m, v in counts.items() for h, n in zip(("Full", "Part"), v)]
        rows += [(m, "Total", sum(v)) for m, v in counts.items()]
        rows += [("Total", "Full", 82), ("Total", "Part", 39), ("Total", "Total", 121)]
        put("group.csv", "marital,hours,n", *rows)
        group_disclosure(build, os.path.join(folder, "group.csv"), tally, "Wed", "Full")
        put("diff_geo_A.csv", "hours,sex,n", (">30", "M", 81), (">30", "F", 64), ("<30", "M", 20))
        put("diff_geo_B.csv", "hours,sex,n", (">30", "M", 83), (">30", "F", 64), ("<30", "M", 21))
        put("diff_geo_expected.csv", "hours,sex,n", (">30", "M", 2), (">30", "F", 0),
            ("<30", "M", 1))
        geographic(build, folder, tally)
        put("diff_sub_A.csv", "sex,age,n", ("Male", "<20", 30), ("Male", "20-39", 44),
            ("Female", "<20", 31), ("Female", "20-39", 50))
        put("diff_sub_B.csv", "sex,age,n", ("Male", "<25", 31), ("Male", "25-39", 43),
            ("Female", "<25", 40), ("Female", "25-39", 41))
        bands(build, folder, tally)


def main():
    build = sys.argv[1] if len(sys.argv) > 1 else "build"
    folder = sys.argv[2] if len(sys.argv) > 2 else "../shared/sdc"
    model, tally = Model(build), Tally()
    written_here(build, tally)
    if os.path.isdir(folder):
        guide_tables(model, folder + "/gauss", tally)
        guide_width(model, folder + "/gauss", tally)
        row_numbers(model, folder + "/gauss", tally)
        linked(model, folder, tally)
        singletons(model, folder, tally)
        group_disclosure(build, folder + "/handbook/mar_by_hours.csv", tally, "Married",
                         "Full time")
        geographic(build, folder + "/handbook", tally)
        bands(build, folder + "/handbook", tally)
    else:
        print(f"SKIPPED known answers: {folder} is not here")
    print(f"{tally.passed} passed, {tally.failed} failed")
    return tally.failed != 0


if __name__ == "__main__":
    sys.exit(main())
