"""Looking inside a trained network (torch): what excites a unit, and where a class is.

    from cvlib.explain import cam, top_patches

Nothing here changes a model: it is run in eval mode, and left as it was found.
"""

from cvlib.explain.hits import hit_rate, hits
from cvlib.explain.layers import activations
from cvlib.explain.maps import (
    ClassMaps,
    Located,
    cam,
    class_activation,
    gmp_localise,
    share_inside,
)
from cvlib.explain.patches import Patch, cut_out, top_patches
from cvlib.explain.probes import occlusion, saliency
from cvlib.explain.receptive import receptive_box, receptive_field

__all__ = [
    "ClassMaps",
    "Located",
    "Patch",
    "activations",
    "cam",
    "class_activation",
    "cut_out",
    "gmp_localise",
    "hit_rate",
    "hits",
    "occlusion",
    "receptive_box",
    "receptive_field",
    "saliency",
    "share_inside",
    "top_patches",
]
