"""Why a student's process ended, in words for its author and for the instructor."""

from dataclasses import dataclass

from grader.sandbox import Limits
from grader.student import codec

SENTENCES = {
    "time": "did not finish in {seconds:g} seconds: is there a loop that never ends?",
    "memory": "used more than {memory:.1f} GB of memory: is an array far too large?",
    "threads": "started more than {threads} threads.",
    "cpu": "used more than {cpu} seconds of the processor.",
    "exit": "ended Python itself (by os._exit, for example).",
    "crash": "made Python crash.",
    "output": "displayed too much: is there a print in a long loop?",
    "garbage": "answered in a way that cannot be read.",
}
DISTURBANCES = ("killed", "lost")  # nothing that a learner can bring about


class Stopped(Exception):  # noqa: N818 - what a learner reads
    """The student's process ended; the sentence says why."""

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason


@dataclass
class Note:
    """Something an instructor may want to know of a submission."""

    cell: str
    reason: str
    sentence: str


class Gone(codec.Refused):
    """An argument belongs to a process that has ended."""

    def __init__(self) -> None:
        super().__init__(
            "this object is gone: the process in which it lived has ended, and "
            "what was begun in its place has none of it"
        )


def sentence(reason: str, limits: Limits, *, whole: bool = False) -> str:
    """Why a cell, or the whole notebook, was stopped.

    Example:
        >>> sentence("crash", Limits())
        'Your code made Python crash.'
    """
    words = SENTENCES.get(reason, "ended Python itself.").format(
        seconds=limits.submission_seconds if whole else limits.cell_seconds,
        memory=limits.memory_bytes / 2**30,
        threads=limits.threads,
        cpu=limits.cpu_seconds,
    )
    return f"Your {'notebook' if whole else 'code'} {words}"
