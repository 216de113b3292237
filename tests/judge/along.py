"""A table about one code, beside tables that have its dimension: the kind `along` of
audit_brute.py and protect_brute.py.
"""
import csv
import os
import random
import subprocess

from audit_brute import TOKEN, Rule, Table
from protect_brute import Follows, TooMany, every_table

# ---- audited ------------------------------------------------------------------------------------

def make_along(rng, folder):
    """A file about one code, beside others in which that code is one of a dimension."""
    codes = rng.choice([[["a0", "a1"], ["b0", "b1"]], [["a0", "a1"], ["b0", "b1"]],
                        [["a0", "a1", "a2"], ["b0"]], [["a0", "a1", "a2"]]])
    t = Table(["sex", "a", "b"][:1 + len(codes)], [["F", "M", "(others)"], *codes])
    inner = t.names[1:]
    shapes = {"women.csv": rng.choice([inner, inner, inner[-1:]]),
              "all.csv": rng.choice([inner, inner[:1], inner[-1:]]),
              "sexes.csv": rng.choice([["sex"], ["sex"], t.names[:2]])}
    # What three tables of two dimensions each say of a table of all three, an audit does not ask.
    if len(shapes["all.csv"]) == 2 and len(shapes["women.csv"]) == 1:
        shapes["sexes.csv"] = ["sex"]
    if rng.random() < .3:
        del shapes[rng.choice(["all.csv", "sexes.csv"])]
    # Who is not F is of the others, where no file has another code.
    other = "(others)" if "sexes.csv" in shapes else "M"
    truth = [0 if leaf[0] == other else rng.choice([0, 0, 1, rng.randint(0, 4)])
             for leaf in t.leaves]
    total = ("Total",) * len(t.names)
    texts, sums, shown, gone = {}, [], {}, set()
    files = {name: [",".join(dims) + ",n"] for name, dims in shapes.items()}
    for name, dims in shapes.items():
        keys = [k for k in t.cells if k[0] != "(others)" and
                all(c == "Total" or n in dims for n, c in zip(t.names, k))]
        if name == "women.csv":
            keys = [("F", *k[1:]) for k in keys if k[0] == "Total"]
        whole = [k for k in keys if all(c != "Total" for n, c in zip(t.names, k) if n in dims)]
        kept = rng.choice(whole)
        for k in keys:
            v = sum(truth[i] for i in t.cells[k])
            # The row of a group without people may be missing.
            if k in whole and not v and k != kept and k not in texts and rng.random() < .6:
                gone.add(k)
                continue
            if k not in texts:
                texts[k] = TOKEN if k != total and k not in gone and rng.random() < .35 else str(v)
            good = set(range(60)) if texts[k] == TOKEN else {v}
            sums.append((t.cells[k], good))
            shown[k] = good
            files[name].append(",".join([c for n, c in zip(t.names, k) if n in dims] + [texts[k]]))
    for name, lines in files.items():
        with open(os.path.join(folder, name), "w") as f:
            f.write("".join(x + "\n" for x in lines))
    hide = {k for k, good in shown.items() if len(good) > 1}
    columns = [n for n in t.names if any(n in dims for dims in shapes.values())]
    flags = ["-m", "n", "-t", "Total", "-d", ",".join(columns), "--secondary",
             "--cell", os.path.join(folder, "women.csv") + ":sex=F"]
    # Codes without any row are nobody's.
    seen = [{k[d] for k in shown} if n in columns and d else set(t.codes[d])
            for d, n in enumerate(t.names)]
    top = sum(truth) + 1
    allowed = [range(top if leaf[0] != "M" or other != "M" else 1) if
               all(c in s for c, s in zip(leaf, seen)) else range(1) for leaf in t.leaves]
    # A row that is missing in one file and there, in part, in another is not known to be of nobody.
    clear = all(v in good for v, good in zip(truth, allowed)) and \
        not any(set(t.cells[k]) <= set(t.cells[g]) for k in shown for g in gone)
    sums += [(t.cells[g], {0}) for g in gone]
    problem = (len(t.leaves), allowed, sums, t.cells, None) if clear else None
    return [os.path.join(folder, f) for f in files], flags, problem, t.names, hide


# ---- protected ----------------------------------------------------------------------------------

def along_tables(rng, t, rule, truth):
    """{file: rows}, each (key in t, the codes that are printed), and the cells that have no row."""
    inner = t.names[1:]
    shapes = {"women": rng.choice([inner, inner, inner[-1:]]),
              "all": rng.choice([inner, inner[:1], inner[-1:]]),
              "sexes": rng.choice([["sex"], ["sex"], t.names[:2]])}
    # What three tables of two dimensions each say of a table of all three is not looked into.
    if len(shapes["all"]) == 2 and len(shapes["women"]) == 1:
        shapes["sexes"] = ["sex"]
    if rng.random() < .3:
        del shapes["all"]
    tables, gone = {}, set()
    for name, dims in shapes.items():
        keys = [k for k in t.cells if all(c == "Total" or n in dims for n, c in zip(t.names, k))]
        if name == "women":
            keys = [("F", *k[1:]) for k in keys if k[0] == "Total"]
        whole = [k for k in keys if all(c != "Total" for n, c in zip(t.names, k) if n in dims)]
        # Totals in the margins only, or none: then what is shown of others ties the tables together.
        if name != "sexes" and rng.random() < .2:
            keys = whole
        kept = rng.choice(whole)
        lost = {k for k in whole if k != kept and not sum(truth[i] for i in t.cells[k])
                and rule.text(0) == "0" and rng.random() < .5}
        gone |= lost
        tables[name] = (dims, [k for k in keys if k not in lost])
    return tables, gone


def along_plan(rule, tables):
    settings = f"{{base: opensafely, threshold: {rule.threshold}, zeros: " \
        f"{'keep' if rule.keep_zeros else 'redact'}, round_to: {rule.base}, " \
        f"rounding: {rule.how}, token: '{TOKEN}'}}"
    lines = ["version: 1", f"policy: {settings}", "audit: {mode: off}", "outputs:"]
    for name, (dims, _) in tables.items():
        where = "where: {sex: F}, drop: [sex], " if name == "women" else ""
        lines.append(f"  {name}: {{input: {name}.csv, output: out/{name}.csv, {where}"
                     f"keep: [{', '.join(dims)}], count: [n], "
                     f"protect: {{dimensions: [{', '.join(dims)}], total: Total}}}}")
    return "\n".join(lines) + "\n"


def along(sluice, seed, folder, sums):
    rng = random.Random(f"protectalong{seed}")
    codes = rng.choice([[["a0", "a1"], ["b0", "b1"]], [["a0", "a1"], ["b0", "b1"]],
                        [["a0", "a1", "a2"], ["b0"]], [["a0", "a1", "a2"]]])
    t = Table(["sex", "a", "b"][:1 + len(codes)], [["F", "M"], *codes])
    rule = rng.choice([Rule(rng.choice([1, 2, 3]), rng.random() < .7, 1, "nearest"),
                       Rule(rng.choice([1, 2, 3]), rng.random() < .7, 1, "nearest"),
                       Rule(4, rng.random() < .7, 3, "nearest")])
    truth = [rng.choice([0, 0, 1, rng.randint(0, 4), rng.randint(0, 9)]) for _ in t.leaves]
    count = lambda k: sum(truth[i] for i in t.cells[k])
    tables, gone = along_tables(rng, t, rule, truth)
    seen = [{k[d] for _, keys in tables.values() for k in keys} for d in range(len(t.names))]
    printed = set().union(*(dims for dims, _ in tables.values()))
    known = [all(c in seen[d] or n not in printed for d, (n, c) in enumerate(zip(t.names, leaf)))
             for leaf in t.leaves]
    if any(v and not k for v, k in zip(truth, known)):
        return None
    for name, (dims, keys) in tables.items():
        columns = ["sex", *dims] if name == "women" else dims
        rows = [[k[t.names.index(n)] for n in columns] + [count(k)] for k in keys]
        rng.shuffle(rows)
        with open(os.path.join(folder, name + ".csv"), "w", newline="") as f:
            csv.writer(f, lineterminator="\n").writerows([columns + ["n"], *rows])
    with open(os.path.join(folder, "plan.yaml"), "w") as f:
        f.write(along_plan(rule, tables))
    done = subprocess.run([sluice, "release", "-q", "plan.yaml"], cwd=folder,
                          capture_output=True, text=True)
    if done.returncode:
        return f"exit {done.returncode}: {done.stderr.strip()}"
    try:
        shown = along_shown(folder, t, rule, tables, count)
        sums["many"] += not along_look(t, rule, truth, shown, gone, known)
    except Follows as e:
        return str(e)
    sums["cells"] += len(shown)
    own = sum(rule.text(count(k)) == TOKEN for k in shown)
    sums["primary"] += own
    sums["added"] += sum(text == TOKEN for text in shown.values()) - own
    files = [os.path.join(folder, "out", name + ".csv") for name in tables]
    done = subprocess.run([sluice, "audit", *rule.flags(), "--hidden", TOKEN, "-t", "Total", "-m",
                           "n", "--secondary", "-d", ",".join(n for n in t.names if n in printed),
                           "--cell", files[0] + ":sex=F", *files], capture_output=True, text=True)
    return f"audit: {done.stdout}{done.stderr}" if done.returncode else None


def along_shown(folder, t, rule, tables, count):
    """{key: text} of all that was published, after a look at each text."""
    shown = {}
    for name, (dims, keys) in tables.items():
        with open(os.path.join(folder, "out", name + ".csv"), newline="") as f:
            rows = list(csv.DictReader(f))
        if len(rows) != len(keys):
            raise Follows(f"{name} has {len(rows)} rows of {len(keys)}")
        for row in rows:
            key = tuple("F" if n == "sex" and name == "women" else row.get(n, "Total")
                        for n in t.names)
            want, text = rule.text(count(key)), row["n"]
            if text not in (want, TOKEN) or (want == TOKEN and text != TOKEN) or \
                    shown.setdefault(key, text) != text:
                raise Follows(f"{key} came out as {text!r}")
    return shown


def along_look(t, rule, truth, shown, gone, known):
    """Nothing hidden, and no small count of the others that no table shows, is the same in every table."""
    top = max(sum(truth) + 4, 12)
    values = {key: {x for x in range(top) if text in (TOKEN, rule.text(x))}
              for key, text in shown.items()}
    # A row that is missing here, and there in part in another file, is not known to be of nobody.
    free = [g for g in gone if g not in shown and
            not any(set(t.cells[k]) <= set(t.cells[g]) for k in shown)]
    sums = [(t.cells[k], good) for k, good in values.items()]
    sums += [(t.cells[g], {0}) for g in free]
    allowed = [sorted(range(top if k else 1), key=lambda x, v=v: abs(x - v))
               for v, k in zip(truth, known)]
    for parts, good in sums:
        if len(parts) == 1:
            allowed[parts[0]] = [x for x in allowed[parts[0]] if x in good]
    open_cells = {k: set() for k, good in values.items() if len(good) > 1}
    small = {k: set() for k in t.cells if k[0] == "M" and k not in shown}
    try:
        for table in every_table(allowed, sums):
            for cells in open_cells, small:
                for k in list(cells):
                    cells[k].add(sum(table[i] for i in t.cells[k]))
                    if len(cells[k]) > 1:
                        del cells[k]
            if not open_cells and not small:
                return True
    except TooMany:
        return False
    small = [k for k, at in small.items() if 1 <= min(at) <= rule.threshold]
    if open_cells or small:
        raise Follows(f"{', '.join(map(str, [*open_cells, *small]))} can be worked out")
    return True
