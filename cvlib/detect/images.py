"""Pictures of any size in one batch, and back (torch)."""

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from cvlib.boxes.guards import check_tensor
from cvlib.validate import check_floating, check_shape


@dataclass(frozen=True, eq=False)
class Batch:
    """Pictures padded with zeros, at the right and below, to one size."""

    pixels: Tensor  # (N, 3, H, W)
    sizes: tuple[tuple[int, int], ...]  # (height, width) of each before padding

    def __len__(self) -> int:
        return len(self.sizes)


def batch_of(images: Sequence[Tensor], *, multiple: int = 16) -> Batch:
    """Put pictures of different sizes into one tensor.

    Padding goes to the right and below, so that no box has to move.

    Args:
        images: each (3, H, W) RGB in [0, 1].
        multiple: height and width of the batch are multiples of it, so that every
            stride of the network divides them.

    Raises:
        TypeError: no sequence of floating point tensors.
        ShapeError: one of them is not (3, H, W).
        ValueError: there is none.

    Example:
        >>> batch = batch_of([torch.ones(3, 20, 40), torch.ones(3, 30, 16)])
        >>> batch.pixels.shape, batch.sizes
        (torch.Size([2, 3, 32, 48]), ((20, 40), (30, 16)))
    """
    if isinstance(images, Tensor):
        raise TypeError(
            f"images must be a list of (3, H, W) tensors, got one {images.ndim}-d "
            "tensor; did you mean list(images)?"
        )
    if not len(images):
        raise ValueError("images must hold at least one picture, got none")
    for n, image in enumerate(images):
        check_tensor(f"images[{n}]", image)
        check_shape(f"images[{n}]", image, "3 H W")
        check_floating(f"images[{n}]", image)
    sizes = tuple((image.shape[1], image.shape[2]) for image in images)
    H, W = (-(-max(side) // multiple) * multiple for side in zip(*sizes, strict=True))
    pixels = images[0].new_zeros(len(images), 3, H, W)
    for pixel, image, (h, w) in zip(pixels, images, sizes, strict=True):
        pixel[:, :h, :w] = image
    return Batch(pixels, sizes)
