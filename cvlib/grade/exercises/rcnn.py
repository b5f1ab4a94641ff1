"""R-CNN: what is cut out, the four numbers that move a box, which steps run again."""

import copy
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from cvlib.grade.spec import Case, Exercise, Misconception

PAGE = "book/regions/rcnn"


# ---------------------------------------------------------------- context


def context_window(boxes, S, p):
    """The answer."""
    return grown(boxes, S / (S - 2 * p))


def grown(boxes, factor):
    """Boxes with their sides times `factor`, about their middles."""
    middle, size = parts(boxes)
    return np.concatenate([middle - size * factor / 2, middle + size * factor / 2], 1)


def parts(boxes):
    """Middles (N, 2) and sizes (N, 2)."""
    return (boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]


def image_pixels(boxes, S, p):
    """Add p pixels of the image."""
    return boxes + np.array([-p, -p, p, p])


def from_the_corner(boxes, S, p):
    """Keep the upper left corner."""
    _, size = parts(boxes)
    return np.concatenate([boxes[:, :2], boxes[:, :2] + size * S / (S - 2 * p)], 1)


def one_margin(boxes, S, p):
    """Take p off the square once."""
    return grown(boxes, S / (S - p))


def share_of_the_square(boxes, S, p):
    """Add the share that the context has of the finished square."""
    return grown(boxes, 1 + 2 * p / S)


def all_on_each_side(boxes, S, p):
    """Add the whole growth on each side."""
    return grown(boxes, 2 * S / (S - 2 * p) - 1)


def clipped(boxes, S, p):
    """Stop at the edge of the picture."""
    return np.maximum(context_window(boxes, S, p), 0)


def square_round_it(boxes, S, p):
    """Make the window a square first."""
    middle, size = parts(boxes)
    half = size.max(axis=1, keepdims=True) * S / (S - 2 * p) / 2
    return np.concatenate([middle - half, middle + half], 1)


SQUARES = ((8, 2), (10, 1), (12, 2), (16, 4), (20, 2), (9, 3), (227, 16), (64, 8))


def regions(rng: np.random.Generator) -> Iterator[Case]:
    """Wide and high regions; one of each case lies in the corner of the picture."""
    for S, p in SQUARES:
        boxes = proposals(rng, int(rng.integers(1, 4)))
        corner = np.array([[0.0, 1, *rng.permutation([6, 13])]])
        yield Case(np.concatenate([boxes, corner]), S, p)


def proposals(rng: np.random.Generator, n: int) -> np.ndarray:
    """(n, 4) boxes in whole pixels, none of them a square."""
    corner = rng.integers(4, 30, (n, 2))
    sides = np.array([rng.choice([2, 4, 5, 8, 10, 20], 2, False) for _ in range(n)])
    return np.concatenate([corner, corner + sides], 1).astype(float)


# ---------------------------------------------------------------- to four numbers


def encode_boxes(truth, proposals):
    """The answer."""
    (g, g_size), (p, p_size) = parts(truth), parts(proposals)
    return np.concatenate([(g - p) / p_size, np.log(g_size / p_size)], 1)


def from_corners(truth, proposals):
    """Measure from corner to corner."""
    (_, g_size), (_, p_size) = parts(truth), parts(proposals)
    shift = (truth[:, :2] - proposals[:, :2]) / p_size
    return np.concatenate([shift, np.log(g_size / p_size)], 1)


def shift_in_pixels(truth, proposals):
    """Leave the shift in pixels."""
    (g, g_size), (p, p_size) = parts(truth), parts(proposals)
    return np.concatenate([g - p, np.log(g_size / p_size)], 1)


def by_the_truth(truth, proposals):
    """Divide the shift by the size that is asked for."""
    (g, g_size), (p, p_size) = parts(truth), parts(proposals)
    return np.concatenate([(g - p) / g_size, np.log(g_size / p_size)], 1)


def plain_ratio(truth, proposals):
    """Forget the logarithm."""
    (g, g_size), (p, p_size) = parts(truth), parts(proposals)
    return np.concatenate([(g - p) / p_size, g_size / p_size], 1)


def height_first(truth, proposals):
    """Read the size as height, width."""
    (g, g_size), (p, p_size) = parts(truth), parts(proposals)
    g_size, p_size = g_size[:, ::-1], p_size[:, ::-1]
    return np.concatenate([(g - p) / p_size, np.log(g_size / p_size)], 1)


def from_truth_to_proposal(truth, proposals):
    """Exchange the two."""
    return encode_boxes(proposals, truth)


def growth_upside_down(truth, proposals):
    """Divide the proposal's size by the truth's."""
    codes = encode_boxes(truth, proposals)
    codes[:, 2:] *= -1
    return codes


def pairs(rng: np.random.Generator) -> Iterator[Case]:
    """Proposals, and where the objects are: moved, grown, shrunk."""
    for _ in range(10):
        n = int(rng.integers(1, 4))
        yield Case(proposals(rng, n), proposals(rng, n))


# ---------------------------------------------------------------- and back

CLIP = math.log(1000 / 16)


def decode_boxes(codes, proposals):
    """The answer."""
    return decoded(codes, proposals, np.exp(np.minimum(codes[:, 2:], CLIP)))


def decoded(codes, proposals, factor):
    """Boxes moved as the codes say, their sides times `factor`."""
    middle, size = parts(proposals)
    return corners(middle + codes[:, :2] * size, size * factor)


def corners(middle, size):
    """Back to x1, y1, x2, y2."""
    return np.concatenate([middle - size / 2, middle + size / 2], 1)


def moved_in_pixels(codes, proposals):
    """Add dx and dy as they are."""
    middle, size = parts(proposals)
    factor = np.exp(np.minimum(codes[:, 2:], CLIP))
    return corners(middle + codes[:, :2], size * factor)


def moved_by_the_new_size(codes, proposals):
    """Grow first, then move in the new widths and heights."""
    middle, size = parts(proposals)
    size = size * np.exp(np.minimum(codes[:, 2:], CLIP))
    return corners(middle + codes[:, :2] * size, size)


def grown_from_the_corner(codes, proposals):
    """Move the corner, and let the box grow from there."""
    _, size = parts(proposals)
    first = proposals[:, :2] + codes[:, :2] * size
    size = size * np.exp(np.minimum(codes[:, 2:], CLIP))
    return np.concatenate([first, first + size], 1)


def growth_added(codes, proposals):
    """Add dw and dh to the sides."""
    middle, size = parts(proposals)
    growth = np.minimum(codes[:, 2:], CLIP)
    return corners(middle + codes[:, :2] * size, size + growth)


def no_exponential(codes, proposals):
    """Multiply by dw and dh themselves."""
    return decoded(codes, proposals, np.minimum(codes[:, 2:], CLIP))


def not_cut_off(codes, proposals):
    """Let the sides grow without limit."""
    return decoded(codes, proposals, np.exp(codes[:, 2:]))


def cut_off_below(codes, proposals):
    """Cut off very small sides as well."""
    return decoded(codes, proposals, np.exp(np.clip(codes[:, 2:], -CLIP, CLIP)))


def cut_off_all(codes, proposals):
    """Cut off the shift as well."""
    return decode_boxes(np.minimum(codes, CLIP), proposals)


def middle_and_size(codes, proposals):
    """Stop before the corners."""
    boxes = decode_boxes(codes, proposals)
    return np.concatenate(parts(boxes), 1)


def height_grows_first(codes, proposals):
    """Read the last two numbers as dh, dw."""
    return decode_boxes(codes[:, [0, 1, 3, 2]], proposals)


GROWTH = (0.5, 1.0, 2.0, 4.0, 1.25, 0.25, 1.5)


def codes_and_boxes(rng: np.random.Generator) -> Iterator[Case]:
    """Usual codes, and those of a network that has just begun to learn."""
    for k in range(10):
        n = int(rng.integers(1, 4))
        codes = np.concatenate(
            [rng.integers(-8, 9, (n, 2)) / 8, np.log(rng.choice(GROWTH, (n, 2)))], 1
        )
        if k % 3 == 1:
            codes[0, int(rng.integers(2, 4))] = float(rng.integers(5, 9))
        if k % 4 == 2:
            codes[0, int(rng.integers(2, 4))] = -float(rng.integers(5, 9))
        if k % 5 == 3:
            codes[-1, int(rng.integers(2))] = float(rng.integers(5, 9))
        yield Case(codes, proposals(rng, n))


# ---------------------------------------------------------------- the steps


def order_of_steps(needs, changed):
    """The answer."""
    stale = out_of_date(needs, changed)
    return [step for step in in_order(needs) if step in stale]


def in_order(needs):
    """All steps, each behind those it needs."""
    order = []
    while len(order) < len(needs):
        for step, wanted in needs.items():
            done = all(thing in order or thing not in needs for thing in wanted)
            if done and step not in order:
                order.append(step)
    return order


def out_of_date(needs, changed):
    """The steps that `changed` reaches."""
    found = set()
    for step in in_order(needs):
        if step != changed and any(t in found or t == changed for t in needs[step]):
            found.add(step)
    return found


def first_steps_only(needs, changed):
    """Follow one arrow."""
    return [step for step in needs if changed in needs[step]]


def wrong_way(needs, changed):
    """Go from what is new to what it was made of."""
    wanted = {changed}
    for step in reversed(in_order(needs)):
        if step in wanted:
            wanted |= {*needs[step]}
    return [step for step in in_order(needs) if step in wanted]


def all_of_them(needs, changed):
    """Run the whole recipe."""
    return in_order(needs)


def all_that_is_later(needs, changed):
    """Run everything from the first step that needs the new thing on."""
    order = in_order(needs)
    stale = out_of_date(needs, changed)
    first = min((order.index(step) for step in stale), default=len(order))
    return order[first:]


def as_written(needs, changed):
    """Keep the order in which the recipe is written."""
    stale = out_of_date(needs, changed)
    return [step for step in needs if step in stale]


def as_soon_as_one_is_new(needs, changed):
    """Run a step when the first of the things it needs is new."""
    found = [changed]
    for thing in found:  # grows while it is read
        found += [s for s in needs if thing in needs[s] and s not in found]
    return found[1:]


def what_changed_too(needs, changed):
    """List the new thing itself."""
    return [changed, *order_of_steps(needs, changed)]


def read_once(needs, changed):
    """Go through the recipe once, as it is written."""
    found = [changed]
    for step in needs:
        if any(thing in found for thing in needs[step]):
            found.append(step)
    return found[1:]


def in_any_order(answer: Any, case: Case) -> Any:
    """Run a case, and put the steps of the answer in our order where theirs is moot.

    Two steps that do not need each other may stand either way; and where the steps
    are others than those asked for, their order does not matter.
    """
    needs, changed = copy.deepcopy(case.args)  # an answer may spoil its own
    got = answer(*case.args)
    if not isinstance(got, (list, tuple)) or not all(type(s) is str for s in got):
        return got
    if len({*got}) < len(got) or not {*got} <= {*needs}:
        return got
    early = any(thing in got[i:] for i, s in enumerate(got) for thing in needs[s])
    if early and {*got} == {*order_of_steps(needs, changed)}:
        return got
    return [step for step in in_order(needs) if step in got]


FIVE_STEPS = {
    "machines": ["features", "boxes", "C"],
    "regressors": ["features", "boxes", "ridge"],
    "features": ["network", "proposals", "boxes"],
    "network": ["classifier", "proposals", "boxes"],
    "classifier": ["ImageNet"],
}
MADE = ["mean", "network", "index", "scores", "table", "map", "teacher", "crops"]
GIVEN = ["pictures", "names", "seed", "rate"]


def recipes(rng: np.random.Generator) -> Iterator[Case]:
    """Recipes of four to six steps, written in any order; anything may be new."""
    for k in range(14):
        order = [str(name) for name in rng.permutation(MADE)[: rng.integers(4, 7)]]
        needs = {}
        for i, step in enumerate(order):
            known = [*GIVEN[: 2 + k % 3], *order[:i], *order[max(0, i - 2) : i]]
            chosen = rng.choice(known, min(2 + k % 2, len(known)), replace=False)
            needs[step] = list(dict.fromkeys(map(str, chosen)))
        used = {thing for step in needs for thing in needs[step]}
        things = order[:3] if k % 3 == 0 else sorted(used)
        written = {str(step): needs[step] for step in rng.permutation(order)}
        yield Case(written, str(rng.choice(things)))
    for changed in ("boxes", "classifier", "machines", "C", "ridge"):
        steps = [str(step) for step in rng.permutation([*FIVE_STEPS])]
        yield Case({step: FIVE_STEPS[step] for step in steps}, changed)


EXERCISES = (
    Exercise(
        name="context_window",
        title="Some of what is round it",
        reference=context_window,
        visible=(
            Case(np.array([[20.0, 10, 40, 20]]), 8, 2),
            Case(np.array([[4.0, 8, 14, 48], [0, 0, 16, 8]]), 10, 1),
            Case(np.array([[39.0, 0, 234, 390]]), 227, 16),
        ),
        generate=regions,
        misconceptions=(
            Misconception(
                "pixels of the image",
                image_pixels,
                "You add p pixels of the *image*. The p pixels are counted in the "
                "finished square: a region that is warped to half its size needs "
                "twice as many round it.",
            ),
            Misconception(
                "from the corner",
                from_the_corner,
                "Your window keeps the upper left corner and grows to the right and "
                "downwards. Context is wanted on all four sides: grow about the "
                "middle.",
            ),
            Misconception(
                "one margin",
                one_margin,
                "You leave S − p pixels for the region. There are p pixels of context "
                "on *each* side, so it fills the inner S − 2p.",
            ),
            Misconception(
                "a share of the square",
                share_of_the_square,
                "You enlarge by 2p / S. That is the share of the context in the "
                "finished square; measured by the region, which fills S − 2p of it, "
                "it is 2p / (S − 2p).",
            ),
            Misconception(
                "all of it on each side",
                all_on_each_side,
                "You add the whole growth on each side, so the window grows twice as "
                "much as it should. Half of it goes to the left, half to the right.",
            ),
            Misconception(
                "clipped",
                clipped,
                "You cut the window off at 0. Then the region is no longer in the "
                "middle of the square. What lies outside of the picture is filled "
                "in when the pixels are read; the window stays whole.",
            ),
            Misconception(
                "a square first",
                square_round_it,
                "You make the window a square. R-CNN stretches each side by itself: "
                "widths grow by the factor, heights by the same factor, and the "
                "warp does the rest.",
            ),
        ),
        page=PAGE,
        minutes=10,
        difficulty=1,
        points=2,
    ),
    Exercise(
        name="encode_boxes",
        title="The way from a proposal to the object",
        reference=encode_boxes,
        visible=(
            Case(np.array([[5.0, 0, 25, 10]]), np.array([[0.0, 0, 10, 10]])),
            Case(np.array([[2.0, 3, 6, 5]]), np.array([[0.0, 0, 8, 4]])),
            Case(
                np.array([[10.0, 10, 20, 14], [6, 1, 9, 11]]),
                np.array([[10.0, 10, 20, 14], [4, 2, 6, 6]]),
            ),
        ),
        generate=pairs,
        misconceptions=(
            Misconception(
                "from corner to corner",
                from_corners,
                "You measure dx and dy between the upper left corners. They are the "
                "way between the *middles*: (x1 + x2) / 2 of the one minus that of the "
                "other.",
            ),
            Misconception(
                "shift in pixels",
                shift_in_pixels,
                "Your dx and dy are in pixels. Divide by the proposal's width and "
                "height: the warped network cannot know how large the region was, "
                "only which part of it the object is.",
            ),
            Misconception(
                "divided by the truth",
                by_the_truth,
                "You divide dx and dy by the size of the true box. Divide by the "
                "proposal's: it is all that is known when the four numbers are "
                "decoded.",
            ),
            Misconception(
                "no logarithm",
                plain_ratio,
                "Your dw and dh are plain ratios. Take their logarithm: then 0 means "
                '"as it is", and twice as wide is as far from it as half as wide.',
            ),
            Misconception(
                "height before width",
                height_first,
                "You exchange widths and heights. The order is dx, dy, dw, dh: x goes "
                "with widths, y with heights.",
            ),
            Misconception(
                "from the object to the proposal",
                from_truth_to_proposal,
                "Your numbers lead from the object to the proposal. The network sees "
                "the proposal and must say the way to the object: g − p, and g over p.",
            ),
            Misconception(
                "growth upside down",
                growth_upside_down,
                "Your dw and dh have the wrong sign. A proposal that is too small has "
                "to grow, so they are positive then: log(g / p), not log(p / g).",
            ),
        ),
        page=PAGE,
        minutes=15,
        difficulty=2,
        points=2,
    ),
    Exercise(
        name="decode_boxes",
        title="The way back",
        reference=decode_boxes,
        visible=(
            Case(np.array([[0.5, 0.0, np.log(2), 0.0]]), np.array([[0.0, 0, 8, 4]])),
            Case(
                np.array([[0.0, -0.25, 0.0, np.log(0.5)], [1.0, 1.0, 0.0, 0.0]]),
                np.array([[2.0, 0, 4, 16], [10, 10, 20, 30]]),
            ),
            Case(np.array([[0.0, 0.0, 6.0, -5.0]]), np.array([[0.0, 0, 16, 8]])),
        ),
        generate=codes_and_boxes,
        misconceptions=(
            Misconception(
                "moved in pixels",
                moved_in_pixels,
                "You add dx and dy as pixels. They are shares of the proposal: "
                "multiply dx by its width and dy by its height first.",
            ),
            Misconception(
                "moved by the new size",
                moved_by_the_new_size,
                "You let the box grow first and move it by shares of its new size. "
                "dx and dy were divided by the *proposal's* sides, so multiply by "
                "those.",
            ),
            Misconception(
                "grown from the corner",
                grown_from_the_corner,
                "You move the upper left corner and let the box grow from there. dx "
                "and dy move the *middle*: half of the new side lies on each side "
                "of it.",
            ),
            Misconception(
                "growth added",
                growth_added,
                "You add dw and dh to the sides. They are logarithms of a ratio: the "
                "new width is the old one times `np.exp(dw)`, and dw = 0 changes "
                "nothing.",
            ),
            Misconception(
                "no exponential",
                no_exponential,
                "You multiply the sides by dw and dh themselves, so that 0 makes a box "
                "of no size. They are logarithms: multiply by `np.exp(dw)`.",
            ),
            Misconception(
                "not cut off",
                not_cut_off,
                "You let a box grow without limit. An untrained network may say 6, "
                "and exp(6) is 403 times as wide. Cut dw and dh off at log(1000 / 16) "
                "before the exponential.",
            ),
            Misconception(
                "cut off below as well",
                cut_off_below,
                "You cut dw and dh off below as well. Only the exponential of a "
                "large number can overflow; a side that nearly vanishes harms nobody, "
                "so the limit is for above alone.",
            ),
            Misconception(
                "shift cut off as well",
                cut_off_all,
                "You cut off dx and dy too. No exponential is taken of them, so they "
                "need no limit: only dw and dh have one.",
            ),
            Misconception(
                "middle and size",
                middle_and_size,
                "You return middles and sizes. What was asked for is x1, y1, x2, y2: "
                "the middle minus half of the size, then the middle plus half of it.",
            ),
            Misconception(
                "height before width",
                height_grows_first,
                "You let the height grow by dw and the width by dh. The order is dx, "
                "dy, dw, dh: column 2 belongs to the width.",
            ),
        ),
        page=PAGE,
        minutes=15,
        difficulty=2,
        points=2,
    ),
    Exercise(
        name="order_of_steps",
        title="Which steps must run again?",
        reference=order_of_steps,
        visible=(
            Case(FIVE_STEPS, "C"),
            Case(FIVE_STEPS, "proposals"),
            Case(FIVE_STEPS, "ImageNet"),
            Case(FIVE_STEPS, "network"),
            Case(FIVE_STEPS, "machines"),
        ),
        generate=recipes,
        misconceptions=(
            Misconception(
                "those that need it directly",
                first_steps_only,
                "You name the steps that need the new thing itself. What they make is "
                "new as well, and so whatever is made from *that* is out of date: "
                "go on until nothing is added.",
            ),
            Misconception(
                "the wrong way",
                wrong_way,
                "You go back to what the new thing was made from. That is still good. "
                "Go forward: which steps need the new thing, and which need theirs?",
            ),
            Misconception(
                "the whole recipe",
                all_of_them,
                "You run the whole recipe every time. A step that needs nothing new "
                "makes the same again; its result was stored so that it need not be "
                "made twice.",
            ),
            Misconception(
                "everything that is later",
                all_that_is_later,
                "You run every later step. Later does not mean affected: in R-CNN "
                "machines and regressors both begin with the stored features, and "
                "neither asks for the other.",
            ),
            Misconception(
                "as it is written",
                as_written,
                "Your steps are right, but they stand in the order of the dictionary. "
                "A recipe may be written in any order: a step comes behind all those "
                "whose results it needs.",
            ),
            Misconception(
                "as soon as one thing is new",
                as_soon_as_one_is_new,
                "You run a step as soon as *one* thing it needs is new. If another is "
                "still to come, it works with an old one. Let it wait for all the "
                "steps of your list that it needs.",
            ),
            Misconception(
                "the new thing itself",
                what_changed_too,
                "You list what has changed. It is new already: somebody gave it to "
                "you, and no step has to make it. Begin with the steps that need it.",
            ),
            Misconception(
                "read once",
                read_once,
                "You go through the recipe once, as it is written. A step that stands "
                "above the one it needs is looked at too early and never again. Put "
                "the steps in order first, or repeat until nothing changes.",
            ),
        ),
        page=PAGE,
        minutes=20,
        difficulty=3,
        points=3,
        call=in_any_order,
    ),
)
