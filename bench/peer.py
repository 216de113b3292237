#!/usr/bin/env python3
"""W1 or W3 by a library of the venv that bench/peers makes, as one who knows it would write it.

    bench/data/venv/bin/python3 bench/peer.py LIBRARY KIND IN.csv[.gz] OUT

LIBRARY is polars, duckdb, pandas or chdb, KIND measures, quoted or (W3) patient.  Two threads.  Columns that
are kept are read as text, since nothing needs to be known of them.  An input in gzip makes
an output in gzip.
"""
import os
import sys

THREADS = 2
TOKEN = "[REDACTED]"
TABLES = {  # columns, dropped ones, counts
    "measures": ("measure,interval_start,interval_end,ratio,numerator,denominator,sex,age_band,region,imd_quintile",
                 "interval_end,imd_quintile", "numerator,denominator"),
    "quoted": ("id,name,address,note,count,free text,region,total", "note", "count,total"),
}


def polars(columns, drop, counts, source, target, gz):
    os.environ["POLARS_MAX_THREADS"] = str(THREADS)
    import polars as pl

    def protected(name):
        n = pl.col(name)
        return pl.when(n <= 7).then(pl.lit(TOKEN)).otherwise(((n + 2) // 5 * 5).cast(pl.String)).alias(name)

    table = pl.scan_csv(source, infer_schema=False, schema_overrides={c: pl.Int64 for c in counts})
    table = table.drop(drop).with_columns([protected(c) for c in counts])
    table.sink_csv(target, **({"compression": "gzip", "compression_level": 1, "check_extension": False} if gz else {}))


def duckdb(columns, drop, counts, source, target, gz):
    import duckdb as db

    types = ", ".join("'%s': '%s'" % (c, "BIGINT" if c in counts else "VARCHAR") for c in columns)
    chosen = ", ".join("CASE WHEN \"%s\" <= 7 THEN '%s' ELSE CAST((\"%s\" + 2) // 5 * 5 AS VARCHAR) END AS \"%s\""
                       % (c, TOKEN, c, c) if c in counts else '"%s"' % c for c in columns if c not in drop)
    db.sql("SET threads = %d" % THREADS)
    db.sql("COPY (SELECT %s FROM read_csv('%s', header = true, delim = ',', quote = '\"', escape = '\"', columns = {%s})) "
           "TO '%s' (FORMAT csv, HEADER%s)" % (chosen, source, types, target, ", COMPRESSION gzip" if gz else ""))


def chdb(columns, drop, counts, source, target, gz):
    import chdb as ch

    types = ", ".join("`%s` %s" % (c, "Int64" if c in counts else "String") for c in columns)
    out = [c for c in columns if c not in drop]
    chosen = ", ".join("if(`%s` <= 7, '%s', toString(intDiv(`%s` + 2, 5) * 5))" % (c, TOKEN, c) if c in counts
                       else "`%s`" % c for c in out)
    packed = ", 'gzip'" if gz else ""
    sink = "file('%s', 'CSVWithNames', '%s'%s)" % (os.path.abspath(target), ", ".join("`%s` String" % c for c in out), packed)
    ch.query("INSERT INTO FUNCTION %s SELECT %s FROM file('%s', 'CSVWithNames', '%s'%s) SETTINGS max_threads = %d, "
             "engine_file_truncate_on_insert = 1, output_format_compression_level = 1"
             % (sink, chosen, os.path.abspath(source), types, packed, THREADS))


def pandas(columns, drop, counts, source, target, gz):
    import pandas as pd

    table = pd.read_csv(source, dtype={c: "int64" if c in counts else str for c in columns}, keep_default_na=False)
    table = table.drop(columns=drop)
    for c in counts:
        n = table[c]
        table[c] = ((n + 2) // 5 * 5).astype(str).where(n > 7, TOKEN)
    table.to_csv(target, index=False, compression={"method": "gzip", "compresslevel": 1} if gz else None)


# ---- W3: patients by three columns of text, a count and five sums -----------------------

PATIENT = ("patient_id,sex,age_band,region,imd_quintile,ethnicity,date_of_birth,registration_date,death_date,has_diabetes,has_asthma,"
           "has_copd,has_ckd,had_covid_vaccine,bmi,smoking_status,last_consultation_date").split(",")
BY, SUMS = PATIENT[1:4], PATIENT[9:14]
OUT = ["n"] + ["n_" + c for c in SUMS]


def polars_groups(source, target):
    os.environ["POLARS_MAX_THREADS"] = str(THREADS)
    import polars as pl

    def protected(name):
        n = pl.col(name)
        return pl.when(n <= 7).then(pl.lit(TOKEN)).otherwise(((n + 2) // 5 * 5).cast(pl.String)).alias(name)

    table = pl.scan_csv(source, infer_schema=False, schema_overrides={c: pl.Int64 for c in SUMS})
    groups = table.group_by(BY).agg(pl.len().cast(pl.Int64).alias("n"), *(pl.col(c).sum().alias("n_" + c) for c in SUMS))
    groups.sort(BY).with_columns([protected(c) for c in OUT]).sink_csv(target)


def duckdb_groups(source, target):
    import duckdb as db

    types = ", ".join("'%s': '%s'" % (c, "BIGINT" if c in SUMS else "VARCHAR") for c in PATIENT)
    sums = ", ".join("sum(%s) AS n_%s" % (c, c) for c in SUMS)
    chosen = ", ".join("CASE WHEN %s <= 7 THEN '%s' ELSE CAST((%s + 2) // 5 * 5 AS VARCHAR) END AS %s" % (c, TOKEN, c, c) for c in OUT)
    by = ", ".join(BY)
    db.sql("SET threads = %d" % THREADS)
    db.sql("COPY (SELECT %s, %s FROM (SELECT %s, count(*) AS n, %s FROM read_csv('%s', header = true, delim = ',', quote = '\"', "
           "escape = '\"', columns = {%s}) GROUP BY %s) ORDER BY %s) TO '%s' (FORMAT csv, HEADER)"
           % (by, chosen, by, sums, source, types, by, by, target))


def chdb_groups(source, target):
    import chdb as ch

    types = ", ".join("`%s` %s" % (c, "UInt8" if c in SUMS else "String") for c in PATIENT)
    chosen = ", ".join("if(%s <= 7, '%s', toString(intDiv(%s + 2, 5) * 5)) AS o_%s" % (c, TOKEN, c, c) for c in OUT)
    sums = ", ".join("sum(%s) AS n_%s" % (c, c) for c in SUMS)
    by = ", ".join(BY)
    sink = "file('%s', 'CSVWithNames', '%s')" % (os.path.abspath(target), ", ".join("`%s` String" % c for c in BY + OUT))
    ch.query("INSERT INTO FUNCTION %s SELECT %s, %s FROM (SELECT %s, count() AS n, %s FROM file('%s', 'CSVWithNames', '%s') GROUP BY %s) "
             "ORDER BY %s SETTINGS max_threads = %d, engine_file_truncate_on_insert = 1"
             % (sink, by, chosen, by, sums, os.path.abspath(source), types, by, by, THREADS))


def pandas_groups(source, target):
    import pandas as pd

    types = {**dict.fromkeys(BY, "category"), **dict.fromkeys(SUMS, "int64")}
    table = pd.read_csv(source, dtype=types, keep_default_na=False, usecols=BY + SUMS)
    groups = table.groupby(BY, observed=True)
    out = groups[SUMS].sum().add_prefix("n_")
    out.insert(0, "n", groups.size())
    for c in OUT:
        out[c] = ((out[c] + 2) // 5 * 5).astype(str).where(out[c] > 7, TOKEN)
    out.reset_index().to_csv(target, index=False)


def main():
    library, kind, source, target = sys.argv[1:]
    if kind == "patient":
        {"polars": polars_groups, "duckdb": duckdb_groups, "chdb": chdb_groups, "pandas": pandas_groups}[library](source, target)
        return
    columns, drop, counts = (names.split(",") for names in TABLES[kind])
    {"polars": polars, "duckdb": duckdb, "chdb": chdb, "pandas": pandas}[library](
        columns, drop, counts, source, target, source.endswith(".gz"))


if __name__ == "__main__":
    main()
