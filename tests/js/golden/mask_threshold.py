"""What cvlib says a mask above a threshold is worth."""

import numpy as np
import torch

from cvlib.metrics import mask_iou
from cvlib.widgets.mask_threshold import KINDS, network, worth


def golden() -> list[dict]:
    """Three maps at several thresholds."""
    cases = []
    for kind in KINDS:
        probabilities, true = network(kind)
        lists = [probabilities.tolist(), true.astype(int).tolist()]
        for threshold in (0.05, 0.33, 0.5, 0.95):
            said = worth(probabilities, true, threshold)
            pair = [torch.tensor(m)[None] for m in (probabilities >= threshold, true)]
            assert abs(said["iou"] - float(mask_iou(*pair))) < 1e-6
            parts = [said["both"], said["extra"], said["missed"]]
            args = [*lists, threshold]
            cases += [
                {"fn": "counts", "args": args, "expected": parts},
                {"fn": "iou", "args": args, "expected": said["iou"]},
                {"fn": "passed", "args": [said["iou"]], "expected": said["passed"]},
            ]
        overlaps = [worth(probabilities, true, k / 100)["iou"] for k in range(5, 96)]
        top = int(np.argmax(overlaps))
        found = [(top + 5) / 100, overlaps[top]]
        cases.append({"fn": "best", "args": lists, "expected": found})
    return cases
