"""What cvlib says of a head that turns."""

import numpy as np

from cvlib.data.faces.surface import cos_sin
from cvlib.widgets.head_turner import SIZE, HeadTurner

YAWS = (-40, -30, -10, 0, 20, 40)


def golden() -> list[dict]:
    """Angles by cvlib, points by a matrix, outlines point by point."""
    solid = HeadTurner(frames={}).solid
    cases = []
    for yaw in YAWS:
        c, s = cos_sin(yaw)
        cases.append({"fn": "cosSin", "args": [yaw], "expected": [c, s]})
        turn = np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])
        points = np.array(solid["points"])[[2, 6, 13]] @ turn.T
        for k, seen in zip((2, 6, 13), points, strict=True):
            args = [solid["points"][k], yaw]
            cases.append({"fn": "turned", "args": args, "expected": seen.tolist()})
            at = (seen[:2] - [0, solid["middle"]]) * SIZE / solid["span"] + SIZE / 2
            args = [*args, solid]
            cases.append({"fn": "pixel", "args": args, "expected": at.tolist()})
        x, _, z = solid["points"][6]
        by = ((c - 1) * x + s * z) * SIZE / solid["span"]
        args = [solid["points"][6], yaw, solid]
        cases.append({"fn": "moved", "args": args, "expected": by})
        ring = np.array([[0.8, 0, 0], [0, 0, 0.9], [-0.8, 0, 0], [0, 0, -0.9]]) @ turn.T
        expected = ring[:, [0, 2]].tolist()
        cases.append(
            {"fn": "outline", "args": [0.8, 0.9, yaw, 4], "expected": expected}
        )
    return cases
