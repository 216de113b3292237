#!/usr/bin/env python3
"""Make every call that can fail do so, and see what becomes of the run.

    tests/faults/inject.py PATH/TO/sluice [--all | --most N] [--jobs N] [--only CASE] [-v]

The program is one of `make FAULTS=1` (inject.c).  For each case of inject_cases.py it is run once as
it is, which tells what is right and how often it makes each call; then for each call the
N-th one fails, once, and again the N-th and all after it; calls that may be
interrupted are, and reads and writes are short.  Each run must

    end by itself with an exit status of its own, 0 only with all the right bytes
    say what failed, in lines that hold no cell
    leave under each output's name what was there before, or the right bytes
    leave no temporary file or folder, unless what removes it fails
    leak nothing (address sanitizer)

--all takes every N; else of a call that is made often the first, the last, and some between, --most
of them in all, others in each case.  Last line: N passed, N failed.
"""
import argparse
import collections
import concurrent.futures
import errno
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import zlib

from inject_cases import CASES, OLD, make_inputs

HERE = os.path.dirname(os.path.abspath(__file__))
SECRET = b"SECRET7731"
SANITIZER = 99  # the exit status of a finding

# What each call can say; the first is used for all numbers, the others for the first few.
ERRORS = {
    "open": ["EMFILE", "EACCES"], "openat": ["EMFILE"], "fopen": ["EMFILE"], "opendir": ["EMFILE"],
    "stat": ["EACCES", "ENOMEM"], "fstat": ["EIO"], "lseek": ["EIO"], "realpath": ["EACCES", "ENOMEM"],
    "read": ["EIO"], "pread": ["EIO"], "write": ["ENOSPC", "EIO", "EPIPE"], "writev": ["ENOSPC"], "poll": ["ENOMEM"],
    "mmap": ["ENOMEM", "ENODEV"], "madvise": ["EINVAL"], "dup": ["EMFILE"], "close": ["EIO", "ENOSPC"],
    "fflush": ["ENOSPC"], "fchmod": ["EPERM"], "fsync": ["EIO", "ENOSPC"], "fdatasync": ["EIO"],
    "ftruncate": ["EIO"], "rename": ["EACCES", "ENOSPC"], "renameat2": ["EACCES"], "link": ["EMLINK"],
    "unlink": ["EACCES"], "mkdir": ["ENOSPC"], "getentropy": ["ENOSYS"], "pthread_create": ["EAGAIN"],
    "remove": ["EACCES"], "rmdir": ["EBUSY"], "lstat": ["EACCES"], "flock": ["EWOULDBLOCK", "ENOLCK"], "syncfs": ["EIO", "ENOSYS"],
    "glob": ["EACCES", "ENOMEM"], "nftw": ["EMFILE"], "readdir": ["EIO"], "syscall": ["EACCES", "ENOSYS", "EXDEV"],
}
INTERRUPTED = ("open", "read", "write", "poll", "fsync", "close")  # for all but close: tried again

# Calls that the run may do without, and why.
TOLERATED = {
    "mmap": "the input is read instead", "madvise": "advice", "fopen": "umask() says it, too",
    "getentropy": "/dev/urandom", "lseek": "a file's place is its start",
    "realpath": "a guard against names in /dev", "stat": "whether two names are one file",
    "dup": "asks early for what the last close reports", "close": "of what was only read",
    "fflush": "of standard output that nothing was printed to", "unlink": "of what is left behind",
    "open": "a folder that may not be listed is not synced", "poll": "is not reached",
    "malloc": "only of a report about a failure", "calloc": "likewise", "strdup": "likewise", "strndup": "likewise",
    "realloc": "likewise",
}
# Calls that libc makes, or that cannot fail on what they are given.
HARMLESS = """free memchr memcmp memcpy memmove memset strchr strcmp strcspn strlen strncmp strrchr strspn strstr strcasecmp
    strerror strtoll strtoull snprintf vsnprintf vfprintf sscanf __isoc99_sscanf fgets fclose ferror qsort bsearch
    munmap raise _exit umask sigaction sysconf isatty ioctl fcntl clock_gettime sched_getaffinity __sched_cpucount
    __errno_location stdout stderr pthread_join pthread_mutex_init pthread_mutex_lock pthread_mutex_unlock
    pthread_mutex_destroy pthread_cond_init pthread_cond_wait pthread_cond_broadcast pthread_cond_destroy
    memmem strnlen memrchr toupper tolower __ctype_b_loc closedir readdir fileno getpid strtoul
    prctl setrlimit getrlimit syscall signal sched_yield getenv dlsym uname strncasecmp strpbrk strsep strtod fnmatch globfree
    __udivti3 nettle_hmac_sha256_digest nettle_hmac_sha256_set_key nettle_hmac_sha256_update ceil floor llround nearbyint __divmodti4 __divti3 __floattidf nettle_sha256_digest nettle_sha256_init nettle_sha256_update
    __cpu_model __floatuntidf __popcountdi2 __udivmodti4 __umodti3 __stack_chk_fail _GLOBAL_OFFSET_TABLE_ __isoc23_strtoull __isoc23_strtoll __isoc23_sscanf""".split()


def wrapped():
    with open(os.path.join(HERE, "inject.c")) as f:
        return re.findall(r"^\tX\((\w+)\)", f.read(), re.M)


def unknown_calls(build):
    """libc's functions that the program's objects call and this test knows nothing of."""
    objects = [os.path.join(root, name) for root, _, names in os.walk(os.path.join(build, "src"))
               for name in names if name.endswith(".o")]
    used = subprocess.run(["nm", "-u", *objects], capture_output=True, text=True, check=True).stdout.split()
    defined = subprocess.run(["nm", "--defined-only", *objects], capture_output=True, text=True, check=True).stdout.split()
    known = set(wrapped()) | set(HARMLESS) | set(defined)
    theirs = ("sluice_", "__asan", "__ubsan", "__lsan", "isal_", "json_", "yaml_", "libdeflate_", "XXH", "deflate", "inflate",
              "crc32", "zlib")
    return sorted({n for n in used if re.fullmatch(r"[a-zA-Z_]\w*", n) and n not in known and n != "U"
                   and not n.startswith(theirs) and not n.endswith(":")})


# ---- one run ----------------------------------------------------------------------------------


def tree(folder):
    """Every file below, by its name there; a folder with nothing in it, too."""
    found = {}
    for top, folders, names in os.walk(folder):
        for name in names:
            with open(os.path.join(top, name), "rb") as f:
                found[os.path.relpath(os.path.join(top, name), folder)] = f.read()
        if not folders and not names and top != folder:
            found[os.path.relpath(top, folder) + "/"] = b""
    return found


class Run:
    """What a run left behind."""

    def __init__(self, program, case, inputs, folder, wish):
        shutil.rmtree(folder, ignore_errors=True)
        if case.before:
            shutil.copytree(os.path.join(inputs, case.before), folder)
        else:
            os.mkdir(folder)
        for name in case.made:
            with open(os.path.join(folder, name), "wb") as f:
                f.write(OLD)
        self.before = tree(folder)
        log = os.path.join(inputs, "log-%d" % threading.get_ident())
        env = {"PATH": os.environ["PATH"], "SLUICE_FAULT_LOG": log,
               "ASAN_OPTIONS": "exitcode=%d:detect_leaks=1:allocator_may_return_null=1" % SANITIZER}
        if wish:
            env["SLUICE_FAULT"] = wish
        args = [program] + [a.replace("{}/", inputs + "/") for a in case.args]
        stdin = open(os.path.join(inputs, case.stdin), "rb") if case.stdin else subprocess.DEVNULL
        self.hung = False
        try:
            done = subprocess.run(args, cwd=folder, env=env, stdin=stdin, capture_output=True, timeout=60)
            self.status, self.out, self.err = done.returncode, done.stdout, done.stderr
        except subprocess.TimeoutExpired:
            self.hung, self.status, self.out, self.err = True, None, b"", b""
        if case.stdin:
            stdin.close()
        self.files = tree(folder)
        self.calls = {}
        if os.path.exists(log):
            with open(log) as f:
                self.calls = {name: int(n) for name, n in (line.split() for line in f)}
            os.unlink(log)


MANIFEST = "release/manifest.json"
REMOVING = ("unlink", "remove", "rmdir", "nftw", "lstat")  # where they fail, something stays


def listed(run):
    """What the manifest that is there says: the hash of each file."""
    if MANIFEST not in run.files:
        return {}
    said = json.loads(run.files[MANIFEST])
    return {os.path.join("release", f["file"]): f["sha256"] for f in [t["output"] for t in said["tables"]] + said["documents"]}


def is_listed(run, name, data):
    """A document of a release in which some tables failed: as right as its manifest."""
    if os.path.dirname(name) != "release" or name.endswith(".csv") or data is None or SECRET in data:
        return False
    return name == MANIFEST or listed(run).get(name) == hashlib.sha256(data).hexdigest()


def is_page(run, data, call):
    """Drawn without what solves programs: whole, but more of it is undecided."""
    return call == "dlopen" and data is not None and data.startswith(b"<!doctype html>") and data.endswith(b"</html>\n")


def is_unused(name, data, call):
    """A ledger that was made and could not be told from that of another run, or be removed: it holds nothing."""
    return name.endswith(".ledger") and data == b"" and call in ("flock", "fstat", "stat", "unlink")


def wrong_file(case, right, run, call):
    """Each file is what it was or what it is to be; none is there besides."""
    for name in sorted(set(run.files) | set(run.before)):
        now, was, want = run.files.get(name), run.before.get(name), right.files.get(name)
        if now in (was, want) or is_page(run, now, call) or is_unused(name, now, call) or (name in case.free and SECRET not in (now or b"")) or is_listed(run, name, now):
            continue
        if name.startswith("report") and now is not None and SECRET not in now:
            continue
        if was is None and want is None:
            if call not in REMOVING or not os.path.basename(name.rstrip("/")).startswith(".") and "/.sluice-" not in "/" + name:
                return "left behind: " + name
            continue
        return "%s is neither what was there nor right: %r" % (name, now and now[:200])
    if case.whole:
        below = [{n: d for n, d in files.items() if n.startswith(case.whole + "/")} for files in (run.files, run.before, right.files)]
        if below[0] not in below[1:]:
            return "%s is neither as it was nor as it is to be" % case.whole
    if run.files.get(MANIFEST) != run.before.get(MANIFEST):
        for name, sha in listed(run).items():
            if hashlib.sha256(run.files.get(name, b"")).hexdigest() != sha:
                return "the new manifest speaks of another %s" % name
    return None


def complaint(case, right, run, call, how, number):
    """What is wrong with the run, or None."""
    if run.hung:
        return "still running after a minute"
    if run.status == SANITIZER or b"Sanitizer" in run.err:
        return "the sanitizer says: " + run.err.decode("utf-8", "replace")[:3000]
    if run.status is None or not 0 <= run.status <= 4:
        return "exit status %s: %r" % (run.status, run.err[:300])
    if SECRET in run.err or SECRET in run.out:
        return "a cell is shown"
    lines = run.err.splitlines()
    if any(not line.startswith(b"sluice: ") for line in lines) or (run.status == 4 and not lines and call != "write"):
        return "exit status %d with the message %r" % (run.status, run.err[:300])
    wrong = wrong_file(case, right, run, call)
    if wrong:
        return wrong
    if number == "EINTR" and call != "close" or how == "short":
        if run.status != right.status:
            return "exit status %d for what is to be tried again: %r" % (run.status, run.err[:300])
    if run.status == right.status:
        same = run.out == right.out or case.loose or (right.status and (right.out.startswith(run.out) or run.status in case.lenient))
        if not same:
            return "other bytes, and exit status %d" % run.status
        if run.status == 0 and any(run.files.get(n) != d for n, d in right.files.items() if n not in case.free):
            return "exit status 0 without the output: %s" % [n for n, d in right.files.items() if run.files.get(n) != d]
        return None
    if run.status == 0:
        return "exit status 0 for a failure"
    if run.status in case.lenient:
        return None
    if run.status != 4:
        return "exit status %d for a fault of the system: %r" % (run.status, run.err[:300])
    if not case.loose and not case.lenient and not right.out.startswith(run.out):
        return "other bytes before the failure"
    if "out.csv" in case.made and run.files["out.csv"] != OLD and call not in ("fsync", "rename", "fflush", "close"):
        return "exit status 4 after the output got its name"
    return None


# ---- all of them --------------------------------------------------------------------------------


def numbers(case, call, n, most):
    """Which of n calls are to fail: all, or the ends and some between."""
    if n <= most:
        return range(1, n + 1)
    ends = most // 4
    step = (n - 2 * ends) / (most - 2 * ends)
    shift = zlib.crc32((case.name + call).encode()) % 1000 / 1000 * step
    between = {int(ends + 1 + shift + step * i) for i in range(most - 2 * ends)}
    return sorted(set(range(1, ends + 1)) | {at for at in between if at <= n} | set(range(n - ends + 1, n + 1)))


def wishes(case, calls, most):
    for call, n in calls.items():
        if not n or call == "fired":
            continue
        errors = [getattr(errno, e) for e in ERRORS.get(call, ["ENOMEM"])]
        for at in numbers(case, call, n, most):
            for number in errors if at <= 8 else errors[:1]:
                yield call, at, "once", number
                if at < n:
                    yield call, at, "on", number
            if call in INTERRUPTED:
                yield call, at, "once", errno.EINTR
        if call in INTERRUPTED and call != "close":
            yield call, 1, "odd", errno.EINTR
        if call in ("read", "write"):
            yield call, 1, "short", 0
            yield call, 1, "odd", errno.EAGAIN


class Tests:
    def __init__(self, program, inputs, verbose):
        self.program, self.inputs, self.verbose = program, inputs, verbose
        self.passed = self.failed = self.fired = 0
        self.ends = collections.defaultdict(collections.Counter)  # call -> how it ended
        self.local = threading.local()
        self.lock = threading.Lock()

    def folder(self):
        if not hasattr(self.local, "folder"):
            self.local.folder = os.path.join(tempfile.mkdtemp(dir=self.inputs), "work")
        return self.local.folder

    def one(self, case, right, wish):
        call, at, how, number = wish
        run = Run(self.program, case, self.inputs, self.folder(), "%s:%d:%s:%d" % wish)
        wrong = complaint(case, right, run, call, how, errno.errorcode.get(number))
        tolerated = run.status == right.status
        if not wrong and tolerated and right.status == 0 and how in ("once", "on") and number != errno.EINTR \
                and call not in TOLERATED and call not in case.does and run.calls.get("fired"):
            wrong = "%s may fail and nobody minds" % call
        with self.lock:
            self.passed += not wrong
            self.failed += bool(wrong)
            self.fired += bool(run.calls.get("fired"))
            self.ends[call]["same" if tolerated else "refused"] += 1
            if wrong:
                print("FAILED %s: %s number %d, %s, %s: %s" % (case.name, call, at, how, errno.errorcode.get(number), wrong),
                      flush=True)

    def case(self, case, most, jobs):
        right = Run(self.program, case, self.inputs, self.folder(), None)
        if not right.calls or right.hung or right.status != case.status:
            raise SystemExit("%s: %s %r (is it a program of 'make FAULTS=1'?)" % (case.name, right.status, right.err))
        for call, least in case.needs.items():
            if right.calls.get(call, 0) < least:
                self.failed += 1
                print("FAILED %s: %s is called %d times, not %d" % (case.name, call, right.calls.get(call, 0), least), flush=True)
        before = self.fired
        todo = list(wishes(case, right.calls, most))
        with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
            list(pool.map(lambda wish: self.one(case, right, wish), todo))
        print("%-28s %6d runs, %6d of them met the fault" % (case.name, len(todo), self.fired - before), flush=True)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("program")
    p.add_argument("--all", action="store_true")
    p.add_argument("--most", type=int, default=12)
    p.add_argument("--jobs", type=int, default=os.cpu_count())
    p.add_argument("--only")
    p.add_argument("-v", action="store_true")
    a = p.parse_args()
    program = os.path.abspath(a.program)
    with tempfile.TemporaryDirectory(prefix="faults-") as inputs:
        make_inputs(inputs, program)
        tests = Tests(program, inputs, a.v)
        unknown = unknown_calls(os.path.dirname(program))
        if unknown:
            print("FAILED inject.c and inject.py know nothing of: " + " ".join(unknown))
            tests.failed += 1
        for case in CASES:
            if not a.only or a.only in case.name:
                tests.case(case, 1 << 30 if a.all else a.most, a.jobs)
    for call, ends in sorted(tests.ends.items()):
        print("%-16s %s" % (call, ", ".join("%s %d" % end for end in sorted(ends.items()))))
    print("%d faults met" % tests.fired)
    print("%d passed, %d failed" % (tests.passed, tests.failed))
    return tests.failed > 0


if __name__ == "__main__":
    sys.exit(main())
