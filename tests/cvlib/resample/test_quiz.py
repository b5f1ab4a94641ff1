"""The clicker question of lecture 004: its options are computed, not typed."""

import numpy as np
import pytest

from cvlib.resample import scatter_quiz

X, W = np.array([[10.0, 20], [30, 40]]), np.outer([1.0, 2, 1], [1, 2, 1])


def test_the_lectures_question_has_the_lectures_options():
    quiz = scatter_quiz(X, W)
    assert quiz.right == (40, 60, 80)
    said = {numbers: sentence.split(":")[0] for numbers, sentence in quiz.wrong.items()}
    assert said[20, 20, 20] == "No, the input is not constant horizontally"
    assert said[20, 30, 40] == "No, but correct for the row above."
    assert said[80, 60, 40] == "No, wrong horizontal order."


def test_two_more_mistakes_are_computed():
    quiz = scatter_quiz(X, W)
    assert len(quiz.wrong) == 5
    assert "does not replace" in quiz.wrong[40, 40, 80]
    assert "No mean" in quiz.wrong[40, 30, 80]


def test_the_whole_answer_is_five_by_five():
    assert scatter_quiz(X, W).output.tolist() == [
        [10, 20, 30, 40, 20],
        [20, 40, 60, 80, 40],
        [40, 80, 100, 120, 60],
        [60, 120, 140, 160, 80],
        [30, 60, 70, 80, 40],
    ]


def test_what_is_right_is_never_offered_as_a_mistake():
    rng = np.random.default_rng(0)
    for _ in range(100):
        quiz = scatter_quiz(rng.integers(0, 3, (2, 2)), rng.integers(0, 3, (3, 3)))
        assert quiz.right not in quiz.wrong
    flat = scatter_quiz(np.ones((2, 2)), np.ones((2, 2)))  # nothing overlaps
    assert flat.wrong == {}


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ({"row": 5}, "row 5, columns 1 to 3"),
        ({"column": 3}, "row 1, columns 3 to 5"),
        ({"column": -1}, "row 1, columns -1 to 1"),
    ],
)
def test_numbers_outside_the_output_cannot_be_asked_for(place, said):
    with pytest.raises(ValueError) as error:
        scatter_quiz(X, W, **place)
    assert str(error.value) == (
        f"row and column must name three numbers of the output (5, 5), got {said}"
    )


def test_there_must_be_a_row_above():
    with pytest.raises(ValueError, match="row must be a positive integer, got 0"):
        scatter_quiz(X, W, row=0)
