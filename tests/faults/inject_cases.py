"""What inject.py runs: a command line, what it leaves in its folder, what is there before.

To add one: a line in CASES.  '{}' in an argument is the folder of inputs; make_inputs() fills it.
"""
import gzip
import os
import struct
import subprocess
import zlib

OLD = b"what was there before\n"

PLAN = b"""version: 1
policy: opensafely
where: {area: [north, south]}
drop: [patient, "gone*?"]
keep: [area, "note"]
count: [{columns: [n], threshold: 14, round_to: 10}, {columns: [total]}]
ratio: {share: [n, total]}
blank: {n: [mean]}
other: refuse
"""
RELEASE = """version: 1
outputs:
  one:
    input: %s/%s/*.csv
    output: release/deep/{stem}.csv
    drop: [patient, mean, note]
    keep: [area]
    count: [n, total]
    ratio: {share: [n, total]}
  two:
    input: %s/%s/a.csv
    output: release/groups.csv
    group: {by: [area], rows: rows, totals: [area]}
"""
PROJECT = b"""version: '4.0'
actions:
  make:
    run: r:v2 make.R
    outputs:
      highly_sensitive: {rows: output/rows.csv.gz}
  release:
    run: sluice:v1 release --folder release
    needs: [make]
    config: {version: 1, outputs: {t: {input: "output/*.csv", output: "release/{stem}.csv", count: [n]}}}
    outputs:
      moderately_sensitive: {tables: release/*.csv, report: release/*.html}
  other:
    run: sluice:v1 release plan.yaml
    needs: [make]
    outputs:
      moderately_sensitive: {tables: tables/*.csv}
"""
SHOWN = b"area,sex,n\nnorth,F,10\nnorth,M,[REDACTED]\nnorth,Total,15\nsouth,F,[REDACTED]\nsouth,M,[REDACTED]\nsouth,Total,10\n"
SHOWN += b"Total,F,15\nTotal,M,10\nTotal,Total,25\n"
# By area alone, F and M of it would follow from what is in SHOWN.
PAST = b"area,n\nnorth,15\nsouth,10\nTotal,25\n"
# 3 is small and has to have company; nested: areas in countries.
COUNTS = b"patient,area,sex,n\n" + b"".join(b"SECRET7731,%s,%s,%d\n" % row for row in (
    (b"north", b"F", 3), (b"north", b"M", 20), (b"north", b"All", 23), (b"south", b"F", 31), (b"south", b"M", 9),
    (b"south", b"All", 40), (b"west", b"F", 12), (b"west", b"M", 14), (b"west", b"All", 26), (b"All", b"F", 46), (b"All", b"M", 43),
    (b"All", b"All", 89)))
# Who is alone in a group knows two counts of F by their sum; all of north are F.
ALONE = b"patient,area,sex,n\n" + b"".join(b"SECRET7731,%s,%s,%d\n" % row for row in (
    (b"north", b"F", 1), (b"north", b"M", 20), (b"north", b"All", 21), (b"south", b"F", 1), (b"south", b"M", 31), (b"south", b"All", 32),
    (b"west", b"F", 90), (b"west", b"M", 14), (b"west", b"All", 104), (b"All", b"F", 92), (b"All", b"M", 65), (b"All", b"All", 157)))
ONE_PART = b"patient,area,sex,n\n" + b"".join(b"SECRET7731,%s,%s,%d\n" % row for row in (
    (b"north", b"F", 60), (b"north", b"M", 0), (b"north", b"All", 60), (b"south", b"F", 20), (b"south", b"M", 22), (b"south", b"All", 42),
    (b"All", b"F", 80), (b"All", b"M", 22), (b"All", b"All", 102)))
# Neither tells what is hidden in the first; both together do.
APART = {"apart/ages.csv": b"sex,age,n\nF,0-17,[REDACTED]\nF,18-64,200\nM,0-17,[REDACTED]\nM,18-64,300\nTotal,Total,512\n",
         "apart/sexes.csv": b"sex,n\nF,206\nM,306\nTotal,512\n"}
NESTED = b"area,n\nnorth,3\nsouth,31\neast,12\nwest,14\nup,34\ndown,26\nTotal,60\n"
VISITS = b"id,area,sex,turnover\n" + b"".join(b"SECRET7731%d,%s,%s,%d\n" % (
    i, (b"north", b"south", b"west")[i % 97 % 3], b"FM"[i % 2:i % 2 + 1], i * i % 90) for i in range(60)) + \
    b"SECRET7731a,east,F,900\nSECRET7731b,east,M,40\n"
PTABLE = b"i;j;p;v;p_int_ub\n0;0;1;0;1\n1;0;0.3;-1;0.3\n1;1;0.4;0;0.7\n1;2;0.3;1;1\n"
GROUPED = b"""version: 1
policy: {base: cms, threshold: 7}
group: {by: [sex, area], persons: {n: id}, totals: [sex, area]}
protect: {dimensions: [sex, area]}
"""
BOTH_RULES = b"""version: 1
policy: {base: cms, threshold: 1, zeros: keep}
keep: [area, sex]
count: [n]
drop: [patient]
protect: {dimensions: [area, sex], total: All, singletons: true, group: 0}
"""
PERTURB = """version: 1
policy: {base: cms, threshold: none}
group:
  by: [area]
  rows: rows
  persons: {people: id}
  totals: [area]
  totals_from: raw
  perturb: {table: %s/ptable.csv, key: %s/secret.key, by: id}
"""
PROTECTED = """version: 1
policy: {base: opensafely, threshold: 7, round_to: 1}
audit: {total: All}
outputs:
  both: {input: %s/counts.csv, output: release/both.csv, keep: [area, sex], count: [n], drop: [patient],
         protect: {dimensions: [area, sex], total: All}}
  area: {input: %s/counts.csv, output: release/area.csv, keep: [area], count: [n], drop: [patient, sex], where: {sex: All},
         protect: {dimensions: [area], total: All}}
"""
LEDGERED = """version: 1
policy: {base: opensafely, threshold: 4, round_to: 1}
audit: {population: registered, total: Total}
outputs:
  t: {input: %s/%s, output: release/t.csv, keep: [%s], count: [n]}
"""
# Rows alone leave all of it open: what is asked of the linear programs.
OPEN = b"a,b,n\n" + b"".join(b"%s,%s,%s\n" % (a, b, b"60" if b"Total" in (a, b) else b"[REDACTED]")
                             for a in (b"x", b"y", b"z", b"Total") for b in (b"p", b"q", b"r", b"Total")).replace(
                                 b"Total,Total,60", b"Total,Total,180")
FIT = b"area,n,total,rate\n" + b"".join(b"a%d,%d,%d,%r\n" % (i, 10 * i, 40 * i, 0.25) for i in range(1, 30)).replace(b"'", b"")


def table(rows, quoted=False):
    lines = ["patient,area,n,total,mean,note"]
    for i in range(rows):
        note = '"said ""%d"",\nand more"' % i if quoted and i % 3 == 0 else "fine"
        lines.append("SECRET7731,%s,%d,%d,%d.5,%s" % (["north", "south", "else"][i % 3], i * 7 % 40, i + 100, i, note))
    return "\n".join(lines).encode() + b"\n"


class Case:
    """A command line and what is asked of its end.

    made      files that it makes: OLD is there before
    before    a folder of the inputs that is there before, with all that is in it
    whole     a folder that is as it was or as it is to be, never in between
    free      files that may be as they were, right, or less: what the next run does without
    lenient   an exit status that a fault may give besides 4: a verdict that is no worse than none
    loose     it may say something else of the same files, or come to the same verdict in another way
    does      calls that it may do without, and why, besides those that all may
    needs     calls that it must make, and how often at least
    """

    def __init__(self, name, args, stdin=None, made=(), status=0, before=None, whole=None, free=(), lenient=(), loose=False,
                 does=None, needs=None):
        self.loose, self.needs = loose, needs or {}
        self.name, self.args, self.stdin, self.made, self.status = name, args, stdin, made, status
        self.before, self.whole, self.free, self.lenient, self.does = before, whole, free, lenient, does or {}


PROTECT = ["run", "-q", "-j1", "--policy", "cms", "-c", "n"]
BY_SEX = ["-d", "patient", "-k", "area,sex", "--protect", "area,sex", "--protect-total", "All", "{}/counts.csv", "-o", "out.csv"]
NO_SMALL = ["--threshold", "1", "--zeros", "keep", *BY_SEX[:-3]]
RULES = ["-d", "patient", "-c", "n,total", "--ratio", "share=n/total", "--blank", "mean=n", "-k", "area,note", "-q"]
GROUPS = ["-g", "area", "--rows", "rows", "--persons", "people=patient", "--sum", "sum=n", "--mean", "avg=mean", "--totals", "area",
          "--totals-from", "raw", "--contributor", "sum=patient", "--dominance", "sum=1,80", "-q"]
STATE = {
    "write": "the state: the next run makes all again", "rename": "likewise", "flock": "some file systems have no locks",
    "syncfs": "one by one instead", "nftw": "what is left of a killed run, and of this one", "remove": "likewise",
    "rmdir": "likewise", "lstat": "likewise; what is in the way, rename() says", "link": "a copy instead",
    "syscall": "renameat2(): in steps instead", "fstat": "how long the state is", "read": "the state, the last manifest",
    "mkdir": "is there after all", "fsync": "of what syncfs() has done", "readdir": "is not reached",
}
RELEASED = {"free": (".release.sluice-state",), "loose": True, "does": STATE}
AUDITED = {"lenient": (1,), "loose": True, "does": {"dlopen": "more stays undecided"}}
RECORDED = {"loose": True, "before": "recorded", "does": {
    "dlopen": "more stays undecided", "write": "the note that says so", "flock": "some file systems have no locks"}}
CHECKED = {"lenient": (1, 3)}
CASES = [
    Case("file to file", ["run", "-p", "{}/plan.yaml", "{}/in.csv", "-o", "out.csv", "--report", "report.json", "-j1", "-q"],
         made=("out.csv", "report.json")),
    Case("threads", ["run", *RULES, "--chunk-bytes", "300", "-j3", "{}/in.csv", "-o", "out.csv"], made=("out.csv",)),
    Case("gzip to gzip", ["run", *RULES, "--chunk-bytes", "2000", "-j2", "{}/in.csv.gz", "-o", "out.csv.gz"],
         made=("out.csv.gz",)),
    Case("gzip, level 6", ["run", *RULES, "-j1", "{}/in.csv.gz", "--gzip=6", "-o", "out.gz"], made=("out.gz",)),
    Case("bgzf", ["run", *RULES, "-j1", "{}/in.csv", "--bgzf", "-o", "out.gz"], made=("out.gz",)),
    Case("pipe to pipe", ["run", "--config", '{"version":1,"count":["n","total"],"other":"drop"}', "--chunk-bytes", "500",
                          "-j1"], stdin="in.csv"),
    Case("line ends in quotes", ["run", *RULES, "--chunk-bytes", "200", "-j2", "--isa", "scalar"], stdin="quoted.csv"),
    Case("line ends in quotes, mapped", ["run", *RULES, "--chunk-bytes", "100", "-j1", "{}/quoted.csv", "-o", "out.csv"],
         made=("out.csv",)),
    Case("limited memory", ["run", *RULES, "--memory", "64M", "-j1", "{}/in.csv", "-o", "out.csv"], made=("out.csv",)),
    Case("a refused table", ["run", "-p", "{}/plan.yaml", "{}/bad.csv", "-o", "out.csv", "--report", "report.json", "-q"],
         made=("out.csv", "report.json"), status=3),
    Case("a cut table", ["run", *RULES, "{}/cut.csv.gz", "-j1", "-o", "out.csv", "--report", "report.json"],
         made=("out.csv", "report.json"), status=3),
    Case("a wrong plan", ["run", "-p", "{}/wrong.yaml", "{}/in.csv", "-o", "out.csv"], made=("out.csv",), status=2),
    Case("groups", ["run", *GROUPS, "-j1", "{}/in.csv", "-o", "out.csv", "--report", "report.json"], made=("out.csv", "report.json")),
    Case("groups, read twice", ["run", *GROUPS, "--chunk-bytes", "500", "-j2", "{}/quoted.csv", "-o", "out.csv"], made=("out.csv",)),
    Case("groups to a partial table", ["run", *GROUPS, "-j1", "--partial", "{}/in.csv", "-o", "part"], made=("part",)),
    Case("partial tables merged", ["merge", "{}/part", "{}/part", "-o", "out.csv"], made=("out.csv",)),
    Case("a first release", ["release", "{}/release.yaml", "-j1", "--airlock", "w"], **RELEASED),
    Case("a release over another", ["release", "{}/release.yaml", "-j2"], before="old", **RELEASED),
    Case("the same release again", ["release", "{}/older.yaml", "-j1"], before="old", **RELEASED),
    Case("a whole release", ["release", "{}/release.yaml", "-a", "-j1"], before="old", whole="release",
         **RELEASED),
    Case("a first whole release", ["release", "{}/release.yaml", "-a", "-j2"], whole="release", **RELEASED),
    Case("a release of what is not fit", ["release", "{}/unfit.yaml", "-a", "-j1"], before="old", whole="release", status=1,
         **RELEASED),
    Case("a manifest", ["check", "--manifest", "release/manifest.json"], before="old", **CHECKED),
    Case("a folder checked", ["check", "{}/fit", "--columns", "-o", "said"], made=("said",), status=1, **CHECKED),
    Case("a fit table", ["check", "{}/fit/fit.csv", "--format", "json"], **CHECKED),
    Case("two tables of the same people", ["check", "--round-to", "1", "-t", "Total", "{}/apart/ages.csv", "{}/apart/sexes.csv"], status=1,
         **CHECKED),
    Case("what is to be read", ["check", "{}/unfit/in.csv", "{}/cut.csv.gz"], status=1, **CHECKED),
    Case("a project", ["project", "{}/project/project.yaml"], status=1, **CHECKED),
    Case("an audit", ["audit", "--policy", "opensafely", "-t", "Total", "{}/shown.csv"], **AUDITED),
    Case("an audit of what follows", ["audit", "--token", "[REDACTED]", "-t", "Total", "{}/shown.csv"], status=1, **AUDITED),
    Case("an audit by programs", ["audit", "--token", "[REDACTED]", "--format", "json", "-t", "Total", "--intervals", "{}/open.csv"],
         status=0, **AUDITED),
    Case("an audit with a hierarchy", ["audit", "--declare", "{}/declared.yaml", "{}/shown.csv"], status=1, **AUDITED),
    Case("further counts hidden", [*PROTECT, "--threshold", "7", *BY_SEX], made=("out.csv",)),
    Case("who is alone, protected", [*PROTECT, *NO_SMALL, "--protect-singletons", "{}/alone.csv", "-o", "out.csv"], made=("out.csv",)),
    Case("all in one part, protected", ["run", "-p", "{}/one-part.yaml", "-j1", "-q", "{}/one-part.csv", "-o", "out.csv"],
         made=("out.csv",)),
    Case("small counts changed", [*PROTECT, "--threshold", "7", "--zeros", "keep", "--protect-method", "small-counts", *BY_SEX],
         made=("out.csv",)),
    Case("counts rounded to add up", [*PROTECT, "--threshold", "none", "--round-to", "5", "--protect-method", "controlled", *BY_SEX],
         made=("out.csv",)),
    Case("hidden in a hierarchy", [*PROTECT, "--threshold", "7", "--protect", "area", "--protect-parents", "area={}/nested-parents.csv",
                                   "{}/nested.csv", "-o", "out.csv"], made=("out.csv",)),
    Case("groups protected", ["run", "-p", "{}/grouped.yaml", "-j1", "-q", "{}/visits.csv", "-o", "out.csv"], made=("out.csv",)),
    Case("parts merged, protected", ["merge", "-q", "{}/part-protect", "-o", "out.csv"], made=("out.csv",)),
    Case("groups with noise", ["run", "-p", "{}/perturb.yaml", "-j1", "-q", "{}/visits.csv", "-o", "out.csv"], made=("out.csv",)),
    Case("who has what of sums", ["run", "-g", "area", "--sum", "sum=turnover", "--contributor", "sum=id", "--dominance", "sum=1,80",
                                  "--p-percent", "sum=10", "-j1", "-q", "{}/visits.csv", "-o", "out.csv"], made=("out.csv",)),
    Case("a release that protects", ["release", "{}/protected.yaml", "-j1"], **RELEASED),
    Case("a release into a ledger", ["release", "{}/ledgered.yaml", "-j1", "--ledger", "past.ledger", "--date", "2026-02-05"],
         before="recorded", **RELEASED),
    Case("a first ledger", ["audit", "-d", "area", "-t", "Total", "--ledger", "past.ledger", "--record", "--date", "2026-02-05",
                            "{}/past.csv"], **{**RECORDED, "before": None}),
    Case("an entry joins a ledger", ["audit", "-d", "area,sex", "-t", "Total", "--ledger", "past.ledger", "--record=always", "--date",
                                     "2026-02-05", "{}/shown.csv"], status=1, needs={"fsync": 2}, **RECORDED),
    Case("an audit as a page", ["audit", "--token", "[REDACTED]", "-t", "Total", "--html", "page.html", "{}/shown.csv"],
         made=("page.html",), status=1, **AUDITED),
    Case("an audit for SACRO", ["audit", "--token", "[REDACTED]", "-t", "Total", "--sacro", "acro", "--date", "2026-02-05", "{}/shown.csv"],
         whole="acro", status=1, needs={"syncfs": 1, "fsync": 1},
         **{**AUDITED, "does": {**AUDITED["does"], "syncfs": STATE["syncfs"]}}),
    Case("an audit for tau-ARGUS", ["audit", "--token", "[REDACTED]", "-t", "Total", "--jj", "table.jj", "{}/shown.csv"],
         made=("table.jj",), status=1, **AUDITED),
    Case("totals suggested", ["audit", "--suggest", "{}/shown.csv"], does={"dlopen": "it solves nothing"}),
    Case("cuts of a table", ["split", "--index", "3", "-j1", "{}/quoted.csv"]),
    Case("cuts of BGZF", ["split", "--index", "3", "-j2", "{}/quoted.csv.bgz"]),
    Case("explain", ["plan", "{}/plan.yaml", "--explain", "{}/in.csv"]),
    Case("dump", ["plan", "{}/plan.yaml", "--dump"]),
    Case("policies", ["policies"]),
    Case("help", ["help", "run"]),
]


def blocks(data):
    """As BGZF, in blocks of 200 bytes."""
    made = b""
    for at in range(0, len(data) + 200, 200):
        text = data[at:at + 200]
        z = zlib.compressobj(6, zlib.DEFLATED, -15)
        body = z.compress(text) + z.flush()
        made += (b"\x1f\x8b\x08\x04\0\0\0\0\0\xff\x06\0BC\x02\0" + struct.pack("<H", len(body) + 25) + body +
                 struct.pack("<II", zlib.crc32(text), len(text)))
    return made


def make_inputs(folder, program):
    files = {
        "plan.yaml": PLAN, "wrong.yaml": PLAN.replace(b"refuse", b"refused"), "in.csv": table(60),
        "in.csv.gz": gzip.compress(table(60)), "quoted.csv": table(30, True), "cut.csv.gz": gzip.compress(table(900))[:-20],
        "quoted.csv.bgz": blocks(table(900, True)),
        "bad.csv": table(50) + b"SECRET7731,north,SECRET7731,5,1,x\n", "new/a.csv": table(60), "new/b.csv": table(30),
        "was/a.csv": table(50), "was/b.csv": table(30), "release.yaml": (RELEASE % (folder, "new", folder, "new")).encode(),
        "older.yaml": (RELEASE % (folder, "was", folder, "was")).encode(), "fit/fit.csv": FIT, "fit/small.csv": b"area,n\na,3\n",
        "fit/text.txt": b"patient_id\n", "unfit/in.csv": table(60),
        "unfit.yaml": (RELEASE % (folder, "new", folder, "new")).replace("[area]\n    count: [n, total]\n    ratio: {share: [n, total]}",
                                                                         "[area, n, total]").encode(),
        "shown.csv": SHOWN, "open.csv": OPEN,
        "project/project.yaml": PROJECT, "project/plan.yaml": PLAN, "project/release/a.csv": FIT, "project/release/b.html": b"<p>\n",
        "project/tables/x.csv": b"area,n\na,3\n", "parents.csv": b"area,parent\nnorth,all\nsouth,all\n",
        "past.csv": PAST, "counts.csv": COUNTS, "nested.csv": NESTED, "visits.csv": VISITS, "ptable.csv": PTABLE,
        "alone.csv": ALONE, "one-part.csv": ONE_PART, "one-part.yaml": BOTH_RULES,
        "nested-parents.csv": b"area,parent\nnorth,up\nsouth,up\neast,down\nwest,down\n", "grouped.yaml": GROUPED,
        "secret.key": b"SECRET7731, which nobody can guess", "perturb.yaml": (PERTURB % (folder, folder)).encode(),
        "protected.yaml": (PROTECTED % (folder, folder)).encode(), "earlier.yaml": (LEDGERED % (folder, "past.csv", "area")).encode(),
        "ledgered.yaml": (LEDGERED % (folder, "later.csv", "area, sex")).encode(), "later.csv": SHOWN.replace(b"[REDACTED]", b"5"),
        **APART, "declared.yaml": ("policy: opensafely\ntotal: [sex=Total, area=Total]\nparents: {area: %s/parents.csv}\n" % folder).encode(),
    }
    for name, data in files.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(data)
    os.chmod(os.path.join(folder, "secret.key"), 0o600)
    os.makedirs(os.path.join(folder, "old"))
    os.makedirs(os.path.join(folder, "recorded"))
    subprocess.run([program, "run", *GROUPS, "--partial", folder + "/in.csv", "-o", folder + "/part"], check=True)
    subprocess.run([program, "release", folder + "/older.yaml", "-q"], cwd=folder + "/old", check=True)
    subprocess.run([program, "run", "-p", folder + "/grouped.yaml", "--partial", folder + "/visits.csv", "-o", folder + "/part-protect"],
                   check=True)
    subprocess.run([program, "release", folder + "/earlier.yaml", "-q", "--ledger", "past.ledger", "--date", "2026-01-05"],
                   cwd=folder + "/recorded", check=True)
