"""The judge says of an answer in the sandbox what `check` says of it in a notebook."""

import importlib.util
from pathlib import Path

import nbformat
import pytest
from nbgrader.utils import determine_grade

from cvlib import grade
from grader import wrong
from grader.execute import Judge
from grader.sandbox import Limits, Policy
from grader.session import Sandbox

SOLUTIONS = Path(__file__).parents[2] / "solutions"
FILES = sorted((Path(__file__).parents[1] / "wrong").glob("*.py"))
EXERCISES = {exercise.name: exercise for exercise in grade.all_exercises()}
SEED = 1


@pytest.fixture(scope="module")
def sandbox(bubblewrap):
    sandbox = Sandbox(Limits(submission_seconds=300))
    yield sandbox
    sandbox.close()


def verdict(result: grade.Result) -> tuple:
    return result.passed, result.kind, result.sentence, result.misconception


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_named_answers_are_judged_alike_inside_and_outside(sandbox, path):
    spec = importlib.util.spec_from_file_location(f"wrong_{path.stem}", path)
    here = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(here)
    session = sandbox.session(Policy())
    shown = session.run(path.read_text("utf-8"))
    assert shown == []
    try:
        for kind in ("RIGHT", "WRONG"):
            for name, given in getattr(here, kind, {}).items():
                for k, entry in enumerate(given):
                    answer = entry if kind == "RIGHT" else entry[0]
                    part = "" if kind == "RIGHT" else "[0]"
                    session.run(f"answer = {kind}[{name!r}][{k}]{part}")
                    there = grade.judge(EXERCISES[name], session.find("answer"), SEED)
                    wanted = grade.judge(EXERCISES[name], answer, SEED)
                    assert verdict(there) == verdict(wanted), (name, answer)
    finally:
        session.end()


BORROWING = {"depthwise_conv2d", "scale_stages", "train_head"}
"""Their mistakes call cvlib for what is right, so few are cells of their own."""


@pytest.mark.parametrize("name", EXERCISES)
def test_misconceptions_are_recognised_inside(sandbox, name):
    exercise = EXERCISES[name]
    session = sandbox.session(Policy(exercise.imports))
    try:
        recognised = 0
        for mistake in exercise.misconceptions:
            try:
                source = wrong.source_of(mistake.wrong, name)
            except ValueError:
                continue  # it cannot be written as one cell
            session.run(source)
            result = grade.judge(exercise, session.find(name), SEED)
            assert result.sentence == mistake.sentence, mistake.name
            recognised += 1
        assert (recognised < 3) == (name in BORROWING)
    finally:
        session.end()


@pytest.mark.parametrize("name", sorted(p.stem for p in SOLUTIONS.glob("*.md")))
def test_a_solution_earns_every_point_inside(sandbox, name):
    path = Path(__file__).parents[2] / "solutions" / name / f"{name}.ipynb"
    judge = Judge()
    judge.sandbox = sandbox
    nb = nbformat.read(path, as_version=4)
    notes = judge.run(nb).notes
    tests = [cell for cell in nb.cells if cell.id.endswith("-test")]
    earned = {cell.id: determine_grade(cell) for cell in tests}
    assert {name: got for name, got in earned.items() if got[0] != got[1]} == {}
    assert notes == []


def test_a_library_too_many_is_refused_in_the_same_words_at_home_and_in_class(sandbox):
    """A learner reads it at the first check, not with the grade."""
    source = "import torch\ndef scale_to_unit(x):\n    return torch.tensor(x) / 255"
    home: dict = {"__name__": "__main__"}
    exec(source, home)
    wanted = grade.judge(EXERCISES["scale_to_unit"], home["scale_to_unit"])
    session = sandbox.session(Policy())
    session.run(source)
    there = grade.judge(EXERCISES["scale_to_unit"], session.find("scale_to_unit"))
    session.end()
    assert wanted.kind == "import"
    assert verdict(there) == verdict(wanted)
