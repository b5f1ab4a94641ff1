"""What a learner reads: points and reasons, and nothing that only the judge knows."""

import re

import numpy as np
import pytest
from nbformat import NotebookNode, v4

from cvlib import grade
from cvlib.grade.card import as_text
from grader import course
from grader.booklinks import BookLinks
from grader.exporter import FeedbackExporter
from grader.feedback import HideTests
from grader.formulas import LONGEST, is_harmless, mathml
from grader.pages import Marked, Teller
from grader.reasons import case_of, in_short, reason, without_expected

EXERCISES = grade.all_exercises()


def flags(name, **more):
    known = {"schema_version": 3, "grade_id": name, "grade": False, "solution": False,
             "locked": True, "task": False}  # fmt: skip
    return {"nbgrader": known | more}


def shown(result):
    """The outputs of a cell that checked an answer."""
    text = as_text(result)
    out = [v4.new_output("display_data", {"text/plain": text, "text/html": "<b>x</b>"})]
    if not result.passed:
        out.append(v4.new_output("error", ename="WrongAnswer", evalue=result.sentence))
    return out


def cell(name, outputs=(), source="", **more):
    made = v4.new_code_cell(source, metadata=flags(name, **more))
    made.outputs = list(outputs)
    return NotebookNode(made)


def notebook(name, answer, *, seed=7, score=0.0):
    """A graded notebook with one exercise."""
    exercise = grade.get(name)
    visible = grade.judge(exercise, answer)
    tested = visible if not visible.passed else grade.judge(exercise, answer, seed=seed)
    hidden = f"### BEGIN HIDDEN TESTS\ncheck('{name}', {name}, seed=4711)\n"
    return v4.new_notebook(
        cells=[
            v4.new_markdown_cell("# Some exercises\n\n[A page](../../book/intro.md)"),
            cell(name, source="def f(x): ...", solution=True, locked=False),
            cell(f"{name}-check", shown(visible), f"check('{name}', {name})"),
            cell(
                f"{name}-test",
                shown(tested),
                f"check('{name}', {name})\n{hidden}### END HIDDEN TESTS",
                grade=True,
                points=2.0,
                score=score,
            ),
        ]
    )


def told(nb, score=0.0, url="", **more):
    """The page of a notebook."""
    config = course.load_config()
    config.BookLinks.url = url
    points = {c.metadata.nbgrader.grade_id: (score, 2.0) for c in nb.cells[3:]}
    text = v4.writes(nb)
    marked = Marked(text, score=score, points=2.0, scores=points, **more)
    page = Teller("convolution", config)("ada", marked)
    assert page.problem == ""
    return page.html


def only_when_hidden(exercise, spoil):
    """Right in every visible case, spoilt elsewhere."""
    seen = [repr((case.args, case.kwargs)) for case in exercise.visible]

    def answer(*args, **kwargs):
        hidden = repr((args, kwargs)) not in seen
        value = exercise.reference(*args, **kwargs)
        return spoil(value) if hidden else value

    return answer


def scale(image):
    return image / 255


def flipped(image):
    return image / image.max()


# ---------------------------------------------------------------------- the reasons


def test_a_misconception_is_told_where_the_test_was_and_in_the_list():
    page = told(notebook("scale_to_unit", flipped))
    said = grade.judge(grade.get("scale_to_unit"), flipped).sentence
    first = said.split(". ")[0]
    assert re.sub("<[^>]+>", "", page).count(first) >= 2
    assert "0 of 2 points" in page
    assert '<a href="#scale_to_unit-test">From bytes to brightness</a>' in page
    assert 'id="scale_to_unit-test"' in page


def test_who_is_right_reads_how_often():
    page = told(notebook("scale_to_unit", scale), score=2.0)
    assert re.search(r"Right in 3 small cases and \d+ random ones\.", page)
    assert "Read again" not in page


def test_the_visible_case_is_shown_once_by_the_check():
    page = told(notebook("scale_to_unit", flipped))
    assert "The check above shows the smallest case" in page
    assert "hidden case" not in page


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda v: np.asarray(v) * 1.5 + 3, id="values"),
        pytest.param(lambda v: None, id="nothing"),
        pytest.param(lambda v: [v], id="a list"),
    ],
)
def test_a_hidden_case_is_told_without_what_was_expected(exercise, spoil):
    if isinstance(exercise.reference, type):
        pytest.skip("a class is called in ways of its own")
    result = grade.judge(exercise, only_when_hidden(exercise, spoil), seed=7)
    visible = grade.judge(exercise, only_when_hidden(exercise, spoil))
    if result.passed or not visible.passed:
        pytest.skip("it cannot be spoilt that way")
    test = cell(f"{exercise.name}-test", shown(result), grade=True)
    check = cell(f"{exercise.name}-check", shown(visible))
    found = reason(f"{exercise.name}-test", test, check)
    assert not found.passed
    assert "expected:" not in found.case
    assert not re.search(r"[\d\]) '] is expected|times what it should", found.sentence)
    if result.case is not None:
        assert found.case.startswith(exercise.name)


@pytest.mark.parametrize(
    ("sentence", "instead"),
    [
        ("The answer is 9, where 6 is expected.", "The answer is 9: not right."),
        (
            "The answer is a list, where an array is expected.",
            "The answer is a list, where an array is expected.",
        ),
        (
            "Part `[0]` of the answer is −1.5, where 2 is expected.",
            "Part `[0]` of the answer is −1.5: not right.",
        ),
        (
            "1 of its 6 numbers is wrong. The first is at [2, 1]: 56 is expected, your"
            " function gives 57.5. Compute this one by hand.",
            "1 of its 6 numbers is wrong. The first is at [2, 1], where you give 57.5."
            " Compute this one by hand.",
        ),
        (
            "The answer has the right shape, but all its numbers are wrong: each is 3"
            " too large.",
            "The answer has the right shape, but all its numbers are wrong, all by as"
            " much.",
        ),
    ],
)
def test_a_sentence_keeps_what_is_no_secret(sentence, instead):
    assert without_expected(sentence) == instead


def test_the_case_of_a_learners_error_is_its_call_and_input():
    def answer(image):
        if image.shape[0] > 2 and image.ndim == 2:
            raise ValueError("no")
        return image / 255

    result = grade.judge(grade.get("scale_to_unit"), answer, seed=7)
    case = case_of([as_text(result)])
    assert case.startswith("scale_to_unit(image)\ninput image:\n")
    assert "expected" not in case


def test_a_list_has_first_sentences_only():
    assert in_short("You flipped `w[::-1]`. Slide it.") == "You flipped `w[::-1]`."
    assert in_short("word " * 99, 20) == "word word word …"


def test_what_was_printed_during_a_hidden_test_is_not_on_the_page():
    nb = notebook("scale_to_unit", flipped)
    nb.cells[3].outputs.insert(0, v4.new_output("stream", text="seen 173"))
    page = told(nb)
    assert "seen 173" not in page
    assert "4711" not in page
    assert "HIDDEN TESTS" not in page


def test_a_card_that_differs_from_the_visible_one_is_taken_for_hidden():
    nb = notebook("scale_to_unit", flipped)
    result = grade.judge(grade.get("scale_to_unit"), lambda image: image / 254, seed=7)
    nb.cells[3].outputs = shown(result)
    HideTests().preprocess(nb, resources := {})
    found = resources["reasons"]["scale_to_unit-test"]
    assert found.case
    assert "expected" not in found.case
    assert not found.above


def test_points_given_by_hand_are_said_to_be():
    assert "given by hand" in told(notebook("scale_to_unit", flipped), score=1.0)
    assert "given by hand" not in told(notebook("scale_to_unit", flipped))
    assert "given by hand" not in told(notebook("scale_to_unit", scale), score=2.0)


def test_a_comment_can_be_found_from_the_top():
    page = told(
        notebook("scale_to_unit", scale), score=2.0, comments={"scale_to_unit": "Neat."}
    )
    assert '<a href="#comment-scale_to_unit">' in page
    assert 'id="comment-scale_to_unit"' in page
    assert "<p>Neat.</p>" in page


def test_what_came_late_is_said_at_the_top():
    page = told(notebook("scale_to_unit", scale), score=2.0, penalty=0.5)
    top = page[: page.index("</p>")]
    assert "<strong>1.5</strong> of 2 points, after 0.5 were taken off" in top


# ------------------------------------------------------------------------ the page


def test_a_page_asks_no_other_for_anything():
    page = told(notebook("scale_to_unit", flipped), url="https://book.example")
    assert "<script" not in page
    assert "default-src 'none'" in page
    assert not re.search(r'<(?:link|img|iframe)\b[^>]*(?:src|href)="(?!data:)', page)
    assert "url(" not in page


def test_sections_are_links_if_the_book_has_an_address():
    page = told(notebook("scale_to_unit", flipped), url="https://book.example/vision")
    at = "https://book.example/vision/book"
    assert f'<a href="{at}/start/exercises.html">How the exercises work</a>' in page
    assert f'<a href="{at}/intro.html">A page</a>' in page


def test_sections_are_words_if_it_has_none():
    page = told(notebook("scale_to_unit", flipped))
    assert "<em>How the exercises work</em>, in the book" in page
    assert "<p>A page</p>" in page
    assert ".md" not in page


def test_links_elsewhere_stay():
    nb = v4.new_notebook(cells=[v4.new_markdown_cell("[x](https://a.example/b.md)")])
    BookLinks(url="https://book.example").preprocess(nb, {})
    assert nb.cells[0].source == "[x](https://a.example/b.md)"


def test_the_template_is_ours_whatever_nbgrader_names():
    exporter = Teller("convolution", course.load_config()).exporter
    assert exporter.config.HTMLExporter.template_name == "feedback"
    assert isinstance(exporter, FeedbackExporter)
    assert exporter.template_paths[0].endswith("templates/told")


# -------------------------------------------------------------------- the formulas


def formulas():
    for path in sorted((course.ROOT / "solutions").glob("*.md")):
        text = re.sub(r"```.*?```|`[^`\n]*`", "", path.read_text("utf-8"), flags=re.S)
        found = re.findall(r"\$\$(.+?)\$\$|\$([^$\n]+(?:\n[^$\n]+)?)\$", text, re.S)
        yield from (block or inline for block, inline in found)


def test_every_formula_of_the_assignments_is_shown_as_one():
    assert len(list(formulas())) > 50
    assert [tex for tex in formulas() if "<code>" in mathml(tex, block=True)] == []


@pytest.mark.parametrize(
    "tex",
    [r"\href{javascript:f()}{x}", r"\class{a}{x}", "&lt;img&gt;", r"\frac" * 99,
     "{" * 400, "x_{" * 300, "x" * LONGEST + "x", r"\tag{<a>}"],
)  # fmt: skip
def test_tex_that_is_not_known_is_shown_as_written(tex):
    made = mathml(tex, block=False)
    assert made.startswith("<code>")
    assert "<" not in made[6:-7]


@pytest.mark.parametrize(
    "made",
    ["<math><script>f()</script></math>", '<math><mi href="x">x</mi></math>',
     '<math onclick="f"><mi>x</mi></math>', "<math><mtext><b>x</b></mtext></math>"],
)  # fmt: skip
def test_mathml_that_could_act_is_refused(made):
    assert not is_harmless(made)
