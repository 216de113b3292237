#!/usr/bin/env python3
"""sluice_spark.py on a real Spark: a local cluster whose executors are processes of their own.

    spark.py PATH/TO/sluice [--one-session] [--parts N] [--rows N] [TEST...]

Each run is started as users start it, or all are in one session, which saves most of the time.
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

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from running import Session, Submitted, executors  # noqa: E402
from tables import (GROUPED, HEADER, ROWWISE, concatenate, make_bgzf, make_parts,  # noqa: E402
                    make_thin, pack)


class Tests:
    def __init__(self, args, folder):
        self.args, self.sluice, self.folder = args, os.path.abspath(args.sluice), folder
        os.chdir(folder)
        self.session = Session(folder) if args.one_session else None
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

    def start(self, *words):
        words = ["--sluice", self.sluice, *words]
        return self.session.begin(words) if self.session else Submitted(self.folder, words)

    def submit(self, *words, fails=False):
        began = time.time()
        status, text = self.start(*words).finish()
        said = [line for line in text.splitlines() if line.startswith("sluice_spark: ")]
        if (status != 0) != fails:
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
        run = self.start("-p", "grouped.yaml", "-o", "k.csv", "--stages", "k.json", "parts")
        killed = None
        while run.runs() and not killed:
            if len(glob.glob(".sluice-spark-*/part-*")) >= self.args.parts // 3:
                killed = executors()[0]
                os.kill(killed, signal.SIGKILL)
            time.sleep(0.05)
        status, text = run.finish()
        assert killed, "nobody was killed"
        assert status == 0, text[-2000:]
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

    def totals_are_protected_once(self):
        """One low group among many with a total: another one goes, and only after all is merged.
        A plan without groups would protect parts, so it is refused."""
        make_thin("total", 6, 3)
        with open("total/part-0000.csv", "a") as f:
            f.write("low,1\nlow,2\n")
        with open("total.yaml", "w") as f:
            f.write("version: 1\npolicy: cms\ngroup: {by: [sex], rows: n, totals: [sex], "
                    "totals_from: raw}\nprotect: {dimensions: [sex], total: [Total]}\n")
        concatenate("total", "total-whole.csv")
        self.one("total.yaml", "total-whole.csv", "total-one.csv")
        self.submit("-p", "total.yaml", "-o", "total.csv", "--fan-in", "2", "total")
        same("total.csv", "total-one.csv")
        rows = list(csv.reader(open("total.csv")))[1:]
        assert len(rows) == 32 and sum(r[1] == "*" for r in rows) == 2, rows
        assert rows[-1] == ["Total", "542"], rows[-1]
        with open("row-totals.yaml", "w") as f:
            f.write("version: 1\nkeep: [sex]\ncount: [patient]\n"
                    "protect: {dimensions: [sex], total: [Total]}\n")
        said = self.submit("-p", "row-totals.yaml", "-o", "never", "total", fails=True)
        assert "only a plan that groups" in said and not os.path.exists("never"), said

    def one_large_table_in_pieces(self):
        """Line ends in quotes all over; cut in 16."""
        size = os.path.getsize("whole.csv")
        for plan, output in (("rowwise.yaml", "s"), ("grouped.yaml", "s.csv")):
            self.submit("-p", plan, "-o", output, "--split", str(-(-size // 16)), "whole.csv")
        same_parts("s", "rowwise.csv", 16)
        same("s.csv", "grouped.csv")

    def one_large_bgzf_in_pieces(self):
        """Blocks that end amid quotes, read from within; ordinary gzip behind them can't be."""
        make_bgzf("whole.csv", "whole.csv.bgz", 30000)
        size = os.path.getsize("whole.csv.bgz")
        for plan, output in (("rowwise.yaml", "b"), ("grouped.yaml", "b.csv")):
            self.submit("-p", plan, "-o", output, "--split", str(-(-size // 16)),
                        "whole.csv.bgz")
        same_parts("b", "rowwise.csv", 16)
        same("b.csv", "grouped.csv")
        with open("whole.csv", "rb") as f, open("mixed.csv.gz", "wb") as out:
            head = f.read(size // 2)
            out.write(pack(head) + gzip.compress(f.read(), 1))
        for name in "mixed.csv.gz", "single.csv.gz":
            self.submit("-p", "rowwise.yaml", "-o", name[:6], "--split", str(size // 4), name)
            same_parts(name[:6], "rowwise.csv", 1)
            with open("whole.csv", "rb") as f, gzip.open("single.csv.gz", "wb", 1) as out:
                shutil.copyfileobj(f, out)

    def damaged_bgzf_is_told(self):
        """What the split finds wrong is one task, which says what."""
        with open("whole.csv.bgz", "rb") as f:
            data = bytearray(f.read())
        data[len(data) // 2] ^= 16
        with open("damaged.csv.bgz", "wb") as f:
            f.write(data)
        text = self.submit("-p", "rowwise.yaml", "-o", "d", "--split", str(len(data) // 4),
                           "damaged.csv.bgz", fails=True)
        assert "damaged.csv.bgz: " in text, text
        assert not os.path.exists("d")

    def odd_names(self):
        """Spaces, letters, dashes and what is a pattern elsewhere; a part that is a header only."""
        os.mkdir("odd names")
        names = ["-o.csv", "a b.csv", "part [1].csv", "\u00e9t\u00e9 \u8868.csv", "x'y\"z.csv"]
        for path, name in zip(sorted(glob.glob("parts/*.csv")), sorted(names)):
            os.link(path, f"odd names/{name}")
        with open("odd names/b-none.csv", "w") as f:
            f.write(HEADER)
        os.link("grouped.yaml", "-g.yaml")
        concatenate("odd names", "named.csv")
        self.one("grouped.yaml", "named.csv", "named-one.csv")
        self.one("rowwise.yaml", "named.csv", "named-rows.csv")
        self.submit("--plan=-g.yaml", "-o", "out put.csv", "odd names")
        same("out put.csv", "named-one.csv")
        self.submit("-p", "rowwise.yaml", "-o", "out put",
                    *(f"odd names/{n}" for n in sorted(os.listdir("odd names"))))
        same_parts("out put", "named-rows.csv", 6)
        os.remove("-g.yaml")

    def bad_parts_are_named(self):
        """An empty part; one that lacks a column: the file is named, nothing comes out."""
        for name, text, why in (("empty", "", "there is no header"),
                                ("lacking", "patient,region\n1,N1\n", "")):
            make_parts(name, 2, 50)
            with open(f"{name}/part-0001.csv", "w") as f:
                f.write(text)
            for plan in "grouped.yaml", "rowwise.yaml":
                said = self.submit("-p", plan, "-o", f"{name}-out", name, fails=True)
                assert f"{name}/part-0001.csv: " in said or f"{name}/part-0001.csv:1" in said, said
                assert why in said and not os.path.exists(f"{name}-out"), said

    def another_program_is_told(self):
        """A program that is not of the driver's version makes nothing that counts."""
        with open("older", "w") as f:
            f.write(f"""#!/bin/sh
{self.sluice} "$@" || exit
while [ $# -gt 0 ]; do
	[ "$1" != --report ] || sed -i 's/"sluice": "/"sluice": "0./' "$2"
	shift
done
""")
        os.chmod("older", 0o755)
        run = self.start("--sluice", os.path.abspath("older"), "-p", "grouped.yaml", "-o",
                         "older.csv", "parts")
        status, text = run.finish()
        assert status == 1 and "of another plan, or by another program" in text, text[-2000:]
        assert not os.path.exists("older.csv") and not self.left()

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
        for path in sorted(glob.glob("parts/*.csv"))[:2 if self.session else 3]:
            os.link(path, f"few/{os.path.basename(path)}")
        concatenate("few", "few.csv")
        for plan, output in (("grouped.yaml", "h.csv"), ("rowwise.yaml", "h")):
            self.one(plan, "few.csv", f"few-{plan}.csv")
            self.submit("-p", plan, "-o", f"{root}/{output}", "--fan-in", "2", f"{root}/few")
        same("h.csv", "few-grouped.yaml.csv")
        same_parts("h", "few-rowwise.yaml.csv", 2 if self.session else 3)


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


TESTS = [name for name, value in vars(Tests).items()
         if callable(value) and name not in ("__init__", "one", "start", "submit", "left")]


def main():
    p = argparse.ArgumentParser()
    p.add_argument("sluice")
    p.add_argument("tests", nargs="*", metavar="TEST", help=", ".join(TESTS))
    p.add_argument("--one-session", action="store_true")
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
        if tests.session:
            tests.session.end()
        os.chdir("/")
    print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
