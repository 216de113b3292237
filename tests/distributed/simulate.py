#!/usr/bin/env python3
"""How long a grouping takes on Spark: a model, calibrated on one size, tried on others.

    simulate.py PATH/TO/sluice [--rows N] [--tables 1T:1000:50,...] [--keep stages.json]
    simulate.py --stages stages.json [--tables ...]        the model alone, from kept measurements

Real runs on a local cluster give stage times.  One size, with some parts that hold only a header, gives the
model's numbers; what it says of the other sizes is compared with runs of them.  Other work on the
same cores is reckoned out: by how much longer the tasks take than the processor works for them.
Run by the Python of the environment that has pyspark.
"""

import argparse
import heapq
import json
import os
import random
import shutil
import statistics
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
CORES, FAN_IN, HEADER_ONLY = 2, 16, 8
# Parts, times the rows: once to begin and to warm up, once to calibrate, the others to compare.
SIZES = [(40, 1), (40, 1), (80, 1), (16, 4), (120, 0.25), (40, 2.5)]


def makespan(seconds, cores, between=0.0):
    """Tasks in their order, each on the core that is free first, none begun within 'between'
    of the one before: the driver hands them out one by one."""
    free, end, clock = [0.0] * cores, 0.0, 0.0
    for s in seconds:
        clock = max(clock + between, heapq.heappop(free))
        heapq.heappush(free, clock + s)
        end = max(end, clock + s)
    return end


def contention(stages):
    """How much longer tasks took than the processor worked for them: others use it, too."""
    pairs = [(s, c) for s, c, b in zip(stages[0]["task_seconds"], stages[0]["task_cpu"],
                                       stages[0]["task_bytes"]) if b >= 1000]
    return max(1.0, sum(s for s, _ in pairs) / sum(c for _, c in pairs))


class Model:
    """Seconds on cores that nothing else uses: 'job' a stage, 'task' a task outside sluice's work,
    'inside' one without bytes."""

    def __init__(self, stages):
        parts, merges, slow = stages[0], stages[1:], contention(stages)
        tasks = list(zip(parts["task_bytes"], parts["task_seconds"], parts["task_cpu"]))
        self.inside = statistics.median(s for b, s, _ in tasks if b < 1000) / slow
        empty = statistics.median(c for b, _, c in tasks if b < 1000)
        whole = [(b, s, c) for b, s, c in tasks if b >= 1000]
        self.rate = sum(b for b, _, _ in whole) / sum(c - empty for _, _, c in whole)
        self.spread = [s / slow / (self.inside + b / self.rate) for b, s, _ in whole]
        # A merge of few tasks waits for one job and one task, the parts for one job and many.
        both = statistics.median(m["seconds"] - makespan(m["task_seconds"], CORES)
                                 for m in merges) / slow
        more = (parts["seconds"] - sum(parts["task_seconds"]) / CORES) / slow - both
        self.task = min(both, max(0.0, more / (parts["tasks"] / CORES - 1)))
        self.job = both - self.task
        merged = [(b, c) for m in merges for b, c in zip(m["task_bytes"], m["task_cpu"])]
        self.merge = (sum(max(c - empty, 0.0) for _, c in merged) /
                      sum(b for b, _ in merged))  # seconds a byte
        self.partial = parts["bytes"] / len(whole)
        self.shrink = (merges[0]["bytes"] / parts["bytes"]) if len(merges) > 1 else 1.0

    def run(self, sizes, cores, store=None, between=0.0, seed=1):
        """Seconds of all stages."""
        pick = random.Random(seed)
        rate = min(self.rate, store / cores) if store else self.rate
        seconds = [self.task + (self.inside + b / rate) * pick.choice(self.spread)
                   for b in sizes]
        total = self.job + makespan(seconds, cores, between)
        level = [self.partial] * len(sizes)
        while True:
            groups = [level[i:i + FAN_IN] for i in range(0, len(level), FAN_IN)]
            took = [self.task + self.inside + sum(g) * self.merge for g in groups]
            total += self.job + makespan(took, cores, between)
            if len(groups) == 1:
                return total
            level = [max(max(g), sum(g) * self.shrink) for g in groups]

    def __str__(self):
        return (f"{self.rate / 1e6:.0f} MB a core-second; a task {self.task:.2f} s outside and "
                f"{self.inside:.2f} s inside without bytes; a stage {self.job:.2f} s; merging "
                f"{1e-6 / self.merge if self.merge else float('inf'):.0f} MB a second; "
                f"{self.partial / 1e3:.0f} kB a partial table")


def measure(sluice, rows):
    from running import Session
    from tables import GROUPED, HEADER, make_parts

    runs = []
    with tempfile.TemporaryDirectory(prefix="sluice-simulate-") as folder:
        os.chdir(folder)
        with open("plan.yaml", "w") as f:
            f.write(GROUPED)
        session = Session(folder)
        for i, (parts, times) in enumerate(SIZES):
            make_parts("parts", parts, int(rows * times))
            for k in range(HEADER_ONLY if i == 1 else 0):
                with open(f"parts/none-{k}.csv", "w") as f:
                    f.write(HEADER)
            sizes = [os.path.getsize(f"parts/{name}") for name in sorted(os.listdir("parts"))]
            load = os.getloadavg()[0]
            status, text = session.begin(["--sluice", sluice, "-p", "plan.yaml", "-o",
                                          f"{i}.csv", "--stages", "stages.json",
                                          "parts"]).finish()
            if status:
                sys.exit(text)
            with open("stages.json") as f:
                runs.append({"sizes": sizes, "load": load, "stages": json.load(f)})
            shutil.rmtree("parts")
        session.end()
        os.chdir("/")
    return runs


def seconds_of(run):
    return sum(s["seconds"] for s in run["stages"])


def size(text):
    return float(text[:-1]) * {"M": 1e6, "G": 1e9, "T": 1e12}[text[-1]]


def main():
    p = argparse.ArgumentParser()
    p.add_argument("sluice", nargs="?")
    p.add_argument("--rows", type=int, default=250000, help="of a part of the first size")
    p.add_argument("--stages", help="measurements that were kept")
    p.add_argument("--keep", help="keep them in this file")
    p.add_argument("--tables", default="1T:1000:50,1T:10000:50", help="BYTES:PARTS:CORES,...")
    p.add_argument("--store", type=size, help="bytes a second that the store delivers in all")
    args = p.parse_args()
    if args.stages:
        with open(args.stages) as f:
            runs = json.load(f)
    else:
        keep = args.keep and os.path.abspath(args.keep)
        runs = measure(os.path.abspath(args.sluice), args.rows)
        if keep:
            with open(keep, "w") as f:
                json.dump(runs, f)
    first, calibrated, *others = runs
    model = Model(calibrated["stages"])
    slow = contention(first["stages"])
    start = seconds_of(first) - model.run(first["sizes"], CORES) * slow
    print(f"the model, from {sum(calibrated['sizes']) / 1e6:.0f} MB in "
          f"{len(calibrated['sizes'])} parts at load {calibrated['load']:.1f}: {model}; "
          f"executors begin in {start:.1f} s")
    for run in (calibrated, *others):
        slow, took = contention(run["stages"]), seconds_of(run)
        said = model.run(run["sizes"], CORES) * slow
        print(f"  {sum(run['sizes']) / 1e6:6.0f} MB in {len(run['sizes']):3} parts: predicted "
              f"{said:6.1f} s, measured {took:6.1f} s, {100 * (said / took - 1):+.0f} % "
              f"(slowed {slow:.1f} times, load {run['load']:.1f}){' calibrated on this' if run is calibrated else ''}")
    for text in args.tables.split(","):
        whole, parts, cores = text.split(":")
        sizes = [size(whole) / int(parts)] * int(parts)
        free = model.run(sizes, int(cores), args.store)
        # The worst that was measured: all of a task's overhead is the driver's, one by one.
        bound = model.run(sizes, int(cores), args.store, between=model.task / CORES)
        print(f"  {whole} in {parts} parts on {cores} cores: {free / 60:.1f} minutes, "
              f"{bound / 60:.1f} if the driver can only begin tasks at the rate seen here")


if __name__ == "__main__":
    sys.exit(main())
