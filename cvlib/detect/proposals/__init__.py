"""Where might something be? Boxes proposed before anybody asks what it is (torch)."""

from cvlib.detect.proposals.merging import (
    MEASURES,
    merge_all,
    neighbours,
    partition,
    similarity,
)
from cvlib.detect.proposals.regions import Regions, describe
from cvlib.detect.proposals.search import (
    segment,
    selective_search,
    superpixel_boxes,
    uniform_boxes,
)

__all__ = [
    "MEASURES",
    "Regions",
    "describe",
    "merge_all",
    "neighbours",
    "partition",
    "segment",
    "selective_search",
    "similarity",
    "superpixel_boxes",
    "uniform_boxes",
]
