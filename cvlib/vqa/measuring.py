"""How often an answer is right, and how often it would be right unseen (torch)."""

from collections.abc import Sequence

import torch
from torch import Tensor

from cvlib.validate import check_shape


def accuracy_by_kind(
    predicted: Tensor, answers: Tensor, kinds: Tensor, names: Sequence[str]
) -> dict[str, float]:
    """The share of right answers, for each kind of question and for all.

    Args:
        predicted: (M,) answers given.
        answers: (M,) right ones.
        kinds: (M,) the kind of each question, 0 to len(names) − 1.
        names: of the kinds.

    Returns:
        Kind → share, and "all"; a kind that is not asked is left out.

    Raises:
        ShapeError, ValueError: the three have not one length, or there are no rows.

    Example:
        >>> given, right = torch.tensor([1, 0, 3]), torch.tensor([1, 1, 3])
        >>> accuracy_by_kind(given, right, torch.tensor([0, 0, 1]), ["count", "shape"])
        {'count': 0.5, 'shape': 1.0, 'all': 0.6666666865348816}
    """
    (M,) = check_shape("predicted", predicted, "M")
    match = {"M": M, "to_match": f"predicted {tuple(predicted.shape)}"}
    check_shape("answers", answers, "M", **match)
    check_shape("kinds", kinds, "M", **match)
    if not M:
        raise ValueError("predicted must hold at least one answer, got none")
    right = (predicted == answers).float()
    found = {
        name: right[kinds == k].mean().item()
        for k, name in enumerate(names)
        if (kinds == k).any()
    }
    return found | {"all": right.mean().item()}


def best_blind_answers(questions: Tensor, answers: Tensor) -> dict[int, int]:
    """For each question its most frequent answer; of equal ones the first.

    Args:
        questions: (M,) which question each row asks.
        answers: (M,) its right answer.

    Example:
        >>> asked = torch.tensor([0, 0, 0, 7])
        >>> best_blind_answers(asked, torch.tensor([2, 1, 2, 4]))
        {0: 2, 7: 4}
    """
    (M,) = check_shape("questions", questions, "M")
    check_shape("answers", answers, "M", M=M,
                to_match=f"questions {tuple(questions.shape)}")  # fmt: skip
    return {
        int(q): int(answers[questions == q].bincount().argmax())
        for q in questions.unique()
    }


def blind_accuracy(questions: Tensor, answers: Tensor) -> float:
    """The most that anyone can reach on these rows who sees the question alone.

    A rule that does not see the picture gives every occurrence of a question the same
    answer. The best it can do is the answer that is right most often. Where all answers
    of a question are equally frequent, *every* rule reaches the same: one over their
    number.

    Args:
        questions: (M,) which question each row asks.
        answers: (M,) its right answer.

    Returns:
        A share of the M rows.

    Raises:
        ShapeError, ValueError: the two have not one length, or there are no rows.

    Example:
        >>> asked = torch.tensor([0, 0, 0, 7])
        >>> blind_accuracy(asked, torch.tensor([2, 1, 2, 4]))
        0.75
    """
    if not len(questions):
        raise ValueError("questions must hold at least one row, got none")
    rule = best_blind_answers(questions, answers)
    given = torch.tensor([rule[int(q)] for q in questions])
    return (given == answers).float().mean().item()
