"""Imports point down only, and the check that says so can fail."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def lint(folder: Path) -> subprocess.CompletedProcess:
    command = "from importlinter.cli import lint_imports_command as c; c()"
    return subprocess.run(
        [sys.executable, "-c", command, "--no-cache", "--no-logo"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
    )


@pytest.fixture
def copy(tmp_path):
    """The packages and their contracts, to spoil."""
    only_python = shutil.ignore_patterns("__pycache__")
    for package in ("cvlib", "grader"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=only_python)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_imports_point_down_only():
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("module", "line", "words"),
    [
        ("conv/sizes.py", "import cvlib.pool", None),
        ("conv/sizes.py", "import torch", "cvlib.conv.sizes -> torch"),
        ("validate.py", "import cvlib.conv", "cvlib.validate -> cvlib.conv"),
        ("metrics/ranking.py", "import matplotlib.pyplot", "cvlib.metrics.ranking ->"),
        ("show/style.py", "import grader", "cvlib.show.style -> grader"),
        ("stray.py", "", "cvlib.stray"),
    ],
)
def test_an_import_that_points_up_is_named(copy, module, line, words):
    path = copy / "cvlib" / module
    path.write_text((path.read_text() if path.exists() else "") + f"\n{line}\n")
    done = lint(copy)
    assert (done.returncode == 0) == (words is None), done.stdout + done.stderr
    assert (words or "") in " ".join(done.stdout.split())
