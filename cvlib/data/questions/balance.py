"""Sets of questions with balanced answers (torch): nothing to gain without looking.

Every question, word for word, has each of its answers equally often. So whoever knows
the question alone, and answers by any rule, is right exactly as often as by guessing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.random import Generator
from numpy.typing import NDArray
from torch import Tensor
from tqdm.auto import tqdm

from cvlib.data.questions.ask import ANSWERS, KINDS, NOT_ASKED, all_questions
from cvlib.data.questions.ask import answer_table as table_of
from cvlib.data.questions.scenes import SPLITS, VERSION, Scene, draw, scene
from cvlib.validate import check_choice, check_positive, check_shape
from cvlib.vqa.words import Vocabulary

DEFAULTS = {"train": (15_000, 14_400), "validation": (4_000, 1_440),
            "test": (4_000, 1_440)}  # fmt: skip
"""Pictures to choose from, and questions of each kind."""


@dataclass(frozen=True)
class QuestionSet:
    """P pictures and M questions about them; row m is a question about one picture."""

    images: Tensor  # (P, 3, 48, 48) uint8
    scenes: tuple[Scene, ...]  # P
    picture: Tensor  # (M,) which picture it is about
    question: Tensor  # (M,) which question it is, a place in all_questions()
    answer: Tensor  # (M,) a place in ANSWERS
    words: Tensor = field(repr=False)  # (118, L) every question as numbers of words

    def __len__(self) -> int:
        return len(self.answer)

    @property
    def kind(self) -> Tensor:
        """(M,) places in KINDS."""
        return _kinds()[self.question]

    @property
    def texts(self) -> Tensor:
        """(M, L) each row's question as numbers of words."""
        return self.words[self.question]


def _kinds() -> Tensor:
    return torch.tensor([KINDS.index(q.kind) for q in all_questions()])


def vocabulary() -> Vocabulary:
    """The words of all questions.

    Example:
        >>> vocabulary().encode(["is there a red circle ?"]).shape
        torch.Size([1, 10])
        >>> len(vocabulary())
        34
    """
    return Vocabulary([question.text for question in all_questions()])


def question_set(
    split: str = "test",
    *,
    pictures: int | None = None,
    per_kind: int | None = None,
    balanced: bool = True,
    progress: bool = False,
) -> QuestionSet:
    """Questions about generated scenes, with their right answers.

    Balanced, each question has each of its answers equally often, and so the five kinds
    come out about as frequent, exactly so if `per_kind` is a multiple of 1 440. Not
    balanced, questions are drawn from those that can be asked of a picture, with the
    answers that happen to be right: what a collection from daily life is like.

    Args:
        split: "train" (15 000 pictures, 72 000 questions), "validation" or "test"
            (4 000, 7 200).
        pictures: how many to draw and to choose from, if not those.
        per_kind: how many questions of each kind, if not 14 400 or 1 440.
        balanced: see above.
        progress: show a bar while pictures are drawn.

    Returns:
        A QuestionSet. Pictures about which nothing is asked are left out.

    Raises:
        ValueError: no such split, or some answer is right too seldom for so many
            questions about so few pictures.

    Example:
        >>> data = question_set("test", pictures=800, per_kind=160)
        >>> len(data), data.texts.shape
        (775, torch.Size([775, 10]))
        >>> all_questions()[data.question[0]].text, ANSWERS[data.answer[0]]
        ('how many red shapes are in this image ?', '0')
    """
    check_choice("split", split, tuple(SPLITS))
    P, each = DEFAULTS[split]
    P = check_positive("pictures", P if pictures is None else pictures)
    each = check_positive("per_kind", each if per_kind is None else per_kind)
    scenes = [scene(split, number) for number in range(P)]
    table = table_of(scenes)
    rng = np.random.default_rng([VERSION, SPLITS[split], P, each])
    choose = balanced_rows if balanced else unbalanced_rows
    picture, question = choose(table, each, rng)
    used, renumbered = np.unique(picture, return_inverse=True)
    kept = tuple(scenes[p] for p in used)
    bar = tqdm(kept, desc="scenes", disable=not progress)
    images = np.stack([draw(each).transpose(2, 0, 1) for each in bar])
    return QuestionSet(
        torch.from_numpy(np.ascontiguousarray(images)),
        kept,
        torch.from_numpy(renumbered),
        torch.from_numpy(question),
        torch.from_numpy(table[picture, question].astype(np.int64)),
        vocabulary().encode([q.text for q in all_questions()]),
    )


def balanced_rows(
    table: NDArray[np.integer], per_kind: int, rng: Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Choose rows (picture, question) so that every answer is equally frequent.

    For each question and each answer it can have, as many pictures are drawn from those
    where that answer is right.

    Args:
        table: (P, 118) of `answer_table`.
        per_kind: questions of each kind; rounded down to whole sets of answers, but
            every question is asked once for each of its answers.
        rng: draws the pictures.

    Returns:
        Pictures (M,) and questions (M,), question after question.

    Raises:
        ValueError: there are too few pictures with some answer.

    Example:
        >>> from cvlib.data.questions import answer_table, scene
        >>> table = answer_table([scene("test", n) for n in range(400)])
        >>> picture, question = balanced_rows(table, 40, np.random.default_rng(0))
        >>> answers = table[picture, question][question == 9]  # colour of the circle
        >>> np.bincount(answers).tolist()
        [0, 0, 0, 0, 0, 0, 0, 2, 2, 2, 2, 2]
    """
    questions = all_questions()
    check_shape("table", table, "P Q", Q=len(questions))
    picture, question = [], []
    for q, asked in enumerate(questions):
        cells = len(all_questions(asked.kind)) * len(asked.answers)
        count = max(1, per_kind // cells)
        for word in asked.answers:
            where = np.flatnonzero(table[:, q] == ANSWERS.index(word))
            if len(where) < count:
                raise ValueError(
                    f"pictures must be enough to find {count} with the answer "
                    f"{word!r} to {asked.text!r}, got {len(where)}; draw more of "
                    "them, or ask for fewer questions"
                )
            picture.append(rng.choice(where, count, replace=False))
            question.append(np.full(count, q))
    return np.concatenate(picture), np.concatenate(question)


def unbalanced_rows(
    table: NDArray[np.integer], per_kind: int, rng: Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Choose rows as they come: any picture, any question it can be asked.

    Arguments and results are those of `balanced_rows`; exactly `per_kind` of each kind.

    Raises:
        ValueError: there are too few questions of some kind.

    Example:
        >>> from cvlib.data.questions import answer_table, scene
        >>> table = answer_table([scene("test", n) for n in range(50)])
        >>> picture, question = unbalanced_rows(table, 8, np.random.default_rng(0))
        >>> picture.shape, question.shape
        ((40,), (40,))
    """
    check_shape("table", table, "P Q", Q=len(all_questions()))
    kinds, parts = _kinds().numpy(), []
    for kind in range(len(KINDS)):
        rows = np.argwhere((table != NOT_ASKED) & (kinds == kind))
        if len(rows) < per_kind:
            raise ValueError(
                f"pictures must be enough to ask {per_kind} questions of the kind "
                f"{KINDS[kind]!r}, got {len(rows)}; draw more of them, or ask for "
                "fewer questions"
            )
        parts.append(rows[rng.choice(len(rows), per_kind, replace=False)])
    picture, question = np.concatenate(parts).T
    return picture, question


def counted(data: QuestionSet) -> dict[str, dict[str, int]]:
    """How often each answer is right, kind by kind.

    Example:
        >>> counted(question_set("test", pictures=800, per_kind=160))["existence"]
        {'no': 80, 'yes': 80}
    """
    found = {}
    for k, kind in enumerate(KINDS):
        own = data.answer[data.kind == k].tolist()
        words: Sequence[str] = next(iter(all_questions(kind))).answers
        found[kind] = {word: own.count(ANSWERS.index(word)) for word in words}
    return found
