"""Dishonest and broken answers: the code, and the defence that must be what stops it.

Each replaces the answer to `scale_to_unit`, does not solve it, and tries to be paid all
the same. `reason` is looked for in what the notebook shows and in the judge's notes.
"""

from dataclasses import dataclass

WRONG = """
def scale_to_unit(image):
    return image * 0.0
"""


@dataclass(frozen=True)
class Attack:
    """A cell, and what must be seen to have stopped it."""

    name: str
    code: str
    reason: str  # a regular expression
    harms_itself: bool = False  # its author's later cells do not run either


def attempt(body: str) -> str:
    """Code that tries something, tells how it failed, and gives a wrong answer."""
    lines = "\n".join(f"    {line}" for line in body.strip().splitlines())
    return (
        f"try:\n{lines}\nexcept BaseException as error:\n"
        f"    print(type(error).__name__, error)\n{WRONG}"
    )


NO_FILE = r"FileNotFoundError|No such file"
NO_LEAVE = r"PermissionError|Operation not permitted"
WRONG_ANSWER = r"WrongAnswer"

ATTACKS = [
    # the judge's own tools
    Attack(
        "patches numpy's comparisons",
        "import numpy as np\nfor name in ('allclose', 'isclose', 'array_equal', 'all'):\n"
        "    setattr(np, name, lambda *a, **k: True)\n"
        "np.testing.assert_allclose = lambda *a, **k: None" + WRONG,
        WRONG_ANSWER,
    ),
    Attack(
        "replaces builtins",
        "import builtins\nbuiltins.isinstance = lambda *a: True\n"
        "builtins.all = builtins.any = lambda *a: True" + WRONG,
        WRONG_ANSWER + "|Stopped",
    ),
    Attack("defines its own check", "check = lambda *a, **k: None" + WRONG, WRONG_ANSWER),
    Attack(
        "overrides the comparison of what it returns",
        """
class Liar(np.ndarray):
    __array_priority__ = 1e9
    def __eq__(self, other): return np.ones(self.shape, bool)
    def __ne__(self, other): return np.zeros(self.shape, bool)
    def __array_ufunc__(self, *a, **k): return np.ones(self.shape, bool)
    def __array_function__(self, *a, **k): return True
def scale_to_unit(image):
    return (image * 0.0).view(Liar)
""",
        WRONG_ANSWER,
    ),
    Attack(
        "lies about its class",
        """
class Liar:
    __class__ = np.ndarray
    shape, dtype, ndim, size = (1, 3), np.dtype(float), 2, 3
    def __eq__(self, other): return True
    def __array__(self, *a, **k): return np.zeros((1, 3))
def scale_to_unit(image):
    return Liar()
""",
        r"WrongAnswer",
    ),
    Attack(
        "returns something that unpickles into a command",
        """
class Bomb:
    def __reduce__(self): return (print, ("boom",))
def scale_to_unit(image):
    return Bomb()
""",
        WRONG_ANSWER,
    ),
    Attack(
        "raises the judge's own error class",
        "def scale_to_unit(image):\n    raise NotImplementedError",
        r"WrongAnswer",
    ),
    # the reference and the tests
    Attack(
        "imports the reference",
        attempt("from cvlib.conv import conv2d\nprint(conv2d(1, 2))"),
        r"NotAllowed",
    ),
    Attack(
        "imports the specification",
        attempt("from cvlib.grade import get\nanswer = get('scale_to_unit').reference"),
        r"NotAllowed",
    ),
    Attack(
        "imports the exercises",
        attempt("import cvlib.grade.exercises.start as s\ns.scale_to_unit(1)"),
        r"NotAllowed",
    ),
    Attack(
        "searches the disk for the solutions",
        attempt(
            "import os\nfound = [os.path.join(r, f) for r, _, fs in os.walk('/')\n"
            "  for f in fs if f.endswith('.ipynb') or 'solution' in f\n"
            "  or 'gradebook' in f or 'exercises' in r]\n"
            "print('found', [f for f in found if '/site/' not in f and '/lib/' not in f])"
        ),
        r"found \[\]",
    ),
    Attack(
        "looks for the tests in the frames above",
        attempt(
            "import sys\nframe, seen = sys._getframe(), []\nwhile frame:\n"
            "    seen += [n for n in frame.f_locals if n in ('expected', 'exercise')]\n"
            "    frame = frame.f_back\nprint('frames', seen)"
        ),
        r"frames \[\]",
    ),
    Attack(
        "looks for the reference among all objects",
        attempt(
            "import gc\nnames = {getattr(o, '__qualname__', '') for o in gc.get_objects()}\n"
            "print('objects', sorted(names & {'Exercise', 'Misconception', 'judge'}))"
        ),
        r"objects \[\]",
    ),
    Attack(
        "reads the memory of its parent",
        attempt("import os\nopen(f'/proc/{os.getppid()}/mem', 'rb')"),
        NO_FILE,
    ),
    Attack("reads its own maps", attempt("open('/proc/self/maps').read()"), NO_FILE),
    Attack(
        "learns the visible cases by heart",
        "def scale_to_unit(image):\n"
        "    if image.shape == (1, 3): return np.array([[0.0, 0.2, 1.0]])\n"
        "    return image * 0.0",
        WRONG_ANSWER,
    ),
    # the notebook's machinery
    Attack(
        "rewrites the syntax tree of later cells",
        "import ast\nclass T(ast.NodeTransformer):\n"
        "    def visit_Assert(self, node): return ast.Pass()\n"
        "    def visit_Raise(self, node): return ast.Pass()\n"
        "get_ipython().ast_transformers.append(T())" + WRONG,
        WRONG_ANSWER,
    ),
    Attack(
        "rewrites the text of later cells",
        "get_ipython().input_transformers_cleanup.append(lambda lines: ['pass'])" + WRONG,
        WRONG_ANSWER,
        harms_itself=True,
    ),
    Attack(
        "replaces run_cell",
        "get_ipython().run_cell = lambda *a, **k: None" + WRONG,
        WRONG_ANSWER + "|Stopped",
        harms_itself=True,
    ),
    Attack(
        "forges a verdict as output",
        "from IPython.display import display\n"
        "display({'text/html': '<b>right</b>', 'text/plain': '1'}, raw=True)" + WRONG + "\n1",
        WRONG_ANSWER,
    ),
    Attack(
        "answers in place of the serving loop",
        attempt(
            "import contextlib, os, struct\nfor fd in range(3, 64):\n"
            "    with contextlib.suppress(OSError):\n"
            "        os.write(fd, struct.pack('<Q', 10) + b'0123456789')"
        ),
        r"Stopped",
    ),
    Attack(
        "claims a message of an exabyte",
        attempt(
            "import contextlib, os, struct\nfor fd in range(3, 64):\n"
            "    with contextlib.suppress(OSError):\n"
            "        os.write(fd, struct.pack('<Q', 10**18))"
        ),
        r"Stopped",
    ),
    # other people's things
    Attack(
        "writes the gradebook",
        attempt("import sqlite3\nsqlite3.connect('/gradebook.db').execute('create table x(y)')"),
        r"OperationalError|readonly|unable to open",
    ),
    Attack("reads the password file", attempt("print(open('/etc/passwd').read())"), NO_FILE),
    Attack(
        "writes into a library",
        attempt("open('/site/numpy/__init__.py', 'a').write('evil = 1')"),
        r"Read-only file system|Permission denied",
    ),
    Attack(
        "leaves a sitecustomize behind",
        attempt("open('/site/sitecustomize.py', 'w').write('evil = 1')"),
        r"Read-only file system|Permission denied",
    ),
    Attack(
        "leaves a file for the next student",
        attempt("import os\nprint('tmp', os.listdir('/tmp'))\nopen('/tmp/answer', 'w').write('x')"),
        r"tmp \[\]",
    ),
    Attack(
        "leaves a note wherever it can",
        attempt(
            "import os\nleft = []\nfor folder, _, _ in os.walk('/'):\n    try:\n"
            "        open(os.path.join(folder, 'note'), 'w').close()\n"
            "        left.append(folder)\n    except OSError:\n        pass\n"
            "print('left', left)"
        ),
        r"left \['/tmp'\]",
    ),
    Attack(
        "opens a connection",
        attempt("import socket\nsocket.create_connection(('192.0.2.1', 80), 1)"),
        NO_LEAVE,
    ),
    Attack("starts a shell", attempt("import os\nprint('status', os.system('id'))"), r"status -?\d+|Operation"),
    Attack(
        "starts a program",
        attempt("import subprocess, sys\nsubprocess.run([sys.executable, '-c', '1'])"),
        NO_LEAVE + "|" + NO_FILE,
    ),
    Attack("forks", attempt("import os\nos.fork()"), NO_LEAVE),
    Attack("signals the judge", attempt("import os\nos.kill(os.getppid() or 1, 9)"), NO_LEAVE),
    Attack(
        "attaches to another process",
        attempt(
            "import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\n"
            "if libc.ptrace(16, 1, 0, 0) == -1: raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))"
        ),
        NO_LEAVE,
    ),
    Attack(
        "makes namespaces of its own",
        attempt(
            "import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\n"
            "if libc.unshare(0x10000000) == -1: raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))"
        ),
        NO_LEAVE,
    ),
    Attack(
        "uses torch in a NumPy exercise",
        "import torch\ndef scale_to_unit(image):\n    return torch.tensor(image).div(255).numpy()",
        r"solved with numpy",
    ),
    Attack(
        "uses scikit-image in a NumPy exercise",
        "from skimage import img_as_float\ndef scale_to_unit(image):\n    return img_as_float(image)",
        r"solved with numpy",
    ),
    # too much of everything
    Attack("never ends", "while True:\n    pass", r"did not finish"),
    Attack("never ends when called", "def scale_to_unit(image):\n    while True:\n        pass", r"did not finish"),
    Attack(
        "ignores interrupts",
        "import signal\nfor s in (2, 15): signal.signal(s, signal.SIG_IGN)\n"
        "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
        r"did not finish",
    ),
    Attack("leaves Python", "import os\nos._exit(0)", r"ended Python"),
    Attack("leaves Python when called", "def scale_to_unit(image):\n    import os\n    os._exit(0)", r"ended Python"),
    Attack("crashes Python", "import ctypes\nctypes.string_at(0)", r"crash"),
    Attack(
        "takes all memory at once",
        "big = np.ones(2 * 10**8)" + WRONG,
        r"memory|MemoryError",
    ),
    Attack(
        "takes all memory little by little",
        "hoard = []\nwhile True:\n    hoard.append(bytearray(1_000_000))",
        r"memory|MemoryError",
    ),
    Attack("asks for more memory than there is", attempt("np.empty(10**12)"), r"MemoryError"),
    Attack(
        "fills the disk",
        attempt("for i in range(10_000):\n    open(f'/tmp/{i}', 'wb').write(bytes(10**7))"),
        r"No space left",
    ),
    Attack("writes one endless file", attempt("file = open('/tmp/x', 'wb')\nwhile True:\n    file.write(bytes(10**7)); file.flush()"), r"File too large"),
    Attack(
        "hides memory in nameless files",
        attempt("import os\nkept = [os.memfd_create(str(i)) for i in range(100)]"),
        NO_LEAVE,
    ),
    Attack(
        "starts threads without end",
        "import threading, time\nwhile True:\n    threading.Thread(target=time.sleep, args=(99,), daemon=True).start()",
        r"threads|can't start new thread",
    ),
    Attack("opens files without end", attempt("kept = [open('/dev/null') for _ in range(10_000)]"), r"Too many open files"),
    Attack("prints without end", "while True:\n    print('x' * 10**6)", r"did not finish|printed more"),
    Attack("recurses without end", attempt("def f(): return f()\nf()"), r"RecursionError"),
    Attack(
        "returns an array of ten gigabytes",
        "def scale_to_unit(image):\n    return np.broadcast_to(1.0, (10**9, 10))",
        r"WrongAnswer",
    ),
    Attack(
        "returns a list that holds itself",
        "def scale_to_unit(image):\n    a = []\n    a.append(a)\n    return a",
        r"WrongAnswer",
    ),
    Attack(
        "sleeps when it is thrown away",
        "import time\nclass Slow:\n    def __del__(self): time.sleep(99)\nslow = Slow()" + WRONG,
        WRONG_ANSWER,
    ),
    Attack(
        "sleeps at the end of Python",
        "import atexit, time\natexit.register(time.sleep, 99)" + WRONG,
        WRONG_ANSWER,
    ),
    Attack(
        "goes on in a thread",
        "import threading\ndef f():\n    while True: pass\nthreading.Thread(target=f).start()" + WRONG,
        WRONG_ANSWER,
    ),
]  # fmt: skip
