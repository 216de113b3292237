"""Random tables of patients and events, and plans that group them, for group_compare.py.

What a table is like (spellings, order of persons, line ends) is drawn with it, so that a few
hundred meet most combinations.  Records are kept apart, so that a table can be cut between them.
"""
import os

import reference
from compare import MARK, number

KEYS = [["F", "M", ""], ["a", "b", "NA", "a,b", 'say "x"'], ["two\nlines", "cr\r\nlf", "é", "Zürich", " ", "\t"],
        ["North East", "North West", "Yorkshire and The Humber, all of it", "x" * 32, "x" * 33, "x" * 31],
        ["1", "1.0", "01", "10", "2"], ["\x01", "\x7f", "\u00ff", "\U0010FFFF", "a\x01"], ["Total sum", "total", "TOTAL", '"', '""']]
DAYS = ["2024-02-29", "2024-12-31T23:59:59Z", "1999-01-01", "2024-03-31 00:00", "2024-04-01", "0001-01-01"]
ODD_VALUES = ["-1", "3.5", "tt", "t", "007", " 1", "1,5", "1e5.5", "NaN", "0x1", MARK + "v", "TRUE", "1e15", "9" * 16]
ODD_DECIMALS = ["1e5.5", "1.", ".5", "T", "1.2.3", "--1", "-", "1e-3", "1.0000000001", MARK + "v", "1,5", "+1.5", "2.5e1"]
BANDS = [[0, 18, 40, 65], [0], [0, 1, 2, 3, 10], [5, 100], [0, 999999999999999]]


class Column:
    """name, what it holds, and a function that draws a cell."""

    def __init__(self, name, kind, draw):
        self.name, self.kind, self.draw = name, kind, draw


# ---- columns -----------------------------------------------------------------------------

def key_column(rng, name):
    if rng.random() < 0.1:  # many values
        many = rng.choice([30, 3000])
        return Column(name, "key", lambda i: "%s%d" % (MARK, rng.randrange(many)))
    pool = rng.choice(KEYS)
    pool = rng.sample(pool, rng.randint(1, len(pool)))
    return Column(name, "key", lambda i: rng.choice(pool))


def age_column(rng, name, low):
    top = rng.choice([5, 110, 10**15])
    return Column(name, "age", lambda i: "NA" if rng.random() < 0.03 else number(rng, rng.randrange(low, max(top, low + 1))))


def day_column(rng, name):
    def draw(i):
        how = rng.random()
        if how < 0.05:
            return rng.choice(["", "NA"])
        return rng.choice(DAYS) if how < 0.2 else "20%02d-%02d-%02d" % (rng.randrange(30), rng.randint(1, 12), rng.randint(1, 28))
    return Column(name, "day", draw)


def person_column(rng, name, rows):
    """In order as numbers or as text, a stretch of rows each; or in any order."""
    order = rng.choice(["numbers", "text", "any", "any", "nearly"])
    prefix = rng.choice(["", "", "p", "person-number-", "é" * 6, "0" * 14])
    many = rng.choice([1, 3, rows // 20 + 1, rows + 1])
    ids = [rng.randrange(10 ** rng.randint(1, 9)) for _ in range(rows)] if many > rows else [rng.randrange(many) * 7 for _ in range(rows)]
    texts = ["%s%d" % (prefix, x) for x in ids]
    if order != "any":
        texts.sort(key=lambda t: (len(t), t) if order == "numbers" else t.encode())
    if order == "nearly" and rows > 1:
        texts[-1] = prefix + "0"
    absent = rng.choice([0, 0, 0.05])
    return Column(name, "person", lambda i: rng.choice(["", "NA"]) if rng.random() < absent else texts[i])


def value_column(rng, name, missing):
    kind = rng.choice(["flag", "flag", "TF", "small", "large"])

    def draw(i):
        if rng.random() < 0.05:
            return rng.choice(["", "NA"] + missing)
        if kind == "flag":
            return rng.choice(["0", "1", "1.0"])
        if kind == "TF":
            return rng.choice("TF")
        return number(rng, rng.randrange(20 if kind == "small" else 10**11) * (1000 if rng.random() < 0.1 else 1))
    return Column(name, "value", draw)


def decimal_column(rng, name, missing):
    digits, top = rng.choice([0, 1, 1, 2, 9]), rng.choice([3, 50, 10**6, 10**15])

    def draw(i):
        if rng.random() < 0.05:
            return rng.choice(["", "NA"] + missing)
        text = str(rng.randrange(top))
        text += "." + "".join(rng.choice("0123456789") for _ in range(digits)) if digits and rng.random() < 0.9 else ""
        return ("-" if rng.random() < 0.3 else "") + text + ("000" if "." in text and rng.random() < 0.05 else "")
    return Column(name, "decimal", draw)


# ---- plans --------------------------------------------------------------------------------

def make_columns(rng, rows, missing):
    n_keys = rng.choice([1, 1, 2, 2, 3, 3, 4, 7, 9])
    columns = [key_column(rng, "k%d" % i) for i in range(n_keys)]
    bands = rng.choice(BANDS)
    if rng.random() < 0.4:
        columns.append(age_column(rng, "age, in years", bands[0]))
    if rng.random() < 0.4:
        columns.append(day_column(rng, "day"))
    columns += [person_column(rng, "p%d" % i, rows) for i in range(rng.choice([0, 1, 1, 2]))]
    columns += [value_column(rng, "v%d" % i, missing) for i in range(rng.choice([0, 1, 1, 5]))]
    columns += [decimal_column(rng, "d%d" % i, missing) for i in range(rng.choice([0, 0, 1, 2]))]
    rng.shuffle(columns)
    if rng.random() < 0.1:
        columns = [c for c in columns if c.kind == "key"][:1]
    return columns, bands


def whose(rng, columns, c):
    """A sum of which it is told who has what."""
    said = {"column": "=" + c.name, "contributor": "=" + rng.choice(columns).name}
    if rng.random() < 0.7:
        ks = [10, 50, 66.667, 75, 85, 90.909, 99.999999, 100]
        said["dominance"] = [{"n": n, "k": rng.choice(ks)} for n in rng.sample([1, 2, 3, 16], rng.randint(1, 3))]
    if rng.random() < 0.5:
        said["p_percent"] = rng.choice([0.0001, 1, 10, 15, 33.333333, 100])
    return said


def make_group(rng, columns, bands, contributors):
    """The grouping: every key column, what else there is mostly."""
    by = [c for c in columns if c.kind in ("key", "age", "day")]
    by = by if rng.random() < 0.7 else rng.sample(by, rng.randint(1, len(by)))
    by.sort(key=columns.index)
    if rng.random() < 0.3:
        rng.shuffle(by)
    group = {"by": ["=" + c.name for c in by]}
    bins = {"=" + c.name: bands if c.kind == "age" else rng.choice(["month", "quarter", "year"]) for c in by if c.kind != "key"}
    if bins and rng.random() < 0.9:
        group["bins"] = bins
    for c in columns:
        if c.kind == "person" and rng.random() < 0.8:
            group.setdefault("persons", {})["n of " + c.name] = "=" + c.name
        if c.kind == "value" and rng.random() < 0.9:
            told = contributors and rng.random() < 0.4
            group.setdefault("sum", {})["s_" + c.name] = whose(rng, [p for p in columns if p.kind in ("person", "key")], c) if told else "=" + c.name
        if c.kind == "decimal":
            group.setdefault("mean", {})["m_" + c.name] = rng.choice(
                ["=" + c.name, {"column": "=" + c.name, "digits": rng.choice([0, 1, 2, 3, 9, 15])}])
    if len(group) < 2 + ("bins" in group) or rng.random() < 0.8:
        group["rows"] = "n"
    if rng.random() < 0.4:
        group["totals"] = rng.sample(group["by"], rng.randint(1, min(3, len(group["by"]))))
        if "persons" in group or "mean" in group or rng.random() < 0.3:
            group["totals_from"] = "raw"
    return group


def make_policy(rng, group):
    if rng.random() < 0.4:  # raw values, so that every one is seen
        return {"base": "cms", "threshold": 0, "zeros": "keep"}
    base = rng.choice(sorted(reference.POLICIES))
    if base == "midpoint6" and rng.random() < 0.9 and ("mean" in group or "totals" in group):
        base = "opensafely"  # most that is refused would only be that
    policy = {"base": base}
    if rng.random() < 0.3:
        policy.update(rng.choice([{"token": "0"}, {"token": "a,b"}, {"threshold": 3, "round_to": 1}, {"zeros": "keep"},
                                  {"round_to": 10, "threshold": 10}, {"rounding": "half-up"}]))
    return policy


def make_rules(rng, plan):
    """Sometimes a rule of its own for what was made."""
    group = plan["group"]
    counts = [n for kind in ("persons", "sum") for n in group.get(kind, {})] + ([group["rows"]] if "rows" in group else [])
    how = rng.random()
    if not counts or how < 0.6:
        return
    name = "=" + rng.choice(counts)
    if how < 0.7:
        plan["count"] = [dict(rng.choice([{"threshold": 10, "round_to": 10}, {"token": "(low)"}, {"zeros": "keep"}]), columns=[name])]
    elif how < 0.76:
        plan[rng.choice(["redact", "round", "keep"])] = [name]
    elif how < 0.8 and len(counts) > 1:
        plan["drop"] = [name]
    elif len(counts) > 1:
        plan[rng.choice(["percent", "ratio"])] = {"share": ["=" + c for c in rng.sample(counts, 2)]}


# ---- noise --------------------------------------------------------------------------------

def write_ptable(rng, path):
    """Either form, random; some noise for every count from 1 on."""
    most, ons = rng.choice([1, 2, 5, 20]), rng.random() < 0.5
    lines = ["pcv,ckey,pvalue" if ons else "i;j;p;v;p_int_ub"]
    if ons and rng.random() < 0.15:
        most = 750
    keys = rng.choice([2, 7, 256])
    for i in range(rng.randint(0, 1) if ons else 0, most + 1):
        if ons:
            lines += ["%d,%d,%d" % (i, key, rng.randint(-min(i, 2), 2) if i else 0) for key in range(keys)]
            continue
        ends = sorted({rng.randint(1, 999999) for _ in range(rng.randint(0, 4))} if i else set()) + [1000000]
        for end in ends:
            v = rng.randint(-min(i, 5), 5) if i else 0
            lines.append("%d;%d;0;%d;%s" % (i, i + v, v, "1" if end == 1000000 else "0.%06d" % end))
    lines[-1] = lines[-1] if ons else "%d;%d;0;1;1" % (most, most + 1)  # so that there is any
    if ons:
        lines[-1] = "%d,%d,1" % (most, keys - 1)
    with open(path, "w") as f:
        f.write("\n".join(lines) + "\n")


def add_noise(rng, table, folder):
    """Counts of the grouping get noise, where it makes nothing else; the files are in the folder."""
    group = table.plan["group"]
    if "sum" in group or "mean" in group or ("totals" in group and group.get("totals_from") != "raw"):
        return
    people = [c.name for c in table.columns if c.kind in ("person", "key")]
    said = {"table": os.path.join(folder, "noise.csv"), "key": os.path.join(folder, "secret")}
    write_ptable(rng, said["table"])
    with open(said["key"], "wb") as f:
        f.write(rng.randbytes(rng.choice([16, 32, 64, 65, 200])))
    os.chmod(said["key"], 0o600)
    if "rows" in group:
        said["by"] = "=" + rng.choice(people)
    group["perturb"] = said


# ---- tables -------------------------------------------------------------------------------

class Table:
    """names, cells row by row, and how they are written."""

    def __init__(self, rng, rows, spoilt=True, contributors=False, only_counts=False):
        self.missing = rng.choice([[], [], ["n/a"], ["not known", "-"]])
        self.columns, bands = make_columns(rng, rows, self.missing)
        self.names = [c.name for c in self.columns]
        self.cells = [[c.draw(i) for c in self.columns] for i in range(rows)]
        self.delimiter = rng.choice([","] * 6 + [";", "\t"])
        self.plan = {"version": 1, "group": make_group(rng, self.columns, bands, contributors)}
        if only_counts:
            for kind in ("sum", "mean"):
                self.plan["group"].pop(kind, None)
            self.plan["group"].setdefault("rows", "n")
        self.plan["policy"] = make_policy(rng, self.plan["group"])
        make_rules(rng, self.plan)
        if rng.random() < 0.2 and rows:
            name = rng.choice(self.names)
            at = self.names.index(name)
            values = sorted({row[at] for row in self.cells})
            self.plan["where"] = {"=" + name: rng.sample(values, min(len(values), rng.randint(1, 3)))}
        if rows and spoilt and rng.random() < 0.2:
            self.spoil(rng)

    def spoil(self, rng):
        """A cell that is to be refused, if it is read at all."""
        at = rng.choice([i for i, c in enumerate(self.columns) for _ in range(1 if c.kind in ("key", "person") else 4)])
        odd = {"value": ODD_VALUES, "decimal": ODD_DECIMALS, "key": ["Total"], "age": ["-1", "4.5", "x", "Total"],
               "day": ["2023-02-29", "2024-1-1", "20240101", "x", "2024-01-01T"], "person": ["Total"]}[self.columns[at].kind]
        self.cells[rng.randrange(len(self.cells))][at] = rng.choice(odd)

    def opinion(self):
        """The plan for the reference, with what flags say."""
        return dict(self.plan, delimiter=self.delimiter, missing=self.missing)

    def flags(self):
        said = ["--delimiter", self.delimiter] if self.delimiter != "," else []
        for text in self.missing:
            said += ["--missing", text]
        return said

    def field(self, rng, text, quoting):
        if any(c in text for c in '"\n\r' + self.delimiter) or rng.random() < quoting:
            return '"' + text.replace('"', '""') + '"'
        return text

    def record(self, rng, cells, quoting):
        fields = [self.field(rng, f, quoting) for f in cells]
        return '""' if fields == [""] else self.delimiter.join(fields)

    def bytes(self, rng, rows=None, order=None):
        """The file; of some of the rows, and with the columns in another order, when asked for."""
        order = order or range(len(self.names))
        quoting, ends = rng.choice([0, 0.2, 0.2, 1]), rng.choice([["\n"], ["\n"], ["\r\n"], ["\n", "\r\n"]])
        chosen = [self.names] + (self.cells if rows is None else rows)
        lines = [self.record(rng, [row[i] for i in order], quoting) for row in chosen]
        text = "".join(line + rng.choice(ends) for line in lines[:-1]) + lines[-1]
        text += "" if rng.random() < 0.15 else ends[0]
        return ("\ufeff" if rng.random() < 0.1 else "").encode() + text.encode()


def many_pairs(rng, rows, contributors=False):
    """A short table that takes much memory: persons in no order, raw totals of six columns."""
    table = Table(rng, 0)
    names = ["k%d" % i for i in range(6)]
    table.names, table.missing, table.delimiter = names + ["p", "v"], [], ","
    width = rng.choice([5, 14, 15, 16, 40])
    table.cells = [[rng.choice("abc") for _ in names] + ["%0*d" % (width, rng.randrange(rows // 3)), rng.choice(["0", "1", "T"])]
                   for _ in range(rows)]
    table.plan = {"version": 1, "policy": {"base": "cms", "threshold": 0, "zeros": "keep"},
                  "group": {"by": names, "rows": "n", "persons": {"people": "p"}, "sum": {"s": "v"}, "totals": names,
                            "totals_from": "raw"}}
    if contributors:
        table.plan["group"]["sum"]["s"] = {"column": "v", "contributor": "p", "dominance": [{"n": 1, "k": 60}]}
    return table
