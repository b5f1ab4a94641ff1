"""Regions of any size brought to one size, with torch: RoIPool, RoIAlign, pyramids.

Names, arguments and values are those of `torchvision.ops`; where we differ, the
docstring says so.
"""

from cvlib.roi.align import roi_align, roi_align_loops
from cvlib.roi.pool import roi_bins, roi_pool, roi_pool_loops
from cvlib.roi.pyramid import pyramid_window, spatial_pyramid_pool

__all__ = [
    "pyramid_window",
    "roi_align",
    "roi_align_loops",
    "roi_bins",
    "roi_pool",
    "roi_pool_loops",
    "spatial_pyramid_pool",
]
