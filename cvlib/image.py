"""Pictures as arrays (NumPy): RGB floats in [0, 1], height first, (H, W, 3) or (H, W).

One form everywhere, so no function has to guess whether 1 means black or white.
Files hold bytes from 0 to 255; `to_float` is the one door between the two.
"""

from os import PathLike

import numpy as np
import skimage.transform
from numpy.typing import ArrayLike, NDArray
from PIL import Image, ImageOps

from cvlib.validate import ShapeError, check_positive, pair

# Rec. ITU-R BT.709, the primaries of sRGB: green carries most of what the eye calls
# brightness. (BT.601, for old television, has 0.299, 0.587, 0.114.)
LUMA = np.array([0.2126, 0.7152, 0.0722])


def _check_image(image: ArrayLike, name: str = "image") -> NDArray:
    image = np.asarray(image)
    if image.ndim == 2 or (image.ndim == 3 and image.shape[2] == 3):
        return image
    hint = ""
    if image.ndim == 3 and image.shape[0] in (1, 3):
        hint = f"; did you mean to_hwc({name})?"
    elif image.ndim == 3 and image.shape[2] == 4:
        hint = f"; drop the transparency with {name}[..., :3]"
    elif image.ndim == 4:
        hint = f"; one image at a time, as {name}[0]"
    raise ShapeError(f"{name} must be (H, W, 3) or (H, W), got {image.shape}{hint}")


def to_float(image: ArrayLike) -> NDArray:
    """The same picture as floats in [0, 1].

    Bytes are divided by 255 and 16-bit values by 65535; True is 1. Floats must lie
    in [0, 1] already and keep their type: a float image of 0 to 255 is refused, not
    guessed at, because a dark picture and a badly scaled one look alike to a program.

    Args:
        image: any shape; uint8, uint16, bool or float.

    Returns:
        The same shape; float64 from integers, else the float type given.

    Raises:
        ValueError: floats outside [0, 1] or not finite, or another integer type.

    Example:
        >>> to_float(np.array([0, 51, 255], dtype=np.uint8))
        array([0. , 0.2, 1. ])
    """
    image = np.asarray(image)
    if image.dtype in (np.uint8, np.uint16):
        return image / np.iinfo(image.dtype).max
    if image.dtype == bool:
        return image.astype(np.float64)
    if not np.issubdtype(image.dtype, np.floating):
        raise ValueError(
            f"image must be uint8, uint16, bool or float, got {image.dtype}; "
            "if it holds 0 to 255, did you mean image.astype(np.uint8)?"
        )
    if image.size == 0:
        return image
    low, high = image.min(), image.max()
    if np.isfinite([low, high]).all() and low >= 0 and high <= 1:
        return image
    fix = "; did you mean image / 255?" if low >= 0 and 2 <= high <= 255 else ""
    if low < 0 and high <= 1:
        fix = "; did you mean np.clip(image, 0, 1)?"
    raise ValueError(f"image must hold floats in [0, 1], got {low:g} to {high:g}{fix}")


def to_uint8(image: ArrayLike) -> NDArray[np.uint8]:
    """Bytes for a file or a screen: 0 to 255, rounded to the nearest.

    Example:
        >>> to_uint8(np.array([0, 0.5, 1]))
        array([  0, 128, 255], dtype=uint8)
    """
    return np.round(to_float(image) * 255).astype(np.uint8)


def to_gray(image: ArrayLike) -> NDArray:
    """Brightness of each pixel by the weights of Rec. 709 (0.2126 R + 0.7152 G + …).

    The weights are applied to the values as stored (gamma encoded), as nearly all
    image code does; the result is what video engineers call luma.

    Args:
        image: (H, W, 3), or (H, W), which comes back as it is.

    Returns:
        (H, W) floats in [0, 1].

    Source:
        Recommendation ITU-R BT.709.

    Example:
        >>> to_gray(np.array([[[0, 1.0, 0], [1, 1, 1]]]))
        array([[0.7152, 1.    ]])
    """
    image = to_float(_check_image(image))
    # the weights may sum to 1 + 2e-16 in floats: white must stay 1
    gray = image if image.ndim == 2 else np.minimum(image @ LUMA, 1)
    return gray.astype(image.dtype, copy=False)


def to_rgb(image: ArrayLike) -> NDArray:
    """Three equal channels from a grey picture; a colour picture as it is.

    Example:
        >>> to_rgb(np.zeros((4, 5))).shape
        (4, 5, 3)
    """
    image = to_float(_check_image(image))
    return image if image.ndim == 3 else np.repeat(image[..., None], 3, axis=2)


def load(path: str | PathLike) -> NDArray[np.float64]:
    """Read a picture file as RGB floats.

    The camera's rotation tag is obeyed and transparent pixels show white.

    Args:
        path: PNG, JPEG or anything else that Pillow reads.

    Returns:
        (H, W, 3) floats in [0, 1], also for grey files.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is no picture that Pillow can read.
    """
    try:
        with Image.open(path) as file:
            picture = ImageOps.exif_transpose(file)
            if picture.mode.startswith("I"):  # 16 bits a pixel: convert would clip
                return to_rgb(np.asarray(picture).astype(np.uint16))
            if picture.has_transparency_data:
                picture = picture.convert("RGBA")
                white = Image.new("RGBA", picture.size, "white")
                picture = Image.alpha_composite(white, picture)
            return to_float(np.asarray(picture.convert("RGB")))
    except Image.UnidentifiedImageError:
        raise ValueError(
            f"path must name a picture file that Pillow can read, got {str(path)!r}"
        ) from None


def save(path: str | PathLike, image: ArrayLike) -> None:
    """Write a picture; the ending of `path` chooses the format (PNG loses nothing).

    Args:
        path: where to write, e.g. "cat.png".
        image: (H, W, 3) or (H, W), floats in [0, 1] or uint8.

    Raises:
        ShapeError, ValueError: `image` is not a picture as above.
    """
    Image.fromarray(to_uint8(_check_image(image))).save(path)


def resize(image: ArrayLike, size: int | tuple[int, int]) -> NDArray:
    """The picture at another size, by scikit-image, blurred first when it shrinks.

    Without the blur a fine pattern turns into a coarse one that was never there
    (aliasing).

    Args:
        image: (H, W, 3) or (H, W).
        size: (height, width), or one number for the shorter side, which keeps the
            proportions (as in torchvision).

    Returns:
        (height, width, 3) or (height, width) floats in [0, 1].

    Raises:
        ShapeError: `image` is not a picture as above.
        TypeError, ValueError: `size` is not whole and positive.

    Example:
        >>> resize(np.ones((40, 60)), 20).shape
        (20, 30)
    """
    image = to_float(_check_image(image))
    if np.ndim(size) == 0:
        shorter = check_positive("size", size)
        height, width = (
            max(1, round(n * shorter / min(image.shape[:2]))) for n in image.shape[:2]
        )
    else:
        height, width = pair("size", size)
    if (height, width) == image.shape[:2]:
        return image
    resized = skimage.transform.resize(image, (height, width), order=1)
    return np.clip(resized, 0, 1).astype(image.dtype, copy=False)


def to_chw(image: ArrayLike) -> NDArray:
    """Channels first, as networks want them.

    Args:
        image: (H, W), (H, W, C) or a batch (N, H, W, C), with C = 1, 3 or 4.

    Returns:
        (1, H, W), (C, H, W) or (N, C, H, W), contiguous.

    Example:
        >>> to_chw(np.zeros((4, 6, 3))).shape
        (3, 4, 6)
    """
    image = np.asarray(image)
    if image.ndim == 2:
        return image[None]
    if image.ndim not in (3, 4) or image.shape[-1] not in (1, 3, 4):
        raise ShapeError(
            "image must be (H, W), (H, W, C) or (N, H, W, C) with 1, 3 or 4 channels, "
            f"got {image.shape}{_already(image, -3, 'first')}"
        )
    return np.ascontiguousarray(np.moveaxis(image, -1, -3))


def to_hwc(image: ArrayLike) -> NDArray:
    """Channels last, as pictures are drawn: `to_chw` backwards.

    Args:
        image: (C, H, W) or a batch (N, C, H, W), with C = 1, 3 or 4.

    Returns:
        (H, W, C), or (H, W) for one channel; (N, H, W, C) for a batch. Contiguous.

    Example:
        >>> to_hwc(np.zeros((1, 4, 6))).shape
        (4, 6)
    """
    image = np.asarray(image)
    if image.ndim not in (3, 4) or image.shape[-3] not in (1, 3, 4):
        raise ShapeError(
            "image must be (C, H, W) or (N, C, H, W) with 1, 3 or 4 channels, "
            f"got {image.shape}{_already(image, -1, 'last')}"
        )
    if image.ndim == 3 and image.shape[0] == 1:
        return image[0]
    return np.ascontiguousarray(np.moveaxis(image, -3, -1))


def _already(image: NDArray, axis: int, where: str) -> str:
    if image.ndim in (3, 4) and image.shape[axis] in (1, 3, 4):
        return f"; its channels seem to come {where} already"
    return ""
