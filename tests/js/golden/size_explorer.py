"""What cvlib says of sizes: outputs, window starts, pixels that nobody reads."""

from cvlib.conv import output_size, window_starts

SETTINGS = [  # n, kernel size, padding, stride, dilation
    (8, 3, 0, 1, 1),
    (8, 3, 1, 1, 1),
    (8, 3, 2, 1, 1),
    (8, 3, 0, 2, 1),
    (7, 3, 0, 2, 1),
    (10, 3, 0, 1, 2),
    (9, 3, 2, 2, 2),
    (227, 11, 0, 4, 1),
    (224, 11, 0, 4, 1),
    (224, 7, 3, 2, 1),
    (5, 4, 1, 1, 1),
    (6, 1, 2, 3, 4),
    (3, 3, 0, 8, 1),
    (1, 1, 0, 1, 1),
    (4, 5, 0, 1, 1),
    (2, 3, 1, 1, 3),
    (12, 2, 0, 5, 3),
]


def golden() -> list[dict]:
    """The presets, the floor, an even kernel, jumps past the kernel, no room."""
    cases = []
    for n, f, p, s, d in SETTINGS:
        args = [n, f, p, s, d]
        options = {"stride": s, "padding": p, "dilation": d}
        try:
            size = output_size(n, f, **options)
            first = window_starts(n, f, **options)
        except ValueError:
            size, first = None, []
        seen = {start + tap * d for start in first for tap in range(f)}
        nobody = [i for i in range(-p, n + p) if i not in seen]
        cases += [
            {"fn": "outputSize", "args": args, "expected": size},
            {"fn": "starts", "args": args, "expected": first},
            {"fn": "unread", "args": args, "expected": nobody},
        ]
        if first:
            behind = n + p - 1 - (first[-1] + d * (f - 1))
            cases.append({"fn": "leftOver", "args": args, "expected": behind})
    legal = "Same: 1 zero on each side makes good the 2 places that the kernel costs."
    cases.append({"fn": "explain", "args": [8, 3, 1, 1, 1], "expected": legal})
    refused = (
        "Not legal: the kernel reaches over 5 pixels and the padded row has only 4. "
        "A padding of 1 would make room."
    )
    cases.append({"fn": "explain", "args": [4, 5, 0, 1, 1], "expected": refused})
    return cases
