"""Time the batch command beside `nbgrader autograde` on the same submissions.

    python tests/benchmarks/grading.py                 both assignments, 40 submissions
    python tests/benchmarks/grading.py --scale 100 2000

Both run as whole processes, start to exit, and their scores must be identical. The peer
is nbgrader as it comes: its own preprocessors, one kernel a submission, no sandbox.
With `--scale` only ours runs, on classes of two sizes, and the cost of a submission and
the memory of the parent process are compared.
"""

import argparse
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[2]
NETS = ROOT / "tests" / "grader" / "nets"
PLAIN = """
for name in ("pre_convert_hook", "exporter_class", "sanitize_preprocessors",
             "autograde_preprocessors"):
    c.Autograde.pop(name, None)
"""


@dataclass(frozen=True)
class Subject:
    """An assignment to measure, and its targets."""

    name: str
    target: float  # times faster than the peer


SUBJECTS = {"numpy": Subject("convolution", 8), "torch": Subject("nets", 10)}


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("kinds", nargs="*", default=list(SUBJECTS), metavar="kind")
    parser.add_argument("--submissions", type=int, default=40)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--scale", type=int, nargs=2, metavar=("FEW", "MANY"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if options.scale:
            scale(Path(folder), options.scale, options.workers)
            return 0
        for kind in options.kinds:
            subject = SUBJECTS[kind]
            race(Path(folder), subject, options.submissions, options.workers)
    return 0


def race(folder: Path, subject: Subject, count: int, workers: int) -> None:
    """Grade one class by both, and print the ratio."""
    theirs, ours = folder / f"{subject.name}-peer", folder / f"{subject.name}-ours"
    make_course(theirs, subject.name, count)
    shutil.copytree(theirs, ours)
    with open(theirs / "nbgrader_config.py", "a", encoding="utf-8") as config:
        config.write(PLAIN)
    peer = timed([sys.executable, "-m", "nbgrader", "autograde", subject.name], theirs)
    mine = timed(command(ours, subject.name, workers), ours)
    assert scores(theirs) == scores(ours), "the scores differ"
    print(
        f"{subject.name}: {count} submissions, {workers} workers, sandbox on:"
        f" nbgrader autograde {peer:.1f} s, ours {mine:.1f} s,"
        f" {peer / mine:.1f} times faster (target {subject.target:g})",
        flush=True,
    )


def scale(folder: Path, sizes: list[int], workers: int) -> None:
    """Grade a small class and a large one, and print cost and memory."""
    costs = []
    for size in sizes:
        course = folder / f"class-{size}"
        make_course(course, "convolution", size)
        seconds = timed(command(course, "convolution", workers), course)
        memory = json.loads((course / "report.json").read_text())["memory"]
        costs.append(seconds / size)
        print(
            f"{size} submissions: {seconds:.0f} s, {1000 * costs[-1]:.0f} ms each,"
            f" parent process {memory / 2**20:.0f} MiB at most",
            flush=True,
        )
    print(f"cost per submission: {costs[1] / costs[0]:.2f} times (target 1.3)")


def command(course: Path, assignment: str, workers: int) -> list[str]:
    """Our command line, in a process that notes how much memory it took."""
    return [sys.executable, __file__, "--child", str(course), assignment, str(workers)]


def child(course: str, assignment: str, workers: str) -> None:
    """Run the command line in this process and write down its memory."""
    from grader.cli import main as grader

    try:
        grader(["--course", course, "grade", assignment, "-w", workers, "--json"])
    finally:
        most = 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        Path(course, "report.json").write_text(json.dumps({"memory": most}))


def timed(command: list[str], course: Path) -> float:
    """Seconds of a whole process, which must end well."""
    environment = dict(os.environ, PYTHONPATH=str(course), PYTHONWARNINGS="ignore")
    start = time.perf_counter()
    done = subprocess.run(command, cwd=course, env=environment, capture_output=True)
    seconds = time.perf_counter() - start
    if done.returncode:
        print(done.stderr.decode()[-3000:], file=sys.stderr)
        raise SystemExit(f"{command[1:4]} ended with {done.returncode}")
    return seconds


def make_course(course: Path, assignment: str, count: int) -> None:
    """A course whose class has done its work, some of it wrong."""
    from cvlib import grade
    from grader import course as environment
    from grader import demo

    course.mkdir()
    shutil.copy(ROOT / "nbgrader_config.py", course)
    if assignment == "nets":
        exercises = build_nets(course)
    else:
        exercises = grade.all_exercises()
        for folder in ("solutions", "exercises"):
            source = ROOT / folder / assignment
            shutil.copytree(source, course / folder / assignment)
        shutil.copy(ROOT / "solutions" / f"{assignment}.md", course / "solutions")
    environment.enter_private_environment(course)
    demo.be_quiet()
    demo.announce(course)
    hand_in(course, assignment, demo.wrong_answers(exercises), count)


def build_nets(course: Path) -> list:
    """The torch assignment of the tests; its exercises."""
    from grader import assignments

    shutil.copytree(NETS, course, dirs_exist_ok=True)
    sys.path.insert(0, str(NETS))
    import netscheck

    for path, text in assignments.build(course, "nets", netscheck.get).items():
        (course / path).parent.mkdir(parents=True, exist_ok=True)
        (course / path).write_text(text, encoding="utf-8")
    return list(netscheck.EXERCISES.values())


def hand_in(course: Path, name: str, wrong: dict[str, list[str]], count: int) -> None:
    """Seven exercises of ten are right, two wrong as people are, one is left out."""
    draw = random.Random(count)
    released = (course / "exercises" / name / f"{name}.ipynb").read_text("utf-8")
    solved = nbformat.read(course / "solutions" / name / f"{name}.ipynb", as_version=4)
    right = {cell.id: cell.source for cell in solved.cells}
    for k in range(count):
        nb = nbformat.reads(released, as_version=4)
        for cell in nb.cells:
            if cell.metadata.get("nbgrader", {}).get("solution"):
                kind = draw.choices(["right", "wrong", "left"], [7, 2, 1])[0]
                if kind == "right":
                    cell.source = right[cell.id]
                elif kind == "wrong" and wrong[cell.id]:
                    cell.source = draw.choice(wrong[cell.id])
        path = course / f"_build/course/submitted/s{k:05d}/{name}/{name}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(nb, path)


def scores(course: Path) -> dict[tuple[str, str], float]:
    """(student, cell) → points, as the gradebook has them."""
    from nbgrader.api import Grade, Gradebook

    with Gradebook(f"sqlite:///{course}/_build/course/gradebook.db", "cvbook") as book:
        found = {(g.student.id, g.name): g.auto_score for g in book.db.query(Grade)}
    assert found, "nothing was graded"
    assert None not in found.values(), "something was not graded"
    return found


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(*sys.argv[2:])
    else:
        sys.exit(main())
