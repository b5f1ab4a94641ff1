"""A notebook's shell without a kernel: run a cell, get the outputs Jupyter would store.

It serves on both sides: where learners' cells run and where the trusted ones do.
Nothing is written to disk, no thread is started, and what is outside of a cell
(`sys.stdout`, `input`, `__main__`, …) is put back after it.
"""

import atexit
import builtins
import contextlib
import functools
import getpass
import io
import os
import subprocess
import sys
import tempfile
import traceback
import types
import warnings
from collections.abc import Iterator
from typing import Any, NoReturn

from IPython.core.autocall import ExitAutocall
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import StdinNotImplementedError
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.text import SList
from traitlets import Type
from traitlets.config import Config

from .outputs import Outputs

INLINE = "module://matplotlib_inline.backend_inline"
BIN_SH = "/bin/sh"
FRAMES = 100  # of a traceback that are shown


class Shell:
    """Runs the cells of a notebook, and then of another.

    Args:
        max_output: bytes of text that a cell may print; the rest is cut.
        max_displays: results, displays and errors that a cell may show.

    Example:
        >>> Shell().run("print('one')\\n1 + 1")[0]
        {'output_type': 'stream', 'name': 'stdout', 'text': 'one\\n'}
    """

    def __init__(self, max_output: int = 1_000_000, max_displays: int = 100) -> None:
        self.max_output, self.max_displays = max_output, max_displays
        self._streams = _Stream(self, "stdout", 1), _Stream(self, "stderr", 2)
        self._filters = list(warnings.filters)
        self._shell = _Notebook()
        self._builtins = dict(vars(builtins))
        self._builtins.pop("_", None)  # IPython's own would give way to it
        self.reset()

    @property
    def namespace(self) -> dict[str, Any]:
        """The names that cells define and see; another dict after each `reset`."""
        return self._shell.user_ns

    def run(self, source: str, count: int | None = None) -> list[dict]:
        """Run one cell.

        A cell that fails has an error among its outputs even where IPython only
        prints one, as for an ExceptionGroup or an unknown magic.

        Args:
            source: the cell's text; magics, `!command` and `await` are understood.
            count: its number, In[count]; otherwise one more than the last.

        Returns:
            nbformat 4 outputs: plain dicts, lists, strings and numbers.
        """
        process = os.getpid()
        if count is not None:
            self._shell.execution_count = count
        with self.recording() as outputs:
            try:
                ran = self._shell.run_cell(source, store_history=True)
                error = ran.error_before_exec
                error = ran.error_in_exec if error is None else error
            except BaseException as problem:  # the shell's own, or a hook's
                error = problem
            if error is not None and not outputs.failed:
                outputs.error(error, _only(error))
        if os.getpid() != process:  # the cell forked: its child must not go on as we
            os._exit(0)
        return outputs.finish()

    @contextlib.contextmanager
    def recording(self) -> Iterator[Outputs]:
        """What is printed and displayed within goes to the outputs this yields.

        Call `finish()` on them afterwards. `run` uses it; it also serves to call a
        function that a cell has defined.
        """
        outputs = self._shell.outputs = Outputs(self.max_output, self.max_displays)
        elsewhere = InteractiveShell._instance
        InteractiveShell._instance = self._shell  # what get_ipython() returns
        stdout, stderr = self._streams
        mine = (
            (sys, "stdout", stdout),
            (sys, "stderr", stderr),
            (sys, "displayhook", sys.displayhook),
            (builtins, "input", _no_input),
            (getpass, "getpass", _no_password),
        )
        before = [(owner, name, getattr(owner, name)) for owner, name, _ in mine]
        main = sys.modules["__main__"]
        try:
            for owner, name, value in mine:
                setattr(owner, name, value)
            sys.modules["__main__"] = self._shell.user_module
            yield outputs
        finally:
            for owner, name, value in before:
                setattr(owner, name, value)
            sys.modules["__main__"] = main
            InteractiveShell._instance = elsewhere

    def reset(self) -> None:
        """Be as new: no names, In[1] next, nothing that cells changed in the shell.

        Warnings' filters, builtins and Matplotlib's settings are as they were too; its
        figures are closed. The environment, the random numbers and imported modules
        are not looked at.
        """
        self._shell = _Notebook()
        for name in vars(builtins).keys() - self._builtins:
            delattr(builtins, name)
        vars(builtins).update(self._builtins)
        warnings.resetwarnings()  # also forgets which warnings were shown already
        warnings.filters.extend(self._filters)
        for name in ("last_type", "last_value", "last_traceback", "last_exc"):
            vars(sys).pop(name, None)  # they hold frames, and the frames hold arrays
        elsewhere = InteractiveShell._instance
        InteractiveShell._instance = self._shell
        self._adopt_figures()
        InteractiveShell._instance = elsewhere

    def _adopt_figures(self) -> None:
        """Let Matplotlib draw for this shell, now or when a cell imports it."""
        os.environ["MPLBACKEND"] = INLINE
        if not os.access(os.path.expanduser("~"), os.W_OK):  # it would warn
            folder = os.path.join(tempfile.gettempdir(), f"matplotlib-{os.getuid()}")
            os.environ.setdefault("MPLCONFIGDIR", folder)
        matplotlib = sys.modules.get("matplotlib")
        if matplotlib is None:
            return
        matplotlib.rc_file_defaults()
        matplotlib.rcParams["backend"] = INLINE
        if pyplot := sys.modules.get("matplotlib.pyplot"):
            from matplotlib_inline.backend_inline import configure_inline_support
            from matplotlib_inline.config import InlineBackend

            pyplot.close("all")
            InlineBackend.clear_instance()
            configure_inline_support.current_backend = "unset"  # formats anew
            self._shell.enable_matplotlib("inline")


class _Stream(io.TextIOBase):
    """`sys.stdout` or `sys.stderr` of all cells. Closing it does nothing.

    `fileno` is the real one, for those who hand it to a subprocess; what that writes
    is not recorded.
    """

    encoding, errors = "UTF-8", "replace"

    def __init__(self, owner: Shell, name: str, number: int) -> None:
        self.owner, self.name, self.number = owner, name, number

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        self.owner._shell.outputs.write(self.name, text)
        return len(text)

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self.number

    def close(self) -> None:
        pass


class _Results(DisplayHook):
    """Takes the value of a cell's last line."""

    def start_displayhook(self) -> None:
        pass

    write_output_prompt = finish_displayhook = start_displayhook

    def write_format_data(self, format_dict: dict, md_dict: dict | None = None) -> None:
        self.shell.outputs.result(format_dict, md_dict or {}, self.prompt_count)

    def log_output(self, format_dict: dict) -> None:
        """Keep no second copy."""


class _Displays(DisplayPublisher):
    """Takes what `display` shows."""

    def publish(
        self, data, metadata=None, *_, transient=None, update=False, **__
    ) -> None:
        self._validate_data(data, metadata)
        name = (transient or {}).get("display_id")
        self.shell.outputs.display(data, metadata or {}, name, update)

    def clear_output(self, wait: bool = False) -> None:
        self.shell.outputs.clear(wait)


class _Exit(ExitAutocall):
    """`exit()` in a notebook is carried out after the cell, and here not at all."""

    def __call__(self, keep_kernel: bool = False) -> None:
        pass


class _Notebook(InteractiveShell):
    """An InteractiveShell that behaves as a notebook's."""

    displayhook_class = Type(_Results)
    display_pub_class = Type(_Displays)
    kernel = None  # that there is one tells libraries that HTML is shown

    def __init__(self) -> None:
        self.outputs = Outputs(0, 0)
        # never opened: it is not enabled
        history = {"enabled": False, "hist_file": ":memory:"}
        super().__init__(config=Config(HistoryManager=history))
        atexit.unregister(self.atexit_operations)  # or no namespace is ever freed
        self.exiter = _Exit(self)
        self.user_ns["exit"] = self.user_ns["quit"] = self.exiter
        self.db = {}  # %cd keeps its history there
        # `name?` opens a pager beside the notebook, which is not stored in it
        self.set_hook("show_in_pager", lambda *_, **__: None, 0)

    def _nothing(self, *_: Any, **__: Any) -> None:
        """Write nothing, change nothing in `sys`, start no window."""

    init_ipython_dir = init_profile_dir = init_virtualenv = _nothing
    init_sys_modules = init_prompts = enable_gui = _nothing

    def _tee(self, channel: str) -> contextlib.AbstractContextManager:
        """Keep no second copy of what is printed."""
        return contextlib.nullcontext()

    def _format_exception_for_storage(self, *_: Any, **__: Any) -> dict:
        """Keep no second copy of errors."""
        return {}

    def showtraceback(self, exc_tuple: tuple | None = None, *args, **kwargs) -> None:
        """Show an error, of a deep recursion only both ends."""
        kind, error, _ = exc_tuple or sys.exc_info()
        if error is not None:
            _shorten_traceback(error)
            exc_tuple = kind, error, error.__traceback__
        super().showtraceback(exc_tuple, *args, **kwargs)

    def _showtraceback(
        self, etype: type, evalue: BaseException, stb: list[str]
    ) -> None:
        self.outputs.error(evalue, stb)

    def system(self, cmd: str) -> None:
        """`!cmd`: what it writes is printed, its status is in `_exit_code`."""
        if cmd.rstrip().endswith("&"):
            raise OSError("Background processes not supported.")
        command = self.var_expand(cmd, depth=1)
        self.user_ns["_exit_code"] = 127
        if self._can_run(command):
            self.user_ns["_exit_code"] = _print_output_of(command)

    system_piped = system

    def getoutput(self, cmd: str, split: bool = True, depth: int = 0) -> Any:
        """`x = !cmd`: what it writes, as lines or as one text."""
        if self._can_run(cmd):
            return super().getoutput(cmd, split=split, depth=depth + 1)
        return SList() if split else ""

    def _can_run(self, command: str) -> bool:
        """Whether there is a system shell; otherwise a message has been printed."""
        found = os.path.exists(BIN_SH)
        if not found:
            print(f"!{command} was not run: there is no shell here", file=sys.stderr)
        return found


def _print_output_of(command: str) -> int:
    """Run a command of the system shell, without input; its status, −n for signal n."""
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE}
    with subprocess.Popen(
        command, shell=True, stderr=subprocess.STDOUT, text=True, errors="replace",
        **pipes,
    ) as process:  # fmt: skip
        # blocks, not lines: a line may have no end
        for text in iter(functools.partial(process.stdout.read, 1 << 16), ""):
            sys.stdout.write(text)
    status = process.returncode
    return 128 - status if status > 128 else status


def _shorten_traceback(error: BaseException | None) -> None:
    """Keep `FRAMES` frames of an error and of those it came from.

    IPython needs milliseconds for each, and a recursion has a thousand.
    """
    seen = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        steps, step = [], error.__traceback__
        while step is not None:
            steps.append(step)
            step = step.tb_next
        if len(steps) > FRAMES:
            trace = None
            for step in reversed(steps[: FRAMES // 2] + steps[-FRAMES // 2 :]):
                place = step.tb_frame, step.tb_lasti, step.tb_lineno
                trace = types.TracebackType(trace, *place)
            error.__traceback__ = trace
        error = error.__cause__ or error.__context__


def _no_input(prompt: object = "") -> NoReturn:
    """There is nobody to ask."""
    raise StdinNotImplementedError(
        "raw_input was called, but this frontend does not support input requests."
    )


def _no_password(*_: Any, **__: Any) -> NoReturn:
    """There is nobody to ask."""
    raise StdinNotImplementedError(
        "getpass was called, but this frontend does not support input requests."
    )


def _only(error: BaseException) -> list[str]:
    """An error in one line or a few, without its traceback."""
    try:
        return traceback.format_exception_only(error)
    except BaseException:  # it is the error's own code that runs here
        return [type(error).__name__]
