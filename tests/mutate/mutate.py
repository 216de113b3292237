#!/usr/bin/env python3
"""Small changes to the code that decides: does a test notice each of them?

    tests/mutate/mutate.py [--sample N] [--seed 1] [--only FILE] [--again] [--list]

Works on a copy of the tree in a temporary folder.  One mutant is one changed operator, number,
word or lost statement in one of FILES; it is built, and the tests of its file run until one
fails.  Mutants that do not compile, or compile to the code that was there, don't count.
Survivors are printed with their line: examine them, then add a test or their reason to
tests/mutate/survivors; those are not tried --again unless asked for.  Last line: N passed, N failed; a survivor without a reason is a failure.
"""
import argparse
import hashlib
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
FILES = {  # the tests that are about it, the quickest first
    "src/column/redact.c": ["unit/test_column_protect", "unit/test_chain"],
    "src/column/round.c": ["unit/test_column_protect", "unit/test_chain"],
    "src/column/protect.c": ["unit/test_column_protect", "diff/test_counts", "unit/test_chain", "unit/test_blank"],
    "src/column/fraction.c": ["unit/test_fraction", "unit/test_chain"],
    "src/base/number.c": ["unit/test_number", "unit/test_fraction", "fuzz/fuzz_number"],
    "src/csv/tokenize.c": ["fuzz/fuzz_cut", "diff/test_tokenize", "unit/test_chain"],
}
COMMON = ["fuzz/fuzz_filter"]  # then the program's cases and the judge
SECONDS = 120

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


class Copy:
    """The tree with its build, where a file may be changed."""

    def __init__(self, folder):
        self.folder = os.path.join(folder, "tree")
        shutil.copytree(ROOT, self.folder, ignore=shutil.ignore_patterns(".git", "build", "bench"), symlinks=True)
        os.makedirs(os.path.join(self.folder, "bench"))
        self.make("CFLAGS=-O1", "build/sluice", *self.programs(set(sum(FILES.values(), COMMON))))

    def programs(self, names):
        return ["build/tests/" + name for name in sorted(names)]

    def make(self, *what, check=True):
        done = subprocess.run(["make", "-s", *what], cwd=self.folder, capture_output=True, text=True)
        if check and done.returncode:
            raise SystemExit(done.stdout + done.stderr)
        return done.returncode == 0

    def object_of(self, name):
        path = os.path.join(self.folder, "build", name[:-2] + ".o")
        code = subprocess.run(["objdump", "-d", "-s", "-j", ".text", "-j", ".rodata", path], capture_output=True).stdout
        return hashlib.sha1(code).digest()

    def passes(self, *command):
        try:
            return not subprocess.run(command, cwd=self.folder, capture_output=True, timeout=SECONDS).returncode
        except subprocess.TimeoutExpired:
            return False

    def killer(self, name):
        """The test that notices, or None."""
        for test in FILES[name] + COMMON:
            program = "build/tests/" + test
            if not self.make("CFLAGS=-O1", program, check=False):
                return "build"
            corpus = ["tests/fuzz/corpus/" + test[len("fuzz/fuzz_"):]] if test.startswith("fuzz/") else []
            if not self.passes(program, *corpus):
                return test
        self.make("CFLAGS=-O1", "build/sluice")
        if not self.passes(sys.executable, "tests/cases/run.py", "build/sluice"):
            return "cases"
        if not self.passes(sys.executable, "tests/judge/compare.py", "build/sluice", "--tables", "150"):
            return "judge"
        return None

    def judge(self, name, n, new, before):
        """'same', 'broken', a test's name, or None for a survivor."""
        path = os.path.join(self.folder, name)
        with open(path) as f:
            old = f.read()
        lines = old.split("\n")
        lines[n] = new
        try:
            with open(path, "w") as f:
                f.write("\n".join(lines))
            if not self.make("CFLAGS=-O1", "build/" + name[:-2] + ".o", check=False):
                return "broken"
            return "same" if self.object_of(name) == before else self.killer(name)
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
    p.add_argument("--again", action="store_true")
    p.add_argument("--list", action="store_true")
    a = p.parse_args()
    todo = []
    for name in FILES:
        with open(os.path.join(ROOT, name)) as f:
            todo += [m for m in mutants(name, f.read()) if a.only in name]
    if a.sample and a.sample < len(todo):
        todo = sorted(random.Random(a.seed).sample(todo, a.sample))
    if a.list:
        print("\n".join("%s:%d: %s" % (name, n + 1, new.strip()) for name, n, _, new in todo))
        return 0
    known, killed, excused, survived, idle = reasons(), 0, 0, 0, 0
    with tempfile.TemporaryDirectory(prefix="mutate-") as folder:
        tree = Copy(folder)
        before = {name: tree.object_of(name) for name in FILES}
        for name in FILES:
            if tree.killer(name):  # else every mutant of it would be "killed"
                raise SystemExit("%s as it is fails its tests: %s" % (name, tree.killer(name)))
        for name, n, line, new in todo:
            key = "%s: %s" % (name, " ".join(new.split()))
            how = None if key in known and not a.again else tree.judge(name, n, new, before[name])
            killed += how not in ("same", "broken", None)
            idle += how in ("same", "broken")
            excused += how is None and key in known
            if how is None and key not in known:
                survived += 1
                print("SURVIVED %s:%d\n  - %s\n  + %s" % (name, n + 1, line.strip(), new.strip()), flush=True)
    print("%d mutants: %d killed, %d examined and left, %d survived, %d were no change or no program" % (
        len(todo), killed, excused, survived, idle))
    print("%d passed, %d failed" % (killed + excused, survived))
    return survived > 0


if __name__ == "__main__":
    sys.exit(main())
