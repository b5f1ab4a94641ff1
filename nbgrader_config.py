"""How nbgrader sees this course; read by every `nbgrader` command started here.

Instructors write solutions/NAME.md, learners get exercises/NAME/NAME.ipynb; everything
about a class (submissions, grades, feedback, the gradebook) lives in _build/course.
"""

import os
from pathlib import Path

from grader.course import private_environment

COURSE = Path(__file__).resolve().parent
CLASS = COURSE / "_build" / "course"
CLASS.mkdir(parents=True, exist_ok=True)

# However nbgrader was started, it finds its tools and leaves the user's home alone.
private = private_environment(COURSE)
os.environ.update(
    {k: private[k] for k in private if k == "PATH" or k not in os.environ}
)

c = get_config()

# Where things are. The step directories must be relative to the root of the course.
c.CourseDirectory.course_id = "cvbook"
c.CourseDirectory.root = str(COURSE)
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "exercises"
c.CourseDirectory.submitted_directory = "_build/course/submitted"
c.CourseDirectory.autograded_directory = "_build/course/autograded"
c.CourseDirectory.feedback_directory = "_build/course/feedback"
# A minute of patience: the formgrader and a batch may write at the same time. For a
# large class CVBOOK_GRADEBOOK names a database: postgresql+psycopg://USER@HOST/NAME.
SQLITE = f"sqlite:///{CLASS / 'gradebook.db'}?timeout=60"
c.CourseDirectory.db_url = os.environ.get("CVBOOK_GRADEBOOK") or SQLITE
c.CourseDirectory.ignore = [
    ".ipynb_checkpoints",
    "*.pyc",
    "__pycache__",
    ".pytest_cache",
    "*.md",
    ".left-alone",  # what a learner handed in besides, out of a browser's reach
]
c.Exchange.root = str(CLASS / "exchange")
c.Exchange.assignment_dir = str(CLASS / "fetched")

# What a learner finds in place of the solution.
c.ClearSolutions.code_stub = {
    "python": '# Write your code here\nraise NotImplementedError("your turn")'
}

# Autograding: mend what a notebook lost on its way, run it, then read the verdicts.
# Learners' cells run in a sandbox, locked cells outside it: see grader/execute.py.
EXECUTE = "grader.execute.JudgedExecute"
c.LimitOutput.max_lines = 500
c.LimitOutput.max_traceback = 30
c.OverwriteCells.add_missing_cells = True
c.Autograde.pre_convert_hook = "grader.submission.set_strangers_aside"
c.Autograde.exporter_class = "grader.submission.SubmissionExporter"
c.Autograde.sanitize_preprocessors = [
    "grader.repair.RepairMetadata",  # knows which copy of a cell counts
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.Autograde.autograde_preprocessors = [
    EXECUTE,
    "grader.verdict.ReadVerdicts",
    "grader.sanitise.Sanitise",
    "nbgrader.preprocessors.IgnorePattern",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# Feedback: scores and sentences, without the hidden tests; a page that loads nothing.
# Where is the book? "https://…/" makes its sections links, "" leaves their titles.
c.BookLinks.url = ""
c.GenerateFeedback.exporter_class = "grader.exporter.FeedbackExporter"
c.GenerateFeedback.preprocessors = [
    "nbgrader.preprocessors.GetGrades",
    "grader.feedback.HideTests",
    "grader.booklinks.BookLinks",
    "grader.sanitise.Sanitise",
]

# The formgrader is an instructor's page: nothing of a learner's may act in it.
c.HTMLExporter.preprocessors = ["grader.sanitise.Sanitise"]
c.HTMLExporter.exclude_anchor_links = True  # a heading could take the id of a score
