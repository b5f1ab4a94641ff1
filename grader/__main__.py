"""`python -m grader`."""

import grader.quick  # noqa: F401 - before all that reads notebooks
from grader.cli import main

if __name__ == "__main__":
    main(prog_name="python -m grader")
