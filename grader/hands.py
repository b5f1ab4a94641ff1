"""What a Dask worker does: each submission goes on to a process of its own.

A Dask worker talks to its cluster all the time and grades in threads, and a judge needs
a process that does nothing else. So each thread of a worker has a hand, which is a
`LocalPool` of one process. A submission that ends the process of a hand does not end
the worker, and how many it has ended is known here, whatever the cluster allows.
"""

import contextlib
import multiprocessing
import platform
import threading
import time
from collections.abc import Callable
from functools import cache
from importlib import metadata
from pathlib import Path

from grader import course, walls
from grader.paper import judges
from grader.pool import Do, LocalPool, NoWorkers
from grader.submission import HandedIn
from grader.work import Graded

ALIKE = ("numpy", "torch", "ipython", "matplotlib", "nbgrader")
"""Libraries whose version may change a score or an output."""
IDLE_SECONDS = 60.0  # after which the hands of another batch make room

FREE: dict[str, list[LocalPool]] = {}  # batch → hands that do nothing
USED: dict[str, float] = {}  # batch → when it last asked for one
OVER: set[str] = set()
LOCK = threading.Lock()


class ClusterTrouble(RuntimeError):  # noqa: N818 - a fact, told to an instructor
    """The cluster cannot be used, or not any more; the sentence says why."""


@cache
def about() -> dict[str, str]:
    """What must be alike wherever a class is graded, and what is missing here."""
    found = {"code": judges(), "python": ".".join(platform.python_version_tuple()[:2])}
    for name in ALIKE:
        with contextlib.suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name).split("+")[0]
    try:
        walls.available()
    except walls.SandboxMissing as problem:
        found["no walls"] = str(problem)
    return found


def unfit(ours: dict[str, str], theirs: dict[str, str], *, sandboxed: bool) -> str:
    """Why a worker may not grade, as the end of a sentence; empty if it may.

    Example:
        >>> unfit({"code": "a"}, {"code": "a"}, sandboxed=True)
        ''
    """
    if ours["code"] != theirs["code"]:
        return (
            "has other code of cvlib or grader than this machine: install the same"
            " version of the repository there and start the worker again"
        )
    for name in ("python", *ALIKE):
        if ours.get(name) != theirs.get(name):
            there, here = theirs.get(name, "none"), ours.get(name, "none")
            return f"has {name} {there}, and this machine has {here}: make them alike"
    if sandboxed and "no walls" in theirs:
        return f"has no sandbox: {theirs['no walls']}"
    return ""


def grade(
    make: Callable[[], Do],
    batch: str,
    ours: dict[str, str],
    sandboxed: bool,
    student: str,
    taken: HandedIn,
) -> Graded:
    """Grade one submission: the task of a Dask worker.

    Returns:
        What `make()` makes of it, or `grader.pool.Lost`.

    Raises:
        ClusterTrouble: this worker may not grade, which can be so if it joined late.
    """
    me = settle()
    if why := unfit(ours, about(), sandboxed=sandboxed):
        raise ClusterTrouble(f"the worker {me} {why}")
    hand = take(batch, make)
    try:
        answers = hand.results([(student, taken)])
        (answer,) = (answer for answer in answers if answer is not None)
    except NoWorkers as problem:
        hand.close()
        raise ClusterTrouble(f"on the worker {me} {problem}") from None
    put_back(batch, hand)
    return answer


@cache
def settle() -> str:
    """Make this process one that may have hands; the worker's address."""
    from distributed import get_worker

    worker = get_worker()
    # what a nanny starts is a daemon by Python's rules, and may start nothing
    multiprocessing.current_process().daemon = False
    course.enter_private_environment(Path(worker.local_directory))
    return worker.address


def take(batch: str, make: Callable[[], Do]) -> LocalPool:
    """A hand that is free, or a new one."""
    now = time.monotonic()
    with LOCK:
        USED[batch] = now
        for other in [name for name, when in USED.items() if now - when > IDLE_SECONDS]:
            let_go(other)
        free = FREE.setdefault(batch, [])
        if free:
            return free.pop()
    return LocalPool(make, 1)


def put_back(batch: str, hand: LocalPool) -> None:
    """A hand has nothing to do; it is kept unless the batch is over."""
    with LOCK:
        if batch not in OVER:
            FREE.setdefault(batch, []).append(hand)
            return
    hand.close()


def dismiss(batch: str) -> None:
    """A batch is over: its hands end, busy ones when they are done."""
    with LOCK:
        OVER.add(batch)
        let_go(batch)


def let_go(batch: str) -> None:
    """End the free hands of a batch; the lock is held."""
    USED.pop(batch, None)
    for hand in FREE.pop(batch, []):  # in threads: a worker must go on talking
        threading.Thread(target=hand.close).start()
