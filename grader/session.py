"""J's side of one submission: a student to run cells with, and proxies to call.

A proxy behaves as the learner's own function would: it takes arrays, gives what the
function returned, repeats in place what it did to its arguments, and raises its errors.
What cannot travel as plain data (a module, a class, an object of one) stays where it is
and is called there.
"""

import socket
import struct
import sys
import time
from dataclasses import dataclass
from typing import Any

from cvlib.grade.run import Elsewhere, Outcome, elsewhere
from grader.sandbox import Limits, Policy, Zygote
from grader.student import changes, codec

SENTENCES = {
    "time": "did not finish in {seconds:g} seconds: is there a loop that never ends?",
    "memory": "used more than {memory:.1f} GB of memory: is an array far too large?",
    "threads": "started more than {threads} threads.",
    "cpu": "used more than {cpu} seconds of the processor.",
    "exit": "ended Python itself (by os._exit, for example).",
    "crash": "made Python crash.",
    "garbage": "answered in a way that cannot be read.",
}


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


class Session:
    """A student's process, begun again when it ends, with what J knows of it."""

    def __init__(self, zygote: Zygote, limits: Limits) -> None:
        self.zygote, self.limits = zygote, limits
        self.deadline = time.monotonic() + limits.submission_seconds
        self.history: list[str] = []  # cells to run again if the process ends
        self.names: set[str] = set()
        self.notes: list[Note] = []
        self.printed: list[str] = []
        self.ended: dict[str, Elsewhere] = {}  # what must not be called again, and why
        self.line: socket.socket | None = None
        self.life = 0  # how often it began: objects of an earlier life are gone

    def run(
        self, source: str, count: int | None = None, *, cell: str = ""
    ) -> list[dict]:
        """Run a learner's cell, In[count]; its outputs, or an error: why it ended."""
        try:
            answer = self.ask({"do": "run", "source": source, "count": count})
            outputs, names = answer["outputs"], answer["names"]
            if not isinstance(outputs, list) or not isinstance(names, list):
                raise self.stopped("garbage")
        except Stopped as stop:
            self.notes.append(Note(cell, stop.reason, str(stop)))
            return [error_output("Stopped", str(stop))]
        except (KeyError, TypeError):
            return [error_output("Stopped", str(self.stopped("garbage")))]
        self.history.append(source)
        self.ended.clear()
        self.names.update(name for name in names if isinstance(name, str))
        return outputs

    def find(self, name: str) -> Any:
        """The value a learner gave to a name: plain data, or a proxy.

        Raises:
            Elsewhere: there is none.
            Stopped: the process ended.
        """
        return self.received(self.ask({"do": "find", "name": name}), name)

    def call(self, target: "Proxy", path: str, args: tuple, kwargs: dict) -> Any:
        """Call a proxy, or a method of it; what ended Python is not called again."""
        if target.born in self.ended:
            raise self.ended[target.born]
        if target.life != self.life:  # begun again since: by its name it is found anew
            if target.born is None:
                gone = Outcome(error=("ReferenceError",), message="it is gone")
                raise elsewhere(gone)
            fresh = self.find(target.born)
            target.number, target.life = fresh.number, fresh.life
        request = {"do": "call", "target": target.number, "path": path}
        try:
            answer = self.ask({**request, "args": args, "kwargs": kwargs})
        except Stopped as stop:
            self.notes.append(Note(target.born or "", stop.reason, str(stop)))
            stopped = Outcome(error=("Stopped",), message=str(stop))
            if target.born:
                self.ended[target.born] = elsewhere(stopped)
            raise elsewhere(stopped) from None
        if isinstance(answer.get("changes"), list):
            try:
                changes.repeat((args, kwargs), answer["changes"])
            except codec.Refused as problem:  # a ValueError, which a case may expect
                raise elsewhere(unsendable(str(problem))) from None
        return self.received(answer, None)

    def received(self, answer: dict, born: str | None) -> Any:
        """What an answer of the student stands for."""
        if isinstance(answer.get("printed"), str):
            sys.stdout.write(answer["printed"][: self.limits.output_bytes])
        if "error" in answer:
            raise elsewhere(outcome(answer["error"]))
        if "refused" in answer:
            raise elsewhere(unsendable(str(answer["refused"])))
        if "object" in answer:
            kind = Function if answer.get("callable") is True else Proxy
            return kind(self, answer, born)
        return answer["value"]

    def ask(self, request: dict) -> dict:
        """One question and its answer.

        Raises:
            Stopped: no answer came, or none that can be read.
        """
        self.begin()
        seconds = min(self.limits.cell_seconds, self.deadline - time.monotonic())
        try:
            send(self.line, codec.encode(request))
            data = receive(self.line, seconds, self.limits.message_bytes)
            answer = codec.decode(data)
        except TimeoutError:
            raise self.stopped("time") from None
        except (OSError, EOFError):
            raise self.stopped("") from None
        except codec.Refused:
            raise self.stopped("garbage") from None
        if not isinstance(answer, dict):
            raise self.stopped("garbage")
        return answer

    def begin(self) -> None:
        """Make sure that there is a process, with all that ran before in it."""
        if self.line is not None:
            return
        if time.monotonic() > self.deadline:
            raise Stopped("submission time", self.sentence("time", whole=True))
        self.line = self.zygote.fork(self.limits)
        self.life += 1
        history, self.history = self.history, []
        for source in history:
            self.run(source)

    def stopped(self, reason: str) -> Stopped:
        """End the process; the error that says why it ended."""
        if not reason:  # it hung up: Z will say how it ended
            reason = self.zygote.report()
        self.end()
        return Stopped(reason, self.sentence(reason))

    def sentence(self, reason: str, *, whole: bool = False) -> str:
        """Why a cell was stopped, for its author."""
        limits = self.limits
        words = SENTENCES.get(reason, "ended Python itself.").format(
            seconds=limits.submission_seconds if whole else limits.cell_seconds,
            memory=limits.memory_bytes / 2**30,
            threads=limits.threads,
            cpu=limits.cpu_seconds,
        )
        return f"Your {'notebook' if whole else 'code'} {words}"

    def end(self) -> None:
        """End the process, if there is one."""
        if self.line is not None:
            self.line.close()
            self.line = None
            self.zygote.end()


class Proxy:
    """Something of the learner's, called where it lives."""

    __module__ = "__main__"  # where the learner defined it, for `cvlib.grade.judge`

    def __init__(self, session: Session, answer: dict, born: str | None) -> None:
        self.session, self.life, self.born = session, session.life, born
        self.number, self.kind = answer["object"], str(answer.get("kind"))
        self.why = str(answer.get("why", ""))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *args, **kwargs: self.session.call(self, name, args, kwargs)

    def __deepcopy__(self, memo: dict) -> "Proxy":
        return self


class Function(Proxy):
    """A proxy that can be called itself."""

    __module__ = "__main__"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it where it lives."""
        return self.session.call(self, "", args, kwargs)


def outcome(error: dict) -> Outcome:
    """An error that a student told, as `cvlib.grade` keeps one."""
    kinds = error.get("kinds")
    names = [str(kind)[:80] for kind in kinds] if isinstance(kinds, list) else []
    return Outcome(
        error=tuple(names[:20]) or ("Exception",),
        message=str(error.get("message", ""))[:4000],
        line=str(error.get("line", ""))[:400],
        inside=bool(error.get("inside", True)),
        library=str(error.get("library") or "")[:80],
    )


def unsendable(sentence: str) -> Outcome:
    """What could not be sent as plain data; under a name that no case expects."""
    return Outcome(error=("Refused",), message=sentence[:4000])


def error_output(name: str, sentence: str) -> dict:
    """An error as a cell shows it."""
    text = f"{name}: {sentence}"
    return {
        "output_type": "error", "ename": name, "evalue": sentence, "traceback": [text]
    }  # fmt: skip


def send(line: socket.socket, data: bytes) -> None:
    """One message."""
    line.settimeout(30)
    line.sendall(struct.pack("<Q", len(data)) + data)


def receive(line: socket.socket, seconds: float, most: int) -> bytes:
    """One message, within a time and a size.

    Raises:
        TimeoutError: the time is over.
        EOFError: the other side has ended, or claims to send too much.
    """
    until = time.monotonic() + seconds
    size = struct.unpack("<Q", exactly(line, 8, until))[0]
    if size > most:
        raise EOFError("the message is too long")
    return exactly(line, size, until)


def exactly(line: socket.socket, count: int, until: float) -> bytes:
    """That many bytes."""
    parts = bytearray()
    while len(parts) < count:
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        line.settimeout(left)
        part = line.recv(min(count - len(parts), 1 << 20))
        if not part:
            raise EOFError
        parts += part
    return bytes(parts)


class Sandbox:
    """The zygotes of one process, one for each policy, started when first needed."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self.zygotes: dict[Policy, Zygote] = {}

    def session(self, policy: Policy) -> Session:
        """A new student."""
        if policy not in self.zygotes:
            self.zygotes[policy] = Zygote(policy)
        return Session(self.zygotes[policy], self.limits)

    def close(self) -> None:
        """End all."""
        for zygote in self.zygotes.values():
            zygote.close()
        self.zygotes.clear()
