"""Anchors: a few shapes at the origin, copied to every place of a map (torch)."""

from collections.abc import Sequence

import torch
from torch import Tensor

from cvlib.validate import check_number, check_shape, pair

Pair = tuple[int, int]


def base_anchors(
    scales: Sequence[float], aspect_ratios: Sequence[float], *, round: bool = True
) -> Tensor:
    """Boxes around the origin, one for each ratio and scale.

    A scale is the root of the area, a ratio is height over width. Corners are rounded
    to whole pixels, halves to the even neighbour, as torchvision does.

    Args:
        scales: roots of the areas in pixels.
        aspect_ratios: height / width.
        round: to whole pixels.

    Returns:
        (k, 4) xyxy: for each ratio, every scale.

    Raises:
        TypeError, ValueError: a scale or ratio is not a positive number, or there is
            none.

    Source:
        Ren, He, Girshick, Sun, Faster R-CNN, NeurIPS 2015.

    Example:
        >>> base_anchors([128], [0.5, 1, 2])
        tensor([[-91., -45.,  91.,  45.],
                [-64., -64.,  64.,  64.],
                [-45., -91.,  45.,  91.]])
    """
    for name, values in (("scales", scales), ("aspect_ratios", aspect_ratios)):
        if not len(values):
            raise ValueError(f"{name} must hold at least one number, got none")
        if min(check_number(name, value) for value in values) <= 0:
            raise ValueError(f"{name} must be positive, got {list(values)}")
    tall = torch.tensor(aspect_ratios, dtype=torch.float32).sqrt()[:, None]
    side = torch.tensor(scales, dtype=torch.float32)[None]
    half_w = (1 / tall * side).flatten() / 2
    half_h = (tall * side).flatten() / 2
    corners = torch.stack([-half_w, -half_h, half_w, half_h], dim=1)
    return corners.round() if round else corners


def grid_anchors(grid_size: Pair, stride: int | Pair, base: Tensor) -> Tensor:
    """Every base anchor at every place of a map: place by place, row by row.

    The anchors of the place in row i and column j stand around pixel (j · stride,
    i · stride), as in torchvision: the corner of what the place covers, not its middle.

    Args:
        grid_size: (H, W) of the map.
        stride: pixels of the image from one place to the next, or (vertical,
            horizontal).
        base: (k, 4) around the origin.

    Returns:
        (H · W · k, 4) xyxy; many reach beyond the image.

    Raises:
        TypeError, ValueError, ShapeError: sizes are not positive integers, `base` is
            not (k, 4).

    Example:
        >>> grid_anchors((1, 2), 16, torch.tensor([[-8.0, -8, 8, 8]]))
        tensor([[-8., -8.,  8.,  8.],
                [ 8., -8., 24.,  8.]])
    """
    H, W = pair("grid_size", grid_size)
    down, right = pair("stride", stride)
    check_shape("base", base, "k 4")
    options = {"dtype": base.dtype, "device": base.device}
    y, x = torch.meshgrid(
        torch.arange(H, **options) * down,
        torch.arange(W, **options) * right,
        indexing="ij",
    )
    shifts = torch.stack([x, y, x, y], dim=-1).reshape(-1, 1, 4)
    return (shifts + base).reshape(-1, 4)


class AnchorGenerator:
    """The anchors of an image, for one or several feature maps.

    Args:
        sizes: for each map, the scales in pixels.
        aspect_ratios: for each map, height / width.

    Raises:
        ValueError: there are not as many lists of sizes as of ratios.

    Example:
        >>> generator = AnchorGenerator(((128, 256, 512),), ((0.5, 1.0, 2.0),))
        >>> generator.num_anchors_per_location()
        [9]
        >>> generator((600, 1000), [(37, 62)]).shape
        torch.Size([20646, 4])
    """

    def __init__(
        self,
        sizes: Sequence[Sequence[float]] = ((128, 256, 512),),
        aspect_ratios: Sequence[Sequence[float]] = ((0.5, 1.0, 2.0),),
    ) -> None:
        if len(sizes) != len(aspect_ratios):
            raise ValueError(
                f"aspect_ratios must be one list for each of {len(sizes)} lists of "
                f"sizes, got {len(aspect_ratios)}; did you mean "
                f"(aspect_ratios,) * {len(sizes)}?"
            )
        self.sizes, self.aspect_ratios = sizes, aspect_ratios
        self.base = [base_anchors(*of) for of in zip(sizes, aspect_ratios, strict=True)]

    def num_anchors_per_location(self) -> list[int]:
        """k of each map."""
        return [len(base) for base in self.base]

    def __call__(self, image_size: Pair, grid_sizes: Sequence[Pair]) -> Tensor:
        """All anchors of an image, map by map.

        Args:
            image_size: (H, W) of the image as the network gets it.
            grid_sizes: (H, W) of each map; a stride is the one over the other, floored.

        Returns:
            (A, 4) xyxy.

        Raises:
            ValueError: there are not as many maps as lists of sizes.
        """
        if len(grid_sizes) != len(self.base):
            raise ValueError(
                f"grid_sizes must be one for each of {len(self.base)} lists of sizes, "
                f"got {len(grid_sizes)}"
            )
        height, width = pair("image_size", image_size)
        return torch.cat(
            [
                grid_anchors((H, W), (height // H, width // W), base)
                for (H, W), base in zip(grid_sizes, self.base, strict=True)
            ]
        )
