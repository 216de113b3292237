#!/usr/bin/env python3
"""What Spark adds to sluice, and what the same aggregation takes in Spark SQL: one run, same parts.

    overhead.py PATH/TO/sluice [--parts N] [--rows N] [--rounds N]

Run by the Python of the environment that has pyspark.  The results are compared before any time is
printed.  Stage times are without the start of Spark, which is given beside them.
"""

import argparse
import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

import pyspark

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from tables import GROUPED, concatenate, make_parts  # noqa: E402

HOME = os.path.dirname(pyspark.__file__)
MASTER = "local-cluster[2,1,1024]"
OPEN = GROUPED.replace("version: 1", "version: 1\npolicy: {base: cms, threshold: 1}")


def sql(parts, output):
    """The raw groups by Spark SQL; run by spark-submit."""
    from pyspark.sql import SparkSession, functions as F

    spark = SparkSession.builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    began = time.time()
    t = spark.read.csv(parts, header=True, multiLine=True, escape='"')
    age = t.age.cast("int")
    band = (F.when(age < 18, "0-17").when(age < 40, "18-39").when(age < 65, "40-64")
            .otherwise("65+"))
    t = (t.groupBy("region", band.alias("age"), F.substring("month", 1, 7).alias("month"))
         .agg(F.count("*").alias("n"), F.countDistinct("patient").alias("people"),
              F.sum((F.col("has_asthma") == "T").cast("int")).alias("n_asthma"),
              F.avg(F.col("bmi").cast("decimal(8,2)")).alias("bmi")))
    t.coalesce(1).write.csv(output, header=True)
    with open(output + ".seconds", "w") as f:
        f.write(str(time.time() - began))
    spark.stop()


def submit(*words):
    env = dict(os.environ, SPARK_HOME=HOME, PYSPARK_PYTHON=sys.executable,
               SPARK_LOCAL_IP="127.0.0.1")
    began = time.time()
    subprocess.run([f"{HOME}/bin/spark-submit", "--master", MASTER, "--conf",
                    "spark.ui.enabled=false", *words], env=env, check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.time() - began


def plain(sluice, plan, parts, output):
    """What the tasks do, one after the other, without Spark."""
    began, made = time.time(), []
    for i, name in enumerate(sorted(os.listdir(parts))):
        made.append(f"{output}.{i}")
        subprocess.run([sluice, "run", "-q", "-j", "1", "--partial", "-p", plan,
                        f"{parts}/{name}", "-o", made[-1]], check=True)
    middle = time.time()
    subprocess.run([sluice, "merge", "-q", *made, "-o", output], check=True)
    return middle - began, time.time() - middle


def groups(path, names):
    with open(path, newline="") as f:
        return sorted(tuple(row[n] for n in names) for row in csv.DictReader(f))


def one_round(args, sluice):
    for name in ("plain.csv", "spark.csv"):
        if os.path.exists(name):
            os.remove(name)
    shutil.rmtree("sql", ignore_errors=True)
    run, merge = plain(sluice, "plan.yaml", "parts", "plain.csv")
    began = time.time()
    subprocess.run([sluice, "run", "-q", "-j", "2", "-p", "plan.yaml", "whole.csv", "-o",
                    "one.csv"], check=True)
    whole = time.time() - began
    script = os.path.join(HERE, "../../scripts/spark/sluice_spark.py")
    spark = submit(script, "--sluice", sluice, "-p", "plan.yaml", "-o", "spark.csv",
                   "--stages", "stages.json", "parts")
    spark_sql = submit(os.path.abspath(__file__), "--sql", "parts", "sql")
    stages = json.load(open("stages.json"))
    names = ["region", "age", "month", "n", "people", "n_asthma"]
    table = next(n for n in os.listdir("sql") if n.endswith(".csv"))
    assert open("one.csv").read() == open("spark.csv").read() == open("plain.csv").read()
    assert groups("one.csv", names) == groups(f"sql/{table}", names), "SQL counts otherwise"
    return {
        "plain: parts, one core": run, "plain: merge": merge, "one run over all, -j 2": whole,
        "spark: in all": spark, "spark: stages": sum(s["seconds"] for s in stages),
        "spark: inside tasks": sum(sum(s["task_seconds"]) for s in stages),
        **{f"spark: stage '{s['stage']}', {s['tasks']} tasks": s["seconds"] for s in stages},
        "bytes of all partial tables": stages[0]["bytes"],
        "SQL: in all": spark_sql, "SQL: read to written": float(open("sql.seconds").read()),
    }


def main():
    p = argparse.ArgumentParser()
    p.add_argument("sluice", nargs="?")
    p.add_argument("--parts", type=int, default=40)
    p.add_argument("--rows", type=int, default=50000)
    p.add_argument("--rounds", type=int, default=1)
    p.add_argument("--sql", nargs=2, help=argparse.SUPPRESS)
    args = p.parse_args()
    if args.sql:
        return sql(*args.sql)
    sluice = os.path.abspath(args.sluice)
    with tempfile.TemporaryDirectory(prefix="sluice-overhead-") as folder:
        os.chdir(folder)
        with open("plan.yaml", "w") as f:
            f.write(OPEN)
        make_parts("parts", args.parts, args.rows)
        concatenate("parts", "whole.csv")
        print(f"{args.parts} parts, {os.path.getsize('whole.csv') / 1e6:.0f} MB; "
              f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        for _ in range(args.rounds):
            for name, value in one_round(args, sluice).items():
                print(f"  {name:36} {value:.2f}", flush=True)
            print(f"  load {os.getloadavg()[0]:.1f}", flush=True)
        os.chdir("/")


if __name__ == "__main__":
    sys.exit(main())
