"""Derive the notebooks of every assignment from solutions/NAME.md (make assignments).

`--check` writes nothing; it names the notebooks that differ and exits 1.
"""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

from cvlib import grade
from grader import assignments, course


def build(root: Path, get: Callable, *, check: bool = False) -> int:
    """Build or check every assignment under `root`.

    Args:
        root: of the course.
        get: finds the spec of an exercise by name.
        check: compare only.

    Returns:
        The exit code: 0, 1 for a difference, 2 for a text that is no assignment.
    """
    stale = [f"{path} (its text is gone)" for path in assignments.orphans(root)]
    for name in assignments.names(root):
        start = time.perf_counter()
        try:
            files = assignments.build(root, name, get)
        except assignments.CourseError as problem:
            print(f"error: {problem}", file=sys.stderr)
            return 2
        changed = assignments.differing(root, files)
        stale += map(str, changed)
        if not check:
            for path in changed:
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_text(files[path], encoding="utf-8")
        verdict = "differs" if check else "written"
        seconds = time.perf_counter() - start
        print(f"{name}: {verdict if changed else 'unchanged'} ({seconds:.1f} s)")
    if check and stale:
        print("Not what the text says; run make assignments:", *stale, sep="\n  ")
    return int(check and bool(stale))


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    options = parser.parse_args()
    course.enter_private_environment()
    return build(course.ROOT, grade.get, check=options.check)


if __name__ == "__main__":
    sys.exit(main())
