"""What cvlib says about a scene: boxes, pixels, and what lies where."""

import numpy as np

from cvlib.data.scenes import scene
from cvlib.widgets.task_switch import SEED, encode, instance_map

SHAPES = {
    "classification": lambda s: [["label", []]],
    "localisation": lambda s: [["label", []], ["box", s.boxes[0].shape]],
    "detection": lambda s: [["labels", s.labels.shape], ["boxes", s.boxes.shape]],
    "semantic": lambda s: [["classes", s.semantic.shape]],
    "instance": lambda s: [["labels", s.labels.shape], ["masks", s.masks.shape]],
}


def golden() -> list[dict]:
    """The page's scene and two small ones."""
    cases = []
    for shot in [scene(SEED), scene(3, size=48, n_objects=2), scene(8, size=(40, 64))]:
        ids = instance_map(shot.masks)
        flat, size = ids.ravel().tolist(), list(ids.shape)
        measured = [
            {"pixels": int(mask.sum()), "box": box.tolist()}
            for mask, box in zip(shot.masks, shot.boxes, strict=True)
        ]
        cases.append({"fn": "decode", "args": [encode(ids)], "expected": flat})
        args = [flat, size, len(shot)]
        cases.append({"fn": "measure", "args": args, "expected": measured})
        rng = np.random.default_rng(0)
        for x, y in [*rng.integers(-2, 40, (6, 2)).tolist(), [0, 0], [size[1], 0]]:
            inside = 0 <= x < size[1] and 0 <= y < size[0]
            on = np.flatnonzero(shot.masks[:, y, x]).tolist() if inside else []
            x1, y1, x2, y2 = shot.boxes.T
            held = (x1 <= x) & (x < x2) & (y1 <= y) & (y < y2) & inside
            nearest = (on or np.flatnonzero(held).tolist() or [-1])[-1]
            args = [flat, size, x, y]
            cases.append({"fn": "objectAt", "args": args, "expected": (on or [-1])[0]})
            args = [*args, shot.boxes.tolist()]
            cases.append({"fn": "objectAt", "args": args, "expected": nearest})
        for task, shapes in SHAPES.items():
            found = [[name, list(shape)] for name, shape in shapes(shot)]
            numbers = sum(int(np.prod(shape)) for _, shape in found)
            args = [task, size, len(shot)]
            cases.append({"fn": "shapes", "args": args, "expected": found})
            cases.append({"fn": "count", "args": args, "expected": numbers})
    return cases
