#!/usr/bin/env python3
"""Make every call that can fail do so, and see what becomes of the run.

    tests/faults/inject.py PATH/TO/sluice [--every N] [--jobs N] [--only CASE] [-v]

The program is one of `make FAULTS=1` (inject.c).  For each case below it is run once as it is,
which tells what is right and how often it makes each call; then for each call the
N-th one fails, once, and again the N-th and all after it, for all N; calls that may be
interrupted are, and reads and writes are short.  Each run must

    end by itself with an exit status of its own, 0 only with all the right bytes
    say what failed, in lines that hold no cell
    leave under the output's name what was there before, or the right bytes
    leave no temporary file, unless unlink itself fails
    leak nothing (address sanitizer)

--every N takes each N-th number only, from a place that differs from call to call.
Last line: N passed, N failed.
"""
import argparse
import collections
import concurrent.futures
import errno
import gzip
import os
import re
import struct
import subprocess
import sys
import tempfile
import threading
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
SECRET = b"SECRET7731"
OLD = b"what was there before\n"
SANITIZER = 99  # the exit status of a finding

PLAN = b"""version: 1
policy: opensafely
where: {area: [north, south]}
drop: [patient, "gone*?"]
keep: [area, "note"]
count: [{columns: [n], threshold: 14, round_to: 10}, {columns: [total]}]
ratio: {share: [n, total]}
blank: {n: [mean]}
other: refuse
"""

# What each call can say; the first is used for all numbers, the others for the first few.
ERRORS = {
    "open": ["EMFILE", "EACCES"], "openat": ["EMFILE"], "fopen": ["EMFILE"], "opendir": ["EMFILE"],
    "stat": ["EACCES", "ENOMEM"], "fstat": ["EIO"], "lseek": ["EIO"], "realpath": ["EACCES", "ENOMEM"],
    "read": ["EIO"], "pread": ["EIO"], "write": ["ENOSPC", "EIO", "EPIPE"], "writev": ["ENOSPC"], "poll": ["ENOMEM"],
    "mmap": ["ENOMEM", "ENODEV"], "madvise": ["EINVAL"], "dup": ["EMFILE"], "close": ["EIO", "ENOSPC"],
    "fflush": ["ENOSPC"], "fchmod": ["EPERM"], "fsync": ["EIO", "ENOSPC"], "fdatasync": ["EIO"],
    "ftruncate": ["EIO"], "rename": ["EACCES", "ENOSPC"], "renameat2": ["EACCES"], "link": ["EMLINK"],
    "unlink": ["EACCES"], "mkdir": ["ENOSPC"], "getentropy": ["ENOSYS"], "pthread_create": ["EAGAIN"],
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
    floor llround nearbyint __divmodti4 __divti3 __floattidf nettle_sha256_digest nettle_sha256_init nettle_sha256_update
    __cpu_model __floatuntidf __popcountdi2 __udivmodti4 __umodti3 __stack_chk_fail _GLOBAL_OFFSET_TABLE_ __isoc23_strtoull __isoc23_strtoll __isoc23_sscanf""".split()

# They can fail, and what calls them (release, check, project) has no case here yet.
NOT_YET = "glob nftw open_memstream".split()


def wrapped():
    with open(os.path.join(HERE, "inject.c")) as f:
        return re.findall(r"^\tX\((\w+)\)", f.read(), re.M)


def unknown_calls(build):
    """libc's functions that the program's objects call and this test knows nothing of."""
    objects = [os.path.join(root, name) for root, _, names in os.walk(os.path.join(build, "src"))
               for name in names if name.endswith(".o")]
    used = subprocess.run(["nm", "-u", *objects], capture_output=True, text=True, check=True).stdout.split()
    defined = subprocess.run(["nm", "--defined-only", *objects], capture_output=True, text=True, check=True).stdout.split()
    known = set(wrapped()) | set(HARMLESS) | set(NOT_YET) | set(defined)
    theirs = ("sluice_", "__asan", "__ubsan", "__lsan", "isal_", "json_", "yaml_", "libdeflate_", "XXH", "deflate", "inflate",
              "crc32", "zlib")
    return sorted({n for n in used if re.fullmatch(r"[a-zA-Z_]\w*", n) and n not in known and n != "U"
                   and not n.startswith(theirs) and not n.endswith(":")})


# ---- cases ----------------------------------------------------------------------------------


def table(rows, quoted=False):
    lines = ["patient,area,n,total,mean,note"]
    for i in range(rows):
        note = '"said ""%d"",\nand more"' % i if quoted and i % 3 == 0 else "fine"
        lines.append("SECRET7731,%s,%d,%d,%d.5,%s" % (["north", "south", "else"][i % 3], i * 7 % 40, i + 100, i, note))
    return "\n".join(lines).encode() + b"\n"


class Case:
    """A command line; {} in it is the folder with the inputs; names in 'made' are outputs."""

    def __init__(self, name, args, stdin=None, made=(), status=0):
        self.name, self.args, self.stdin, self.made, self.status = name, args, stdin, made, status


RULES = ["-d", "patient", "-c", "n,total", "--ratio", "share=n/total", "--blank", "mean=n", "-k", "area,note", "-q"]
GROUPS = ["-g", "area", "--rows", "rows", "--persons", "people=patient", "--sum", "sum=n", "--mean", "avg=mean", "--totals", "area",
          "--totals-from", "raw", "--contributor", "sum=patient", "--dominance", "sum=1,80", "-q"]
CASES = [
    Case("file to file", ["run", "-p", "{}/plan.yaml", "{}/in.csv", "-o", "out.csv", "--report", "report.json", "-j1", "-q"],
         made=("out.csv", "report.json")),
    Case("threads", ["run", *RULES, "--chunk-bytes", "300", "-j3", "{}/in.csv", "-o", "out.csv"], made=("out.csv",)),
    Case("gzip to gzip", ["run", *RULES, "--chunk-bytes", "2000", "-j2", "{}/in.csv.gz", "-o", "out.csv.gz"],
         made=("out.csv.gz",)),
    Case("gzip, level 6", ["run", *RULES, "-j1", "{}/in.csv.gz", "--gzip=6", "-o", "out.gz"], made=("out.gz",)),
    Case("bgzf", ["run", *RULES, "-j1", "{}/in.csv", "--bgzf", "-o", "out.gz"], made=("out.gz",)),
    Case("pipe to pipe", ["run", "--config", '{"version":1,"count":["n","total"],"other":"drop"}', "--chunk-bytes", "500",
                          "-j1"], stdin="in.csv"),
    Case("line ends in quotes", ["run", *RULES, "--chunk-bytes", "200", "-j2", "--isa", "scalar"], stdin="quoted.csv"),
    Case("line ends in quotes, mapped", ["run", *RULES, "--chunk-bytes", "100", "-j1", "{}/quoted.csv", "-o", "out.csv"],
         made=("out.csv",)),
    Case("limited memory", ["run", *RULES, "--memory", "64M", "-j1", "{}/in.csv", "-o", "out.csv"], made=("out.csv",)),
    Case("a refused table", ["run", "-p", "{}/plan.yaml", "{}/bad.csv", "-o", "out.csv", "--report", "report.json", "-q"],
         made=("out.csv", "report.json"), status=3),
    Case("a cut table", ["run", *RULES, "{}/cut.csv.gz", "-j1", "-o", "out.csv", "--report", "report.json"],
         made=("out.csv", "report.json"), status=3),
    Case("a wrong plan", ["run", "-p", "{}/wrong.yaml", "{}/in.csv", "-o", "out.csv"], made=("out.csv",), status=2),
    Case("groups", ["run", *GROUPS, "-j1", "{}/in.csv", "-o", "out.csv", "--report", "report.json"], made=("out.csv", "report.json")),
    Case("groups, read twice", ["run", *GROUPS, "--chunk-bytes", "500", "-j2", "{}/quoted.csv", "-o", "out.csv"], made=("out.csv",)),
    Case("groups to a partial table", ["run", *GROUPS, "-j1", "--partial", "{}/in.csv", "-o", "part"], made=("part",)),
    Case("partial tables merged", ["merge", "{}/part", "{}/part", "-o", "out.csv"], made=("out.csv",)),
    Case("cuts of a table", ["split", "--index", "3", "-j1", "{}/quoted.csv"]),
    Case("cuts of BGZF", ["split", "--index", "3", "-j2", "{}/quoted.csv.bgz"]),
    Case("explain", ["plan", "{}/plan.yaml", "--explain", "{}/in.csv"]),
    Case("dump", ["plan", "{}/plan.yaml", "--dump"]),
    Case("policies", ["policies"]),
    Case("help", ["help", "run"]),
]


def blocks(data):
    """As BGZF, in blocks of 200 bytes."""
    made = b""
    for at in range(0, len(data) + 200, 200):
        text = data[at:at + 200]
        z = zlib.compressobj(6, zlib.DEFLATED, -15)
        body = z.compress(text) + z.flush()
        made += (b"\x1f\x8b\x08\x04\0\0\0\0\0\xff\x06\0BC\x02\0" + struct.pack("<H", len(body) + 25) + body +
                 struct.pack("<II", zlib.crc32(text), len(text)))
    return made


def make_inputs(folder):
    for name, data in {
            "plan.yaml": PLAN, "wrong.yaml": PLAN.replace(b"refuse", b"refused"), "in.csv": table(60),
            "in.csv.gz": gzip.compress(table(60)), "quoted.csv": table(30, True), "cut.csv.gz": gzip.compress(table(900))[:-20],
            "quoted.csv.bgz": blocks(table(900, True)),
            "bad.csv": table(50) + b"SECRET7731,north,SECRET7731,5,1,x\n"}.items():
        with open(os.path.join(folder, name), "wb") as f:
            f.write(data)


# ---- one run ----------------------------------------------------------------------------------


class Run:
    """What a run left behind."""

    def __init__(self, program, case, inputs, folder, wish):
        for name in case.made:
            path = os.path.join(folder, name)
            with open(path, "wb") as f:
                f.write(OLD)
        log = os.path.join(inputs, "log-%d" % threading.get_ident())
        env = {"PATH": os.environ["PATH"], "SLUICE_FAULT_LOG": log,
               "ASAN_OPTIONS": "exitcode=%d:detect_leaks=1:allocator_may_return_null=1" % SANITIZER}
        if wish:
            env["SLUICE_FAULT"] = wish
        args = [program] + [a.replace("{}", inputs) if a.startswith("{}") else a for a in case.args]
        stdin = open(os.path.join(inputs, case.stdin), "rb") if case.stdin else subprocess.DEVNULL
        self.hung = False
        try:
            done = subprocess.run(args, cwd=folder, env=env, stdin=stdin, capture_output=True, timeout=60)
            self.status, self.out, self.err = done.returncode, done.stdout, done.stderr
        except subprocess.TimeoutExpired:
            self.hung, self.status, self.out, self.err = True, None, b"", b""
        if case.stdin:
            stdin.close()
        self.files = {}
        for name in os.listdir(folder):
            path = os.path.join(folder, name)
            with open(path, "rb") as f:
                self.files[name] = f.read()
            if name not in case.made:
                os.unlink(path)
        self.calls = {}
        if os.path.exists(log):
            with open(log) as f:
                self.calls = {name: int(n) for name, n in (line.split() for line in f)}
            os.unlink(log)


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
    if run.status and (not run.err.startswith(b"sluice: ") or run.err.count(b"\n") > 2) and call != "write":
        return "exit status %d with the message %r" % (run.status, run.err[:300])
    for name, data in run.files.items():
        if name not in case.made:
            if call != "unlink":
                return "left behind: " + name
        elif data not in (OLD, right.files[name]):
            if not name.startswith("report") or SECRET in data:
                return "%s is neither what was there nor right: %r" % (name, data[:200])
    if number == "EINTR" and call != "close" or how == "short":
        if run.status != right.status:
            return "exit status %d for what is to be tried again: %r" % (run.status, run.err[:300])
    if run.status == right.status:
        if run.out != right.out and not (right.status and right.out.startswith(run.out)):
            return "other bytes, and exit status %d" % run.status
        if run.status == 0 and any(run.files[name] != right.files[name] for name in case.made):
            return "exit status 0 without the output"
        return None
    if run.status == 0:
        return "exit status 0 for a failure"
    if run.status != 4:
        return "exit status %d for a fault of the system: %r" % (run.status, run.err[:300])
    if not right.out.startswith(run.out):
        return "other bytes before the failure"
    if "out.csv" in case.made and run.files["out.csv"] != OLD and call not in ("fsync", "rename", "fflush", "close"):
        return "exit status 4 after the output got its name"
    return None


# ---- all of them --------------------------------------------------------------------------------


def wishes(calls, every):
    for call, n in calls.items():
        if not n or call == "fired":
            continue
        errors = [getattr(errno, e) for e in ERRORS.get(call, ["ENOMEM"])]
        step = every if n > 4 * every else 1
        for at in range(1 + (len(call) * 7 % step), n + 1, step):
            for number in errors if at <= 8 else errors[:1]:
                yield call, at, "once", number
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
            self.local.folder = tempfile.mkdtemp(dir=self.inputs)
        for name in os.listdir(self.local.folder):
            os.unlink(os.path.join(self.local.folder, name))
        return self.local.folder

    def one(self, case, right, wish):
        call, at, how, number = wish
        run = Run(self.program, case, self.inputs, self.folder(), "%s:%d:%s:%d" % wish)
        wrong = complaint(case, right, run, call, how, errno.errorcode.get(number))
        tolerated = run.status == right.status
        if not wrong and tolerated and right.status == 0 and how in ("once", "on") and number != errno.EINTR \
                and call not in TOLERATED and run.calls.get("fired"):
            wrong = "%s may fail and nobody minds" % call
        with self.lock:
            self.passed += not wrong
            self.failed += bool(wrong)
            self.fired += bool(run.calls.get("fired"))
            self.ends[call]["same" if tolerated else "refused"] += 1
            if wrong:
                print("FAILED %s: %s number %d, %s, %s: %s" % (case.name, call, at, how, errno.errorcode.get(number), wrong),
                      flush=True)

    def case(self, case, every, jobs):
        right = Run(self.program, case, self.inputs, self.folder(), None)
        if not right.calls or right.hung or right.status != case.status:
            raise SystemExit("%s: %s %r (is it a program of 'make FAULTS=1'?)" % (case.name, right.status, right.err))
        before = self.fired
        todo = list(wishes(right.calls, every))
        with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
            list(pool.map(lambda wish: self.one(case, right, wish), todo))
        print("%-28s %6d runs, %6d of them met the fault" % (case.name, len(todo), self.fired - before), flush=True)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("program")
    p.add_argument("--every", type=int, default=1)
    p.add_argument("--jobs", type=int, default=os.cpu_count())
    p.add_argument("--only")
    p.add_argument("-v", action="store_true")
    a = p.parse_args()
    program = os.path.abspath(a.program)
    with tempfile.TemporaryDirectory(prefix="faults-") as inputs:
        make_inputs(inputs)
        subprocess.run([program, "run", *GROUPS, "--partial", os.path.join(inputs, "in.csv"), "-o", os.path.join(inputs, "part")],
                       check=True)
        tests = Tests(program, inputs, a.v)
        unknown = unknown_calls(os.path.dirname(program))
        if unknown:
            print("FAILED inject.c and inject.py know nothing of: " + " ".join(unknown))
            tests.failed += 1
        for case in CASES:
            if not a.only or a.only in case.name:
                tests.case(case, a.every, a.jobs)
    for call, ends in sorted(tests.ends.items()):
        print("%-16s %s" % (call, ", ".join("%s %d" % end for end in sorted(ends.items()))))
    print("%d faults met" % tests.fired)
    print("%d passed, %d failed" % (tests.passed, tests.failed))
    return tests.failed > 0


if __name__ == "__main__":
    sys.exit(main())
