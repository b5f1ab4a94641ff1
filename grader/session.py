"""J's side of one submission: a student to run cells with, and what they defined.

What is plain data arrives as such, and what cannot travel (a function, a class, an
object of one) as a proxy. A call through a proxy repeats in place what it did to its
arguments, and raises the learner's errors.

A function of ours may be given as an argument: the student asks for it to be called.
Such a function gets whatever plain data the learner likes, so lend only functions that
answer anything soon and do nothing but compute, such as `np.sin`. It can be called
during that one call only, and it cannot use the learner's things in turn. Classes and
torch modules cannot be lent.
"""

import contextlib
import json
import socket
import sys
import time
import weakref
from collections import deque
from functools import partial
from typing import Any

from cvlib.grade.run import Elsewhere, Outcome
from grader import told
from grader.line import receive, send
from grader.loans import Loans
from grader.proxies import Proxy, kinds, made
from grader.sandbox import Limits, Policy, Zygote
from grader.stops import DISTURBANCES, Gone, Note, Stopped, sentence
from grader.student import changes, codec

__all__ = ["Note", "Proxy", "Sandbox", "Session", "Stopped", "kinds"]

AHEAD_BYTES = 48_000  # of questions that are under way, less than a line holds


class Session:
    """A student's process, begun again when it ends, with what J knows of it.

    Args:
        zygote: forks the process.
        limits: what it may use.
        tensors: whether it has torch; without, nobody can make us import it.
    """

    def __init__(self, zygote: Zygote, limits: Limits, *, tensors: bool = True) -> None:
        self.zygote, self.limits, self.tensors = zygote, limits, tensors
        self.deadline = time.monotonic() + limits.submission_seconds
        self.history: list[str] = []  # cells to run again if the process ends
        self.names: set[str] = set()
        self.notes: list[Note] = []
        self.ended: dict[str, Elsewhere] = {}  # what must not be called again, and why
        self.line: socket.socket | None = None
        self.disturbed = False  # whether somebody else ended it
        self.life = 0  # how often it began: objects of an earlier life are gone
        self.heard = 0  # bytes
        self.shown = 0  # bytes of outputs
        self.proxies: weakref.WeakValueDictionary[int, Proxy]
        self.proxies = weakref.WeakValueDictionary()
        self.loans = Loans()
        self.sent: deque[bytes] = deque()  # questions whose answers are not due yet
        self.same: dict[bytes, dict] = {}  # answers that hold until a cell is run

    def run(
        self, source: str, count: int | None = None, *, cell: str = ""
    ) -> list[dict]:
        """Run a learner's cell, In[count]; its outputs, or an error: why it ended."""
        self.same.clear()
        try:
            answer = self.ask({"do": "run", "source": source, "count": count})
            outputs, names = self.read(answer)
        except (Stopped, codec.Refused) as stop:
            reason = getattr(stop, "reason", "unreadable")
            self.notes.append(Note(cell, reason, str(stop)))
            return [told.error_output("Stopped", str(stop))]
        self.history.append(source)
        self.ended.clear()
        self.names.update(names)
        return outputs

    def read(self, answer: dict) -> tuple[list[dict], list[str]]:
        """The outputs of a cell, and the names there are now."""
        names, written = answer.get("names"), answer.get("outputs")
        self.shown += len(written) if isinstance(written, str) else 0
        if self.shown > self.limits.shown_bytes:  # they would fill our memory
            words = sentence("output", self.limits)
            written = json.dumps([told.error_output("Stopped", words)])
        try:
            outputs = told.outputs(written)
        except ValueError:
            raise self.stopped("garbage") from None
        if not isinstance(names, list):
            raise self.stopped("garbage")
        return outputs, [name for name in names if isinstance(name, str)]

    def find(self, name: str) -> Any:
        """The value a learner gave to a name: plain data, or a proxy.

        Raises:
            Elsewhere: there is none.
            Stopped: the process ended.
        """
        value = self.received(self.ask({"do": "find", "name": name}, name))
        if isinstance(value, Proxy):
            value._far.name = value._far.root = name
        return value

    def call(
        self,
        verb: str,
        proxy: Proxy,
        args: tuple = (),
        kwargs: dict | None = None,
        *,
        kind: type | None = None,
        question: bytes = b"",
    ) -> Any:
        """Do something with what a proxy stands for.

        What ended Python is not used again until the learner's next cell.

        Args:
            verb: see `VERBS` of `grader.student.held`.
            proxy: of this session.
            args: plain data, proxies, and functions to lend.
            kwargs: the same by name.
            kind: what must come of it, if that is known.
            question: the same, if `ahead` has written it down.

        Raises:
            Elsewhere: it ended in an error there, or cannot be done.
        """
        root = proxy._far.root
        if root in self.ended:
            raise self.ended[root]
        given = args, kwargs or {}
        if not question:  # who knows what it changes
            self.same.clear()
        request = {"do": "call", "verb": verb, "target": proxy}
        try:
            self.pass_over(question)
            self.renew(proxy)
            request |= {"args": args, "kwargs": given[1]}
            answer = self.ask(request, root, question)
            value = self.received(answer, given)
            if kind is not None and not isinstance(value, kind):
                raise self.stopped("garbage")
        except Stopped as stop:
            self.notes.append(Note(root, stop.reason, str(stop)))
            stopped = Outcome(error=("Stopped",), message=str(stop))
            self.ended[root] = told.raised(stopped)
            raise self.ended[root] from None
        except Gone as gone:
            lost = Outcome(error=("ReferenceError",), message=str(gone))
            raise told.raised(lost) from None
        except codec.Refused as problem:  # a ValueError, which a case may expect
            raise told.unsendable(str(problem)) from None
        return value

    def renew(self, proxy: Proxy) -> None:
        """Find it anew by its name, if the process has begun again since."""
        self.begin()
        far = proxy._far
        if far.name and far.life != self.life:
            fresh = self.find(far.name)
            if isinstance(fresh, Proxy):
                far.life, far.number = fresh._far.life, fresh._far.number

    def received(self, answer: dict, given: tuple[tuple, dict] = ((), {})) -> Any:
        """What an answer of the student stands for."""
        sys.stdout.write(told.text(answer.get("printed"), self.limits.output_bytes))
        if isinstance(answer.get("error"), dict):
            raise told.raised(told.outcome(answer["error"]))
        if isinstance(answer.get("refused"), str):
            raise told.unsendable(answer["refused"])
        if "value" not in answer:
            raise self.stopped("garbage")
        if "changes" in answer:
            changes.repeat(given, answer["changes"])
        return answer["value"]

    def ahead(self, proxy: Proxy, calls: list[tuple[tuple, dict]]) -> list[bytes]:
        """Send the questions of some calls; each for `call`, b"" if it cannot be one.

        All of them together fit into what the line holds, so nobody waits for the
        other to listen.
        """
        if proxy._far.root in self.ended:  # what is not called is not asked
            return [b""] * len(calls)
        self.pass_over()
        with contextlib.suppress(Stopped, Elsewhere):
            self.renew(proxy)
        questions = [self.question(proxy, *call) for call in calls]
        room = AHEAD_BYTES
        for question in questions:
            room -= len(question)
            if not question or room < 0:
                break
            if question not in self.same and question not in self.sent:
                self.sent.append(question)
        if self.line is not None:
            with contextlib.suppress(OSError):  # it has ended: `call` will say so
                send(self.line, self.sent, time.monotonic() + 1)
        return questions

    def question(self, proxy: Proxy, args: tuple, kwargs: dict) -> bytes:
        """A call as it is sent, if it lends nothing."""
        request = {"do": "call", "verb": "call", "target": proxy}
        try:
            request |= {"args": args, "kwargs": kwargs}
            data = codec.encode(request, hold=self.hold)
            return b"" if self.loans.functions else data
        except codec.Refused:
            return b""
        finally:
            self.loans.end()

    def ask(self, request: dict, root: str = "", question: bytes = b"") -> dict:
        """One question and its answer, with the calls of lent functions in between.

        What `ahead` has sent is answered in its order. The same question again, with
        nothing of the learner's run in between, has the same answer.

        Raises:
            Stopped: no answer came, or none that can be read.
            Refused: the question has something in it that cannot be sent.
        """
        if self.loans.at_work:
            message = "a function that was lent cannot use the learner's things"
            raise told.raised(Outcome(error=("RuntimeError",), message=message))
        self.pass_over(question)
        self.begin()
        seconds = min(self.limits.cell_seconds, self.deadline - time.monotonic())
        until = time.monotonic() + seconds
        if question in self.same:
            return self.same[question]
        try:
            data = question or codec.encode(request, hold=self.hold)
            if self.sent and question == self.sent[0]:
                data = b""  # it is on its way
                self.sent.popleft()
            heard = self.heard
            while "callback" in (answer := self.exchange(data, until, root)):
                data = self.lend_a_hand(answer)
        finally:
            self.loans.end()
        if question and self.heard - heard < AHEAD_BYTES:
            self.same[question] = answer
        return answer

    def pass_over(self, question: bytes = b"") -> None:
        """Hear the answers to what was asked ahead and is not wanted any more.

        Whoever does not give them soon is begun again: it was not their turn.
        """
        if question in self.same or (self.sent and question == self.sent[0]):
            return
        until = time.monotonic() + 1
        with contextlib.suppress(Stopped):
            while self.sent:
                self.sent.popleft()
                self.exchange(b"", until, "")

    def lend_a_hand(self, question: dict) -> bytes:
        """Call the function of ours that the student asks for."""
        try:
            return self.loans.call(question)
        except codec.Refused:
            raise self.stopped("garbage") from None
        except BaseException:
            self.end()  # it waits for an answer that will not come
            raise

    def exchange(self, data: bytes, until: float, root: str) -> dict:
        """Send one message, if there is one, and receive the next."""
        held = partial(self.held, root)
        try:
            if data:
                send(self.line, [data], until)
            data = receive(self.line, until, self.limits.message_bytes)
            self.heard += len(data)
            tensors = self.tensors or "torch" in sys.modules
            answer = codec.decode(data, held=held, tensors=tensors)
        except TimeoutError:
            raise self.stopped("time") from None
        except (OSError, EOFError):
            raise self.stopped("") from None
        except codec.Refused:
            raise self.stopped("garbage") from None
        if not isinstance(answer, dict):
            raise self.stopped("garbage")
        return answer

    def hold(self, value: Any) -> dict:
        """What to tell the student of something that cannot travel."""
        if isinstance(value, Proxy):
            far = value._far
            if far.session is not self or far.life != self.life:
                raise Gone
            return {"object": far.number}
        return self.loans.lend(value)

    def held(self, root: str, facts: Any) -> Any:
        """What the student means."""
        if "lent" in facts:
            return self.loans.functions[facts["lent"]]
        proxy = made(self, root, facts)
        return self.proxies.setdefault(proxy._far.number, proxy)

    def begin(self) -> None:
        """Make sure that there is a process, with all that ran before in it."""
        if self.line is not None:
            return
        if time.monotonic() > self.deadline:
            raise Stopped("submission time", sentence("time", self.limits, whole=True))
        self.line = self.zygote.fork(self.limits)
        self.life += 1
        self.proxies.clear()
        history, self.history = self.history, []
        ended = dict(self.ended)  # the cells that ended nothing then are no news
        for source in history:
            self.run(source)
        self.ended = ended

    def stopped(self, reason: str) -> Stopped:
        """End the process; the error that says why it ended."""
        if not reason:  # it hung up: Z will say how it ended
            reason = self.zygote.report()
        if reason == "killed" and self.zygote.group:  # which is how it caps memory
            reason = "memory"
        self.disturbed = self.disturbed or reason in DISTURBANCES
        self.end()
        return Stopped(reason, sentence(reason, self.limits))

    def end(self) -> None:
        """End the process, if there is one."""
        self.sent.clear()
        self.same.clear()
        if self.line is not None:
            self.line.close()
            self.line = None
            self.zygote.end()


class Sandbox:
    """The zygotes of one process, one for each policy, started when first needed."""

    def __init__(self, limits: Limits | None = None, *, sandboxed: bool = True) -> None:
        self.limits, self.sandboxed = limits or Limits(), sandboxed
        self.zygotes: dict[Policy, Zygote] = {}

    def session(self, policy: Policy) -> Session:
        """A new student."""
        if policy not in self.zygotes:
            self.zygotes[policy] = Zygote(policy, sandboxed=self.sandboxed)
        tensors = "torch" in policy.imports
        return Session(self.zygotes[policy], self.limits, tensors=tensors)

    def close(self) -> None:
        """End all."""
        for zygote in self.zygotes.values():
            zygote.close()
        self.zygotes.clear()
