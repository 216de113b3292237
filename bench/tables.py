"""Results as text: the table on the terminal, the one in bench/README.md, the chart's bars."""
import re
import statistics

import timing
from place import label

HEAD = "%-34s %9s %9s %17s %8s %8s %8s  %s" % ("case", "seconds", "ratio", "of the turns", "target", "CPU s", "MiB", "")
NOT_BUILT = ["W4 (many files in one process) is measured by bench/many.py",
             "zsv: no registry has the program"]
LEGEND = """Seconds, CPU seconds (user and system) and peak resident MiB are medians of the case's own runs. The ratio is to the
yardstick in the same turn, median, then the least and the most: `wc -l` for W1, W3 and quoted, `igzip -dc` for W2, gz and BGZF,
`cat` to a new file (`&& sync` where sluice syncs) for new files, time for a byte at the smaller size for W5, the best instruction set for
the others. In a peer's line "sluice / peer" is the ratio of sluice -j2 to the peer in the same turn. A peer's MiB are its
own, of a pipeline those of the largest process."""


def figures(case):
    """What is quoted of a measured case."""
    if "runs" not in case:
        return {}
    yardstick, own = case["runs"][0], case["runs"][-1]
    ratios = [r * case.get("scale", 1) for r in timing.ratios(own, yardstick)]
    said = {"seconds": timing.median(own, "wall"), "yardstick_seconds": timing.median(yardstick, "wall"),
            "cpu_seconds": timing.cpu(own), "peak_mib": timing.median(own, "peak_mib"), "ratio": statistics.median(ratios),
            "ratio_least": min(ratios), "ratio_most": max(ratios)}
    if case.get("peer"):
        said["sluice_to_peer"] = statistics.median(timing.ratios(case["runs"][1], own))
        said["sluice_seconds"] = timing.median(case["runs"][1], "wall")
        said["sluice_peak_mib"] = timing.median(case["runs"][1], "peak_mib")
    return said


def verdicts(case, said):
    """What was to be reached, what was, whether it was."""
    found = []
    if case.get("target"):
        found.append(("<= %g" % case["target"], "%.2f" % said["ratio"], said["ratio"] <= case["target"]))
    if case.get("wall_ms"):
        found.append(("<= %g ms" % case["wall_ms"], "%.1f ms" % (1000 * said["seconds"]), 1000 * said["seconds"] <= case["wall_ms"]))
    if case.get("memory"):
        found.append(("<= %g MiB" % case["memory"], "%.1f MiB" % said["peak_mib"], said["peak_mib"] <= case["memory"]))
    if case.get("peer_target"):
        found.append(("sluice <= %g x" % case["peer_target"], "%.3f x" % said["sluice_to_peer"],
                      said["sluice_to_peer"] <= case["peer_target"]))
    return found


def seconds(value):
    return "%.1f ms" % (1000 * value) if value < 0.1 else "%.3f" % value


def line(case):
    if "runs" not in case:
        return "%-34s failed: %s" % (case["name"], case["failed"])
    said = figures(case)
    remarks = ["MISSES %s: %s" % v[:2] for v in verdicts(case, said) if not v[2]]
    if case.get("peer"):
        remarks.insert(0, "sluice / peer %.3f" % said["sluice_to_peer"])
    if case.get("note"):
        remarks.append("(%s)" % case["note"])
    return "%-34s %9s %9.2f %17s %8s %8.2f %8.1f  %s" % (
        case["name"], seconds(said["seconds"]), said["ratio"], "%.2f to %.2f" % (said["ratio_least"], said["ratio_most"]),
        "%g" % case["target"] if case.get("target") else "", said["cpu_seconds"], said["peak_mib"], "; ".join(remarks))


def footnotes(result):
    notes = ["gzip output of W1: %d bytes, of gzip -1 %d: %.2f (target <= 1)" % (
        result["gzip_bytes"]["sluice"], result["gzip_bytes"]["gzip_1"], result["gzip_bytes"]["sluice"] / result["gzip_bytes"]["gzip_1"])]
    notes += ["left out: %s: %s" % (x["name"], x["why"]) for x in result["left_out"]]
    return "\n".join(notes + result["not_built_yet"])


def w1_chart(result, draw):
    """Bars of the group w1, shortest first; None when there are none."""
    entries = [("sluice " + c["name"][3:] if c["name"].startswith("W1 -") else "sluice, ratios too " + c["name"][4:], c["ratio"], True)
               for c in result["cases"] if c.get("group") == "w1" and not c.get("peer") and "ratio" in c]
    for c in result["cases"]:
        if c.get("group") == "w1" and c.get("peer") and "ratio" in c:
            star = "*" if "columns only" in c.get("note", "") else ""
            part = re.search(r"[0-9.]+[MG]B", c.get("note", ""))
            entries.append((c["peer"] + star + (" (%s)" % part[0] if part else ""), c["ratio"], False))
    if not entries:
        return None
    machine = result["machine"]
    return draw("W1: time as a multiple of wc -l (log scale)",
                "%s of CSV; %d cores, %s. * drops the columns but protects nothing" % (
                    label(result["bytes"]), machine["cores"], machine["cpu"]),
                sorted(entries, key=lambda e: e[1]))


def reached_by(cases):
    """Every target with what was measured; of memory only the most among the cases of one limit and -j."""
    found, memory = [], {}
    for c in cases:
        for aim, got, reached in verdicts(c, c) if "ratio" in c else []:
            if aim.endswith("MiB"):
                key = (aim, re.search(r"-j\d", c["name"])[0])
                if key not in memory or c["peak_mib"] > memory[key][0]:
                    memory[key] = (c["peak_mib"], c["name"], reached)
            else:
                found.append((c["name"], aim, got, reached))
        if c.get("peer") in ("polars", "duckdb") and c["group"] in ("w1", "w3") and "ratio" in c:
            part = c["sluice_peak_mib"] / c["peak_mib"]
            found.append(("%s, memory" % c["name"], "sluice <= 0.02 x", "%.3f x" % part, part <= 0.02))
    found += [("most memory %s: %s" % (threads, name), aim, "%.1f MiB" % most, reached)
              for (aim, threads), (most, name, reached) in memory.items()]
    return found


def markdown(result, path):
    machine = result["machine"]
    out = ["%s, %d cores, %s, %s; commit `%s`%s; %s tables, medians of %d runs; [every run](%s)." % (
        machine["cpu"], machine["cores"], machine["kernel"], machine["compiler"], machine["commit"][:13],
        " and changes" if machine["changed_since"] else "", label(result["bytes"]),
        result["counted_runs"], path[len("bench/"):]), "",
           "| case | target | measured | |", "|---|---|---|---|"]
    for name, aim, got, reached in reached_by(result["cases"]):
        out.append("| %s | %s | %s | %s |" % (name, aim, got, "" if reached else "**missed**"))
    sizes = result["gzip_bytes"]
    out.append("| W2 size / gzip -1's | <= 1 | %.2f | %s |" % (
        sizes["sluice"] / sizes["gzip_1"], "" if sizes["sluice"] <= sizes["gzip_1"] else "**missed**"))
    out += ["", "| case | seconds | ratio | least to most | CPU s | MiB | sluice / peer | |", "|---|---|---|---|---|---|---|---|"]
    for c in result["cases"]:
        if "ratio" not in c:
            out.append("| %s | failed | | | | | | |" % c["name"])
            continue
        out.append("| %s | %s | %.2f | %.2f to %.2f | %.2f | %.1f | %s | %s |" % (
            c["name"], seconds(c["seconds"]), c["ratio"], c["ratio_least"], c["ratio_most"], c["cpu_seconds"], c["peak_mib"],
            "%.3f" % c["sluice_to_peer"] if c.get("peer") else "", c.get("note", "")))
    out += ["", LEGEND, "", *("- " + n for n in footnotes(result).splitlines()), "",
            "Versions: %s." % ", ".join(machine["peers"])]
    return "\n".join(out)


def into_readme(readme, result, path):
    """Replace what stands between the marks."""
    with open(readme) as f:
        text = f.read()
    new = re.sub(r"(<!-- measured -->\n).*?(<!-- /measured -->)", lambda m: m[1] + markdown(result, path) + "\n" + m[2], text, flags=re.S)
    with open(readme, "w") as f:
        f.write(new)
