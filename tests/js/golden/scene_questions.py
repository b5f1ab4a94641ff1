"""What cvlib says of generated scenes: words, answers, outlines."""

from dataclasses import asdict

import numpy as np

from cvlib.data.questions import all_questions, answer, scene
from cvlib.data.questions.scenes import outline
from cvlib.widgets.scene_questions import facts


def golden() -> list[dict]:
    """Every question's words; every answer to a few scenes; outlines in place."""
    cases = []
    asked = [{k: v for k, v in asdict(q).items() if v and k != "text"}
             for q in all_questions()]  # fmt: skip
    for q, question in zip(asked, all_questions(), strict=True):
        cases.append({"fn": "text", "args": [q], "expected": question.text})
    for number in range(12):
        shown = scene("test", number)
        things = facts(shown)["things"]
        for q, question in zip(asked, all_questions(), strict=True):
            right = answer(question, shown)
            cases.append({"fn": "answer", "args": [q, things], "expected": right})
    rng = np.random.default_rng(0)
    for name in ("circle", "square", "triangle", "cross"):
        x, y, r, angle = rng.uniform([0, 0, 4, -1], [48, 48, 7, 1])
        corners = outline(name, angle) * r + (x, y)
        place = {"x": x, "y": y, "r": r, "angle": angle}
        args = [outline(name, 0.0).tolist(), place]
        cases.append({"fn": "placed", "args": args, "expected": corners.tolist()})
    for relation in ("left of", "right of", "above", "below"):
        one, other = ({"x": x, "y": y} for x, y in rng.uniform(0, 48, (2, 2)))
        axis, sign = {"left of": ("x", -1), "right of": ("x", 1), "above": ("y", -1),
                      "below": ("y", 1)}[relation]  # fmt: skip
        ahead = sign * (one[axis] - other[axis])
        cases.append({"fn": "lead", "args": [relation, one, other], "expected": ahead})
    two = [{"colour": "red", "shape": "cross", "x": 9, "y": 9},
           {"colour": "red", "shape": "circle", "x": 30, "y": 9},
           {"colour": "blue", "shape": "cross", "x": 9, "y": 12}]  # fmt: skip
    for q, sentence in (
        ({"kind": "shape", "colour": "red"},
         '"The red shape" supposes that there is one; there are 2.'),
        ({"kind": "colour", "shape": "square"},
         '"The square" supposes that there is one; there is none.'),
        ({"kind": "existence", "colour": "green", "shape": "cross"},
         'Nothing here is green, so "no" would be easy.'),
        ({"kind": "existence", "colour": "red", "shape": "square"},
         'Nothing here is a square, so "no" would be easy.'),
        ({"kind": "relation", "colour": "blue", "other": "blue", "relation": "above"},
         "A shape is not beside itself."),
        ({"kind": "count", "colour": "red"}, "More than 4 are not asked about."),
    ):  # fmt: skip
        cases.append({"fn": "whyNot", "args": [q, two], "expected": sentence})
    for q, expected in (({"kind": "count", "shape": "cross"}, [0, 2]),
                        ({"kind": "existence", "colour": "red", "shape": "cross"}, [0]),
                        ({"kind": "relation", "colour": "blue", "other": "red",
                          "relation": "below"}, [2, 0, 1])):  # fmt: skip
        cases.append({"fn": "meant", "args": [q, two], "expected": expected})
    return cases
