"""The `exercise` directive: a page's link to an exercise, written from its spec.

    ```{exercise} conv2d_naive
    ```

shows title, stars and minutes and offers the notebook that holds the exercise.
"""

from pathlib import Path

from docutils import nodes
from sphinx.addnodes import download_reference
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from cvlib import grade

ROOT = Path(__file__).parents[2]


def assignment_of(name: str) -> str:
    """The assignment whose source holds the exercise."""
    for source in sorted((ROOT / "solutions").glob("*.md")):
        if f"exercise: {name}\n" in source.read_text(encoding="utf-8"):
            return source.stem
    raise ValueError(f"no assignment in solutions/ holds the exercise {name!r}")


class ExerciseDirective(SphinxDirective):
    """Title, difficulty, minutes and the notebook of one exercise."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Build the paragraph; a name nobody knows is a warning, so a failed build."""
        try:
            exercise = grade.get(self.arguments[0])
            assignment = assignment_of(exercise.name)
        except (KeyError, ValueError) as error:
            return [self.state.document.reporter.warning(str(error), line=self.lineno)]
        notebook = f"/exercises/{assignment}/{assignment}.ipynb"
        link = download_reference(
            "", "", nodes.Text(f"{assignment}.ipynb"), reftarget=notebook,
            refdoc=self.env.docname, refdomain="", refexplicit=True,
        )  # fmt: skip
        stars = "★" * exercise.difficulty + "☆" * (3 - exercise.difficulty)
        level = ("easy", "medium", "hard")[exercise.difficulty - 1]
        title = nodes.paragraph("", "", nodes.strong("", exercise.title))
        meta = nodes.paragraph(
            "", f"{stars} {level} · about {exercise.minutes} minutes · "
            f"{exercise.name} in ", link, classes=["cv-meta"],
        )  # fmt: skip
        return [nodes.container("", title, meta, classes=["cv-exercise"])]


def setup(app: Sphinx) -> dict[str, object]:
    """Register the directive."""
    app.add_directive("exercise", ExerciseDirective)
    return {"version": "1", "parallel_read_safe": True}
