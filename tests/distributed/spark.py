#!/usr/bin/env python3
"""sluice_spark.py on a real Spark: a local cluster whose executors are processes of their own.

    spark.py PATH/TO/sluice [--parts N] [--rows N] [--keep FOLDER] [TEST...]

Run by the Python of the environment that has pyspark.  Last line: N passed, N failed.
"""

import argparse
import csv
import glob
import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import pyspark

HERE = os.path.dirname(os.path.abspath(__file__))
SCRIPT = os.path.join(HERE, "../../scripts/spark/sluice_spark.py")
sys.path.insert(0, HERE)
from tables import GROUPED, ROWWISE, concatenate, make_parts, make_thin  # noqa: E402

HOME = os.path.dirname(pyspark.__file__)
MARK = f"sluice-test-{os.getpid()}"  # in the executors' command lines, to know ours


class Tests:
    def __init__(self, args, folder):
        self.args, self.sluice, self.folder = args, os.path.abspath(args.sluice), folder
        os.chdir(folder)
        for name, text in (("grouped.yaml", GROUPED), ("rowwise.yaml", ROWWISE)):
            with open(name, "w") as f:
                f.write(text)
        make_parts("parts", args.parts, args.rows)
        concatenate("parts", "whole.csv")
        self.one("grouped.yaml", "whole.csv", "grouped.csv")
        self.one("rowwise.yaml", "whole.csv", "rowwise.csv")

    def one(self, plan, table, output):
        began = time.time()
        subprocess.run([self.sluice, "run", "-q", "-j", "1", "-p", plan, table, "-o", output],
                       check=True)
        print(f"  one sluice, {plan}: {time.time() - began:.2f} s", flush=True)

    def start(self, *words, master="local-cluster[2,1,1024]"):
        env = dict(os.environ, SPARK_HOME=HOME, PYSPARK_PYTHON=sys.executable,
                   SPARK_LOCAL_IP="127.0.0.1", SPARK_LOCAL_DIRS=self.folder)
        env.pop("HADOOP_CONF_DIR", None)
        return subprocess.Popen(
            [os.path.join(HOME, "bin/spark-submit"), "--master", master,
             "--conf", f"spark.executor.extraJavaOptions=-Dmark={MARK}",
             "--conf", "spark.ui.enabled=false", "--conf",
             "spark.ui.showConsoleProgress=false", SCRIPT, "--sluice", self.sluice, *words],
            env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def submit(self, *words, fails=False, **how):
        began = time.time()
        process = self.start(*words, **how)
        text = process.communicate()[0]
        said = [line for line in text.splitlines() if line.startswith("sluice_spark: ")]
        if (process.returncode != 0) != fails:
            raise AssertionError("\n".join(said or text.splitlines()[-30:]))
        assert not self.left(), f"left behind: {self.left()}"
        print(f"    {time.time() - began:.1f} s in all; " + "; ".join(
            line[14:] for line in said if " tasks, " in line), flush=True)
        return "\n".join(said)

    def left(self):
        return glob.glob(".sluice-*")

    # ---- the tests ----

    def grouped_is_the_same(self):
        self.submit("-p", "grouped.yaml", "-o", "g.csv", "--fan-in", "8", "--report", "g.json",
                    "parts")
        same("g.csv", "grouped.csv")
        assert json.load(open("g.json"))["complete"] is True

    def rowwise_is_the_same(self):
        self.submit("-p", "rowwise.yaml", "-o", "r", "parts/part-*.csv")
        same_parts("r", "rowwise.csv", self.args.parts)

    def gzipped_is_the_same(self):
        """Gzip and BGZF parts, gzipped output."""
        os.mkdir("zipped")
        for i, path in enumerate(sorted(glob.glob("parts/*.csv"))[:6]):
            name = f"zipped/{os.path.basename(path)}.gz"
            if i % 2:
                with open(path, "rb") as f, gzip.open(name, "wb", 1) as out:
                    shutil.copyfileobj(f, out)
            else:  # sluice itself as the writer of BGZF
                subprocess.run([self.sluice, "run", "-q", "--bgzf", "-k", "*", path, "-o", name],
                               check=True)
        os.mkdir("six")
        for path in sorted(glob.glob("parts/*.csv"))[:6]:
            os.link(path, f"six/{os.path.basename(path)}")
        concatenate("six", "six.csv")
        self.one("rowwise.yaml", "six.csv", "six-one.csv")
        self.submit("-p", "rowwise.yaml", "-z", "-o", "z", "zipped")
        for name in glob.glob("z/*.gz"):
            with gzip.open(name) as f, open(name[:-3], "wb") as out:
                out.write(f.read())
            os.remove(name)
        same_parts("z", "six-one.csv", 6)

    def killed_executor(self):
        """kill -9 of an executor in the middle: Spark does its tasks again elsewhere."""
        process = self.start("-p", "grouped.yaml", "-o", "k.csv", "--stages", "k.json", "parts")
        killed = None
        while process.poll() is None and not killed:
            if len(glob.glob(".sluice-spark-*/part-*")) >= 3:
                killed = executors()[0]
                os.kill(killed, signal.SIGKILL)
            time.sleep(0.05)
        text = process.communicate()[0]
        assert killed, "nobody was killed"
        assert process.returncode == 0, text[-2000:]
        assert "Lost executor" in text, "Spark did not notice"
        same("k.csv", "grouped.csv")
        assert not self.left()

    def only_the_last_merge_protects(self):
        """Low in every part, not low together: had any part been protected, all would be gone."""
        make_thin("thin", 6, 3)
        with open("thin.yaml", "w") as f:
            f.write("version: 1\ngroup: {by: [sex], rows: n, persons: {people: patient}}\n")
        for path in glob.glob("thin/*"):
            out = subprocess.run([self.sluice, "run", "-q", "-p", "thin.yaml", path],
                                 check=True, capture_output=True, text=True).stdout
            assert all(r[1:] == ["[REDACTED]"] * 2 for r in list(csv.reader(out.split()))[1:])
        self.submit("-p", "thin.yaml", "-o", "thin.csv", "--fan-in", "2", "thin")
        concatenate("thin", "thin-whole.csv")
        self.one("thin.yaml", "thin-whole.csv", "thin-one.csv")
        same("thin.csv", "thin-one.csv")
        rows = list(csv.reader(open("thin.csv")))[1:]
        assert len(rows) == 30 and all(r[1:] == ["20", "20"] for r in rows), rows[:3]

    def one_large_table_in_pieces(self):
        """Line ends in quotes all over; cut in 16."""
        size = os.path.getsize("whole.csv")
        for plan, output in (("rowwise.yaml", "s"), ("grouped.yaml", "s.csv")):
            self.submit("-p", plan, "-o", output, "--split", str(-(-size // 16)), "whole.csv")
        same_parts("s", "rowwise.csv", 16)
        same("s.csv", "grouped.csv")

    def a_bad_part_is_told(self):
        """Refused as a whole, with the place, without a value; nothing is left."""
        shutil.copytree("thin", "bad") if os.path.isdir("thin") else make_thin("bad", 6, 3)
        with open("bad/part-0003.csv", "a") as f:
            f.write('SECRET7731,"x"y\n')
        with open("bad.yaml", "w") as f:
            f.write("version: 1\nkeep: [sex]\ndrop: [patient]\n")
        text = self.submit("-p", "bad.yaml", "-o", "bad-out", "bad", fails=True)
        assert "bad/part-0003.csv:92:2: " in text and "SECRET" not in text, text
        assert not os.path.exists("bad-out")

    def other_columns_are_told(self):
        make_thin("odd", 2, 3)
        with open("odd/part-0001.csv", "w") as f:
            f.write("patient,more,sex\n1,2,F\n")
        with open("odd.yaml", "w") as f:
            f.write('version: 1\nkeep: [sex, "more?"]\ndrop: [patient]\n')
        text = self.submit("-p", "odd.yaml", "-o", "odd-out", "odd", fails=True)
        assert "part-0001.csv: has other columns than" in text, text
        assert not os.path.exists("odd-out")

    def another_store(self):
        """All through Hadoop's file system API, as on HDFS; here its file: scheme."""
        root = f"file://{self.folder}"
        os.mkdir("few")
        for path in sorted(glob.glob("parts/*.csv"))[:3]:
            os.link(path, f"few/{os.path.basename(path)}")
        concatenate("few", "few.csv")
        for plan, output in (("grouped.yaml", "h.csv"), ("rowwise.yaml", "h")):
            self.one(plan, "few.csv", f"few-{plan}.csv")
            self.submit("-p", plan, "-o", f"{root}/{output}", "--fan-in", "2", f"{root}/few")
        same("h.csv", "few-grouped.yaml.csv")
        same_parts("h", "few-rowwise.yaml.csv", 3)


def same(got, wanted):
    assert subprocess.run(["cmp", got, wanted]).returncode == 0, f"{got} is not {wanted}"


def same_parts(folder, wanted, n):
    manifest = json.load(open(f"{folder}/manifest.json"))
    assert manifest["complete"] and len(manifest["parts"]) == n, manifest["parts"]
    names = sorted(os.path.basename(p) for p in glob.glob(f"{folder}/part-*.csv"))
    assert len(names) == n
    concatenate_only(folder, names, f"{folder}.joined")
    same(f"{folder}.joined", wanted)


def concatenate_only(folder, names, output):
    with open(output, "wb") as out:
        for i, name in enumerate(names):
            with open(f"{folder}/{name}", "rb") as f:
                head = f.readline()
                out.write(b"" if i else head)
                shutil.copyfileobj(f, out)


def executors():
    """The processes of our executors: JVMs of Spark that carry this test's mark."""
    found = []
    for folder in glob.glob("/proc/[0-9]*"):
        try:
            with open(f"{folder}/cmdline", "rb") as f:
                words = f.read().decode(errors="replace").split("\0")
        except OSError:
            continue
        if f"-Dmark={MARK}" in words and any(
                w.endswith("CoarseGrainedExecutorBackend") for w in words):
            found.append(int(os.path.basename(folder)))
    return sorted(found)


TESTS = [name for name, value in vars(Tests).items()
         if callable(value) and name not in ("__init__", "one", "start", "submit", "left")]


def main():
    p = argparse.ArgumentParser()
    p.add_argument("sluice")
    p.add_argument("tests", nargs="*", metavar="TEST", help=", ".join(TESTS))
    p.add_argument("--parts", type=int, default=40)
    p.add_argument("--rows", type=int, default=2000, help="of each part")
    args = p.parse_intermixed_args()
    passed = failed = 0
    with tempfile.TemporaryDirectory(prefix="sluice-spark-test-") as folder:
        tests = Tests(args, folder)
        for name in args.tests or TESTS:
            try:
                getattr(tests, name)()
                passed += 1
                print(f"  ok      {name}", flush=True)
            except AssertionError as e:
                failed += 1
                print(f"  FAILED  {name}: {e}", flush=True)
        os.chdir("/")
    print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
