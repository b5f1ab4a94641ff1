"""Which pixels belong to what: a class, or an object, for every pixel (torch)."""

from cvlib.segment.deepmask import DeepMask, patch_boxes
from cvlib.segment.dense import propose_masks
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
from cvlib.segment.instance_maps import (
    heatmaps_to_keypoints,
    mask_targets,
    of_class,
    paste_masks_in_image,
)
from cvlib.segment.mask_rcnn import KeypointHead, MaskHead, MaskRCNN, mask_rcnn
from cvlib.segment.measuring import InstanceFigures, keypoints_found, measure_instances
from cvlib.segment.moves import flip_instances, standard_instances
from cvlib.segment.sharpmask import Refinement, SharpMask, freeze, windows
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
from cvlib.segment.triplets import (
    DeepMaskTraining,
    SharpMaskTraining,
    draw_triplet,
    measure_cutouts,
)
from cvlib.segment.unet import BackboneUNet, UNet, join, unet_2015, unet_scenes

__all__ = [
    "FCN",
    "BackboneUNet",
    "DeepMask",
    "DeepMaskTraining",
    "EncoderDecoder",
    "FullResolution",
    "InstanceFigures",
    "KeypointHead",
    "MaskHead",
    "MaskRCNN",
    "Refinement",
    "SharpMask",
    "SharpMaskTraining",
    "UNet",
    "bilinear_upsampling",
    "bilinear_weights",
    "classify_every_pixel",
    "crop_centre",
    "crop_to",
    "draw_triplet",
    "fcn8_scenes",
    "fit_segmenter",
    "flip_instances",
    "freeze",
    "fuse",
    "heatmaps_to_keypoints",
    "join",
    "keypoints_found",
    "mask_rcnn",
    "mask_targets",
    "measure_cutouts",
    "measure_instances",
    "measure_segmenter",
    "mirrored",
    "move_labels",
    "of_class",
    "paste_masks_in_image",
    "patch_boxes",
    "patches_of",
    "pixel_loss",
    "propose_masks",
    "segment",
    "semantic_map",
    "stacked",
    "standard_instances",
    "standard_segmentation",
    "unet_2015",
    "unet_scenes",
    "unet_sizes",
    "windows",
]
