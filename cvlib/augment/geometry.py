"""Geometric functions under torchvision's names: of an image, a batch or a sample."""

from torch import Tensor

from cvlib.validate import check_floating, check_int, check_number, check_shape, pair

from .moves import Crop, Flip, Resize, Target
from .sample import Sample
from .warps import Elastic, Rotate, check_displacement

IMAGES = "N C H W | C H W"


def size_of(target: Target) -> tuple[int, int]:
    """Height and width of what may be moved, after a look at its shape.

    Raises:
        TypeError: it is neither a tensor nor a sample.
        ShapeError: a tensor is not (N, C, H, W) or (C, H, W).
    """
    if isinstance(target, Sample):
        return target.size
    if not isinstance(target, Tensor):
        raise TypeError(
            f"images must be a tensor or a Sample, got {type(target).__name__}; "
            "did you mean torch.from_numpy(images)?"
        )
    *_, H, W = check_shape("images", target, IMAGES)
    return H, W


def horizontal_flip(images: Target) -> Target:
    """Mirror left and right.

    Args:
        images: (N, C, H, W) or (C, H, W), or a Sample, whose boxes, masks and points
            are mirrored with it. Which point is a *left* one is for the caller to
            exchange.

    Example:
        >>> horizontal_flip(torch.tensor([[[1., 2, 3]]]))
        tensor([[[3., 2., 1.]]])
    """
    return Flip(size_of(images))(images)


def pad(images: Target, padding: int | tuple[int, int], *, fill: float = 0) -> Target:
    """A margin of `fill` on all sides.

    Args:
        images: (N, C, H, W) or (C, H, W), or a Sample.
        padding: rows above and below, columns left and right; one number for both.
        fill: value of the margin.

    Example:
        >>> pad(torch.ones(1, 1, 1), (0, 2))
        tensor([[[0., 0., 1., 0., 0.]]])
    """
    H, W = size_of(images)
    rows, columns = pair("padding", padding, minimum=0)
    move = Crop((H, W), -rows, -columns, H + 2 * rows, W + 2 * columns, fill)
    return move(images)


def crop(images: Target, top: int, left: int, height: int, width: int) -> Target:
    """A window of the image.

    What hangs over the edge is filled with zeros, as in torchvision. Boxes are cut
    off at the window; one that lies outside becomes empty.

    Args:
        images: (N, C, H, W) or (C, H, W), or a Sample.
        top: row of the window's first pixel; below 0 it begins above the image.
        left: column of the window's first pixel.
        height: rows of the window.
        width: columns of the window.

    Raises:
        TypeError, ValueError: a number is not whole, or a side is not positive.

    Example:
        >>> crop(torch.arange(9.).reshape(1, 3, 3), 1, 0, 2, 2)
        tensor([[[3., 4.],
                 [6., 7.]]])
    """
    size = size_of(images)
    top, left = check_int("top", top), check_int("left", left)
    height, width = pair("(height, width)", (height, width))
    return Crop(size, top, left, height, width)(images)


def center_crop(images: Target, output_size: int | tuple[int, int]) -> Target:
    """The window in the middle.

    Raises:
        ValueError: it is larger than the image.

    Example:
        >>> center_crop(torch.arange(16.).reshape(1, 4, 4), 2)
        tensor([[[ 5.,  6.],
                 [ 9., 10.]]])
    """
    (H, W), (h, w) = size_of(images), pair("output_size", output_size)
    check_fits("output_size", (h, w), (H, W))
    # round half to even, as torchvision
    return crop(images, round((H - h) / 2), round((W - w) / 2), h, w)


def check_fits(name: str, window: tuple[int, int], size: tuple[int, int]) -> None:
    """Refuse a window that is larger than the picture."""
    if window[0] > size[0] or window[1] > size[1]:
        raise ValueError(
            f"{name} must fit into pictures of {size[0]} × {size[1]}, "
            f"got {window[0]} × {window[1]}; pad or resize them first"
        )


def resize(images: Target, size: tuple[int, int]) -> Target:
    """Stretch to (height, width), bilinear and with antialias.

    Example:
        >>> resize(torch.tensor([[[0., 1.]]]), (1, 4))
        tensor([[[0.0000, 0.2500, 0.7500, 1.0000]]])
    """
    return Resize(size_of(images), *pair("size", size))(images)


def resized_crop(
    images: Target, top: int, left: int, height: int, width: int, size: tuple[int, int]
) -> Target:
    """A window, stretched to `size`.

    Example:
        >>> resized_crop(torch.eye(4)[None], 1, 1, 2, 2, (2, 2))
        tensor([[[1., 0.],
                 [0., 1.]]])
    """
    return resize(crop(images, top, left, height, width), size)


def five_crop(images: Tensor, size: int | tuple[int, int]) -> tuple[Tensor, ...]:
    """The four corners and the middle: top left, top right, bottom left, bottom right.

    Example:
        >>> [c.item() for c in five_crop(torch.arange(9.).reshape(1, 3, 3), 1)]
        [0.0, 2.0, 6.0, 8.0, 4.0]
    """
    (H, W), (h, w) = size_of(images), pair("size", size)
    check_fits("size", (h, w), (H, W))
    corners = [(0, 0), (0, W - w), (H - h, 0), (H - h, W - w)]
    windows = [crop(images, top, left, h, w) for top, left in corners]
    return (*windows, center_crop(images, (h, w)))


def ten_crop(images: Tensor, size: int | tuple[int, int]) -> tuple[Tensor, ...]:
    """Five crops, then the same five of the mirrored image.

    At test time a network looks at all ten and its answers are averaged.

    Args:
        images: (N, C, H, W) or (C, H, W).
        size: height and width of a crop, or one number for both.

    Returns:
        Ten tensors (…, C, h, w): top left, top right, bottom left, bottom right,
        middle, and these five again after a horizontal flip *of the image*: the sixth
        is the mirrored top right one.

    Raises:
        ValueError: a crop is larger than the image.

    Source:
        Krizhevsky, Sutskever and Hinton, ImageNet classification with deep
        convolutional neural networks, NeurIPS 2012.

    Example:
        >>> [int(c) for c in ten_crop(torch.arange(9.).reshape(1, 3, 3), 1)]
        [0, 2, 6, 8, 4, 2, 0, 8, 6, 4]
    """
    return five_crop(images, size) + five_crop(horizontal_flip(images), size)


def rotate(images: Target, angle: float) -> Target:
    """Turn about the middle, counter-clockwise; the size stays (`expand=False`).

    Images are bilinear (torchvision's default is nearest), masks nearest; corners
    that come from outside are 0.

    Args:
        images: (N, C, H, W) or (C, H, W), or a Sample; floating point.
        angle: in degrees.

    Example:
        >>> rotate(torch.tensor([[[0., 1], [0, 0]]]), 90).round()
        tensor([[[1., 0.],
                 [0., 0.]]])
    """
    size = size_of(images)
    check_floating("images", images.image if isinstance(images, Sample) else images)
    return Rotate(size, check_number("angle", angle))(images)


def elastic(images: Target, displacement: Tensor) -> Target:
    """Deform by a field, as if the picture were printed on rubber.

    Pixel q of the result shows the place q + displacement(q) of the image: bilinear
    for images, nearest for masks, 0 outside.

    Args:
        images: (N, C, H, W) or (C, H, W), or a Sample; floating point.
        displacement: (1, H, W, 2) as (x, y), in halves of the width and height, the
            same for all; `elastic_displacement` draws one.

    Raises:
        ShapeError: the field is not of the image's size.

    Source:
        Simard, Steinkraus and Platt, ICDAR 2003; for segmentation Ronneberger, Fischer
        and Brox, U-Net, MICCAI 2015.

    Example:
        >>> still = torch.zeros(1, 2, 2, 2)
        >>> elastic(torch.eye(2)[None], still)
        tensor([[[1., 0.],
                 [0., 1.]]])
    """
    size = size_of(images)
    check_floating("images", images.image if isinstance(images, Sample) else images)
    check_displacement(displacement, size)
    return Elastic(size, displacement)(images)
