"""Real photographs (NumPy) that come with scikit-image and scikit-learn: no download.

Each has a name, a credit and a licence, because a picture in a book needs all three.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import skimage.data
from numpy.typing import NDArray
from sklearn.datasets import load_sample_image

from cvlib.image import resize, to_float, to_rgb
from cvlib.validate import check_choice


@dataclass(frozen=True)
class Credit:
    """Who made a photograph and what may be done with it."""

    title: str
    author: str
    licence: str
    source: str

    def __str__(self) -> str:
        return f"{self.title}: {self.author}, {self.licence} ({self.source})"


_SKIMAGE = "skimage.data"
_SKLEARN = "sklearn.datasets.load_sample_image"
_FREE = "no known copyright restrictions"

# As the two libraries state them in their docstrings and README files.
CREDITS = {
    "astronaut": Credit("Eileen Collins", "NASA", "public domain", _SKIMAGE),
    "brick": Credit("Brick wall", "cc0textures.com", "CC0", _SKIMAGE),
    "camera": Credit("Photographer", "Lav Varshney", "CC0", _SKIMAGE),
    "chelsea": Credit("Chelsea the cat", "Stéfan van der Walt", "CC0", _SKIMAGE),
    "china": Credit("China", "danielbuechele (Flickr)", "CC BY 2.0", _SKLEARN),
    "clock": Credit(
        "Wall clock, the camera moving",
        "Stéfan van der Walt",
        "public domain",
        _SKIMAGE,
    ),
    "coffee": Credit(
        "Cup of coffee",
        "Rachel Michetti, courtesy of Pikolo Espresso Bar",
        "CC0",
        _SKIMAGE,
    ),
    "coins": Credit("Greek coins from Pompeii", "Brooklyn Museum", _FREE, _SKIMAGE),
    # scikit-learn's README repeats china's author here; its link names this one
    "flower": Credit("Flower", "vultilion (Flickr)", "CC BY 2.0", _SKLEARN),
    "grass": Credit("Grass", "linolafett (DeviantArt)", "CC0", _SKIMAGE),
    "gravel": Credit("Gravel", "cc0textures.com", "CC0", _SKIMAGE),
    "hubble_deep_field": Credit(
        "Hubble eXtreme Deep Field", "NASA", "public domain", _SKIMAGE
    ),
    "immunohistochemistry": Credit(
        "Stained colonic glands",
        "Center for Microscopy and Molecular Imaging",
        _FREE,
        _SKIMAGE,
    ),
    "retina": Credit("Human retina", "Mikael Häggström", "CC0", _SKIMAGE),
    "rocket": Credit("Launch of DSCOVR", "SpaceX", "public domain", _SKIMAGE),
    "text": Credit("Printed text", "Wikipedia", "public domain", _SKIMAGE),
}


def photos() -> list[str]:
    """The names that `photo` knows, in alphabetical order."""
    return sorted(CREDITS)


def photo(name: str, size: int | tuple[int, int] | None = None) -> NDArray[np.float64]:
    """A bundled photograph; grey ones come with three equal channels.

    Args:
        name: one of `photos()`.
        size: (height, width), or one number for the shorter side; None keeps the
            photograph's own.

    Returns:
        (H, W, 3) float64 RGB in [0, 1], a fresh array.

    Raises:
        ValueError: there is no such photograph; the sentence lists the names.

    Example:
        >>> photo("coffee", size=100).shape
        (100, 150, 3)
    """
    image = to_float(_pixels(check_choice("name", name, photos())))
    return to_rgb(image if size is None else resize(image, size))


def credit(name: str) -> Credit:
    """Author and licence of a photograph, ready to print under it.

    Example:
        >>> print(credit("chelsea"))
        Chelsea the cat: Stéfan van der Walt, CC0 (skimage.data)
    """
    return CREDITS[check_choice("name", name, photos())]


@lru_cache(maxsize=4)
def _pixels(name: str) -> NDArray[np.uint8]:
    """(H, W) or (H, W, 3) bytes as the library has them."""
    if CREDITS[name].source == _SKLEARN:
        return load_sample_image(f"{name}.jpg")
    return getattr(skimage.data, name)()
