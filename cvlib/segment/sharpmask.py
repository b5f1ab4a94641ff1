"""SharpMask: DeepMask's mask, drawn again with what the early layers saw (torch).

The encoding of a patch knows what is there and has forgotten where exactly its edge
runs: it has passed through 96 numbers. The early maps know edges and not whose they
are. On the way back up each refinement module adds the map that is as fine as the mask
is by then.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from cvlib.segment.deepmask import (
    CELLS,
    ENCODING,
    MARGIN,
    PATCH,
    STEP,
    Answers,
    DeepMask,
)
from cvlib.validate import ShapeError, check_shape

DEPTHS = 8, 16, 12, 8  # channels of the mask as it grows from 14 to 112 cells


class Refinement(nn.Module):
    """Put a mask and a map of the same size together and make them twice as fine.

    Args:
        depth: channels of the mask.
        channels: of the map from the trunk.
        out: channels of the finer mask.
        skip: channels to which the map is reduced, so that it cannot outshout the mask.

    Source:
        Pinheiro, Lin, Collobert, Dollár, Learning to refine object segments, ECCV 2016.

    Example:
        >>> module = Refinement(8, 80, 16)
        >>> module(torch.zeros(2, 8, 14, 14), torch.zeros(2, 80, 14, 14)).shape
        torch.Size([2, 16, 28, 28])
    """

    def __init__(self, depth: int, channels: int, out: int, *, skip: int = 12) -> None:
        super().__init__()
        self.skip = nn.Conv2d(channels, skip, 3, padding=1)
        self.join = nn.Conv2d(depth + skip, out, 3, padding=1)

    def forward(self, mask: Tensor, features: Tensor) -> Tensor:
        """(N, depth, h, w) and (N, channels, h, w) to (N, out, 2h, 2w)."""
        if mask.shape[2:] != features.shape[2:]:
            raise ShapeError(
                f"features must be as fine as mask {tuple(mask.shape)}, got "
                f"{tuple(features.shape)}"
            )
        both = torch.cat([mask, self.skip(features).relu()], dim=1)
        joined = self.join(both).relu()
        return functional.interpolate(joined, scale_factor=2, mode="bilinear")


class SharpMask(nn.Module):
    """The feedforward path of DeepMask, frozen, and a path back to the pixels.

    Attributes:
        deepmask: trained in the first stage. Nothing of it changes in the second: no
            weight, and none of the running means of its batch normalisation either.
        start: what stands in place of DeepMask's prediction, a linear layer from the
            encoding to a small grid.

    Example:
        >>> net = SharpMask(DeepMask()).eval()
        >>> pixels = torch.rand(1, 3, 144, 160)
        >>> chosen = torch.tensor([[0, 0, 1]])  # picture, row and column of a patch
        >>> net.refine(net.deepmask(pixels), chosen).shape
        torch.Size([1, 112, 112])
    """

    def __init__(self, deepmask: DeepMask) -> None:
        super().__init__()
        self.deepmask = freeze(deepmask)
        self.start = nn.Linear(ENCODING, DEPTHS[0] * CELLS**2)
        channels = 80, 32, 24  # of the trunk's maps of stride 8, 4, 2
        self.way_back = nn.ModuleList(
            Refinement(depth, c, out)
            for depth, c, out in zip(DEPTHS[:-1], channels, DEPTHS[1:], strict=True)
        )
        self.last = nn.Conv2d(DEPTHS[-1], 1, 3, padding=1)

    def train(self, mode: bool = True) -> "SharpMask":
        """The part that is frozen stays in evaluation mode whatever the rest does."""
        super().train(mode)
        self.deepmask.eval()
        return self

    def refine(self, answers: Answers, chosen: Tensor) -> Tensor:
        """The masks of chosen patches, at the resolution of the pixels.

        Args:
            answers: of `deepmask`.
            chosen: (R, 3) int64: number of the picture, row and column of the patch.

        Returns:
            (R, 112, 112) logits.
        """
        check_shape("chosen", chosen, "R 3")
        n, i, j = chosen.unbind(1)
        mask = self.start(answers.encodings[n, :, i, j])
        mask = mask.reshape(len(chosen), DEPTHS[0], CELLS, CELLS)
        maps = reversed(answers.features)
        for module, features, stride in zip(
            self.way_back, maps, (8, 4, 2), strict=True
        ):
            mask = module(mask, windows(features, chosen, stride))
        return self.last(mask)[:, 0].float()

    def forward(self, pixels: Tensor) -> Tensor:
        """(N, 3, 144, 144), one patch each with its margin, to (N, 112, 112) logits."""
        check_shape("pixels", pixels, "N 3 H W", H=PATCH + 2 * MARGIN,
                    W=PATCH + 2 * MARGIN)  # fmt: skip
        with torch.no_grad():
            answers = self.deepmask(pixels)
        chosen = torch.zeros(len(pixels), 3, dtype=torch.int64)
        chosen[:, 0] = torch.arange(len(pixels))
        return self.refine(answers, chosen)


def windows(features: Tensor, chosen: Tensor, stride: int) -> Tensor:
    """The part of a map that lies under each chosen patch.

    Patches are 16 pixels apart, a whole number of cells on every map, so nothing has to
    be interpolated.

    Args:
        features: (N, C, h, w).
        chosen: (R, 3) int64 picture, row and column.
        stride: of the map, 2, 4 or 8.

    Returns:
        (R, C, s, s), s = 112 / stride.

    Example:
        >>> maps = torch.arange(20.0 * 20).reshape(1, 1, 20, 20)
        >>> windows(maps, torch.tensor([[0, 1, 0]]), 8)[0, 0, 0, :3]
        tensor([82., 83., 84.])
    """
    size, step, first = PATCH // stride, STEP // stride, MARGIN // stride
    parts = [
        features[n, :, first + step * i :, first + step * j :][:, :size, :size]
        for n, i, j in chosen.tolist()
    ]
    none = features.new_zeros(0, features.shape[1], size, size)
    return torch.stack(parts) if parts else none


def freeze(module: nn.Module) -> nn.Module:
    """Stop training a part of a network, its weights and its running statistics.

    `requires_grad` stops the weights. Batch normalisation also learns in the forward
    pass, without any gradient, and only evaluation mode stops that.

    Example:
        >>> net = freeze(nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8)))
        >>> any(p.requires_grad for p in net.parameters()), net.training
        (False, False)
    """
    for weight in module.parameters():
        weight.requires_grad_(False)
    return module.eval()


def sharpmask_scenes() -> SharpMask:
    """The SharpMask for the scenes benchmark, with its DeepMask inside."""
    return SharpMask(DeepMask())
