"""What the fault tests share: a folder to work in, a program to run in it, and a verdict.

Every test says what must be so by Box.check().  What every run has to keep is asked after each:
an exit status of its own, a message that holds no cell, no temporary file.
"""
import collections
import gzip
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time

SECRET = b"SECRET7731"
OLD = b"what was there before\n"
RULES = ["-d", "patient", "-c", "n,total", "--ratio", "share=n/total", "-k", "area", "-q"]

Done = collections.namedtuple("Done", "status out err seconds peak")


def table(rows, seed=1):
    """Patients' rows: every one holds the secret, in a column that is dropped."""
    r = random.Random(seed)
    lines = [b"patient,area,n,total"]
    lines += [b"SECRET7731,%s,%d,%d" % (r.choice([b"north", b"south", b'"a ""b""\nc"']), r.randrange(40), r.randrange(9999))
              for _ in range(rows)]
    return b"\n".join(lines) + b"\n"


class Box:
    def __init__(self, program):
        self.program = os.path.abspath(program)
        self.passed = self.failed = self.skipped = 0
        self.top = tempfile.TemporaryDirectory(prefix="faults-")
        self.n = 0
        self.notes = []

    def folder(self):
        """A new empty folder."""
        self.n += 1
        path = os.path.join(self.top.name, "box-%d" % self.n)
        os.mkdir(path)
        return path

    def check(self, ok, what):
        self.passed += bool(ok)
        self.failed += not ok
        if not ok:
            print("FAILED " + what, flush=True)
        return ok

    def skip(self, what):
        self.skipped += 1
        print("SKIPPED " + what, flush=True)

    def note(self, text):
        """A figure that was measured."""
        self.notes.append(text)

    # ---- running --------------------------------------------------------------------

    def start(self, args, folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, before=None, env=None,
              stderr=subprocess.PIPE):
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C", **(env or {})}

        def prepare():
            # What nohup, or a shell's '&', has these tests ignore is not what the program is tried with.
            for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):
                signal.signal(number, signal.SIG_DFL)
            if before:
                before()
        return subprocess.Popen([self.program, *args], cwd=folder, stdin=stdin, stdout=stdout, stderr=stderr,
                                preexec_fn=prepare, env=environment, start_new_session=True)

    def run(self, args, folder, data=None, before=None, env=None, stdin=None, stdout=subprocess.PIPE, seconds=60):
        """To its end; 'data' is its standard input."""
        begin = time.monotonic()
        if data is not None:
            stdin = tempfile.TemporaryFile()
            stdin.write(data)
            stdin.seek(0)
        p = self.start(args, folder, stdin or subprocess.DEVNULL, stdout, before, env)
        try:
            out, err = p.communicate(timeout=seconds)
            status = p.returncode
        except subprocess.TimeoutExpired:
            p.kill()
            out, err = p.communicate()
            status = None
        if data is not None:
            stdin.close()
        return Done(status, out, err, time.monotonic() - begin, 0)

    def measured(self, args, folder, seconds, space):
        """To its end within so many seconds and bytes of address space, with its peak of resident memory."""
        script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "measure.py")
        said = subprocess.run([sys.executable, script, str(seconds), str(space), folder, self.program, *args],
                              capture_output=True, check=True).stdout
        status, took, peak = json.loads(said)
        done = Done(status, read(folder, "stdout"), read(folder, "stderr"), took, peak)
        os.unlink(os.path.join(folder, "stdout"))
        os.unlink(os.path.join(folder, "stderr"))
        return done

    # ---- judging ---------------------------------------------------------------------

    def sound(self, done, what, folder=None, statuses=(0, 1, 2, 3, 4)):
        """What is asked of every run that no signal ended."""
        ok = self.check(done.status in statuses, "%s: exit status %s: %r" % (what, done.status, done.err[:300]))
        ok = self.check(SECRET not in done.err and SECRET not in (done.out or b""), "%s: a cell is shown" % what) and ok
        if done.status:
            ok = self.check(done.err.startswith(b"sluice: ") and done.err.count(b"\n") == 1,
                            "%s: the message is %r" % (what, done.err[:300])) and ok
        if folder:
            left = [name for name in os.listdir(folder) if name.startswith(".sluice-")]
            ok = self.check(not left, "%s: left behind %s" % (what, left)) and ok
        return ok

    def refused(self, args, what, statuses, folder=None, **how):
        """A run that must fail, leave OLD under its output's name and nothing else."""
        folder = folder or self.folder()
        write(OLD, folder, "out.csv")
        before = sorted(os.listdir(folder))
        done = self.run([*args, "-o", "out.csv"], folder, **how)
        self.sound(done, what, folder, statuses)
        self.check(read(folder, "out.csv") == OLD, what + ": the old output is not what it was")
        there = [name for name in sorted(os.listdir(folder)) if name != "report.json"]  # of a failure, too
        self.check(there == before, "%s: now there is %s" % (what, there))
        return done

    def right(self, data):
        """What the rules make of the table."""
        done = self.run(["run", *RULES], self.folder(), data=data)
        self.check(done.status == 0 and SECRET not in done.out, "the table itself: %s %r" % (done.status, done.err))
        return done.out


def write(data, *path):
    with open(os.path.join(*path), "wb") as f:
        f.write(data)


def read(*path):
    with open(os.path.join(*path), "rb") as f:
        return f.read()


def feed_slowly(p, data, piece, pause, during=None, close=True):
    """Into the program's standard input; ends early when it has gone."""
    try:
        for i in range(0, len(data), piece):
            p.stdin.write(data[i:i + piece])
            p.stdin.flush()
            if during:
                during(i)
            time.sleep(pause)
        if close:
            p.stdin.close()
    except (BrokenPipeError, ConnectionResetError):
        pass
    if close:
        p.stdin = None  # communicate() would flush it


def members(data, n):
    """Gzip of the data n times over, in n members, for the price of one."""
    return gzip.compress(data, 9, mtime=0) * n


def ignore_signal(number):
    return lambda: signal.signal(number, signal.SIG_IGN)
