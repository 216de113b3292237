"""What is measured: sluice's cases with their yardsticks and targets, and the peers' commands."""
import os
import shlex
import shutil

from place import MB, label

NOWHERE = "/dev/null"
VENV = "bench/data/venv/bin/python3"

FLAGS = ["has_diabetes", "has_asthma", "has_copd", "has_ckd", "had_covid_vaccine"]

# Plans as tests/judge/reference.py (group_reference.py, where they group) reads them; sluice is given the same as flags.
PLANS = {
    "W1": ("measures", {"drop": ["interval_end", "imd_quintile"], "count": ["numerator", "denominator"],
                        "keep": ["measure", "interval_start", "ratio", "sex", "age_band", "region"]}),
    "W1r": ("measures", {"drop": ["interval_end", "imd_quintile"], "count": ["numerator", "denominator"],
                         "keep": ["measure", "interval_start", "sex", "age_band", "region"],
                         "ratio": {"ratio": ["numerator", "denominator"]}}),
    "W3": ("patient", {"group": {"by": ["sex", "age_band", "region"], "rows": "n", "sum": {"n_" + c: c for c in FLAGS}}}),
    "quoted": ("quoted", {"drop": ["note"], "count": ["count", "total"], "keep": ["id", "name", "address", "free text", "region"]}),
}


PLAN_OF = {"measures": "W1", "quoted": "quoted", "patient": "W3"}


def flags(plan):
    if "group" in plan:
        group = plan["group"]
        said = ["--group-by", ",".join(group["by"]), "--rows", group["rows"]]
        return said + [word for name, column in group["sum"].items() for word in ("--sum", "%s=%s" % (name, column))]
    said = []
    for kind in ("drop", "count", "keep"):
        said += ["--" + kind, ",".join(plan[kind])]
    for name, (num, den) in plan.get("ratio", {}).items():
        said += ["--ratio", "%s=%s/%s" % (name, num, den)]
    return said


def run(place, plan, source, threads, *more):
    """A command of sluice run."""
    return [place.sluice, "run", "-q", "-j", str(threads), *more, *flags(PLANS[plan][1]), source]


def shell(*commands, out=None):
    """A pipeline of commands."""
    return ["sh", "-c", " | ".join(shlex.join(c) for c in commands) + (" >%s" % shlex.quote(out) if out else "")]


def case(name, commands, **more):
    """The last command is the one that the case is about, the first its yardstick."""
    return dict(more, name=name, commands=commands)


def w1_cases(place):
    table = place.table("measures", place.size)
    lines = ["wc", "-l", table]
    yield case("W1 -j1", [lines, run(place, "W1", table, 1)], target=3.0, memory=16, group="w1")
    yield case("W1 -j2", [lines, run(place, "W1", table, 2)], target=1.9, memory=16, group="w1")
    yield case("W1r -j1", [lines, run(place, "W1r", table, 1)], memory=16, group="w1")
    yield case("W1r -j2", [lines, run(place, "W1r", table, 2)], memory=16, group="w1")
    new = place.scratch("new.csv")
    yield case("W1 > new file -j2", [shell(["cat", table], out=new), shell(run(place, "W1", table, 2), out=new)],
               target=1.3, memory=16, leaves=new)
    synced = ["sh", "-c", "cat %s >%s && sync %s" % (table, new, new)]
    yield case("W1 -o new file -j2", [synced, run(place, "W1", table, 2, "-o", new)], memory=16, leaves=new)
    for isa in place.isas[1:]:
        yield case("W1 -j1 %s / %s" % (isa, place.isas[0]),
                   [run(place, "W1", table, 1, "--isa", place.isas[0]), run(place, "W1", table, 1, "--isa", isa)],
                   target=1.3 if isa == "avx2" else None, memory=16)


def quoted_cases(place):
    table = place.table("quoted", place.size)
    lines = ["wc", "-l", table]
    yield case("quoted -j1", [lines, run(place, "quoted", table, 1)], target=2.0, memory=16)
    yield case("quoted -j2", [lines, run(place, "quoted", table, 2)], memory=16)


def w2_cases(place):
    table = place.table("measures", place.size, packed=True)
    inflate = ["igzip", "-dc", table]
    yield case("W2 gz > gz -j1", [inflate, run(place, "W1", table, 1, "-z")], target=2.4, memory=16)
    yield case("W2 gz > gz -j2", [inflate, run(place, "W1", table, 2, "-z")], target=1.3, memory=32)
    yield case("gz > csv -j1", [inflate, run(place, "W1", table, 1)], memory=16)
    yield case("gz > csv -j2", [inflate, run(place, "W1", table, 2)], target=1.05, memory=32)


def w3_cases(place):
    table = place.table("patient", place.size)
    for threads, target in ((1, 2.3), (2, 1.3)):
        yield case("W3 -j%d" % threads, [["wc", "-l", table], run(place, "W3", table, threads)], target=target, memory=16, group="w3")
    if not shutil.which("igzip"):
        return
    for name, packing in (("gz", "gz"), ("BGZF", "bgzf")):
        packed = place.table("patient", place.size, packed=packing)
        inflate = ["igzip", "-dc", packed]
        for threads, target in ((1, None), (2, 1.05)):
            yield case("W3 %s -j%d" % (name, threads), [inflate, run(place, "W3", packed, threads)], target=target,
                       memory=16 * threads)


def w5_cases(place, largest):
    """Time for a byte against the table of 100 MB, or of the base size where that is smaller."""
    base = min(100 * MB, place.size)
    against = place.table("measures", base)
    for size in sorted({base // 10, place.size, largest} - {base}):
        table = place.table("measures", size)
        for threads in (1, 2):
            yield case("W5 %s / %s, a byte -j%d" % (label(size), label(base), threads),
                       [run(place, "W1", against, threads), run(place, "W1", table, threads)], scale=base / size,
                       target=1.1 if size > base else None, memory=16)
    table = place.table("measures", 10 * MB)
    for threads in (1, 2):
        yield case("10 MB, whole process -j%d" % threads, [["wc", "-l", table], run(place, "W1", table, threads)],
                   wall_ms=10, memory=16)
    table = place.table("measures", 1000)
    yield case("start-up (1 kB)", [["wc", "-l", table], run(place, "W1", table, 2)])


def sluice_cases(place, largest):
    yield from w1_cases(place)
    yield from quoted_cases(place)
    if shutil.which("igzip"):
        yield from w2_cases(place)
    yield from w3_cases(place)
    yield from w5_cases(place, largest)


# ---- peers -----------------------------------------------------------------------------

NAIVE = ('function p(n) { return n <= 7 ? "[REDACTED]" : int((n + 2) / 5) * 5 } NR == 1 { a = $5; b = $6 } '
         'NR > 1 { a = p($5); b = p($6) } { print $1, $2, $4, a, b, $7, $8, $9 }')
MAWK = ["mawk", "-F,", "-v", "OFS=,", NAIVE]
# Knows that only the region may be in quotes.
MAWK_GROUPS = ["mawk", "-F,", "-v", "OFS=,", """
function p(n) { return n <= 7 ? "[REDACTED]" : int((n + 2) / 5) * 5 }
NR > 1 && /"/ { split($0, q, "\\""); split(q[3], r, ","); k = $2 OFS $3 OFS "\\"" q[2] "\\""
                n[k]++; a[k] += r[7]; b[k] += r[8]; c[k] += r[9]; d[k] += r[10]; e[k] += r[11]; next }
NR > 1 { k = $2 OFS $3 OFS $4; n[k]++; a[k] += $10; b[k] += $11; c[k] += $12; d[k] += $13; e[k] += $14 }
END { print "sex,age_band,region,n,%s"
      for (k in n) print k, p(n[k]), p(a[k]), p(b[k]), p(c[k]), p(d[k]), p(e[k]) }""" % ",".join("n_" + c for c in FLAGS)]


def python(library):
    def command(kind, source, out):
        return [VENV, "bench/peer.py", library, kind, source, out]
    return command


def mawk(kind, source, out):
    return shell((MAWK_GROUPS if kind == "patient" else MAWK) + [source], out=out)


def packed(inflate, deflate):
    def command(kind, source, out):
        return shell(inflate + [source], MAWK, deflate, out=out)
    return command


def miller(kind, source, out):
    plan = PLANS[PLAN_OF[kind]][1]
    edits = "; ".join('${%s} = ${%s} <= 7 ? "[REDACTED]" : (${%s} + 2) // 5 * 5' % (c, c, c) for c in plan["count"])
    return shell(["mlr", "--icsv", "--ocsv", "cut", "-x", "-f", ",".join(plan["drop"]), "then", "put", edits, source], out=out)


def cut(kind, source, out):
    return shell(["cut", "-d,", "-f1,2,4-9", source], out=out)


def select(program):
    def command(kind, source, out):
        columns = {"measures": "measure,interval_start,ratio,numerator,denominator,sex,age_band,region",
                   "quoted": "id,name,address,count,free text,region,total"}[kind]
        return shell([program, "select", columns, source], out=out)
    return command


def peers(place):
    """name, how it is called, kind, whether packed, fraction of the size, notes, targets of sluice / peer."""
    bin_ = "bench/data/cargo/bin/"
    libraries = os.path.exists(VENV)

    def library(name):
        lib = "bench/data/venv/lib"
        return libraries and any(os.path.isdir("%s/%s/site-packages/%s" % (lib, v, name)) for v in os.listdir(lib))

    rows = []

    def add(there, name, command, kinds, part=1, note="", only=False, targets=()):
        if there:
            rows.extend(dict(name=name, command=command, kind=k.split(".")[0], packed=k.endswith(".gz"), part=part,
                             note=note, projection=only, target=dict(targets).get(k)) for k in kinds)

    every = ["measures", "measures.gz", "quoted", "patient", "patient.gz"]
    low = [("measures", 0.07), ("patient", 0.07)]
    add(library("polars"), "polars", python("polars"), every, targets=[low[0], ("patient.gz", 0.22)])
    add(library("duckdb"), "duckdb", python("duckdb"), ["measures", "quoted", "patient", "patient.gz"], targets=low)
    add(library("duckdb"), "duckdb", python("duckdb"), ["measures.gz"], note="gzip at its own level")
    add(library("chdb"), "clickhouse (chdb)", python("chdb"), every,
        targets=[("measures.gz", 0.15), low[1], ("patient.gz", 0.22)])
    add(library("pandas"), "pandas", python("pandas"), ["measures", "quoted", "patient"], part=10)
    add(shutil.which("mawk"), "mawk", mawk, ["measures"], note="splits at every comma")
    add(shutil.which("mawk"), "mawk", mawk, ["patient"], note="knows where quotes may be")
    add(shutil.which("mawk") and shutil.which("igzip"), "igzip, mawk, igzip -1", packed(["igzip", "-dc"], ["igzip", "-1", "-c"]),
        ["measures.gz"], note="splits at every comma")
    add(shutil.which("mawk") and shutil.which("pigz"), "pigz, mawk, pigz -1", packed(["pigz", "-dc"], ["pigz", "-1", "-c"]),
        ["measures.gz"], note="splits at every comma")
    add(shutil.which("mlr"), "miller", miller, ["measures", "quoted"], part=10)
    only = "drops columns only"
    add(shutil.which("cut"), "cut", cut, ["measures"],
        note=only + ", splits at every comma", only=True)
    for name in ("xsv", "xan"):
        add(os.path.exists(bin_ + name), name, select(bin_ + name), ["measures", "quoted"], note=only, only=True)
    return rows


def peer_case(place, peer):
    """[yardstick, sluice -j2, peer] on the peer's size."""
    table = place.table(peer["kind"], place.size // peer["part"], packed=peer["packed"])
    plan = PLAN_OF[peer["kind"]]
    group = plan if plan == "W3" else "W2" if peer["packed"] else plan
    yardstick = ["igzip", "-dc", table] if peer["packed"] else ["wc", "-l", table]
    ours = run(place, plan, table, 2, *(["-z"] if group == "W2" else []))
    note = [peer["note"]] * bool(peer["note"]) + [label(place.size // peer["part"])] * (peer["part"] > 1)
    name = "%s%s %s" % (group, " gz" * (group == "W3" and peer["packed"]), peer["name"])
    return case(name, [yardstick, ours, peer["command"](peer["kind"], table, NOWHERE)],
                peer=peer["name"], peer_target=peer["target"], note=", ".join(note), group=group.lower())
