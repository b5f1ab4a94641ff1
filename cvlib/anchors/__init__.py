"""Anchors with torch: boxes laid out beforehand, matched to the truth and sampled.

Names, arguments and values are those of `torchvision.models.detection`; where we
differ, the docstring says so.
"""

from cvlib.anchors.generate import AnchorGenerator, base_anchors, grid_anchors
from cvlib.anchors.levels import fpn_level
from cvlib.anchors.match import BELOW, BETWEEN, anchor_labels, match, roi_labels
from cvlib.anchors.sample import sample

__all__ = [
    "BELOW",
    "BETWEEN",
    "AnchorGenerator",
    "anchor_labels",
    "base_anchors",
    "fpn_level",
    "grid_anchors",
    "match",
    "roi_labels",
    "sample",
]
