"""More pictures from the ones there are: augmentation (torch).

Functions with a library name do what `torchvision.transforms.v2.functional` does by
that name; those that begin with `random_` draw their numbers from a torch.Generator
and move every image of a batch on its own. Geometric ones take a `Sample` too, an image
with its boxes, masks and points, and move all of them by the same draw.
"""

from .colour import (
    PCA,
    adjust_brightness,
    adjust_contrast,
    adjust_saturation,
    fit_pca_colour,
    pca_colour,
    rgb_shift,
)
from .draws import (
    random_channel_permutation,
    random_crop,
    random_elastic,
    random_horizontal_flip,
    random_jitter,
    random_pca_colour,
    random_resized_crop,
    random_rgb_shift,
    random_rotation,
)
from .geometry import (
    center_crop,
    crop,
    elastic,
    five_crop,
    horizontal_flip,
    pad,
    resize,
    resized_crop,
    rotate,
    ten_crop,
)
from .moves import Crop, Flip, Move, Resize
from .sample import Sample
from .sequence import Compose, standard_cifar
from .warps import Elastic, Rotate, elastic_displacement

__all__ = [
    "PCA",
    "Compose",
    "Crop",
    "Elastic",
    "Flip",
    "Move",
    "Resize",
    "Rotate",
    "Sample",
    "adjust_brightness",
    "adjust_contrast",
    "adjust_saturation",
    "center_crop",
    "crop",
    "elastic",
    "elastic_displacement",
    "fit_pca_colour",
    "five_crop",
    "horizontal_flip",
    "pad",
    "pca_colour",
    "random_channel_permutation",
    "random_crop",
    "random_elastic",
    "random_horizontal_flip",
    "random_jitter",
    "random_pca_colour",
    "random_resized_crop",
    "random_rgb_shift",
    "random_rotation",
    "resize",
    "resized_crop",
    "rgb_shift",
    "rotate",
    "standard_cifar",
    "ten_crop",
]
