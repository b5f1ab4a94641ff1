"""Answers in place of the loop that answers the judge, and what is left of the shell."""

from tests.grader.hostile.attacks import WRONG, WRONG_ANSWER, Attack, attempt

UNREADABLE = "cannot be read"

# finds the object that answers, and its line to the judge
FOUND = """
import gc, struct, sys
from student import codec
student = next(o for o in gc.get_objects() if type(o).__name__ == 'Student')
def say(answer):
    data = codec.encode(answer)
    student.line.sendall(struct.pack('<Q', len(data)) + data)
"""
RIGHT = "{'value': None, 'printed': '', 'changes': []}"

ATTACKS = [
    Attack("answers before it is asked", FOUND + f"for _ in range(50): say({RIGHT})" + WRONG, "."),
    Attack(
        "answers twice",
        FOUND + f"do = student.do_call\n"
        f"student.do_call = lambda **k: (say({RIGHT}), do(**k))[1]" + WRONG,
        WRONG_ANSWER + "|Stopped",
        harms_itself=True,
    ),
    Attack(
        "says that its cell failed to fail",
        FOUND + "student.do_call = lambda **k: {'value': True, 'passed': True, 'points': 9}" + WRONG,
        WRONG_ANSWER,
        harms_itself=True,
    ),
    Attack(
        "answers with what it was asked",
        FOUND + "student.do_call = lambda **k: {'value': k['args'][0]}" + WRONG,
        WRONG_ANSWER,
        harms_itself=True,
    ),
    Attack(
        "asks the judge to call something",
        FOUND + "student.do_call = lambda **k: {'callback': 0, 'args': (1,), 'kwargs': {}}" + WRONG,
        UNREADABLE,
        harms_itself=True,
    ),
    Attack(
        "claims to return what the judge has lent",
        FOUND + "student.held.hold = lambda value: {'lent': 0}\n"
        "def scale_to_unit(image):\n    return object()",
        "not defined",
        harms_itself=True,
    ),
    Attack(
        "is an object of a number that does not exist",
        FOUND + "student.held.hold = lambda value: {'object': 2**52, 'kinds': ['function'], 'callable': True}" + WRONG,
        "WrongAnswer|Stopped",
        harms_itself=True,
    ),
    Attack(
        "claims an error that is none",
        FOUND + "student.do_call = lambda **k: {'error': {'kinds': ['__class__', 1], 'message': 1, 'inside': np.ones(2)}}" + WRONG,
        WRONG_ANSWER,
        harms_itself=True,
    ),
    Attack(
        "claims names that the tests use",
        FOUND + "run = student.do_run\nnames = ['check', 'np', 'cvlib', 'print', '__builtins__', 'a b', '']\n"
        "student.do_run = lambda **k: run(**k) | {'names': names}\n"
        "check = np = cvlib = lambda *a, **k: None\n" + WRONG,
        WRONG_ANSWER,
        harms_itself=True,
    ),
    Attack(
        "writes outputs that are none",
        FOUND + "run = student.do_run\n"
        "student.do_run = lambda **k: run(**k) | {'outputs': '[{\"output_type\": 5}]'}" + WRONG,
        UNREADABLE,
        harms_itself=True,
    ),
    Attack(
        "replaces the codec",
        "import sys, types\nfake = types.ModuleType('student.codec')\n"
        "fake.encode = fake.decode = lambda *a, **k: b''\n"
        "sys.modules['student.codec'] = fake\nimport student.serve\n"
        "student.serve.codec = fake" + WRONG,
        UNREADABLE,
    ),
    Attack(
        "replaces what the codec is made of",
        "import json, struct\njson.dumps = lambda *a, **k: '[]'\nstruct.pack = lambda *a: b'x' * 8" + WRONG,
        "Stopped",
    ),
    Attack(
        "replaces NumPy's operators",
        "for name in ('subtract', 'absolute', 'less_equal', 'not_equal', 'asarray', 'array'):\n"
        "    setattr(np, name, lambda *a, **k: True)\nnp.ndarray = list" + WRONG,
        "WrongAnswer|Stopped",
        harms_itself=True,
    ),
    Attack(
        "replaces what Python imports and opens with",
        "import builtins\nbuiltins.__import__ = builtins.__build_class__ = builtins.open = "
        "lambda *a, **k: True" + WRONG,
        "WrongAnswer|Stopped|no attribute",
        harms_itself=True,
    ),
    Attack(
        "puts its own cvlib in the place of ours",
        "import sys, types\nours = types.ModuleType('cvlib.grade')\nours.check = lambda *a, **k: None\n"
        "sys.modules['cvlib.grade'] = sys.modules['cvlib'] = ours" + WRONG,
        WRONG_ANSWER,
    ),
    Attack(
        "remembers the cases it was asked",
        "seen = {}\ndef scale_to_unit(image):\n"
        "    return seen.setdefault(image.tobytes(), image * 0.0)",
        WRONG_ANSWER,
    ),
    Attack(
        "looks for the answer where it is asked",
        "import sys\ndef scale_to_unit(image):\n    frame = sys._getframe()\n"
        "    while frame:\n        for value in frame.f_locals.values():\n"
        "            if isinstance(value, np.ndarray) and value.dtype == float and value is not image:\n"
        "                return value\n        frame = frame.f_back\n    return image * 0.0",
        WRONG_ANSWER,
    ),
    # the shell
    Attack("runs a script of the system", "%%bash\necho x > /tmp/x", "not found|Exception|Error"),
    Attack("runs a command of the system", "!id\nfiles = !ls /" + WRONG, "no shell here"),
    Attack("runs a file as a cell", "%run /etc/passwd", "Exception|Error"),
    Attack("loads an extension", "%load_ext sql\n%load_ext autoreload\n%autoreload 2", "ModuleNotFoundError"),
    Attack("writes to the profile of the shell", "%%writefile /tmp/ipython/profile_default/startup/x.py\n1", "FileNotFoundError"),
    Attack("leaves by the shell's own door", "exit()\nquit()" + WRONG, WRONG_ANSWER),
    Attack("speaks to a kernel", attempt("get_ipython().kernel.shell.user_ns"), "AttributeError"),
    Attack("complains in the test", "import sys, warnings\ndef scale_to_unit(image):\n"
           "    warnings.warn('right')\n    print('right', file=sys.stderr)\n    return image * 0.0", WRONG_ANSWER),
    Attack("prints a result in the test", "def scale_to_unit(image):\n    print(1.0)\n    get_ipython().displayhook(1.0)\n"
           "    return image * 0.0", WRONG_ANSWER),
    Attack("deletes what it was asked for", "scale_to_unit = 1\ndel scale_to_unit", "Error"),
    Attack("answers with a name that is none", "globals()['scale_to_unit '] = 1\nglobals()['1'] = globals()[''] = 2", "Error"),
]  # fmt: skip
