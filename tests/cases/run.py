#!/usr/bin/env python3
"""Run the cases: one folder each, one job, what a user would see.

    tests/cases/run.py PATH/TO/sluice [--accept] [--tighten] [--first] [-v] [NAME...]

A case is a folder with these files (all but cmd may be missing):

    setup       shell lines that make inputs which are not kept here (gzip, many rows)
    cmd         shell lines; `sluice` is the program under test
    out         what stdout must be, byte for byte (missing: nothing)
    err         what stderr must be (missing: nothing), or
    err.like    one glob a line for it: * any text, ? any character
    exit        the exit status (missing: 0)
    want/NAME   what the file NAME must be afterwards
    left        globs of names that may be left behind without being compared
    secret-ok   (any text: why) the planted secret may be seen
    needs-clp   (any text: why) skipped where `sluice version` names no Clp

Any other file is an input: cmd runs in a fresh copy of the folder that has only
these, and afterwards they must be as they were and nothing else may be there.
Without Clp every audit says so: that line of stdout is then not compared.

SECRET7731 in an input stands for a patient: wherever it is put, neither stdout, nor
stderr, nor the name or content (unzipped) of a file that the program made may hold it.

--accept writes what came out as what is expected: read the diff before you commit it.
--tighten does so for the cases that pass by err.like, which becomes err.
--first stops at the first case that fails.
Last line: N passed, N failed.
"""
import argparse
import difflib
import fnmatch
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
RESERVED = {"setup", "cmd", "out", "err", "err.like", "exit", "want", "left", "secret-ok", "needs-clp"}
NO_CLP = re.compile(rb"^  this build has no linear programming: .*\n", re.M)
SECRET = b"SECRET7731"
SECONDS = 60


def read(*path):
    try:
        with open(os.path.join(*path), "rb") as f:
            return f.read()
    except FileNotFoundError:
        return None


def write(data, *path):
    with open(os.path.join(*path), "wb") as f:
        f.write(data)


def files(folder):
    """Everything under the folder by relative name: bytes, or what it is when it is no file."""
    found = {}
    for root, folders, names in os.walk(folder):
        for name in names + folders:
            path = os.path.join(root, name)
            key = os.path.relpath(path, folder)
            if os.path.islink(path):
                found[key] = b"-> " + os.fsencode(os.readlink(path))
            elif os.path.isfile(path):
                found[key] = read(path)
            elif not os.path.isdir(path):
                found[key] = b"(special)"
    return found


def shell(text, folder, path):
    environment = {"PATH": path + ":" + os.environ["PATH"], "LC_ALL": "C", "HOME": folder, "TZ": "UTC"}
    done = subprocess.Popen(["sh", "-c", text.decode()], cwd=folder, env=environment,
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, start_new_session=True)
    try:
        out, err = done.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(done.pid, signal.SIGKILL)  # the shell and what it started
        done.communicate()
        raise
    return out, err, done.returncode


def unzipped(data):
    """The data, and what it holds if it is gzip: the secret must not hide there."""
    text = data
    try:
        while data[:2] == b"\x1f\x8b":
            z = zlib.decompressobj(31)
            text += z.decompress(data)
            data = z.unused_data
    except zlib.error:
        pass
    return text


def diff(what, want, got):
    a, b = (x.decode("utf-8", "backslashreplace").replace("\r", "\\r").splitlines() for x in (want, got))
    lines = list(difflib.unified_diff(a, b, "wanted " + what, what, lineterm=""))
    if not lines:
        lines = ["%s differs in its last line end" % what]
    return "\n".join(lines[:40])


def alike(patterns, text):
    patterns, text = patterns.decode().splitlines(), text.decode("utf-8", "replace").splitlines()

    def matches(pattern, line):
        parts = (".*" if c == "*" else "." if c == "?" else re.escape(c) for c in pattern)
        return re.fullmatch("".join(parts), line)
    return len(patterns) == len(text) and all(map(matches, patterns, text))


class Case:
    def __init__(self, name, program_folder, clp):
        self.clp = clp
        self.folder = os.path.join(HERE, name)
        self.program_folder = program_folder
        self.wrong = []
        want = os.path.join(self.folder, "want")
        self.want = {n: d for n, d in files(want).items()}

    def expected(self, name, default=b""):
        data = read(self.folder, name)
        return default if data is None else data

    def run(self):
        with tempfile.TemporaryDirectory(prefix="case-") as box:
            work = os.path.join(box, "work")
            shutil.copytree(self.folder, work, symlinks=True,
                            ignore=lambda d, names: RESERVED & set(names) if d == self.folder else ())
            try:
                setup = read(self.folder, "setup")
                if setup is not None:
                    out, err, status = shell(setup, work, self.program_folder)
                    if status or out or err:
                        text = (out + err).decode("utf-8", "replace")
                        self.wrong.append("setup: exit %d: %s" % (status, text))
                        return
                before = files(work)
                self.out, err, self.status = shell(read(self.folder, "cmd"), work, self.program_folder)
                # on a kernel without all of it every run says so
                self.err = re.sub(rb"^sluice: the sandbox is not whole here: no .*\n", b"", err, flags=re.M)
            except subprocess.TimeoutExpired:
                self.wrong.append("still running after %d s" % SECONDS)
                return
            self.after = files(work)
        if not self.clp:
            self.out = NO_CLP.sub(b"", self.out)
        self.judge(before)

    def judge(self, before):
        if self.out != self.expected("out"):
            self.wrong.append(diff("out", self.expected("out"), self.out))
        like = read(self.folder, "err.like")
        if like is None and self.err != self.expected("err"):
            self.wrong.append(diff("err", self.expected("err"), self.err))
        if like is not None and not alike(like, self.err):
            self.wrong.append(diff("err", like, self.err))
        status = int(self.expected("exit", b"0"))
        if self.status != status:
            self.wrong.append("exit status %d, wanted %d" % (self.status, status))
        left = self.expected("left").decode().split()
        self.made = {n: d for n, d in self.after.items() if before.get(n) != d}
        for name in sorted(set(self.want) | set(before) | set(self.after)):
            want = self.want.get(name, before.get(name))
            got = self.after.get(name)
            if want == got or (name not in self.want and any(fnmatch.fnmatch(name, g) for g in left)):
                continue
            if want is None:
                self.wrong.append("left behind: %r" % name)
            elif got is None:
                self.wrong.append("missing: %r" % name)
            else:
                self.wrong.append(diff(name, want, got))
        self.judge_secret()

    def judge_secret(self):
        if read(self.folder, "secret-ok") is not None:
            return
        seen = {"out": self.out, "err": self.err, **self.made}
        for name, data in seen.items():
            if SECRET in unzipped(data) or SECRET in os.fsencode(name):
                self.wrong.append("the secret is in %r" % name)

    def accept(self, tighten):
        like = read(self.folder, "err.like")
        keep_like = like is not None and alike(like, self.err) and not tighten
        status = b"%d\n" % self.status if self.status else b""
        for name, data in (("out", self.out), ("err", b"" if keep_like else self.err), ("exit", status)):
            path = os.path.join(self.folder, name)
            if data:
                write(data, path)
            elif os.path.exists(path):
                os.remove(path)
        if like is not None and not keep_like:
            os.remove(os.path.join(self.folder, "err.like"))
        left = self.expected("left").decode().split()
        for name, data in self.made.items():
            if name in self.want or not any(fnmatch.fnmatch(name, g) for g in left):
                path = os.path.join(self.folder, "want", name)
                os.makedirs(os.path.dirname(path), exist_ok=True)
                write(data, path)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("program")
    p.add_argument("names", nargs="*")
    p.add_argument("--accept", action="store_true")
    p.add_argument("--tighten", action="store_true")
    p.add_argument("--first", action="store_true")
    p.add_argument("-v", action="store_true")
    a = p.parse_intermixed_args()
    known = sorted(n for n in os.listdir(HERE) if os.path.exists(os.path.join(HERE, n, "cmd")))
    names = [n for n in known if not a.names or any(fnmatch.fnmatch(n, g.strip("/")) for g in a.names)]
    passed, failed = 0, 0
    with tempfile.TemporaryDirectory(prefix="cases-") as bin_folder:
        os.symlink(os.path.abspath(a.program), os.path.join(bin_folder, "sluice"))
        clp = b", Clp " in subprocess.run([a.program, "version"], stdout=subprocess.PIPE).stdout
        for name in names:
            if not clp and os.path.exists(os.path.join(HERE, name, "needs-clp")):
                print("SKIPPED %s: this build has no Clp" % name)
                continue
            case = Case(name, bin_folder, clp)
            case.run()
            if a.v or case.wrong:
                print("%s %s" % ("FAIL" if case.wrong else "ok  ", name))
            for text in case.wrong:
                print("    " + text.replace("\n", "\n    "))
            secret = any("secret" in w for w in case.wrong)
            if hasattr(case, "made") and not secret and (case.wrong if a.accept else a.tighten and not case.wrong):
                case.accept(a.tighten)
            passed += not case.wrong
            failed += bool(case.wrong)
            if failed and a.first:
                break
    print("%d passed, %d failed" % (passed, failed))
    return failed > 0 or not names


if __name__ == "__main__":
    sys.exit(main())
