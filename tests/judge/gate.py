"""Every edge construction, to the real gate before level 4 and to `sluice check`.

What the gate refuses must be refused, for the same reason.  What the gate lets pass and
sluice refuses must be in STRICTER, with the check that says so.  Run by gate.sh.
Last line: N passed, N failed.
"""
import gzip
import io
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

from opensafely.jobrunner import config
from opensafely.jobrunner.executors.local import check_l4_file

GOOD = b"sex,n\nF,10\nM,15\n"
LIMIT = config.LEVEL4_MAX_FILESIZE
ROWS = config.LEVEL4_MAX_CSV_ROWS


def rows(n):
    return b"i,n\n" + b"".join(b"g%d,10\n" % i for i in range(n))


def sized(n):
    text = b"sex,n\n" + b"F,%s\n" % (b"x" * 1000) * (n // 1003)
    return text[:n - 1] + b"\n" if len(text) >= n else text + b"y" * (n - len(text) - 1) + b"\n"


def gz(data):
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", mtime=0) as f:
        f.write(data)
    return out.getvalue()


# name: bytes.  The part of a name before "__" tells cases apart.
FILES = {
    "good.csv": GOOD,
    "crlf.csv": GOOD.replace(b"\n", b"\r\n"),
    "no-final-newline.csv": GOOD[:-1],
    "header-only.csv": b"sex,n\n",
    "trailing-blank-lines.csv": GOOD + b"\n\n\n",
    "rows-5000.csv": rows(ROWS),
    "rows-5001.csv": rows(ROWS + 1),
    "rows-5000-and-blank-lines-at-the-end.csv": rows(ROWS) + b"\n" * 10,
    "rows-5001-quoted-newlines.csv": b"i,n\n" + b"".join(b'"g\n%d",10\n' % i for i in range(ROWS + 1)),
    "rows-2501-quoted-newlines.csv": b"i,n\n" + b"".join(b'"g\n%d",10\n' % i for i in range(2501)),
    "size-at-the-limit.txt": b"x" * LIMIT,
    "size-over-the-limit.txt": b"x" * (LIMIT + 1),
    "size-over-the-limit.csv": sized(LIMIT + 1),
    "size-over-the-limit.pdf": b"x" * (LIMIT + 1),
    "patient-id.csv": b"patient_id,a\n1,F\n",
    "patient-id-last.csv": b"a,patient_id\nF,1\n",
    "patient-id-quoted.csv": b'"patient_id","a"\n1,F\n',
    "patient-id-quoted-as-all.csv": b'a,"patient_id"\r\nF,1\r\n',
    "patient-id-cr-only.csv": b"patient_id,a\r1,F\r2,M\r",
    "patient-id-twice.csv": b"patient_id,patient_id\n1,2\n",
    "patient-id-nul.csv": b"patient_id,a\n1,\0\n",
    "patient-id-ragged.csv": b"patient_id,a\n1\n",
    "patient-id-blank-lines.csv": b"patient_id,a\n\n1,F\n",
    "patient-id-blank-first-line.csv": b"\npatient_id,a\n1,F\n",
    "patient-id-and-5001-rows.csv": b"patient_id,n\n" + b"".join(b"%d,10\n" % i for i in range(ROWS + 1)),
    "patient-id-alone.csv": b"patient_id\n1\n2\n",
    "bom-patient-id.csv": b"\xef\xbb\xbfpatient_id,a\n1,F\n",
    "bom.csv": b"\xef\xbb\xbf" + GOOD,
    "case-patient-id.csv": b"Patient_ID,a\n1,F\n",
    "space-patient-id.csv": b" patient_id,a\n1,F\n",
    "semicolon-patient-id.csv": b"patient_id;a\n1;F\n",
    "tab-patient-id.csv": b"patient_id\ta\n1\tF\n",
    "comment-patient-id.csv": b"# made on Monday\npatient_id,a\n1,F\n",
    "title-patient-id.csv": b"Table 1,,\npatient_id,a,b\n1,F,x\n",
    "second-header-patient-id.csv": b"a,b\npatient_id,c\n1,F\n",
    "latin1-patient-id.csv": b"patient_id,pr\xe9nom\n1,F\n",
    "utf16-patient-id.csv": "patient_id,a\n1,F\n".encode("utf-16"),
    "latin1.csv": b"pr\xe9nom,n\nF,10\n",
    "utf16.csv": GOOD.decode().encode("utf-16"),
    "long-field.csv": b"a,n\n" + b"x" * 131073 + b",10\n",
    "long-field-patient-id.csv": b"patient_id,a\n1," + b"x" * 131073 + b"\n",
    "nul.csv": b"sex,n\nF\0,10\n",
    "cr-only.csv": GOOD.replace(b"\n", b"\r"),
    "blank-line-between.csv": b"sex,n\n\nF,10\n",
    "ragged.csv": b"sex,n\nF,10,3\n",
    "quote-inside.csv": b'sex,n\nF"x,10\n',
    "unterminated.csv": b'sex,n\n"F,10\n',
    "header-twice.csv": b"n,n\n10,10\n",
    "empty.csv": b"",
    "gzip.csv": gz(GOOD),
    "zip.csv": b"PK\x03\x04" + b"x" * 40,
    "FILE.CSV": GOOD,
    "file.Csv": GOOD,
    "file.csv.gz": gz(GOOD),
    "file.csv.txt": b"text\n",
    "file.tsv": b"sex\tn\nF\t10\n",
    "file.pdf": b"%PDF-1.5\n",
    "file.feather": b"ARROW1\0\0",
    "file.arrow": b"ARROW1\0\0",
    "file.dta": b"<stata_dta>",
    "file.rds": gz(b"RDX3"),
    "file.xlsx": b"PK\x03\x04" + b"x" * 40,
    "file.docx": b"PK\x03\x04" + b"x" * 40,
    "file.htm": b"<p>text</p>\n",
    "file.gz": gz(b"text\n"),
    "file": b"text\n",
    "file.": b"text\n",
    ".hidden": b"text\n",
    ".hidden.txt": b"text\n",
    ".csv": GOOD,
    "file.txt": b"text\n",
    "file.log": b"text\n",
    "file.json": b"{}\n",
    "file.md": b"# text\n",
    "file.html": b"<p>text</p>\n",
    "file.svg": b"<svg></svg>\n",
    "file.svgz": gz(b"<svg></svg>\n"),
    "file.png": b"\x89PNG\r\n\x1a\n" + b"x" * 40,
    "file.jpg": b"\xff\xd8\xff\xe0" + b"x" * 40,
    "file.jpeg": b"\xff\xd8\xff\xe0" + b"x" * 40,
    "table-as.png": GOOD,
    "empty.txt": b"",
}

# What the gate lets pass and sluice refuses, by the check that says so.
STRICTER = {
    "bom-patient-id.csv": "identifier",
    "case-patient-id.csv": "identifier",
    "space-patient-id.csv": "identifier",
    "semicolon-patient-id.csv": "identifier",
    "tab-patient-id.csv": "identifier",
    "comment-patient-id.csv": "identifier",
    "title-patient-id.csv": "identifier",
    "second-header-patient-id.csv": "identifier",
    "patient-id-blank-first-line.csv": "identifier",
    "latin1-patient-id.csv": "identifier",
    "utf16-patient-id.csv": "identifier",
    "long-field-patient-id.csv": "identifier",
    "latin1.csv": "reading",
    "utf16.csv": "reading",
    "nul.csv": "reading",
    "cr-only.csv": "reading",
    "blank-line-between.csv": "reading",
    "ragged.csv": "reading",
    "quote-inside.csv": "reading",
    "unterminated.csv": "reading",
    "header-twice.csv": "reading",
    "empty.csv": "reading",
    "gzip.csv": "type",
    "zip.csv": "reading",
    ".hidden.txt": "type",
    "table-as.png": "type",
}

# The words of the gate, and the check of the same.
REASONS = {"File size": "size", "File type": "type", "patient_id": "identifier", "row count": "rows"}


def sluice(program, path):
    done = subprocess.run([program, "check", "--format", "json", path], capture_output=True)
    if done.returncode not in (0, 1):
        return None, done.stderr.decode()
    verdict = json.loads(done.stdout)["files"][0]
    if verdict["fit"] != (done.returncode == 0):
        return None, "exit status and verdict differ"
    return verdict, ""


def judge(name, passes, message, verdict):
    """What is wrong with the two verdicts, or nothing."""
    refusals = {f["check"] for f in verdict["findings"] if f["severity"] == "refusal"}
    if passes and verdict["fit"]:
        return "" if name not in STRICTER else "not refused, although it is in STRICTER"
    if passes:
        if name not in STRICTER:
            return "refused by %s, and not in STRICTER" % sorted(refusals)
        return "" if STRICTER[name] in refusals else "refused by %s, not %s" % (sorted(refusals), STRICTER[name])
    wanted = {check for words, check in REASONS.items() if words in message}
    if not wanted:
        return "an unknown reason: " + message
    return "" if wanted <= refusals else "the gate refuses by %s, sluice by %s" % (wanted, sorted(refusals))


def main():
    job = SimpleNamespace(level4_max_filesize=LIMIT, level4_max_csv_rows=ROWS)
    passed = failed = stricter = 0
    with tempfile.TemporaryDirectory(prefix="gate-") as folder:
        for name, data in FILES.items():
            Path(folder, name).write_bytes(data)
            passes, message, _, _ = check_l4_file(job, name, len(data), Path(folder))
            verdict, wrong = sluice(sys.argv[1], os.path.join(folder, name))
            wrong = wrong or judge(name, passes, message or "", verdict)
            passed += not wrong
            failed += bool(wrong)
            stricter += passes and not wrong and name in STRICTER
            if wrong:
                print("%s: %s" % (name, wrong))
    unknown = set(STRICTER) - set(FILES)
    if unknown:
        print("STRICTER names what is not asked: %s" % sorted(unknown))
        failed += 1
    print("%d constructions, of which the gate lets %d pass that are refused here" % (len(FILES), stricter))
    print("%d passed, %d failed" % (passed, failed))
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
