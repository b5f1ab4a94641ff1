"""nbgrader's Execute, replaced: learners' cells run in S, locked cells in J.

It is named in nbgrader_config.py, so that `nbgrader autograde`, the formgrader's button
and the batch command all judge alike.
"""

import ast
import atexit
import builtins
import contextlib
import re
from dataclasses import dataclass, field
from typing import Any

from IPython.core.inputtransformer2 import TransformerManager
from nbformat import NotebookNode, from_dict
from nbgrader import utils
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool, Float, Integer

from cvlib import grade
from cvlib.grade.run import Elsewhere
from grader.sandbox import Limits, Policy
from grader.session import Sandbox, Session, Stopped
from grader.student.shell import Shell

LIBRARIES = ("torch", "torchvision", "scipy", "pandas", "sympy", "numba", "jax")
"""Those that a notebook may bring; pip knows them by the names Python does."""
EXERCISE = re.compile(r"check\(\s*[\"'](\w+)[\"']")


ATTEMPTS = 2


class Disturbed(RuntimeError):  # noqa: N818 - a fact, told to an instructor
    """What a notebook would have done is not known; that is no fault of its author."""


@dataclass
class Names:
    """Whose the names of the trusted shell are."""

    ours: set[str] = field(default_factory=set)  # defined by locked cells
    lent: dict[str, Any] = field(default_factory=dict)  # the learner's, as last seen

    def made(self, namespace: dict[str, Any]) -> set[str]:
        """Those that stand for something that was not lent."""
        nothing = object()
        return {n for n, v in namespace.items() if self.lent.get(n, nothing) is not v}


class Judge:
    """Runs whole notebooks: a shell for what is trusted, a sandbox for what is not."""

    def __init__(self, limits: Limits | None = None, *, sandboxed: bool = True) -> None:
        self.sandbox = Sandbox(limits, sandboxed=sandboxed)
        self.shell: Shell | None = None

    def run(self, nb: NotebookNode) -> Session:
        """Run `nb` and write its outputs into it; the session has the notes.

        Raises:
            Disturbed: its sandbox was ended from outside, and the next one, too.
        """
        for _ in range(ATTEMPTS):
            session = self.attempt(nb)
            if not session.disturbed:
                return session
        raise Disturbed(
            "the sandbox was ended from outside, twice: has the machine run out of"
            " memory?"
        )

    def attempt(self, nb: NotebookNode) -> Session:
        """Run `nb` once."""
        if self.shell is None:  # one a process, and only where something is judged
            self.shell = Shell()
        self.shell.reset()
        session = self.sandbox.session(policy_of(nb))
        names = Names()
        try:
            count = 0
            for cell in nb.cells:
                if cell.cell_type != "code":
                    continue
                count += bool(cell.source.strip())
                cell.execution_count = count or None
                cell.outputs = [
                    from_dict(output) for output in self.outputs(cell, session, names)
                ]
        finally:
            session.end()
        return session

    def outputs(
        self, cell: NotebookNode, session: Session, names: "Names"
    ) -> list[dict]:
        """What one cell shows."""
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if not utils.is_locked(cell):
            return session.run(cell.source, cell.execution_count, cell=name)
        wanted = names_in(cell.source) & session.names - names.ours
        names.lent |= self.lend(wanted, session)
        outputs = self.shell.run(cell.source, cell.execution_count)
        if not utils.is_grade(cell):  # what it defines, learners build upon
            names.ours |= names.made(self.shell.namespace)
            if not only_checks(cell.source):
                session.run(cell.source, cell.execution_count, cell=name)
        return outputs

    def lend(self, names: set[str], session: Session) -> dict[str, Any]:
        """Give the trusted shell the learner's things of these names, no builtins."""
        lent = {}
        for name in names - set(dir(builtins)):
            self.shell.namespace.pop(name, None)
            with contextlib.suppress(Elsewhere, Stopped):
                lent[name] = self.shell.namespace[name] = session.find(name)
        return lent

    def close(self) -> None:
        """End all sandboxes."""
        self.sandbox.close()


def names_in(source: str) -> set[str]:
    """The names that some code mentions."""
    with contextlib.suppress(SyntaxError):
        return {n.id for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Name)}
    return set()


def only_checks(source: str) -> bool:
    """Whether some code only calls `check`, and so defines nothing.

    Example:
        >>> only_checks("check('mean', mean)"), only_checks("import numpy as np")
        (True, False)
    """
    with contextlib.suppress(SyntaxError):
        steps = ast.parse(source).body
        calls = [s.value for s in steps if isinstance(s, ast.Expr)]
        named = [c.func for c in calls if isinstance(c, ast.Call)]
        checks = [f for f in named if isinstance(f, ast.Name) and f.id == "check"]
        return len(checks) == len(steps)
    return False


def policy_of(nb: NotebookNode) -> Policy:
    """What a notebook's learners may import.

    That is what its exercises allow, all together, and what the cells that they are
    given import: a test alone may use a library that its answer may not.
    """
    imports: dict[str, None] = {}
    known = {exercise.name: exercise for exercise in grade.all_exercises()}
    for cell in nb.cells:
        if utils.is_grade(cell):
            for name in EXERCISE.findall(cell.source):
                if name in known:
                    imports.update(dict.fromkeys(known[name].imports))
        elif cell.cell_type == "code" and utils.is_locked(cell):
            imports.update(dict.fromkeys(libraries_in(cell.source)))
    return Policy(tuple(dict.fromkeys(("numpy", *imports))))


def libraries_in(source: str) -> list[str]:
    """The libraries of `LIBRARIES` that a cell imports, in this order."""
    tops: set[str] = set()
    with contextlib.suppress(SyntaxError):
        for node in ast.walk(ast.parse(TransformerManager().transform_cell(source))):
            if isinstance(node, ast.Import):
                tops |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                tops.add((node.module or "").partition(".")[0])
    return [name for name in LIBRARIES if name in tops]


class JudgedExecute(NbGraderPreprocessor):
    """What nbgrader.preprocessors.Execute is for honest classes, for any class."""

    cell_seconds = Float(Limits.cell_seconds, help="a cell, or a call").tag(config=True)
    submission_seconds = Float(Limits.submission_seconds, help="a whole notebook").tag(
        config=True
    )
    memory_mib = Integer(
        Limits.memory_bytes >> 20, help="what a learner's code may hold"
    ).tag(config=True)

    sandboxed = Bool(True, help="False: see `grader.sandbox.WITHOUT`").tag(config=True)

    _judge: Judge | None = None  # one for all notebooks of a process

    def preprocess(
        self, nb: NotebookNode, resources: dict
    ) -> tuple[NotebookNode, dict]:
        """nbconvert's entry point."""
        limits = Limits(
            cell_seconds=self.cell_seconds,
            submission_seconds=self.submission_seconds,
            memory_bytes=self.memory_mib << 20,
        )
        judge = JudgedExecute._judge
        wanted = (limits, self.sandboxed)
        if judge is None or (judge.sandbox.limits, judge.sandbox.sandboxed) != wanted:
            judge = JudgedExecute._judge = Judge(limits, sandboxed=self.sandboxed)
            atexit.register(judge.close)
        notes = [f"{note.cell}: {note.sentence}" for note in judge.run(nb).notes]
        for note in notes:
            self.log.warning("%s", note)
        resources.setdefault("notes", []).extend(notes)
        return nb, resources
