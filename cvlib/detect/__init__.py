"""Detectors (torch): lists of images of any size in, boxes, labels and scores out."""

from cvlib.detect.backbone import small_backbone
from cvlib.detect.images import Batch, batch_of
from cvlib.detect.output import Detection, best_of, detections
from cvlib.detect.training import fit_detector

__all__ = [
    "Batch",
    "Detection",
    "batch_of",
    "best_of",
    "detections",
    "fit_detector",
    "small_backbone",
]
