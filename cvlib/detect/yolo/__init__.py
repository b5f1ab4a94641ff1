"""YOLO (torch): one look at the picture, one tensor, all boxes."""

from cvlib.detect.yolo.anchors import assign_anchors, cluster_anchors, shape_iou
from cvlib.detect.yolo.loss import read_codes, yolo_loss, yolo_loss_by_definition
from cvlib.detect.yolo.model import Yolo, read_detections, yolo_scenes
from cvlib.detect.yolo.target import Encoded, boxes_of, cell_of, decode, encode, places

__all__ = [
    "Encoded",
    "Yolo",
    "assign_anchors",
    "boxes_of",
    "cell_of",
    "cluster_anchors",
    "decode",
    "encode",
    "places",
    "read_codes",
    "read_detections",
    "shape_iou",
    "yolo_loss",
    "yolo_loss_by_definition",
    "yolo_scenes",
]
