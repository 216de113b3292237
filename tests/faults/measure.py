"""Run a program and say, as JSON, how it ended, how long it took and its peak of resident memory.

    measure.py SECONDS ADDRESS_SPACE FOLDER PROGRAM ARGS...

A process of its own, since Linux counts what the parent held to the child's peak.  Standard output and
error go to files of these names in FOLDER.
"""
import json
import os
import resource
import sys
import time


def child(seconds, space, folder, command):
    os.chdir(folder)
    for fd, name in ((1, "stdout"), (2, "stderr")):
        os.dup2(os.open(name, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), fd)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (space, space))
    os.execv(command[0], command)


def main():
    seconds, space, folder, *command = sys.argv[1:]
    begin = time.monotonic()
    pid = os.fork()
    if pid == 0:
        try:
            child(int(seconds), int(space), folder, command)
        finally:
            os._exit(127)
    _, how, usage = os.wait4(pid, 0)
    print(json.dumps([os.waitstatus_to_exitcode(how), time.monotonic() - begin, usage.ru_maxrss * 1024]))


main()
