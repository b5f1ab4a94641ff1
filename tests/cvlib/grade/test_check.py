"""What the learner sees, and what the judge says about failures of every kind."""

import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from cvlib import grade
from cvlib.grade import Case, Exercise, Misconception, WrongAnswer, check, judge


def halve(x, *, times=1):
    if times < 0:
        raise ValueError("times must not be negative")
    return x / 2**times


HALVE = Exercise(
    name="halve",
    title="Halve an array",
    reference=halve,
    visible=(Case(np.array([[1.0, 2.0, 3.0]])), Case(np.ones((2, 3)), times=2)),
    generate=lambda rng: [Case(rng.random((2, k))) for k in (5, 3, 4)],
    misconceptions=(
        Misconception("doubled", lambda x, *, times=1: x * 2**times, "You doubled it."),
        Misconception("once", lambda x, *, times=1: x / 2, "You halved it once."),
    ),
    page="book/start/exercises",
    minutes=5,
    difficulty=1,
    points=1,
)


def verdict(answer, seed=None, exercise=HALVE):
    result = judge(exercise, answer, seed)
    return result.kind, result.sentence


def test_a_right_answer_passes_and_says_how_often():
    result = judge(HALVE, lambda x, *, times=1: x * 0.5**times, 3)
    assert result.passed
    assert "Right in 2 small cases and 3 random ones." in repr(result)


def test_hidden_cases_come_smallest_first():
    assert [case.size for case in HALVE.hidden(0)] == [6, 8, 10]


def test_a_misconception_is_named_where_it_shows():
    result = judge(HALVE, lambda x, *, times=1: 0.5 * x)
    assert (result.misconception, result.sentence) == ("once", "You halved it once.")
    assert result.case.kwargs == {"times": 2}
    assert "halve(x, times=2)" in repr(result)


def test_a_misconception_may_warn_where_warnings_are_errors():
    """The learner's own settings decide about their code, not about ours."""
    root = Misconception("root", lambda x, *, times=1: np.sqrt(-x), "You took a root.")
    exercise = replace(HALVE, name="rooted", misconceptions=(root,))
    result = judge(exercise, lambda x, *, times=1: x * np.nan)
    assert result.misconception == "root"


def test_a_mistake_of_ones_own_is_described():
    kind, sentence = verdict(lambda x, *, times=1: x / 2**times + (x == 2))
    assert kind == "values"
    assert sentence == (
        "The answer has the right shape, but 1 of its 3 numbers is wrong. The first is "
        "at [0, 1]: 1 is expected, your function gives 2. Compute this one by hand."
    )


@pytest.mark.parametrize(
    ("answer", "kind", "part"),
    [
        (None, "missing", "was given nothing"),
        (3, "missing", "was given an int"),
        (lambda x, *, times=1: None, "none", "returned None in every case"),
        (lambda x: x / 2, "raised", "Keep the first line as it was handed out"),
        (lambda x, *, times=1: x[9], "raised", "with IndexError: index 9 is out of"),
        (lambda x, *, times=1: x.sum() / 2, "type", "Is a sum missing its `axis`?"),
        (lambda x, *, times=1: x[0] / 2, "shape", "(3,), where (1, 3) is expected"),
        (lambda x, *, times=1: (x / 2).T, "shape", "their order is not"),
        (lambda x, *, times=1: (x / 2).astype(int), "dtype", "cuts off what follows"),
        (lambda x, *, times=1: x / 0, "nan", "contains infinity at [0, 0]"),
        (lambda x, *, times=1: x / 2**times + 1, "values", "each is 1 too large"),
        (lambda x, *, times=1: x / 2**times - 1, "values", "each is 1 too small"),
        (lambda x, *, times=1: -x / 2**times, "values", "each has the wrong sign"),
        (lambda x, *, times=1: 0 * x, "values", "nothing but zeros"),
        (lambda x, *, times=1: x / 2**times * 1.001, "values", "1.001 times"),
        (lambda x, *, times=1: np.round(x / 2**times, 0), "values", "Compute this one"),
        (lambda x, *, times=1: (x / 2).astype(object), "dtype", "holds Python objects"),
        (lambda x, *, times=1: (x / 2,), "type", "A comma behind `return`"),
        (lambda x, *, times=1: (v for v in x), "type", "is a generator"),
        (lambda x, *, times=1: exit(), "raised", "SystemExit"),
    ],
)
@pytest.mark.filterwarnings("ignore:divide by zero")
def test_each_kind_of_failure_has_its_sentence(answer, kind, part):
    got, sentence = verdict(answer)
    assert got == kind
    assert part in sentence


def test_what_holds_in_one_case_by_chance_is_not_said():
    def three_halves_off(x, *, times=1):
        return x / 2 + 1.5 * (times == 2)  # for ones this is half, and 1.5 more

    assert "each is" not in verdict(three_halves_off)[1]


def test_an_answer_that_is_nearly_right_is_told_so():
    wrong = lambda x, *, times=1: x / 2**times + 1e-3 * x**2  # noqa: E731
    assert "That is close: is something rounded" in verdict(wrong)[1]


def test_an_answer_that_is_wrong_elsewhere_too_is_no_misconception():
    result = judge(HALVE, lambda x, *, times=1: x / (2 if times == 2 else 3))
    assert result.misconception == ""


def test_a_single_number_cut_off_is_not_called_an_array():
    result = judge(grade.get("topk_error"), lambda scores, labels, k=1: 0)
    assert "`//` and `int` cut off" in result.sentence


def test_what_an_answer_prints_in_cases_of_ours_is_not_shown(capsys):
    judge(HALVE, lambda x, *, times=1: print("here") or x)
    assert capsys.readouterr().out == "here\n" * 2


def test_the_learners_own_line_is_shown():
    def answer(x, *, times=1):
        first = x[0]
        return first[17]

    assert "`return first[17]`" in verdict(answer)[1]


def test_scribbling_on_the_argument_is_noticed_and_does_no_harm():
    def answer(x, *, times=1):
        x /= 2**times
        return x

    assert "changed its argument `x`" in verdict(answer)[1]
    assert HALVE.visible[0].args[0][0, 0] == 1


def test_global_random_numbers_are_put_back():
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    judge(HALVE, lambda x, *, times=1: x + np.random.rand())  # noqa: NPY002
    assert (np.random.get_state()[1] == before).all()  # noqa: NPY002


def test_a_call_that_must_fail_must_fail_alike():
    exercise = replace(HALVE, visible=(*HALVE.visible, Case(np.ones(2), times=-1)))
    assert judge(exercise, halve).passed
    assert verdict(lambda x, *, times=1: x / 2**times, exercise=exercise)[0] == "silent"


def test_other_libraries_and_ours_are_refused():
    def other(x, *, times=1):
        import scipy.ndimage as nd

        return nd.zoom(x, 1) / 2**times

    assert "your answer uses scipy" in verdict(other)[1]
    result = judge(grade.get("im2col"), __import__("cvlib.conv").conv.unfold)
    assert "Your answer calls `cvlib`" in result.sentence


def test_a_lying_subclass_is_seen_through():
    class Liar(np.ndarray):
        def __eq__(self, other):
            return True

    kind, _ = verdict(lambda x, *, times=1: np.zeros(x.shape).view(Liar))
    assert kind == "values"


def test_a_class_is_run_by_the_call_of_its_exercise():
    class Halver:
        def __init__(self):
            self.calls = 0

        def __call__(self, x):
            self.calls += 1
            return x / 2

    def twice(kind, case):
        made = kind()
        made(case.args[0])
        return made(case.args[0]), made.calls

    exercise = replace(HALVE, reference=Halver, call=twice, visible=(Case(np.ones(2)),))
    exercise = replace(exercise, misconceptions=())
    assert judge(exercise, Halver).passed

    class Forgetful(Halver):
        def __call__(self, x):
            return x / 2

    assert not judge(exercise, Forgetful).passed


def test_tensors_are_made_by_the_call_and_compared_as_such():
    torch = pytest.importorskip("torch")

    def on_tensors(answer, case):
        return answer(torch.from_numpy(case.args[0]), **case.kwargs)

    exercise = replace(HALVE, call=on_tensors, imports=("torch",))
    assert judge(exercise, lambda x, *, times=1: x * 0.5**times, 2).passed
    kind, sentence = verdict(lambda x, *, times=1: x.numpy() / 2, exercise=exercise)
    assert (kind, sentence[:45]) == (
        "type",
        "The answer is an array, where a tensor is exp",
    )


def test_parts_of_a_tuple_are_compared_one_by_one():
    def both(x, *, times=1):
        return x / 2, x.shape

    exercise = replace(HALVE, reference=both, misconceptions=())
    result = judge(exercise, lambda x, *, times=1: (x / 2, x.shape[::-1]))
    sentence = "Part `[1][0]` of the answer is 3, where 1 is expected."
    assert result.sentence == sentence
    assert "[1] = </span>(1, 3)" in result._repr_html_()


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ({"cat": 1.0}, "The answer lacks 'dog'. Look at its keys."),
        ({"cat": 1.0, "dog": 2.0, "cow": 3.0},
         "The answer has 'cow', which nobody asked for. Look at its keys."),
        ({"cat": 1.0, "hound": 2.0},
         "The answer lacks 'dog' and has 'hound', which nobody asked for. Look at its "
         "keys."),
    ],
)  # fmt: skip
def test_of_a_dictionary_the_wrong_keys_are_named(answer, sentence):
    pets = replace(HALVE, reference=lambda x, *, times=1: {"cat": 1.0, "dog": 2.0},
                   misconceptions=())  # fmt: skip
    assert judge(pets, lambda x, *, times=1: answer).sentence == sentence


def test_once_what_it_should_be_is_no_pattern():
    nearly = judge(HALVE, lambda x, *, times=1: halve(x, times=times) * 1.000002)
    assert "1 times what" not in nearly.sentence
    assert not nearly.passed


def test_a_large_array_is_told_not_shown():
    exercise = replace(HALVE, visible=(Case(np.ones((40, 30))),), misconceptions=())
    html = judge(exercise, lambda x, *, times=1: x / 2 + np.eye(40, 30))._repr_html_()
    assert "40 × 30 array of float64" in html
    assert "30 of 1200 numbers differ" in html
    assert "the largest difference is 1." in html
    assert "<table" not in html


def test_what_a_learner_wrote_cannot_become_html():
    def answer(x, *, times=1):
        raise ValueError("<script>alert(1)</script>")

    assert "<script" not in judge(HALVE, answer)._repr_html_()


def test_check_prints_and_raises_one_sentence(capsys):
    with pytest.raises(WrongAnswer, match="not white became black") as caught:
        check("scale_to_unit", lambda image: image // 255)
    assert "✗ From bytes to brightness" in capsys.readouterr().out
    lines = caught.value._render_traceback_()
    assert " ".join(lines) == f"WrongAnswer: {caught.value}"
    assert max(map(len, lines)) <= 80
    assert isinstance(caught.value, AssertionError)


def test_check_returns_the_result(capsys):
    result = check("scale_to_unit", lambda image: image / 255, seed=1)
    assert (result.passed, result.visible, result.hidden) == (True, 3, 20)
    assert "✓" in capsys.readouterr().out


def test_a_misspelt_exercise_is_guessed():
    with pytest.raises(KeyError, match="did you mean 'im2col'"):
        grade.get("im2cols")


def test_nothing_heavy_is_imported():
    code = (
        "import sys; from cvlib import grade; grade.all_exercises(); "
        "print([m for m in ('torch', 'matplotlib', 'nbgrader', 'IPython') "
        "if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True, text=True, check=True, env=os.environ,
    )  # fmt: skip
    assert done.stdout == "[]\n"
