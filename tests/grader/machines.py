"""A Dask cluster on loopback, of the programs that an instructor starts."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from tests.conftest import ROOT


def doubler() -> Callable[[str, object], object]:
    """What is done in place of grading; workers import it by name.

    It doubles. "sleep" takes a while, and "die" ends the process at once.
    """

    def do(student: str, what: object) -> object:
        if what == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        if what == "sleep":
            time.sleep(0.3)
        return student, what * 2

    return do


def dask(*words: str, log: Path, **variables: str) -> subprocess.Popen:
    """One of Dask's programs."""
    command = [sys.executable, "-m", "dask", *words, "--no-dashboard"]
    env = os.environ | variables
    with open(log, "a") as file:
        return subprocess.Popen(
            command, stdout=file, stderr=file, cwd=log.parent, env=env
        )


class Machines:
    """A scheduler, and workers that come and go."""

    def __init__(self, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{self.port}"
        self.folder, self.nannies = folder, []
        words = ("--host", "127.0.0.1", "--port", str(self.port))
        self.scheduler = dask("scheduler", *words, log=folder / "scheduler")

    def join(self, *words: str, code: Path = ROOT, **variables: str) -> None:
        """Start a machine's workers, which have this code."""
        paths = [str(code), str(ROOT), os.environ["PYTHONPATH"]]
        variables["PYTHONPATH"] = os.pathsep.join(paths)
        words = (self.address, "--local-directory", str(self.folder), *words)
        log = self.folder / "workers"
        self.nannies.append(dask("worker", *words, log=log, **variables))

    def leave(self) -> None:
        """Cut the power of all workers."""
        processes = self.workers()
        for process in (*self.nannies, *processes):  # or they would be started again
            process.kill()
        for nanny in self.nannies:
            nanny.wait(30)
        self.nannies.clear()

    def workers(self) -> list[psutil.Process]:
        """The processes that take tasks; if one is killed its nanny starts another."""
        return [
            child
            for nanny in self.nannies
            for child in psutil.Process(nanny.pid).children()
            if "spawn_main" in " ".join(child.cmdline())
        ]

    def hands(self) -> list[psutil.Process]:
        """The processes that do the tasks."""
        return [
            hand
            for worker in self.workers()
            for forge in worker.children()
            for hand in forge.children()
        ]

    def everything(self) -> list[psutil.Process]:
        """All that runs because of us."""
        ours = [psutil.Process(p.pid) for p in (*self.nannies, self.scheduler)]
        return [p for process in ours for p in (process, *process.children(True))]

    def end(self) -> None:
        """End all of it as an instructor does."""
        programs = (*self.nannies, self.scheduler)
        for process in programs:
            process.terminate()
        for process in programs:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:  # its scheduler has gone
                process.kill()
                process.wait()
