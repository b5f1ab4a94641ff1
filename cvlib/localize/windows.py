"""Every window of a picture, at several scales (torch): how many, where, and cut out.

The window keeps its size, because the network behind it wants one; the picture shrinks
or grows instead. On a picture of half the size a window sees twice as much.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import interpolate

from cvlib.validate import check_int, check_number, check_positive, check_shape, pair


@dataclass(frozen=True)
class Level:
    """The windows of one scale: `rows` × `columns` of them.

    Attributes:
        scale: what the picture's sides are multiplied by.
        size: (height, width) of the resized picture.
        rows: places from top to bottom; 0 where the window does not fit.
        columns: places from left to right.
        first: index of its first window among those of all levels.
    """

    scale: float
    size: tuple[int, int]
    rows: int
    columns: int
    first: int

    def __len__(self) -> int:
        return self.rows * self.columns


class Windows:
    """All windows of a picture, in order: scale by scale, row by row.

    Nothing is computed until it is asked for: a million windows cost no memory.

    Args:
        size: (height, width) of the picture.
        window: (height, width) of the window, or one number.
        stride: steps down and across, in pixels of the resized picture, or one number.
        scales: what the picture is multiplied by, one level each.

    Example:
        >>> windows = Windows((100, 200), 50, stride=25, scales=(1, 0.5))
        >>> len(windows), [(level.rows, level.columns) for level in windows.levels]
        (24, [(3, 7), (1, 3)])
        >>> windows.boxes()[-1]
        tensor([100.,   0., 200., 100.])
    """

    def __init__(
        self,
        size: int | tuple[int, int],
        window: int | tuple[int, int],
        *,
        stride: int | tuple[int, int],
        scales: Sequence[float] = (1.0,),
    ) -> None:
        self.size, self.window = pair("size", size), pair("window", window)
        self.stride = pair("stride", stride)
        if not len(scales):
            raise ValueError("scales must hold at least one number, got none")
        levels, first = [], 0
        for scale in scales:
            shape = scaled_size(self.size, scale)
            rows, columns = (
                max(0, (n - w) // s + 1)
                for n, w, s in zip(shape, self.window, self.stride, strict=True)
            )
            levels.append(Level(float(scale), shape, rows, columns, first))
            first += rows * columns
        self.levels: tuple[Level, ...] = tuple(levels)

    def __len__(self) -> int:
        return sum(map(len, self.levels))

    def __getitem__(self, index: int) -> Tensor:
        """(4,) xyxy of one window in the picture; a negative index counts back."""
        n = check_int("index", index)
        n = n + len(self) if n < 0 else n
        for level in self.levels:
            if level.first <= n < level.first + len(level):
                return self._boxes(level, torch.tensor([n - level.first]))[0]
        raise IndexError(f"there are {len(self)} windows, got index {index}")

    def __iter__(self) -> Iterator[Tensor]:
        return (self[n] for n in range(len(self)))

    def boxes(self) -> Tensor:
        """(len, 4) xyxy in pixels of the picture as it was given."""
        parts = [
            self._boxes(level, torch.arange(len(level)))
            for level in self.levels
            if len(level)
        ]
        return torch.cat(parts) if parts else torch.zeros(0, 4)

    def _boxes(self, level: Level, index: Tensor) -> Tensor:
        rows, columns = index // level.columns, index % level.columns
        y, x = rows * self.stride[0], columns * self.stride[1]
        box = torch.stack([x, y, x + self.window[1], y + self.window[0]], 1)
        back_h, back_w = (
            n / m for n, m in zip(self.size, level.size, strict=True)
        )  # not 1/scale: the resized sides were rounded
        return box * torch.tensor([back_w, back_h, back_w, back_h])

    def crops(self, image: Tensor, *, batch_size: int = 256) -> Iterator[Tensor]:
        """What the windows see, in their order, `batch_size` at a time.

        Args:
            image: (C, H, W), floating point.
            batch_size: windows a batch; a batch never holds two scales.

        Yields:
            (n, C, h, w), n ≤ batch_size.
        """
        H, W = self.size
        check_shape("image", image, "C H W", H=H, W=W, to_match=f"size {self.size}")
        check_positive("batch_size", batch_size)
        for level in self.levels:
            if not len(level):
                continue
            resized = resized_to(image, level.size)
            # views of the picture: no pixel is copied before a batch is asked for
            seen = resized.unfold(1, self.window[0], self.stride[0])
            seen = seen.unfold(2, self.window[1], self.stride[1])  # (C, P, Q, h, w)
            for part in torch.arange(len(level)).split(batch_size):
                yield seen[:, part // level.columns, part % level.columns].movedim(1, 0)


def sliding_windows(
    size: int | tuple[int, int],
    window: int | tuple[int, int],
    *,
    stride: int | tuple[int, int],
    scales: Sequence[float] = (1.0,),
) -> Windows:
    """The windows of a picture: `len` counts them, `boxes()` says where they are.

    At each scale there are ((H − h) // s + 1) · ((W − w) // s + 1) of them.

    Args:
        size: (height, width) of the picture.
        window: (height, width) of the window, or one number.
        stride: steps down and across in pixels of the resized picture.
        scales: what the picture's sides are multiplied by, rounded down.

    Raises:
        TypeError, ValueError: a size or stride is not a positive integer, a scale is
            not positive.

    Example:
        >>> len(sliding_windows((256, 320), 64, stride=16))
        221
    """
    return Windows(size, window, stride=stride, scales=scales)


def sliding_windows_loops(
    size: tuple[int, int], window: tuple[int, int], *, stride: int, scales=(1.0,)
) -> list[tuple[float, float, float, float]]:
    """The same boxes by three loops: the definition.

    Example:
        >>> sliding_windows_loops((4, 5), (4, 4), stride=1)
        [(0.0, 0.0, 4.0, 4.0), (1.0, 0.0, 5.0, 4.0)]
    """
    (H, W), (h, w), boxes = size, window, []
    for scale in scales:
        rows, columns = math.floor(H * scale), math.floor(W * scale)
        for y in range(0, rows - h + 1, stride):
            for x in range(0, columns - w + 1, stride):
                u, v = W / columns, H / rows
                boxes.append((x * u, y * v, (x + w) * u, (y + h) * v))
    return boxes


def scaled_size(size: tuple[int, int], scale: float) -> tuple[int, int]:
    """The size of a picture times `scale`, rounded down, as torch rounds it.

    Example:
        >>> scaled_size((101, 200), 0.5)
        (50, 100)
    """
    scale = check_number("scales", scale)
    H, W = (math.floor(n * scale) if math.isfinite(scale) else 0 for n in size)
    if scale <= 0 or H < 1 or W < 1:
        raise ValueError(
            f"scales must leave at least one pixel of {size[0]} × {size[1]}, "
            f"got {scale:g}"
        )
    return H, W


def resized_to(image: Tensor, size: tuple[int, int]) -> Tensor:
    """The picture (C, H, W) at another size, averaged when it shrinks."""
    if tuple(image.shape[1:]) == size:
        return image
    return interpolate(
        image[None], size=size, mode="bilinear", antialias=True, align_corners=False
    )[0]
