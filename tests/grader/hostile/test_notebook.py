"""What a file says of itself earns no point and reaches no page.

The whole chain: read and mend, repair by what the gradebook knows, run, make harmless.
"""

import copy
import json

import nbformat
import pytest

from grader.execute import Judge
from grader.mend import parse
from grader.repair import repair
from grader.sandbox import Limits
from grader.sanitise import clean_notebook
from tests.grader.hostile.attacks import WRONG
from tests.grader.hostile.test_battery import ATTACKED, HONEST, notebook, points

LIMITS = Limits(cell_seconds=4, submission_seconds=60)
EVIL = "<img src=x onerror=alert(1)><script>alert(2)</script>"
VERDICT = {
    "output_type": "execute_result",
    "data": {"text/plain": "1.0", "text/html": EVIL},
    "metadata": {},
    "execution_count": 1,
}


@pytest.fixture(scope="module")
def judge(bubblewrap):
    judge = Judge(LIMITS)
    yield judge
    judge.close()


def cell(nb, name: str):
    return next(cell for cell in nb["cells"] if cell["id"] == name)


def flags(nb, name: str = f"{ATTACKED}-test") -> dict:
    return cell(nb, name)["metadata"]["nbgrader"]


def added(source: str, **flags) -> dict:
    """A cell that the author of the notebook does not know."""
    made = nbformat.v4.new_code_cell(source, metadata={"nbgrader": flags})
    return made | {"outputs": [VERDICT]}


def raise_the_points(nb):
    flags(nb)["points"] = 1000
    flags(nb, ATTACKED)["points"] = 1000


def unlock_the_test(nb):
    flags(nb)["locked"] = False
    flags(nb)["solution"] = True
    cell(nb, f"{ATTACKED}-test")["source"] = "1"


def rewrite_the_test(nb):
    cell(nb, f"{ATTACKED}-test")["source"] = "pass"


def rewrite_the_check(nb):
    cell(nb, f"{ATTACKED}-check")["source"] = "def check(*a, **k): return 1"


def rewrite_the_setup(nb):
    cell(nb, "setup")["source"] += "\nfrom os import abort as check"


def claim_another_checksum(nb):
    flags(nb)["checksum"] = "0" * 32
    flags(nb)["schema_version"] = 99


def make_the_test_text(nb):
    cell(nb, f"{ATTACKED}-test")["cell_type"] = "markdown"


def delete_the_test(nb):
    nb["cells"].remove(cell(nb, f"{ATTACKED}-test"))


def put_a_test_first(nb):
    nb["cells"].insert(0, nb["cells"].pop(-1))


def exchange_two_tests(nb):
    one, other = cell(nb, f"{ATTACKED}-test"), cell(nb, f"{HONEST}-test")
    one["metadata"], other["metadata"] = other["metadata"], one["metadata"]


def answer_another_exercise_in_its_name(nb):
    flags(nb, HONEST)["grade_id"] = ATTACKED
    flags(nb, ATTACKED)["grade_id"] = HONEST


def forgive_errors(nb):
    for each in nb["cells"]:
        each["metadata"]["tags"] = ["raises-exception", "skip-execution", "hide-cell"]


def forge_a_verdict(nb):
    for each in nb["cells"]:
        each["outputs"] = [VERDICT]


def add_a_test(nb):
    know = {"grade": True, "solution": False, "locked": False, "schema_version": 3}
    nb["cells"].append(added("100", grade_id="mine", points=100, **know))
    nb["cells"].append(added("1", grade_id=f"{ATTACKED}-test", points=1, **know))


def copy_a_test_a_hundred_times(nb):
    for _ in range(100):
        nb["cells"].append(copy.deepcopy(cell(nb, f"{HONEST}-test")))


def bring_another_kernel(nb):
    nb["metadata"] = {
        "kernelspec": {"name": "bash", "language": "bash", "display_name": EVIL},
        "language_info": {"name": EVIL, "pygments_lexer": "../../x"},
        "widgets": {
            "application/vnd.jupyter.widget-state+json": {"state": {"a": EVIL}}
        },
        "title": EVIL,
        "celltoolbar": EVIL,
    }


def bring_ids_that_are_code(nb):
    for number, each in enumerate(nb["cells"]):
        each["id"] = f'"><script>{number}</script>'


def bring_pages(nb):
    nb["cells"].append(nbformat.v4.new_markdown_cell(EVIL))
    nb["cells"].append(nbformat.v4.new_raw_cell(EVIL))


def show_pages(nb):
    shown = f"from IPython.display import HTML, display\nx = {EVIL!r}\n"
    shown += "display(HTML(x))\ndisplay({'image/svg+xml': f'<svg>{x}</svg>',"
    shown += " 'application/javascript': 'alert(3)', 'text/markdown': x}, raw=True)\n"
    cell(nb, ATTACKED)["source"] = shown + "print(x)" + WRONG


CHANGES = [
    raise_the_points, unlock_the_test, rewrite_the_test, rewrite_the_check,
    rewrite_the_setup, claim_another_checksum, make_the_test_text, delete_the_test,
    put_a_test_first, exchange_two_tests, answer_another_exercise_in_its_name, forgive_errors,
    forge_a_verdict, add_a_test, copy_a_test_a_hundred_times, bring_another_kernel,
    bring_ids_that_are_code, bring_pages, show_pages,
]  # fmt: skip


def graded(judge, change):
    """The notebook after the whole chain."""
    known = notebook(WRONG)
    expected = {
        c.id: dict(c.metadata.nbgrader) | {"cell_type": "code"} for c in known.cells
    }
    sources = {c.id: c.source for c in known.cells}
    handed_in = json.loads(nbformat.writes(known))
    change(handed_in)
    nb, _ = parse(json.dumps(handed_in).encode())
    repair(nb, expected, sources)
    judge.run(nb)
    clean_notebook_of_pages(nb)
    return nb


def clean_notebook_of_pages(nb):
    """Make it harmless, as for a page, and keep the flags to read the points."""
    kept = {each.id: each.metadata.get("nbgrader") for each in nb.cells}
    clean_notebook(nb)
    for each in nb.cells:
        if kept.get(each.id):
            each.metadata["nbgrader"] = kept[each.id]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_changed_file_earns_what_its_answers_earn(judge, change):
    nb = graded(judge, change)
    earned = {name: got for name, got in points(nb).items() if got}
    # who exchanges the names of two answers has answered neither
    assert earned in ({HONEST: 2}, {}), earned
    if change is not answer_another_exercise_in_its_name:
        assert earned == {HONEST: 2}


@pytest.mark.parametrize(
    "change", [bring_pages, show_pages, bring_another_kernel, forge_a_verdict]
)
def test_nothing_of_a_file_acts_on_a_page(judge, change):
    page = "\n".join(written_as_pages(graded(judge, change)))
    for sign in ("onerror=", "<script", "javascript", "widget-state"):
        assert sign not in page


def written_as_pages(nb):
    """All that a template does not write as plain text."""
    yield json.dumps(
        [nb.metadata, *[[c.id, c.cell_type, c.metadata] for c in nb.cells]]
    )
    for each in nb.cells:
        if each.cell_type != "code":
            yield each.source
        for output in each.get("outputs", []):
            yield json.dumps(output.get("metadata"))
            for kind, value in output.get("data", {}).items():
                yield kind
                if kind != "text/plain":
                    yield value
