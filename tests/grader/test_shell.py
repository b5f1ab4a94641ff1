"""The shell without a kernel against nbclient with one, and what only the shell does.

Before the two are compared, the same streams in a row are joined, and what differs
between two runs of Jupyter itself is replaced: addresses, timings, ids of widgets and
the carriage returns of a terminal. One thing is changed in the kernel: its cells are
named as IPython names them. ipykernel invents a file for each cell, which IPython then
cannot find, so it guesses: some tracebacks name the wrong line.
"""

import builtins
import json
import os
import re
import subprocess
import sys
import time
import traceback
import tracemalloc
import warnings
from textwrap import dedent

import nbformat
import pytest
from nbclient import NotebookClient

from cvlib.grade.check import notebook
from grader import course
from grader.student import shell as shell_module
from grader.student.shell import Shell

# run in this order in one kernel, and in one Shell
CELLS = {
    "printing": "print('one'); print('two', end='')",
    "a value": "1 + 1",
    "a semicolon": "1 + 1;",
    "both streams": """
        import sys
        print('out'); print('err', file=sys.stderr); print('again')""",
    "displays between prints": """
        print('a'); display('b'); print('c'); print('d', file=sys.stderr); display('e')
        'f'""",
    "rich displays": """
        from IPython.display import HTML, Markdown, clear_output, update_display
        display(HTML('<b>x</b>'), Markdown('*y*'))
        HTML('<i>z</i>')""",
    "a raw bundle": """
        bundle = {'text/plain': 'p', 'text/html': '<p>', 'application/json': {'a': [1]}}
        display(bundle, raw=True, metadata={'k': 1})""",
    "bytes": "display({'image/png': b'\\x89PNG', 'text/plain': 'p'}, raw=True)",
    "an update": """
        handle = display('x', display_id='me')
        print('s'); update_display('y', display_id='me'); handle.update('z')""",
    "clearing": "print('gone'); clear_output(); print('kept')",
    "clearing later": """
        for i in range(3):
            print(i); display(i); clear_output(wait=True)
        print('end')""",
    "an error in a function": """
        def f(x):
            y = x
            return y / 0

        print('before')
        f(1)""",
    "a function's source": "import inspect\nprint(inspect.getsource(f))",
    "a bracket left open": "print('never'\nx = 1",
    "a wrong indent": "def f():\nreturn 1",
    "an unknown name": "undefined_name",
    "an error from an error": """
        try:
            {}['k']
        except KeyError as e:
            raise ValueError('outer') from e""",
    "an error that draws itself": """
        class Quiet(Exception):
            def _render_traceback_(self):
                return ['just this']
        raise Quiet('hm')""",
    "a BaseException": "class Odd(BaseException): pass\nraise Odd('b')",
    "an interrupt": "raise KeyboardInterrupt",
    "sys.exit": "print('before'); sys.exit(3); print('after')",
    "a warning": """
        import warnings
        def careful():
            warnings.warn('careful')
        careful()""",
    "a deprecation": "warnings.warn('old', DeprecationWarning)",
    "NumPy's warning": "import numpy as np\nnp.array([1.0]) / 0",
    "a repr that raises": """
        class Bad:
            def __repr__(self):
                x = 1
                raise ValueError('no repr')
        Bad()""",
    "a repr that prints": """
        class Noisy:
            def __repr__(self):
                print('noise'); return 'Noisy()'
        Noisy()""",
    "HTML that raises": """
        class Half:
            def _repr_html_(self):
                x = 1
                raise ValueError('no html')
            def __repr__(self): return 'Half()'
        display(Half())
        print('after')""",
    "%timeit": "%timeit -n 1 -r 1 pass",
    "%%capture": "%%capture caught\nprint('hidden'); display('hidden')\n1",
    "what was captured": "caught.stdout, len(caught.outputs)",
    "!command": "!echo hi; echo err >&2; exit 3",
    "its status": "_exit_code",
    "its output": "lines = !echo hi\nlines",
    "await": """
        import asyncio
        await asyncio.sleep(0)
        print('slept')
        await asyncio.sleep(0, 5)""",
    "a figure": """
        %matplotlib inline
        import matplotlib.pyplot as plt
        plt.plot([1, 2]); print('printed')""",
    "two figures": """
        fig, ax = plt.subplots(); ax.plot([1, 3]); plt.show(); print('between')
        fig, ax = plt.subplots(); ax.imshow([[1, 2]])
        ax.set_title('t')""",
    "a figure and an error": "plt.plot([1]); 1/0",
    "a figure as a value": "fig",
    "a widget": "import ipywidgets\nipywidgets.IntSlider()",
    "a logged warning": "import logging\nlogging.warning('logged')",
    "help": "help(len)",
    "a pager": "f?",
    "earlier values": "_, _2, Out[2]",
    "pickling one's own class": """
        import pickle
        class Mine: pass
        type(pickle.loads(pickle.dumps(Mine()))).__name__, __name__""",
    "%cd": "%cd /\n%pwd",
    "nothing": "",
    "a comment": "# only a comment",
    "other letters": "print('é✓😀'); '∑'",
    "a redirected print": """
        import io, contextlib
        buffer = io.StringIO()
        with contextlib.redirect_stdout(buffer): print('caught')
        buffer.getvalue()""",
    "a future": """
        from __future__ import annotations
        def g(x: nowhere): pass
        g.__annotations__""",
    "exit()": "print('a'); exit(); print('b')",  # the last: the kernel ends after it
}
CELLS = {name: dedent(text).lstrip("\n") for name, text in CELLS.items()}

NAME_AS_IPYTHON = """
from IPython.core.compilerop import CachingCompiler
get_ipython().compile.__class__.get_code_name = CachingCompiler.get_code_name
del CachingCompiler
"""

# in a process of its own: here pytest has its hands on warnings and logging
RUN_OURS = """
import json, sys
from grader.student.shell import Shell
shell = Shell()
cells = json.load(open(sys.argv[1]))
json.dump([shell.run(cell) for cell in cells], open(sys.argv[2], "w"))
"""


@pytest.fixture(scope="module")
def environment():
    """Where Jupyter and Matplotlib may write; the same for both."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in course.private_environment().items():
            patch.setenv(name, value)
        patch.delenv("MPLBACKEND", raising=False)
        yield


@pytest.fixture(scope="module")
def in_jupyter(environment):
    """Name of a cell → what nbclient stores."""
    new_cell = nbformat.v4.new_code_cell
    cells = [new_cell(source) for source in CELLS.values()]
    notebook = nbformat.v4.new_notebook(cells=[*cells, new_cell(NAME_AS_IPYTHON)])
    client = NotebookClient(notebook, allow_errors=True, kernel_name="python3")
    with client.setup_kernel():
        client.execute_cell(notebook.cells[-1], len(cells), store_history=False)
        for number, cell in enumerate(cells):
            client.execute_cell(cell, number)
    return {name: cell.outputs for name, cell in zip(CELLS, cells, strict=True)}


@pytest.fixture(scope="module")
def in_shell(environment, tmp_path_factory):
    """Name of a cell → what a Shell returns."""
    folder = tmp_path_factory.mktemp("shell")
    sources, results = folder / "cells.json", folder / "outputs.json"
    sources.write_text(json.dumps(list(CELLS.values())))
    program = [sys.executable, "-c", RUN_OURS, sources, results]
    subprocess.run(program, check=True, cwd=course.ROOT)
    return dict(zip(CELLS, json.loads(results.read_text()), strict=True))


def normal(outputs: list) -> list:
    """What is the same at every run."""
    joined: list[dict] = []
    for output in json.loads(json.dumps(outputs)):
        last = joined[-1] if joined else {}
        if output["output_type"] == "stream" and last.get("name") == output["name"]:
            last["text"] += output["text"]
        else:
            joined.append(output)
    text = json.dumps(joined, ensure_ascii=False).replace(r"\r\n", r"\n")
    text = re.sub(r"0x[0-9a-f]+", "ADDRESS", text)
    text = re.sub(r"\d+(\.\d+)? (ns|μs|ms|s)\b", "TIME", text)
    text = re.sub(r'"model_id": "\w+"', '"model_id": "ID"', text)
    return json.loads(text)


@pytest.mark.slow
@pytest.mark.parametrize("name", CELLS)
def test_a_cell_shows_what_jupyter_stores(name, in_jupyter, in_shell):
    assert normal(in_shell[name]) == normal(in_jupyter[name])


@pytest.mark.slow
def test_what_jupyter_stores_is_valid_and_so_is_ours(in_shell):
    for outputs in in_shell.values():
        for output in outputs:
            nbformat.v4.nbbase.validate(
                nbformat.from_dict(output), output["output_type"]
            )


@pytest.fixture
def shell():
    """A shell, and afterwards a process as it was before."""
    before = dict(os.environ)
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        yield Shell(max_output=100_000)
    os.environ.clear()
    os.environ.update(before)


def plain(text: str) -> str:
    """Without colours."""
    return re.sub(r"\x1b\[[\d;]*m", "", text)


def text_of(outputs: list[dict], name: str = "stdout") -> str:
    """All that was printed."""
    return "".join(o["text"] for o in outputs if o.get("name") == name)


def errors_of(outputs: list[dict]) -> list[str]:
    """The names of all errors."""
    return [o["ename"] for o in outputs if o["output_type"] == "error"]


@pytest.mark.parametrize(
    ("source", "ename"),
    [
        ("%nosuch", "UsageError"),
        ("raise ExceptionGroup('several', [OSError()])", "ExceptionGroup"),
    ],
)
def test_a_failed_cell_has_an_error_also_where_ipython_only_prints(
    shell, source, ename
):
    outputs = shell.run(source)
    assert errors_of(outputs) == [ename]
    assert ename in text_of(outputs, "stderr").replace("Exception Group", ename)


@pytest.mark.parametrize("source", ["input('?')", "import getpass; getpass.getpass()"])
def test_there_is_nobody_to_ask(shell, source):
    (output,) = shell.run(source)
    assert output["ename"] == "StdinNotImplementedError"
    assert "this frontend does not support input requests" in output["evalue"]


def test_a_cell_may_be_given_its_number(shell):
    assert shell.run("7", count=5)[0]["execution_count"] == 5
    assert shell.run("8")[0]["execution_count"] == 6
    assert "In[9]" in plain("".join(shell.run("1/0", count=9)[0]["traceback"]))


def test_check_shows_its_card_and_its_one_sentence(shell):
    shell.run("from cvlib.grade import check")
    card, error = shell.run("check('scale_to_unit', lambda image: image)")
    assert "<" in card["data"]["text/html"]
    assert error["ename"] == "WrongAnswer"
    assert " ".join(error["traceback"]) == f"WrongAnswer: {error['evalue']}"
    with shell.recording():
        assert notebook()


def test_the_functions_of_a_cell_can_be_called_and_heard_later(shell):
    shell.run("def f(x):\n    print('called'); display(x)\n    return 2 * x")
    with shell.recording() as outputs:
        assert shell.namespace["f"](4) == 8
    text, display = outputs.finish()
    assert text["text"] == "called\n"
    assert display["data"] == {"text/plain": "4"}


def test_an_update_of_an_earlier_cells_display_is_shown_anew(shell):
    shell.run("from IPython.display import update_display")
    shell.run("display('old', display_id='me');")
    (output,) = shell.run("update_display('new', display_id='me')")
    assert output["data"] == {"text/plain": "'new'"}


def test_without_a_system_shell_a_command_says_so(shell, monkeypatch):
    monkeypatch.setattr(shell_module, "BIN_SH", "/nowhere/sh")
    outputs = shell.run("lines = !ls\n!echo hi\nlines, _exit_code")
    assert text_of(outputs, "stderr") == (
        "!ls was not run: there is no shell here\n"
        "!echo hi was not run: there is no shell here\n"
    )
    assert outputs[-1]["data"]["text/plain"] == "([], 127)"


@pytest.mark.parametrize(
    ("text", "times"),
    [("'x' * 10**6", 300), ("'é' * 999", 3000), ("'x', end=''", 150_000)],
)
def test_a_flood_is_cut_with_one_line_that_says_so(shell, text, times):
    (output,) = shell.run(f"for _ in range({times}): print({text})")
    said = "\n… cut: this cell printed more than 0.1 MB\n"
    assert output["text"].endswith(said)
    assert output["text"].count("cut") == 1
    size = len(output["text"].removesuffix(said).encode())
    assert 99_990 <= size <= 100_000
    assert text_of(shell.run("print('next')")) == "next\n"


def test_the_memory_stays_bounded_in_a_flood(shell):
    shell.run("print(1); display(1)")  # what is imported once
    tracemalloc.start()  # the process's own peak would be its parent's
    try:
        shell.run("for i in range(100): print('x' * 10**6); display('y' * 10**6)")
        assert tracemalloc.get_traced_memory()[1] < 20e6  # of 200 MB
    finally:
        tracemalloc.stop()


def test_a_long_value_is_cut_and_a_big_picture_left_out(shell):
    (value,) = shell.run("'x' * 10**6")
    assert len(value["data"]["text/plain"]) < 100_100
    source = "display({'image/png': 'a' * 2_000_000, 'text/plain': 'pic'}, raw=True)"
    (picture,) = shell.run(source)
    assert picture["data"] == {"text/plain": "pic\n… cut: image/png of 2.0 MB"}


def test_displays_are_counted_and_the_last_error_stays(shell):
    outputs = shell.run("for i in range(1000): display(i)\n1/0")
    assert len(outputs) == 102
    note = "… cut: this cell displayed more than 100 things\n"
    assert outputs[-2] == {"output_type": "stream", "name": "stderr", "text": note}
    assert errors_of(outputs) == ["ZeroDivisionError"]


def test_a_counter_that_clears_itself_is_no_flood(shell):
    shell.run("from IPython.display import clear_output")
    loop = "for i in range(3000): clear_output(wait=True); print('x' * 99); display(i)"
    text, display = shell.run(loop)
    assert text["text"] == "x" * 99 + "\n"
    assert display["data"] == {"text/plain": "2999"}
    loop = "handle = display('', display_id=True)\n"
    loop += "for i in range(3000): handle.update('x' * 99 + str(i))"
    (display,) = shell.run(loop)
    assert display["data"]["text/plain"].endswith("x2999'")


def test_a_deep_recursion_is_soon_told_and_shows_both_ends(shell):
    deep = "import sys; sys.setrecursionlimit(9_000)\ndef f(n): return f(n + 1)\n"
    deep += "try: f(0)\nexcept RecursionError as e: raise ValueError from e"
    (output,) = shell.run(deep + "\nfinally: sys.setrecursionlimit(1_000)")
    frames = list(traceback.walk_tb(sys.last_value.__cause__.__traceback__))
    assert len(frames) <= shell_module.FRAMES  # of 9 000
    told = plain("\n".join(output["traceback"]))
    assert "Cell In[1], line 3\n" in told
    assert "skipping similar frames: f at line 2" in told
    assert "ValueError" in told.splitlines()[-1]


def test_a_long_message_is_cut(shell):
    (output,) = shell.run("raise ValueError('x' * 10**6)")
    assert len(json.dumps(output)) < 100_000


@pytest.mark.parametrize(
    ("source", "errors"),
    [
        ("raise GeneratorExit", ["GeneratorExit"]),
        ("raise StopIteration", ["StopIteration"]),
        ("raise MemoryError", ["MemoryError"]),
        ("x = bytearray(10**15)", ["MemoryError"]),
        ("def f(): f()\nf()", ["RecursionError"]),
        ("def f(): g()\ndef g(): f()\nf()", ["RecursionError"]),
        ("return 3", ["SyntaxError"]),
        ("print('a')\0", ["SyntaxError"]),
        ("x = '\ud800'", ["UnicodeEncodeError"]),
        ("class E(Exception):\n  def __str__(self): 1/0\nraise E", ["E"]),
        (
            "class E(Exception):\n"
            "  def __str__(self): raise KeyboardInterrupt\nraise E",
            ["E"],
        ),
        ("class E(Exception):\n  _render_traceback_ = lambda s: None\nraise E", ["E"]),
        (
            "class E(Exception):\n  _render_traceback_ = lambda s: 'text'\nraise E",
            ["E"],
        ),
        ("display({'a/b': object()}, raw=True)", []),
        ("display({'application/json': object()}, raw=True)", ["TypeError"]),
        ("display({'application/json': float('nan')}, raw=True)", []),
        ("import sys; sys.stdout.close(); print('x')", []),
        ("import sys; sys.stdout = None; 1", []),
        ("import sys; del sys.stdout; sys.stderr = 3; 1/0", ["ZeroDivisionError"]),
        ("import sys; sys.displayhook = None; 1", ["TypeError"]),
        ("import os; os.write(1, b'')", []),
        ("import subprocess, sys; subprocess.run(['true'], stdout=sys.stdout)", []),
        ("print('\\ud800')", []),
        ("display({'text/html': '\\ud800'}, raw=True)", []),
        ("raise ValueError('\\ud800')", ["ValueError"]),
    ],
)
def test_whatever_happens_there_are_outputs_and_the_next_cell_runs(
    shell, source, errors
):
    streams = sys.stdout, sys.stderr, sys.displayhook
    outputs = shell.run(source)
    assert errors_of(outputs) == errors
    text = json.dumps(outputs, ensure_ascii=False, allow_nan=False)
    assert json.loads(text.encode()) == outputs  # plain, and fit for any file
    for output in outputs:
        known = nbformat.from_dict(output)
        nbformat.v4.nbbase.validate(known, output["output_type"])
    assert (sys.stdout, sys.stderr, sys.displayhook) == streams
    (after,) = shell.run("print('still here')")
    assert after == {"output_type": "stream", "name": "stdout", "text": "still here\n"}


def test_the_child_of_a_cell_that_forks_ends_with_the_cell(shell):
    outputs = shell.run(
        "import os\nif child := os.fork(): print(os.waitpid(child, 0)[1])"
    )
    assert text_of(outputs) == "0\n"


def test_outside_of_a_cell_all_is_as_it_was(shell):
    def look():
        return sys.stdout, sys.stderr, sys.displayhook, sys.modules["__main__"], input

    before = look()
    shell.run("import sys; sys.stdout = sys.stderr = sys.displayhook = 0")
    assert look() == before


def test_after_a_reset_nothing_is_left_of_the_notebook(shell):
    shell.run("""
import ast, builtins, warnings
ip = get_ipython()
class Negate(ast.NodeTransformer):
    def visit_Constant(self, node): return ast.Constant(13)
warnings.simplefilter('error')
builtins._ = 'mine'
builtins.print = None
ip.ast_transformers.append(Negate())
ip.input_transformers_cleanup.append(lambda lines: ['14'])
ip.events.register('post_run_cell', lambda result: display('again'))
ip.display_formatter.formatters['text/plain'].for_type(int, lambda *_: 'number')
ip.register_magic_function(lambda line: 15, magic_name='fifteen')
""")
    shell.reset()
    (output,) = shell.run("1")
    assert output["execution_count"] == 1
    assert output["data"] == {"text/plain": "1"}
    assert errors_of(shell.run("ip")) == ["NameError"]
    assert errors_of(shell.run("%fifteen")) == ["UsageError"]
    assert not hasattr(builtins, "_")
    assert builtins.print is print is not None
    assert text_of(shell.run("print(_)")) == "1\n"
    assert warnings.filters[0][0] == "default"


def test_a_warning_is_shown_again_to_the_next_notebook(in_own_process):
    texts = in_own_process("""
        cell = "import warnings; warnings.warn_explicit('old', UserWarning, 'f', 1)"
        cell += "; import sys; sys.exit()"  # IPython warns about it, once a process
        answer = []
        for _ in range(2):
            answer.append(shell.run(cell)[-1]["text"])
            shell.reset()
    """)
    assert texts[0] == texts[1]
    assert "To exit" in texts[0]


def test_a_reset_is_quick_and_frees_the_names(shell):
    shell.run("import weakref\nclass Big: pass\nbig = Big()\nbig\n1/0")
    gone = []
    import gc
    import weakref

    weakref.finalize(shell.namespace["big"], gone.append, True)
    start = time.thread_time()
    shell.reset()
    assert time.thread_time() - start < 0.2  # some milliseconds
    gc.collect()
    assert gone == [True]


def test_figures_are_drawn_again_after_a_reset(in_own_process):
    kinds = in_own_process("""
        draw = "import matplotlib.pyplot as plt\\nplt.plot([1, 2]);"
        leave = "plt.rcParams['figure.dpi'] = 10\\nplt.switch_backend('agg')"
        answer = []
        for _ in range(2):
            answer.append([len(o["data"]["image/png"]) for o in shell.run(draw)])
            shell.run(leave + "\\nplt.figure()")
            shell.reset()
    """)
    assert kinds[0] == kinds[1]
    assert len(kinds[0]) == 1
    assert kinds[0][0] > 1000


NO_PLACE = """
import os, threading
for name in ("MPLCONFIGDIR", "IPYTHONDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
    os.environ.pop(name, None)
os.environ["TMPDIR"] = os.getcwd()
os.environ["HOME"] = home = {home}
if home.startswith(os.getcwd()): os.mkdir(home)
shell = Shell()
"""


def test_no_file_is_written_no_thread_is_left_and_matplotlib_waits(in_own_process):
    text = NO_PLACE.format(home="os.getcwd() + '/home'")
    text += """
shell.run("%who\\nawait __import__('asyncio').sleep(0)\\nf?\\n1/0")
files = [*os.listdir(), *os.listdir(home)]
answer = files, threading.active_count(), "matplotlib" in sys.modules
"""
    assert in_own_process(text) == [["home"], 1, False]


def test_nothing_complains_where_there_is_no_home(in_own_process):
    # not even the superuser can make this folder
    text = NO_PLACE.format(home="'/proc/nowhere'")
    cell = "import matplotlib\\nmatplotlib.get_cachedir();"
    assert in_own_process(f'{text}\nanswer = shell.run("{cell}")') == []


@pytest.fixture
def in_own_process(environment, tmp_path):
    """Run a text that knows `shell` and says its `answer`."""

    def run(text: str):
        program = f"""import json, sys
from grader.student.shell import Shell
shell = Shell(max_output=100_000)
{dedent(text)}
json.dump(answer, open("answer.json", "w"))
"""
        env = os.environ | {"PYTHONPATH": str(course.ROOT)}
        subprocess.run(
            [sys.executable, "-c", program], check=True, cwd=tmp_path, env=env
        )
        return json.loads((tmp_path / "answer.json").read_text())

    return run
