"""What the appendix writes from data: the index of exercises, the list of topics."""

from pathlib import Path

import appendix
import pytest

from cvlib import grade

ROOT = Path(__file__).parents[2]

PAGES = appendix.listed()
EXERCISES = [e for e in grade.all_exercises() if e.page in PAGES]


def said(paragraphs) -> str:
    return "\n".join(p.astext() for p in paragraphs)


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_the_index_says_what_one_wants_to_know_before_beginning(exercise):
    words = said(appendix.ExerciseIndex.lines(None, exercise))
    assert words.startswith(exercise.title + "\n")
    assert f"{exercise.minutes} minutes" in words
    assert words.count("★") == exercise.difficulty
    assert f"{exercise.name} in {appendix.assignment_of(exercise.name)}" in words


def test_one_point_is_no_plural():
    for exercise in EXERCISES[:20]:
        words = said(appendix.ExerciseIndex.lines(None, exercise))
        assert ("1 point ·" in words) == (exercise.points == 1)


def test_the_index_follows_the_table_of_contents():
    assert PAGES[0] == "book/start/how-to-use"
    assert len(PAGES) == len(set(PAGES))
    assert PAGES.index("book/sizes/padding") < PAGES.index("book/layers/pooling")


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("000", "lecture 000"),
        ("001 003", "lectures 001, 003"),
        ("all", "all lectures"),
        ("added", "added"),
    ],
)
def test_a_topic_says_in_which_lectures_it_was_heard(row, words):
    assert appendix.heard(row) == words
