#!/usr/bin/env python3
"""Grouping, once more: slow, plain, written from the README and not from the C.

    tests/judge/group_reference.py RULES.json <in.csv >out.csv

RULES is what reference.py reads, with "group": {"by": [...], "bins": {...}, "rows": NAME,
"persons": {NAME: COLUMN}, "sum": {NAME: COLUMN or {"column": ..., "contributor": COLUMN, "dominance": [{"n": N,
"k": K}], "p_percent": P}}, "mean": {NAME: COLUMN or {"column": ..., "digits": N}},
"perturb": {"table": FILE, "key": FILE, "by": COLUMN}, "totals": [...], "totals_from": "released" | "raw"}.  Sets for persons, Python's integers for
sums, Fraction for means, datetime for dates.
"""
import datetime
import json
import re
import sys
from fractions import Fraction

from reference import (COUNTS, REDACTED, bare, bind, check_plan, count, holds, policy_map, quoted, released, rule_maps,
                       policy_settings, write_row)
from guards_reference import Noise, is_unsafe, perturb
from strict_csv import Field, Refuse, encoding_refusal, read_header, read_rows, records

TOTAL = (1, b"Total")  # a key's field is (0, text): a total comes after all of them
LIMIT = 10**15
KEY_BYTES = 64 << 10
DECIMAL = re.compile(rb"(-?)(0|[1-9][0-9]{0,14})\.([0-9]+)\Z")
DATE = re.compile(rb"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ][0-9:.Z+-]+)?\Z")


def number_refusal(field, place):
    return Refuse("NUMBER", {3}, (field.line, place))


# ---- what is read of a row -----------------------------------------------------------

def missing_texts(plan):
    return {b"", b"NA"} | {t.encode() for t in plan.get("missing", [])}


def band(text, bins):
    """The name of the band, or None when there is none."""
    if isinstance(bins, str):
        m = DATE.match(text)
        try:
            day = datetime.date(*(int(x) for x in m.groups())) if m else None
        except ValueError:
            day = None
        if day is None:
            return None
        return {"year": "%04d" % day.year, "month": "%04d-%02d" % (day.year, day.month),
                "quarter": "%04d-Q%d" % (day.year, (day.month + 2) // 3)}[bins].encode()
    x = count(text)
    below = [edge for edge in bins if x is not None and edge <= x]
    if not below:
        return None
    if len(below) == len(bins):
        return b"%d+" % below[-1]
    last = bins[len(below)] - 1
    return b"%d" % last if last == below[-1] else b"%d-%d" % (below[-1], last)


def key_of(row, columns, plan, absent):
    fields = []
    for place, bins, totals in columns:
        f = row[place]
        text = f.text
        if bins is not None and text not in absent:
            text = band(text, bins)
            if text is None:
                raise number_refusal(f, place + 1)
        if totals and text == b"Total":
            raise number_refusal(f, place + 1)
        fields.append(text)
        if sum(map(len, fields)) + len(fields) - 1 > KEY_BYTES - len(columns):
            raise number_refusal(f, place + 1)
    return tuple((0, text) for text in fields)


def decimal(text):
    """A Fraction, or None."""
    x = count(text[1:] if text[:1] == b"-" else text)
    if x is not None:
        return Fraction(-x if text[:1] == b"-" else x)
    m = DECIMAL.match(text)
    if not m or len(m[3].rstrip(b"0")) > 9:
        return None
    size = Fraction(int(m[2] + m[3]), 10**len(m[3]))
    return -size if m[1] else size


def value_of(field, place, kind, plan, absent, is_cut):
    """A number, or None when it is missing."""
    if is_cut and field.raw == b"":
        raise number_refusal(field, place + 1)
    text = field.text
    x = decimal(text) if kind == "mean" else count(text)
    if x is not None:
        return x
    if text in absent:
        return None
    if kind == "sum" and text in (b"T", b"F"):
        return int(text == b"T")
    raise number_refusal(field, place + 1)


# ---- groups ----------------------------------------------------------------------------

class Group:
    def __init__(self, n):
        self.rows = 0
        self.persons = [set() for _ in range(n["persons"])]
        self.sums = [0] * n["sum"]
        self.amounts = [{} for _ in range(n["sum"])]  # by contributor
        self.records = 0  # the rows' record keys
        self.means = [[] for _ in range(n["mean"])]


def columns_of(group, names):
    """The places of what is read: by (place, bins, totals), and a list of places by kind."""
    def place(name):
        if bare(name) not in names:
            raise Refuse("COLUMNS", {2, 3}, (None, None))
        return names.index(bare(name))

    def column(said):
        return place(said["column"] if isinstance(said, dict) else said)

    bins = {bare(name): b for name, b in group.get("bins", {}).items()}
    totals = [bare(name) for name in group.get("totals", [])]
    by = [(place(name), bins.get(bare(name)), bare(name) in totals) for name in group["by"]]
    read = {"persons": [place(c) for c in group.get("persons", {}).values()],
            "sum": [column(c) for c in group.get("sum", {}).values()],
            "mean": [column(c) for c in group.get("mean", {}).values()]}
    whose = [place(c["contributor"]) if isinstance(c, dict) else None for c in group.get("sum", {}).values()]
    return by, read, whose


def subsets(group):
    """Every choice of the columns with totals but none, each as a set of places in the key."""
    at = [[bare(b) for b in group["by"]].index(bare(t)) for t in group.get("totals", [])]
    return [{p for i, p in enumerate(at) if choice >> i & 1} for choice in range(1, 1 << len(at))]


def total_key(key, places):
    return tuple(TOTAL if i in places else field for i, field in enumerate(key))


def fold(rows, plan, group, names, noise=None):
    """Groups by key; raises at the first row that is not as it should be."""
    by, read, whose = columns_of(group, names)
    absent = missing_texts(plan)
    found, refusal = read_rows(rows, len(names))
    raw_totals = subsets(group) if group.get("totals_from") == "raw" else []
    n = {kind: len(places) for kind, places in read.items()}
    groups = {}
    for i, (row, ended) in enumerate(found):
        if not holds(plan.get("where", {}), row, names):
            continue
        is_cut = not ended and i + 1 == len(found)
        key = key_of(row, by, plan, absent)
        keys = [key] + [total_key(key, places) for places in raw_totals]
        into = [groups.setdefault(k, Group(n)) for k in keys]
        for g in into:
            g.rows += 1
            g.records += noise.of_row(row, absent) if noise else 0
        for kind in ("sum", "mean"):
            for k, place in enumerate(read[kind]):
                x = value_of(row[place], place, kind, plan, absent, is_cut and place + 1 == len(names))
                for g in into if x is not None else ():
                    if kind == "sum":
                        g.sums[k] += x
                        if whose[k] is not None:  # missing contributors are one
                            who = b"" if row[whose[k]].text in absent else row[whose[k]].text
                            g.amounts[k][who] = g.amounts[k].get(who, 0) + x
                    else:
                        g.means[k].append(x)
        for k, place in enumerate(read["persons"]):
            if row[place].text not in absent:
                for g in into:
                    g.persons[k].add(row[place].text)
    if refusal:
        raise refusal
    return groups


# ---- the grouped table ---------------------------------------------------------------------

def mean_text(values, digits):
    if not values:
        return ""
    x = sum(values) / len(values) * 10**digits
    q = round(x)  # Fraction's ties go to even
    text = str(abs(q)).rjust(digits + 1, "0")
    text = text[:-digits] + "." + text[-digits:] if digits else text
    return "-" + text if q < 0 else text


def made(group):
    """Names of the columns that are made, in order: (name, kind, which, digits)."""
    out = [(group["rows"], "rows", 0, 0)] if "rows" in group else []
    for kind in ("persons", "sum"):
        out += [(name, kind, k, 0) for k, name in enumerate(group.get(kind, {}))]
    for k, (name, c) in enumerate(group.get("mean", {}).items()):
        out += [(name + "_n", "mean_n", k, 0), (name, "mean", k, c.get("digits", 1) if isinstance(c, dict) else 1)]
    return out


def cells(g, columns):
    """What the columns of counts have by name, and the texts of the means."""
    counts, texts = {}, {}
    for name, kind, k, digits in columns:
        name = name.encode()
        if kind == "mean":
            texts[name] = mean_text(g.means[k], digits)
            continue
        counts[name] = {"rows": lambda: g.rows, "persons": lambda: len(g.persons[k]), "sum": lambda: g.sums[k],
                        "mean_n": lambda: len(g.means[k])}[kind]()
    return counts, texts


def hide_unsafe(values, g, group, bound, policy):
    """Sums that go whatever they come to."""
    for k, (name, said) in enumerate(group.get("sum", {}).items()):
        rule = bound[name.encode()]
        if not isinstance(said, dict) or rule[0] not in COUNTS:
            continue
        if is_unsafe(said, g.amounts[k], policy["threshold"] if rule[0] == "round" else rule[1]["threshold"]):
            values[name.encode()] = REDACTED


def check_limit(counts, values):
    """What is told has no more than 15 digits; a sum that goes anyway isn't told."""
    if any(counts[name] >= LIMIT and values[name] != REDACTED for name in counts):
        raise Refuse("LIMIT", {3}, (None, None))


def check_contributors(group, policy, bound):
    for name, said in group.get("sum", {}).items():
        if not isinstance(said, dict):
            continue
        if not ("dominance" in said or "p_percent" in said) and policy["threshold"] is None:
            raise Refuse("PLAN", {2}, (None, None))
        if bound[name.encode()][0] not in COUNTS + ("drop",):
            raise Refuse("PLAN", {2, 3}, (None, None))


def few(name):
    """What stands for the counts of which one may be low, so that the mean goes."""
    return b"\0few of " + name


def hide_means(bound, group, columns, plan):
    """A mean goes with the number of its values, and with every number of persons; these must be
    such as can be redacted."""
    means = [name.encode() for name, kind, _, _ in columns if kind == "mean"]
    for name in means:
        if bound[name] != ("blank", name + b"_n"):
            continue  # there is a rule of its own
        parts = [name + b"_n"] + [p.encode() for p in group.get("persons", {})]
        if any(bound[p][0] not in ("count", "redact") or bound[p][1]["threshold"] is None for p in parts):
            raise Refuse("PLAN", {2, 3}, (None, None))
        bound[name] = ("blank", few(name))
    return [name for name in means if bound[name][0] == "blank"]


def rules(plan, names, columns):
    """The rules for the grouped table: those that the plan has, then the usual ones."""
    kinds = ("drop", "keep") + COUNTS
    said = {k: plan[k] for k in kinds + ("policy", "ratio", "percent", "blank") if k in plan}
    claimed = {bare(c) for kind in kinds for part, _ in rule_maps(plan.get(kind, [])) for c in part}
    claimed |= {bare(c) for part in plan.get("blank", {}).values() for c in part}
    claimed |= {c.encode() for kind in ("ratio", "percent") for c in plan.get(kind, {})}
    said["keep"] = list(said.get("keep", [])) + ["=" + n.decode() for n in names if n not in claimed]
    said["blank"] = {k: list(v) for k, v in plan.get("blank", {}).items()}
    counts = []
    for name, kind, _, _ in columns:
        if name.encode() not in claimed and kind == "mean":
            said["blank"].setdefault("=" + name + "_n", []).append("=" + name)
        elif name.encode() not in claimed:
            counts.append("=" + name)
    said["count"] = [{"columns": part, **own} for part, own in rule_maps(plan.get("count", [])) if part]
    said["count"] += [{"columns": counts}] if counts else []
    return said


def check_totals(plan, group, bound):
    """Not everything adds up."""
    if not group.get("totals") or group.get("totals_from") == "raw":
        return
    midpoints = any(kind in ("count", "round") and s["rounding"] == "midpoint" and s["round_to"] != 1
                    for kind, s in bound.values() if kind in COUNTS)
    if midpoints or group.get("persons") or group.get("mean"):
        raise Refuse("PLAN", {2}, (None, None))


def release(raw, bound):
    """What is released of the counts."""
    return {name: released(x, *bound[name]) if bound[name][0] in COUNTS else x for name, x in raw.items()}


def add_totals(rows, group, bound):
    """Totals as sums of the released counts of their parts."""
    totals = {}
    for key, (values, _) in rows.items():
        for places in subsets(group):
            parts = totals.setdefault(total_key(key, places), [])
            parts.append(values)
    for key, parts in totals.items():
        values = {}
        for name in parts[0]:
            found = [p[name] for p in parts]
            shown = bound[name][0] in COUNTS and bound[name][1]["token"] == "0"  # redacted as 0, released as 0
            found = [0 if x == REDACTED and shown else x for x in found]
            values[name] = REDACTED if REDACTED in found else sum(found)
            if values[name] == 0 and shown:
                values[name] = REDACTED  # which is how a 0 is printed there
        rows[key] = values, {}


def run(data, plan):
    """The bytes that sluice run should write, or Refuse."""
    delimiter = plan.get("delimiter", ",").encode()
    group = plan["group"]
    check_plan(plan)
    s = policy_settings(plan)
    if s["threshold"] is None and s["round_to"] == 1 or s["threshold"] is None and group.get("mean"):
        raise Refuse("PLAN", {2}, (None, None))
    encoding_refusal(data)
    table = records(data[3:] if data[:3] == b"\xef\xbb\xbf" else data, delimiter)
    names = [f.text for f in read_header(table)]
    for column in plan.get("where", {}):
        if bare(column) not in names:
            raise Refuse("COLUMNS", {2, 3}, (None, None))
    columns = made(group)
    keys = [bare(b) for b in group["by"]]
    said = rules(plan, keys, columns)
    check_plan(said)
    columns_of(group, names)
    base, bound, out = bind(said, keys + [c[0].encode() for c in columns])
    check_totals(plan, group, bound)
    check_contributors(group, s, bound)
    hidden = hide_means(bound, group, columns, plan)
    rows = {}
    noise = Noise(group["perturb"], names) if "perturb" in group else None
    for key, g in fold(table, plan, group, names, noise).items():
        counts, texts = cells(g, columns)
        values = perturb(g, columns, counts, lambda raw: release(raw, bound), noise) if noise else release(counts, bound)
        if values is None:
            continue
        hide_unsafe(values, g, group, bound, s)
        check_limit(counts, values)
        for name in hidden:
            parts = [name + b"_n"] + [p.encode() for p in group.get("persons", {})]
            values[few(name)] = REDACTED if any(values[p] == REDACTED for p in parts) else 0
        rows[key] = values, texts
    if group.get("totals") and group.get("totals_from") != "raw":
        add_totals(rows, group, bound)
    return written(rows, keys, columns, base, bound, out, delimiter, plan)


def written(rows, keys, columns, base, bound, out, delimiter, plan):
    end = b"\r\n" if plan.get("crlf", policy_map(plan).get("base") == "ehrql") else b"\n"
    names = keys + [c[0].encode() for c in columns]
    head = [quoted(name, delimiter) for name in out]
    lines = [b'""' if head == [b""] else delimiter.join(head)]
    for key in sorted(rows):
        values, texts = rows[key]
        raw = {name: text for name, (_, text) in zip(keys, key)}
        raw.update((name, str(values[name]).encode()) for name in values)
        raw.update((name, text.encode()) for name, text in texts.items())
        row = [Field(quoted(raw.get(name, b""), delimiter), 0) for name in names]
        lines.append(write_row(out, row, names, values, bound, base, delimiter))
    if any(x not in (REDACTED,) and x >= LIMIT for values, _ in rows.values() for x in values.values()):
        raise Refuse("LIMIT", {3}, (None, None))
    return b"".join(line + end for line in lines)


def main():
    with open(sys.argv[1]) as f:
        plan = json.load(f)
    try:
        sys.stdout.buffer.write(run(sys.stdin.buffer.read(), plan))
    except Refuse as r:
        print("%s: %s" % (r.code, r.places), file=sys.stderr)
        return min(r.statuses)
    return 0


if __name__ == "__main__":
    sys.exit(main())
