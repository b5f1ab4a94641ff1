"""What cvlib cuts out of the map, and how well it fits when it is laid back."""

from cvlib.widgets.subpixel_shift import METHODS, cut, put_back, values

SHIFTS = [(0.0, 0.0), (0.25, 0.5), (0.5, 0.125), (1.875, 2.0)]


def golden() -> list[dict]:
    """Every method at several shifts."""
    grid, cases = values(), []
    for right, down in SHIFTS:
        box = [1.25 + right, 1.25 + down, 8.75 + right, 8.75 + down]
        for method in METHODS:
            cells = cut(grid, box, method)
            for fn, args, expected in [
                ("cut", [grid, box, method], cells.tolist()),
                ("putBack", [cells.tolist(), box], list(put_back(cells, box))),
            ]:
                cases.append({"fn": fn, "args": args, "expected": expected})
    return cases
