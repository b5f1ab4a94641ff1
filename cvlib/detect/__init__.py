"""Detectors (torch): lists of images of any size in, boxes, labels and scores out."""

from cvlib.detect.augmentation import standard_detection
from cvlib.detect.backbone import FineBackbone, small_backbone
from cvlib.detect.images import Batch, batch_of
from cvlib.detect.models import fast_rcnn, faster_rcnn, rcnn
from cvlib.detect.output import Detection, best_of, detections
from cvlib.detect.pooled_head import PooledHead
from cvlib.detect.rpn import RegionProposalNetwork
from cvlib.detect.svm import fit_ridge, fit_svm, hinge_loss
from cvlib.detect.targets import fast_rcnn_targets
from cvlib.detect.training import fit_detector
from cvlib.detect.view import External, GeneralizedRCNN
from cvlib.detect.warped_head import WarpedHead, warp

__all__ = [
    "Batch",
    "Detection",
    "External",
    "FineBackbone",
    "GeneralizedRCNN",
    "PooledHead",
    "RegionProposalNetwork",
    "WarpedHead",
    "batch_of",
    "best_of",
    "detections",
    "fast_rcnn",
    "fast_rcnn_targets",
    "faster_rcnn",
    "fit_detector",
    "fit_ridge",
    "fit_svm",
    "hinge_loss",
    "rcnn",
    "small_backbone",
    "standard_detection",
    "warp",
]
