"""What networks are trained with (torch)."""

from cvlib.losses.boxes import fast_rcnn_loss, rpn_loss, smooth_l1_loss
from cvlib.losses.embedding import (
    contrastive_loss,
    squared_distances,
    triplet_loss,
    triplet_loss_by_definition,
)
from cvlib.losses.keypoints import keypoint_loss, keypoints_to_locations
from cvlib.losses.masks import deepmask_loss, mask_loss
from cvlib.losses.segmentation import (
    binary_cross_entropy_with_logits,
    cross_entropy,
    dice_loss,
    sigmoid_focal_loss,
)

__all__ = [
    "binary_cross_entropy_with_logits",
    "contrastive_loss",
    "cross_entropy",
    "deepmask_loss",
    "dice_loss",
    "fast_rcnn_loss",
    "keypoint_loss",
    "keypoints_to_locations",
    "mask_loss",
    "rpn_loss",
    "sigmoid_focal_loss",
    "smooth_l1_loss",
    "squared_distances",
    "triplet_loss",
    "triplet_loss_by_definition",
]
