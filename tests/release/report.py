#!/usr/bin/env python3
"""The report in a browser.   tests/release/report.py PATH/TO/sluice [FOLDER]

A release with fit, remarkable, refused and failed tables, and one in which something follows; its
page, and that of an audit, in headless Chromium at 1280 and 390 pixels, light and dark, and on
paper.  Nothing may stick out to the side, the page needs
nothing from elsewhere and no script, its tags are closed in order.  The screenshots are left
in FOLDER (default: build/report) to be looked at.  Last line: N passed, N failed.
"""
import html.parser
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
VOID = {"meta", "link", "br"}
LOOSE = {"tr", "th", "td", "thead", "tbody", "li", "p"}  # may be closed by what follows
results = {True: 0, False: 0}
PLAN = """version: 1
outputs:
  measures:
    input: measures/*.csv.gz
    output: release/measures/{stem}.csv
    keep: ["interval_*", "sex?", "imd?", "age_band?"]
    count: [numerator, denominator]
    ratio: {ratio: [numerator, denominator]}
    describe:
      context: Monthly asthma reviews by sex, by age band and by deprivation.
      population: Patients registered on the first day of each month, aged 12 to 110.
      columns: {numerator: patients with a review in the month, denominator: patients registered}
  baseline:
    input: baseline.csv
    output: release/baseline_characteristics_of_everybody_in_the_population_on_the_index_date.csv
    keep: [group, level]
    count: [n]
    missing: "-"
    describe: {context: Who they were.}
  crossed:
    input: crossed.csv
    output: release/crossed.csv
    policy: {base: opensafely, threshold: 5000, round_to: 1}
    keep: [region, sex, age]
    count: [n]
    audit: {total: Total}
  follows:
    input: follows.csv
    output: release/follows.csv
    policy: {base: opensafely, threshold: 5000, round_to: 1}
    keep: [sex, age]
    count: [n]
    audit: {total: Total}
  leak:
    input: leak.csv
    output: release/leak.csv
    keep: [group, n_small]
  broken:
    input: broken.csv
    output: release/broken.csv
    keep: [group]
    count: [n]
"""
BASELINE = "group,level,n\n" + "".join(
    "%s,level %d of a rather long name & more,%s\n" % (g, i, n)
    for g in ("sex", "age", "ethnicity") for i, n in enumerate((3, 7, 0, 120, 4312, 99120, "")))


PLANTED = 4321  # hidden, and to be worked out: on no page but the audit's own
FOLLOWS = "sex,age,n\nF,0-17,%d\nF,18+,20000\nF,Total,%d\nM,0-17,30000\nM,18+,40000\nM,Total,70000\n" % (
    PLANTED, PLANTED + 20000)


def crossed():
    """Two regions, two sexes, three ages, with all totals; two are hidden in each line."""
    cells = {(r, s, a): 6000 + 700 * i + 90 * j + 1000 * k
             for i, r in enumerate(("North", "South")) for j, s in enumerate("FM")
             for k, a in enumerate(("0-17", "18-64", "65 and over"))}
    for s in "FM":
        cells["South", s, "0-17"], cells["South", s, "18-64"] = 2900, 3300
    rows = ["region,sex,age,n"]
    for r in ("North", "South"):
        for s in ("F", "M", "Total"):
            for a in ("0-17", "18-64", "65 and over", "Total"):
                rows.append("%s,%s,%s,%d" % (r, s, a, sum(
                    n for k, n in cells.items() if k[0] == r and s in (k[1], "Total") and a in (k[2], "Total"))))
    return "\n".join(rows) + "\n"


def check(what, ok, why=""):
    results[bool(ok)] += 1
    if not ok:
        print("FAIL %s %s" % (what, why))
    return ok


class Tags(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.wrong, self.seen = [], [], set()

    def handle_starttag(self, tag, attrs):
        self.seen.add(tag)
        for name, value in attrs:
            if name.startswith("on") or (name in ("src", "href") and not (value or "").startswith("#")):
                self.wrong.append((tag, name, value))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        self.open.pop()  # only SVG has such

    def handle_endtag(self, tag):
        while self.open and self.open[-1] != tag and self.open[-1] in LOOSE:
            self.open.pop()
        if not self.open or self.open.pop() != tag:
            self.wrong.append(("/" + tag, self.getpos()))


def make_release(program, box):
    subprocess.run([sys.executable, ROOT / "tests/example-study/analysis/measures.py", box / "measures"], check=True)
    for name, text in (("plan.yaml", PLAN), ("baseline.csv", BASELINE), ("leak.csv", "group,n_small\na,3\nb,120\n"),
                       ("crossed.csv", crossed()), ("follows.csv", FOLLOWS),
                       ("broken.csv", "group,n\na,10\nb,no number\n")):
        (box / name).write_text(text)
    done = subprocess.run([program, "release", "plan.yaml"], cwd=box, capture_output=True, text=True)
    check("the release", done.returncode == 3, done.stderr)
    return box / "release" / "report.html"


def chromium(*arguments, home):
    names = [n for n in ("chromium", "chromium-browser", "google-chrome") if shutil.which(n)]
    return subprocess.run([names[0], "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                           "--allow-file-access-from-files", "--user-data-dir=%s" % home, *arguments],
                          capture_output=True, text=True, timeout=120)


def width_of(page, width, home):
    """How wide the page wants to be in a frame of that width."""
    frame = home / "frame.html"
    frame.write_text("""<!doctype html><body><iframe id=f src="file://%s" style="width:%dpx;height:900px;border:0"></iframe>
<script>onload=()=>{document.title=document.getElementById('f').contentDocument.documentElement.scrollWidth;
const p=document.createElement('p');p.textContent='width='+document.title;document.body.append(p)}</script>""" % (page, width))
    said = chromium("--dump-dom", "--virtual-time-budget=2000", "file://%s" % frame, home=home / "profile").stdout
    found = re.search(r"width=(\d+)</p>", said)
    return int(found.group(1)) if found else None


def shoot(page, width, height, out, home, *more):
    # A window is at least 500 wide: what is narrower stands in a frame.
    shown = home / "shown.html"
    shown.write_text('<!doctype html><body style="margin:0"><iframe src="file://%s" style="width:%dpx;height:%dpx;'
                     'border:0;display:block"></iframe>' % (page, width, height))
    chromium("--screenshot=%s" % out, "--window-size=%d,%d" % (max(width, 500), height), *more,
             "file://%s" % shown, home=home / "profile")
    check("screenshot %s" % out.name, out.exists() and out.stat().st_size > 40000)


def check_page(name, page, words, without, folder, box, height):
    """What is true of every page."""
    text = page.read_text(encoding="utf-8")
    tags = Tags()
    tags.feed(text)
    tags.close()
    check(name + ": tags", not tags.wrong and not tags.open, (tags.wrong[:3], tags.open))
    check(name + ": no script", not tags.seen & {"script", "iframe", "object", "embed", "link", "img"}, tags.seen)
    check(name + ": nothing from elsewhere", not re.search(r"https?:|url\(|@import", text))
    for word in words:
        check("%s has %r" % (name, word), word in text)
    for word in without:
        check("%s has no %r" % (name, word), word not in text)
    for width in (1280, 768, 390, 320):
        wide = width_of(page, width, box)
        check("%s: nothing sticks out at %d" % (name, width), wide == width, wide)
    shoot(page, 1280, height, folder / (name + "-wide.png"), box)
    shoot(page, 390, height + 1000, folder / (name + "-phone.png"), box)
    shoot(page, 1280, height, folder / (name + "-dark.png"), box, "--blink-settings=preferredColorScheme=0")
    pdf = folder / (name + "-paper.pdf")
    chromium("--print-to-pdf=%s" % pdf, "--no-pdf-header-footer", "file://%s" % page, home=box / "profile")
    check(name + ": paper", pdf.exists() and pdf.stat().st_size > 20000)
    return text


def make_audit(program, box, *more):
    tables = ("crossed.csv", "hidden.csv")
    (box / "hidden.csv").write_text(FOLLOWS.replace(",%d\n" % PLANTED, ",[REDACTED]\n", 1))
    done = subprocess.run([program, "audit", "-t", "Total", "--threshold", "5000", "--html", "audit.html", "-m", "n",
                           "--population", "hidden.csv=other", *more, *("release/" + tables[0], tables[1])],
                          cwd=box, capture_output=True, text=True)
    check("the audit", done.returncode == 1, done.stderr)
    return box / "audit.html"


def main():
    program = os.path.abspath(sys.argv[1])
    folder = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else ROOT / "build" / "report")
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.p*"):
        old.unlink()
    with tempfile.TemporaryDirectory(prefix="report-") as box:
        box = pathlib.Path(box)
        text = check_page("release", make_release(program, box),
                          ("Not released", "leak.csv", "broken.csv", "histogram", "[REDACTED]", "Population.",
                           "What follows from the tables", "class=hidden", "class=out"), (str(PLANTED),),
                          folder, box, 2600)
        check("no rows of what is refused", text.count("First rows") == 5, text.count("First rows"))
        for path in (p for p in (box / "release").rglob("*") if p.is_file()):
            check("the planted count is not in " + path.name, str(PLANTED) not in path.read_text(encoding="utf-8"))
        check_page("audit", make_audit(program, box), ("hidden.csv", str(PLANTED), "class=hidden", "class=out"), (),
                   folder, box, 1700)
        text = make_audit(program, box, "--no-values").read_text(encoding="utf-8")
        check("--no-values", str(PLANTED) not in text and "class=out" in text)
    print("%d passed, %d failed" % (results[True], results[False]))
    return results[False] > 0


if __name__ == "__main__":
    sys.exit(main())
