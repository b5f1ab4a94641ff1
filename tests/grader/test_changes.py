"""What a call did to copies of its arguments is done to the arguments themselves."""

import copy
import time
from collections import OrderedDict, namedtuple

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.student.changes import changed, parts, repeat, snapshot
from grader.student.codec import Refused, decode, encode

quick = settings(deadline=None, derandomize=True, max_examples=150)
REFUSED = (
    "the call changed an argument in a way that cannot be repeated: "
    "work on a copy of it"
)


def call_elsewhere(function, *arguments):
    """Call on copies, as the other process does, and send what has changed."""
    copies = decode(encode(arguments))
    before = snapshot(copies)
    function(*copies)
    data = encode(changed(before))
    repeat(arguments, decode(data))
    return decode(data)


Pair = namedtuple("Pair", "left right")


def arguments():
    """Something of everything."""
    return (
        np.arange(6.0).reshape(2, 3),
        [np.zeros(2), np.ones(2), 3, "text"],
        {"a": np.zeros((2, 2), "int8"), "b": [1, [2, Pair(np.ones(1), [5])]]},
        torch.zeros(2, 3, dtype=torch.bfloat16),
        {1, 2},
        OrderedDict(x=[], y=np.float64(1)),
        7,
    )


def fill(array, rows, table, tensor, *_):
    array[0] = np.nan
    rows[1] += 1
    table["a"][1] = 9
    tensor[1] = 3


def fill_inside(array, rows, table, *_):
    table["b"][1][1][0][:] = -1
    table["b"][1][1][1].append(rows[0])


def sort(array, rows, *_):
    rows[:2] = rows[1::-1]


def grow(array, rows, table, *_):
    rows.append({"new": np.full(2, 8), "list": [1]})
    table["c"] = rows[0]
    del table["a"]
    rows.insert(0, table["b"][1])


def empty(array, rows, table, tensor, members, ordered, number):
    rows.clear()
    table.clear()
    members.clear()
    del ordered["x"]


def members(array, rows, table, tensor, members, ordered, number):
    members |= {3, (4, "five")}
    members.discard(1)
    ordered["z"] = ordered["x"]


def reshape(array, rows, table, tensor, *_):
    array.resize((3, 2), refcheck=False)
    array[2, 1] = 100
    tensor.resize_(6)
    tensor += 1


def wants_gradient(array, rows, table, tensor, *_):
    tensor.requires_grad_()


def elements(value) -> list:
    """The values in it, with types and bits, so that two of them can be compared."""
    if isinstance(value, (list, tuple)):
        return [type(value).__name__, *map(elements, value)]
    if isinstance(value, dict):
        return ["dict", *map(elements, value.items())]
    if isinstance(value, (np.ndarray, torch.Tensor, np.generic)):
        return [encode(value)]
    return [value]


CALLS = [fill, fill_inside, sort, grow, empty, members, reshape, wants_gradient]


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.__name__)
def test_a_call_elsewhere_does_what_a_call_here_does(call):
    here, there = arguments(), arguments()
    own = {id(part): n for n, part in enumerate(parts(there))}
    expected = {id(part): n for n, part in enumerate(parts(here))}
    kept, kept_here = list(parts(there)), list(parts(here))  # so that ids stay theirs
    assert call_elsewhere(call, *there)
    call(*here)
    assert elements(there) == elements(here)
    # what was there before is the same object, wherever it is now
    assert [own.get(id(part)) for part in parts(there)] == [
        expected.get(id(part)) for part in parts(here)
    ]
    # what is no longer among the arguments has changed too
    assert elements(kept) == elements(kept_here)


def test_a_call_that_changes_nothing_sends_nothing():
    def look(array, rows, table, tensor, members, ordered, number):
        rows[0] = rows[0]
        array += 0
        members.add(1)
        rows.sort(key=lambda _: 0)
        return [array + 1, sum(members), table | {"z": 1}]

    given = arguments()
    assert call_elsewhere(look, *given) == []
    assert elements(given) == elements(arguments())


def test_an_array_that_holds_nan_has_not_changed_by_that():
    assert call_elsewhere(lambda array: array.sum(), np.array([np.nan, -0.0])) == []


def test_minus_zero_is_a_change():
    array = np.zeros(2)
    assert call_elsewhere(lambda array: np.negative(array, out=array), array)
    assert np.signbit(array).all()


def test_only_what_changed_is_sent():
    def call(rows):
        rows[1][0] = 5

    rows = [np.zeros(2), np.zeros(2), np.zeros(2)]
    ((number, told),) = call_elsewhere(call, rows)
    assert number == 3  # 0 is the tuple of arguments, 1 the list, 2 its first array
    assert told.tolist() == [5, 0]


def test_a_window_on_an_array_is_filled():
    base = np.zeros((4, 4))

    def call(window):
        window[:] = [[1, 2], [3, 4]]

    call_elsewhere(call, base[::2, 3:1:-1])
    assert base[::2].tolist() == [[0, 0, 2, 1], [0, 0, 4, 3]]


def test_a_matrix_and_an_array_in_other_order_are_filled():
    matrix = np.zeros((2, 2)).view(np.matrix)
    fortran = np.asfortranarray(np.zeros((2, 3), ">f4"))

    def call(matrix, fortran):
        matrix[0, 1] = fortran[1, 2] = 5

    call_elsewhere(call, matrix, fortran)
    assert matrix.tolist() == [[0, 5], [0, 0]]
    assert fortran.tolist() == [[0, 0, 0], [0, 0, 5]]
    assert fortran.flags.f_contiguous


def test_a_weight_is_filled_without_a_gradient_of_it():
    weight = torch.nn.Parameter(torch.zeros(2))

    def call(weight):
        with torch.no_grad():
            weight += 1

    call_elsewhere(call, weight)
    assert weight.tolist() == [1, 1]
    assert weight.is_leaf
    assert type(weight) is torch.nn.Parameter


@pytest.mark.parametrize(
    ("given", "call"),
    [
        (np.broadcast_to(0.0, 3), lambda array: array.fill(1)),
        (np.zeros(3), lambda array: array.resize(4, refcheck=False)),
        (np.zeros(4)[::2], lambda array: array.resize((2, 1), refcheck=False)),
        (torch.zeros(3), lambda tensor: setattr(tensor, "data", torch.ones(4))),
        (torch.zeros(3), lambda tensor: setattr(tensor, "data", tensor.half())),
        (torch.ones(1, requires_grad=True) * 1, lambda t: t.requires_grad_(False)),
    ],
    ids=["read-only", "longer", "no memory", "longer tensor", "dtype", "not a leaf"],
)
def test_what_cannot_be_repeated_is_refused(given, call):
    with pytest.raises(Refused) as refusal:
        call_elsewhere(call, given)
    assert str(refusal.value) == REFUSED


def test_a_list_put_into_itself_is_refused():
    def call(rows):
        rows.append([rows])

    with pytest.raises(Refused, match="does a list contain itself"):
        call_elsewhere(call, [1])
    rows = [1]
    with pytest.raises(Refused, match="was a list put into itself"):
        repeat((rows,), [(1, [("value", [("part", 1)]), ("part", 1)])])


def test_something_that_cannot_be_sent_is_refused_with_its_name():
    with pytest.raises(Refused, match="a result of type function cannot be graded"):
        call_elsewhere(lambda rows: rows.append(lambda: 0), [1])
    with pytest.raises(Refused, match="MB of numbers"):
        call_elsewhere(lambda array: array.resize(10**7, refcheck=False), np.ones(1))


HOSTILE = [
    None,
    [None],
    [(0,)],
    [(99, [])],
    [(-99, [])],
    [(10**30, [])],
    [("0", [])],
    [(0, [("value", 1)])],  # the tuple of the arguments
    [(1, [1, 2])],
    [(1, np.zeros((3, 2), "f4"))],
    [(1, np.zeros(7))],
    [(1, np.zeros((0, 3)))],
    [(1, torch.zeros(2, 3))],
    [(2, [("part", 99)])],
    [(2, [("part", "x")])],
    [(2, [("value",)])],
    [(2, {"a": ("value", 1)}), (2, 5)],
    [(5, [("a", ("value", 1))])],
    [(5, {"a": 1})],
    [(5, {1, 2})],
    [(11, np.zeros((2, 3)))],
    [(11, torch.zeros(2, 3))],
    [(11, torch.zeros(7, dtype=torch.bfloat16))],
    [(12, [1, 2])],
    [(12, {"a": 1})],
]


@pytest.mark.parametrize("changes", HOSTILE, ids=repr)
def test_changes_that_do_not_fit_are_refused(changes):
    with pytest.raises(Refused):
        repeat(arguments(), changes)


def test_lists_that_multiply_are_refused_soon():
    lists = [[0] for _ in range(40)]
    changes = [(n, [("part", n + 1)] * 2) for n in range(1, 40)]
    start = time.process_time()
    with pytest.raises(Refused, match="too large"):
        repeat((*lists,), changes)
    wide = [[0] * 1000, [0]]
    changes = [(1, [("value", 0)] * 100_000), (2, [("part", 1)] * 100_000)]
    with pytest.raises(Refused, match="too large"):
        repeat((*wide,), changes)
    assert time.process_time() - start < 30


def test_keys_of_one_hash_cannot_keep_the_judge_busy():
    # a set told as a list would not have been counted when it was read
    colliding = [k * (2**61 - 1) for k in range(100_000)]
    for number, told in ((12, colliding), (5, [(k, ("value", 0)) for k in colliding])):
        with pytest.raises(Refused):
            repeat(arguments(), [(number, told)])


mentions = st.tuples(
    st.sampled_from(["part", "value"]), st.integers(-3, 16) | st.just([0])
)
told = st.one_of(
    st.lists(mentions | st.integers(), max_size=3),
    st.dictionaries(st.sampled_from("abc"), mentions | st.none(), max_size=3),
    st.sets(st.integers(), max_size=3),
    st.sampled_from([np.zeros((2, 3)), np.zeros(2), np.zeros((2, 2), "int8"), None]),
    st.just(torch.zeros(6, dtype=torch.bfloat16)),
)


@quick
@given(st.lists(st.tuples(st.integers(-2, 16), told), max_size=5))
def test_any_changes_are_made_or_refused(changes):
    given = arguments()
    try:
        repeat(given, changes)
    except Refused:
        return
    encode(given)  # neither endless nor too deep
    copy.deepcopy(given)
