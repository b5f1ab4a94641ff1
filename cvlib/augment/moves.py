"""Geometric moves: one drawn move acts on image, masks, boxes and points (torch)."""

from dataclasses import dataclass
from typing import TypeVar

import torch
from torch import Tensor
from torch.nn import functional

from .sample import Sample

Target = TypeVar("Target", Tensor, Sample)


@dataclass(frozen=True, eq=False)
class Move:
    """What a geometric move must say: where pixels come from, where points go.

    Two directions, and they are inverse: an image asks of each pixel of the *result*
    where it came from; a point asks where it goes. Boxes follow from points and masks
    from images, so a new move has to write only two methods.
    """

    size: tuple[int, int]
    """Height and width of what is moved."""

    @property
    def new_size(self) -> tuple[int, int]:
        """Height and width of the result."""
        return self.size

    def image(self, images: Tensor) -> Tensor:
        """(…, C, H, W) moved, in between pixels by bilinear interpolation."""
        raise NotImplementedError

    def masks(self, masks: Tensor) -> Tensor:
        """(N, H, W) moved; the nearest pixel decides, so a mask stays one."""
        return self.image(masks)

    def points(self, points: Tensor) -> Tensor:
        """(…, 2) as (x, y): where each goes. It may land outside the picture."""
        raise NotImplementedError

    def boxes(self, boxes: Tensor) -> Tensor:
        """(N, 4): the upright boxes round the moved ones, cut off at the picture."""
        outline = self.points(outlines(boxes))  # (N, P, 2)
        moved = torch.cat([outline.amin(1), outline.amax(1)], dim=1)
        return clip(moved, self.new_size)

    def __call__(self, target: Target) -> Target:
        """The same move for an image, a batch, or a sample with all that it holds."""
        if isinstance(target, Tensor):
            return self.image(target)
        moved = {
            name: getattr(self, name)(getattr(target, name))
            for name in ("boxes", "masks", "points")
            if getattr(target, name) is not None
        }
        return Sample(self.image(target.image), **moved)


def outlines(boxes: Tensor, steps: int = 1) -> Tensor:
    """(N, 4·steps, 2): points round each box, `steps` to a side, corners included.

    Example:
        >>> outlines(torch.tensor([[0., 0, 4, 2]])).tolist()
        [[[0.0, 0.0], [4.0, 0.0], [4.0, 2.0], [0.0, 2.0]]]
    """
    x1, y1, x2, y2 = boxes.unbind(1)
    corners = torch.stack([x1, y1, x2, y1, x2, y2, x1, y2], 1).reshape(-1, 4, 1, 2)
    t = torch.arange(steps, dtype=corners.dtype)[:, None] / steps
    return (corners + t * (corners.roll(-1, 1) - corners)).flatten(1, 2)


def clip(boxes: Tensor, size: tuple[int, int]) -> Tensor:
    """The part of each box that lies in a picture of `size`; empty if none does.

    Example:
        >>> clip(torch.tensor([[-2., 1, 3, 9]]), (4, 5))
        tensor([[0., 1., 3., 4.]])
    """
    H, W = size
    limits = torch.tensor([W, H, W, H], dtype=boxes.dtype, device=boxes.device)
    return boxes.clamp(min=0).minimum(limits)


@dataclass(frozen=True, eq=False)
class Flip(Move):
    """Mirror left and right: x becomes W − x."""

    def image(self, images: Tensor) -> Tensor:
        """Columns in reverse order."""
        return images.flip(-1)

    def points(self, points: Tensor) -> Tensor:
        """x becomes W − x, for the column i covers i to i + 1."""
        x, y = points.unbind(-1)
        return torch.stack([self.size[1] - x, y], dim=-1)


@dataclass(frozen=True, eq=False)
class Crop(Move):
    """Keep a window; it may reach over the picture's edge, where `fill` is put."""

    top: int
    left: int
    height: int
    width: int
    fill: float = 0.0

    @property
    def new_size(self) -> tuple[int, int]:
        """The window's."""
        return self.height, self.width

    def image(self, images: Tensor) -> Tensor:
        """The window, padded where it hangs over."""
        H, W = self.size
        bottom, right = self.top + self.height, self.left + self.width
        over = [max(m, 0) for m in (-self.left, right - W, -self.top, bottom - H)]
        if any(over):
            images = functional.pad(images, over, value=self.fill)
        rows = slice(self.top + over[2], bottom + over[2])
        return images[..., rows, self.left + over[0] : right + over[0]]

    def masks(self, masks: Tensor) -> Tensor:
        """Nothing is there where the window hangs over."""
        return Crop(self.size, self.top, self.left, *self.new_size).image(masks)

    def points(self, points: Tensor) -> Tensor:
        """Counted from the window's corner."""
        return points - points.new_tensor([self.left, self.top])


@dataclass(frozen=True, eq=False)
class Resize(Move):
    """Stretch to another size; a smaller picture is smoothed first (antialias)."""

    height: int
    width: int

    @property
    def new_size(self) -> tuple[int, int]:
        """The one wanted."""
        return self.height, self.width

    def image(self, images: Tensor) -> Tensor:
        """Bilinear, with antialias, as torchvision resizes."""
        batch = images.reshape(-1, 1, *images.shape[-2:])
        resized = functional.interpolate(
            batch, self.new_size, mode="bilinear", antialias=True
        )
        return resized.reshape(*images.shape[:-2], *self.new_size)

    def masks(self, masks: Tensor) -> Tensor:
        """The pixel in whose square the middle of the new pixel falls."""
        nearest = functional.interpolate(
            masks[None].float(), self.new_size, mode="nearest-exact"
        )
        return nearest[0] > 0.5

    def points(self, points: Tensor) -> Tensor:
        """Scaled with the picture."""
        H, W = self.size
        return points * points.new_tensor([self.width / W, self.height / H])
