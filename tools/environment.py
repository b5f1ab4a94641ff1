"""Make the environment, or bring it up to date (the Makefile asks when it may be old).

Runs with the system's Python and nothing else installed. The environment is left alone
when what it depends on has not changed, and updated in place when it has.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys

if sys.version_info < (3, 11):  # noqa: UP036 - the point is to meet an older one
    sys.exit(
        "The book needs Python 3.11 or newer, and this is {}.{}.\n"
        "Name a newer one: make PYTHON=python3.12".format(*sys.version_info)
    )

import json
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ("requirements.txt", "constraints.txt")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="the environment, such as .venv")
    parser.add_argument(
        "--unlocked", action="store_true", help="ignore constraints.txt (make lock)"
    )
    options = parser.parse_args()
    python = options.folder / "bin" / "python"
    stamp = options.folder / ".ready"
    if not works(python):
        create(options.folder)
    key = wanted(python)
    if options.unlocked or not stamp.exists() or stamp.read_text() != key:
        install(python, unlocked=options.unlocked)
    stamp.write_text(key)  # also when nothing changed: make compares times


def works(python: Path) -> bool:
    """Does the environment exist, with a Python that starts and is new enough?"""
    test = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    try:
        return subprocess.run([python, "-c", test], capture_output=True).returncode == 0
    except OSError:
        return False


def create(folder: Path) -> None:
    print(f"Making the environment in {folder} (once: some minutes, 1.7 GB)")
    done = subprocess.run([sys.executable, "-m", "venv", "--clear", folder])
    if done.returncode:
        shutil.rmtree(folder, ignore_errors=True)
        sys.exit(
            "This Python cannot make environments. Debian: apt install python3-venv"
        )


def wanted(python: Path) -> str:
    """What the environment depends on; settings of linters and tests do not count."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf8"))
    parts = [project["build-system"], project["project"]]
    parts.append(project.get("tool", {}).get("setuptools"))
    text = json.dumps(parts) + os.path.realpath(python)
    text += "".join((ROOT / name).read_text("utf8") for name in LOCKS)
    return hashlib.sha256(text.encode()).hexdigest()


def install(python: Path, *, unlocked: bool) -> None:
    lock = [] if unlocked else ["-c", "constraints.txt"]
    print("Installing what requirements.txt names")
    pip(python, "install", "-r", "requirements.txt", *lock)
    print("Installing cvlib and grader from this folder")
    pip(python, "install", "--no-deps", "-e", ".")


def pip(python: Path, *arguments: str) -> None:
    """Run pip and show what it does, but not what it need not do."""
    command = [python, "-m", "pip", "--disable-pip-version-check", *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as run:
        for line in run.stdout:
            if not line.startswith(("Requirement already satisfied", "Looking in ")):
                print("  " + line, end="", flush=True)
    if run.returncode:
        sys.exit(
            "pip failed (above). If requirements.txt and constraints.txt disagree,"
            " `make lock` writes constraints.txt again."
        )


if __name__ == "__main__":
    main()
