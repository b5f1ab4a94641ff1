"""No attack earns a point, each is stopped by what was meant to, and none spreads.

`pytest -s` prints the table: the attack, its points, those beside it, what stopped it.
"""

import json
import re
from pathlib import Path

import nbformat
import pytest
from nbgrader.utils import determine_grade

from grader.execute import Judge
from grader.sandbox import Limits
from tests.grader.hostile import answers, attacks, greed, machine, protocol

ATTACKS = [
    attack
    for part in (attacks, answers, protocol, machine, greed)
    for attack in part.ATTACKS
]
ROOT = Path(__file__).parents[3]
LIMITS = Limits(cell_seconds=3, submission_seconds=60, memory_bytes=200 << 20)
ATTACKED, HONEST = "scale_to_unit", "topk_error"


@pytest.fixture(scope="module")
def judge(bubblewrap):
    judge = Judge(LIMITS)
    yield judge
    judge.close()


def notebook(code: str | None):
    """The first exercises of an assignment: one attacked, the other answered."""
    path = ROOT / "solutions" / "convolution" / "convolution.ipynb"
    nb = nbformat.read(path, as_version=4)
    ours = ("setup", ATTACKED, HONEST)
    kept = [c for c in nb.cells if c.id.startswith(ours)]
    nb.cells = [cell for cell in kept if cell.cell_type == "code"]
    if code is not None:
        next(cell for cell in nb.cells if cell.id == ATTACKED).source = code
    return nb


def points(nb) -> dict[str, float]:
    return {
        cell.id.removesuffix("-test"): determine_grade(cell)[0]
        for cell in nb.cells
        if cell.id.endswith("-test")
    }


def test_right_answers_earn_every_point(judge):
    nb = notebook(None)
    judge.run(nb)
    assert points(nb) == {ATTACKED: 1, HONEST: 2}


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_an_attack_earns_nothing_and_harms_nobody(judge, attack):
    nb = notebook(attack.code)
    notes = judge.run(nb).notes
    seen = json.dumps([cell.outputs for cell in nb.cells], ensure_ascii=False)
    seen += "\n".join(f"{note.reason}: {note.sentence}" for note in notes)
    honest = 0 if attack.harms_itself else 2
    assert points(nb) == {ATTACKED: 0, HONEST: honest}, seen[-3000:]
    stopped = re.search(attack.reason, seen)
    assert stopped, seen[-3000:]
    print(f"{attack.name[:58]:60}0 of 1  {honest} of 2  {stopped[0]!r}")


def test_after_all_that_right_answers_still_earn_every_point(judge):
    test_right_answers_earn_every_point(judge)


def test_there_are_enough_attacks_to_trust_the_battery():
    assert len({attack.name for attack in ATTACKS}) == len(ATTACKS) >= 150
