"""How wrong is a model? Numbers that a table can hold (torch)."""

from cvlib.metrics.coco import CocoFigures, coco_metrics
from cvlib.metrics.coco_matching import coco_match_by_definition
from cvlib.metrics.curves import (
    Curve,
    average_precision,
    average_precision_by_definition,
    envelope,
    precision_recall,
)
from cvlib.metrics.keypoints import (
    object_keypoint_similarity,
    percentage_of_correct_keypoints,
)
from cvlib.metrics.masks import coco_mask_metrics, mask_iou, mask_iou_by_definition
from cvlib.metrics.ranking import topk_error
from cvlib.metrics.recall import average_recall, best_overlaps, proposal_recall
from cvlib.metrics.segmentation import (
    boundary_f,
    class_accuracy,
    class_dice,
    class_iou,
    confusion_matrix,
    frequency_weighted_iou,
    mask_boundary,
    mean_accuracy,
    mean_iou,
    pixel_accuracy,
)
from cvlib.metrics.verification import (
    EqualError,
    Roc,
    TenFold,
    area_under_roc,
    best_threshold,
    equal_error_rate,
    roc,
    roc_by_definition,
    ten_fold_accuracy,
    true_accept_rate,
    verification_accuracy,
)
from cvlib.metrics.voc import (
    Matches,
    MeanAveragePrecision,
    match_by_definition,
    match_detections,
    mean_average_precision,
)

__all__ = [
    "CocoFigures",
    "Curve",
    "EqualError",
    "Matches",
    "MeanAveragePrecision",
    "Roc",
    "TenFold",
    "area_under_roc",
    "average_precision",
    "average_precision_by_definition",
    "average_recall",
    "best_overlaps",
    "best_threshold",
    "boundary_f",
    "class_accuracy",
    "class_dice",
    "class_iou",
    "coco_mask_metrics",
    "coco_match_by_definition",
    "coco_metrics",
    "confusion_matrix",
    "envelope",
    "equal_error_rate",
    "frequency_weighted_iou",
    "mask_boundary",
    "mask_iou",
    "mask_iou_by_definition",
    "match_by_definition",
    "match_detections",
    "mean_accuracy",
    "mean_average_precision",
    "mean_iou",
    "object_keypoint_similarity",
    "percentage_of_correct_keypoints",
    "pixel_accuracy",
    "precision_recall",
    "proposal_recall",
    "roc",
    "roc_by_definition",
    "ten_fold_accuracy",
    "topk_error",
    "true_accept_rate",
    "verification_accuracy",
]
