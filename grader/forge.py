"""The interpreter from which workers are forked, with their libraries imported.

It takes as long to begin as we take to open the gradebook, so it should begin first:
this module imports nothing that is slow.
"""

import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from multiprocessing.context import BaseContext
from multiprocessing.forkserver import ensure_running
from pathlib import Path

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
SLOW = ("torch",)
PRELOAD = ["grader.quick", "grader.work", "grader.execute"]


def begin(*more: str) -> BaseContext:
    """Begin it if that has not been done; where processes are made from.

    Args:
        more: slow libraries that the workers will want.
    """
    os.environ.update(dict.fromkeys(THREADS, "1"))  # a worker has one core
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([*PRELOAD, *more])
    with deaf():
        ensure_running()
    return context


def wants(root: Path, assignment: str) -> list[str]:
    """The slow libraries that an assignment seems to use; to be wrong costs little."""
    path = root / "solutions" / assignment / f"{assignment}.ipynb"
    with contextlib.suppress(OSError):
        text = path.read_text(encoding="utf-8")
        return [name for name in SLOW if f"import {name}" in text]
    return []


@contextlib.contextmanager
def deaf() -> Iterator[None]:
    """What begins in here inherits that Ctrl-C is not for it."""
    if threading.current_thread() is not threading.main_thread():
        yield  # a thread may not say so; a Dask worker leaves on Ctrl-C, with its hands
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
