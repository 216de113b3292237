#!/usr/bin/env python3
"""Random tables and rules through sluice and through reference.py: both must agree.

    tests/judge/compare.py PATH/TO/sluice [--tables 300] [--seed 1] [--only N] [--keep DIR]

A table that is fine must come out with the same bytes; one that is not must be refused
with the right exit status and place, leave no output file and show no cell.
A failure is repeated with --only N; --keep DIR leaves the failing inputs there.
Last line: N passed, N failed.
"""
import argparse
import gzip
import json
import os
import random
import re
import subprocess
import sys
import tempfile

import reference

MARK = "Zq9x"  # begins every cell of a kind that no message may show
NAMES = ["n", "num", "den", "measure", "sex", "age_band", "patient_id", "interval start", "mean", "sd",
         "é", "a,b", 'say "x"', "two\nlines", "n*", "#1", "=n", "what?", "", "ratio", "x.y", "NA", "0"]
SPELLINGS = ["+3", "-1", " 3", "3 ", "03", "3.", ".5", "3.5", "3,000", "0x3", "NaN", "inf", "<5", "1e",
             "1e-5", "1e15", "12345678901234567", "1e+5.0", "٣", "three", "*", "null", "0e0", "1.5e0", "-"]
BYTES = [b'"', b'""', b",", b"\n", b"\r", b"\r\n", b"\n\n", b"\0", b"\xff", b"\xc3", b"\xed\xa0\x80", b" ",
         b"\xef\xbb\xbf", b"x", b";", b'"\n', b'",']


def number(rng, x):
    """One of the spellings of the count x."""
    text = str(x)
    how = rng.random()
    if how < 0.1:
        text += ".0"
    elif how < 0.13:
        text += "." + "0" * rng.randint(1, 6)
    elif how < 0.16 and x and x % 1000 == 0:
        digits = text.rstrip("0")
        e = len(text) - 1
        text = digits[0] + ("." + digits[1:] if digits[1:] else "") + rng.choice(["e", "E"]) + \
            rng.choice(["", "+"]) + rng.choice(["%d", "%02d"]) % e
    return text


def count_cell(rng, table):
    how = rng.random()
    if how < 0.04:
        return rng.choice(["", "NA"] + table["missing"])
    if how < 0.07:
        return table["token"]
    top = rng.choice([3, 12, 12, 100, 5000, 10**9, 10**12])
    x = rng.randrange(top)
    return number(rng, x * 1000 if rng.random() < 0.05 else x)


def text_cell(rng):
    how = rng.random()
    if how < 0.1:
        return ""
    if how < 0.2:
        return rng.choice(["a,b", 'q"uote', "line\nbreak", "cr\r\nlf", " ", "é", "\u2028", "\U0001F30A", ";", "\t",
                           '"', '""', ",", "007", "1e5", "NA", "[REDACTED]"])
    return rng.choice(["a", "b", "c", "F", "M", "asthma", "copd", MARK + str(rng.randrange(100))])


def written(rng, text, table):
    special = any(c in text for c in '"\n\r' + table["delimiter"])
    if special or rng.random() < table["quoting"]:
        return '"' + text.replace('"', '""') + '"'
    return text


def make_plan(rng, names):
    """A plan for random columns, and what each column holds."""
    plan = {"version": 1, "other": rng.choice(["keep", "keep", "keep", "drop"])}
    if rng.random() < 0.7:
        base = rng.choice(sorted(reference.POLICIES))
        plan["policy"] = base
        if rng.random() < 0.4:
            plan["policy"] = {"base": base}
            for key, values in (("threshold", [5, 7, 10, 20]), ("zeros", ["keep", "redact"]), ("round_to", [1, 5, 6, 7, 10]),
                                ("rounding", ["nearest", "half-up", "midpoint", "up", "down"]),
                                ("token", ["*", "[R]", "", "a,b", "<=7", 'a"b'])):
                if rng.random() < 0.4:
                    plan["policy"][key] = rng.choice(values)
    holds, counted = {}, []
    for name in names:
        kind = rng.choice(["drop", "keep", "count", "count", "redact", "round", "blank", "other"])
        if kind == "blank" and counted:
            plan.setdefault("blank", {}).setdefault(rng.choice(counted), []).append("=" + name)
        elif kind in ("drop", "keep") + reference.COUNTS:
            plan.setdefault(kind, []).append("=" + name)
            if kind in reference.COUNTS:
                counted.append("=" + name)
        holds[name] = kind
    if counted and rng.random() < 0.5:
        for i in range(rng.randint(1, 2)):
            free = [n for n in names if holds[n] in ("other", "blank") and not any("=" + n in b for b in plan.get("blank", {}).values())]
            name = rng.choice(free) if free and rng.random() < 0.5 else "new %d" % i
            kind = rng.choice(["ratio", "percent"])
            if not any(name in plan.get(k, {}) for k in ("ratio", "percent")):
                plan.setdefault(kind, {})[name] = [rng.choice(counted), rng.choice(counted)]
    return plan, holds


def own_settings(rng, plan):
    """Sometimes the counts are a list of maps, one of them with words of its own."""
    if "count" in plan and rng.random() < 0.2:
        columns = plan["count"]
        at = rng.randrange(len(columns)) + 1
        own = rng.choice([{"threshold": 10, "round_to": 1}, {"token": "(low)"}, {"zeros": "redact"}, {"token": "0"},
                          {"zeros": "keep"}, {"round_to": 10, "rounding": "midpoint", "threshold": 0}])
        plan["count"] = [dict(own, columns=columns[:at])] + ([{"columns": columns[at:]}] if columns[at:] else [])


def good_plan(rng, names):
    """Mostly a plan that is not refused by itself: the table is what should be judged."""
    for last in [False] * 6 + [True]:
        plan, holds = make_plan(rng, names)
        own_settings(rng, plan)
        try:
            reference.check_plan(plan)
            return plan, holds
        except reference.Refuse:
            if last or rng.random() < 0.05:
                return plan, holds


def add_where(rng, plan, names, rows):
    """A condition on one column, with values that are there; != has no plan form but a flag."""
    name = rng.choice(names)
    values = rng.sample(sorted({r[names.index(name)] for r in rows} | {"a"}), 1)
    if any("," in v or "\n" in v for v in values):
        return []
    plan["where"] = {"=" + name: values}
    if rng.random() < 0.5 or not re.fullmatch("[a-z_ .]+", name):
        return []
    plan["where"] = {}
    return ["--where", "%s!=%s" % (name, values[0])]


def make_table(rng, names, holds, table):
    rows = rng.choice([0, 1, 2, 5, 20, 60]) if rng.random() < 0.93 else rng.randint(2000, 9000)
    cells = [[count_cell(rng, table) if holds[n] in reference.COUNTS else text_cell(rng) for n in names] for _ in range(rows)]
    if rows and rng.random() < 0.12:
        col = [i for i, n in enumerate(names) if holds[n] in reference.COUNTS]
        if col:
            cells[rng.randrange(rows)][rng.choice(col)] = rng.choice(SPELLINGS)
    return cells


def spell(rng, names, cells, table):
    """The bytes of the file."""
    ends = rng.choice([["\n"], ["\n"], ["\r\n"], ["\n", "\r\n"]])
    text = ""
    lines = []
    for row in [names] + cells:
        fields = [written(rng, f, table) for f in row]
        if fields == [""]:
            fields = ['""']
        lines.append(table["delimiter"].join(fields))
    text = "".join(line + rng.choice(ends) for line in lines[:-1]) + lines[-1]
    last = rng.random()
    text += "" if last < 0.15 else ends[0] * (1 if last < 0.9 else rng.randint(2, 4))
    data = ("\ufeff" if rng.random() < 0.1 else "").encode() + text.encode()
    if rng.random() < 0.3:
        at = rng.randrange(len(data) + 1)
        data = data[:at] + rng.choice(BYTES) + data[at + rng.choice([0, 0, 0, 1]):]
    elif rng.random() < 0.05:
        data = data[:rng.randrange(len(data) + 1)]
    return data


def make_case(rng):
    names = rng.sample(NAMES, rng.randint(1, 8))
    table = {"delimiter": rng.choice([","] * 8 + [";", "\t"]), "quoting": rng.choice([0, 0, 0.3, 1]),
             "missing": rng.choice([[], [], ["n/a"], ["not known", "-"]])}
    plan, holds = good_plan(rng, names)
    table["token"] = reference.policy_settings(plan)["token"]
    cells = make_table(rng, names, holds, table)
    flags = add_where(rng, plan, names, cells) if rng.random() < 0.3 else []
    opinion = dict(plan, delimiter=table["delimiter"], missing=table["missing"])
    if flags:
        name, value = flags[1].split("!=", 1)
        opinion["where"] = {name: {"not": [value]}}
        plan.pop("where")
    if rng.random() < 0.1:
        opinion["crlf"] = True
        flags.append("--crlf")
    if table["delimiter"] != ",":
        flags += ["--delimiter", table["delimiter"]]
    for text in table["missing"]:
        flags += ["--missing", text]
    return spell(rng, names, cells, table), plan, opinion, flags


PLACE = re.compile(r"sluice: (?P<file>.*?):(?:(?P<line>\d+):)?(?:(?P<column>\d+):)? (?P<text>.+)\n")


def judge_refusal(refusal, done, where):
    """What is wrong with how a table was refused, or None."""
    said = done.stderr.decode("utf-8", "replace")
    if done.returncode not in refusal.statuses:
        return "exit status %d instead of %s (%s %s)" % (done.returncode, refusal.statuses, refusal.code, said)
    m = PLACE.fullmatch(said)
    if MARK in said:
        return "a cell is in the message: " + said
    if refusal.code in ("COLUMNS", "PLAN"):
        return None
    if not m or m["file"] != where:
        return "the message has no place: " + said
    for line, column in refusal.places:
        if line in (None, int(m["line"] or 0)) and column in (None, int(m["column"] or 0)):
            return None
    return "%s at %s, but: %s" % (refusal.code, refusal.places, said)


def one(program, seed, folder):
    """Run one case; returns what is wrong or None, and how to look at it again."""
    rng = random.Random(seed)
    data, plan, opinion, flags = make_case(rng)
    try:
        want, refusal = reference.run(data, opinion), None
    except reference.Refuse as r:
        want, refusal = None, r
    zipped, piped = rng.random() < 0.2, rng.random() < 0.3
    name = os.path.join(folder, "in.csv" + (".gz" if zipped else ""))
    with open(name, "wb") as f:
        f.write(gzip.compress(data) if zipped else data)
    out = os.path.join(folder, "out.csv")
    command = [program, "run", "--quiet", "--config", json.dumps(plan), "-o", out, "-j", str(rng.choice([1, 2, 4]))] + flags
    if rng.random() < 0.3:
        command += ["--isa", "scalar"]
    if rng.random() < 0.6:  # chunks so small that every border falls somewhere
        command += ["--chunk-bytes", str(rng.choice([1, 7, 64, 100, 1000, 4096, 65536]))]
    packed = rng.random() < 0.2
    if packed:
        command += rng.choice([["-z"], ["--gzip=6"], ["--bgzf"]])
    if piped:
        with open(name, "rb") as f:
            done = subprocess.run(command, stdin=f, capture_output=True, timeout=60)
    else:
        done = subprocess.run(command + [name], capture_output=True, timeout=60)
    got = None
    if os.path.exists(out):
        with open(out, "rb") as f:
            got = gzip.decompress(f.read()) if packed else f.read()
        os.remove(out)
    with open(os.path.join(folder, "again.json"), "w") as f:
        json.dump({"plan": opinion, "flags": flags, "command": command}, f)
    if refusal:
        wrong = judge_refusal(refusal, done, "<stdin>" if piped else name)
        return wrong or ("an output was left" if got is not None else None), refusal.code
    if done.returncode or done.stderr:
        return "exit status %d: %s" % (done.returncode, done.stderr.decode("utf-8", "replace")), "rows"
    if got != want:
        return "other bytes:\n  want %r\n  got  %r" % (want[:600], (got or b"")[:600]), "rows"
    return None, "rows"


def main():
    p = argparse.ArgumentParser()
    p.add_argument("program")
    p.add_argument("--tables", type=int, default=300)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--only", type=int)
    p.add_argument("--keep")
    a = p.parse_args()
    program = os.path.abspath(a.program)
    numbers = range(a.tables) if a.only is None else [a.only]
    failed, kinds = 0, {}
    for i in numbers:
        with tempfile.TemporaryDirectory(prefix="compare-") as folder:
            wrong, kind = one(program, "%d/%d" % (a.seed, i), folder)
            kinds[kind] = kinds.get(kind, 0) + 1
            if wrong:
                failed += 1
                print("table %d: %s" % (i, wrong))
                if a.keep:
                    os.makedirs(a.keep, exist_ok=True)
                    os.rename(folder, os.path.join(a.keep, "table-%d" % i))
                    os.makedirs(folder)
    print(", ".join("%s %d" % k for k in sorted(kinds.items())))
    print("%d passed, %d failed" % (len(numbers) - failed, failed))
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
