#!/usr/bin/env python3
"""What sluice run does, once more: slow, plain, written from the README and not from the C.

    tests/judge/reference.py RULES.json <in.csv >out.csv

RULES is a plan of bare rules as the README has it, names without globs (a leading '='
is fine), and the keys "delimiter", "missing" and "crlf" for what flags say.  It is
the other opinion that compare.py asks for; nothing here is meant to be fast.
"""
import json
import re
import sys

from strict_csv import Refuse, data_refusal, encoding_refusal, read_header, read_rows, records

POLICIES = {  # threshold, zeros, token, rounding, base
    "opensafely": (7, "redact", "[REDACTED]", "nearest", 5),
    "ehrql": (7, "redact", "0", "nearest", 5),
    "midpoint6": (None, "keep", "", "midpoint", 6),
    "cohort-extractor": (5, "keep", "", "nearest", 1),
    "hes": (7, "keep", "*", "nearest", 5),
    "cms": (10, "keep", "*", "nearest", 1),
}
SETTINGS = ("threshold", "zeros", "token", "rounding", "round_to")
COUNTS = ("count", "redact", "round")
REDACTED, MISSING = "redacted", "missing"




# ---- counts --------------------------------------------------------------------------

PLAIN = re.compile(rb"(0|[1-9][0-9]{0,14})(\.0+)?\Z")
POWER = re.compile(rb"([1-9][0-9]{0,14})(?:\.([0-9]+))?[eE]\+?([0-9]{1,2})\Z")


def count(text):
    """The integer that the text spells, or None."""
    m = PLAIN.match(text)
    if m:
        return int(m[1])
    m = POWER.match(text)
    if not m:
        return None
    fraction = (m[2] or b"").rstrip(b"0")
    if len(fraction) > int(m[3]):
        return None
    value = int(m[1] + fraction) * 10 ** (int(m[3]) - len(fraction))
    return value if value < 10**15 else None


def rounded(x, how, base):
    down, rest = x // base * base, x % base
    if how == "nearest":
        up = 2 * rest > base or (2 * rest == base and x // base % 2 == 1)
    elif how == "half-up":
        up = 2 * rest >= base
    elif how == "midpoint":
        return x if x == 0 or base == 1 else -(-x // base) * base - base // 2
    else:
        up = how == "up" and rest > 0
    return down + base if up else down


def released(x, kind, s):
    """What becomes of the count x under a rule of that kind: a count or REDACTED."""
    low = s["threshold"] is not None and x <= s["threshold"] and not (x == 0 and s["zeros"] == "keep")
    if kind != "round" and low:
        return REDACTED
    return x if kind == "redact" else rounded(x, s["rounding"], s["round_to"])


def shows_the_redacted(s):
    t = s["threshold"]
    return t is not None and any(rounded(x, s["rounding"], s["round_to"]) <= t
                                 for x in range(t + 1, t + 2 * s["round_to"] + 2))


def fraction_text(num, den, digits):
    if digits is None:
        return repr(num / den)
    q, r = divmod(num * 10**digits, den)
    q += 2 * r > den or (2 * r == den and q & 1)
    text = str(q).rjust(digits + 1, "0")
    return text[:-digits] + "." + text[-digits:] if digits else text


# ---- rules ---------------------------------------------------------------------------

def bare(name):
    return (name[1:] if name[:1] == "=" else name).encode()


def policy_map(plan):
    policy = plan.get("policy", {})
    return policy if isinstance(policy, dict) else {"base": policy}


def policy_settings(plan):
    policy = policy_map(plan)
    s = dict(zip(SETTINGS, POLICIES[policy.get("base", "opensafely")]))
    s.update({k: v for k, v in policy.items() if k in SETTINGS})
    return s


def rule_maps(said):
    """A rule's parts: a list of columns, or a list of maps with columns and settings."""
    if said and isinstance(said[0], dict):
        return [(m["columns"], {k: v for k, v in m.items() if k != "columns"}) for m in said]
    return [(said, {})]


def check_plan(plan):
    """Refuse a plan that shows what it redacts, or a rule that would do nothing."""
    base = policy_settings(plan)
    said = policy_map(plan)
    for kind in COUNTS:
        for columns, own in rule_maps(plan.get(kind, [])):
            s = dict(base, **own)
            low = s["threshold"] is not None and kind != "round"
            if kind == "count" and columns and shows_the_redacted(s):
                raise Refuse("PLAN", {2}, (None, None))
            if columns and not low and (kind == "redact" or s["round_to"] == 1):
                raise Refuse("PLAN", {2}, (None, None))
    if "rounding" in said and "round_to" not in said and base["round_to"] == 1:
        raise Refuse("PLAN", {2}, (None, None))
    for name in [*plan.get("ratio", {}), *plan.get("percent", {})]:
        if not name or any(ord(c) < 32 for c in name):
            raise Refuse("PLAN", {2}, (None, None))


def bind(plan, names):
    """Which rule each column has: (kind, settings or parts), new columns after the others."""
    base = policy_settings(plan)
    bound, order = {}, list(names)

    def claim(name, rule):
        if name not in names:
            raise Refuse("COLUMNS", {2, 3}, (None, None))
        if name in bound:
            raise Refuse("COLUMNS", {2}, (None, None))
        bound[name] = rule

    for kind in ("drop", "keep") + COUNTS:
        for columns, own in rule_maps(plan.get(kind, [])):
            settings = dict(base, **own)
            for name in columns:
                claim(bare(name), (kind, settings))
    for counted, columns in plan.get("blank", {}).items():
        kind, s = bound.get(bare(counted), ("", None))
        if kind not in ("count", "redact") or s["threshold"] is None:
            raise Refuse("PLAN", {2, 3}, (None, None))
        for name in columns:
            claim(bare(name), ("blank", bare(counted)))
    for kind in ("ratio", "percent"):
        for name, (num, den) in plan.get(kind, {}).items():
            name = name.encode()  # what is made has a name, no selector
            if name not in names:
                order.append(name)
                names = names + [name]
            claim(name, (kind, (bare(num), bare(den))))
    for name in order:
        bound.setdefault(name, (plan.get("other", "refuse"), None))
    if any(kind == "refuse" for kind, _ in bound.values()):
        raise Refuse("COLUMNS", {2, 3}, (None, None))
    out = [name for name in order if bound[name][0] != "drop"]
    if not out:
        raise Refuse("COLUMNS", {2, 3}, (None, None))
    return base, bound, out


def holds(where, row, names):
    """where: column -> values, or column -> {"not": values} (what the flag != says)."""
    for column, values in where.items():
        negated = isinstance(values, dict)
        values = values["not"] if negated else values
        there = row[names.index(bare(column))].text in [v.encode() for v in values]
        if there == negated:
            return False
    return True


def read_counts(plan, bound, names, row, ended, last):
    """Released values of a row's counts by name, and the places of cells that are none."""
    values, wrong = {}, []
    missing = {b"", b"NA"} | {t.encode() for t in plan.get("missing", [])}
    for i, name in enumerate(names):
        kind, s = bound[name]
        if kind not in COUNTS:
            continue
        f = row[i]
        x = count(f.text)
        if f.raw == b"" and last and not ended and i + 1 == len(names):
            wrong.append((f.line, i + 1))
        elif x is not None:
            values[name] = released(x, kind, s)
        elif f.text == s["token"].encode():
            values[name] = REDACTED
        elif f.text in missing:
            values[name] = MISSING
        else:
            wrong.append((f.line, i + 1))
    return values, wrong


def gone(base):
    """What stands for a statistic or a ratio: never 0, which would be one that nobody measured."""
    return base["token"] if base["token"] != "0" else ""


def derived(kind, parts, values, bound, base):
    """A ratio's text."""
    num, den = (0 if values[p] == REDACTED and bound[p][1]["token"] == "0" else values[p] for p in parts)
    if REDACTED in (num, den):
        return gone(base)
    if MISSING in (num, den) or den == 0:
        return ""
    return fraction_text(num * (100 if kind == "percent" else 1), den, None)


def quoted(text, delimiter):
    if any(c in text for c in (b'"', b"\n", b"\r", delimiter)):
        return b'"' + text.replace(b'"', b'""') + b'"'
    return text


def write_row(out, row, names, values, bound, base, delimiter):
    cells = []
    for name in out:
        kind, arg = bound[name]
        raw = row[names.index(name)].raw if name in names else b""
        if kind in COUNTS:
            v = values[name]
            cells.append(raw if v == MISSING else
                         quoted((arg["token"] if v == REDACTED else str(v)).encode(), delimiter))
        elif kind in ("ratio", "percent"):
            cells.append(quoted(derived(kind, arg, values, bound, base).encode(), delimiter))
        elif kind == "blank" and values[arg] in (REDACTED, MISSING):
            cells.append(quoted(gone(base).encode(), delimiter))
        else:
            cells.append(raw)
    return b'""' if cells == [b""] else delimiter.join(cells)


def run(data, plan):
    """The bytes that sluice run should write, or Refuse."""
    delimiter = plan.get("delimiter", ",").encode()
    check_plan(plan)
    encoding_refusal(data)
    if data[:3] == b"\xef\xbb\xbf":
        data = data[3:]
    rows = records(data, delimiter)
    header = read_header(rows)
    names = [f.text for f in header]
    base, bound, out = bind(plan, names)
    for column in plan.get("where", {}):
        if bare(column) not in names:
            raise Refuse("COLUMNS", {2, 3}, (None, None))
        if bound[bare(column)][0] in COUNTS:
            raise Refuse("PLAN", {2}, (None, None))
    found, refusal = read_rows(rows, len(names))
    crlf = plan.get("crlf", policy_map(plan).get("base") == "ehrql")
    end = b"\r\n" if crlf else b"\n"
    raw = {f.text: f.raw for f in header}
    head = [raw.get(name, quoted(name, delimiter)) for name in out]
    lines = [b'""' if head == [b""] else delimiter.join(head)]
    wrong = []
    for i, (row, ended) in enumerate(found):
        if not holds(plan.get("where", {}), row, names):
            continue
        values, bad = read_counts(plan, bound, names, row, ended, i + 1 == len(found))
        wrong += bad
        if not bad:
            lines.append(write_row(out, row, names, values, bound, base, delimiter))
    if wrong:
        raise Refuse("NUMBER", {3}, wrong[0])
    if refusal:
        raise refusal
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
