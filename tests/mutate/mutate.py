#!/usr/bin/env python3
"""Small changes to the code that decides: does a test notice each of them?

    tests/mutate/mutate.py [--sample N] [--seed 1] [--only FILE] [--lines FROM-TO] [--again] [--list] [-v]

Works on a copy of the tree in a temporary folder.  One mutant is one changed operator, number,
word or lost statement in one of FILES; it is built, and the tests of its file run, those that
took the least time first, until one fails; one that takes a lot longer than on the code as
it is has failed.  Mutants that do not compile, or compile to the code that was there, don't
count.  Survivors are printed with their line: examine them, then add a test or their reason
to tests/mutate/survivors under the name that is printed; those are not tried --again unless
asked for.  Last line: N passed, N failed; a survivor without a reason is a failure.
"""
import argparse
import collections
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
FILES = {  # the tests that are about it
    "src/column/redact.c": ["unit/test_column_protect", "unit/test_chain"],
    "src/column/round.c": ["unit/test_column_protect", "unit/test_chain"],
    "src/column/protect.c": ["unit/test_column_protect", "diff/test_counts", "unit/test_chain", "unit/test_blank"],
    "src/column/fraction.c": ["unit/test_fraction", "unit/test_chain"],
    "src/base/number.c": ["unit/test_number", "unit/test_fraction", "fuzz/fuzz_number"],
    "src/csv/tokenize.c": ["fuzz/fuzz_cut", "diff/test_tokenize", "unit/test_chain", "unit/test_changed",
                           "unit/test_tokenizer"],
    "src/check/residual.c": ["unit/test_residual", "unit/test_chain"],
    "src/table/where.c": ["unit/test_where", "unit/test_chain"],
}
COMMON = ["fuzz/fuzz_filter", "cases", "judge"]
CASES = ["tests/cases/run.py", "build/sluice", "--first"]
JUDGE = ["tests/judge/compare.py", "build/sluice", "--tables", "150"]
PATIENCE = 4  # a test may take so many times as long as before, and SPARE seconds
SPARE = 5
MEMORY = 8 << 30

SWAPS = [(r" < ", " <= "), (r" <= ", " < "), (r" > ", " >= "), (r" >= ", " > "), (r" == ", " != "), (r" != ", " == "),
         (r" && ", " || "), (r" \|\| ", " && "), (r" \+ ", " - "), (r" - ", " + "), (r" \* (?=[\w(])", " / "), (r" / ", " * "),
         (r" % ", " / "), (r" << ", " >> "), (r" >> ", " << "), (r" & ", " | "), (r" \| ", " & "), (r"\+\+", "--"),
         (r" \+= ", " -= "), (r" -= ", " += "), (r"\btrue\b", "false"), (r"\bfalse\b", "true"), (r"!(?=[\w(])", ""),
         (r"\bcontinue;", "break;"), (r"(?<=return )(?=\w+ [<>=!]=? )", "!"),
         (r"(?<=[\w\])] \? )([^:?;]+) : ([^:?;,]+)(?=[;,)])", r"\2 : \1")]
NUMBER = re.compile(r"(?<![\w.'\"])(\d+)(?![\w.'\"])")
STATEMENT = re.compile(r"^(\t+)([a-z][\w>\-.\[\]*]* ?([-+|&*]?=|\(|\+\+).*;)$")


def code_lines(text):
    """Numbers of the lines with code: no comments, preprocessor, declarations of tables."""
    comment = False
    for n, line in enumerate(text.split("\n")):
        bare = line.strip()
        begins = comment
        comment = (comment or "/*" in bare) and not bare.endswith("*/")
        if begins or bare.startswith(("/*", "#", "//", "}", "static_assert")) or not line.startswith("\t") or '"' in bare:
            continue
        yield n


def mutants(name, text):
    """(file, line number, old line, new line)"""
    lines = text.split("\n")
    for n in code_lines(text):
        line = lines[n]
        code = line.split("/*")[0]
        made = set()
        for pattern, to in SWAPS:
            for m in re.finditer(pattern, code):
                made.add(code[:m.start()] + m.expand(to) + code[m.end():])
        for m in NUMBER.finditer(code):
            made.add(code[:m.start()] + str(int(m[1]) + 1) + code[m.end():])
            if int(m[1]) > 1:
                made.add(code[:m.start()] + str(int(m[1]) - 1) + code[m.end():])
        m = STATEMENT.match(code.rstrip())
        if m and not re.match(r"(return|const|struct|uint|int|size_t|bool|static|enum)\b", m[2]):
            made.add(m[1] + ";")
        for new in sorted(made - {code}):
            yield name, n, line, new + line[len(code):]


def named(name, text):
    """The mutants of a file as (file, line number, old line, new line, name in survivors): the new line is
    the name; where several share it, with the old line and the function, then a number."""
    found = list(mutants(name, text))
    lines = text.split("\n")
    names = ["%s: %s" % (name, " ".join(new.split())) for _, _, _, new in found]
    shared = collections.Counter(names)
    for i, (_, n, old, _) in enumerate(found):
        if shared[names[i]] > 1:
            function = next(re.search(r"(\w+)\(", lines[k])[1] for k in range(n, -1, -1)
                            if re.match(r"[a-z].*\w\(", lines[k]))
            names[i] += " (%s: %s)" % (function, " ".join(old.split()))
    seen = collections.Counter()
    for m, key in zip(found, names):
        seen[key] += 1
        yield m + (key if seen[key] == 1 else "%s #%d" % (key, seen[key]),)


class Copy:
    """The tree with its build, where a file may be changed."""

    def __init__(self, folder, names):
        self.folder = os.path.join(folder, "tree")
        self.box = os.path.join(folder, "tmp")  # what killed tests leave behind goes with it
        os.mkdir(self.box)
        shutil.copytree(ROOT, self.folder, ignore=shutil.ignore_patterns(".git", "build", "bench"), symlinks=True)
        os.makedirs(os.path.join(self.folder, "bench"))
        tests = sorted({test for name in names for test in FILES[name] + COMMON})
        self.make(*[self.program(test) for test in tests])
        self.took = {}
        for test in tests:
            start = time.monotonic()
            if self.passes(test) is not True:  # else every mutant would be "killed"
                raise SystemExit("the code as it is fails " + test)
            self.took[test] = time.monotonic() - start
        self.before = {name: self.object_of(name) for name in names}

    def program(self, test):
        return "build/tests/" + test if "/" in test else "build/sluice"

    def command(self, test):
        if "/" not in test:
            return [sys.executable] + (CASES if test == "cases" else JUDGE)
        corpus = ["tests/fuzz/corpus/" + test[len("fuzz/fuzz_"):]] if test.startswith("fuzz/") else []
        return [self.program(test)] + corpus

    def make(self, *what, check=True):
        done = subprocess.run(["make", "-s", "CFLAGS=-O1", *what], cwd=self.folder, capture_output=True, text=True)
        if check and done.returncode:
            raise SystemExit(done.stdout + done.stderr)
        return done.returncode == 0

    def object_of(self, name):
        """All of it, built without lines: also its constants, and whom it calls."""
        with open(os.path.join(self.folder, "build", name[:-2] + ".o"), "rb") as f:
            return f.read()

    def passes(self, test):
        """Endless loops end by their processor time, whoever started them; those that wait, by the clock."""
        seconds = int(PATIENCE * self.took.get(test, 60) + SPARE)

        def limits():
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        done = subprocess.Popen(self.command(test), cwd=self.folder, stdin=subprocess.DEVNULL,
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
                                preexec_fn=limits, env={**os.environ, "CMOCKA_TEST_ABORT": "1", "TMPDIR": self.box})
        try:
            return done.wait(2 * seconds) == 0
        except subprocess.TimeoutExpired:
            os.killpg(done.pid, signal.SIGKILL)
            done.wait()
            return False

    def killer(self, name):
        """The test that notices, or None."""
        for test in sorted(FILES[name] + COMMON, key=self.took.get):
            if not self.make(self.program(test), check=False):
                return "build"
            if not self.passes(test):
                return test
        return None

    def judge(self, name, n, new):
        """'same', 'broken', a test's name, or None for a survivor."""
        path = os.path.join(self.folder, name)
        with open(path) as f:
            old = f.read()
        lines = old.split("\n")
        lines[n] = new
        try:
            with open(path, "w") as f:
                f.write("\n".join(lines))
            if not self.make("build/" + name[:-2] + ".o", check=False):
                return "broken"
            return "same" if self.object_of(name) == self.before[name] else self.killer(name)
        finally:
            with open(path, "w") as f:
                f.write(old)


def reasons():
    """Survivors that were examined: "FILE: NEW LINE" -> why no test can notice."""
    known = {}
    try:
        with open(os.path.join(ROOT, "tests/mutate/survivors")) as f:
            for line in f:
                if "\t" in line and not line.startswith("#"):
                    key, why = line.rstrip("\n").split("\t", 1)
                    known[key] = why
    except FileNotFoundError:
        pass
    return known


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--sample", type=int)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--only", default="")
    p.add_argument("--lines", default="1-1000000")
    p.add_argument("--again", action="store_true")
    p.add_argument("--list", action="store_true")
    p.add_argument("-v", action="store_true")
    a = p.parse_args()
    first, last = map(int, a.lines.split("-"))
    todo = []
    for name in FILES:
        with open(os.path.join(ROOT, name)) as f:
            todo += [m for m in named(name, f.read()) if a.only in name and first <= m[1] + 1 <= last]
    if a.sample and a.sample < len(todo):
        todo = sorted(random.Random(a.seed).sample(todo, a.sample))
    if a.list or not todo:
        print("\n".join("%s:%d: %s" % (name, n + 1, new.strip()) for name, n, _, new, _ in todo))
        return not todo
    known, killed, excused, survived, idle = reasons(), 0, 0, 0, 0
    with tempfile.TemporaryDirectory(prefix="mutate-") as folder:
        tree = Copy(folder, {m[0] for m in todo})
        for name, n, line, new, key in todo:
            how = None if key in known and not a.again else tree.judge(name, n, new)
            killed += how not in ("same", "broken", None)
            idle += how in ("same", "broken")
            excused += how is None and key in known
            if a.v:
                print("%d: %s: %s" % (n + 1, how or ("examined" if key in known else "lives"), key), flush=True)
            if how is None and key not in known:
                survived += 1
                print("SURVIVED %s:%d\n  - %s\n  + %s\n  %s" % (name, n + 1, line.strip(), new.strip(), key),
                      flush=True)
    print("%d mutants: %d killed, %d examined and left, %d survived, %d were no change or no program" % (
        len(todo), killed, excused, survived, idle))
    print("%d passed, %d failed" % (killed + excused, survived))
    return survived > 0


if __name__ == "__main__":
    sys.exit(main())
