"""What guards a grouping beyond thresholds, once more: sums that one may dominate, noise by cell keys."""
import hashlib
import hmac
from fractions import Fraction

from reference import REDACTED, bare


class Noise:
    """Perturbation by cell keys: an ONS table, or one with intervals of fractions of 2^32."""

    def __init__(self, said, names):
        with open(said["table"]) as f:
            lines = f.read().split("\n")
        mark = ";" if ";" in lines[0] else ","
        head = lines[0].split(mark)
        rows = [line.split(mark) for line in lines[1:] if line]
        if "pcv" in head:
            at = [head.index(name) for name in ("pcv", "ckey", "pvalue")]
            self.steps = [(int(r[at[0]]), int(r[at[1]]), int(r[at[2]])) for r in rows]
            self.modulus = max(key for _, key, _ in self.steps) + 1
        else:
            at = [head.index(name) for name in ("i", "p_int_ub", "v")]
            self.modulus = 2**32
            self.steps = [(int(r[at[0]]), Fraction(r[at[1]]) * self.modulus, int(r[at[2]])) for r in rows]
        self.most = max(count for count, _, _ in self.steps)
        self.cycle = 250 if "pcv" in head and self.most == 750 else 1
        self.secret = None
        if "key" in said:
            with open(said["key"], "rb") as f:
                self.secret = f.read()
        column = bare(said.get("by", said.get("record_key", "")))
        self.place = names.index(column) if column in names else None

    def key(self, person):
        digest = hmac.new(self.secret, person, hashlib.sha256).digest()
        return int.from_bytes(digest[:8], "little") % self.modulus

    def of_row(self, row, absent):
        if self.place is None:
            return 0
        text = row[self.place].text
        return self.key(b"" if text in absent else text) if self.secret else int(text)

    def add(self, count, keys):
        if not count:
            return 0
        row = count if count <= self.most else (count - self.most - 1) % self.cycle + self.most - self.cycle + 1
        key = keys % self.modulus
        return count + next(v for i, last, v in self.steps if i == row and key <= last)


def perturb(g, columns, counts, release, noise):
    """What is released of counts with noise; None = all of them are 0, and look as if nobody were there."""
    noisy, values = {}, {}
    for name, kind, k, _ in columns:
        name = name.encode()
        keys = g.records if kind == "rows" else sum(map(noise.key, g.persons[k]))
        noisy[name] = noise.add(counts[name], keys)
        low = release({name: counts[name]})[name] == REDACTED
        values[name] = REDACTED if low else release({name: noisy[name]})[name]
        noisy[name] += low
    return values if any(noisy.values()) else None


def is_unsafe(said, amounts, threshold):
    """Whether a sum tells too much of one of its contributors."""
    parts = sorted((x for x in amounts.values() if x), reverse=True)
    total, both = sum(parts), sum(parts[:2])
    n = len(parts) or len(amounts)  # that all have nothing is told of each
    if n and threshold is not None and n <= threshold:
        return True
    if not parts:
        return False
    if "p_percent" in said and (total - both) * 100 < Fraction(str(said["p_percent"])) * parts[0]:
        return True
    return any(sum(parts[:rule["n"]]) * 100 > Fraction(str(rule["k"])) * total for rule in said.get("dominance", []))
