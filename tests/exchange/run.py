#!/usr/bin/env python3
"""What an audit writes for other programs, read by others.   tests/exchange/run.py PATH/TO/sluice

Random tables with totals, redacted and rounded: `sluice audit --jj` is read by a reader of its own,
in which every sum must hold and every shown count lie where its text says; `--sacro` has right
checksums, names the cells that the JSON report names, and is loaded by the real acro, which is
installed beside it.  Last line: N passed, N failed.
"""
import csv
import hashlib
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import venv

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
ACRO = "acro==1.0.2"
SAMPLE = ROOT.parent / "shared/sdc/acro/sample_out"
results = {True: 0, False: 0}


def check(what, ok, why=""):
    results[bool(ok)] += 1
    if not ok:
        print("FAIL %s %s" % (what, why))


def make_table(rng, path, base):
    """Two to three dimensions with totals; small counts redacted, the others rounded to the base."""
    sizes = [rng.randint(2, 4) for _ in range(rng.randint(1, 3))]
    cells = {(): 0}
    for size in sizes:
        cells = {k + (c,): 0 for k in cells for c in range(size)}
    cells = {k: rng.choice((rng.randint(0, 12), rng.randint(8, 300))) for k in cells}
    for d, size in enumerate(sizes):
        sums = {}
        for k, n in cells.items():
            t = k[:d] + ("Total",) + k[d + 1:]
            sums[t] = sums.get(t, 0) + n
        cells.update(sums)
    with open(path, "w", newline="") as f:
        w = csv.writer(f, lineterminator="\n")
        w.writerow(["d%d" % d for d in range(len(sizes))] + ["n"])
        for k, n in cells.items():
            w.writerow([str(c) for c in k] + ["[REDACTED]" if 1 <= n <= 7 else (n + base // 2) // base * base])


def read_jj(path):
    """Cells as dicts and sums as lists of (cell, factor)."""
    lines = iter(path.read_text().splitlines())
    assert next(lines) == "0"
    cells = []
    for i in range(int(next(lines))):
        f = next(lines).split()
        assert len(f) == 9 and int(f[0]) == i and f[3] in "suz", f
        cells.append(dict(zip(("value", "weight", "least", "most", "below", "above", "both"),
                              map(int, f[1:3] + f[4:])), status=f[3]))
    sums = []
    for _ in range(int(next(lines))):
        head, terms = next(lines).split(" :")
        rhs, n = map(int, head.split())
        terms = [(int(c), int(x)) for c, x in re.findall(r"(\d+) \((-?\d+)\)", terms)]
        assert rhs == 0 and len(terms) == n, head
        sums.append(terms)
    assert next(lines, None) is None
    return cells, sums


def audit(program, box, table, base, *more):
    done = subprocess.run([program, "audit", "-t", "Total", "-m", "n", "--threshold", "7", "--zeros", "keep",
                           "--round-to", str(base), "--rounding", "half-up", "--format", "json", *more, table],
                          cwd=box, capture_output=True, text=True)
    return done, json.loads(done.stdout) if done.stdout else None


def check_jj(name, path, table, base):
    cells, sums = read_jj(path)
    with open(table, newline="") as f:
        rows = list(csv.DictReader(f))
    check(name + ": as many cells as rows", len(cells) == len(rows), (len(cells), len(rows)))
    check(name + ": sums", sums and all(sum(x * cells[c]["value"] for c, x in s) == 0 for s in sums))
    check(name + ": one total in each sum", all(sorted(x for _, x in s)[:2] == [-1, 1] for s in sums))
    check(name + ": bounds", all(c["least"] <= c["value"] <= c["most"] for c in cells))
    for cell, row in zip(cells, rows):  # both are in the order of the file
        hidden = row["n"] == "[REDACTED]"
        ok = cell["status"] == ("u" if hidden else "s") and cell["above"] == hidden
        if hidden:
            ok = ok and 1 <= cell["value"] <= 7
        else:
            ok = ok and (cell["value"] + base // 2) // base * base == int(row["n"])
        if not ok:
            check(name + ": a cell", False, (row, cell))
            return
    check(name + ": each cell", True)


def check_sacro(name, folder, report, table):
    data = json.loads((folder / "results.json").read_text())
    one = data["results"]["output_0"]
    places = {(c["shown"][0]["line"] - 2) for c in report["findings"] if c["shown"]}
    flagged = {row for cells in one["files"][0]["sdc"]["cells"].values() for row, _ in cells}
    check(name + ": the same cells", flagged == places, (flagged, places))
    check(name + ": status", one["status"] == {"fail": "fail", "review": "review", "pass": "pass"}[report["verdict"]] or
          report["together"], (one["status"], report["verdict"]))
    check(name + ": the file", (folder / "output_0_0.csv").read_bytes() == table.read_bytes())
    for path in (folder / "checksums").iterdir():
        want = hashlib.sha256((folder / path.name[:-4]).read_bytes()).hexdigest()
        check("%s: %s" % (name, path.name), path.read_text() == want)
    return data


def same_shape(sample, ours, at=""):
    """Every key that acro's own file has, but the names of checks and columns."""
    if not isinstance(sample, dict) or at.endswith(("summary", "cells", "outcome", "check_status")):
        return isinstance(ours, type(sample)) or (at, type(sample), type(ours))
    for key in sample:
        if key not in ours:
            return at + "/" + key
        wrong = same_shape(sample[key], ours[key], at + "/" + key)
        if wrong is not True:
            return wrong
    return True


def acro_python():
    """A Python with the real acro; None = it can't be had here."""
    home = ROOT / "build" / "acro-venv"
    python = home / "bin" / "python"
    if not python.exists():
        venv.create(home, with_pip=True)
    probe = [python, "-c", "import acro"]
    if subprocess.run(probe, capture_output=True).returncode:
        subprocess.run([python, "-m", "pip", "-q", "install", ACRO], capture_output=True)
    return python if not subprocess.run(probe, capture_output=True).returncode else None


def main():
    program = os.path.abspath(sys.argv[1])
    rng = random.Random(20260105)
    with tempfile.TemporaryDirectory(prefix="exchange-") as box:
        box = pathlib.Path(box)
        data = None
        for i in range(30):
            table, base = box / ("t%d.csv" % i), rng.choice((1, 5))
            make_table(rng, table, base)
            done, report = audit(program, box, table.name, base, "--jj", "t%d.jj" % i, "--sacro", "sacro%d" % i)
            if not report:
                check("table %d" % i, False, done.stderr)
                continue
            check_jj("jj %d" % i, box / ("t%d.jj" % i), table, base)
            data = check_sacro("sacro %d" % i, box / ("sacro%d" % i), report, table)
        done, report = audit(program, box, "t0.csv", 1, "--sacro", "sacro0")
        check("no folder is written over", done.returncode == 4 and "is there already" in done.stderr, done.stderr)
        if SAMPLE.exists():
            sample = json.loads((SAMPLE / "results.json").read_text())["results"]["output_0"]
            check("the form of acro's own", same_shape(sample, data["results"]["output_0"]) is True,
                  same_shape(sample, data["results"]["output_0"]))
        else:
            print("SKIPPED acro's own output: not here")
        python = acro_python()
        if python:
            load = ("import sys\nfrom acro.record import load_records\nfor f in sys.argv[1:]:\n"
                    " r = load_records(f).results['output_0']\n print(r.status, *r.output[0].shape, r.outcome.shape[0])")
            folders = sorted(p.name for p in box.glob("sacro*"))
            done = subprocess.run([python, "-c", load, *folders], cwd=box, capture_output=True, text=True)
            check("acro loads them", done.returncode == 0 and len(done.stdout.splitlines()) == len(folders), done.stderr[-400:])
        else:
            print("SKIPPED the real acro: it can't be installed here")
    print("%d passed, %d failed" % (results[True], results[False]))
    return results[False] > 0


if __name__ == "__main__":
    sys.exit(main())
