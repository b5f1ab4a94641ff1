"""Workers on other machines: the same work as `grader.pool`, by a Dask cluster.

The cluster is the instructor's: `dask scheduler` on one machine, `dask worker ADDRESS`
on others that have this repository installed. They may come and go while we grade.
"""

import contextlib
import logging
import pickle
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from itertools import count
from typing import Any

import dask
from distributed import Client, Future, KilledWorker, as_completed

from grader.hands import ClusterTrouble, about, dismiss, grade, unfit
from grader.pool import Do, Task
from grader.work import FAILED, Graded, described

AHEAD = 3  # submissions on their way for each thread of the cluster
ATTEMPTS = 2  # each survives some deaths of workers, as the cluster is configured
JOIN_SECONDS = 30.0  # to wait for a first worker
ALONE_SECONDS = 600.0  # to wait for another when all have left
TICK, LOOK = 0.02, 2.0  # seconds between looks at answers, and at who is there


class Cluster:
    """Processes of many machines, with the interface of `grader.pool.LocalPool`.

    Args:
        make: makes what is done with the tasks; it is sent once to each worker.
        address: of the scheduler, tcp://HOST:PORT or tls://HOST:PORT.
        say: told when there is something to wait for.
        sandboxed: False to take workers that have no sandbox.
        seconds: how long the scheduler may take to answer.

    Raises:
        ClusterTrouble: nobody answers, or a worker may not grade.
    """

    def __init__(
        self,
        make: Callable[[], Do],
        address: str,
        say: Callable[[str], None],
        *,
        sandboxed: bool = True,
        seconds: float = 10,
    ) -> None:
        self.say, self.sandboxed, self.stopping = say, sandboxed, False
        self.batch, self.numbers = uuid.uuid4().hex, count()
        self.busy: dict[Future, tuple[Task, int]] = {}  # and which attempt it is
        self.looked = self.seen = 0.0
        self.room = AHEAD
        self.client = connect(address, seconds)
        try:
            self.examine()
            # a task, for then a copy that goes with its worker is made again
            key = f"paper-{self.batch}"
            self.make = self.client.submit(pickle.loads, pickle.dumps(make), key=key)
            self.ended = as_completed(
                loop=self.client.loop, with_results=True, raise_errors=False
            )
        except BaseException:
            self.close()
            raise

    def examine(self) -> None:
        """Make sure that there are workers, and that each may grade."""
        with trouble():
            try:
                self.client.wait_for_workers(1, timeout=JOIN_SECONDS)
            except TimeoutError:
                raise ClusterTrouble(
                    f"no worker has joined the cluster in {JOIN_SECONDS:.0f} s: start"
                    f" some with dask worker {self.client.scheduler.address}"
                ) from None
            found = self.client.run(about, on_error="return")
        for address, theirs in found.items():
            if why := self.unfit(theirs):
                raise ClusterTrouble(f"the worker {address} {why}")

    def unfit(self, theirs: dict[str, str] | Exception) -> str:
        """Why a worker may not grade, from what it says about itself."""
        if isinstance(theirs, Exception):
            return (
                f"cannot use the package grader ({type(theirs).__name__}: {theirs}):"
                " install the same version of the repository there"
            )
        return unfit(about(), theirs, sandboxed=self.sandboxed)

    def results(self, tasks: Iterable[Task]) -> Iterator[Any]:
        """Give out tasks and yield answers as they come; None now and then between.

        A task is taken from `tasks` only when a worker will soon be free for it. After
        `stop`, those that were given out are finished and no other is begun.

        Raises:
            ClusterTrouble: the scheduler has gone, or all workers have for long.
        """
        todo = iter(tasks)
        while True:
            with trouble():
                self.look()
            if not self.stopping:
                self.fill(todo)
            if not self.busy:
                return
            heard = self.ended.next_batch(block=False)
            for future, answer in heard:
                yield from self.hear(future, answer)
            if not heard:
                yield None
                time.sleep(TICK)

    def look(self) -> None:
        """See now and then whether the cluster is there, and how large it is."""
        now = time.monotonic()
        if self.client.status != "running":
            raise OSError
        if now - self.looked < LOOK:
            return
        threads = sum(self.client.nthreads().values())
        self.room, self.looked = AHEAD * max(1, threads), now
        if threads:
            self.seen = now
        elif self.stopping or now - self.seen > ALONE_SECONDS:
            raise ClusterTrouble("all workers have left the cluster")
        else:
            self.say("all workers have left the cluster: waiting for another")

    def fill(self, todo: Iterator[Task]) -> None:
        """Give out as many tasks as there is room for."""
        while len(self.busy) < self.room and (task := next(todo, None)):
            self.give(task)

    def give(self, task: Task, attempt: int = 1) -> None:
        """Give out a task."""
        key = f"grade-{self.batch}-{next(self.numbers)}"
        alike = (self.batch, about(), self.sandboxed)
        with trouble():
            future = self.client.submit(grade, self.make, *alike, *task, key=key)
        self.busy[future] = (task, attempt)
        self.ended.add(future)

    def hear(self, future: Future, answer: Any) -> Iterator[Any]:
        """What came of a task."""
        task, attempt = self.busy.pop(future)
        if future.status == "finished":
            yield answer
            return
        if future.status == "error":
            problem = answer[1]
            if not isinstance(problem, KilledWorker):  # it is not the submission's
                if not isinstance(problem, ClusterTrouble):
                    problem = f"a worker cannot grade: {described(problem)}"
                raise ClusterTrouble(str(problem))
        elif future.status != "lost":  # then its worker has left with the answer
            raise ClusterTrouble(GONE)
        if attempt < ATTEMPTS:
            self.give(task, attempt + 1)
        else:  # nor is this: what it can end is a hand
            yield Graded(task[0], FAILED, "The workers that had it died, one by one.")

    def stop(self) -> None:
        """Begin nothing new."""
        self.stopping = True

    def close(self) -> None:
        """Leave the cluster; what its workers are at is not finished for us."""
        with contextlib.suppress(Exception):  # it may go meanwhile
            if self.client.status == "running":
                self.client.cancel(list(self.busy))
                self.client.run(dismiss, self.batch, on_error="ignore")
        with contextlib.suppress(Exception):
            self.client.close(timeout=3)


GONE = (
    "the scheduler of the cluster does not answer any more; what was graded is written:"
    " run this again when it is back"
)


@contextlib.contextmanager
def trouble() -> Iterator[None]:
    """Errors of a connection as the one sentence they mean."""
    try:
        yield
    except OSError:
        raise ClusterTrouble(GONE) from None


def connect(address: str, seconds: float) -> Client:
    """Join a cluster.

    Raises:
        ClusterTrouble: nobody answers there.
    """
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # we tell it ourselves
    dask.config.set({"distributed.admin.large-graph-warning-threshold": "1G"})
    try:
        return Client(address, timeout=seconds, set_as_default=False)
    except (OSError, ValueError, RuntimeError) as problem:
        first = str(problem).splitlines()[0] if str(problem) else "no answer"
        raise ClusterTrouble(
            f"no Dask scheduler can be reached at {address} ({first}): start one with"
            " dask scheduler, and give the address it prints"
        ) from None
