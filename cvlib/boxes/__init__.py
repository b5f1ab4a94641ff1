"""Boxes with torch: formats, overlap, suppression, and what a regressor predicts.

Boxes are (N, 4) xyxy in pixels, x2 and y2 one past the last pixel. Names, arguments
and values are those of `torchvision.ops`; where we differ, the docstring says so.
"""

from cvlib.boxes.guards import check_boxes

__all__ = ["check_boxes"]
