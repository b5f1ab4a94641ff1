"""What cvlib says units see."""

from itertools import pairwise

import numpy as np

from cvlib.conv import output_size, receptive_field, toeplitz

STACKS = [
    [[3, 1, 1, 1], [3, 1, 1, 1]],
    [[7, 1, 3, 1]],
    [[3, 1, 1, 1], [2, 2, 0, 1], [3, 1, 1, 1]],
    [[3, 1, 1, 1], [3, 1, 2, 2], [3, 1, 4, 4]],
    [[5, 2, 0, 1], [3, 3, 1, 1]],
]


def golden() -> list[dict]:
    """Sizes and fields by cvlib; paths as products of the matrices of the layers."""
    cases = []
    for layers in STACKS:
        n, sizes = 23, [23]
        for k, s, p, d in layers:
            sizes.append(output_size(sizes[-1], k, stride=s, padding=p, dilation=d))
        cases.append({"fn": "lengths", "args": [n, layers], "expected": sizes})
        fields = [{"size": 1, "jump": 1, "start": 0}] + [
            {"size": f.size, "jump": f.jump, "start": f.start}
            for f in receptive_field(layers)
        ]
        cases.append({"fn": "fields", "args": [layers], "expected": fields})
        maps = [
            toeplitz(np.ones(k), m, stride=s, padding=p, dilation=d)
            for (k, s, p, d), (m, _) in zip(layers, pairwise(sizes), strict=True)
        ]
        for unit in {0, sizes[-1] // 2, sizes[-1] - 1}:
            ways = [np.eye(sizes[-1])[unit]]
            for matrix in reversed(maps):
                ways.insert(0, matrix.T @ ways[0])
            cases.append(
                {
                    "fn": "paths",
                    "args": [n, layers, len(layers), unit],
                    "expected": [w.tolist() for w in ways],
                }
            )
    return cases
