"""What networks for maps ask of their pictures, and which sizes work (torch)."""

from torch import Tensor
from torch.nn import functional

from cvlib.boxes.guards import check_tensor
from cvlib.validate import ShapeError, check_floating, check_int, check_shape


def check_pictures(images: Tensor, channels: int) -> tuple[int, int]:
    """The height and width of pictures (N, channels, H, W), if they are any.

    Raises:
        TypeError: they are no tensor, or not floating point.
        ShapeError: they have another shape, or no pixel.

    Example:
        >>> import torch
        >>> check_pictures(torch.zeros(2, 3, 160, 208), 3)
        (160, 208)
    """
    check_tensor("images", images)
    _, _, H, W = check_shape("images", images, "N C H W", C=channels)
    check_floating("images", images)
    if not H or not W:
        raise ShapeError(f"images must have pixels, got {tuple(images.shape)}")
    return H, W


def crop_to(x: Tensor, size: tuple[int, int]) -> Tensor:
    """Take away what stands over at the bottom and on the right.

    A map that was halved and rounded up is too large by up to one row and column when
    it has been doubled again; its first cells still lie over the same pixels.

    Raises:
        ShapeError: the map is smaller than `size`.

    Example:
        >>> import torch
        >>> crop_to(torch.zeros(1, 8, 12, 14), (11, 13)).shape
        torch.Size([1, 8, 11, 13])
    """
    _check_at_least(x, size)
    return x[..., : size[0], : size[1]]


def crop_centre(x: Tensor, size: tuple[int, int]) -> Tensor:
    """The middle of a map: what unpadded convolutions still know of it.

    Where the number of rows too many is odd, one more goes at the bottom.

    Raises:
        ShapeError: the map is smaller than `size`.

    Example:
        >>> import torch
        >>> crop_centre(torch.arange(5.0)[None], (1, 3))
        tensor([[1., 2., 3.]])
    """
    H, W = _check_at_least(x, size)
    top, left = (H - size[0]) // 2, (W - size[1]) // 2
    return x[..., top : top + size[0], left : left + size[1]]


def _check_at_least(x: Tensor, size: tuple[int, int]) -> tuple[int, int]:
    H, W = x.shape[-2:]
    height, width = size
    if height > H or width > W:
        raise ShapeError(f"x must be at least {height} × {width}, got {H} × {W}")
    return H, W


def mirrored(images: Tensor, margin: int) -> Tensor:
    """Continue pictures beyond their edges by what a mirror there would show.

    Args:
        images: (N, C, H, W).
        margin: pixels on every side, less than the shorter side.

    Raises:
        ShapeError: the picture is too small to fill its margin.

    Example:
        >>> import torch
        >>> mirrored(torch.tensor([[[[1.0, 2, 3], [4, 5, 6]]]]), 1)[0, 0]
        tensor([[5., 4., 5., 6., 5.],
                [2., 1., 2., 3., 2.],
                [5., 4., 5., 6., 5.],
                [2., 1., 2., 3., 2.]])
    """
    H, W = images.shape[-2:]
    if margin >= min(H, W):
        raise ShapeError(
            f"images must be larger than the margin of {margin} on both sides, got "
            f"{H} × {W}"
        )
    return functional.pad(images, (margin,) * 4, mode="reflect")


def unet_sizes(n: int, *, depth: int = 4) -> dict[str, list[int]]:
    """How long the side of every map of a U-Net without padding is.

    Each level has two 3 × 3 convolutions, which take off 4; on the way down a map is
    halved, on the way up doubled, and what came down is cropped to what came up.

    Args:
        n: side of the picture in pixels.
        depth: how many times it is halved.

    Returns:
        `down`: after the convolutions of each level, the bottom last; `up`: after those
        of each level, the last is the side of the answer; `crop`: how much is cut off
        the skipped map on each side, by level from below.

    Raises:
        TypeError, ValueError: `n` is no size that works; the sentence names the next.

    Source:
        Ronneberger, Fischer, Brox, U-Net, MICCAI 2015, figure 1.

    Example:
        >>> unet_sizes(572)["up"], unet_sizes(572)["crop"]
        ([52, 100, 196, 388], [4, 16, 40, 88])
    """
    n, depth = check_int("n", n, minimum=1), check_int("depth", depth, minimum=0)
    down = _down(n, depth)
    if down is None:
        larger = next(m for m in range(n, n + 10**6) if _down(m, depth))
        smaller = [m for m in range(max(1, n - 2**depth), n) if _down(m, depth)]
        fitting = " or ".join(str(m) for m in [*smaller[-1:], larger])
        raise ValueError(
            f"n must be even wherever a map of {depth} levels is halved, got {n}; "
            f"{fitting} would work"
        )
    up, crop, side = [], [], down[-1]
    for skip in reversed(down[:-1]):
        crop.append((skip - 2 * side) // 2)
        side = 2 * side - 4
        up.append(side)
    return {"down": down, "up": up, "crop": crop}


def _down(n: int, depth: int) -> list[int] | None:
    """The sides on the way down, or None where one cannot be halved or used up."""
    sides = [n - 4]
    for _ in range(depth):
        if sides[-1] % 2:
            return None
        sides.append(sides[-1] // 2 - 4)
    answer = sides[-1]
    for _ in range(depth):
        answer = 2 * answer - 4
    return sides if min(sides[-1], answer) > 0 else None
