"""Questions about scenes (NumPy): their words, and their right answers.

`answer` reads a scene shape by shape, as a person would. `answer_table` gives the same
answers for all scenes and all questions at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from cvlib.data.questions.scenes import COLOURS, MOST, SHAPES, Scene
from cvlib.validate import check_choice

KINDS = ("count", "colour", "shape", "relation", "existence")
RELATIONS = ("left of", "right of", "above", "below")
MOST_COUNTED = 4
CLEARLY = 5.0  # pixels: where two shapes are level, nobody is asked which is higher
NOT_ASKED = -1
_SHARED = {"relation": ("no", "yes"), "existence": ("no", "yes")}
ANSWERS_OF = {
    "count": tuple(str(n) for n in range(MOST_COUNTED + 1)),
    "colour": COLOURS,
    "shape": SHAPES,
    **_SHARED,
}
"""The answers each kind of question can have."""
ANSWERS = ("no", "yes", *ANSWERS_OF["count"], *COLOURS, *SHAPES)
"""All of them: what a network chooses from."""


@dataclass(frozen=True)
class Question:
    """What is asked, as words and as what the words mean."""

    kind: str
    text: str
    colour: str | None = None
    shape: str | None = None
    relation: str | None = None
    other: str | None = None  # the second colour of a relation

    @property
    def answers(self) -> tuple[str, ...]:
        """The answers it can have."""
        return ANSWERS_OF[self.kind]


@cache
def all_questions(kind: str | None = None) -> tuple[Question, ...]:
    """Every question there is, or those of one kind.

    Args:
        kind: one of KINDS; None for all, kind after kind.

    Returns:
        9 questions that count, 4 for a colour, 5 for a shape, 80 about where things
        are, 20 about what is there.

    Example:
        >>> all_questions("count")[5].text
        'how many circles are in this image ?'
        >>> len(all_questions())
        118
    """
    if kind is None:
        return tuple(q for each in KINDS for q in all_questions(each))
    check_choice("kind", kind, KINDS)
    if kind == "count":
        return (
            *(Question(kind, f"how many {c} shapes are in this image ?", colour=c)
              for c in COLOURS),
            *(Question(kind, f"how many {_plural(s)} are in this image ?", shape=s)
              for s in SHAPES),
        )  # fmt: skip
    if kind == "colour":
        return tuple(
            Question(kind, f"what colour is the {s} ?", shape=s) for s in SHAPES
        )
    if kind == "shape":
        return tuple(
            Question(kind, f"what is the {c} shape ?", colour=c) for c in COLOURS
        )
    if kind == "existence":
        return tuple(
            Question(kind, f"is there a {c} {s} ?", colour=c, shape=s)
            for c in COLOURS
            for s in SHAPES
        )
    return tuple(
        Question(kind, f"is the {c} shape {r} the {o} shape ?", colour=c, relation=r,
                 other=o)
        for c in COLOURS for r in RELATIONS for o in COLOURS if c != o
    )  # fmt: skip


def answer(question: Question, scene: Scene) -> str | None:
    """The right answer, or None where the question should not be asked.

    - count: more than four are not asked about.
    - colour, shape: "the circle" supposes that there is exactly one.
    - relation: both colours are there once, and clearly apart in that direction.
    - existence: some shape has the colour and some shape has the form, or "no" would be
      easy.

    Args:
        question: of `all_questions`.
        scene: what it is asked of.

    Returns:
        A word of ANSWERS, or None.

    Example:
        >>> from cvlib.data.questions import scene
        >>> is_there = all_questions("existence")[0]
        >>> is_there.text, answer(is_there, scene("test", 0))
        ('is there a red circle ?', 'yes')
    """
    coloured = [n for n in range(len(scene)) if scene.colours[n] == question.colour]
    formed = [n for n in range(len(scene)) if scene.shapes[n] == question.shape]
    if question.kind == "count":
        number = len(coloured) if question.colour else len(formed)
        return str(number) if number <= MOST_COUNTED else None
    if question.kind == "colour":
        return scene.colours[formed[0]] if len(formed) == 1 else None
    if question.kind == "shape":
        return scene.shapes[coloured[0]] if len(coloured) == 1 else None
    if question.kind == "existence":
        if not coloured or not formed:
            return None
        return "yes" if set(coloured) & set(formed) else "no"
    others = [n for n in range(len(scene)) if scene.colours[n] == question.other]
    if len(coloured) != 1 or len(others) != 1:
        return None
    (x, y), (u, v) = scene.centres[coloured[0]], scene.centres[others[0]]
    lead = {"left of": u - x, "right of": x - u, "above": v - y, "below": y - v}
    if abs(lead[question.relation]) < CLEARLY:
        return None
    return "yes" if lead[question.relation] > 0 else "no"


def answer_table(
    scenes: Sequence[Scene], questions: Sequence[Question] | None = None
) -> NDArray[np.int8]:
    """The answers of all scenes to all questions.

    Args:
        scenes: P of them.
        questions: Q of them; None for all.

    Returns:
        (P, Q) places in ANSWERS, NOT_ASKED where a question should not be asked.

    Example:
        >>> from cvlib.data.questions import scene
        >>> table = answer_table([scene("test", 0)])
        >>> table.shape, ANSWERS[table[0, 5]]
        ((1, 118), '3')
    """
    questions = all_questions() if questions is None else questions
    colour, shape, x, y = _columns(scenes)
    table = np.full((len(scenes), len(questions)), NOT_ASKED, dtype=np.int8)
    for q, question in enumerate(questions):
        has_colour = colour == _place(COLOURS, question.colour)  # (P, MOST)
        has_shape = shape == _place(SHAPES, question.shape)
        one = has_colour.sum(1) == 1
        if question.kind == "count":
            number = (has_colour if question.colour else has_shape).sum(1)
            asked, found = number <= MOST_COUNTED, ANSWERS.index("0") + number
        elif question.kind == "colour":
            asked = has_shape.sum(1) == 1
            found = ANSWERS.index(COLOURS[0]) + _only(colour, has_shape)
        elif question.kind == "shape":
            asked, found = one, ANSWERS.index(SHAPES[0]) + _only(shape, has_colour)
        elif question.kind == "existence":
            asked = has_colour.any(1) & has_shape.any(1)
            found = (has_colour & has_shape).any(1)
        else:
            other = colour == _place(COLOURS, question.other)
            along = x if question.relation in ("left of", "right of") else y
            lead = _only(along, has_colour) - _only(along, other)
            if question.relation in ("left of", "above"):
                lead = -lead
            asked = one & (other.sum(1) == 1) & (abs(lead) >= CLEARLY)
            found = lead > 0
        table[asked, q] = found[asked]  # "no" and "yes" come first in ANSWERS
    return table


def _columns(scenes: Sequence[Scene]) -> tuple[NDArray, ...]:
    """Colours, shapes, x and y, each (P, MOST); −1 where there is no shape."""
    colour, shape = np.full((2, len(scenes), MOST), -1)
    x, y = np.zeros((2, len(scenes), MOST))
    for p, scene in enumerate(scenes):
        n = len(scene)
        colour[p, :n] = [COLOURS.index(name) for name in scene.colours]
        shape[p, :n] = [SHAPES.index(name) for name in scene.shapes]
        x[p, :n], y[p, :n] = np.transpose(scene.centres)
    return colour, shape, x, y


def _only(values: NDArray, where: NDArray) -> NDArray:
    """(P,) the value at the one place that is meant."""
    return (values * where).sum(1)


def _place(names: tuple[str, ...], name: str | None) -> int:
    return names.index(name) if name else -2  # equal to nothing, not even to no shape


def _plural(shape: str) -> str:
    return shape + ("es" if shape.endswith("s") else "s")
