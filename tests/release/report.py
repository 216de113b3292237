#!/usr/bin/env python3
"""The report in a browser.   tests/release/report.py PATH/TO/sluice [FOLDER]

A release with fit, remarkable, refused and failed tables; its page in headless Chromium at
1280 and 390 pixels, light and dark, and on paper.  Nothing may stick out to the side, the page needs
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


def main():
    program = os.path.abspath(sys.argv[1])
    folder = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else ROOT / "build" / "report")
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.p*"):
        old.unlink()
    with tempfile.TemporaryDirectory(prefix="report-") as box:
        box = pathlib.Path(box)
        page = make_release(program, box)
        text = page.read_text(encoding="utf-8")
        tags = Tags()
        tags.feed(text)
        tags.close()
        check("tags", not tags.wrong and not tags.open, (tags.wrong[:3], tags.open))
        check("no script", not tags.seen & {"script", "iframe", "object", "embed", "link", "img"}, tags.seen)
        check("nothing from elsewhere", not re.search(r"https?:|url\(|@import", text))
        for word in ("Not released", "leak.csv", "broken.csv", "histogram", "[REDACTED]", "Population."):
            check("the page has %r" % word, word in text)
        check("no rows of what is refused", text.count("First rows") == 4, text.count("First rows"))
        for width in (1280, 768, 390, 320):
            check("nothing sticks out at %d" % width, width_of(page, width, box) == width, width_of(page, width, box))
        shoot(page, 1280, 2600, folder / "wide.png", box)
        shoot(page, 390, 3600, folder / "phone.png", box)
        shoot(page, 1280, 2600, folder / "dark.png", box, "--blink-settings=preferredColorScheme=0")
        pdf = folder / "paper.pdf"
        chromium("--print-to-pdf=%s" % pdf, "--no-pdf-header-footer", "file://%s" % page, home=box / "profile")
        check("paper", pdf.exists() and pdf.stat().st_size > 20000)
    print("%d passed, %d failed" % (results[True], results[False]))
    return results[False] > 0


if __name__ == "__main__":
    sys.exit(main())
