"""What cvlib makes of regions on a map."""

import torch

from cvlib.roi import roi_align, roi_bins, roi_pool
from cvlib.widgets.region_pooling import values

BOXES = [
    [2.25, 1.25, 6.75, 5.5],
    [0.0, 0.0, 10.0, 8.0],
    [2.5, 1.5, 4.5, 3.5],
    [0.25, 6.75, 1.25, 8.0],
    [8.75, 0.0, 9.75, 1.0],
    [-2.5, -1.25, 3.0, 2.0],
]


def golden() -> list[dict]:
    """Bins, maxima and means of points, for several grids."""
    grid, cases = values(), []
    maps = torch.tensor([[grid]], dtype=torch.float64)
    for box in BOXES:
        region = torch.tensor(box, dtype=torch.float64)
        for bins in (1, 2, 3):
            rows, columns = roi_bins(region, bins)
            pooled = roi_pool(maps, [region[None]], bins)[0, 0]
            aligned = roi_align(maps, [region[None]], bins, 1.0, 2, True)[0, 0]
            for fn, args, expected in [
                ("poolBins", [box, bins], [rows, columns]),
                ("roiPool", [grid, box, bins], pooled.tolist()),
                ("roiAlign", [grid, box, bins, 2], aligned.tolist()),
            ]:
                cases.append({"fn": fn, "args": args, "expected": expected})
    return cases
