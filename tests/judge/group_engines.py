#!/usr/bin/env python3
"""DuckDB and pandas as judges of grouping.

    tests/judge/group_engines.py PATH/TO/sluice PATH/TO/gen [--bytes 50000000] [--tables 20] [--seed 1] [--venv DIR]

On a table of patients (bench/gen): counts, distinct persons, sums, means, bands, months, quarters, years and
totals; then the same with redaction and rounding, in SQL and in pandas; then random plans over
random tables.  Every cell must be theirs.  The two are installed from PyPI into a folder of their own.
Last line: N passed, N failed.
"""
import argparse
import csv
import importlib.util
import json
import os
import random
import subprocess
import sys
import tempfile
from fractions import Fraction

HERE = os.path.dirname(os.path.abspath(__file__))
MODULES = ("duckdb", "pandas")
RAW = {"base": "cms", "threshold": 0, "zeros": "keep"}  # nothing is redacted but what is 0 of something

PATIENTS = [  # plans without policy
    {"group": {"by": ["sex", "age_band", "region"], "rows": "n", "persons": {"people": "patient_id"},
               "sum": {c: c for c in ("has_diabetes", "has_asthma", "has_copd", "has_ckd", "had_covid_vaccine")},
               "mean": {"mean_bmi": {"column": "bmi", "digits": 3}}}},
    {"group": {"by": ["registration_date", "sex"], "bins": {"registration_date": "month"}, "rows": "n",
               "persons": {"people": "patient_id", "births": "date_of_birth"}}},
    {"group": {"by": ["imd_quintile", "death_date", "smoking_status"], "bins": {"imd_quintile": [1, 3, 5], "death_date": "quarter"},
               "rows": "n", "persons": {"days": "registration_date"}, "sum": {"s": "has_copd"}}, "where": {"sex": ["F"]}},
    {"group": {"by": ["date_of_birth", "patient_id"], "bins": {"date_of_birth": "year", "patient_id": [0, 1000, 100000, 1000000]},
               "rows": "n", "mean": {"m": {"column": "bmi", "digits": 9}}}},
    {"group": {"by": ["ethnicity", "sex", "region"], "rows": "n", "persons": {"days": "last_consultation_date"},
               "sum": {"s": "has_asthma"}, "totals": ["sex", "region"], "totals_from": "raw"}},
]


def install(venv):
    """This script again, by a Python that has the modules."""
    python = os.path.join(venv, "bin", "python3")
    if not os.path.exists(python):
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    found = subprocess.run([python, "-c", "import " + ", ".join(MODULES)], stderr=subprocess.DEVNULL, check=False).returncode == 0
    if not found:
        subprocess.run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *MODULES], check=True)
    os.execv(python, [python, os.path.abspath(__file__), *sys.argv[1:]])


def bare(name):
    return name[1:] if name[:1] == "=" else name


class Question:
    """A plan's grouping in plain words: what both engines are asked."""

    def __init__(self, plan, missing=()):
        group = plan["group"]
        bins = {bare(k): v for k, v in group.get("bins", {}).items()}
        self.by = [(bare(b), bins.get(bare(b))) for b in group["by"]]
        self.rows = "rows" in group
        self.persons = [bare(c) for c in group.get("persons", {}).values()]
        self.sums = [bare(c) for c in group.get("sum", {}).values()]
        means = [c if isinstance(c, dict) else {"column": c} for c in group.get("mean", {}).values()]
        self.means = [(bare(c["column"]), c.get("digits", 1)) for c in means]
        self.where = {bare(k): v for k, v in plan.get("where", {}).items()}
        self.missing = ["", "NA", *missing]
        names = [name for name, _ in self.by]
        totals = [names.index(bare(t)) for t in group.get("totals", [])]
        self.sets = [{p for i, p in enumerate(totals) if choice >> i & 1} for choice in range(1 << len(totals))]
        self.columns = sorted({*names, *self.persons, *self.sums, *self.where, *(c for c, _ in self.means)})

    def labels(self, edges):
        """Each band's first number and name, the last band first."""
        ends = [e - 1 for e in edges[1:]] + [None]
        return [(e, "%d+" % e if end is None else str(e) if e == end else "%d-%d" % (e, end))
                for e, end in reversed(list(zip(edges, ends)))]


def row_of(rows, persons, sums, means, question):
    """A row as sluice prints it; means are (number of values, exact sum)."""
    out = [str(rows)] if question.rows else []
    out += [str(x) for x in [*persons, *sums]]
    for (n, total), (_, digits) in zip(means, question.means):
        out.append(str(n))
        if not n:
            out.append("")
            continue
        q = round(Fraction(total) / n * 10**digits)
        text = str(abs(q)).rjust(digits + 1, "0")
        out.append("-" * (q < 0) + (text[:-digits] + "." + text[-digits:] if digits else text))
    return tuple(out)


# ---- DuckDB -----------------------------------------------------------------------------

def name(text):
    return '"%s"' % text.replace('"', '""')


def said(text):
    return "'%s'" % text.replace("'", "''")


def sql_band(column, bins, question):
    absent = "%s IN (%s)" % (column, ", ".join(map(said, question.missing)))
    if bins is None:
        return column
    if isinstance(bins, str):
        day = "CAST(substr(%s, 1, 10) AS DATE)" % column
        text = {"month": "strftime(%s, '%%Y-%%m')", "year": "strftime(%s, '%%Y')",
                "quarter": "strftime(%s, '%%Y') || '-Q' || quarter(%s)"}[bins]
        return "CASE WHEN %s THEN %s ELSE %s END" % (absent, column, text % ((day,) * text.count("%s")))
    value = "CAST(CAST(%s AS DOUBLE) AS BIGINT)" % column
    return "CASE WHEN %s THEN %s %s END" % (absent, column, " ".join(
        "WHEN %s >= %d THEN %s" % (value, e, said(label)) for e, label in question.labels(bins)))


def sql_of(question, path, delimiter):
    """One query; the group sets are the totals."""
    absent = ", ".join(map(said, question.missing))

    def there(column, then):
        return "CASE WHEN %s NOT IN (%s) THEN %s END" % (name(column), absent, then)

    keys = ["band_of_%d" % i for i in range(len(question.by))]
    source = ", ".join("coalesce(%s, '') AS %s" % (name(c), name(c)) for c in question.columns)
    bands = ", ".join("%s AS band_of_%d" % (sql_band(name(c), bins, question), i) for i, (c, bins) in enumerate(question.by))
    out = ["CASE WHEN grouping(%s) = 1 THEN NULL ELSE %s END" % (k, k) for k in keys] + ["grouping(%s)" % k for k in keys]
    out.append("count(*)")
    out += ["count(DISTINCT %s)" % there(c, name(c)) for c in question.persons]
    out += ["coalesce(sum(%s), 0)" % there(c, "CASE %s WHEN 'T' THEN 1 WHEN 'F' THEN 0 ELSE CAST(CAST(%s AS DOUBLE) AS BIGINT) END" % (
        name(c), name(c))) for c in question.sums]
    for c, _ in question.means:
        out += ["count(%s)" % there(c, "1"), "sum(%s)" % there(c, "CAST(%s AS DECIMAL(38, 9))" % name(c))]
    where = " AND ".join("%s IN (%s)" % (name(c), ", ".join(map(said, values))) for c, values in question.where.items()) or "true"
    sets = ", ".join("(%s)" % ", ".join(k for i, k in enumerate(keys) if i not in places) for places in question.sets)
    return ("WITH t AS (SELECT %s FROM read_csv(%s, header = true, all_varchar = true, delim = %s, quote = '\"', escape = '\"', "
            "auto_detect = false, columns = {@}, null_padding = false)), b AS (SELECT *, %s FROM t WHERE %s) "
            "SELECT %s FROM b GROUP BY GROUPING SETS (%s)") % (source, said(path), said(delimiter), bands, where, ", ".join(out), sets)


def ask_duckdb(question, path, delimiter, header):
    import duckdb

    db = duckdb.connect()
    db.execute("SET threads = 2")
    db.execute("SET preserve_insertion_order = false")
    columns = ", ".join("%s: 'VARCHAR'" % said(c) for c in header)
    n, answer = len(question.by), {}
    persons, sums = len(question.persons), len(question.sums)
    for row in db.execute(sql_of(question, path, delimiter).replace("{@}", "{%s}" % columns)).fetchall():
        key = tuple("Total" if total else text for text, total in zip(row, row[n:2 * n]))
        rest = row[2 * n + 1:]
        means = [(rest[i], Fraction(rest[i + 1] or 0)) for i in range(persons + sums, len(rest), 2)]
        answer[key] = row_of(row[2 * n], rest[:persons], map(int, rest[persons:persons + sums]), means, question)
    return answer


# ---- pandas -------------------------------------------------------------------------------

def pandas_band(column, bins, question):
    import pandas as pd

    if bins is None:
        return column
    absent = column.isin(question.missing)
    if isinstance(bins, str):
        texts = pd.Series(column.unique())
        periods = {t: pd.Period(t[:10], freq={"month": "M", "quarter": "Q", "year": "Y"}[bins]) for t in texts if t not in question.missing}
        form = {"month": lambda p: "%04d-%02d" % (p.year, p.month), "quarter": lambda p: "%04d-Q%d" % (p.year, p.quarter),
                "year": lambda p: "%04d" % p.year}[bins]
        return column.map({t: form(periods[t]) if t in periods else t for t in texts}).astype(object)
    edges = bins + [10**15]
    labels = [label for _, label in reversed(question.labels(bins))]
    cut = pd.cut(pd.to_numeric(column.where(~absent, "0")), edges, right=False, labels=labels).astype(object)
    return cut.where(~absent, column)


def ask_pandas(question, path, delimiter, header):
    import pandas as pd

    t = pd.read_csv(path, sep=delimiter, dtype=str, keep_default_na=False, usecols=question.columns, na_filter=False)
    for c, values in question.where.items():
        t = t[t[c].isin(values)]
    work = pd.DataFrame(index=t.index)
    for i, (c, bins) in enumerate(question.by):
        work["k%d" % i] = pandas_band(t[c], bins, question)
    for i, c in enumerate(question.persons):
        work["p%d" % i] = t[c].where(~t[c].isin(question.missing))
    for i, c in enumerate(question.sums):
        values = t[c].replace({"T": "1", "F": "0"}).where(~t[c].isin(question.missing), "0")
        work["s%d" % i] = pd.to_numeric(values).astype("int64")
    for i, (c, _) in enumerate(question.means):
        there = ~t[c].isin(question.missing)
        exact = {x: Fraction(x) * 10**9 for x in t[c][there].unique()}
        big = any(abs(x) > 10**10 for x in exact.values())
        values = t[c].map(exact).where(there, 0)
        work["n%d" % i] = there.astype("int64")
        work["m%d" % i] = values.map(int).astype(object if big else "int64")
    del t
    keys = ["k%d" % i for i in range(len(question.by))]
    answer = {}
    for places in question.sets:
        part = work.assign(**{keys[i]: "\0Total" for i in places})
        groups = part.groupby(keys, sort=False, observed=True, dropna=False)
        found = pd.DataFrame({"rows": groups.size()})
        for c in part.columns:
            if c[0] in "psnm":
                found[c] = groups[c].nunique() if c[0] == "p" else groups[c].sum()
        for key, row in zip(found.index, found.itertuples(index=False)):
            key = tuple("Total" if k == "\0Total" else k for k in (key if isinstance(key, tuple) else (key,)))
            get = dict(zip(found.columns, row))
            answer[key] = row_of(get["rows"], [get["p%d" % i] for i in range(len(question.persons))],
                                 [get["s%d" % i] for i in range(len(question.sums))],
                                 [(get["n%d" % i], Fraction(int(get["m%d" % i]), 10**9)) for i in range(len(question.means))], question)
    return answer


# ---- sluice ---------------------------------------------------------------------------------

def ask_sluice(program, plan, path, flags, question):
    done = subprocess.run([program, "run", "-q", "--config", json.dumps(dict(plan, version=1)), *flags, path], capture_output=True, check=False)
    if done.returncode:
        return "sluice: " + done.stderr.decode(errors="replace")
    delimiter = flags[flags.index("--delimiter") + 1] if "--delimiter" in flags else ","
    rows = list(csv.reader(done.stdout.decode().splitlines(keepends=True), delimiter=delimiter))
    n = len(question.by)
    answer = {tuple(row[:n]): tuple(row[n:]) for row in rows[1:]}
    if len(answer) != len(rows) - 1:
        return "a group comes twice"
    return answer


def differ(ours, theirs):
    """The first difference, or None."""
    if isinstance(ours, str):
        return ours
    for key in sorted(set(ours) | set(theirs)):
        if ours.get(key) != theirs.get(key):
            return "%r: sluice %s, they %s" % (key, ours.get(key), theirs.get(key))
    return None if ours else "there is no group"


def protect(row, question):
    """The opensafely policy: what a mean describes goes with its number of values, and with the persons."""
    counts = question.rows + len(question.persons) + len(question.sums)
    few = any(int(x) <= 7 for x in row[int(question.rows):question.rows + len(question.persons)])

    def released(x):
        return "[REDACTED]" if int(x) <= 7 else str((int(x) + 2) // 5 * 5)

    out = [released(x) for x in row[:counts]]
    for n, mean in zip(row[counts::2], row[counts + 1::2]):
        out += [released(n), "[REDACTED]" if few or int(n) <= 7 else mean]
    return tuple(out)


def judge(program, plan, path, header, what, flags=(), missing=()):
    """Failures of one plan on one table, after printing them; and how many comparisons."""
    question = Question(plan, missing)
    delimiter = flags[flags.index("--delimiter") + 1] if "--delimiter" in flags else ","
    ways = [["-j1"], ["-j2", "--memory", "64M"], ["-j2", "--chunk-bytes", "5000"]]
    failed = 0
    answers = [(f.__name__[4:], f(question, path, delimiter, header)) for f in (ask_duckdb, ask_pandas)]
    for policy in (RAW, "opensafely"):
        ours = [ask_sluice(program, dict(plan, policy=policy), path, [*way, *flags], question) for way in ways]
        for engine, theirs in answers:
            want = theirs if policy == RAW else {key: protect(row, question) for key, row in theirs.items()}
            for way, mine in zip(ways, ours):
                wrong = differ(mine, want)
                if wrong:
                    failed += 1
                    print("%s, %s, %s: %s\n  %s" % (what, engine, " ".join(way), wrong, json.dumps(plan)))
    return failed, 2 * len(ways) * len(answers)


def patients(program, gen, size, folder):
    path = os.path.join(folder, "patient.csv")
    with open(path, "wb") as f:
        subprocess.run([gen, "patient", str(size)], stdout=f, check=True)
    with open(path) as f:
        header = f.readline().strip().split(",")
    for i, plan in enumerate(PATIENTS):
        yield judge(program, plan, path, header, "patients, plan %d" % i)
    os.unlink(path)


def random_tables(program, count, seed, folder):
    from group_tables import Table

    made, i = 0, 0
    while made < count:
        i += 1
        rng = random.Random("%d/%d" % (seed, i))
        table = Table(rng, rng.choice([20, 200, 2000]), spoilt=False)
        group = table.plan["group"]
        if "totals" in group:
            group["totals_from"] = "raw"
        plan = {k: table.plan[k] for k in ("group", "where") if k in table.plan}
        path = os.path.join(folder, "table.csv")
        with open(path, "w", newline="") as f:
            csv.writer(f, delimiter=table.delimiter, lineterminator="\n").writerows([table.names, *table.cells])
        kept = [row for row in table.cells if all(row[table.names.index(bare(k))] in v for k, v in plan.get("where", {}).items())]
        if not kept:
            continue
        made += 1
        yield judge(program, plan, path, table.names, "table %d" % i, table.flags(), table.missing)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("program")
    p.add_argument("gen")
    p.add_argument("--bytes", type=int, default=50000000)
    p.add_argument("--tables", type=int, default=20)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--venv", default="build/engines")
    a = p.parse_args()
    if any(importlib.util.find_spec(module) is None for module in MODULES):
        install(os.path.abspath(a.venv))
    sys.path.insert(0, HERE)
    program, gen = os.path.abspath(a.program), os.path.abspath(a.gen)
    failed = total = 0
    with tempfile.TemporaryDirectory(prefix="engines-") as folder:
        for f, n in [*patients(program, gen, a.bytes, folder), *random_tables(program, a.tables, a.seed, folder)]:
            failed, total = failed + f, total + n
    print("%d passed, %d failed" % (total - failed, failed))
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
