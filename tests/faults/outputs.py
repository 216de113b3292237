"""2, 3, 6, 12: where the result goes, and what is there before and after."""
import gzip
import os
import re
import resource
import shutil
import signal
import stat
import subprocess
import sys
import threading

from box import OLD, RULES, ignore_signal, read, table, write


def names_that_cannot_be(box):
    data = table(5)
    for name, what in (("none/out.csv", "no such folder"), ("there", "a folder"), ("there/", "a folder"),
                       ("in.csv/out.csv", "a file as a folder"), ("x" * 300, "too long a name")):
        folder = box.folder()
        os.mkdir(os.path.join(folder, "there"))
        write(data, folder, "in.csv")
        done = box.run(["run", *RULES, "in.csv", "-o", name], folder)
        box.sound(done, what, folder, (2, 4))
        box.check(sorted(os.listdir(folder)) == ["in.csv", "there"] and not os.listdir(os.path.join(folder, "there")),
                  what + ": something was made")


def too_large_a_file(box):
    data = table(20000)
    for ignored in (False, True):
        for size in (0, 1, 4096, 100000):
            def limit(size=size, ignored=ignored):
                resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
                if ignored:
                    ignore_signal(signal.SIGXFSZ)()
            for flags in ([], ["-z"], ["-j2", "--report", "report.json"]):
                box.refused(["run", *RULES, *flags], "RLIMIT_FSIZE %d %s" % (size, flags), (4,), data=data, before=limit)


def full_device_as_stdout(box):
    for data in (table(1), table(60000)):
        for flags in ([], ["-z"]):
            with open("/dev/full", "wb") as full:
                done = box.run(["run", *RULES, *flags], box.folder(), data=data, stdout=full)
            box.sound(done, "/dev/full", None, (4,))
    for command in (["version"], ["policies"], ["help"], ["help", "--man"]):
        with open("/dev/full", "wb") as full:
            box.sound(box.run(command, box.folder(), stdout=full), "/dev/full for %s" % command, None, (4,))


def closed_pipe_as_stdout(box):
    for data in (table(1), table(60000)):
        for ignored in (False, True):
            reader, writer = os.pipe()
            os.close(reader)
            before = ignore_signal(signal.SIGPIPE) if ignored else lambda: signal.signal(signal.SIGPIPE, signal.SIG_DFL)
            done = box.run(["run", *RULES], box.folder(), data=data, stdout=writer, before=before)
            os.close(writer)
            box.check(done.status == (4 if ignored else -signal.SIGPIPE), "a closed pipe: %s %r" % (done.status, done.err))


def full_disk(box):
    """On a tmpfs of our own, in namespaces of our own."""
    folder = box.folder()
    write(table(4000), folder, "in.csv")
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "full_disk.py")
    tries = [["unshare", "-m"]] if os.geteuid() == 0 else []
    for how in tries + [["unshare", "-Urm"]]:
        if not shutil.which("unshare"):
            break
        done = subprocess.run([*how, sys.executable, "-B", script, box.program, folder], capture_output=True, text=True)
        if done.returncode != 77:
            n = re.search(r"^(\d+) passed, (\d+) failed$", done.stdout, re.M)
            print(done.stdout if not n or n[2] != "0" else "", end="")
            box.passed += int(n[1]) if n else 0
            box.failed += int(n[2]) if n else 1
            if not n:
                print("FAILED full_disk.py: " + done.stderr)
            return
    box.skip("disk full: no tmpfs can be mounted here (neither as root nor in a user namespace)")


def never_absent_never_partial(box):
    """Somebody looks all the time while good runs replace the output."""
    a, b = table(3000, 1), table(3000, 2)
    wants = {box.right(a), box.right(b)}
    folder = box.folder()
    write(a, folder, "a.csv")
    write(b, folder, "b.csv")
    box.run(["run", *RULES, "a.csv", "-o", "out.csv"], folder)
    seen, over, looked = set(), threading.Event(), 0

    def look():
        nonlocal looked
        while not over.is_set():
            try:
                seen.add(read(folder, "out.csv"))
            except OSError as e:
                seen.add(str(e))
            looked += 1

    looker = threading.Thread(target=look)
    looker.start()
    for i in range(60):
        box.run(["run", *RULES, "ab"[i % 2] + ".csv", "-o", "out.csv"], folder)
    over.set()
    looker.join()
    box.check(seen == wants, "while it was replaced, %d looks saw %d things" % (looked, len(seen)))


def two_runs_at_once(box):
    a, b = table(30000, 1), table(30000, 2)
    wants = {box.right(a), box.right(b)}
    folder = box.folder()
    write(a, folder, "a.csv")
    write(b, folder, "b.csv")
    for _ in range(15):
        both = [box.start(["run", *RULES, name, "-o", "out.csv"], folder) for name in ("a.csv", "b.csv")]
        statuses = [p.communicate(timeout=60) and p.returncode for p in both]
        box.check(statuses == [0, 0], "two runs at once: %s" % statuses)
        box.check(read(folder, "out.csv") in wants and sorted(os.listdir(folder)) == ["a.csv", "b.csv", "out.csv"],
                  "two runs at once left no whole result")


def links_are_replaced(box):
    data = table(50)
    want = box.right(data)
    for kind in ("symlink", "dangling", "hard link", "loop"):
        for good in (True, False):
            folder = box.folder()
            write(data if good else data + b"1,2\n", folder, "in.csv")
            write(OLD, folder, "target")
            out = os.path.join(folder, "out.csv")
            if kind == "hard link":
                os.link(os.path.join(folder, "target"), out)
            else:
                os.symlink({"symlink": "target", "dangling": "nowhere", "loop": "out.csv"}[kind], out)
            before = os.lstat(out)
            done = box.run(["run", *RULES, "in.csv", "-o", "out.csv"], folder)
            what = "output is a %s, %s input" % (kind, "good" if good else "bad")
            box.sound(done, what, folder, (0,) if good else (3,))
            box.check(read(folder, "target") == OLD, what + ": the target was touched")
            box.check(not os.path.exists(os.path.join(folder, "nowhere")), what + ": written through")
            if good:
                box.check(stat.S_ISREG(os.lstat(out).st_mode) and read(out) == want, what + ": not replaced")
            else:
                box.check(os.lstat(out).st_ino == before.st_ino, what + ": replaced by a failure")


def input_is_output(box):
    data = table(50)
    for kind in ("same", "symlink", "hard link", "stdin", "stdout"):
        folder = box.folder()
        path = os.path.join(folder, "in.csv")
        write(data, path)
        if kind in ("symlink", "hard link"):
            (os.symlink if kind == "symlink" else os.link)(path, os.path.join(folder, "other"))
        out = {"symlink": "other", "hard link": "other"}.get(kind, "in.csv")
        if kind == "stdin":
            with open(path, "rb") as f:
                done = box.run(["run", *RULES, "-o", out], folder, stdin=f)
        elif kind == "stdout":
            with open(path, "ab") as f:
                done = box.run(["run", *RULES, "in.csv"], folder, stdout=f)
        else:
            done = box.run(["run", *RULES, "in.csv", "-o", out], folder)
        box.check(read(path) == data, "input is output (%s): the input was changed" % kind)
        if kind != "symlink":
            box.sound(done, "input is output (%s)" % kind, folder, (2,))


def synced_in_order(box):
    """The file before it is renamed, the folder after that; and no other file is made."""
    if not shutil.which("strace"):
        box.skip("order of syncs: no strace here ('scripts/setup --dev' installs it)")
        return
    folder = box.folder()
    os.mkdir(os.path.join(folder, "there"))
    write(table(50), folder, "in.csv")
    done = subprocess.run(["strace", "-f", "-y", "-o", os.path.join(folder, "trace"), "-e",
                           "trace=openat,open,creat,fsync,fdatasync,rename,renameat,renameat2,link,linkat,mkdir,close",
                           box.program, "run", *RULES, "in.csv", "-o", "there/out.csv", "--report", "there/r.json"],
                          cwd=folder, capture_output=True)
    if not box.check(done.returncode == 0, "under strace: %s %r" % (done.returncode, done.stderr[:300])):
        return
    trace = read(folder, "trace").decode()
    made = re.findall(r'open(?:at)?\(.*?"([^"]+)", [^)]*O_(?:CREAT|WRONLY|RDWR)', trace)
    box.check(len(made) == 2 and all(re.fullmatch(r"there/\.sluice-\w+\.tmp", name) for name in made), "made %s" % made)
    short = [m[0] if m[0].startswith("rename") else "fsync " + os.path.basename(m[1]) for m in
             re.findall(r"(rename|fsync)\w*\(\d*(?:<([^>]*)>)?", trace)]
    shape = [re.sub(r"\.sluice-\w+\.tmp", "file", s) for s in short]
    box.check(shape == ["fsync file", "fsync file", "rename", "fsync there", "rename", "fsync there"], "synced as %s" % shape)


def gzip_without_time_or_name(box):
    for flags in (["-z"], ["--gzip=6"], ["--bgzf"]):
        done = box.run(["run", *RULES, *flags], box.folder(), data=table(100))
        box.check(done.out[:3] == b"\x1f\x8b\x08" and done.out[4:8] == bytes(4) and not done.out[3] & 0x1B
                  and gzip.decompress(done.out) == box.right(table(100)), "gzip output %s has a time or a name" % flags)


TESTS = [names_that_cannot_be, too_large_a_file, full_device_as_stdout, closed_pipe_as_stdout, full_disk,
         never_absent_never_partial, two_runs_at_once, links_are_replaced, input_is_output, synced_in_order,
         gzip_without_time_or_name]
