"""4, 9: signals at any moment, and calls that they interrupt."""
import os
import random
import signal
import stat
import threading
import time

from box import OLD, RULES, feed_slowly, read, table, write

ENDS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL, signal.SIGQUIT, signal.SIGXCPU, signal.SIGUSR1)


def temporary(folder):
    return [name for name in os.listdir(folder) if name.startswith(".sluice-")]


def ended_midway(box):
    """The pipe has brought half of the table: the output can't be there yet."""
    data = table(60000)
    for number in ENDS:
        for flags in (["-j1"], ["-j3", "--report", "report.json"], ["-z"]):
            folder = box.folder()
            write(OLD, folder, "out.csv")
            p = box.start(["run", *RULES, "-o", "out.csv", *flags], folder, stdin=-1, before=lambda: os.umask(0))
            seen = []

            def look(at, seen=seen, folder=folder):
                for name in temporary(folder):
                    seen.append(stat.S_IMODE(os.stat(os.path.join(folder, name)).st_mode))
            feed_slowly(p, data[:len(data) // 2], 100000, 0.002, look, close=False)
            feeding = p.stdin
            for _ in range(500):
                if temporary(folder):
                    break
                time.sleep(0.01)
            look(0)
            p.send_signal(number)
            p.stdin = None
            _, err = p.communicate(timeout=60)
            feeding.close()
            what = "%s midway %s" % (number.name, flags)
            box.check(p.returncode == -number, "%s: %s %r" % (what, p.returncode, err))
            box.check(b"SECRET" not in err, what + ": a cell is shown")
            box.check(read(folder, "out.csv") == OLD, what + ": the old output is gone")
            box.check(seen and set(seen) == {0o600}, "%s: the temporary file's mode was %s" % (what, [oct(m) for m in seen[:3]]))
            left = temporary(folder)
            box.check(number == signal.SIGKILL or not left, "%s: left behind %s" % (what, left))
            box.check(len(os.listdir(folder)) == 1 + len(left), "%s: %s" % (what, os.listdir(folder)))


def ended_at_any_moment(box):
    data = table(60000)
    want = box.right(data)
    ends = [0, 0]
    for seed in range(120):
        r = random.Random(seed)
        number = r.choice(ENDS[:4])
        folder = box.folder()
        write(data, folder, "in.csv")
        write(OLD, folder, "out.csv")
        p = box.start(["run", *RULES, "in.csv", "-o", "out.csv", "-j", str(1 + seed % 3)], folder)
        time.sleep(r.random() ** 2 * 0.03)
        p.send_signal(number)
        _, err = p.communicate(timeout=60)
        what = "%s at a random moment (%d)" % (number.name, seed)
        box.check(p.returncode in (0, -number), "%s: %s %r" % (what, p.returncode, err))
        got = read(folder, "out.csv")
        box.check(got == want if p.returncode == 0 else got in (OLD, want), what + ": neither the old output nor the new")
        box.check(number == signal.SIGKILL or not temporary(folder), what + ": left behind")
        ends[p.returncode == 0] += 1
    box.note("signals at random moments: %d ended the run, %d came too late" % tuple(ends))


def ignored_stay_ignored(box):
    data = table(30000)
    want = box.right(data)
    for number in (signal.SIGHUP, signal.SIGINT):
        folder = box.folder()
        p = box.start(["run", *RULES, "-o", "out.csv"], folder, stdin=-1,
                      before=lambda number=number: signal.signal(number, signal.SIG_IGN))
        feed_slowly(p, data, 100000, 0.005, lambda at, p=p, number=number: p.send_signal(number))
        _, err = p.communicate(timeout=60)
        box.check(p.returncode == 0 and read(folder, "out.csv") == want, "%s was ignored, as by nohup: %s %r" % (
            number.name, p.returncode, err))


def storms(box):
    """Stopped, continued and told of new sizes all the time, with reads and writes that are short."""
    data = table(40000)
    want = box.right(data)
    for flags in (["-j1"], ["-j3", "--chunk-bytes", "20000"]):
        folder = box.folder()
        p = box.start(["run", *RULES, *flags, "--progress"], folder, stdin=-1)
        over = threading.Event()
        sent = 0

        def storm(p=p, over=over):
            nonlocal sent
            while not over.is_set() and p.poll() is None:
                for number in (signal.SIGWINCH, signal.SIGSTOP, signal.SIGCONT, signal.SIGURG, signal.SIGCHLD):
                    os.kill(p.pid, number)
                    sent += 1
                time.sleep(0.0005)
        out = []
        threads = [threading.Thread(target=storm), threading.Thread(target=lambda p=p: out.append(p.stdout.read())),
                   threading.Thread(target=lambda p=p: feed_slowly(p, data, 3001, 0.0002))]
        for t in threads:
            t.start()
        for t in threads[1:]:
            t.join(60)
        over.set()
        threads[0].join()
        err = p.stderr.read()
        status = p.wait(60)
        box.check(status == 0 and out == [want], "a storm of %d signals %s: %s %r" % (sent, flags, status, err[:200]))


TESTS = [ended_midway, ended_at_any_moment, ignored_stay_ignored, storms]
