"""What torch says of three points."""

import numpy as np

from cvlib.widgets.triplet_drag import loss_of, radii


def triplets():
    rng = np.random.default_rng(0)
    yield from rng.uniform(-1.4, 1.4, (6, 3, 2)).tolist()
    yield [[0.3, 0.1]] * 3  # the collapse
    yield [[0.0, 0.0], [0.5, 0.0], [0.0, 0.5]]  # equally far


def golden() -> list[dict]:
    cases = []

    def case(fn, args, expected):
        cases.append({"fn": fn, "args": args, "expected": expected})

    for points in triplets():
        a, p, n = np.array(points)
        for squared in (True, False):
            power = 2 if squared else 1
            near = float(np.hypot(*(a - p)) ** power)
            far = float(np.hypot(*(a - n)) ** power)
            for margin in (0.05, 0.4, 1.5):
                loss, grads = loss_of(points, margin, squared)
                expected = {"near": near, "far": far, "loss": loss}
                case("measured", [points, margin, squared], expected)
                case("gradients", [points, margin, squared], grads)
                case(
                    "radii",
                    [points, margin, squared],
                    list(radii(points, margin, squared)),
                )
                kind = "hard" if far <= near else "semi-hard" if loss > 0 else "easy"
                case("kind", [points, margin, squared], kind)
                moved = np.array(points) - 0.1 * np.array(grads)
                args = [points, margin, squared]
                case("stepped", [*args, False, 0.1], moved.tolist())
                length = np.linalg.norm(moved, axis=1, keepdims=True)
                case("stepped", [*args, True, 0.1], (moved / length).tolist())
    case("onCircle", [[0, 0]], [1, 0])
    case("onCircle", [[3, -4]], [0.6, -0.8])
    return cases
