"""What a call does to its arguments, told so that another process can do the same.

The caller has arguments, and the process that runs the call has copies of them. Both
number the parts that a call can change, or that can be moved about, in one order: the
containers, arrays and tensors. So a change is the number of a part and what it holds
now, where a part that was there before is mentioned by its number:

    before = snapshot(arguments)          # where the call runs
    function(*arguments)
    repeat(originals, changed(before))    # where the caller is

A list that was sorted is sorted by the caller too, and holds the same arrays.
"""

import sys
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from .budget import DEPTH, PARTS, Refused
from .codec import encode


def snapshot(arguments: Any, *, apart: Iterable[Any] = ()) -> list[tuple[Any, Any]]:
    """Remember what every part of the arguments holds.

    Args:
        arguments: as `decode` returned them, before the call.
        apart: what among them was here already: the caller has no copy of it.

    Returns:
        What `changed` wants to know after the call.

    Example:
        >>> rows = [[3, 4], [1, 2]]
        >>> before = snapshot(rows)
        >>> rows.sort()
        >>> changed(before)
        [(0, [('part', 2), ('part', 1)])]
        >>> theirs = [[3, 4], [1, 2]]
        >>> repeat(theirs, changed(before))
        >>> theirs
        [[1, 2], [3, 4]]
    """
    return [(part, contents(part)) for part in parts(arguments, apart)]


def changed(before: list[tuple[Any, Any]]) -> list[tuple[int, Any]]:
    """What the call has changed, as plain values; nothing is copied.

    Args:
        before: the snapshot from before the call.

    Returns:
        The numbers of the parts that are not what they were, and what they hold now.

    Raises:
        Refused: an array has become one that cannot be sent.
    """
    numbers = {id(part): number for number, (part, _) in enumerate(before)}

    def mention(value: Any) -> tuple[str, Any]:
        number = numbers.get(id(value))
        return ("value", value) if number is None else ("part", number)

    def told(part: Any) -> Any:
        if type(part) is list:
            return [mention(value) for value in part]
        if type(part) is dict:
            return {key: mention(value) for key, value in part.items()}
        return part

    return [
        (number, told(part))
        for number, (part, held) in enumerate(before)
        if not alike(held, contents(part))
    ]


def repeat(arguments: Any, changes: list[tuple[int, Any]]) -> None:
    """Do to the arguments what the call did to its copies of them.

    Every list, dictionary, set, array and tensor stays the object that it is.

    Args:
        arguments: what was sent.
        changes: what `changed` returned there; nothing in it is believed.

    Raises:
        Refused: the changes do not fit the arguments; some may have been made.
    """
    known = list(parts(arguments))
    try:
        for number, told in plain(changes, list):
            put(known[number], told, known)
    except Exception:  # whatever does not fit is the sender's doing
        raise Refused(
            "the call changed an argument in a way that cannot be repeated: "
            "work on a copy of it"
        ) from None
    for _ in parts(arguments):  # a list may have been put into itself
        pass


def parts(arguments: Any, apart: Iterable[Any] = ()) -> Iterator[Any]:
    """The containers, arrays and tensors, outermost first, without those `apart`.

    Raises:
        Refused: they are too many, or nested too deep.
    """
    waiting, count = [(arguments, 0)], 0
    others = {id(thing) for thing in apart}
    while waiting:
        part, depth = waiting.pop()
        if id(part) in others:
            continue
        if isinstance(part, (list, tuple)):
            inside = part
        elif isinstance(part, dict):
            inside = part.values()
        elif isinstance(part, (set, np.ndarray)) or is_tensor(part):
            inside = ()
        else:
            continue
        count += 1 + len(inside)
        if depth > DEPTH or count > PARTS:
            raise Refused(
                "the call left arguments that are too large or nested too deep; "
                "was a list put into itself?"
            )
        yield part
        waiting += [(value, depth + 1) for value in reversed(inside)]


def is_tensor(value: Any) -> bool:
    """Whether this is one of torch's, which need not have been imported."""
    torch = sys.modules.get("torch")
    real = hasattr(torch, "__version__")  # and not a stand-in (`policy`)
    return real and isinstance(value, torch.Tensor)


def contents(part: Any) -> list[Any] | bytes:
    """What a part holds: the very objects, or the bits."""
    if isinstance(part, dict):
        return [*part.keys(), *part.values()]
    if isinstance(part, (list, tuple, set)):
        return list(part)
    return encode(part)


def alike(a: list[Any] | bytes, b: list[Any] | bytes) -> bool:
    """The same objects in the same order, or the same bits; no object is asked."""
    if isinstance(a, bytes):
        return a == b
    return len(a) == len(b) and all(x is y for x, y in zip(a, b, strict=True))


def put(part: Any, told: Any, known: list[Any]) -> None:
    """Make one part hold what it is told to."""

    def meant(mention: tuple[str, Any]) -> Any:
        kind, value = plain(mention, tuple)
        return known[value] if kind == "part" else value

    if isinstance(part, list):
        part[:] = [meant(mention) for mention in plain(told, list)]
    # what is hashed must have been hashed by `decode`, which counts it
    elif isinstance(part, dict) and isinstance(told, dict):
        pairs = {key: meant(mention) for key, mention in told.items()}
        part.clear()
        part.update(pairs)
    elif isinstance(part, set) and isinstance(told, set):
        part.clear()
        part.update(told)
    elif isinstance(part, np.ndarray):
        put_array(part, plain(told, np.ndarray))
    elif is_tensor(part):
        put_tensor(part, told)
    else:
        raise TypeError("not what this part can hold")


def plain(told: Any, kind: type) -> Any:
    """What is told, if it is of that very class: a proxy would be asked again."""
    if type(told) is not kind:
        raise TypeError("not what was to be told")
    return told


def put_array(array: np.ndarray, told: np.ndarray) -> None:
    """The same in an array. Its memory stays where it is: others may look at it too."""
    if array.dtype != told.dtype or array.size != told.size:
        raise ValueError("not the same memory")
    if array.shape != told.shape:
        array.resize(told.shape, refcheck=False)
    array[...] = told


def put_tensor(tensor: Any, told: Any) -> None:
    """The same in a tensor."""
    import torch

    plain(told, torch.Tensor)
    if tensor.dtype != told.dtype or tensor.numel() != told.numel():
        raise ValueError("not the same memory")
    with torch.no_grad():
        tensor.requires_grad_(told.requires_grad)
        if tensor.shape != told.shape:
            tensor.resize_(told.shape)
        tensor.copy_(told)
        if tensor.grad is not None and told.grad is not None:
            tensor.grad.copy_(told.grad)  # others may look at it too
        elif tensor.is_leaf:
            tensor.grad = told.grad
