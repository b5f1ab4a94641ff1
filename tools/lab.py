"""Start JupyterLab at the course (make lab); Ctrl-C stops it.

What Jupyter writes (settings, workspaces, signatures) goes to `_build/jupyter`; the
committed settings are in `tools/jupyter`. Arguments go to `jupyter lab`, for example
`--port 9000` or `--no-browser`.
"""

import os
import sys

from grader import course


def environment() -> dict[str, str]:
    """The environment in which JupyterLab finds the course's settings."""
    env = os.environ | course.private_environment()
    settings = str(course.ROOT / "tools" / "jupyter")
    # nbgrader's assignment list looks for nbgrader_config.py here, not in the course
    paths = [settings, str(course.ROOT)]
    paths += filter(None, [env.get("JUPYTER_CONFIG_PATH")])
    return env | {"JUPYTER_CONFIG_PATH": os.pathsep.join(paths)}


def main() -> None:
    """Become JupyterLab, so that signals and the exit code are its own."""
    if {"-h", "--help"} & set(sys.argv[1:]):
        print(__doc__)
        return
    for folder in ("course/exchange", "course/fetched"):
        (course.ROOT / "_build" / folder).mkdir(parents=True, exist_ok=True)
    (course.ROOT / "_build/course/exchange").chmod(0o777)  # nbgrader asks for it
    os.chdir(course.ROOT)
    command = [sys.executable, "-m", "jupyterlab", *sys.argv[1:]]
    os.execve(sys.executable, command, environment())


if __name__ == "__main__":
    main()
