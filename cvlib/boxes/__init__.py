"""Boxes with torch: formats, overlap, suppression, and what a regressor predicts.

Boxes are (N, 4) xyxy in pixels, x2 and y2 one past the last pixel. Names, arguments
and values are those of `torchvision.ops`; where we differ, the docstring says so.
"""

from cvlib.boxes.coder import BBOX_XFORM_CLIP, decode_boxes, encode_boxes
from cvlib.boxes.convert import (
    box_area,
    box_convert,
    clip_boxes_to_image,
    remove_small_boxes,
)
from cvlib.boxes.guards import check_boxes, check_scores
from cvlib.boxes.iou import (
    box_iou,
    box_iou_by_definition,
    complete_box_iou,
    distance_box_iou,
    generalized_box_iou,
    iou_of_two,
)
from cvlib.boxes.nms import batched_nms, nms, nms_by_definition, soft_nms

__all__ = [
    "BBOX_XFORM_CLIP",
    "batched_nms",
    "box_area",
    "box_convert",
    "box_iou",
    "box_iou_by_definition",
    "check_boxes",
    "check_scores",
    "clip_boxes_to_image",
    "complete_box_iou",
    "decode_boxes",
    "distance_box_iou",
    "encode_boxes",
    "generalized_box_iou",
    "iou_of_two",
    "nms",
    "nms_by_definition",
    "remove_small_boxes",
    "soft_nms",
]
