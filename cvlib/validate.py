"""One sentence for every wrong argument: its name, what is wanted, what came, the fix.

Nothing here imports an array library: NumPy arrays and torch tensors both have a shape
and a dtype, and that is all that is asked of them.
"""

import operator
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Any


class ShapeError(ValueError):
    """An array has the wrong number of axes, or an axis of the wrong length."""


def check_shape(
    name: str, x: Any, spec: str, *, to_match: str | None = None, **sizes: int
) -> tuple[int, ...]:
    """Return the shape of `x` if it is what `spec` says, else raise one sentence.

    Args:
        name: what the caller calls the array.
        x: anything with a shape.
        spec: names or numbers of the axes, `"N C H W"`; a bar between alternatives,
            `"N C H W | C H W"`; a leading `...` for any axes before, `"... 4"`.
        to_match: what the sizes come from, for the sentence: `"boxes (120, 4)"`.
        **sizes: lengths already known, `C=3`.

    Returns:
        The shape, to be unpacked once with its meaning.

    Raises:
        TypeError: `x` has no shape.
        ShapeError: the shape is not one of the alternatives.

    Example:
        >>> import numpy as np
        >>> N, C, H, W = check_shape("x", np.zeros((8, 3, 32, 32)), "N C H W", C=3)
        >>> check_shape("scores", np.zeros((120, 1)), "N", N=120)
        Traceback (most recent call last):
        cvlib.validate.ShapeError: scores must be (120,), got (120, 1); \
did you mean scores[:, 0]?
    """
    if not hasattr(x, "shape"):
        raise TypeError(
            f"{name} must be an array, got {type(x).__name__}; "
            f"did you mean np.array({name}, dtype=float)?"
        )
    shape = tuple(x.shape)
    alternatives = [alternative.split() for alternative in spec.split("|")]
    if any(_fits(shape, axes, sizes) for axes in alternatives):
        return shape
    wanted = " or ".join(_written(axes, sizes) for axes in alternatives)
    match = f" to match {to_match}" if to_match else ""
    hint = next(
        (
            f"; did you mean {expression}?"
            for expression, reshaped in _rearrangements(name, x)
            if any(_fits(reshaped, axes, sizes) for axes in alternatives)
        ),
        "",
    )
    raise ShapeError(f"{name} must be {wanted}{match}, got {shape}{hint}")


def _fits(shape: tuple[int, ...], axes: list[str], sizes: dict[str, int]) -> bool:
    if axes[:1] == ["..."]:
        axes = axes[1:]
        shape = shape[max(0, len(shape) - len(axes)) :]
    if len(shape) != len(axes):
        return False
    known = dict(sizes)
    return all(
        length == (int(axis) if axis.isdigit() else known.setdefault(axis, length))
        for axis, length in zip(axes, shape, strict=True)
    )


def _written(axes: list[str], sizes: dict[str, int]) -> str:
    axes = ["…" if axis == "..." else str(sizes.get(axis, axis)) for axis in axes]
    return f"({axes[0]},)" if len(axes) == 1 else f"({', '.join(axes)})"


def _rearrangements(name: str, x: Any) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Usual slips, each as the expression that mends it and the shape it gives."""
    shape = tuple(x.shape)
    rank = len(shape)
    if rank >= 3:  # channels last, as pictures are stored
        channels_first = (*shape[:-3], shape[-1], shape[-3], shape[-2])
        torch_like = hasattr(x, "movedim")
        yield (
            f"{name}.movedim(-1, -3)" if torch_like else f"np.moveaxis({name}, -1, -3)",
            channels_first,
        )
    if rank == 2:
        yield f"{name}.T", shape[::-1]
    if rank and shape[-1] == 1:
        yield f"{name}[{':, ' * (rank - 1)}0]", shape[:-1]
    if rank and shape[0] == 1:
        yield f"{name}[0]", shape[1:]
    yield f"{name}[None]", (1, *shape)
    yield f"{name}[None, None]", (1, 1, *shape)


def check_floating(name: str, x: Any) -> None:
    """Refuse integers and booleans: their sums overflow, their quotients truncate.

    Raises:
        TypeError: the dtype is not a real floating-point one.

    Example:
        >>> import numpy as np
        >>> check_floating("x", np.zeros(3, np.uint8))
        Traceback (most recent call last):
        TypeError: x must be floating point, got uint8: integer arithmetic would \
overflow; divide by 255 or use x.astype(float)
    """
    kind = getattr(x.dtype, "kind", None)  # NumPy's letter for the family of dtypes
    if kind == "f" or (kind is None and x.dtype.is_floating_point):
        return
    dtype = str(x.dtype).removeprefix("torch.")
    cast = f"{name}.float()" if kind is None else f"{name}.astype(float)"
    if "int" in dtype:
        fix = f": integer arithmetic would overflow; divide by 255 or use {cast}"
    else:
        fix = f"; use {name}.real" if "complex" in dtype else f"; use {cast}"
    raise TypeError(f"{name} must be floating point, got {dtype}{fix}")


def check_no_nan(name: str, x: Any) -> None:
    """Refuse NaN where it would silently poison or reorder a result.

    Raises:
        ValueError: `x` holds at least one NaN.

    Example:
        >>> import numpy as np
        >>> check_no_nan("x", np.array([1.0, 2.0]))  # nothing to refuse
    """
    count = int((x != x).sum())  # NaN is the one value unlike itself
    if count:
        total = len(x.reshape(-1))
        raise ValueError(
            f"{name} must not contain NaN, got {count} of {total} values; "
            "find the operation that made them, often 0/0 or log(0)"
        )


def check_int(name: str, value: Any, *, minimum: int | None = None) -> int:
    """Return `value` as a Python int; NumPy integers are welcome, booleans are not.

    Raises:
        TypeError: `value` is not an integer.
        ValueError: `value` is below `minimum`.

    Example:
        >>> import numpy as np
        >>> check_int("stride", np.int64(2), minimum=1)
        2
    """
    wanted = {None: "an integer", 0: "an integer ≥ 0", 1: "a positive integer"}.get(
        minimum, f"an integer ≥ {minimum}"
    )
    try:
        if "bool" in str(getattr(value, "dtype", type(value))):
            raise TypeError
        number = operator.index(value)
    except TypeError:
        raise TypeError(
            f"{name} must be {wanted}, got {value!r}{_as_int(value)}"
        ) from None
    if minimum is not None and number < minimum:
        raise ValueError(
            f"{name} must be {wanted}, got {number}; the smallest allowed is {minimum}"
        )
    return number


def _as_int(value: Any) -> str:
    """The integer that was probably meant, as the tail of a sentence."""
    if isinstance(value, Sequence) or not hasattr(value, "__int__"):
        return ""
    try:
        return f"; did you mean {int(value)}?"
    except (ValueError, OverflowError, TypeError):  # NaN, infinity, many values
        return ""


def check_positive(name: str, value: Any) -> int:
    """Return `value` as a positive Python int.

    Raises:
        TypeError: `value` is not an integer.
        ValueError: `value` is zero or negative.

    Example:
        >>> check_positive("stride", 0)
        Traceback (most recent call last):
        ValueError: stride must be a positive integer, got 0; the smallest allowed is 1
    """
    return check_int(name, value, minimum=1)


def ntuple(name: str, value: Any, length: int, *, minimum: int = 1) -> tuple[int, ...]:
    """One integer for every axis, or one for all of them.

    Raises:
        TypeError: an entry is not an integer.
        ValueError: there are not `length` entries, or one is below `minimum`.

    Example:
        >>> ntuple("stride", 2, 3), ntuple("stride", (1, 2, 3), 3)
        ((2, 2, 2), (1, 2, 3))
    """
    if getattr(value, "shape", None) == () or not hasattr(value, "__len__"):
        return (check_int(name, value, minimum=minimum),) * length
    if isinstance(value, str) or len(value) != length:
        raise ValueError(
            f"{name} must be one integer or {length} of them, one per axis, "
            f"got {value!r}"
        )
    return tuple(check_int(name, entry, minimum=minimum) for entry in value)


def pair(name: str, value: Any, *, minimum: int = 1) -> tuple[int, int]:
    """Heights and widths: `3` and `(3, 3)` both become `(3, 3)`.

    Raises:
        TypeError: an entry is not an integer.
        ValueError: there are not two entries, or one is below `minimum`.

    Example:
        >>> pair("stride", 2)
        (2, 2)
        >>> pair("padding", (0, 1), minimum=0)
        (0, 1)
    """
    height, width = ntuple(name, value, 2, minimum=minimum)
    return height, width


def check_number(
    name: str, value: Any, *, minimum: float | None = None, maximum: float | None = None
) -> float:
    """Return a real number within closed bounds; NaN is outside every bound.

    Raises:
        TypeError: `value` is not a number.
        ValueError: `value` is NaN or out of bounds.

    Example:
        >>> check_number("p", 0.5, minimum=0, maximum=1)
        0.5
    """
    if isinstance(value, (str, bool)) or not hasattr(value, "__float__"):
        raise TypeError(f"{name} must be a number, got {value!r}")
    number = float(value)
    if minimum is not None and maximum is not None:
        wanted = f"between {minimum} and {maximum}"
    elif minimum is not None:
        wanted = f"at least {minimum}"
    else:
        wanted = "a number" if maximum is None else f"at most {maximum}"
    too_low = minimum is not None and number < minimum
    too_high = maximum is not None and number > maximum
    if number != number or too_low or too_high:
        raise ValueError(f"{name} must be {wanted}, got {value}")
    return number


def check_choice(name: str, value: Any, choices: Sequence[str]) -> str:
    """Return `value` if it is one of the words in `choices`.

    Raises:
        ValueError: it is not.

    Example:
        >>> check_choice("mode", "smae", ["valid", "same", "full"])
        Traceback (most recent call last):
        ValueError: mode must be 'valid', 'same' or 'full', got 'smae'; \
did you mean 'same'?
    """
    if isinstance(value, str) and value in choices:
        return value
    *first, last = map(repr, choices)
    wanted = f"{', '.join(first)} or {last}" if first else last
    close = get_close_matches(str(value).lower(), choices, n=1)
    hint = f"; did you mean {close[0]!r}?" if close else ""
    raise ValueError(f"{name} must be {wanted}, got {value!r}{hint}")
