"""A learner's functions, classes and modules can be used like the real thing."""

import copy
import json
import struct
import subprocess
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest
import torch
from nbgrader.utils import determine_grade

from cvlib.grade.run import Elsewhere
from grader import assignments, wrong
from grader.execute import Judge, policy_of
from grader.sandbox import Limits, Policy
from grader.session import Proxy, Sandbox, kinds
from grader.student import codec

NETS = Path(__file__).parent / "nets"
TORCH = Policy(("numpy", "torch"))


@pytest.fixture(scope="module")
def sandbox(bubblewrap):
    sandbox = Sandbox(Limits(cell_seconds=10))
    yield sandbox
    sandbox.close()


@pytest.fixture
def session(sandbox):
    session = sandbox.session(TORCH)
    yield session
    session.end()


@pytest.fixture
def define(session):
    """Run a cell, and give what it calls `it`."""

    def define(source):
        assert session.run(source) == []
        return session.find("it")

    return define


NET = """
import torch
from torch import nn

class it(nn.Module):
    def __init__(self, width=4):
        super().__init__()
        self.fc = nn.Linear(3, width)
        self.norm = nn.BatchNorm1d(width)
        self.drop = nn.Dropout(0.5)
        self.sizes = [3, width]

    def forward(self, x):
        return self.drop(self.norm(self.fc(x)))

    def grow(self, by, *, times=1):
        self.sizes.append(by * times)
        return self
"""


@pytest.fixture
def net(define):
    return define(NET)(width=2)


# --- a module of torch


def test_an_object_has_its_data(net):
    assert net.training is True
    assert net.sizes == [3, 2]
    assert net.fc.in_features == 3
    assert type(net.fc.weight) is torch.Tensor
    assert net.fc.weight.shape == (2, 3)
    assert net.fc.weight.requires_grad


def test_eval_and_train_reach_every_part(net):
    net.eval()
    assert [net.training, net.drop.training] == [False, False]
    x = torch.randn(4, 3)
    assert torch.equal(net(x), net(x))
    net.train()
    assert net.norm.training is True
    assert not torch.equal(net(torch.ones(50, 3)), net(torch.ones(50, 3)))


def test_state_goes_there_and_back(net):
    state = net.state_dict()
    assert list(state)[:3] == ["fc.weight", "fc.bias", "norm.weight"]
    ones = {name: torch.ones_like(value) for name, value in state.items()}
    assert net.load_state_dict(ones) == ([], [])
    assert torch.equal(net.fc.weight, torch.ones(2, 3))
    assert torch.equal(net.eval().fc(torch.ones(1, 3)), torch.full((1, 2), 4.0))


def test_a_state_that_does_not_fit_is_the_error_it_is_there(net):
    with pytest.raises(RuntimeError, match=r"Missing key\(s\) in state_dict"):
        net.load_state_dict({})


def test_generators_are_walked_over_as_at_home(net):
    assert sum(p.numel() for p in net.parameters()) == 12
    assert "fc.weight" in dict(net.named_parameters())
    names = [name for name, _ in net.named_modules()]
    assert names == ["", "fc", "norm", "drop"]
    pairs = zip(net.children(), "abc", strict=True)
    assert [(kinds(child)[0], letter) for child, letter in pairs] == [
        ("Linear", "a"), ("BatchNorm1d", "b"), ("Dropout", "c"),
    ]  # fmt: skip
    assert list(net.state_dict().keys()) == list(net.state_dict())


def test_methods_take_names_and_give_the_object_itself(net):
    assert net.grow(2, times=3) is net
    assert net.sizes == [3, 2, 6]


def test_attributes_can_be_set(net):
    net.sizes = [1]
    net.drop.p = 0.0
    assert (net.sizes, net.drop.p) == ([1], 0.0)
    with pytest.raises(AttributeError, match="_modules of a learner's object cannot"):
        net._modules = {}


def test_what_is_not_there_is_not_there(net):
    assert not hasattr(net, "missing")
    assert getattr(net, "missing", 5) == 5
    with pytest.raises(AttributeError, match="_modules of a learner's object cannot"):
        _ = net._modules


def test_kinds_are_told_where_isinstance_cannot_be(net):
    assert not isinstance(net, torch.nn.Module)
    assert "Module" in kinds(net)
    assert "Module" in kinds(torch.nn.Linear(1, 1))
    assert repr(net) == "<it of the learner's>"
    assert str(net).startswith("it(\n  (fc): Linear(")


def test_a_copy_is_made_there(net):
    other = copy.deepcopy(net)
    net.sizes = []
    assert other.sizes == [3, 2]


def test_an_object_can_be_given_back(define):
    it = define(
        f"{NET}\ndef train(net, batches):\n"
        "    net.sizes.append(sum(len(b) for b in batches)); return net"
    )
    net = it()
    train = net._far.session.find("train")
    assert train(net, [torch.ones(2), torch.ones(3)]) is net
    assert net.sizes == [3, 4, 5]


def test_a_class_can_be_given_to_a_function(define):
    fit = define("class Model:\n    rate = 3\ndef it(kind): return kind().rate")
    assert fit(fit._far.session.find("Model")) == 3


def test_an_argument_that_was_there_already_is_not_copied_back(define):
    it = define(
        "import numpy as np\nkept = [print, np.array([None])]\n"
        "def it(kept, rows):\n    kept.append(7); rows.append(5)"
    )
    kept, rows = it._far.session.find("kept"), [1]
    it(kept, rows)
    assert rows == [1, 5]
    assert (len(kept), kept[2]) == (3, 7)


def test_a_gradient_travels_with_its_tensor(define):
    it = define(
        NET + "\n    def learn(self, x):\n        self.fc(x).sum().backward()"
        "\n    def forget(self, weights):\n        for w in weights: w.grad.zero_()"
        "\n    def skip(self, weights):\n        for w in weights: w.grad = None"
    )
    net = it()
    assert net.fc.weight.grad is None
    net.learn(torch.ones(5, 3))
    assert torch.equal(net.fc.weight.grad, torch.full((4, 3), 5.0))
    weight = torch.ones(2, requires_grad=True)
    weight.grad = gradient = torch.ones(2)
    net.forget([weight])
    assert gradient.tolist() == [0, 0]
    net.skip([weight])
    assert weight.grad is None


# --- other objects


def test_containers_of_the_learners_are_used_as_such(define):
    bag = define(
        "class Bag:\n"
        "    def __init__(self): self.held = {}\n"
        "    def __len__(self): return len(self.held)\n"
        "    def __getitem__(self, k): return self.held[k]\n"
        "    def __setitem__(self, k, v): self.held[k] = v\n"
        "    def __iter__(self): return iter(self.held)\n"
        "it = Bag()"
    )
    assert not bag
    bag["a"], bag["b"] = 1, [2]
    assert (len(bag), bag["b"], list(bag), "a" in bag, bool(bag)) == (
        2, [2], ["a", "b"], True, True,
    )  # fmt: skip
    with pytest.raises(KeyError):
        bag["c"]


def test_a_generator_gives_one_value_at_a_time(define):
    numbers = define("import itertools\nit = itertools.count()")
    assert [next(numbers), next(numbers)] == [0, 1]
    assert list(zip("ab", numbers, strict=False)) == [("a", 2), ("b", 3)]


def test_a_walk_without_end_ends(define):
    with pytest.raises(Elsewhere, match=r"more than 10,000 values, or too large"):
        list(define("import itertools\nit = itertools.count()"))
    with pytest.raises(Elsewhere, match=r"more than 10,000 values, or too large"):
        list(
            define("import numpy as np\nit = (np.ones(7 * 10**6) for _ in [0] * 10**6)")
        )


def test_an_object_is_not_asked_whether_it_is_right(define):
    it = define(
        "class Liar:\n"
        "    def __eq__(self, other): return True\n"
        "    __add__ = __sub__ = __rsub__ = __abs__ = __float__ = lambda *_: 0.0\n"
        "    __array__ = lambda *_, **__: 0 / 0\n"
        "it = Liar()"
    )
    assert it != 4
    assert np.float64(4) != it
    for judge in (lambda: abs(it - 4), lambda: float(it), lambda: 4 + it):
        with pytest.raises(TypeError):
            judge()
    with pytest.raises(TypeError, match="does not support ufuncs"):
        np.subtract(it, 4)


def test_errors_can_be_caught_by_their_own_class(define):
    it = define("def it(x):\n    raise IndexError('too far')")
    with pytest.raises(LookupError, match="too far") as caught:
        it(1)
    assert type(caught.value).__name__ == "IndexError"
    assert isinstance(caught.value, Elsewhere)


def test_functions_inside_a_list_can_be_called(define):
    double, more = define("it = [lambda x: 2 * x, {'add': lambda x: x + 1}]")
    assert double(4) == 8
    assert more["add"](4) == 5


# --- functions of ours


GRADIENT = """
def it(f, x, eps=1e-5):
    return (f(x + eps) - f(x - eps)) / (2 * eps)
"""


def test_a_function_can_be_lent(define):
    it = define(GRADIENT)
    x = np.linspace(0, 1, 5)
    np.testing.assert_allclose(it(np.sin, x), np.cos(x), rtol=1e-8)
    assert it(lambda v: 3 * v, 0.5) == pytest.approx(3)


def test_a_function_that_was_lent_comes_back_as_itself(define):
    choose = define("def it(functions):\n    functions.reverse(); return functions[0]")
    functions = [np.sin, np.cos]
    assert choose(functions) is np.cos
    assert functions == [np.cos, np.sin]


def test_an_error_of_a_lent_function_is_raised_where_it_was_called(define):
    it = define("def it(f):\n    try: f()\n    except KeyError as e: return e.args[0]")
    assert it(lambda: {}["key"]) == "'key'"


def test_a_lent_function_is_for_one_call(define):
    it = define("kept = []\ndef it(f=None):\n    kept.append(f)\n    return kept[0](1)")
    assert it(np.negative) == -1
    with pytest.raises(ReferenceError, match="negative was lent for one call, which"):
        it()


def test_a_lent_function_does_not_pretend_to_have_a_gradient(define):
    it = define(
        "import torch\ndef it(f, wanted):\n    x = torch.ones(2, requires_grad=True)\n"
        "    with torch.set_grad_enabled(wanted): return f(x)"
    )
    assert it(torch.sum, False) == 2
    assert not it(torch.sum, False).requires_grad
    with pytest.raises(RuntimeError, match="called where no gradient comes back from"):
        it(torch.sum, True)


def test_a_lent_function_cannot_use_the_learners_things(define):
    it = define("def it(f): return f(lambda: 1)")
    with pytest.raises(RuntimeError, match="lent cannot use the learner's things"):
        it(lambda g: g())


def test_a_cell_that_is_left_midway_leaves_no_confusion(define, session):
    it = define("def it(f, x):\n    f(x)\n    return x")

    def leave(x):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        it(leave, 1)
    assert it(abs, 5) == 5


@pytest.mark.parametrize(
    ("argument", "sentence"),
    [
        (torch.nn.Linear(1, 1), "torch module of the judge's .Linear. cannot be given"),
        (int, "int cannot be given to a learner's code: give plain data, a function"),
        (object(), "object cannot be given to a learner's code"),
    ],
    ids=["module", "class", "object"],
)
def test_other_things_of_ours_cannot_be_given(define, argument, sentence):
    it = define("def it(x): return 1")
    with pytest.raises(Elsewhere, match=sentence):
        it([argument])
    assert it(5) == 1


def test_objects_of_a_process_that_ended_are_gone(define, session):
    make = define("class it:\n    a = 1\ndef leave():\n    import os\n    os._exit(0)")
    old = make()
    with pytest.raises(Elsewhere, match="ended Python itself"):
        session.find("leave")()
    assert make().a == 1  # by its name it is found again
    for use in (lambda: old.a, lambda: make(old)):
        with pytest.raises(ReferenceError, match="gone: the process in which it lived"):
            use()


def test_what_never_ends_is_not_called_a_second_time(sandbox):
    session = sandbox.session(Policy())
    session.limits = Limits(cell_seconds=0.5)
    session.run("class it:\n    def run(self):\n        while True: pass\ng = abs")
    it = session.find("it")
    with pytest.raises(Elsewhere, match="did not finish"):
        it().run()
    assert session.find("g")(-1) == 1
    life = session.life
    with pytest.raises(Elsewhere, match="did not finish"):
        it()
    assert session.life == life
    session.end()


# --- a student that answers as it likes

FORGE = """
from student import serve
answers = {answers!r}
serve.Student.written = lambda *_: answers.pop(0)
"""
RAN = codec.encode({"outputs": "[]", "names": []})


def forge(session, *answers):
    """From the next question on, the student answers with these bytes."""
    session.run(FORGE.format(answers=[RAN, *answers]))


def forged(**answer):
    """An answer as a header and bytes, with `held` nodes where told."""

    def node(value):
        if isinstance(value, Told):
            return ["held", node(value.facts)]
        if isinstance(value, dict):
            flat = [node(part) for pair in value.items() for part in pair]
            return ["dict", *flat]
        if isinstance(value, list):
            return ["list", *map(node, value)]
        if isinstance(value, tuple):
            return ["tuple", *map(node, value)]
        if isinstance(value, str):
            raw.append(value.encode())
            return ["str", len(raw[-1])]
        return value

    raw = []
    header = json.dumps(node(answer)).encode()
    return struct.pack("<Q", len(header)) + header + b"".join(raw)


class Told:
    def __init__(self, facts):
        self.facts = facts


def fact(**changes):
    return Told({"object": 0, "kinds": ["Net"], "callable": True} | changes)


NESTED = 1
for _ in range(60):
    NESTED = [NESTED]

GARBAGE = {
    "nothing": forged(),
    "no dictionary": codec.encode([1]),
    "no number": forged(value=fact(object="0")),
    "a huge number": forged(value=fact(object=2**60)),
    "a negative number": forged(value=fact(object=-1)),
    "true for a number": forged(value=fact(object=True)),
    "no kinds": forged(value=fact(kinds=None)),
    "kinds that are numbers": forged(value=fact(kinds=[1])),
    "no facts": forged(value=Told(1)),
    "held inside held": forged(value=Told(fact())),
    "something lent that was not": forged(value=Told({"lent": 0})),
    "something lent without a number": forged(value=Told({"lent": [1]})),
    "a callback that was not lent": forged(callback=0, args=(), kwargs={}),
    "a callback by name": forged(callback="eval", args=("1",), kwargs={}),
    "a callback without arguments": forged(callback=0),
    "a key that is held": forged(value={fact(): 1}),
    "nested deep": forged(value=NESTED),
    "damaged bytes": b"\0" * 30,
}


@pytest.mark.parametrize("data", GARBAGE.values(), ids=GARBAGE)
def test_an_answer_that_cannot_be_read_ends_the_student_and_no_more(session, data):
    session.run("def it(x=0): return x")
    it = session.find("it")
    forge(session, data)
    with pytest.raises(Elsewhere, match="answered in a way that cannot be read"):
        it()
    assert session.notes[-1].reason == "garbage"


@pytest.mark.parametrize(
    "answer",
    [
        {"outputs": [{}], "names": []},
        {"outputs": "[", "names": []},
        {"outputs": "[5]", "names": []},
        {"outputs": "5", "names": []},
        {"outputs": "[" * 10_000, "names": []},
        {"outputs": '[{"output_type": "stream"}]', "names": []},
        {"outputs": "[]", "names": 3},
        {"outputs": "[]"},
    ],
    ids=lambda answer: str(answer)[:40],
)
def test_outputs_that_are_none_end_the_student(session, answer):
    shown = session.run(FORGE.format(answers=[codec.encode(answer)]))
    assert [output["ename"] for output in shown] == ["Stopped"]
    assert session.notes[-1].reason == "garbage"


HARMLESS = {
    "an error that is odd": {"error": {"kinds": ["\0", 5, "a b"], "message": 7}},
    "an error of arrays": {
        "error": {"kinds": ["E"], "inside": np.ones(2), "library": np.ones(2)}
    },
    "an error named after ours": {"error": {"kinds": ["SystemExit", "Elsewhere"]}},
    "changes of another call": {"value": 1, "changes": [(5, [1])]},
    "changes that are none": {"value": 1, "changes": 7},
    "a refusal": {"refused": "no"},
}


@pytest.mark.parametrize("answer", HARMLESS.values(), ids=HARMLESS)
def test_an_answer_that_is_odd_is_an_error_of_the_learners(session, answer):
    session.run("def it(x=0): return x")
    it = session.find("it")
    written = codec.encode(answer)
    forge(session, written)
    with pytest.raises(Elsewhere):
        it([1])


def test_a_change_is_not_asked_for_a_second_time(session):
    session.run("def it(x=0): return x")
    it = session.find("it")
    forge(session, forged(value=1, changes=[(2, fact())]))
    with pytest.raises(Elsewhere, match="in a way that cannot be repeated"):
        it([1])
    assert session.line is not None  # or the forged answers would have run out


def test_a_length_that_is_none_is_no_length(session):
    session.run("it = iter([1])")
    it = session.find("it")
    written = codec.encode({"value": "many"})
    forge(session, written)
    with pytest.raises(Elsewhere, match="answered in a way that cannot be read"):
        len(it)


def test_functions_cannot_be_asked_for_without_end(sandbox):
    session = sandbox.session(Policy())
    session.limits = Limits(cell_seconds=0.5)
    session.run("def it(f):\n    while True: f(1)")
    with pytest.raises(Elsewhere, match="did not finish"):
        session.find("it")(abs)
    session.end()


CLAIM = """
import sys
from grader.sandbox import Policy
from grader.session import Sandbox
sandbox = Sandbox()
session = sandbox.session(Policy())
session.run({forged!r})
try:
    session.find("x")
except Exception as stop:
    print(stop, "torch" in sys.modules)
sandbox.close()
"""


def test_torch_is_not_imported_for_a_student_who_has_none(bubblewrap):
    forged = FORGE.format(answers=[RAN, codec.encode({"value": torch.ones(2)})])
    done = subprocess.run(
        [sys.executable, "-c", CLAIM.format(forged=forged)],
        cwd=NETS.parents[2],
        capture_output=True,
        text=True,
    )
    wanted = "Your code answered in a way that cannot be read. False\n"
    assert (done.stdout, done.stderr) == (wanted, "")


# --- what a notebook brings


def notebook(*cells):
    made = nbformat.v4.new_notebook()
    for source, role in cells:
        cell = nbformat.v4.new_code_cell(source)
        if role:
            cell.metadata.nbgrader = assignments.nbgrader_metadata("x", role)
        made.cells.append(cell)
    return made


@pytest.mark.parametrize(
    ("cells", "imports"),
    [
        ([], ("numpy",)),
        ([("%matplotlib inline\nimport torch.nn as nn", "setup")], ("numpy", "torch")),
        ([("from torch import nn\nimport jax", "check")], ("numpy", "torch", "jax")),
        ([("import torch", "solution"), ("import torch", "")], ("numpy",)),
        ([("import torch", "test")], ("numpy",)),
        ([("import cvlib, os, nbgrader", "setup")], ("numpy",)),
        ([("import torch oops", "setup")], ("numpy",)),
        ([("check('conv_params', 1)", "test"), ("import torch", "setup")],
         ("numpy", "torch")),
    ],
)  # fmt: skip
def test_a_notebook_brings_what_its_locked_cells_import(cells, imports):
    assert policy_of(notebook(*cells)).imports == imports


# --- a whole assignment of networks


@pytest.fixture(scope="module")
def nets():
    """The module of the course, where locked cells and tests find it."""
    sys.path.insert(0, str(NETS))
    import netscheck

    yield netscheck
    sys.path.remove(str(NETS))


@pytest.fixture(scope="module")
def judge(sandbox):
    judge = Judge()
    judge.sandbox = sandbox
    return judge


def graded(judge, nets, answers):
    """Points by exercise, and what is shown, after some answers are replaced."""
    nb = assignments.convert(NETS, "nets", nets.get)
    for cell in nb.cells:
        if cell.id in answers:
            cell.source = answers[cell.id]
    notes = judge.run(nb).notes
    points = {
        cell.id.removesuffix("-test"): determine_grade(cell)[0]
        for cell in nb.cells
        if cell.id.endswith("-test")
    }
    shown = str([cell.outputs for cell in nb.cells if cell.id.endswith("-test")])
    return points, shown, notes


FULL = {"cross_entropy": 2, "Classifier": 2, "step": 2}


def test_right_networks_earn_every_point(judge, nets):
    points, _, notes = graded(judge, nets, {})
    assert points == FULL
    assert notes == []


WRONG = [
    *((name, k) for name in FULL for k in range(3)),
    ("Classifier", 3),
]


@pytest.mark.parametrize(("name", "k"), WRONG)
def test_a_wrong_network_earns_nothing_and_hears_why(judge, nets, name, k):
    mistake = nets.get(name).misconceptions[k]
    source = wrong.source_of(mistake.wrong, name)
    points, shown, _ = graded(judge, nets, {name: source})
    assert points == FULL | {name: 0}
    assert mistake.sentence in shown


@pytest.mark.parametrize("body", ["raise NotImplementedError", "return None", "pass"])
def test_a_starter_earns_nothing(judge, nets, body):
    answers = {name: f"def {name}(*args):\n    {body}" for name in FULL}
    points, _, _ = graded(judge, nets, answers)
    assert set(points.values()) == {0}


def test_every_exercise_has_three_misconceptions(nets):
    assert all(len(e.misconceptions) >= 3 for e in nets.EXERCISES.values())


def test_backward_works_in_a_fork(define):
    it = define(
        "from torch import get_num_threads, nn, randn\ndef it():\n"
        "    parts = nn.Conv2d(1, 8, 3), nn.BatchNorm2d(8), nn.Flatten()\n"
        "    net = nn.Sequential(*parts, nn.LazyLinear(2))\n"
        "    net(randn(16, 1, 28, 28)).square().sum().backward()\n"
        "    return get_num_threads(), net[0].weight.grad.shape"
    )
    assert it() == (1, torch.Size([8, 1, 3, 3]))


def test_a_proxy_of_another_student_is_not_taken(define, sandbox):
    it = define("def it(x): return 1")
    other = Proxy(it._far.__class__(None, 1, 0, "x", ()))
    with pytest.raises(ReferenceError, match="this object is gone"):
        it(other)


def test_questions_of_a_check_travel_together_and_are_not_asked_twice(session):
    session.run("asked = []\ndef f(x):\n    asked.append(x)\n    return 2 * x")
    f = session.find("f")
    calls = [((k,), {}) for k in (1, 2, 1, 3)]
    for _ in range(2):
        prepared = zip(f.ahead(calls), calls, strict=True)
        assert [call(*args) for call, (args, _) in prepared] == [2, 4, 2, 6]
    assert session.find("asked") == [1, 2, 3]


def test_a_cell_makes_old_answers_void(session):
    session.run("n = 1\ndef f(x):\n    return n * x")
    f = session.find("f")
    assert f.ahead([((2,), {})])[0](2) == 2
    session.run("n = 5")
    assert f.ahead([((2,), {})])[0](2) == 10


def test_what_was_asked_ahead_and_never_wanted_costs_nobody_else(session):
    session.run(
        "import time\ndef f(x):\n    time.sleep(60 * x)\n"
        "    raise NotImplementedError\ndef g():\n    return 7"
    )
    f, g = session.find("f"), session.find("g")
    first, _ = f.ahead([((0,), {}), ((1,), {})])
    with pytest.raises(Elsewhere, match=r"^$"):
        first(0)
    assert g() == 7
    assert session.notes == []
