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
from cvlib.metrics.ranking import topk_error
from cvlib.metrics.recall import average_recall, best_overlaps, proposal_recall
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
    "Matches",
    "MeanAveragePrecision",
    "average_precision",
    "average_precision_by_definition",
    "average_recall",
    "best_overlaps",
    "coco_match_by_definition",
    "coco_metrics",
    "envelope",
    "match_by_definition",
    "match_detections",
    "mean_average_precision",
    "precision_recall",
    "proposal_recall",
    "topk_error",
]
