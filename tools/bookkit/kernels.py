"""A kernel environment that is the same on every machine and leaves no trace."""

from __future__ import annotations

import os
from pathlib import Path

# ipykernel warns on stderr about TCP at each start, and stderr output fails a page;
# kernels that share one history file wait for each other
QUIET = """\
c = get_config()
c.IPKernelApp.log_level = 40
c.HistoryManager.hist_file = ":memory:"
"""

# Python tells an audit hook which files a page opens: they are what the page depends on
WATCH = """\
def _watch():
    import os
    import sys

    opened = set()
    writing = os.O_WRONLY | os.O_RDWR | os.O_CREAT

    def hook(event, args):
        if event == "open" and isinstance(args[0], str | bytes):
            if not args[2] & writing:
                opened.add(os.path.abspath(os.fsdecode(args[0])))

    def files():
        modules = (getattr(m, "__file__", None) for m in list(sys.modules.values()))
        return sorted(opened | {os.path.abspath(f) for f in modules if f})

    sys.addaudithook(hook)
    sys._book_files = files


_watch()
del _watch
"""

# a last cell, run after the page's own and never stored
REPORT = "import json, sys; print(json.dumps(sys._book_files()))"

TRACES = ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")


def use_quiet_kernels(out: Path) -> None:
    """Point this process, and the kernels it starts, at settings under `out`."""
    home = out.resolve() / "kernels"
    for name in TRACES:
        folder = home / name.lower()
        folder.mkdir(parents=True, exist_ok=True)
        os.environ[name] = str(folder)
    profile = Path(os.environ["IPYTHONDIR"]) / "profile_default"
    (profile / "startup").mkdir(parents=True, exist_ok=True)
    (profile / "ipython_kernel_config.py").write_text(QUIET)
    (profile / "startup" / "00-watch.py").write_text(WATCH)
    os.environ.update(
        JUPYTER_PREFER_ENV_PATH="1",  # our kernel, not one in the user's home
        PYTHONHASHSEED="0",
        OMP_NUM_THREADS="1",  # two pages run at a time on two cores
        PYDEVD_DISABLE_FILE_VALIDATION="1",
        NO_COLOR="1",
    )
    os.environ.pop("MPLBACKEND", None)  # ipykernel chooses inline figures
