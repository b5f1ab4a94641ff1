"""Patterned paper (NumPy): any colour and any pattern, so that only shape tells.

Nothing here but sums, products and rounding: the same seed, the same pixels.
"""

from functools import lru_cache

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from cvlib.data.photos import photo
from cvlib.image import to_gray, to_uint8

PATTERNS = ("plain", "striped", "checked", "dotted", "zigzag", "printed")
INKS = np.array(
    [
        (200, 62, 66), (232, 128, 52), (242, 196, 84), (128, 164, 66), (52, 134, 96),
        (44, 150, 160), (48, 112, 178), (60, 68, 132), (126, 84, 160), (206, 112, 160),
        (136, 90, 58), (238, 228, 206), (110, 116, 122), (40, 42, 48),
    ],
    dtype=np.float32,
)  # fmt: skip
PRINTS = ("text", "coins", "brick", "gravel", "grass", "camera")


def paper(
    rng: Generator,
    size: tuple[int, int],
    *,
    turn: tuple[float, float] = (1.0, 0.0),
    scale: float = 40,
    near: NDArray | None = None,
) -> NDArray[np.float32]:
    """A sheet in two inks.

    Args:
        rng: chooses the inks, the pattern and its period.
        size: (height, width) in pixels.
        turn: (cos, sin) of the pattern's angle.
        scale: size in pixels of what is cut from it; the pattern follows.
        near: (3,) a colour in [0, 255] to take for the first ink.

    Returns:
        (height, width, 3) float32, about [0, 255].

    Example:
        >>> paper(np.random.default_rng(0), (20, 30)).shape
        (20, 30, 3)
    """
    dark, light = INKS[rng.choice(len(INKS), 2, replace=False)]
    if near is not None:
        dark = np.asarray(near, dtype=np.float32)
    if rng.integers(2):  # half of the sheets: two tones of one ink
        light = dark + np.float32(0.45) * (255 - dark)
    jitter = rng.integers(-18, 19, (2, 3)).astype(np.float32)
    tone = pattern(rng, PATTERNS[rng.integers(len(PATTERNS))], size, turn, scale)
    return dark + jitter[0] + tone[..., None] * (light + jitter[1] - dark)


def pattern(
    rng: Generator,
    name: str,
    size: tuple[int, int],
    turn: tuple[float, float],
    scale: float,
) -> NDArray[np.float32]:
    """(h, w) in [0, 1]: how much of the second ink is at each pixel."""
    h, w = size
    if name == "plain":
        return np.zeros(size, dtype=np.float32)
    if name == "printed":
        return print_(rng, size)
    cos, sin = turn
    period = max(4.0, scale / rng.uniform(3, 7))
    y, x = np.mgrid[:h, :w].astype(np.float32)
    u = np.float32(cos / period) * x + np.float32(sin / period) * y + rng.random()
    v = np.float32(cos / period) * y - np.float32(sin / period) * x + rng.random()
    if name == "striped":
        wave = fold(u) - 0.5
    elif name == "checked":
        wave = (fold(u) - 0.5) * (fold(v) - 0.5) * 2
    elif name == "dotted":
        wave = 0.3 - (0.5 - fold(u) / 2) ** 2 * 4 - (0.5 - fold(v) / 2) ** 2 * 4
    else:
        wave = fold(u + 0.7 * fold(v)) - 0.5
    sharp = np.float32(period / 2)  # a tone changes within about a pixel
    return np.clip(wave * sharp + np.float32(0.5), 0, 1).astype(np.float32)


def fold(t: NDArray) -> NDArray:
    """Up and down between 0 and 1 with period 1, in straight lines.

    Example:
        >>> fold(np.array([0, 0.25, 0.5, 1.75]))
        array([1. , 0.5, 0. , 0.5])
    """
    return np.abs(2 * (t - np.floor(t)) - 1)


def print_(rng: Generator, size: tuple[int, int]) -> NDArray[np.float32]:
    """A piece of a grey photograph as (h, w) tones."""
    sheet = _sheet(PRINTS[rng.integers(len(PRINTS))])
    rows, columns = (
        (np.arange(n) + rng.integers(m)) % m
        for n, m in zip(size, sheet.shape, strict=True)
    )
    return sheet[np.ix_(rows, columns)]


@lru_cache
def _sheet(name: str) -> NDArray[np.float32]:
    """A photograph in grey at a third of its size, its tones spread out."""
    gray = Image.fromarray(to_uint8(to_gray(photo(name)))).reduce(3)
    tones = np.asarray(gray, dtype=np.float32)
    low, high = np.percentile(tones, (5, 95))
    return np.clip((tones - low) / (high - low), 0, 1).astype(np.float32)


def soften(alpha: NDArray, sigma: float) -> NDArray[np.float32]:
    """Blur (h, w) values in [0, 1] in steps of 1/255."""
    sheet = Image.fromarray((alpha * 255 + 0.5).astype(np.uint8))
    soft = sheet.filter(ImageFilter.GaussianBlur(sigma))
    return np.asarray(soft, dtype=np.float32) / 255
