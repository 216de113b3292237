"""What the tasks of sluice_spark.py do, on the executors."""

import hashlib
import json
import os
import re
import resource
import shutil
import subprocess
import tempfile
import time

import sluice_blocks


class Refused(Exception):
    """What the user has to know, in one line."""


def is_shared(path):
    """Whether it is a plain path; the others have a scheme, as in hdfs:// or file:/."""
    return not re.match("[A-Za-z][A-Za-z0-9+.-]+:/", path)


def base_name(path):
    return path.rstrip("/").rsplit("/", 1)[-1]


def fs_shell(scratch, *words, **how):
    """Hadoop's own file commands, by the jars that Spark and the job bring: tasks have no JVM."""
    import pyspark
    from pyspark import SparkFiles

    home = os.environ.get("SPARK_HOME") or os.path.dirname(pyspark.__file__)
    java = os.environ.get("JAVA_HOME")
    java = os.path.join(java, "bin/java") if java else "java"
    conf = os.environ.get("HADOOP_CONF_DIR")
    if not conf:  # it wants one, be it empty
        conf = scratch
        with open(os.path.join(conf, "core-site.xml"), "w") as f:
            f.write("<configuration/>\n")
    jars = f"{home}/jars/*:{SparkFiles.getRootDirectory()}/*"
    return subprocess.Popen([java, "-Xmx256m", "-cp", f"{conf}:{jars}",
                             "org.apache.hadoop.fs.FsShell", *words],
                            stderr=subprocess.PIPE, **how)


def fs_done(shell, what):
    text = shell.stderr.read().decode(errors="replace").strip()
    if shell.wait():
        raise Refused(f"{what} failed: {text.splitlines()[-1] if text else shell.returncode}")


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
    said = subprocess.run([program, "plan", "--", plan], capture_output=True, text=True)
    if said.returncode:
        raise Refused(said.stderr.strip())
    outputs, plan_hash = said.stdout.strip().rsplit(": ", 1)[1].split(" hash ")
    if outputs != "1 output,":
        raise Refused(f"{plan}: has {outputs.rstrip(',')}; one is what can be run in parts")
    return plan_hash


def send_bytes(f, at, end, pipe):
    f.seek(at)
    while at < end:
        data = f.read(min(1 << 20, end - at))
        if not data:
            raise sluice_blocks.Damaged("was cut short")
        pipe.write(data)
        at += len(data)


def send_piece(item, pipe):
    """The header and the records of a piece; the file must still be what was cut."""
    with open(item["path"], "rb", buffering=1 << 20) as f, pipe:
        try:
            if "block" in item:
                sluice_blocks.send(f, 0, 0, item["header"], pipe)
                sluice_blocks.send(f, item["block"], item["skip"], item["end"] - item["start"],
                                   pipe)
            else:
                send_bytes(f, 0, item["header"], pipe)
                send_bytes(f, item["start"], item["end"], pipe)
        except sluice_blocks.Damaged as e:
            raise Refused(f"{item['path']}: {e}") from e
        if stamp_of(f.fileno()) != item["stamp"]:
            raise Refused(f"{item['path']}: has changed since it was cut into pieces")


def stamp_of(file):
    status = os.stat(file)
    return [status.st_size, status.st_mtime_ns]


def cut(work, path, n):
    """Items for the pieces of one large table, plain or BGZF.

    What begins as BGZF and isn't all through is one piece; if it is damaged, its run says how.
    """
    program, _ = work.files()
    stamp = stamp_of(path)
    said = subprocess.run([program, "split", "-q", *work.resources, "--index", str(n), path],
                          capture_output=True, text=True)
    if said.returncode == 3 and not path.endswith(".csv"):
        return path, [{"path": path}]
    if said.returncode:
        raise Refused(said.stderr.strip())
    index = json.loads(said.stdout)
    if stamp_of(path) != stamp or index["container"] == "plain" and index["bytes"] != stamp[0]:
        raise Refused(f"{path}: changed while it was cut into pieces")
    return path, [{"path": path, "header": index["header"], "stamp": stamp, **piece}
                  for piece in index["pieces"]]


def run_part(work, program, plan, item, output, report, scratch):
    """One part, or one piece of one, through the plan."""
    words = ["-p", plan, "-o", output, "--report", report, *work.resources, *work.memory]
    words += ["--partial"] if work.grouped else []
    if "start" in item:
        p = work.sluice([program, "run"], *words, "-", stdin=subprocess.PIPE)
        where = f" ({item['path']}, in the piece that begins on line {item['line']})"
        try:
            send_piece(item, p.stdin)
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
        cat = fs_shell(scratch, "-cat", item["path"], stdout=subprocess.PIPE)
        p = work.sluice([program, "run"], *words, "-", stdin=cat.stdout)
        cat.stdout.close()
        try:
            finish(p, f" ({item['path']})")
        except Refused as e:  # perhaps since there was nothing to read
            cat.kill()
            said = cat.communicate()[1].decode(errors="replace").strip()
            raise Refused(f"{e}; reading said: {said.splitlines()[-1]}" if said else str(e))
        fs_done(cat, f"reading {item['path']}")


def merge_parts(work, program, item, output, report, scratch):
    inputs = []
    for path in item["merge"]:
        if is_shared(path):
            inputs.append(path)
            continue
        inputs.append(os.path.join(scratch, f"{len(inputs)}.partial"))
        fs_done(fs_shell(scratch, "-get", path, inputs[-1]), f"reading {path}")
    words = [] if item["last"] else ["--partial"]
    finish(work.sluice([program, "merge"], *words, "-o", output, "--report", report,
                       *work.resources, *inputs))


def cpu_of_children():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def attempt(work, item):
    """Do one item; what it made is in a folder that no other attempt knows."""
    from pyspark import TaskContext

    began, cpu = time.time(), cpu_of_children()
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
                run_part(work, program, plan, item, os.path.join(place, name), report,
                         scratch)
            with open(report) as f:
                said = json.load(f)
            if said["plan"] != work.plan_hash or f"sluice {said['sluice']}" != work.version:
                raise Refused("what was made is of another plan, or by another program")
            if place != folder:
                fs_done(fs_shell(scratch, "-mkdir", "-p", folder), "making a folder")
                fs_done(fs_shell(scratch, "-put", os.path.join(place, name), folder), "writing")
        except BaseException:
            shutil.rmtree(place, ignore_errors=True)
            raise
    return {"name": name, "made": f"{folder}/{name}", "report": said,
            "bytes": item.get("bytes", said["input"]["bytes"]),
            "cpu": cpu_of_children() - cpu, "seconds": time.time() - began}
