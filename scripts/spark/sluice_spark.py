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
import glob
import hashlib
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time

ENDINGS = (".csv", ".csv.gz", ".csv.bgz", ".csv.bgzf")


class Refused(Exception):
    """What the user has to know, in one line."""


# ---- where files are: a file system that all machines share, or a store that Hadoop knows ----


def is_shared(path):
    """Whether it is a plain path; the others have a scheme, as in hdfs://."""
    return "://" not in path


def base_name(path):
    return path.rstrip("/").rsplit("/", 1)[-1]


def fs_shell(*words, **how):
    """Hadoop's own file commands, by the jars that Spark brings: for tasks, which have no JVM."""
    import pyspark

    home = os.environ.get("SPARK_HOME") or os.path.dirname(pyspark.__file__)
    java = os.path.join(os.environ["JAVA_HOME"], "bin/java") if "JAVA_HOME" in os.environ else "java"
    jars = os.path.join(home, "jars/*")
    conf = os.environ.get("HADOOP_CONF_DIR")
    command = [java, "-Xmx256m", "-cp", f"{conf}:{jars}" if conf else jars,
               "org.apache.hadoop.fs.FsShell", *words]
    return subprocess.Popen(command, stderr=subprocess.PIPE, **how)


def fs_done(shell, what):
    text = shell.stderr.read().decode(errors="replace").strip()
    if shell.wait():
        raise Refused(f"{what} failed: {text.splitlines()[-1] if text else shell.returncode}")


class Shared:
    """The driver's hands on a shared file system."""

    def list(self, path):
        if os.path.isdir(path):
            return [os.path.join(path, name) for name in os.listdir(path)], True
        return glob.glob(path), False

    def is_file(self, path):
        return os.path.isfile(path)

    def exists(self, path):
        return os.path.lexists(path)

    def make(self, path):
        os.makedirs(path, mode=0o700)

    def write(self, path, text):
        with open(path, "x") as f:
            f.write(text)
            f.flush()
            os.fsync(f.fileno())

    def rename(self, old, new):
        os.rename(old, new)

    def remove(self, path):
        shutil.rmtree(path, ignore_errors=True)

    def seal(self, path):
        """Open to those who may read what this user writes, and on the disk."""
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(path, 0o777 & ~umask)
        folder = os.open(path, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)


class Hadoop:
    """The same on any store, by the JVM of the driver."""

    def __init__(self, sc):
        self.jvm, self.conf = sc._jvm, sc._jsc.hadoopConfiguration()

    def of(self, path):
        path = self.jvm.org.apache.hadoop.fs.Path(path)
        return path.getFileSystem(self.conf), path

    def list(self, path):
        fs, path = self.of(path)
        found = fs.globStatus(path) or []
        if len(found) == 1 and found[0].isDirectory():
            return [s.getPath().toString() for s in fs.listStatus(found[0].getPath())], True
        return [s.getPath().toString() for s in found], False

    def is_file(self, path):
        fs, path = self.of(path)
        return fs.exists(path) and fs.getFileStatus(path).isFile()

    def exists(self, path):
        fs, path = self.of(path)
        return fs.exists(path)

    def make(self, path):
        fs, path = self.of(path)
        fs.mkdirs(path, self.jvm.org.apache.hadoop.fs.permission.FsPermission("700"))

    def write(self, path, text):
        fs, path = self.of(path)
        stream = fs.create(path, False)
        stream.write(bytearray(text.encode()))
        stream.close()

    def rename(self, old, new):
        fs, source = self.of(old)
        if not fs.rename(source, self.of(new)[1]):
            raise Refused(f"{old} cannot be renamed to {new}")

    def remove(self, path):
        fs, path = self.of(path)
        fs.delete(path, True)

    def seal(self, path):
        fs, path = self.of(path)
        kind = self.jvm.org.apache.hadoop.fs.permission.FsPermission
        fs.setPermission(path, kind.getDirDefault().applyUMask(kind.getUMask(self.conf)))


# ---- in a task -------------------------------------------------------------------------------


class Work:
    """What every task is told: the program, the plan, and what both must be."""

    def __init__(self, files, version, plan_hash, folder, grouped, args):
        self.program, self.plan = map(base_name, files)
        self.digests = [file_digest(file) for file in files]
        self.version, self.plan_hash = version, plan_hash
        self.folder, self.grouped = folder, grouped
        self.ending = ".csv.gz" if args.gzip else ".csv"
        self.resources = ["-j", str(args.threads)]
        self.memory = ["--memory", args.memory] if args.memory else []

    def files(self):
        """The program and the plan as they came to this machine, bit for bit the driver's."""
        from pyspark import SparkFiles

        program, plan = SparkFiles.get(self.program), SparkFiles.get(self.plan)
        if [file_digest(program), file_digest(plan)] != self.digests:
            raise Refused("the program or the plan here is not the driver's")
        return program, plan

    def sluice(self, command, *words, stdin=subprocess.DEVNULL):
        return subprocess.Popen([*command, "-q", *words], stdin=stdin, stderr=subprocess.PIPE)


def finish(process, where=""):
    """Messages of sluice hold no value of a cell, so they may be passed on."""
    text = process.stderr.read().decode(errors="replace").strip()
    process.stderr.close()
    if process.wait():
        last = text.splitlines()[-1] if text else f"sluice ended with status {process.returncode}"
        raise Refused(last + where)


def file_digest(path):
    with open(path, "rb") as f:
        return hashlib.sha256(f.read()).hexdigest()


def version_of(program):
    return subprocess.run([program, "version"], check=True, capture_output=True,
                          text=True).stdout.splitlines()[0]


def plan_of(program, plan):
    """The plan's hash; only plans of one output can be run in parts."""
    said = subprocess.run([program, "plan", plan], capture_output=True, text=True)
    if said.returncode:
        raise Refused(said.stderr.strip())
    outputs, plan_hash = said.stdout.strip().rsplit(": ", 1)[1].split(" hash ")
    if outputs != "1 output,":
        raise Refused(f"{plan}: has {outputs.rstrip(',')}; one is what can be run in parts")
    return plan_hash


def send_range(item, pipe):
    """The header and the records of a piece; the file must still be what was cut."""
    with open(item["path"], "rb", buffering=0) as f, pipe:
        for at, end in ((0, item["header"]), (item["start"], item["end"])):
            f.seek(at)
            while at < end:
                data = f.read(min(1 << 20, end - at))
                if not data:
                    raise Refused(f"{item['path']}: was cut short")
                pipe.write(data)
                at += len(data)
        if stamp_of(f.fileno()) != item["stamp"]:
            raise Refused(f"{item['path']}: has changed since it was cut into pieces")


def stamp_of(file):
    status = os.stat(file)
    return [status.st_size, status.st_mtime_ns]


def run_part(work, program, plan, item, output, report):
    """One part, or one piece of one, through the plan."""
    words = ["-p", plan, "-o", output, "--report", report, *work.resources, *work.memory]
    words += ["--partial"] if work.grouped else []
    if "start" in item:
        p = work.sluice([program, "run"], *words, "-", stdin=subprocess.PIPE)
        where = (f" ({item['path']}, the piece from byte {item['start']}, "
                 f"whose line 2 is its line {item['line']})")
        try:
            send_range(item, p.stdin)
        except BrokenPipeError:
            pass  # sluice says why
        except BaseException:
            p.kill()
            p.wait()
            raise
        finish(p, where)
    elif is_shared(item["path"]):
        finish(work.sluice([program, "run"], *words, item["path"]))
    else:
        cat = fs_shell("-cat", item["path"], stdout=subprocess.PIPE)
        p = work.sluice([program, "run"], *words, "-", stdin=cat.stdout)
        cat.stdout.close()
        try:
            finish(p, f" ({item['path']})")
        except Refused:
            cat.kill()
            cat.wait()
            raise
        fs_done(cat, f"reading {item['path']}")


def merge_parts(work, program, item, output, report, scratch):
    inputs = []
    for path in item["merge"]:
        if is_shared(path):
            inputs.append(path)
            continue
        inputs.append(os.path.join(scratch, f"{len(inputs)}.partial"))
        fs_done(fs_shell("-get", path, inputs[-1]), f"reading {path}")
    words = [] if item["last"] else ["--partial"]
    finish(work.sluice([program, "merge"], *words, "-o", output, "--report", report,
                       *work.resources, *inputs))


def attempt(work, item):
    """Do one item; what it made is in a folder that no other attempt knows."""
    from pyspark import TaskContext

    began = time.time()
    program, plan = work.files()
    name = item["name"]
    folder = f"{work.folder}/{name}.{TaskContext.get().taskAttemptId()}"
    with tempfile.TemporaryDirectory(prefix=".sluice-task-") as scratch:
        place = folder if is_shared(folder) else os.path.join(scratch, "made")
        os.mkdir(place, 0o700)
        try:
            report = os.path.join(place, "report.json")
            if "merge" in item:
                merge_parts(work, program, item, os.path.join(place, name), report, scratch)
            else:
                run_part(work, program, plan, item, os.path.join(place, name), report)
            with open(report) as f:
                said = json.load(f)
            if said["plan"] != work.plan_hash or f"sluice {said['sluice']}" != work.version:
                raise Refused("what was made is of another plan, or by another program")
            if place != folder:
                fs_done(fs_shell("-mkdir", "-p", folder), "making a folder")
                fs_done(fs_shell("-put", os.path.join(place, name), folder), "writing")
        except BaseException:
            shutil.rmtree(place, ignore_errors=True)
            raise
    return {"name": name, "made": f"{folder}/{name}", "report": said,
            "seconds": time.time() - began}


# ---- the driver ------------------------------------------------------------------------------


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

    def begin(self, local):
        """The program and the plan, given to Spark under names that hold their hashes.

        Executors fetch them from this folder when they begin, so it stays to the end.
        """
        args = self.args
        version, plan_hash = version_of(args.sluice), plan_of(args.sluice, args.plan)
        dump = subprocess.run([args.sluice, "plan", args.plan, "--dump"], check=True,
                              capture_output=True, text=True).stdout
        grouped = "group" in json.loads(dump.split("\n", 1)[1])
        with open(args.sluice, "rb") as f:
            if b"/ld-" in f.read(4096):
                say("the program is linked with shared libraries: the executors must have them")
        files = [f"{local}/sluice-{file_digest(args.sluice)[:16]}",
                 f"{local}/plan-{plan_hash}.yaml"]
        shutil.copy(args.sluice, files[0])
        with open(files[1], "w") as f:
            f.write(dump)
        for file in files:
            self.sc.addFile(file)
        self.work = Work(files, version, plan_hash, self.folder, grouped, args)
        return grouped

    def stage(self, what, items):
        """One task an item; Spark gives one result of each, whatever failed on the way."""
        work, began = self.work, time.time()
        done = self.sc.parallelize(items, len(items)).map(lambda i: attempt(work, i)).collect()
        seconds = time.time() - began
        self.stages.append({"stage": what, "tasks": len(items), "seconds": round(seconds, 3),
                            "task_seconds": [round(d["seconds"], 3) for d in done]})
        say(f"{what}: {len(items)} tasks, {seconds:.1f} s")
        return done

    def items(self, paths):
        items = []
        for path in paths:
            items += [{"path": path}]
        ending = ".partial" if self.work.grouped else self.work.ending
        for i, item in enumerate(items):
            item["name"] = f"part-{i:05d}{ending}"
        return items

    def run(self):
        paths = self.inputs()
        try:
            with tempfile.TemporaryDirectory() as local:
                self.run_all(paths, self.begin(local))
        finally:
            self.sc.stop()

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
            with open(self.args.stages, "w") as f:
                json.dump(self.stages, f, indent=1)

    def merge(self, made):
        """A tree of merges, of which only the last protects."""
        level = 0
        while len(made) > self.args.fan_in:
            level += 1
            n = self.args.fan_in
            items = [{"name": f"merge-{level}-{i // n:05d}.partial", "last": False,
                      "merge": [m["made"] for m in made[i:i + n]]}
                     for i in range(0, len(made), n)]
            spent, made = made, self.stage(f"merge {level}", items)
            for old in spent:
                self.out.remove(old["made"].rsplit("/", 1)[0])
        last = {"name": "merged" + self.work.ending, "last": True,
                "merge": [m["made"] for m in made]}
        done = self.stage("last merge", [last])[0]
        if self.args.report:
            with open(self.args.report, "w") as f:
                json.dump(done["report"], f, indent=1)
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
            with open(self.args.report, "w") as f:
                f.write(manifest)


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
    here = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    for name in ("build/static/sluice", "build/sluice"):
        if os.access(os.path.join(here, name), os.X_OK):
            return os.path.join(here, name)
    return shutil.which("sluice")


def arguments():
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
    p.add_argument("--report", help="the last merge's report, or the manifest, to this file")
    p.add_argument("--stages", help="what each stage took, as JSON, to this file")
    args = p.parse_args()
    if not args.sluice:
        p.error("there is no sluice: build it, or name it by --sluice")
    if args.fan_in < 2:
        p.error("--fan-in is at least 2")
    args.gzip = args.gzip or args.output.endswith(".gz")
    return args


def main():
    args = arguments()
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


if __name__ == "__main__":
    sys.exit(main())
