#!/usr/bin/env python3
"""Run a plan of sluice over many tables, as tasks of Apache Spark.

    spark-submit sluice_spark.py -p plan.yaml -o release/2024 extract/2024/
    spark-submit sluice_spark.py -p groups.yaml -o release/counts.csv 'extract/*/part-*.csv.gz'

A plan without a grouping makes a folder: a protected table for each part, and
manifest.json.  A plan with one makes one table: every task writes a partial table, a tree
of tasks merges them, and the last merge, only that, protects what comes out.

Spark hands out the work and does it again where it fails; nothing of the tables passes
through Spark itself.  A task writes into a folder of its own attempt, in a work folder
beside the output.  The driver takes from there what the attempts that count have made, and
gives it its name when all of it is there.  The work folder is removed in any case.
"""

import argparse
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import sluice_blocks  # noqa: E402
import sluice_task  # noqa: E402
from sluice_blocks import begins_bgzf  # noqa: E402
from sluice_store import Hadoop, Shared  # noqa: E402
from sluice_task import Refused, base_name, is_shared, plan_of, version_of  # noqa: E402

ENDINGS = (".csv", ".csv.gz", ".csv.bgz", ".csv.bgzf")


class Driver:
    def __init__(self, args):
        from pyspark import SparkContext

        self.args = args
        self.sc = SparkContext.getOrCreate()
        self.sc.setLogLevel("ERROR")
        self.shared, self.hadoop = Shared(), Hadoop(self.sc)
        self.out = self.store(args.output)
        self.stages = []
        if is_shared(args.output):
            args.output = os.path.abspath(args.output)
        if self.out.exists(args.output):
            raise Refused(f"{args.output} is there already")
        parent = args.output.rstrip("/").rpartition("/")[0]
        self.folder = f"{parent}/.sluice-spark-{secrets.token_hex(8)}.tmp"

    def store(self, path):
        return self.shared if is_shared(path) else self.hadoop

    def inputs(self):
        """All parts, in the order of their names; whatever is no part is refused, not left out."""
        found = []
        for said in self.args.input:
            store = self.store(said)
            paths, is_folder = store.list(said)
            if is_folder:
                paths = [p for p in paths if not base_name(p).startswith((".", "_"))]
            if not paths:
                raise Refused(f"{said}: there is nothing")
            for path in sorted(paths):
                if not path.endswith(ENDINGS) or not store.is_file(path):
                    raise Refused(f"{path}: is no table in {', '.join(ENDINGS)}")
                found.append(os.path.abspath(path) if is_shared(path) else path)
        if len(set(found)) < len(found):
            raise Refused("a part is named twice")
        return found

    def give(self, name, write):
        """A file for the executors, by a name that holds its hash.

        Those that begin late fetch it, too, so it stays as long as Spark does, which removes it.
        """
        from pyspark import SparkFiles

        folder = os.path.join(SparkFiles.getRootDirectory(), "sluice")
        os.makedirs(folder, mode=0o700, exist_ok=True)
        path = os.path.join(folder, name)
        if not os.path.exists(path):
            write(path)
            self.sc.addFile(path)
        return path

    def begin(self):
        """The program and the plan go to Spark; whether the plan groups."""
        args = self.args
        version, plan_hash = version_of(args.sluice), plan_of(args.sluice, args.plan)
        dump = subprocess.run([args.sluice, "plan", "--dump", "--", args.plan], check=True,
                              capture_output=True, text=True).stdout
        said = json.loads(dump.split("\n", 1)[1])
        grouped = "group" in said
        if "protect" in said and not grouped:
            raise Refused(f"{args.plan}: protects totals, which takes the whole table: only a plan "
                          "that groups can do so in parts, at the last merge")
        with open(args.sluice, "rb") as f:
            if b"/ld-" in f.read(4096):
                say("the program is linked with shared libraries: the executors must have them")
        files = [self.give(f"sluice-{sluice_task.file_digest(args.sluice)[:16]}",
                           lambda path: shutil.copy(args.sluice, path)),
                 self.give(f"plan-{plan_hash}.yaml", lambda path: write_text(path, dump))]
        for module in sluice_blocks, sluice_task:
            self.sc.addPyFile(module.__file__)
        self.work = sluice_task.Work(files, version, plan_hash, self.folder, grouped, args)
        return grouped

    def timed(self, what, items, task):
        """One task an item; Spark gives one result of each, whatever failed on the way."""
        began = time.time()
        done = self.sc.parallelize(items, len(items)).map(task).collect()
        seconds = time.time() - began
        self.stages.append({"stage": what, "tasks": len(items), "seconds": round(seconds, 3)})
        say(f"{what}: {len(items)} tasks, {seconds:.1f} s")
        return done

    def stage(self, what, items):
        work = self.work
        done = self.timed(what, items, lambda item: sluice_task.attempt(work, item))
        self.stages[-1]["task_seconds"] = [round(d["seconds"], 3) for d in done]
        self.stages[-1]["task_cpu"] = [round(d["cpu"], 3) for d in done]
        self.stages[-1]["task_bytes"] = [d["bytes"] for d in done]
        self.stages[-1]["bytes"] = sum(d["report"]["output"]["bytes"] for d in done)
        return done

    def items(self, paths):
        """A task a part; of tables over the size that --split says, a task a piece.

        Gzip that isn't BGZF, and what comes from a store, is read from its start: such a part is
        one task however large it is.
        """
        items, large = [], []
        for path in paths:
            if self.args.split and is_shared(path):
                pieces = -(-os.stat(path).st_size // self.args.split)
                if pieces > 1 and (path.endswith(".csv") or begins_bgzf(path)):
                    large.append((path, pieces))
        cuts = {}
        if large:
            work = self.work
            cuts = dict(self.timed("split", large, lambda of: sluice_task.cut(work, *of)))
        for path in paths:
            items += cuts.get(path, [{"path": path}])
        ending = ".partial" if self.work.grouped else self.work.ending
        for i, item in enumerate(items):
            item["name"] = f"part-{i:05d}{ending}"
        return items

    def run(self):
        paths = self.inputs()
        self.run_all(paths, self.begin())

    def run_all(self, paths, grouped):
        self.out.make(self.folder)
        try:
            items = self.items(paths)
            if grouped:
                self.merge(self.stage("group", items))
            else:
                self.gather(items, self.stage("run", items))
        finally:
            self.out.remove(self.folder)
        if self.args.stages:
            write_text(self.args.stages, json.dumps(self.stages, indent=1) + "\n")

    def merge(self, made):
        """A tree of merges, of which only the last protects."""
        level = 0
        while len(made) > self.args.fan_in:
            level += 1
            n = self.args.fan_in
            items = [merge_item(f"merge-{level}-{i // n:05d}.partial", made[i:i + n])
                     for i in range(0, len(made), n)]
            spent, made = made, self.stage(f"merge {level}", items)
            for old in spent:
                self.out.remove(old["made"].rsplit("/", 1)[0])
        last = merge_item("merged" + self.work.ending, made, last=True)
        done = self.stage("last merge", [last])[0]
        if self.args.report:
            write_text(self.args.report, json.dumps(done["report"], indent=1) + "\n")
        self.publish(done["made"], self.args.output)

    def publish(self, made, output):
        if self.out.exists(output):
            raise Refused(f"{output} is there already")
        self.out.rename(made, output)

    def gather(self, items, done):
        """The parts that count, in one folder, with a manifest that says they are all there."""
        check_columns(items, done)
        ready = f"{self.folder}/ready"
        self.out.make(ready)
        for d in done:
            self.out.rename(d["made"], f"{ready}/{d['name']}")
        manifest = json.dumps(manifest_of(self.work, items, done), indent=1) + "\n"
        if is_shared(ready):  # one rename, whole or absent
            self.out.write(f"{ready}/manifest.json", manifest)
            self.out.seal(ready)
            self.publish(ready, self.args.output)
        else:  # stores may rename file by file: the manifest comes last
            self.out.seal(ready)
            self.publish(ready, self.args.output)
            self.out.write(f"{self.args.output}/manifest.json", manifest)
        if self.args.report:
            write_text(self.args.report, manifest)


def merge_item(name, made, last=False):
    return {"name": name, "last": last, "merge": [m["made"] for m in made],
            "bytes": sum(m["report"]["output"]["bytes"] for m in made)}


def write_text(path, text):
    with open(path, "w") as f:
        f.write(text)


def released(report):
    return [c["name"] for c in report["columns"] if c["released"]]


def check_columns(items, done):
    """Parts of one table have the same columns, released in the same order."""
    for item, d in zip(items, done):
        if released(d["report"]) != released(done[0]["report"]):
            raise Refused(f"{item['path']}: has other columns than {items[0]['path']}")


def manifest_of(work, items, done):
    parts = [{"name": d["name"], "input": base_name(item["path"]),
              **({"from_byte": item["start"]} if "start" in item else {}),
              "rows_in": d["report"]["input"]["rows"], "rows": d["report"]["output"]["rows"],
              "bytes": d["report"]["output"]["bytes"]}
             for item, d in zip(items, done)]
    columns = {}
    for d in done:
        for c in d["report"]["columns"]:
            cells = columns.setdefault(c["name"], {"rule": c["rule"], "released": c["released"]})
            for key, n in c.get("cells", {}).items():
                cells[key] = cells.get(key, 0) + n
    return {"program": work.version, "plan": work.plan_hash, "complete": True,
            "rows": sum(p["rows"] for p in parts), "columns": columns, "parts": parts}


def say(text):
    print(f"sluice_spark: {text}", file=sys.stderr)


def default_program():
    for name in ("build/static/sluice", "build/sluice"):
        path = os.path.join(HERE, "../..", name)
        if os.access(path, os.X_OK):
            return path
    return shutil.which("sluice")


def size(text):
    """1G is 2^30; argparse says what is wrong with others."""
    times = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30}.get(text[-1:].upper(), 1)
    n = int(text if times == 1 else text[:-1]) * times
    if n < 1:
        raise ValueError
    return n


def arguments(words):
    p = argparse.ArgumentParser(description="Run a plan of sluice over many tables, on Spark.")
    p.add_argument("input", nargs="+", help="a folder, a glob or a table; on any store by its URI")
    p.add_argument("-p", "--plan", required=True)
    p.add_argument("-o", "--output", required=True,
                   help="a new folder; of a plan that groups, a new table")
    p.add_argument("--sluice", default=default_program(), help="the program (default: build/)")
    p.add_argument("-z", "--gzip", action="store_true", help="gzipped output")
    p.add_argument("-j", "--threads", type=int, default=1, help="of a task: spark.task.cpus")
    p.add_argument("--memory", help="of a task's groups, as sluice run has it")
    p.add_argument("--fan-in", type=int, default=16, help="partial tables that a task merges")
    p.add_argument("--split", type=size, metavar="SIZE",
                   help="cut files over SIZE bytes (K, M, G), plain or BGZF, into pieces of that")
    p.add_argument("--report", help="the last merge's report, or the manifest, to this file")
    p.add_argument("--stages", help="what each stage took, as JSON, to this file")
    args = p.parse_args(words)
    if not args.sluice:
        p.error("there is no sluice: build it, or name it by --sluice")
    if args.fan_in < 2:
        p.error("--fan-in is at least 2")
    args.gzip = args.gzip or args.output.endswith(".gz")
    return args


def run(words):
    """One run in the Spark that there is, or is started; 0, or 1 after a message."""
    args = arguments(words)
    try:
        Driver(args).run()
    except Refused as e:
        say(e)
        return 1
    except Exception as e:  # a task's, which Spark has wrapped: the last line says why
        lines = [line for line in str(e).splitlines() if "Refused: " in line]
        say(lines[0].split("Refused: ", 1)[1] if lines else e)
        return 1
    return 0


def main():
    from pyspark import SparkContext

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # by way of what tidies up
    try:
        return run(sys.argv[1:])
    finally:
        if SparkContext._active_spark_context:
            SparkContext._active_spark_context.stop()


if __name__ == "__main__":
    sys.exit(main())
