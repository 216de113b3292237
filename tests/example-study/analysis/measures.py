#!/usr/bin/env python3
"""Tables as ehrQL's generate-measures writes them with its own protection switched off.

    analysis/measures.py FOLDER

Stands in for the action that needs the database: the same names, columns, line ends and
compression; the numbers are drawn, with a fixed seed.
"""
import csv
import gzip
import os
import random
import sys

GROUPS = {"sex": ["female", "male", "intersex", "unknown"],
          "imd": ["1", "2", "3", "4", "5", ""],
          "age_band": ["12-17", "18-39", "40-64", "65-79", "80-110"]}
# Some groups are rare: there are small numbers to find.
RARE = {"intersex": 12, "unknown": 9, "": 40, "80-110": 300}


def rows(draw, name):
    for month in range(1, 13):
        for group in GROUPS[name]:
            denominator = draw.randint(3, RARE[group]) if group in RARE else draw.randint(2000, 9000)
            numerator = sum(draw.random() < 0.06 for _ in range(denominator))
            yield ["2023-%02d-01" % month, "2023-%02d-28" % month,
                   repr(numerator / denominator), numerator, denominator, group]


def main():
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    draw = random.Random(7)
    for name in GROUPS:
        path = os.path.join(folder, "asthma_by_%s.csv.gz" % name)
        with gzip.open(path, "wt", encoding="utf-8", newline="") as f:
            out = csv.writer(f)
            out.writerow(["interval_start", "interval_end", "ratio", "numerator", "denominator", name])
            out.writerows(rows(draw, name))


main()
