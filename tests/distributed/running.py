"""A real Spark for the tests: started for each run, or once for many."""

import glob
import json
import os
import subprocess
import sys
import threading

import pyspark

HERE = os.path.dirname(os.path.abspath(__file__))
SCRIPT = os.path.join(HERE, "../../scripts/spark/sluice_spark.py")
HOME = os.path.dirname(pyspark.__file__)
MASTER = "local-cluster[2,1,1024]"
MARK = f"sluice-test-{os.getpid()}"  # in the executors' command lines, to know ours
SETTINGS = {"spark.executor.extraJavaOptions": f"-Dmark={MARK}", "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false"}


def settings():
    """Words for spark-submit."""
    return ["--master", MASTER, *(w for kv in SETTINGS.items() for w in ("--conf", "=".join(kv)))]


def environment(folder):
    env = dict(os.environ, SPARK_HOME=HOME, PYSPARK_PYTHON=sys.executable,
               SPARK_LOCAL_IP="127.0.0.1", SPARK_LOCAL_DIRS=folder)
    env.pop("HADOOP_CONF_DIR", None)
    return env


class Submitted:
    """A run by spark-submit, as users start it."""

    def __init__(self, folder, words, more=(), env=None):
        self.process = subprocess.Popen(
            [os.path.join(HOME, "bin/spark-submit"), *settings(), *more, SCRIPT, *words],
            env={**environment(folder), **(env or {})}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def runs(self):
        return self.process.poll() is None

    def finish(self):
        text = self.process.communicate()[0]
        return self.process.returncode, text


class Session:
    """One Spark for all runs, which is begun at the first."""

    def __init__(self, folder):
        env = environment(folder)
        env["PYSPARK_SUBMIT_ARGS"] = " ".join([*settings(), "pyspark-shell"])
        self.process = subprocess.Popen(
            [sys.executable, os.path.join(HERE, "session.py")], env=env, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def begin(self, words):
        self.process.stdin.write(json.dumps(words) + "\n")
        self.process.stdin.flush()
        return InSession(self.process)

    def end(self):
        self.process.stdin.close()
        self.process.wait()


class InSession:
    def __init__(self, process):
        self.lines, self.status = [], 1
        self.reader = threading.Thread(target=self.read, args=(process.stdout,))
        self.reader.start()

    def read(self, stream):
        for line in stream:
            if line.startswith("session: "):
                self.status = int(line.split()[1])
                return
            self.lines.append(line)

    def runs(self):
        return self.reader.is_alive()

    def finish(self):
        self.reader.join()
        return self.status, "".join(self.lines)


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
