"""A tiny course in a folder of its own, so that no test touches the real one."""

import os
import shutil
import sys
from pathlib import Path

import pytest

from grader import course

HERE = Path(__file__).parent


@pytest.fixture(autouse=True, scope="module")
def figures_as_they_were():
    """A shell resets Matplotlib; later tests of this process want the book's style."""
    import matplotlib

    import cvlib.show  # noqa: F401 - sets the style

    with matplotlib.rc_context():
        yield


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """The root of a course with one assignment, its notebooks not yet derived.

    Jupyter's folders lie under it, and `tinycheck` can be imported here and by kernels.
    """
    root = tmp_path_factory.mktemp("course")
    shutil.copytree(HERE / "tiny", root, dirs_exist_ok=True)
    shutil.copy(course.ROOT / "nbgrader_config.py", root)
    before = dict(os.environ)
    os.environ["PYTHONPATH"] = str(root)
    course.enter_private_environment(root)
    sys.path.insert(0, str(root))
    yield root
    sys.path.remove(str(root))
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture
def tiny_copy(tiny, tmp_path):
    """A course to spoil."""
    return shutil.copytree(tiny, tmp_path / "course")


@pytest.fixture(scope="module")
def made(tiny):
    """The tiny course with its notebooks, and a gradebook that knows what is asked."""
    from tests.grader import classes

    return classes.make(tiny)


@pytest.fixture
def root(made, tmp_path):
    """The same, for one test alone."""
    return shutil.copytree(made, tmp_path / "course")
