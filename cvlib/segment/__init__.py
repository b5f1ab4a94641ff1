"""Which pixels belong to what: a class, or an object, for every pixel (torch)."""

from cvlib.segment.fcn import (
    FCN,
    bilinear_upsampling,
    bilinear_weights,
    fcn8_scenes,
    fuse,
)
from cvlib.segment.ideas import (
    EncoderDecoder,
    FullResolution,
    classify_every_pixel,
    patches_of,
)
from cvlib.segment.sizes import crop_centre, crop_to, mirrored, unet_sizes
from cvlib.segment.training import (
    fit_segmenter,
    measure_segmenter,
    move_labels,
    pixel_loss,
    segment,
    semantic_map,
    stacked,
    standard_segmentation,
)
from cvlib.segment.unet import BackboneUNet, UNet, join, unet_2015, unet_scenes

__all__ = [
    "FCN",
    "BackboneUNet",
    "EncoderDecoder",
    "FullResolution",
    "UNet",
    "bilinear_upsampling",
    "bilinear_weights",
    "classify_every_pixel",
    "crop_centre",
    "crop_to",
    "fcn8_scenes",
    "fit_segmenter",
    "fuse",
    "join",
    "measure_segmenter",
    "mirrored",
    "move_labels",
    "patches_of",
    "pixel_loss",
    "segment",
    "semantic_map",
    "stacked",
    "standard_segmentation",
    "unet_2015",
    "unet_scenes",
    "unet_sizes",
]
