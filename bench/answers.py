"""That what is timed is right: sluice against tests/judge/reference.py or group_reference.py, then its own outputs
against each other at full size, then each peer's table against sluice's."""
import csv
import gzip
import hashlib
import io
import json
import os
import subprocess
import sys

from place import MB
from workloads import PLAN_OF, PLANS, run

SMALL = MB       # what the reference is given
MIDDLE = 10 * MB  # what the peers are


class Wrong(Exception):
    pass


def output(argv):
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if done.returncode:
        raise Wrong("%s: %s" % (" ".join(argv)[:100], done.stderr.decode(errors="replace").strip()[-200:]))
    return done.stdout


def digest(argv, unpack=False):
    """Sum and length of what the command writes."""
    sum_, n = hashlib.blake2b(), 0
    with subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as p:
        f = gzip.GzipFile(fileobj=p.stdout) if unpack else p.stdout
        while True:
            piece = f.read(1 << 20)
            if not piece:
                break
            sum_.update(piece)
            n += len(piece)
    if p.returncode:
        raise Wrong(" ".join(argv)[:100])
    return sum_.hexdigest(), n


def variants(place, plan, table, packed):
    """Everything that must not change the output: what it is called, command, whether to unpack."""
    for threads in (1, 2):
        yield "-j%d" % threads, run(place, plan, table, threads), False
    for isa in place.isas:
        yield "--isa " + isa, run(place, plan, table, 2, "--isa", isa), False
    for source in packed:
        for threads in (1, 2):
            yield "%s > csv -j%d" % (source, threads), run(place, plan, source, threads), False
            yield "%s > gz -j%d" % (source, threads), run(place, plan, source, threads, "-z"), True


def packed_tables(place, kind, size):
    return [place.table(kind, size, packed=packing) for packing in ("gz", "bgzf")]


def check_reference(place, plan):
    kind, rules = PLANS[plan]
    table = place.table(kind, SMALL)
    judge = "tests/judge/%s" % ("group_reference.py" if "group" in rules else "reference.py")
    rules_file = place.scratch("rules.json")
    with open(rules_file, "w") as f:
        json.dump(dict(rules, other="refuse"), f)
    with open(table, "rb") as f:
        expected = subprocess.run([sys.executable, judge, rules_file], stdin=f, stdout=subprocess.PIPE,
                                  check=True).stdout
    os.unlink(rules_file)
    for name, argv, unpack in variants(place, plan, table, packed_tables(place, kind, SMALL)):
        written = output(argv)
        if (gzip.decompress(written) if unpack else written) != expected:
            raise Wrong("%s %s: not what %s makes of it" % (plan, name, judge))


def check_sluice(place):
    """Raises Wrong.  At full size only the outputs' sums are compared, with that of one thread of scalar code."""
    for plan, (kind, _) in PLANS.items():
        check_reference(place, plan)
        table = place.table(kind, place.size)
        packed = packed_tables(place, kind, place.size) if plan == "W3" else \
            [place.table(kind, place.size, packed="gz")] if plan == "W1" else []
        expected = digest(run(place, plan, table, 1, "--isa", place.isas[-1]))
        for name, argv, unpack in variants(place, plan, table, packed):
            if digest(argv, unpack) != expected:
                raise Wrong("%s %s: other bytes at full size" % (plan, name))
        if packed and len({digest(run(place, plan, source, threads, "-z")) for threads in (1, 2) for source in (table, *packed)}) != 1:
            raise Wrong("%s: other bytes of gzip by threads or input" % plan)
        print("  right    %s: as the reference on 1 MB, the same bytes in every way at full size" % plan, flush=True)


def rows(data):
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    return list(csv.reader(io.StringIO(data.decode(), newline="")))


def check_peer(place, peer):
    """None if the peer's table is sluice's, cell by cell; else what is different."""
    table = place.table(peer["kind"], min(MIDDLE, place.size), packed=peer["packed"])
    plan = PLAN_OF[peer["kind"]]
    packs = peer["packed"] and plan != "W3"
    ours = run(place, plan, table, 2)
    if peer["projection"]:
        rules = PLANS[plan][1]
        ours = [place.sluice, "run", "-q", "-d", ",".join(rules["drop"]), "-k", ",".join(rules["keep"] + rules["count"]), table]
    written = place.scratch("peer.csv" + (".gz" if packs else ""))
    try:
        output(peer["command"](peer["kind"], table, written))
        with open(written, "rb") as f:
            theirs = f.read()
    except (Wrong, OSError) as e:
        return str(e)
    finally:
        if os.path.exists(written):
            os.unlink(written)
    if packs and theirs[:2] != b"\x1f\x8b":
        return "did not write gzip"
    mine, theirs = rows(output(ours)), rows(theirs)
    if mine == theirs or sorted(mine) == sorted(theirs):
        return None
    if len(mine) != len(theirs):
        return "another table: %d rows for %d" % (len(theirs), len(mine))
    bad = [(i, j) for i, (a, b) in enumerate(zip(mine, theirs)) for j in range(max(len(a), len(b))) if a[j:j + 1] != b[j:j + 1]]
    return "another table: %d cells differ, the first in row %d, column %d" % (len(bad), bad[0][0] + 1, bad[0][1] + 1)


def packed_sizes(place):
    """Bytes of sluice's gzip and of gzip -1's, of the same table."""
    table = place.table("measures", min(100 * MB, place.size), packed=True)
    plain = output(run(place, "W1", table, 2))
    theirs = subprocess.run(["gzip", "-1", "-c"], input=plain, stdout=subprocess.PIPE, check=True).stdout
    return {"plain": len(plain), "sluice": len(output(run(place, "W1", table, 2, "-z"))), "gzip_1": len(theirs)}
