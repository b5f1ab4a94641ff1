"""Too much of everything: time, memory, words; and what goes on after its end."""

from tests.grader.hostile.attacks import NO_LEAVE, WRONG, WRONG_ANSWER, Attack, attempt

NO_END = "did not finish"
CUT = "printed more|displayed more"

ATTACKS = [
    Attack(
        "shares memory with nobody",
        "import mmap\nkept = [mmap.mmap(-1, 1 << 30, mmap.MAP_SHARED | mmap.MAP_ANONYMOUS"
        " | 0x8000) for _ in range(3)]",
        "memory",
    ),
    Attack(
        "fills memory with many threads at once",
        "import threading\ndef fill():\n    kept.append(np.ones(10**8))\nkept = []\n"
        "for _ in range(8): threading.Thread(target=fill).start()\n"
        "while True: pass",
        "memory",
    ),
    Attack(
        "fills shared memory",
        attempt("open('/dev/shm/x', 'wb').write(bytes(10**7))"),
        NO_LEAVE + "|No such file|Read-only",
    ),
    Attack(
        "fills the kernel's memory with messages",
        attempt(
            "import ctypes, os\nif ctypes.CDLL(None, use_errno=True).msgget(0, 0o1600) < 0:\n"
            "    raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))"
        ),
        NO_LEAVE,
    ),
    Attack(
        "makes its sockets large",
        attempt(
            "import socket\na, b = socket.socketpair()\n"
            "a.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 28)"
        ),
        NO_LEAVE,
    ),
    Attack(
        "hides open files in its sockets",
        attempt(
            "import array, socket\na, b = socket.socketpair()\n"
            "a.sendmsg([b'x'], [(1, 1, array.array('i', [b.fileno()]))])"
        ),
        NO_LEAVE,
    ),
    Attack(
        "makes files without number",
        attempt("for i in range(10**5): open(f'/tmp/{i}', 'w').close()"),
        "No space left",
    ),
    Attack("starts processes without end", attempt("import os\nwhile True: os.fork()"), NO_LEAVE),
    Attack("uses the processor without end", "while True: np.ones(10**6).sum()", NO_END),
    Attack("waits for what cannot match", "import re\nre.match('(a+)+$', 'a' * 60 + 'b')", NO_END),
    Attack("computes a number without end", "10 ** 10 ** 10", NO_END + "|memory|MemoryError"),
    Attack("prints one line without end", "print('x' * 10**8)" + WRONG, CUT),
    Attack("complains without end", "import sys\nfor _ in range(10**5): print('x' * 99, file=sys.stderr)" + WRONG, CUT),
    Attack("displays without end", "for i in range(10**4): display(i)" + WRONG, CUT),
    Attack(
        "prints when its cell has ended",
        "import threading, time\ndef flood():\n    while True: print('x' * 10**5)\n"
        "threading.Thread(target=flood, daemon=True).start()" + WRONG,
        WRONG_ANSWER,
    ),
    Attack("prints without end when called", "def scale_to_unit(image):\n    print('x' * 2 * 10**6)\n    return image * 0.0", WRONG_ANSWER),
    Attack("shows itself without end", "class X:\n    def __repr__(self):\n        while True: pass\nX()", NO_END),
    Attack(
        "stays in a handler of signals",
        "import signal\ndef handler(*_):\n    while True: pass\n"
        "signal.signal(signal.SIGALRM, handler)\nsignal.setitimer(signal.ITIMER_REAL, 0.01)\n"
        "while True: pass",
        NO_END,
    ),
    Attack(
        "stays in the collection of garbage",
        "import gc\ndef stay(*_):\n    while True: pass\ngc.callbacks.append(stay)\ngc.collect()",
        NO_END,
    ),
    Attack(
        "stays in a trace function",
        "import sys, time\nsys.setprofile(lambda *_: time.sleep(99))" + WRONG,
        NO_END,
    ),
    Attack(
        "stays in a hook of the shell",
        "import time\nget_ipython().events.register('post_run_cell', lambda *_: time.sleep(99))" + WRONG,
        NO_END,
    ),
    Attack("recurses below Python", "import sys\nsys.setrecursionlimit(10**9)\ndef f(): return [f()]\nf()", "crash|memory|RecursionError|MemoryError"),
    Attack("ends by a signal", "import os, signal\nos.abort()", "crash"),
    Attack("frees what is not its own", "import ctypes\nctypes.CDLL(None).free(ctypes.c_void_p(8))", "crash"),
]  # fmt: skip
