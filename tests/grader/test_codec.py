"""Values cross the wall unchanged, and bytes from the other side do no harm."""

import doctest
import enum
import json
import struct
import subprocess
import sys
import tracemalloc
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.student import budget, codec
from grader.student.codec import Refused, decode, encode

quick = settings(deadline=None, derandomize=True, max_examples=150)
MB = 1_000_000


def identical(a, b) -> bool:
    """The same types throughout, and the same bits."""
    if type(a) is not type(b):
        return False
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(identical, a, b))
    if isinstance(a, dict):
        return identical([*a.items()], [*b.items()])
    if isinstance(a, (set, frozenset)):
        return identical(sorted(a, key=repr), sorted(b, key=repr))
    if isinstance(a, (str, bytes)):
        return a == b
    if isinstance(a, (np.ndarray, np.generic)):
        same_kind = a.dtype == b.dtype and a.dtype.str == b.dtype.str
        return same_kind and a.shape == b.shape and a.tobytes() == b.tobytes()
    if isinstance(a, torch.Tensor):
        flags = a.dtype == b.dtype and a.requires_grad == b.requires_grad
        a, b = a.detach().contiguous(), b.detach().contiguous()
        bits = [t.reshape(-1).view(torch.uint8).tolist() for t in (a, b)]
        return flags and a.shape == b.shape and bits[0] == bits[1]
    if isinstance(a, float):
        return struct.pack("d", a) == struct.pack("d", b)
    if isinstance(a, complex):
        return identical((a.real, a.imag), (b.real, b.imag))
    return a == b


def message(node, raw: bytes = b"") -> bytes:
    """Bytes as somebody might write them who means no good."""
    header = node if isinstance(node, bytes) else json.dumps(node).encode()
    return struct.pack("<Q", len(header)) + header + raw


NAN_WITH_BITS = struct.unpack("<d", bytes.fromhex("010000000000f8ff"))[0]

floats = st.floats(allow_subnormal=True) | st.just(NAN_WITH_BITS)
numbers = st.none() | st.booleans() | st.integers() | floats | st.complex_numbers()
words = st.text(st.characters(exclude_categories=["Cs"])) | st.binary()
dtypes = st.one_of(
    hnp.boolean_dtypes(),
    hnp.integer_dtypes(endianness="?"),
    hnp.unsigned_integer_dtypes(endianness="?"),
    hnp.floating_dtypes(endianness="?", sizes=(16, 32, 64)),
    hnp.complex_number_dtypes(endianness="?", sizes=(64, 128)),
    hnp.byte_string_dtypes(endianness="?"),
    hnp.unicode_string_dtypes(endianness="?"),
    hnp.datetime64_dtypes(endianness="?"),
    hnp.timedelta64_dtypes(endianness="?"),
)
arrays = hnp.arrays(dtypes, hnp.array_shapes(min_dims=0, min_side=0, max_side=3))
scalars = hnp.arrays(dtypes, ()).map(lambda array: array[()])
keys = st.recursive(
    numbers | words, lambda inner: st.lists(inner, max_size=3).map(tuple), max_leaves=4
)
slices = st.builds(slice, st.none() | st.integers(), st.integers(), st.none())
ranges = st.builds(range, st.integers(-9, 9), st.integers(-9, 9), st.integers(1, 3))
leaves = st.one_of(
    numbers, words, arrays, scalars, dtypes, slices, ranges, st.just(...)
)
values = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(keys, inner, max_size=4),
        st.sets(keys, max_size=4),
        st.frozensets(keys, max_size=4),
    ),
    max_leaves=12,
)


@quick
@given(values)
@example([-0.0, float("inf"), -float("inf"), float("nan"), NAN_WITH_BITS, 5e-324])
@example([2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 10**4000, -(256**7)])
@example(["", "\0", "😀", '["list"]', b"", b"\0\xff", np.str_(""), np.bytes_(b"")])
@example({1: "a", "1": "b", (1, "a"): [], None: {}, b"1": (), np.int64(7): 0})
@example(
    [np.float64(0.5), 0.5, np.bool_(True), True, np.int64(1), 1, np.float16("nan")]
)
def test_a_value_arrives_with_every_type_and_bit(value):
    assert identical(decode(encode(value)), value)


@pytest.mark.parametrize("name", sorted(budget.TENSOR_DTYPES))
@pytest.mark.parametrize("shape", [(), (0, 3), (3,), (2, 1, 3)])
def test_a_tensor_arrives_with_every_dtype_and_bit(name, shape):
    dtype = getattr(torch, name)
    tensor = torch.arange(int(np.prod(shape))).reshape(shape).to(dtype)
    assert identical(decode(encode(tensor)), tensor)
    assert identical(decode(encode(tensor.shape)), tensor.shape)
    assert identical(decode(encode(dtype)), dtype)


def test_a_tensor_keeps_that_its_gradient_is_wanted():
    weight = torch.nn.Parameter(torch.ones(2, 3))
    got = decode(encode([weight, weight * 2, weight.detach()]))
    assert [t.requires_grad for t in got] == [True, True, False]
    assert [type(t) for t in got] == [torch.Tensor] * 3
    assert identical(got[0].detach(), weight.detach())


@pytest.mark.parametrize(
    "tensor",
    [
        torch.arange(12).reshape(3, 4).T,
        torch.arange(12)[::5],
        torch.arange(3).expand(4, 3),
        torch.tensor([1 + 2j, 3j]).conj(),
        torch._neg_view(torch.arange(3)),
    ],
    ids=["transposed", "strided", "expanded", "conjugated", "negated"],
)
def test_a_view_of_a_tensor_arrives_as_what_it_shows(tensor):
    got = decode(encode(tensor))
    assert got.is_contiguous()
    assert got.tolist() == tensor.tolist()


def test_an_array_arrives_writable_and_in_order():
    base = np.arange(24.0).reshape(2, 3, 4)
    fixed = base.copy()
    fixed.flags.writeable = False
    views = [base.T, base[:, ::-1, 1:3], np.asfortranarray(base), fixed,
             np.broadcast_to(base[0, 0], (5, 4)), base.astype(">f8")]  # fmt: skip
    for view, got in zip(views, decode(encode(views)), strict=True):
        assert identical(got, np.ascontiguousarray(view))
        assert got.flags.writeable
        assert got.flags.c_contiguous
        assert got.flags.aligned


def test_what_arrives_is_not_a_window_on_the_bytes():
    array, again = np.zeros(3), b""
    data = encode([array, again])
    first = decode(data)
    first[0][:] = 9
    assert decode(data)[0].tolist() == [0, 0, 0]
    tensor = decode(encode(torch.zeros(3)))
    tensor += 1
    assert tensor.tolist() == [1, 1, 1]


def test_a_long_double_arrives_as_a_double():
    long = [np.longdouble("0.1"), np.ones(2, np.longdouble), np.ones(2, np.clongdouble)]
    double = [np.float64("0.1"), np.ones(2), np.ones(2, complex)]
    assert identical(decode(encode(long)), double)
    assert decode(encode(np.longdouble("1e999"))) == np.inf


Point = namedtuple("Point", "x y")
Color = enum.IntEnum("Color", "RED GREEN")
Mood = enum.StrEnum("Mood", "HAPPY")


def kinds(base, *arguments):
    """An instance of an honest subclass."""
    return type("Mine", (base,), {})(*arguments)


def reordered() -> OrderedDict:
    made = OrderedDict(a=1, b=2)
    made.move_to_end("a")
    return made


@pytest.mark.parametrize(
    ("value", "arrives"),
    [
        (Point(1, [2]), (1, [2])),
        (reordered(), {"b": 2, "a": 1}),
        (kinds(OrderedDict, {"a": 1}), {"a": 1}),
        (defaultdict(list, {"a": [1]}), {"a": [1]}),
        (Counter("aab"), {"a": 2, "b": 1}),
        (Color.GREEN, 2),
        ({Color.RED: Mood.HAPPY}, {1: "happy"}),
        (kinds(list, [1]), [1]),
        (kinds(tuple, [1]), (1,)),
        (kinds(set, [1]), {1}),
        (kinds(frozenset, [1]), frozenset({1})),
        (kinds(str, "é"), "é"),
        (kinds(bytes, b"x"), b"x"),
        (kinds(int, 2**70), 2**70),
        (kinds(float, 0.5), 0.5),
        (kinds(complex, 1j), 1j),
        (kinds(np.float64, 0.5), np.float64(0.5)),
        (kinds(np.str_, "x"), np.str_("x")),
        (np.arange(4).view(type(kinds(np.ndarray, 0))), np.arange(4)),
        (np.ma.array([1.0, 2.0], mask=[0, 1]), np.array([1.0, 2.0])),
        (np.ones((1, 2)).view(np.matrix), np.ones((1, 2))),
        (np.longlong(3), np.int64(3)),
        (torch.arange(3).as_subclass(type("Mine", (torch.Tensor,), {})),
         torch.arange(3)),
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_a_subclass_arrives_as_its_base(value, arrives):
    assert identical(decode(encode(value)), arrives)


# --- objects that lie

ASKED = []


def lie(self, *_, **__):
    ASKED.append(type(self).__name__)
    raise RuntimeError("the codec asked a learner's object something")


METHODS = """
    __getattribute__ __eq__ __ne__ __lt__ __hash__ __len__ __iter__ __getitem__
    __contains__ __bool__ __int__ __index__ __float__ __complex__ __str__ __repr__
    __format__ __bytes__ __reduce__ __reduce_ex__ __getstate__ __copy__ __deepcopy__
    __array__ __array_function__ __array_ufunc__ __array_wrap__ __torch_function__
    __pos__ __add__ __missing__ __reversed__ __sizeof__ __dir__ __buffer__ items keys
    values encode view tobytes to_bytes bit_length copy detach cpu contiguous numpy
    reshape tolist
"""
ATTRIBUTES = """
    __class__ __dict__ __array_interface__ __array_struct__ __array_priority__ dtype
    shape itemsize ndim data strides flags base real imag requires_grad device layout
"""
LIES = {name: lie for name in METHODS.split()}
LIES |= {name: property(lie) for name in ATTRIBUTES.split()}


class LyingType(type):
    """The class of such classes: ask it what it is, and it lies too."""

    __eq__ = __getattribute__ = __instancecheck__ = __subclasscheck__ = lie
    __mro__ = __name__ = __module__ = property(lie)

    def __hash__(cls):
        return lie(cls)


def liar(base, *arguments, meta=LyingType):
    """An object that has been asked nothing since it began to lie."""
    if type(base) is not type:
        meta = type("Meta", (meta, type(base)), {})
    kind = type.__new__(meta, "Liar", (base,), LIES)
    if base.__itemsize__:  # its numbers lie in the object, which cannot change class
        return base.__new__(kind, *arguments)
    value = type("Innocent", (base,), {})(*arguments)
    object.__setattr__(value, "__class__", kind)
    return value


class Plain:
    """A base with nothing in it."""


LIARS = [
    (int, 2**70),
    (float, 0.5),
    (complex, 1j),
    (str, "text"),
    (bytes, b"raw"),
    (list, [1]),
    (tuple, (1, 2)),
    (dict, {1: 2}),
    (OrderedDict, {}),
    (set, {1}),
    (frozenset, frozenset({1})),
    (np.str_, "text"),
    (np.ndarray, np.array([97, 98], "u1")),
    (torch.Tensor, torch.ones(2)),
]


@pytest.mark.parametrize(("base", "truth"), LIARS, ids=[b.__name__ for b, _ in LIARS])
def test_an_object_that_lies_is_not_asked(base, truth):
    given = ((2,), "u1", b"ab") if base is np.ndarray else (truth,)
    value = liar(base, *given)
    truth = np.str_(truth) if base is np.str_ else truth
    ASKED.clear()
    data = encode([value, {"k": (value,)}])
    assert ASKED == []
    assert identical(decode(data), [truth, {"k": (truth,)}])


@pytest.mark.parametrize("base", [np.float64, np.int32])
def test_a_number_of_numpy_that_lies_is_not_asked_but_perhaps_its_class(base):
    value, worse = liar(base, 5, meta=type), liar(base, 5)
    ASKED.clear()
    assert identical(decode(encode(value)), base(5))
    assert ASKED == []
    with pytest.raises(Refused, match="the result cannot be read: reading it ended in"):
        encode(worse)


def test_a_liar_of_no_known_kind_is_refused_unasked():
    value = liar(Plain)
    ASKED.clear()
    with pytest.raises(Refused, match="a result of type Liar cannot be graded"):
        encode(value)
    assert ASKED == []


# --- what is refused


def cyclic() -> list:
    made = [1]
    made.append({"again": made})
    return made


def doubling() -> list:
    made = [1]
    for _ in range(40):
        made = [made, made]
    return made


NOT_A_KIND = (
    "a result of type {} cannot be graded: return numbers, strings, arrays, tensors, "
    "or lists, tuples and dictionaries of them"
)
ODD_TENSOR = (
    "a tensor that is sparse, quantised or without data cannot be graded: "
    "return a dense tensor of numbers"
)
ODD_KEYS = (
    "a dictionary whose keys, or a set whose members, are not numbers, strings or "
    "tuples of them cannot be graded"
)
DEEP = "a result nested more than 50 deep cannot be graded; does a list contain itself?"
PARTS = "the result has more than 500,000 parts; return an array instead of lists"
MANY_KEYS = (
    "dictionaries and sets of more than 10,000 numbers or tuples cannot be graded: "
    "return an array"
)
FIELDS = (
    "an array of dtype [('f0', '<f4'), ('f1', '<i2')] cannot be graded: "
    "return an array of numbers"
)
LARGE = "the result holds {}; at most 64 MB can be graded"
CANNOT = {
    "generator": (lambda: (n for n in "ab"), NOT_A_KIND.format("generator")),
    "function": (lambda: len, NOT_A_KIND.format("builtin_function_or_method")),
    "class": (lambda: int, NOT_A_KIND.format("type")),
    "deque": (lambda: [deque()], NOT_A_KIND.format("deque")),
    "object": (lambda: {"a": Plain()}, NOT_A_KIND.format("Plain")),
    "long name": (type("x" * 99, (), {}), NOT_A_KIND.format("x" * 60)),
    "objects": (lambda: np.array([1, None]), "an array of objects cannot be graded: "
                "make it an array of numbers, np.array(..., dtype=float)"),
    "fields": (lambda: np.zeros(2, "f4,i2"), FIELDS),
    "field": (lambda: np.zeros(2, "f4,i2")[0], FIELDS),
    "void": (lambda: np.zeros(2, "V3"), "an array of dtype |V3 cannot be graded: "
             "return an array of numbers"),
    "sparse": (lambda: torch.eye(2).to_sparse(), ODD_TENSOR),
    "meta": (lambda: torch.empty(2, device="meta"), ODD_TENSOR),
    "dtype": (lambda: torch.quint8, ODD_TENSOR),
    "cycle": (cyclic, DEEP),
    "doubling": (doubling, PARTS),
    "many": (lambda: [0] * 500_001, PARTS),
    "many arrays": (lambda: [np.zeros(1)] * 130_000, PARTS),
    "long int": (lambda: 10**5000, "a whole number of more than 4,200 digits cannot be "
                 "graded: return a float"),
    "surrogate": (lambda: ["\ud800"], "a string with a lone surrogate is no text and "
                  "cannot be graded"),
    "odd key": (lambda: {np.dtype("f4"): 1}, ODD_KEYS),
    "odd member": (lambda: {...}, ODD_KEYS),
    "tensor key": (lambda: {torch.zeros(2): 1}, ODD_KEYS),
    "many keys": (lambda: dict.fromkeys(range(10_001)), MANY_KEYS),
    "large": (lambda: np.broadcast_to(1.0, 10**9), LARGE.format("8.0 GB of numbers")),
    "no axis": (lambda: np.zeros((0, 10**8)), LARGE.format("800.0 MB of numbers")),
    "tensor": (lambda: torch.ones(1).expand(10**9), LARGE.format("4.0 GB of numbers")),
    "in all": (lambda: [np.zeros(5 * MB)] * 2, LARGE.format("80.0 MB of numbers")),
    "text": (lambda: "x" * 65 * MB, LARGE.format("65.0 MB of text")),
    "wide": (lambda: "x" * 20 * MB + "é", LARGE.format("80.0 MB of text")),
}  # fmt: skip


@pytest.mark.parametrize("name", CANNOT)
def test_what_cannot_be_graded_says_why(name):
    make, sentence = CANNOT[name]
    with pytest.raises(Refused) as refusal:
        encode(make())
    assert str(refusal.value) == sentence


def test_a_large_array_is_refused_before_it_is_copied():
    array = np.broadcast_to(1.0, (10_000, 1_000_000))
    tracemalloc.start()
    try:
        with pytest.raises(Refused, match=r"holds 80\.0 GB of numbers"):
            encode([array])
        assert tracemalloc.get_traced_memory()[1] < MB
    finally:
        tracemalloc.stop()


def test_the_limits_just_suffice():
    assert len(decode(encode(np.zeros(8 * MB, "u1"), limit=8 * MB), limit=8 * MB))
    with pytest.raises(Refused):
        encode(np.zeros(8 * MB + 1, "u1"), limit=8 * MB)
    with pytest.raises(Refused):
        decode(encode(np.zeros(8 * MB + 1, "u1")), limit=8 * MB)
    wide = encode("é" + "x" * MB)
    assert len(decode(wide, limit=5 * MB)) == MB + 1
    for data in (wide, encode(b"x" * 5 * MB), encode("x" * 5 * MB)):
        with pytest.raises(Refused):
            decode(data, limit=4 * MB)
    assert len(decode(encode(list(range(499_990))))) == 499_990
    assert len(decode(encode({n: n for n in range(10_000)}))) == 10_000
    assert len(decode(encode({str(n): n for n in range(100_000)}))) == 100_000
    nested = 1
    for _ in range(50):
        nested = [nested]
    assert decode(encode(nested)) == nested


def test_no_message_is_longer_than_announced():
    part = -1.2345678901234567e-300
    few, more = (len(encode([part] * n)) for n in (100, 200))
    assert (more - few) / 100 * budget.PARTS < codec.MESSAGE_BYTES - codec.LIMIT_BYTES


# --- bytes from the other side

BAD = {
    "nothing": b"",
    "half a length": b"\1\0\0",
    "no header": struct.pack("<Q", 10),
    "endless header": struct.pack("<Q", 2**64 - 1) + b"1",
    "header of nothing": message(b""),
    "no JSON": message(b"[1,"),
    "two values": message(b"1 2"),
    "not ASCII": message('"é"'.encode()),
    "a bare string": message("text"),
    "a surrogate": message(b'"\\ud800"'),
    "a raw surrogate": message(["str", 3], b"\xed\xa0\x80"),
    "broken UTF-8": message(["str", 1], b"\xff"),
    "an object": message(b'{"list": 1}'),
    "an object that looks like a node": message(b'{"ellipsis": 1}'),
    "NaN": message(b"NaN"),
    "infinity": message(b"[-Infinity]"),
    "many digits": message(b"9" * 21),
    "more digits": message(b"9" * 4_000_000),
    "deep JSON": message(b"[" * 400_000),
    "many values": message(b"[" + b"0," * 600_000 + b"0]"),
    "many lists": message(b"[" + b"[]," * 2_000_000 + b"0]"),
    "a deep node": message(b'["list",' * 60 + b"1" + b"]" * 60),
    "an empty node": message([]),
    "an unknown kind": message(["object"]),
    "a kind that is a number": message([1]),
    "a kind that is a list": message([["list"]]),
    "too few arguments": message(["array"]),
    "too many arguments": message(["ellipsis", 1]),
    "bytes left over": message(1, b"x"),
    "bytes missing": message(["bytes", 3], b"xx"),
    "negative bytes": message(["bytes", -1], b"x"),
    "a float of bytes": message(["bytes", 1.0], b"x"),
    "a boolean of bytes": message(["bytes", True], b"x"),
    "endless bytes": message(["bytes", 10**18], b"x"),
    "a float of four bytes": message(["float", 4], b"xxxx"),
    "a huge int": message(["int", 2000], b"x" * 2000),
    "objects": message(["array", "|O", 1], b"x" * 8),
    "an object by name": message(["array", "object", 1], b"x" * 8),
    "fields": message(["array", "f4,f4", 1], b"x" * 8),
    "a subarray": message(["array", "(2,)<f4", 1], b"x" * 8),
    "fields as a list": message(["array", [["a", "<f4"]], 1], b"x" * 4),
    "void": message(["array", "|V8", 1], b"x" * 8),
    "a string of no length": message(["array", "<U0", 10**9]),
    "a string of great length": message(["array", "<U999999999", 1]),
    "half a string": message(["array", "<U1", 1], struct.pack("<I", 0xD800)),
    "no character": message(["array", "<U1", 1], struct.pack("<I", 0x110000)),
    "no character, other end": message(["array", ">U1"], struct.pack("<I", 1)),
    "a unit of nothing": message(["array", "<M8[0s]", 1], b"x" * 8),
    "a unit that is none": message(["array", "<M8[q]", 1], b"x" * 8),
    "a newline after the dtype": message(["array", "<f4\n", 1], b"x" * 4),
    "a negative axis": message(["array", "<f4", -1, -1], b"x" * 4),
    "a negative axis and none": message(["array", "<f4", -1, 0]),
    "a fractional axis": message(["array", "<f4", 1.0], b"x" * 4),
    "a boolean axis": message(["array", "<f4", True], b"x" * 4),
    "a large array": message(["array", "<f4", 2**40], b"x" * 4),
    "an array that overflows": message(["array", "<f4", 2**62, 4], b"x" * 4),
    "a large array of nothing": message(["array", "<f4", 0, 2**40]),
    "a hundred axes": message(["array", "|u1", *[1] * 100], b"x"),
    "the same bytes twice": message(["list", *[["bytes", 4]] * 2], b"xxxx"),
    "a scalar with axes": message(["scalar", "<f4", 1], b"x" * 4),
    "a dtype of objects": message(["dtype", "|O"]),
    "a range of floats": message(["range", 0.0, 1.0, 1.0]),
    "a range of no step": message(["range", 0, 1, 0]),
    "a list as key": message(["dict", ["list"], 1]),
    "a tuple of a list as key": message(["dict", ["tuple", ["list"]], 1]),
    "a key alone": message(["dict", 1]),
    "a key twice": message(["dict", 1, 2, True, 3]),
    "a member twice": message(["set", 1, 1.0]),
    "a dtype as member": message(["set", ["dtype", "<f4"]]),
    "colliding keys": message(["set", *[k * (2**61 - 1) for k in range(4)] * 5000]),
    "long colliding keys": message(
        ["set", *[["tuple", ["int", 1700]]] * 100], b"x" * 170_000),
    "a tensor of qints": message(["tensor", "qint8", False, 1], b"x"),
    "a tensor of a module": message(["tensor", "os", False, 1], b"x"),
    "a gradient of integers": message(["tensor", "int8", True, 1], b"x"),
    "a gradient of none": message(["tensor", "float32", None, 1], b"xxxx"),
    "a tensor in a tensor's shape": message(["tensor", "int8", False, ["list"]], b"x"),
    "a large tensor of nothing": message(["tensor", "int8", False, 0, 2**40]),
    "a size of floats": message(["size", 0.5]),
    "a dtype of a module": message(["torch.dtype", "os"]),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bytes_that_are_no_value_are_refused(name):
    tracemalloc.start()
    try:
        with pytest.raises(Refused):
            decode(BAD[name])
        # beside what came: nothing large is made of small bytes
        assert tracemalloc.get_traced_memory()[1] < 8 * MB + 8 * len(BAD[name])
    finally:
        tracemalloc.stop()


def test_a_refusal_of_bytes_is_one_sentence_that_repeats_none_of_them():
    with pytest.raises(Refused) as refusal:
        decode(message(["<script>" * 1000]))
    assert str(refusal.value) == (
        "the result could not be read: its bytes are damaged (KeyError)"
    )


def test_keys_of_one_hash_cannot_keep_the_reader_busy():
    nodes = [["int", 10] for _ in range(20_000)]
    colliding = [k * (2**61 - 1) for k in range(20_000)]
    raw = b"".join(n.to_bytes(10, "little") for n in colliding)
    with pytest.raises(Refused, match="more than 10,000 numbers or tuples"):
        decode(message(["set", *nodes], raw))
    # long numbers take longer to compare, so they count for more
    nodes = [["int", 1700] for _ in range(300)]
    raw = b"".join(n.to_bytes(1700, "little") for n in range(300))
    with pytest.raises(Refused, match="more than 10,000 numbers or tuples"):
        decode(message(["dict", *(x for node in nodes for x in (node, 1))], raw))


def test_a_byte_that_is_no_boolean_becomes_one():
    got = decode(message(["array", "|b1", 3], b"\0\1\7"))
    assert got.view("u1").tolist() == [0, 1, 1]
    got = decode(message(["scalar", "|b1"], b"\7"))
    assert got.tobytes() == b"\1"
    got = decode(message(["tensor", "bool", False, 2], b"\7\0"))
    assert got.view(torch.uint8).tolist() == [1, 0]


PLAIN = {type(None), bool, int, float, complex, str, bytes, list, tuple, dict, set,
         frozenset, slice, range, type(...), np.ndarray, torch.Tensor, torch.Size,
         torch.dtype}  # fmt: skip


def is_plain(value) -> bool:
    """Of a type that can do no harm, all the way down."""
    if isinstance(value, (np.generic, np.dtype)):
        return type(value).__module__.split(".")[0] == "numpy"
    if type(value) not in PLAIN:
        return False
    if isinstance(value, np.ndarray):
        return not value.dtype.hasobject and value.dtype.names is None
    if isinstance(value, dict):
        return all(map(is_plain, [*value.keys(), *value.values()]))
    if isinstance(value, (list, tuple, set, frozenset)):
        return all(map(is_plain, value))
    if isinstance(value, slice):
        return all(map(is_plain, (value.start, value.stop, value.step)))
    return True


def reads_or_refuses(data: bytes) -> None:
    """Decode within bounded memory to something plain, or refuse."""
    tracemalloc.start()
    try:
        assert is_plain(decode(data, limit=MB))
    except Refused:
        pass
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 4 * MB


@settings(quick, max_examples=200)
@given(values, st.data())
def test_a_message_with_wrong_bytes_is_read_or_refused(value, data):
    good = encode(value)
    wrong = bytearray(good)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(wrong)))
        length = data.draw(st.integers(0, 3))
        wrong[at : at + length] = data.draw(st.binary(max_size=3))
    reads_or_refuses(bytes(wrong))
    reads_or_refuses(good[: data.draw(st.integers(0, len(good)))])


KINDS = ["list", "tuple", "set", "frozenset", "dict", "int", "float", "complex", "str",
         "bytes", "slice", "range", "ellipsis", "array", "scalar", "np.str_",
         "np.bytes_", "dtype", "tensor", "gradient", "size", "torch.dtype"]  # fmt: skip
atoms = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 9),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["<f8", "|b1", "|O", "<U1", "|S2", "<M8[s]", "float32", "bool"]),
    st.text(max_size=3),
)
nodes = st.recursive(
    atoms,
    lambda inner: st.tuples(
        st.sampled_from(KINDS) | inner, st.lists(inner, max_size=4)
    ).map(lambda node: [node[0], *node[1]]),
    max_leaves=15,
)


@settings(quick, max_examples=200)
@given(nodes, st.binary(max_size=64))
def test_a_header_of_any_nodes_is_read_or_refused(node, raw):
    reads_or_refuses(message(node, raw))
    reads_or_refuses(message(["list", node, node], raw + raw))


@quick
@given(st.binary(max_size=300))
def test_random_bytes_are_refused(data):
    reads_or_refuses(data)
    reads_or_refuses(message(data))


def test_the_tables_know_the_same_kinds():
    from grader.student.read import READERS

    assert set(KINDS) == set(READERS)
    assert set(READERS) > budget.KEYS


def test_torch_is_not_imported_for_values_without_tensors():
    source = (
        "import sys; from grader.student import changes, codec; import numpy as np;"
        "v = codec.decode(codec.encode([np.ones(2), (1, 'a')])); changes.snapshot(v);"
        "assert 'torch' not in sys.modules;"
        f"t = codec.decode({encode(torch.ones(2))!r}); assert t.sum() == 2"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", source], cwd=root, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()


def test_the_examples_are_true():
    from grader.student import changes

    assert doctest.testmod(codec)[0] == doctest.testmod(changes)[0] == 0
