"""What toy workers do with their tasks: mostly something bad."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path


def make():
    return do


def do(name, what):
    """A task is (name, (verb, argument))."""
    verb, argument = what
    return VERBS[verb](name, argument)


def answer(name, value):
    return name, value


def die_once(name, marker):
    """Be killed, unless somebody was already."""
    if not Path(marker).exists():
        Path(marker).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return name, "survived"


def sleep(name, seconds):
    time.sleep(seconds)
    return name, os.getpid()


def nap(name, folder):
    """Say that it has begun, and wait to be allowed to end."""
    Path(folder, f"{name}-{os.getpid()}").touch()
    while not Path(folder, "end").exists():
        time.sleep(0.01)
    return name, os.getpid()


def start_another(name, folder):
    """Start a process, and never end."""
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    Path(folder, f"{name}-{os.getpid()}-{child.pid}").touch()
    time.sleep(600)


VERBS = {
    "answer": answer,
    "die once": die_once,
    "kill": lambda name, _: os.kill(os.getpid(), signal.SIGKILL),
    "exit": lambda name, _: os._exit(0),
    "segfault": lambda name, _: ctypes.string_at(0),
    "raise": lambda name, _: 1 / 0,
    "sleep": sleep,
    "nap": nap,
    "start another": start_another,
}


def make_nothing():
    """A worker that ends before it has begun."""
    os._exit(3)


PARENT = """
import sys
from grader.pool import LocalPool
from tests.grader import toys
if __name__ == "__main__":
    pool = LocalPool(toys.make, 2)
    tasks = [("ann", ("start another", sys.argv[1])), ("bob", ("sleep", 0))]
    for answer in pool.results(iter(tasks)):
        pass
"""
