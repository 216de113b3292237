#!/usr/bin/env python3
"""Sums that one may dominate, and counts with noise, by hand and on tables whose answers are known.

    tests/judge/known_groups.py PATH/TO/sluice [--data FOLDER]

The answers are other tools': sdcTable's own tests, the vignettes of GaussSuppression, tau-ARGUS, the handbook.
They may not be passed on, so they are looked for beside the project, and where they are not, this says so.
Last line: N passed, N failed.
"""
import argparse
import csv
import io
import json
import os
import subprocess
import sys
import tempfile
from fractions import Fraction

HERE = os.path.dirname(os.path.abspath(__file__))
RAW = ["--policy", "cms", "--threshold", "0", "--zeros", "keep"]  # sums as they are


class Known:
    def __init__(self, program, data):
        self.program, self.data = os.path.abspath(program), data
        self.passed = self.failed = 0

    def read(self, name):
        with open(os.path.join(self.data, name), newline="") as f:
            return list(csv.DictReader(f))

    def same(self, what, want, got):
        if want == got:
            self.passed += 1
            return
        self.failed += 1
        both = [(k, want.get(k), got.get(k)) for k in sorted(set(want) | set(got), key=str) if want.get(k) != got.get(k)]
        print("%s: %d cells differ, as in %s" % (what, len(both), both[:3]))

    def hidden(self, rows, by, flags, policy=RAW):
        """By key: whether the sum s of the column 'value' was redacted."""
        names = list(rows[0])
        with tempfile.NamedTemporaryFile("w", suffix=".csv", newline="") as f:
            w = csv.DictWriter(f, names)
            w.writeheader()
            w.writerows(rows)
            f.flush()
            said = [self.program, "run", "-q", "-g", ",".join(by), "--sum", "s=value", "--contributor", "s=who", *flags,
                    "--totals", ",".join(by), "--totals-from", "raw", *policy, f.name]
            done = subprocess.run(said, capture_output=True, check=False)
        if done.returncode:
            raise SystemExit("%s: %s" % (" ".join(said), done.stderr.decode()))
        made = csv.DictReader(io.StringIO(done.stdout.decode()))
        return {tuple(r[b] for b in by): r["s"] == "*" for r in made}


def whole(text, parts):
    """A decimal in so many parts, which must be a whole number."""
    x = Fraction(text) * parts
    assert x.denominator == 1, text
    return int(x)


# ---- by hand ---------------------------------------------------------------------------------

def by_hand(k):
    """Edges of the rules: alone, of several rows each, and with contributors that are missing (one, all together)."""
    for what, parts, flags, unsafe in (
            ("half", {"a": [5], "b": [5]}, ["--dominance", "s=1,50"], False),
            ("over half", {"a": [5, 1], "b": [5]}, ["--dominance", "s=1,50"], True),
            ("two of three", {"a": [40, 20], "b": [30], "c": [10]}, ["--dominance", "s=2,89.999999"], True),
            ("p", {"a": [60, 40], "b": [80], "c": [4, 6]}, ["--p-percent", "s=10"], False),
            ("p, less one", {"a": [60, 40], "b": [80], "c": [4, 5]}, ["--p-percent", "s=10"], True),
            ("two", {"a": [1], "b": [1]}, ["--p-percent", "s=0.000001"], True),
            ("missing", {"": [9], "NA": [9], "a": [9], "b": [9]}, ["--dominance", "s=1,49"], True)):
        rows = [{"g": "x", "value": x, "who": who} for who, part in parts.items() for x in part]
        k.same("by hand: " + what, {("x",): unsafe, ("Total",): unsafe}, k.hidden(rows, ["g"], flags))


# ---- sdcTable (C9) ---------------------------------------------------------------------------

def sdctable(k):
    micro = [{"region": r["region"], "gender": r["gender"], "value": r["val"], "who": i}
             for i, r in enumerate(k.read("sdctable/microdata1.csv"))]
    cells = k.read("sdctable/testproblem_primary.csv")
    for column, flags, policy in (("freq2", [], ["--policy", "cms", "--threshold", "2", "--zeros", "keep"]),
                                  ("nk75", ["--dominance", "s=2,75"], RAW), ("p70", ["--p-percent", "s=70"], RAW),
                                  ("pq6080", ["--p-percent", "s=75"], RAW)):
        want = {tuple(c[b].replace("total", "Total") for b in ("region", "gender")): c[column] == "u" for c in cells}
        k.same("sdcTable " + column, want, k.hidden(micro, ["region", "gender"], flags, policy))


# ---- GaussSuppression -------------------------------------------------------------------------

def gauss(k):
    """Each table has cells of several groupings: asked for one by one, and told apart by their codes."""
    micro = k.read("gauss/input_magnitude1.csv")
    eu, sector = {r["geo"]: r["eu"] for r in micro}, {r["sector4"]: r["sector2"] for r in micro}
    for name, flags, threshold, by_company in (
            ("mag_T2_few_maxN1", [], "1", False), ("mag_T3_dom_n1k80", ["--dominance", "s=1,80"], "0", False),
            ("mag_T4_dom_80_99", ["--dominance", "s=1,80", "--dominance", "s=2,99"], "0", False),
            ("mag_T5_few_formula", [], "2", False), ("mag_p10", ["--p-percent", "s=10"], "0", False),
            ("mag_T7_few_company", [], "2", True),
            ("mag_T8_dom_company", ["--dominance", "s=1,80", "--dominance", "s=2,99"], "0", True)):
        rows = [{**r, "value": whole(r["value"], 10), "who": r["company"] if by_company else i} for i, r in enumerate(micro)]
        got = {}
        for geo in ("geo", "eu"):
            for kind in ("sector4", "sector2"):
                hidden = k.hidden(rows, [geo, kind], flags, ["--policy", "cms", "--threshold", threshold, "--zeros", "keep"])
                got.update(hidden)
        want = {(c["geo"], c["sector4"]): c["primary"] == "1" for c in k.read("gauss/%s.csv" % name)}
        empty = [key for key in want if key not in got]  # nobody is there: no row
        assert all(key[0] in (*eu, *eu.values()) and key[1] in (*sector, *sector.values()) for key in empty), empty
        k.same("GaussSuppression " + name, {key: x for key, x in want.items() if key in got},
               {key: x for key, x in got.items() if key in want})


# ---- tau-ARGUS (C10) --------------------------------------------------------------------------

def tau(k):
    part, parts = None, {}
    with open(os.path.join(k.data, "tauargus_ref/region2.hrc")) as f:
        for line in map(str.strip, f):
            if line.startswith("@"):
                parts[line[1:].strip()] = part
            elif line:
                part = line
    micro = [{"size": r["Size"], "region": r["Region"], "part": parts[r["Region"]], "value": whole(r["Var2"] or "0", 100), "who": i}
             for i, r in enumerate(k.read("tauargus_ref/tau_testW.csv"))]
    got = {**k.hidden(micro, ["size", "region"], ["--p-percent", "s=15"]), **k.hidden(micro, ["size", "part"], ["--p-percent", "s=15"])}
    want = {(c["Size"], c["Region"]): c["status"] == "primary" for c in k.read("tauargus_ref/Simple2D_expected.csv") if c["n"] != "0"}
    assert sum(want.values()) == 9
    k.same("tau-ARGUS p 15 %", want, {key: x for key, x in got.items() if key in want})


# ---- the handbook (C17) -------------------------------------------------------------------------

def handbook(k):
    for r in k.read("handbook/rules_examples.csv"):
        rows = [{"g": "all", "value": x, "who": i} for i, x in enumerate(r["contributions"].split(";"))]
        rule = r["rule"]
        flags = ["--p-percent", "s=" + rule[1:]] if rule[0] == "p" else ["--dominance", "s=" + rule.strip("()").replace(";", ",")]
        want = {("all",): r["expected_unsafe"] == "1", ("Total",): r["expected_unsafe"] == "1"}
        k.same("handbook " + r["id"], want, k.hidden(rows, ["g"], flags))


# ---- cell keys (C12, C13) ---------------------------------------------------------------------

def counts(k, rows, plan):
    """By key: the texts of what is made."""
    with tempfile.TemporaryDirectory() as folder:
        name = os.path.join(folder, "in.csv")
        with open(name, "w", newline="") as f:
            w = csv.DictWriter(f, list(rows[0]))
            w.writeheader()
            w.writerows(rows)
        done = subprocess.run([k.program, "run", "-q", "--config", json.dumps(plan), name], capture_output=True, check=False)
    if done.returncode:
        raise SystemExit("%s: %s" % (plan, done.stderr.decode()))
    by = plan["group"]["by"]
    return {tuple(r[b] for b in by): r["n"] for r in csv.DictReader(io.StringIO(done.stdout.decode()))}


def ons(k):
    micro, by = k.read("ckm/ons_micro.csv"), ["var1", "var5", "var8"]
    cells = {tuple(c[b] for b in by): c for c in k.read("ckm/ons_expected_result.csv")}
    nothing = {key for key, c in cells.items() if c["pre_sdc_count"] == "0"}
    assert len(cells) == 200

    def ask(table, policy):
        group = {"by": by, "rows": "n", "perturb": {"table": table, "record_key": "record_key"}}
        return counts(k, micro, {"version": 1, "policy": {"base": "cms", **policy}, "group": group})

    got = ask(os.path.join(k.data, "ckm/ons_ptable_10_5.csv"), {"threshold": 9, "zeros": "redact", "round_to": 1})
    k.same("ONS, published", {key: c["count"] for key, c in cells.items() if key not in nothing},
           {key: x.replace("*", "") for key, x in got.items()})
    with tempfile.NamedTemporaryFile("w", suffix=".csv") as f:  # noise that is the cell key shows it
        f.write("pcv,ckey,pvalue\n" + "".join("%d,%d,%d\n" % (i, key, key) for i in range(1, 30) for key in range(256)))
        f.flush()
        got = ask(f.name, {"threshold": "none"})
    k.same("ONS, cell keys", {key: str(int(c["pre_sdc_count"]) + int(c["ckey"])) for key, c in cells.items() if key not in nothing}, got)


def handbook_keys(k):
    """Keys .9 + .3 + .6 = .8: the third row's last interval."""
    rows = [{"sex": r["sex"], "key": whole(r["rkey"], 10)} for r in k.read("handbook/ckm_records.csv")]
    want = {(c["sex"],): c["perturbed"] for c in k.read("handbook/ckm_expected.csv")}
    lines, table = ["pcv,ckey,pvalue"], k.read("handbook/ckm_ptable.csv")
    for i in range(1, 4):  # ten keys for the fractions
        for key in range(10):
            v = next(r["v"] for r in table if int(r["i"]) == i and Fraction(key, 10) <= Fraction(r["ub"]))
            lines.append("%d,%d,%s" % (i, key, v))
    with tempfile.NamedTemporaryFile("w", suffix=".csv") as f:
        f.write("\n".join(lines))
        f.flush()
        group = {"by": ["sex"], "rows": "n", "perturb": {"table": f.name, "record_key": "key"}}
        got = counts(k, rows, {"version": 1, "policy": {"base": "cms", "threshold": "none"}, "group": group})
    k.same("handbook, cell keys", want, got)


# ---- rtauargus (C11) -----------------------------------------------------------------------------

def rtauargus(k):
    """Of a table of counts, sums and largest values; the others' share goes to so many that none is large."""
    rows = []
    for c in k.read("rtauargus/turnover_act_size.csv"):
        if "Total" in (c["ACTIVITY"], c["SIZE"]):
            continue
        n, total, largest = int(c["N_OBS"]), whole(c["TOT"], 10000), whole(c["MAX"], 10000)
        rest, others = total - largest, n - 1
        parts = [largest] + [rest // others + (i < rest % others) for i in range(others)]
        rows += [{"act": c["ACTIVITY"], "size": c["SIZE"], "value": x, "who": len(rows) + i} for i, x in enumerate(parts)]
    got = {key: x for key, x in k.hidden(rows, ["act", "size"], ["--dominance", "s=1,85"],
                                         ["--policy", "cms", "--threshold", "2", "--zeros", "keep"]).items()}
    want = {(c["ACTIVITY"], c["SIZE"]): c["primary"] == "1" for c in k.read("rtauargus/turnover_act_size_gauss.csv")}
    want = {key: x for key, x in want.items() if "Total" not in key}
    k.same("rtauargus turnover_act_size", want, {key: x for key, x in got.items() if key in want})


def main():
    p = argparse.ArgumentParser()
    p.add_argument("program")
    p.add_argument("--data", default=os.path.join(HERE, "../../../shared/sdc"))
    a = p.parse_args()
    k = Known(a.program, a.data)
    by_hand(k)
    if os.path.isdir(a.data):
        for part in (sdctable, gauss, tau, handbook, rtauargus, ons, handbook_keys):
            part(k)
    else:
        print("SKIPPED tests/judge/known-sums: the known answers of other tools are not beside the project")
    print("%d passed, %d failed" % (k.passed, k.failed))
    return k.failed > 0


if __name__ == "__main__":
    sys.exit(main())
