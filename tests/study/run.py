#!/usr/bin/env python3
"""The example study through the pipeline's own tool.

    tests/study/run.py PATH/TO/sluice [VENV]

The package `opensafely` is installed into VENV (default: venv-gate beside
the program, which the judge of the gate uses, too), and everything
that it has to say is asked of it: is the project valid, how is each command taken apart,
how does a reusable action's command come to be, may the files enter level 4?  Each action
runs as the pipeline runs it: in a fresh folder with the action's files and the outputs of
what it needs, and what it does not declare is lost.  The one that needs the database is
stood in for by analysis/measures.py.  As root, actions run as nobody without privileges, and
without a network where that can be taken away.

Last line: N passed, N failed.
"""
import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile
import types

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
STUDY = ROOT / "tests" / "example-study"
results = {True: 0, False: 0}


def check(what, ok, why=""):
    results[bool(ok)] += 1
    if not ok:
        print("FAIL %s %s" % (what, why))
    return ok


def enter_venv(venv):
    """Run this again with the package's Python."""
    python = venv / "bin" / "python3"
    have = subprocess.run([python, "-c", "import opensafely"], capture_output=True).returncode == 0 \
        if python.exists() else False
    if not have:
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
        subprocess.run([venv / "bin" / "pip", "install", "-q", "--disable-pip-version-check",
                        "opensafely==2.1.5"], check=True)
    os.execv(python, [str(python), __file__, *sys.argv[1:2], "--inside"])


def confined(argv, folder):
    """As the sandbox does it, as far as this machine allows."""
    if os.geteuid() != 0:
        return argv
    for root, folders, files in os.walk(folder):
        for name in [root, *(os.path.join(root, n) for n in files)]:
            os.chown(name, 65534, 65534)
    nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs",
              "--bounding-set=-all"]
    no_net = ["unshare", "--net"]
    if subprocess.run([*no_net, "true"], capture_output=True).returncode != 0:
        no_net = []
    return [*no_net, *nobody, *argv]


def run_action(argv, spec, workspace, outputs_of, action_files):
    with tempfile.TemporaryDirectory(prefix="job-") as job:
        os.chmod(job, 0o755)
        job = pathlib.Path(job)
        for name in action_files:
            (job / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(action_files[name], job / name)
        for needed in spec.needs:
            for name in outputs_of[needed]:
                (job / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(workspace / name, job / name)
        done = subprocess.run(confined(argv, job), cwd=job, capture_output=True, text=True,
                              env={"PATH": os.environ["PATH"], "HOME": str(job)})
        made = []
        for level in spec.outputs.values():
            for pattern in level.values():
                found = [p.relative_to(job) for p in sorted(job.glob(pattern)) if p.is_file()]
                check("outputs of %s" % pattern, found, done.stdout + done.stderr)
                made += found
        for name in made:
            (workspace / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(job / name, workspace / name)
    return done, made


def main(program):
    from opensafely._vendor.pipeline.main import load_pipeline
    from opensafely.jobrunner import config
    from opensafely.jobrunner.actions import get_action_specification
    from opensafely.jobrunner.executors.local import check_l4_file
    from opensafely.jobrunner.reusable_actions import ReusableAction, apply_reusable_action

    limits = types.SimpleNamespace(level4_max_filesize=config.LEVEL4_MAX_FILESIZE,
                                   level4_max_csv_rows=config.LEVEL4_MAX_CSV_ROWS,
                                   level4_file_types=config.LEVEL4_FILE_TYPES)
    pipeline = load_pipeline((STUDY / "project.yaml").read_text())
    check("the pipeline's validator", len(pipeline.all_actions) == 4)
    own = subprocess.run([program, "project", STUDY / "project.yaml"], capture_output=True, text=True)
    check("sluice project", own.returncode == 0, own.stdout + own.stderr)
    action_files = {"action.yaml": ROOT / "action.yaml", "scripts/action.sh": ROOT / "scripts" / "action.sh",
                    "bin/sluice": pathlib.Path(program).resolve()}
    reusable = ReusableAction("sluice", "0" * 40, (ROOT / "action.yaml").read_bytes())
    outputs_of = {}
    with tempfile.TemporaryDirectory(prefix="study-") as workspace:
        workspace = pathlib.Path(workspace)
        for name in pipeline.all_actions:
            spec = get_action_specification(pipeline, name)
            words = shlex.split(spec.run)
            if words[0].startswith("ehrql:"):
                folder = os.path.dirname(words[words.index("--output") + 1])
                argv, files = [sys.executable, "measures.py", folder], {"measures.py": STUDY / "analysis" / "measures.py"}
            else:
                words = apply_reusable_action(words, reusable)
                check("%s: the runtime" % name, words[0] == "python:v2", words[0])
                argv, files = words[1:], action_files
            done, outputs_of[name] = run_action(argv, spec, workspace, outputs_of, files)
            check("%s: exit status" % name, done.returncode == 0, done.stdout + done.stderr)
            for output in outputs_of[name]:
                if any(output.match(p) for p in spec.outputs.get("moderately_sensitive", {}).values()):
                    fit, job, _, _ = check_l4_file(limits, str(output), (workspace / output).stat().st_size, workspace)
                    check("level 4: %s" % output, fit, job)
        text = (workspace / "output/release/asthma_by_sex.csv").read_text()
        check("something is redacted", "[REDACTED]" in text)
        check("checks.txt says so", ", 0 refused" in (workspace / "output/checks.txt").read_text().split("\n")[-2])
        after = subprocess.run([program, "project", workspace / "project.yaml"], capture_output=True, text=True) \
            if shutil.copy(STUDY / "project.yaml", workspace) else None
        check("sluice project on what was made", after.returncode == 0, after.stdout + after.stderr)
        check("no file is missing", "no such file" not in after.stdout, after.stdout)
    print("%d passed, %d failed" % (results[True], results[False]))
    return results[False] > 0


if __name__ == "__main__":
    if "--inside" in sys.argv:
        sys.exit(main(os.path.abspath(sys.argv[1])))
    enter_venv(pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else
               pathlib.Path(sys.argv[1]).resolve().parent / "venv-gate")
