"""A class from end to end, through nbgrader itself."""

import pytest

from grader import assignments, course, demo


@pytest.fixture(scope="module")
def rows(tiny, bubblewrap):
    """The tiny course's class, handed in, graded and told."""
    import tinycheck

    for path, text in assignments.build(tiny, "tiny", tinycheck.get).items():
        (tiny / path).parent.mkdir(parents=True, exist_ok=True)
        (tiny / path).write_text(text, encoding="utf-8")
    answers = demo.wrong_answers(tinycheck.EXERCISES.values())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(demo, "be_quiet", lambda: None)
        return {
            row.student.removeprefix("demo-"): row for row in demo.run(tiny, answers)
        }


def feedback(tiny, student):
    path = tiny / "_build/course/feedback" / f"demo-{student}" / "tiny" / "tiny.html"
    return path.read_text(encoding="utf-8")


pytestmark = [
    pytest.mark.course,
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
]


@pytest.mark.parametrize(
    ("student", "score", "sentence"),
    [
        ("ada-right", 5, ""),
        ("ben-wrong", 0, "double: You squared x: doubling adds it once."),
        ("cleo-wrong", 2, "mean: You divided by 2, whatever the length."),
        ("dan-wrong", 2, "mean: You returned the first value only."),
        ("eve-untouched", 0, "double: NotImplementedError: your turn"),
        ("fay-copied-cell", 5, ""),
        (
            "gus-syntax-error",
            3,
            "double: double is not defined: did the cell that defines it run?",
        ),
        ("hal-warns", 5, ""),
        ("ivy-lost-metadata", 5, ""),
    ],
)
def test_each_student_gets_the_score_and_the_sentence(rows, student, score, sentence):
    row = rows[student]
    assert (row.score, row.max_score, row.sentence) == (score, 5, sentence)


def test_no_feedback_shows_a_hidden_test(rows, tiny):
    for student in rows:
        page = feedback(tiny, student)
        assert "4711" not in page
        assert "HIDDEN TESTS" not in page


def test_feedback_says_the_sentence(rows, tiny):
    assert "You squared x: doubling adds it once." in feedback(tiny, "ben-wrong")


def test_the_list_of_scores_says_which_test_is_which(rows, tiny):
    page = feedback(tiny, "ben-wrong")
    assert '<a href="#double-test">double</a>' in page


def test_grading_again_gives_the_same_and_spares_the_real_class(rows, tiny):
    from nbgrader.api import Gradebook

    url = course.load_config(tiny).CourseDirectory.db_url
    with Gradebook(url) as gradebook:
        gradebook.add_student("someone")
    demo.forget(tiny)
    assert not list((tiny / "_build/course").glob("*/demo-*"))
    with Gradebook(url) as gradebook:
        assert [student.id for student in gradebook.students] == ["someone"]
