"""Where things are: the build, the tables (made once, in bench/data), the machine's description."""
import datetime
import json
import os
import platform
import re
import shutil
import subprocess
import zlib

MB = 1000000


class Place:
    """All paths are relative to the project's folder, so that results name no other."""

    def __init__(self, build, size):
        self.root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
        self.build = os.path.relpath(os.path.abspath(build), self.root)
        self.data = "bench/data"
        self.size = size
        os.chdir(self.root)
        os.makedirs(self.data, exist_ok=True)
        self.isas = self.instruction_sets()

    def tool(self, name):
        return "%s/bench/%s" % (self.build, name)

    @property
    def sluice(self):
        return "%s/sluice" % self.build

    def scratch(self, name):
        return "%s/scratch-%s" % (self.data, name)

    def instruction_sets(self):
        """Those that this machine runs, the best first."""
        said = text([self.sluice, "version"])
        return re.search(r"instruction set: \S+ \(of ([^)]*)\)", said)[1].split(", ")

    def table(self, kind, size, packed=False):
        """The path of a table; made, and packed by gzip -6 or in blocks ("bgzf"), where it isn't there yet.  The generator's
        sum is part of the name: a table of an older generator isn't taken for this one's."""
        path = "%s/%s-%s-%s.csv" % (self.data, kind, label(size), self.generator())
        if not os.path.exists(path):
            self.room(2 * size)
            make([self.tool("gen"), kind, str(size)], path)
        if not packed:
            return path
        if packed == "bgzf":
            packing, packed = [self.sluice, "run", "-q", "-k", "*", "--bgzf", path], path + ".bgzf.gz"
        else:
            packing, packed = ["gzip", "-6", "-c", path], path + ".gz"
        if not os.path.exists(packed):
            make(packing, packed)
        return packed

    def generator(self):
        if not hasattr(self, "sum"):
            drawn = b"".join(subprocess.run([self.tool("gen"), kind, "20000"], check=True, stdout=subprocess.PIPE).stdout
                             for kind in ("measures", "patient", "quoted"))
            self.sum = "%08x" % zlib.crc32(drawn)
        return self.sum

    def room(self, size):
        if shutil.disk_usage(self.data).free < size:
            raise SystemExit("bench: bench/data needs %s more" % label(size))

    def machine(self):
        """What a reader of the results has to know."""
        with open("%s/flags" % self.build) as f:
            flags = f.read().split(" -I")[0].strip()
        compiler = flags.split()[0]
        return {
            "date": datetime.date.today().isoformat(),
            "commit": text(["git", "rev-parse", "HEAD"]).strip(),
            "changed_since": bool(text(["git", "status", "--porcelain", "-uno"]).strip()),
            "cpu": cpu_model(), "cores": os.cpu_count(), "memory_gib": round(memory() / 2**30, 1),
            "load": round(os.getloadavg()[0], 2),
            "kernel": "%s %s" % (platform.system(), platform.release()),
            "compiler": text([compiler, "--version"]).splitlines()[0], "flags": flags,
            "sluice": text([self.sluice, "version"]).strip().splitlines(),
            "peers": [line.strip() for line in text(["bench/peers", "--list"]).splitlines()],
        }


def label(size):
    return "%gGB" % (size / 1000 / MB) if size >= 1000 * MB else "%gMB" % (size / MB) if size >= MB else "%dB" % size


def text(argv):
    done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return done.stdout.decode(errors="replace")


def make(argv, path):
    """Whole or absent."""
    print("making %s" % path, flush=True)
    with open(path + ".new", "wb") as f:
        subprocess.run(argv, stdout=f, check=True)
    os.rename(path + ".new", path)


def cpu_model():
    try:
        with open("/proc/cpuinfo") as f:
            return re.search(r"^(?:model name|CPU part)\s*:\s*(.*)$", f.read(), re.M)[1].strip()
    except (OSError, TypeError):
        return platform.processor() or platform.machine()


def memory():
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def write_json(path, value):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path + ".new", "w") as f:
        json.dump(value, f, indent=1, ensure_ascii=False)
        f.write("\n")
    os.rename(path + ".new", path)
