"""Which regions belong together, and how many objects the proposals cover."""

from collections.abc import Iterator

import numpy as np

from cvlib.grade.spec import Case, Exercise, Misconception

PAGE = "book/regions/proposals"


# ---------------------------------------------------------------- merging


def merge_similarity(sizes, boxes, colours, textures, pixels):
    """The answer."""
    colour = np.minimum(*colours).sum()
    texture = np.minimum(*textures).sum()
    return float(colour + texture + size(sizes, pixels) + fill(sizes, boxes, pixels))


def size(sizes, pixels):
    """Small regions first."""
    return 1 - sizes.sum() / pixels


def fill(sizes, boxes, pixels):
    """How little of the box round both is of neither."""
    return 1 - (around(boxes) - sizes.sum()) / pixels


def around(boxes):
    """The area of the smallest box round both."""
    low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    return (high - low).prod()


def rest(sizes, boxes, pixels):
    """The two measures without histograms, as they should be."""
    return size(sizes, pixels) + fill(sizes, boxes, pixels)


def shared(colours, textures):
    """The two measures of histograms, as they should be."""
    return np.minimum(*colours).sum() + np.minimum(*textures).sum()


def by_product(sizes, boxes, colours, textures, pixels):
    """Compare histograms by the sum of products."""
    alike = (colours[0] * colours[1]).sum() + (textures[0] * textures[1]).sum()
    return float(alike + rest(sizes, boxes, pixels))


def by_difference(sizes, boxes, colours, textures, pixels):
    """Compare histograms by the whole difference."""
    apart = sum(np.abs(h[0] - h[1]).sum() for h in (colours, textures))
    return float(2 - apart + rest(sizes, boxes, pixels))


def by_larger(sizes, boxes, colours, textures, pixels):
    """Take the larger entries."""
    union = np.maximum(*colours).sum() + np.maximum(*textures).sum()
    return float(union + rest(sizes, boxes, pixels))


def large_first(sizes, boxes, colours, textures, pixels):
    """Reward size."""
    return float(
        shared(colours, textures) + sizes.sum() / pixels + fill(sizes, boxes, pixels)
    )


def one_size(sizes, boxes, colours, textures, pixels):
    """Look at the larger of the two only."""
    return float(
        shared(colours, textures)
        + 1
        - sizes.max() / pixels
        + fill(sizes, boxes, pixels)
    )


def box_instead_of_gap(sizes, boxes, colours, textures, pixels):
    """Subtract the whole box, not what is left of it."""
    return float(
        shared(colours, textures) + size(sizes, pixels) + 1 - around(boxes) / pixels
    )


def share_of_the_box(sizes, boxes, colours, textures, pixels):
    """Divide the gap by the box."""
    return float(
        shared(colours, textures) + size(sizes, pixels) + sizes.sum() / around(boxes)
    )


def mean_of_four(sizes, boxes, colours, textures, pixels):
    """Divide by four."""
    return merge_similarity(sizes, boxes, colours, textures, pixels) / 4


def pairs(rng: np.random.Generator) -> Iterator[Case]:
    """Pairs of regions: touching, one inside the other, alike and not."""
    for k in range(10):
        bins = int(rng.integers(2, 5)), int(rng.integers(2, 6))
        colours, textures = (rng.integers(0, 9, (2, b)) + 0.5 for b in bins)
        if k == 0:  # nothing in common
            colours = np.array([[1.0, 0, 0], [0, 0.5, 0.5]])
        H, W = rng.integers(12, 40, 2)
        x1, y1 = rng.integers(0, W - 6), rng.integers(0, H - 6)
        x2, y2 = rng.integers(x1 + 3, W - 2), rng.integers(y1 + 3, H - 2)
        first = [x1, y1, x2, y2]
        second = [x2, y1 + 1, rng.integers(x2 + 1, W + 1), rng.integers(y1 + 2, H + 1)]
        if k % 3 == 1:  # the second lies within the first
            second = [x1 + 1, y1 + 1, x2 - 1, y2 - 1]
        boxes = np.array([first, second])
        area = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
        sizes = np.maximum(1, (area * rng.uniform(0.4, 0.95, 2)).astype(int))
        if k % 3 == 1:
            sizes[0] = max(1, area[0] - area[1] - int(rng.integers(0, 3)))
        yield Case(
            sizes,
            boxes,
            colours / colours.sum(axis=1, keepdims=True),
            textures / textures.sum(axis=1, keepdims=True),
            int(H * W),
        )


PLAIN = np.array([[0.5, 0.5], [0.5, 0.5]])


# ---------------------------------------------------------------- recall


def proposal_recall(overlaps, limit, threshold):
    """The answer."""
    best = np.concatenate(
        [o[:limit].max(axis=0, initial=0) for o in overlaps if o.shape[1]]
    )
    return float((best >= threshold).mean())


def flat(overlaps, limit):
    """All overlaps of the first proposals, by image."""
    return [o[:limit] for o in overlaps]


def precision(overlaps, limit, threshold):
    """The share of the proposals that cover something."""
    hits = [(o >= threshold).any(axis=1) for o in flat(overlaps, limit)]
    return float(np.concatenate(hits).mean()) if sum(map(len, hits)) else 0.0


def strictly_above(overlaps, limit, threshold):
    """More than the threshold."""
    best = [o.max(axis=0, initial=0) for o in flat(overlaps, limit)]
    return float((np.concatenate(best) > threshold).mean())


def no_limit(overlaps, limit, threshold):
    """All proposals."""
    return proposal_recall(overlaps, None, threshold)


def mean_over_images(overlaps, limit, threshold):
    """The recall of each image, averaged."""
    shares = [
        (o.max(axis=0, initial=0) >= threshold).mean()
        for o in flat(overlaps, limit)
        if o.shape[1]
    ]
    return float(np.mean(shares))


def every_hit_counts(overlaps, limit, threshold):
    """An object counts once for each proposal on it."""
    hits = sum((o >= threshold).sum() for o in flat(overlaps, limit))
    return float(hits / sum(o.shape[1] for o in overlaps))


def used_once(overlaps, limit, threshold):
    """A proposal serves the object it covers best, and no other."""
    found = 0
    for o in flat(overlaps, limit):
        if o.shape[1] and len(o):
            best = o.argmax(axis=1)
            hit = o[np.arange(len(o)), best] >= threshold
            found += len(set(best[hit].tolist()))
    return float(found / sum(o.shape[1] for o in overlaps))


def limit_for_all(overlaps, limit, threshold):
    """The limit holds for all images together."""
    found, left = 0, limit
    for o in overlaps:
        found += (o[:left].max(axis=0, initial=0) >= threshold).sum()
        left = max(0, left - len(o))
    return float(found / sum(o.shape[1] for o in overlaps))


def mean_overlap(overlaps, limit, threshold):
    """The mean of the best overlaps."""
    best = [o.max(axis=0, initial=0) for o in flat(overlaps, limit)]
    return float(np.concatenate(best).mean())


def tables(rng: np.random.Generator) -> Iterator[Case]:
    """Few images with few objects; some without either, some overlaps exact."""
    for k in range(10):
        overlaps = []
        for _ in range(rng.integers(1, 5)):
            n, m = int(rng.integers(0, 8)), int(rng.integers(0, 4))
            overlaps.append(rng.integers(0, 20, (n, m)) / 20)
        overlaps.append(rng.integers(0, 20, (int(rng.integers(3, 9)), 2)) / 20)
        if k % 2:  # one proposal lies over two objects
            overlaps[-1][0] = [0.75, 0.8]
        yield Case(
            overlaps, int(rng.integers(1, 7)), float(rng.choice([0.5, 0.7, 0.75]))
        )


EXERCISES = (
    Exercise(
        name="merge_similarity",
        title="Should these two regions merge?",
        reference=merge_similarity,
        visible=(
            Case(
                np.array([4, 2]),
                np.array([[3, 2, 5, 4], [5, 2, 6, 4]]),
                np.array([[0.25, 0.75], [0.5, 0.5]]),
                PLAIN,
                24,
            ),
            Case(
                np.array([12, 4]),
                np.array([[0, 0, 3, 4], [3, 2, 5, 4]]),
                np.array([[1.0, 0.0], [0.25, 0.75]]),
                PLAIN,
                24,
            ),
            Case(
                np.array([6, 9]),
                np.array([[0, 0, 5, 5], [1, 1, 4, 4]]),
                np.array([[1.0, 0.0, 0.0], [0.0, 0.5, 0.5]]),
                np.array([[0.2, 0.8], [0.9, 0.1]]),
                40,
            ),
        ),
        generate=pairs,
        misconceptions=(
            Misconception(
                "histograms by product",
                by_product,
                "You multiply the histograms. Two equal ones then score less than 1 "
                "unless all pixels share one bin. What they have in common is the "
                "smaller of the two entries, summed over the bins.",
            ),
            Misconception(
                "histograms by difference",
                by_difference,
                "You subtract the whole difference of the histograms. It counts every "
                "pixel that moved twice, where it left and where it arrived, and goes "
                "down to −1. The sum of the smaller entries stays in [0, 1].",
            ),
            Misconception(
                "larger entries",
                by_larger,
                "You sum the larger entries of the histograms. That grows when they "
                "differ; what they share is the smaller entry of each bin.",
            ),
            Misconception(
                "large regions first",
                large_first,
                "Your size term grows with the regions. Then one large region eats "
                "its neighbours one by one; 1 − (n₁ + n₂) / n lets small ones merge "
                "first, everywhere in the picture.",
            ),
            Misconception(
                "one size only",
                one_size,
                "Your size term looks at the larger region only. Both count: "
                "1 − (n₁ + n₂) / n.",
            ),
            Misconception(
                "box instead of gap",
                box_instead_of_gap,
                "Your fill term subtracts the whole box round both regions. Only what "
                "is in neither of them is a gap: box − n₁ − n₂.",
            ),
            Misconception(
                "gap as a share of the box",
                share_of_the_box,
                "Your fill term divides the gap by the box. Divide by the pixels of "
                "the picture, as for size: a gap of ten pixels weighs the same in "
                "every pair.",
            ),
            Misconception(
                "mean of the four",
                mean_of_four,
                "You average the four measures. The order of the mergers is the same, "
                "but the value asked for is their sum, from 0 to 4.",
            ),
        ),
        page=PAGE,
        minutes=15,
        difficulty=1,
        points=2,
    ),
    Exercise(
        name="proposal_recall",
        title="How many objects do the proposals cover?",
        reference=proposal_recall,
        visible=(
            Case([np.array([[0.6, 0.0], [0.2, 0.4]])], 2, 0.5),
            Case([np.array([[0.1], [0.9]]), np.array([[0.5, 0.3, 0.8]])], 1, 0.5),
            Case([np.zeros((0, 1)), np.array([[0.7, 0.75], [0.2, 0.9]])], 5, 0.7),
        ),
        generate=tables,
        misconceptions=(
            Misconception(
                "precision",
                precision,
                "You count the proposals that cover an object. That is precision. "
                "Recall asks of each object whether some proposal covers it.",
            ),
            Misconception(
                "strictly above",
                strictly_above,
                "An overlap of exactly the threshold is enough here: ≥, not >.",
            ),
            Misconception(
                "forgot the limit",
                no_limit,
                "You use every proposal. Only the first `limit` rows of each image "
                "may count: `o[:limit]`.",
            ),
            Misconception(
                "mean over images",
                mean_over_images,
                "You average the recall of the images. An object in a crowd then "
                "counts less than one alone. Count objects over all images, then "
                "divide once.",
            ),
            Misconception(
                "every hit counts",
                every_hit_counts,
                "An object covered by two proposals counts twice with you, and the "
                "recall can pass 1. Ask for the best overlap of each object first.",
            ),
            Misconception(
                "each proposal once",
                used_once,
                "You let a proposal serve only the object it covers best. That is "
                "right for detections, which name one thing. A proposal is a place "
                "to look, and two objects may be found there.",
            ),
            Misconception(
                "one limit for all images",
                limit_for_all,
                "You spend the limit on the first images. Every image may make "
                "`limit` proposals of its own.",
            ),
            Misconception(
                "mean of the best overlaps",
                mean_overlap,
                "You average the best overlaps. Recall counts those that reach the "
                "threshold: `(best >= threshold).mean()`.",
            ),
        ),
        page=PAGE,
        minutes=15,
        difficulty=2,
        points=2,
    ),
)
