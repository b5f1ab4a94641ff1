"""Content and style (torch): losses of feature maps, and pictures that make them small.

    from cvlib.style import Objective, gatys, gram_matrix

Pictures are RGB in [0, 1], (N, 3, H, W). Where maps come from is up to the caller: our
feature net, filters nobody trained, or any network with names for its layers.
"""

from cvlib.style.colour import keep_colours, match_colours
from cvlib.style.features import (
    SQUEEZENET,
    VGG19,
    feature_maps,
    frozen,
    pyramid,
    random_maps,
    tapped,
)
from cvlib.style.gatys import (
    CONTENT_LAYERS,
    STYLE_LAYERS,
    gatys,
    invert,
    on_levels,
    synthesise,
)
from cvlib.style.losses import (
    content_loss,
    gram_loss,
    gram_matrix,
    layer_style_loss,
    style_loss,
    tv_loss,
)
from cvlib.style.objective import Objective, Terms
from cvlib.style.pixels import Drawn, optimise_pixels
from cvlib.style.training import fit_transform, perceptual_loss
from cvlib.style.transform import TransformNet, johnson_net, small_transform_net

__all__ = [
    "CONTENT_LAYERS",
    "SQUEEZENET",
    "STYLE_LAYERS",
    "VGG19",
    "Drawn",
    "Objective",
    "Terms",
    "TransformNet",
    "content_loss",
    "feature_maps",
    "fit_transform",
    "frozen",
    "gatys",
    "gram_loss",
    "gram_matrix",
    "invert",
    "johnson_net",
    "keep_colours",
    "layer_style_loss",
    "match_colours",
    "on_levels",
    "optimise_pixels",
    "perceptual_loss",
    "pyramid",
    "random_maps",
    "small_transform_net",
    "style_loss",
    "synthesise",
    "tapped",
    "tv_loss",
]
