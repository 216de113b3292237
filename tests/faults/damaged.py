"""1, 5: input that is cut, flipped, or changes while it is read."""
import gzip
import os
import random
import time

from box import OLD, RULES, feed_slowly, read, table, write


def every_cut(box):
    data = table(9)
    first, second = gzip.compress(data[:150], mtime=0), gzip.compress(data[150:], mtime=0)
    want = box.right(data)
    for whole, name in ((gzip.compress(data, mtime=0), "one member"), (first + second, "two members")):
        for n in range(len(whole)):
            folder = box.folder()
            write(whole[:n], folder, "in.csv.gz")
            if name == "two members" and n == len(first):  # that is a file of one member
                done = box.run(["run", *RULES, "in.csv.gz"], folder)
                box.check(done.status == 3, "cut between members amid a record: %s" % done.status)
                continue
            box.refused(["run", *RULES, "in.csv.gz"], "%s cut at byte %d" % (name, n), (3,), folder)
        done = box.run(["run", *RULES], box.folder(), data=whole)
        box.check(done.status == 0 and done.out == want, name + ": not cut")


def every_bit(box):
    data = table(4)
    whole, want = gzip.compress(data, mtime=0), box.right(data)
    survived = 0
    for bit in range(8 * len(whole)):
        flipped = bytearray(whole)
        flipped[bit // 8] ^= 1 << bit % 8
        folder = box.folder()
        write(bytes(flipped), folder, "in.csv.gz")
        write(OLD, folder, "out.csv")
        done = box.run(["run", *RULES, "in.csv.gz", "-o", "out.csv"], folder)
        box.sound(done, "bit %d flipped" % bit, folder, (0, 3))
        box.check(read(folder, "out.csv") == (OLD if done.status else want), "bit %d flipped: other rows" % bit)
        survived += done.status == 0
    # the header's time, extra flags, system and text flag, and what fills the last byte mean nothing
    box.check(survived <= 32 + 8 + 8 + 1 + 7, "%d flipped bits made no difference" % survived)


def changed_while_read(box):
    """Old content, new content or an error; a signal never."""
    data = table(400000)
    want, more = box.right(data), table(400001, 2)
    changes = {
        "cut": lambda path, r: os.truncate(path, r.randrange(len(data))),
        "cut to nothing": lambda path, r: os.truncate(path, 0),
        "grown": lambda path, r: open(path, "ab").write(b"SECRET7731,north,12,99\n"),
        "written over": lambda path, r: write(more, path),
        "replaced": lambda path, r: (write(more, path + ".new"), os.rename(path + ".new", path)),
        "removed": lambda path, r: os.unlink(path),
    }
    for seed in range(30):
        r = random.Random(seed)
        name = list(changes)[seed % len(changes)]
        folder = box.folder()
        path = os.path.join(folder, "in.csv")
        write(data, path)
        write(OLD, folder, "out.csv")
        p = box.start(["run", *RULES, "in.csv", "-o", "out.csv", "-j", str(1 + seed % 3)], folder)
        time.sleep(r.random() * 0.04)
        changes[name](path, r)
        _, err = p.communicate(timeout=60)
        what = "input %s while it is read (%d)" % (name, seed)
        box.check(p.returncode in (0, 3, 4) and b"SECRET" not in err, "%s: exit status %s %r" % (what, p.returncode, err))
        got = read(folder, "out.csv")
        if p.returncode:
            box.check(got == OLD, what + ": the old output is gone")
        else:
            box.check(got == want or (name == "written over" and len(got) > 0 and got == box.right(more)),
                      what + ": rows that are neither of the old table nor of the new")
        box.check(sorted(os.listdir(folder))[-1] in ("out.csv",), what + ": left behind %s" % os.listdir(folder))


def broken_pipe_input(box):
    """What feeds the pipe stops amid the table: nothing is published but what is a table."""
    data = table(3000)
    folder = box.folder()
    p = box.start(["run", *RULES, "-o", "out.csv"], folder, stdin=-1)
    feed_slowly(p, data[:-7], 5000, 0)
    _, err = p.communicate(timeout=60)
    box.check(p.returncode == 3 and not os.listdir(folder), "a pipe that ends amid a record: %s %r" % (p.returncode, err))


TESTS = [every_cut, every_bit, changed_while_read, broken_pipe_input]
