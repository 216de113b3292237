"""7, 8, 10, 11: what is read: descriptors, kinds of files, names, surroundings, bombs, plans."""
import gzip
import itertools
import os
import threading

from box import RULES, SECRET, members, read, table, write

GIB = 1 << 30
MIB = 1 << 20


def closed_descriptors(box):
    data = table(3000)
    want = box.right(data)
    for n in range(1, 4):
        for closed in itertools.combinations((0, 1, 2), n):
            folder = box.folder()
            write(data, folder, "in.csv")

            def close(closed=closed):
                for fd in closed:
                    os.close(fd)
            done = box.run(["run", *RULES, "in.csv", "-o", "out.csv", "--report", "r.json"], folder, before=close)
            box.check(done.status == 0 and read(folder, "out.csv") == want and read(folder, "in.csv") == data,
                      "descriptors %s closed: %s %r" % (closed, done.status, done.err))
            done = box.run(["run", *RULES, "in.csv"], folder, before=close)
            box.check(done.status == (4 if 1 in closed else 0) and read(folder, "in.csv") == data,
                      "descriptors %s closed, to stdout: %s %r" % (closed, done.status, done.err))
            done = box.run(["run", *RULES, "-o", "out2.csv"], folder, data=data, before=close)
            box.check(done.status == (4 if 0 in closed else 0), "descriptors %s closed, from stdin: %s" % (closed, done.status))
            box.check(not [name for name in os.listdir(folder) if name.startswith(".")], "closed: left behind")


def kinds_of_input(box):
    folder = box.folder()
    os.mkdir(os.path.join(folder, "there"))
    os.mkfifo(os.path.join(folder, "fifo"))
    data = table(30)
    want = box.right(data)
    for name, statuses in (("there", (4,)), ("none", (4,)), ("/dev/null", (3,)), ("", (2,)), ("/proc/self/mem", (3, 4)),
                           ("/proc/self/cmdline", (3,)), ("/sys", (4,)), ("there/none", (4,))):
        box.refused(["run", *RULES, name], "input %r" % name, statuses)
    for fifo in ("fifo",):
        threading.Thread(target=write, args=(data, folder, fifo)).start()
        done = box.run(["run", *RULES, fifo], folder)
        box.check(done.status == 0 and done.out == want, "a FIFO: %s %r" % (done.status, done.err))
    write(data, folder, "in.csv")
    for name in ("/dev/stdin", "/proc/self/fd/0", "/dev/fd/0"):
        with open(os.path.join(folder, "in.csv"), "rb") as f:
            done = box.run(["run", *RULES, name], folder, stdin=f)
        box.check(done.status == 0 and done.out == want, "%s: %s %r" % (name, done.status, done.err))
    done = box.run(["run", "--config", '{"version":1,"other":"keep"}', "-q", "/proc/self/maps"], folder)
    box.sound(done, "/proc/self/maps", folder, (0, 3, 4))


def odd_names(box):
    data = table(30)
    want = box.right(data)
    for name in ("with spaces.csv", "line\nbreak.csv", "-dash.csv", "--output=x.csv", "100%s%n.csv", "it's \"q\".csv", "é.csv",
                 "back\\slash.csv", ".hidden", "*.csv", "x" * 200 + ".csv"):
        folder = box.folder()
        write(data, folder, name)
        done = box.run(["run", *RULES, "-o", "out of " + name, "--", name], folder)
        box.check(done.status == 0 and read(folder, "out of " + name) == want, "%r: %s %r" % (name, done.status, done.err))
        write(data + b"1,2\n", folder, name)
        done = box.run(["run", *RULES, "-o", "bad", "--", name], folder)
        box.sound(done, "%r" % name, folder, (3,))


def surroundings(box):
    """Locale, time zone, width of the terminal: no byte changes; nor by the way the input comes."""
    data = table(3000)
    want = box.right(data)
    folder = box.folder()
    write(data, folder, "in.csv")
    write(gzip.compress(data), folder, "in.csv.gz")
    for env in ({"LC_ALL": "tr_TR.UTF-8"}, {"LC_ALL": "de_DE.UTF-8", "LC_NUMERIC": "de_DE.UTF-8"}, {"LANG": "ar_EG"},
                {"LC_ALL": "none.such"}, {"TZ": "Asia/Kathmandu"}, {"TZ": ":/etc/passwd"}, {"COLUMNS": "3", "LINES": "1"},
                {"TMPDIR": "/nowhere"}, {"HOME": ""}, {"PATH": ""}, {"MALLOC_PERTURB_": "165"}):
        for name in ("in.csv", "in.csv.gz"):
            done = box.run(["run", *RULES, name], folder, env=env)
            box.check(done.status == 0 and done.out == want and not done.err, "%s: other bytes" % env)


def packed_rows(box):
    """A small gzip of very many rows, in little memory."""
    folder = box.folder()
    rows = b"SECRET7731,north,12,99\n" * (MIB // 23)
    write(gzip.compress(b"patient,area,n,total\n", mtime=0) + members(rows, 78), folder, "in.csv.gz")
    done = box.measured(["run", *RULES, "in.csv.gz", "-o", "out.csv"], folder, 60, GIB)
    want = b"area,n,total,share\n" + b"north,10,100,0.1\n" * (78 * (MIB // 23))
    box.check(done.status == 0 and read(folder, "out.csv") == want, "78 MB of rows: %s %r" % (done.status, done.err))
    box.check(done.peak < 256 * MIB, "78 MB of rows: %d MiB" % (done.peak // MIB))
    box.note("78 MB of rows from %d kB of gzip: %d MiB, %.1f s" % (
        os.path.getsize(os.path.join(folder, "in.csv.gz")) // 1000, done.peak // MIB, done.seconds))
    os.unlink(os.path.join(folder, "out.csv"))


BOMBS = {  # what gzip makes of them is 1 to 4 MB
    "a cell of 1 GiB": (b"patient,area,n,total\nSECRET7731,", b"a" * (16 * MIB), 64),
    "a quoted cell of 1 GiB": (b'patient,area,n,total\nSECRET7731,"', b"a\n" * (8 * MIB), 64),
    "a header of 4 GiB": (b"", b"a" * (64 * MIB), 64),
    "a quoted header of 4 GiB": (b'"', b"a" * (64 * MIB), 64),
    "2^30 columns in the header": (b"", b"," * (64 * MIB), 16),
    "2^30 columns in a record": (b"patient,area,n,total\n", b"," * (64 * MIB), 16),
    "4 Gi blank lines": (b"", b"\n" * (64 * MIB), 64),
    "4 Gi blank lines before a record": (b"patient,area,n,total\n", b"\n" * (64 * MIB), 64),
    "1 GiB of quotes": (b"patient,area,n,total\n", b'"' * (16 * MIB), 64),
    "1 GiB of NULs": (b"patient,area,n,total\n", bytes(64 * MIB), 16),
    "1 GiB of CRs": (b"patient,area,n,total\n", b"\r" * (64 * MIB), 16),
}


def bombs(box):
    for name, (head, body, n) in BOMBS.items():
        folder = box.folder()
        tail = b"SECRET7731,north,12,99\n" if name.endswith("record") else b""
        write(gzip.compress(head, mtime=0) * bool(head) + members(body, n) + gzip.compress(tail, mtime=0) * bool(tail),
              folder, "in.csv.gz")
        size = os.path.getsize(os.path.join(folder, "in.csv.gz"))
        done = box.measured(["run", *RULES, "in.csv.gz", "-o", "out.csv"], folder, 60, GIB)
        box.check(done.status == 3 and done.err.count(b"\n") == 1 and SECRET not in done.err, "%s: exit status %s %r" % (
            name, done.status, done.err[:200]))
        box.check(done.seconds < 60 and os.listdir(folder) == ["in.csv.gz"], "%s: %.1f s, %s" % (
            name, done.seconds, os.listdir(folder)))
        box.check(done.peak < 256 * MIB, "%s: %d MiB" % (name, done.peak // MIB))
        box.note("%s (%d kB): %d MiB, %.1f s" % (name, size // 1000, done.peak // MIB, done.seconds))


JUDGED = {  # as large as may leave, and made to cost much
    "65,535 columns": b",".join(b"c%d" % i for i in range(65535)) + b"\n" + (b"1," * 65534 + b"1\n") * 100,
    "1.2 million rows, none like another": b"k,n\n" + b"".join(b"%d,10\n" % i for i in range(1200000)),
    "8 million rows": b"a\n" + b"x\n" * (8 * MIB - 8),
    "60,000 long names": b",".join(b"c%dn%s" % (i, b"x" * 200) for i in range(60000)) + b"\n",
    "a cell of 15 MiB": b"a,b\n" + b"x" * (15 * MIB) + b",1\n",
}
JUDGES = {  # the most that each may take
    "check": (["check", "in.csv"], 160), "release": (["release", "plan.yaml", "-q", "-j2"], 256),
    "merge": (["merge", "in.csv", "-o", "out.csv"], 64),
}


def bombs_judged(box):
    plan = b"version: 1\noutputs: {t: {input: in.csv, output: \"release/{stem}.csv\", other: keep}}\n"
    for name, text in JUDGED.items():
        folder = box.folder()
        write(text, folder, "in.csv")
        write(plan, folder, "plan.yaml")
        for judge, (args, most) in JUDGES.items():
            done = box.measured(args, folder, 60, GIB)
            box.check(done.status in (0, 1, 3), "%s of %s: exit status %s %r" % (judge, name, done.status, done.err[:200]))
            box.check(done.peak < most * MIB, "%s of %s: %d MiB" % (judge, name, done.peak // MIB))
            box.note("%s of %s (%d MB): %d MiB, %.1f s" % (judge, name, len(text) // 1000000, done.peak // MIB, done.seconds))
    for name in ("a header of 4 GiB", "2^30 columns in the header", "1 GiB of quotes", "1 GiB of NULs"):
        head, body, n = BOMBS[name]
        folder = box.folder()
        write(gzip.compress(head, mtime=0) * bool(head) + members(body, n), folder, "in.csv.gz")
        for args in (["check", "in.csv.gz"], ["audit", "-m", "n", "in.csv.gz"]):
            done = box.measured(args, folder, 60, GIB)
            box.check(done.status in (1, 3) and done.peak < 96 * MIB, "%s of %s: exit status %s, %d MiB" % (
                args[0], name, done.status, done.peak // MIB))


def bombs_audited(box):
    """A table of more text than an audit reads, beside one of which a count follows: each is told its own."""
    folder = box.folder()
    rows = [gzip.compress(b"sex,area,n\nF,north,20\n", mtime=0), members(b"F," + b"x" * MIB + b",12\n", 257),
            gzip.compress(b"Total,SECRET7731,5000\n", mtime=0)]
    write(b"".join(rows), folder, "large.csv.gz")
    write(b"sex,n\nF,20\nM,[REDACTED]\nTotal,25\n", folder, "small.csv")
    done = box.run(["check", "--max-bytes", "1G", "--round-to", "1", "--total", "Total", "small.csv", "large.csv.gz"], folder)
    said = done.out.decode().splitlines()
    box.check(done.status == 1 and SECRET not in done.out + done.err and done.err == b"",
              "audited with a bomb: exit status %s %r" % (done.status, done.err[:200]))
    box.check(any(line.startswith("small.csv:3:2: refused disclosed: ") for line in said) and
              any(line.startswith("large.csv.gz: warning undecided: not audited: it has more text") for line in said),
              "audited with a bomb: %s" % [line[:100] for line in said])


def plans_that_are_bombs(box):
    deep = b"version: 1\nkeep: " + b"[" * 100000
    wide = b"version: 1\nother: keep\nkeep: [" + b", ".join(b"c%d" % i for i in range(100000)) + b"]\n"
    laughs = b"version: 1\na0: &a0 [x, x]\n" + b"".join(b"a%d: &a%d [*a%d, *a%d]\n" % (i, i, i - 1, i - 1) for i in range(1, 60))
    for name, text in (("deep", deep), ("deep maps", b"{" * 100000), ("wide", wide), ("laughs", laughs),
                       ("large", b"#" * (2 * MIB)), ("keys", b"".join(b"k%d: 1\n" % i for i in range(90000))),
                       ("globs", b'version: 1\nother: keep\nkeep: ["%s?"]\n' % (b"*a" * 30000))):
        folder = box.folder()
        write(text, folder, "plan.yaml")
        write(b"a" * 60000 + b",n\n1,2\n", folder, "in.csv")
        done = box.measured(["run", "-p", "plan.yaml", "in.csv", "-q"], folder, 60, GIB)
        box.check(done.status in (0, 2, 3), "plan, %s: %s %r" % (name, done.status, done.err[:200]))
        box.check(done.seconds < 60 and done.peak < 512 * MIB, "plan, %s: %.1f s, %d MiB" % (
            name, done.seconds, done.peak // MIB))
        box.note("plan, %s (%d kB): %d MiB, %.1f s" % (name, len(text) // 1000, done.peak // MIB, done.seconds))


def broken_plans(box):
    data = table(5)
    for name, text in {
            "empty": b"", "only a comment": b"# x\n", "not JSON": b'{"version": 1, "count": [}', "binary": bytes(range(256)),
            "gzip": gzip.compress(b"version: 1\n"), "a list": b"[1, 2]", "a text": b"version", "no version": b"other: keep\n",
            "wrong version": b"version: 2\nother: keep\n", "version as text": b'version: "1"\nother: keep\n',
            "unknown action": b"version: 1\nremove: [n]\n", "wrong type": b"version: 1\ncount: {n: 1}\n",
            "a number for a list": b"version: 1\ncount: 5\n", "null": b"version: 1\ncount: null\n",
            "negative threshold": b"version: 1\npolicy: {threshold: -1}\ncount: [n]\nother: keep\n",
            "threshold of text": b"version: 1\npolicy: {threshold: x}\ncount: [n]\nother: keep\n",
            "threshold too high": b"version: 1\npolicy: {threshold: 99999999999999999999}\ncount: [n]\nother: keep\n",
            "round_to 0": b"version: 1\npolicy: {round_to: 0}\ncount: [n]\nother: keep\n",
            "unknown policy": b"version: 1\npolicy: none\ncount: [n]\nother: keep\n",
            "a column twice": b"version: 1\ncount: [{columns: [n]}, {columns: [n], threshold: 9, round_to: 10}]"
            b"\nother: keep\n", "a column by two rules": b"version: 1\ncount: [n]\n"
            b"keep: [n]\nother: keep\n", "a key twice": b"version: 1\ncount: [n]\ncount: [total]\nother: keep\n",
            "two documents": b"version: 1\nother: keep\n---\nversion: 1\n", "a tag": b"version: !!int 1\nother: keep\n",
            "an anchor": b"version: 1\ncount: &a [n]\nkeep: *a\n", "UTF-16": "version: 1\nother: keep\n".encode("utf-16"),
            "cut": b"version: 1\ncount: [n", "NUL": b"version: 1\nother: keep\n\0", "unknown column": b"version: 1\ncount: [zz]\n"
            b"other: keep\n"}.items():
        folder = box.folder()
        write(text, folder, "plan.yaml")
        write(data, folder, "in.csv")
        box.refused(["run", "-p", "plan.yaml", "in.csv"], "a plan: " + name, (2, 3) if name in ("unknown column", "a number for a list") else (2,), folder)


TESTS = [closed_descriptors, kinds_of_input, odd_names, surroundings, packed_rows, bombs, bombs_judged, bombs_audited,
         plans_that_are_bombs, broken_plans]
