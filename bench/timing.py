"""Commands run and measured, in turns.

A case is a list of commands that take turns, A B A B ...; the first turn of each is the warm-up and
isn't counted.  Ratios are taken between neighbours in one turn, and the median of them is
quoted: a machine that is slower for a while is so for both.
"""
import os
import statistics
import subprocess


class Failed(Exception):
    pass


def spent(place, argv):
    """Run argv, its output to nowhere; wall, user, system seconds and peak MiB.  The peak of a
    pipeline is that of its largest process."""
    seen, tell = os.pipe()
    p = subprocess.Popen([place.tool("spent"), str(tell), *argv], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                         stderr=subprocess.PIPE, pass_fds=[tell], cwd=place.root)
    os.close(tell)
    error = p.communicate()[1].decode(errors="replace").strip()
    with os.fdopen(seen) as f:
        said = f.read().split()
    if len(said) != 5 or said[4] != "0":
        raise Failed("%s: %s" % (" ".join(argv)[:120], error.splitlines()[-1] if error else "failed"))
    wall, user, system, kib = (float(x) for x in said[:4])
    return {"wall": wall, "user": user, "system": system, "peak_mib": round(kib / 1024, 2)}


def turns(place, commands, runs, after=None):
    """runs turns of the commands: a list of measurements for each."""
    measured = [[] for _ in commands]
    for turn in range(runs + 1):
        for command, results in zip(commands, measured):
            result = spent(place, command)
            if after:
                after()
            if turn:
                results.append(result)
    return measured


def median(results, what):
    return statistics.median(r[what] for r in results)


def cpu(results):
    return statistics.median(r["user"] + r["system"] for r in results)


def ratios(of, to, what="wall"):
    return [a[what] / b[what] for a, b in zip(of, to)]
