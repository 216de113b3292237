"""Tables for the tests and measurements on clusters: made up, the same for the same seed."""

import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "../../scripts/spark"))
from sluice_blocks import pack  # noqa: E402

GROUPED = """version: 1
group:
  by: [region, age, month]
  bins: {age: [0, 18, 40, 65], month: month}
  rows: n
  persons: {people: patient}
  sum: {n_asthma: has_asthma}
  mean: {bmi: {column: bmi, digits: 1}}
percent: {asthma: [n_asthma, n]}
"""

ROWWISE = """version: 1
keep: [region, month]
drop: [patient, age, note, bmi, has_asthma]
count: [n]
"""

END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")
HEADER = "patient,region,age,month,has_asthma,bmi,n,note\n"
NOTES = ["", "plain", '"two\nlines"', '"a ""word"", and\r\nmore"', '"x\n,\n""\n"']


def row(pick, people):
    return (f"{pick.randrange(people)},{'NSEW'[pick.randrange(4)]}{pick.randrange(5)},"
            f"{pick.randrange(95)},2024-{pick.randrange(1, 13):02d}-{pick.randrange(1, 29):02d},"
            f"{'TF'[pick.randrange(2)]},{pick.randrange(150, 450) / 10},{pick.randrange(60)},"
            f"{NOTES[pick.randrange(5)]}\n")


def make_parts(folder, parts, rows, seed=1):
    """Parts of made-up rows.  Few distinct rows are made and repeated in many orders: large
    tables have to be made in a bearable time."""
    os.makedirs(folder)
    pick = random.Random(seed)
    stock = ["".join(row(pick, 100000) for _ in range(50)) for _ in range(200)]
    for part in range(parts):
        with open(f"{folder}/part-{part:04d}.csv", "w", newline="") as f:
            f.write(HEADER)
            for _ in range(max(1, rows // 50)):
                f.write(stock[pick.randrange(len(stock))])


def make_bgzf(table, output, most, seed=1):
    """Blocks of any size up to 'most' bytes, some of them empty."""
    pick = random.Random(seed)
    with open(table, "rb") as f, open(output, "wb") as out:
        while data := f.read(pick.randrange(1, most)):
            out.write(pack(data))
            if not pick.randrange(20):
                out.write(END)
        out.write(END)


def make_thin(folder, parts, each):
    """So many groups that each has 'each' rows in every part, and that often more in all."""
    os.makedirs(folder)
    for part in range(parts):
        with open(f"{folder}/part-{part:04d}.csv", "w", newline="") as f:
            f.write("sex,patient\n")
            for group in range(30):
                for i in range(each):
                    f.write(f"g{group},{part * 100 + i}\n")


def concatenate(folder, output):
    with open(output, "wb") as out:
        for i, name in enumerate(sorted(os.listdir(folder))):
            with open(os.path.join(folder, name), "rb") as f:
                head = f.readline()
                if not i:
                    out.write(head)
                while data := f.read(1 << 20):
                    out.write(data)
