"""Spatial pyramid pooling: a vector of one length from a map of any size (torch)."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from cvlib.boxes.guards import check_tensor
from cvlib.validate import check_choice, check_floating, check_positive, check_shape


def pyramid_window(n: int, bins: int) -> tuple[int, int, int]:
    """Window and stride with which the paper divides `n` pixels, and what comes out.

    The window is ⌈n / bins⌉ and the stride ⌊n / bins⌋. That does not always give as
    many bins as were asked for.

    Returns:
        Window, stride, number of bins that they give.

    Raises:
        TypeError, ValueError: a number is not a positive integer, or `bins` > `n`.

    Source:
        He, Zhang, Ren, Sun, Spatial pyramid pooling in deep convolutional networks for
        visual recognition, TPAMI 2015.

    Example:
        >>> pyramid_window(13, 3), pyramid_window(7, 4)
        ((5, 4, 3), (2, 1, 6))
    """
    n, bins = check_positive("n", n), check_positive("bins", bins)
    if bins > n:
        raise ValueError(
            f"bins must be at most n = {n} by the paper's rule, got {bins}; "
            "the adaptive rule lets bins share a pixel"
        )
    window, stride = -(-n // bins), n // bins
    return window, stride, (n - window) // stride + 1


def spatial_pyramid_pool(
    x: Tensor, levels: Sequence[int], *, rule: str = "adaptive"
) -> Tensor:
    """The maxima of several grids over the whole map, one after the other.

    Args:
        x: (N, C, H, W), floating point, any H and W.
        levels: bins along each side; (4, 2, 1) gives 16 + 4 + 1 of them.
        rule: "adaptive", bin i from ⌊i · n / bins⌋ to ⌈(i + 1) · n / bins⌉, or "paper",
            equal windows at equal strides (`pyramid_window`).

    Returns:
        (N, C · Σ bins²): level by level; within a level channel by channel.

    Raises:
        TypeError: `x` is not a tensor or not floating point.
        ShapeError: `x` has not four axes.
        ValueError: `x` has no pixels, there is no level, or the paper's rule does not
            give as many bins as were asked for.

    Source:
        He, Zhang, Ren, Sun, Spatial pyramid pooling in deep convolutional networks for
        visual recognition, TPAMI 2015.

    Example:
        >>> spatial_pyramid_pool(torch.arange(24.0).reshape(1, 1, 4, 6), (2, 1))
        tensor([[ 8., 11., 20., 23., 23.]])
    """
    check_tensor("x", x)
    _, _, H, W = check_shape("x", x, "N C H W")
    check_floating("x", x)
    check_choice("rule", rule, ["adaptive", "paper"])
    if not len(levels):
        raise ValueError("levels must name at least one grid, got none; try (4, 2, 1)")
    if H == 0 or W == 0:
        raise ValueError(f"x must have at least one pixel, got {tuple(x.shape)}")
    grid = _adaptive if rule == "adaptive" else _by_windows
    return torch.cat(
        [grid(x, check_positive("levels", n)).flatten(1) for n in levels], dim=1
    )


def _adaptive(x: Tensor, bins: int) -> Tensor:
    return functional.adaptive_max_pool2d(x, bins)


def _by_windows(x: Tensor, bins: int) -> Tensor:
    sides = [pyramid_window(n, bins) for n in x.shape[-2:]]
    given = tuple(side[2] for side in sides)
    if given != (bins, bins):
        raise ValueError(
            f"levels must divide the map into {bins} × {bins} bins, but the paper's "
            f"rule gives {given[0]} × {given[1]} of {x.shape[-2]} × {x.shape[-1]} "
            'pixels; use rule="adaptive"'
        )
    (window_h, stride_h, _), (window_w, stride_w, _) = sides
    return functional.max_pool2d(x, (window_h, window_w), stride=(stride_h, stride_w))
