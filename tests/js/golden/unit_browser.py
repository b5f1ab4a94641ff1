"""Where cvlib says that units look."""

import numpy as np

from cvlib.conv import receptive_box, receptive_field

STACKS = {
    "conv1": [(3, 1, 1)],
    "two and a pool": [(3, 1, 1), (3, 1, 1), (2, 2, 0)],
    "strides": [(3, 2, 1), (5, 1, 2), (3, 2, 1)],
    "no padding": [(5, 2, 0), (3, 1, 0)],
}


def golden() -> list[dict]:
    """Boxes in corners, at borders and in the middle, and what is left of them."""
    cases, size = [], [48, 64]
    for layers in STACKS.values():
        field = receptive_field(layers)[-1]
        layer = {"size": field.size, "jump": field.jump, "start": field.start}
        for unit in [(0, 0), (3, 5), (11, 2)]:
            box = list(receptive_box(layers, unit))
            part = list(receptive_box(layers, unit, input_size=tuple(size)))
            cases.append({"fn": "fieldBox", "args": [unit, layer], "expected": box})
            cases.append({"fn": "clipped", "args": [box, size], "expected": part})
            tile = np.zeros((field.size, field.size), bool)
            x, y = part[0] - box[0], part[1] - box[1]
            tile[y : y + part[3] - part[1], x : x + part[2] - part[0]] = True
            rows, columns = (np.flatnonzero(tile.any(axis)) for axis in (1, 0))
            scale = 176 / field.size
            place = [columns[0], rows[0], len(columns), len(rows)]
            cases.append(
                {
                    "fn": "onTile",
                    "args": [box, part, 176],
                    "expected": [float(v * scale) for v in place],
                }
            )
            covered = np.zeros(size, bool)
            covered[part[1] : part[3], part[0] : part[2]] = True
            cases.append(
                {
                    "fn": "shareOf",
                    "args": [part, size],
                    "expected": float(covered.mean()),
                }
            )
    return cases
