"""What cvlib counts for a convolution in one step and in two."""

from cvlib.conv import separable_multiply_adds, separable_parameters

SIZES = [
    (3, 5, 3, 4),
    (32, 64, 3, 112),
    (512, 512, 3, 14),
    (64, 1, 3, 28),
    (1, 1, 1, 1),
    (1024, 768, 7, 7),
    (6, 18, 5, 1),
]


def golden() -> list[dict]:
    """Counts, ratios and shares by cvlib."""
    cases = []
    for C, F, k, P in SIZES:
        work, held = separable_multiply_adds(C, F, k, P), separable_parameters(C, F, k)
        cases += [
            {"fn": "cost", "args": [C, F, k, P], "expected": work._asdict()},
            {"fn": "weights", "args": [C, F, k], "expected": held._asdict()},
            {"fn": "ratio", "args": [F, k], "expected": work.ratio},
            {
                "fn": "pointwiseShare",
                "args": [F, k],
                "expected": work.pointwise / work.separable,
            },
        ]
    return [
        *cases,
        {"fn": "count", "args": [2160], "expected": "2,160"},
        {"fn": "count", "args": [231211008], "expected": "231.2 million"},
        {"fn": "count", "args": [1234567890], "expected": "1.23 billion"},
        {"fn": "nearest", "args": [[1, 3, 5, 7], 6.5], "expected": 3},
    ]
