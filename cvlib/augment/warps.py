"""Moves that bend: rotation and elastic deformation (torch)."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from cvlib.validate import check_number, check_shape, pair

from .moves import Move, clip, outlines


def pixel_centres(size: tuple[int, int]) -> Tensor:
    """(H, W, 2): the (x, y) of the middle of each pixel.

    Example:
        >>> pixel_centres((1, 2)).tolist()
        [[[0.5, 0.5], [1.5, 0.5]]]
    """
    H, W = size
    rows, columns = (torch.arange(n, dtype=torch.float64) + 0.5 for n in (H, W))
    y, x = torch.meshgrid(rows, columns, indexing="ij")
    return torch.stack([x, y], dim=-1)  # in double precision, whatever the pictures


def sample_at(images: Tensor, places: Tensor, *, nearest: bool = False) -> Tensor:
    """Look up images at any places; outside they are 0.

    Args:
        images: (…, H, W).
        places: (P, Q, 2), the (x, y) where each pixel of the result comes from.
        nearest: take the nearest pixel instead of the bilinear mean of four.

    Returns:
        (…, P, Q).
    """
    H, W = images.shape[-2:]
    # grid_sample counts from −1 at the left edge of the first pixel to 1
    grid = (places / places.new_tensor([W, H]) * 2 - 1).to(images)
    channels = images.reshape(1, -1, H, W)  # every image by the same places
    mode = "nearest" if nearest else "bilinear"
    found = functional.grid_sample(channels, grid[None], mode, align_corners=False)
    return found.reshape(*images.shape[:-2], *places.shape[:2])


@dataclass(frozen=True, eq=False)
class Warp(Move):
    """A move that is given by where each pixel of the result comes from."""

    def sources(self) -> Tensor:
        """(H, W, 2): the (x, y) that each pixel of the result shows."""
        raise NotImplementedError

    def image(self, images: Tensor) -> Tensor:
        """Bilinear; what comes from outside is 0."""
        return sample_at(images, self.sources())

    def masks(self, masks: Tensor) -> Tensor:
        """Nearest, so that no pixel is half inside."""
        return sample_at(masks.float(), self.sources(), nearest=True) > 0.5


@dataclass(frozen=True, eq=False)
class Rotate(Warp):
    """Turn about the middle by `angle` degrees, counter-clockwise; the size stays."""

    angle: float

    def sources(self) -> Tensor:
        """Each pixel looks back: turned the other way."""
        return turn(pixel_centres(self.size), -self.angle, self.size)

    def points(self, points: Tensor) -> Tensor:
        """Each point goes with the picture."""
        return turn(points, self.angle, self.size)


def turn(points: Tensor, angle: float, size: tuple[int, int]) -> Tensor:
    """Points turned counter-clockwise (as seen) about the middle of a picture.

    y points down, so the sign of the sine is the other one than in a textbook's
    rotation matrix.

    Example:
        >>> turn(torch.tensor([[4., 2.]]), 90, (4, 4)).round().tolist()
        [[2.0, 0.0]]
    """
    middle = points.new_tensor([size[1] / 2, size[0] / 2])
    c, s = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    x, y = (points - middle).unbind(-1)
    return torch.stack([c * x + s * y, c * y - s * x], dim=-1) + middle


@dataclass(frozen=True, eq=False)
class Elastic(Warp):
    """Let each pixel look beside its place, by a smooth field of displacements."""

    displacement: Tensor
    """(1, H, W, 2) as (x, y), in halves of the picture's width and height."""

    @property
    def pixels(self) -> Tensor:
        """(H, W, 2): the displacement in pixels."""
        H, W = self.size
        return self.displacement[0] * self.displacement.new_tensor([W / 2, H / 2])

    def sources(self) -> Tensor:
        """The place itself and the displacement that stands there."""
        return pixel_centres(self.size) + self.pixels

    def points(self, points: Tensor, steps: int = 30) -> Tensor:
        """Where q shows p when q + d(q) = p: solved by q ← p − d(q), step by step.

        It settles if the field changes by less than a pixel from pixel to pixel, and
        only then is the deformation free of folds.
        """
        H, W = self.size
        field = self.pixels.movedim(-1, 0).to(points)  # (2, H, W)
        edge = points.new_tensor([W - 0.5, H - 0.5])
        moved = flat = points.reshape(1, -1, 2)
        for _ in range(steps):
            inside = moved.clamp(min=0.5).minimum(edge)  # the rim's goes on outside
            moved = flat - sample_at(field, inside).movedim(0, -1)
        return moved.reshape(points.shape)

    def boxes(self, boxes: Tensor) -> Tensor:
        """Sides bend, so eight points of each are followed, not the corners alone."""
        outline = self.points(outlines(boxes, steps=8))
        moved = torch.cat([outline.amin(1), outline.amax(1)], dim=1)
        return clip(moved, self.new_size)


def elastic_displacement(
    size: int | tuple[int, int],
    *,
    alpha: float = 50.0,
    sigma: float = 5.0,
    generator: torch.Generator | None = None,
) -> Tensor:
    """A smooth random field: noise between −1 and 1, blurred, and scaled.

    A small `sigma` makes every pixel tremble; a large one moves whole parts of the
    picture together, and more weakly: blurring averages the noise away.
    The defaults are torchvision's. Its older versions divided the horizontal part by
    the height and the vertical by the width, which for a square is the same; here
    each is divided by its own.

    Args:
        size: (height, width) of the pictures, or one number for a square.
        alpha: how far; the noise of ±1 would become ±alpha/2 pixels.
        sigma: of the Gaussian, in pixels; 0 leaves the noise as it is.
        generator: source of the noise; None for torch's own.

    Returns:
        (1, H, W, 2) as (x, y), in halves of the width and height, as `elastic` wants.

    Raises:
        TypeError, ValueError: an argument is not as above.

    Source:
        Simard, Steinkraus and Platt, Best practices for convolutional neural networks
        applied to visual document analysis, ICDAR 2003.

    Example:
        >>> field = elastic_displacement(32, generator=torch.Generator().manual_seed(0))
        >>> field.shape, f"{field.abs().max() * 16:.1f} pixels"
        (torch.Size([1, 32, 32, 2]), '3.7 pixels')
    """
    H, W = pair("size", size)
    alpha = check_number("alpha", alpha, minimum=0)
    sigma = check_number("sigma", sigma, minimum=0)
    noise = torch.rand(2, 1, H, W, generator=generator) * 2 - 1
    scale = torch.tensor([alpha / W, alpha / H])
    return blur(noise, sigma).permute(1, 2, 3, 0) * scale


def blur(x: Tensor, sigma: float) -> Tensor:
    """(N, 1, H, W) smoothed by a Gaussian that is cut off at four sigma.

    The picture is mirrored at its edges, as torchvision does; where it is smaller
    than the reach of the Gaussian, its last pixel is repeated.
    """
    radius = int(8 * sigma + 1) // 2  # torchvision's kernel: 8·sigma + 1, made odd
    if sigma == 0 or radius == 0:
        return x
    t = torch.arange(-radius, radius + 1, dtype=x.dtype)
    kernel = torch.exp(-((t / sigma) ** 2) / 2)
    kernel = kernel / kernel.sum()
    mode = "reflect" if radius < min(x.shape[-2:]) else "replicate"
    x = functional.pad(x, (radius,) * 4, mode=mode)
    x = functional.conv2d(x, kernel.reshape(1, 1, 1, -1))  # along rows,
    return functional.conv2d(x, kernel.reshape(1, 1, -1, 1))  # then along columns


def check_displacement(displacement: Tensor, size: tuple[int, int]) -> None:
    """Refuse a field that is not of the picture's size."""
    H, W = size
    match = f"pictures of {H} × {W}"
    check_shape("displacement", displacement, "1 H W 2", H=H, W=W, to_match=match)
