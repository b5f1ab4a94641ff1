"""Workers on this machine: processes that are fed one submission at a time.

Each has a pipe of its own and nothing in common with the others, so one that dies, is
killed or hangs takes nobody along: its submission is tried once more by another, and a
second death is taken for the submission's fault.
"""

import contextlib
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess, parent_process
from typing import Any

from grader.forge import begin
from grader.work import enter, leave

Task = tuple[str, Any]  # a student, and what there is to work on
Do = Callable[[str, Any], Any]  # what is done with a task
LIVES = 2  # workers that one task may end
FALSE_STARTS = 5  # workers in a row that may end before they have begun
READY = "ready"


class NoWorkers(RuntimeError):  # noqa: N818 - a fact, told to an instructor
    """The processes that should do the work end before they have begun it."""


@dataclass(frozen=True)
class Lost:
    """A task that ended two workers one after the other."""

    student: str


@dataclass
class Worker:
    """A process, and what it is busy with."""

    process: BaseProcess
    line: Connection
    since: float  # when it was hired, or given its task
    ready: bool = False
    task: Task | None = None

    @property
    def waiting(self) -> bool:
        """Whether it is we who wait for it."""
        return self.task is not None or not self.ready


class LocalPool:
    """Processes of this machine.

    Args:
        make: makes what a worker does with its tasks; both are sent there.
        workers: how many processes.
        patience: seconds after which a worker is taken for dead.
    """

    def __init__(
        self, make: Callable[[], Do], workers: int, patience: float = 600
    ) -> None:
        self.make, self.patience = make, patience
        self.context = begin()
        self.stopping = False
        self.dry = False  # no task is left to take
        self.again: deque[Task] = deque()  # their worker died
        self.deaths: dict[str, int] = {}
        self.false_starts = 0  # since one began
        self.workers = [self.hire() for _ in range(workers)]

    def hire(self) -> Worker:
        """Start a worker."""
        ours, theirs = self.context.Pipe()
        process = self.context.Process(target=serve, args=(theirs, self.make))
        process.daemon = True
        process.start()
        theirs.close()
        return Worker(process, ours, time.monotonic())

    def results(self, tasks: Iterable[Task]) -> Iterator[Any]:
        """Give out tasks and yield answers as they come; None now and then between.

        A task is taken from `tasks` only when a worker is free for it. After `stop`,
        those that are being graded are finished and no other is begun.

        Raises:
            NoWorkers: they end before they have begun.
        """
        todo, self.dry = iter(tasks), False
        self.again.clear()
        self.deaths.clear()
        while True:
            for worker in self.workers:
                if worker.ready and worker.task is None:
                    self.give(worker, todo)
            if not any(worker.task for worker in self.workers) and self.done():
                return
            heard = wait([worker.line for worker in self.workers], timeout=0.2)
            for worker in list(self.workers):
                if worker.line in heard:
                    yield from self.hear(worker)
                elif worker.waiting and self.late(worker):
                    worker.process.kill()  # the next look finds it dead
            if not heard:
                yield None

    def done(self) -> bool:
        """Whether nothing will be begun any more."""
        return self.stopping or not self.workers or (self.dry and not self.again)

    def late(self, worker: Worker) -> bool:
        """Whether a worker has had all the time that one may need."""
        return time.monotonic() - worker.since > self.patience

    def give(self, worker: Worker, todo: Iterator[Task]) -> None:
        """Give a free worker something to do, if there is something."""
        if self.stopping:
            return
        task = self.again.popleft() if self.again else next(todo, None)
        if task is None:
            self.dry = True
            return
        try:
            worker.line.send(task)
        except OSError:  # it died while it had nothing to do: `hear` will find out
            self.again.appendleft(task)
        else:
            worker.task, worker.since = task, time.monotonic()

    def hear(self, worker: Worker) -> Iterator[Any]:
        """What a worker answered, or that it has died."""
        try:
            answer = worker.line.recv()
        except (EOFError, OSError):
            yield from self.bury(worker)
            return
        if worker.ready:
            worker.task = None
            yield answer
        else:
            worker.ready, self.false_starts = True, 0

    def bury(self, worker: Worker) -> Iterator[Lost]:
        """Hire another in the place of one that died; its task may be at fault."""
        self.false_starts += not worker.ready
        if self.false_starts >= FALSE_STARTS:
            raise NoWorkers(
                "the processes that grade end before they have begun: what they said"
                " stands above"
            )
        worker.line.close()
        end(worker.process)
        self.workers[self.workers.index(worker)] = self.hire()
        if worker.task is None:
            return
        student = worker.task[0]
        self.deaths[student] = self.deaths.get(student, 0) + 1
        if self.deaths[student] < LIVES:
            self.again.append(worker.task)
        else:
            yield Lost(student)

    def stop(self) -> None:
        """Begin nothing new."""
        self.stopping = True

    def close(self) -> None:
        """End all workers; what they are at is not finished."""
        for worker in self.workers:
            worker.line.close()  # an idle one leaves by itself
        for worker in self.workers:
            if not worker.waiting:
                worker.process.join(3)
            end(worker.process)


def end(process: BaseProcess) -> None:
    """Kill a worker with all that it started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.join()


def serve(line: Connection, make: Callable[[], Do]) -> None:
    """A worker's life: do what comes until nobody sends anything."""
    with contextlib.suppress(PermissionError):
        os.setsid()  # Ctrl-C is for the one who reads the keyboard
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=end_with_parent, daemon=True).start()
    enter()
    do = make()
    answer = READY
    while True:
        try:
            line.send(answer)
            task = line.recv()
        except (EOFError, OSError):  # nobody waits for us any more
            return leave()
        answer = do(*task)


def end_with_parent(grace: float = 1.0) -> None:
    """Wait until whoever hired us has ended, then end this process and all in it.

    One that is killed cannot tell its workers, and what they are at may take minutes.
    """
    wait([parent_process().sentinel])
    time.sleep(grace)  # an idle worker leaves by itself, and cleans up
    os.killpg(0, signal.SIGKILL)
