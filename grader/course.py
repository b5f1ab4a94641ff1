"""The course as nbgrader sees it, and a place for what Jupyter wants to write.

Jupyter keeps its settings, histories and sockets in the user's home. A course must not
leave anything there, so every command of ours moves these folders under `_build`.
"""

import os
import sys
from pathlib import Path

from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

ROOT = Path(__file__).resolve().parent.parent

# ipykernel ≥ 7.3 warns about TCP at each start; only real errors should be seen.
KERNEL_CONFIG = "c = get_config()\nc.IPKernelApp.log_level = 40\n"


def private_environment(root: Path = ROOT) -> dict[str, str]:
    """Variables that send everything Jupyter writes to `root/_build/jupyter`.

    Returns:
        What to add to a process's environment; the folders exist.
    """
    home = root / "_build" / "jupyter"
    folders = {
        "JUPYTER_CONFIG_DIR": home / "config",
        "JUPYTER_DATA_DIR": home / "data",
        "JUPYTER_RUNTIME_DIR": home / "runtime",
        "JUPYTERLAB_SETTINGS_DIR": home / "lab-settings",
        "JUPYTERLAB_WORKSPACES_DIR": home / "lab-workspaces",
        "IPYTHONDIR": home / "ipython",
        "MPLCONFIGDIR": home / "matplotlib",
    }
    for folder in folders.values():
        folder.mkdir(parents=True, exist_ok=True)
    profile = folders["IPYTHONDIR"] / "profile_default"
    profile.mkdir(exist_ok=True)
    (profile / "ipython_kernel_config.py").write_text(KERNEL_CONFIG)
    variables = {name: str(folder) for name, folder in folders.items()}
    # nbgrader starts `alembic` by name, also from an environment nobody activated
    here = str(Path(sys.executable).parent)
    path = os.environ.get("PATH", "").split(os.pathsep)
    variables["PATH"] = os.pathsep.join([here, *(p for p in path if p != here)])
    return variables


def enter_private_environment(root: Path = ROOT) -> None:
    """Use `private_environment` in this process and all it starts."""
    os.environ.update(private_environment(root))


def load_config(root: Path = ROOT) -> Config:
    """What `nbgrader_config.py` at the root of the course says."""
    return PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config()


def run(converter: type, config: Config, assignment: str, student: str = "*") -> None:
    """Run one of nbgrader's converters in this process, overwriting older results.

    Args:
        converter: GenerateAssignment, Autograde or GenerateFeedback.
        config: from `load_config`, possibly changed.
        assignment: its name.
        student: one student, or "*" for all of them.
    """
    from nbgrader.coursedir import CourseDirectory

    course = CourseDirectory(config=config)
    course.assignment_id, course.student_id = assignment, student
    step = converter(coursedir=course, config=config)
    step.force = True
    step.start()
