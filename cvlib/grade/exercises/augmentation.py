"""More pictures from the ones there are: colours, boxes and ten windows."""

from collections.abc import Iterator

import numpy as np

from cvlib.grade.draw import numbers, sizes
from cvlib.grade.spec import Case, Exercise, Misconception

# ------------------------------------------------------------------------------ colour


def principal(pixels, *, centred=True, ddof=1):
    """Covariance (3, 3), eigenvalues falling, eigenvectors in columns."""
    pixels = np.asarray(pixels, dtype=float).reshape(3, -1)
    d = pixels - pixels.mean(1, keepdims=True) if centred else pixels
    cov = d @ d.T / (d.shape[1] - ddof)
    values, vectors = np.linalg.eigh(cov)
    values, vectors = values[::-1], vectors[:, ::-1]
    return cov, values, vectors * np.where(vectors.sum(0) < 0, -1.0, 1.0)


def colour_shift(images, alpha):
    """The answer."""
    cov, values, vectors = principal(np.moveaxis(images, 1, 0))
    return cov, vectors @ (np.asarray(alpha) * values)


def rows_for_columns(images, alpha):
    """Take the rows of the matrix for the directions."""
    cov, values, vectors = principal(np.moveaxis(images, 1, 0))
    return cov, vectors.T @ (np.asarray(alpha) * values)


def rising(images, alpha):
    """Leave the eigenvalues as eigh gives them."""
    cov, values, vectors = principal(np.moveaxis(images, 1, 0))
    return cov, vectors[:, ::-1] @ (np.asarray(alpha) * values[::-1])


def deviations(images, alpha):
    """Roots of the eigenvalues."""
    cov, values, vectors = principal(np.moveaxis(images, 1, 0))
    return cov, vectors @ (np.asarray(alpha) * np.sqrt(np.maximum(values, 0)))


def values_forgotten(images, alpha):
    """As far along a weak direction as along a strong one."""
    cov, _, vectors = principal(np.moveaxis(images, 1, 0))
    return cov, vectors @ np.asarray(alpha, dtype=float)


def no_directions(images, alpha):
    """Shift the channels themselves."""
    cov, values, _ = principal(np.moveaxis(images, 1, 0))
    return cov, np.asarray(alpha) * values


def not_centred(images, alpha):
    """Products of the colours, not of their deviations."""
    cov, values, vectors = principal(np.moveaxis(images, 1, 0), centred=False)
    return cov, vectors @ (np.asarray(alpha) * values)


def divided_by_n(images, alpha):
    """N where N − 1 is asked for."""
    cov, values, vectors = principal(np.moveaxis(images, 1, 0), ddof=0)
    return cov, vectors @ (np.asarray(alpha) * values)


def of_means(images, alpha):
    """One colour an image."""
    cov, values, vectors = principal(images.mean((2, 3)).T)
    return cov, vectors @ (np.asarray(alpha) * values)


def reshaped(images, alpha):
    """Tear the channels apart by a reshape."""
    cov, values, vectors = principal(images)
    return cov, vectors @ (np.asarray(alpha) * values)


def collections(rng: np.random.Generator) -> Iterator[Case]:
    """Colours that vary along a slanted direction more than along the others."""
    for k in range(8):
        N, (H, W) = 2 + k % 2, sizes(rng, 2, 4)
        slant = np.array([3.0, 2, 1])[rng.permutation(3)] + rng.random(3)
        light, other = rng.random((2, N, H, W)) / 8
        slope = np.array([1.0, -0.5, 0.5])[rng.permutation(3)]
        images = (
            0.1 + light[:, None] * slant[:, None, None]
            + 0.5 * other[:, None] * slope[:, None, None]
            + rng.random((N, 3, H, W)) / 20
        )  # fmt: skip
        yield Case(images.round(2), [1.0, -0.5, 2.0][:: 1 if k % 2 else -1])


# ------------------------------------------------------------------------------- boxes


def flip_with_boxes(image, boxes):
    """The answer."""
    W = image.shape[-1]
    x1, y1, x2, y2 = np.asarray(boxes, dtype=float).reshape(-1, 4).T
    return image[..., ::-1], np.stack([W - x2, y1, W - x1, y2], axis=1)


def corners_not_exchanged(image, boxes):
    """x1 stays first, and is now the larger."""
    W = image.shape[-1]
    x1, y1, x2, y2 = boxes.T
    return image[..., ::-1], np.stack([W - x1, y1, W - x2, y2], axis=1)


def one_less(image, boxes):
    """Mirror places of pixels instead of edges."""
    W = image.shape[-1] - 1
    x1, y1, x2, y2 = boxes.T
    return image[..., ::-1], np.stack([W - x2, y1, W - x1, y2], axis=1)


def boxes_left(image, boxes):
    """Move the picture alone."""
    return image[..., ::-1], boxes


def height_for_width(image, boxes):
    """The wrong axis of the shape."""
    H = image.shape[-2]
    x1, y1, x2, y2 = boxes.T
    return image[..., ::-1], np.stack([H - x2, y1, H - x1, y2], axis=1)


def upside_down(image, boxes):
    """The other mirror."""
    H = image.shape[-2]
    x1, y1, x2, y2 = boxes.T
    return image[..., ::-1, :], np.stack([x1, H - y2, x2, H - y1], axis=1)


def picture_left(image, boxes):
    """Move the boxes alone."""
    return image, flip_with_boxes(image, boxes)[1]


def channels_reversed(image, boxes):
    """RGB becomes BGR."""
    return image[::-1], flip_with_boxes(image, boxes)[1]


def pictures(rng: np.random.Generator) -> Iterator[Case]:
    """Oblong pictures, boxes anywhere but never symmetric; one picture without any."""
    for n in (0, 1, 1, 2, 2, 3, 3, 4):
        H, W = sizes(rng, 4, 8)
        x1, y1 = rng.integers(0, W - 1, n), rng.integers(0, H - 1, n)
        x2 = np.minimum(W, x1 + rng.integers(1, W, n))
        y2 = np.minimum(H, y1 + rng.integers(1, H, n))
        boxes = np.stack([x1, y1, x2, y2], axis=1).astype(float)
        if n:
            boxes[0] = 0, 0, 2.5, 1.5  # in a corner, and not on whole pixels
        yield Case(numbers(rng, 3, H, W), boxes)


# ---------------------------------------------------------------------------- ten crops


def ten_windows(H, W, h, w, *, swapped=False, far=0, order=(0, 1, 2, 3, 4)):
    """Five (top, left), in torchvision's order unless another is asked for."""
    bottom, right = H - h - far, W - w - far
    middle = ((H - h) // 2, (W - w) // 2)
    five = [(0, 0), (0, right), (bottom, 0), (bottom, right), middle]
    five = [five[i] for i in order]
    return [(b, a) for a, b in five] if swapped else five


def mirrored(five, W, w):
    """The same windows of the mirrored picture, in places of the original."""
    return [(top, W - w - left, True) for top, left in five]


def ten_crops(H, W, h, w):
    """The answer."""
    five = ten_windows(H, W, h, w)
    return [(*place, False) for place in five] + mirrored(five, W, w)


def same_places(H, W, h, w):
    """Mirror each crop, not the picture."""
    five = ten_windows(H, W, h, w)
    return [(*place, flag) for flag in (False, True) for place in five]


def turned_upside_down(H, W, h, w):
    """Mirror top and bottom."""
    five = ten_windows(H, W, h, w)
    below = [(H - h - top, left, True) for top, left in five]
    return [(*place, False) for place in five] + below


def pairs(H, W, h, w):
    """A crop and its twin, a crop and its twin."""
    ten = ten_crops(H, W, h, w)
    return [ten[i // 2 + 5 * (i % 2)] for i in range(10)]


def middle_first(H, W, h, w):
    """The middle before the corners."""
    five = ten_windows(H, W, h, w, order=(4, 0, 1, 2, 3))
    return [(*place, False) for place in five] + mirrored(five, W, w)


def clockwise(H, W, h, w):
    """Bottom right before bottom left."""
    five = ten_windows(H, W, h, w, order=(0, 1, 3, 2, 4))
    return [(*place, False) for place in five] + mirrored(five, W, w)


def left_then_top(H, W, h, w):
    """x before y."""
    return [(left, top, flag) for top, left, flag in ten_crops(H, W, h, w)]


def short_of_the_edge(H, W, h, w):
    """The last window one pixel too early."""
    five = ten_windows(H, W, h, w, far=1)
    return [(*place, False) for place in five] + mirrored(five, W, w)


def corner_of_the_middle(H, W, h, w):
    """Begin the middle window in the middle."""
    five = [*ten_windows(H, W, h, w)[:4], (H // 2, W // 2)]
    return [(*place, False) for place in five] + mirrored(five, W, w)


def five_alone(H, W, h, w):
    """Forget the mirror."""
    return [(*place, False) for place in ten_windows(H, W, h, w)]


def frames(rng: np.random.Generator) -> Iterator[Case]:
    """Oblong pictures and windows; the margins are even, so that there is a middle."""
    for _ in range(10):
        (h, w), (a, b) = sizes(rng, 3, 12), sizes(rng, 1, 6)
        if h + 2 * a != w + 2 * b:
            yield Case(h + 2 * a, w + 2 * b, h, w)
    yield Case(256, 340, 224, 224)


EXERCISES = (
    Exercise(
        name="colour_shift",
        title="The covariance of colours",
        reference=colour_shift,
        visible=(
            Case(
                np.array(
                    [
                        [[[0.1, 0.3]], [[0.2, 0.4]], [[0.1, 0.2]]],
                        [[[0.5, 0.8]], [[0.4, 0.7]], [[0.2, 0.3]]],
                    ]
                ),
                [1.0, 0.0, 0.0],
            ),
            Case(
                np.array(
                    [
                        [
                            [[0.2, 0.9], [0.4, 0.6]],
                            [[0.3, 0.5], [0.2, 0.4]],
                            [[0.1, 0.2], [0.3, 0.2]],
                        ]
                    ]
                ),
                [0.1, -0.2, 0.3],
            ),
        ),
        generate=collections,
        misconceptions=(
            Misconception(
                "rows instead of columns",
                rows_for_columns,
                "You take the rows of the matrix that `eigh` returns. Its columns are "
                "the eigenvectors: `vectors[:, i]` belongs to `values[i]`.",
            ),
            Misconception(
                "smallest first",
                rising,
                "`eigh` returns the eigenvalues in rising order. Turn them round, and "
                "the columns with them: alpha[0] goes with the largest.",
            ),
            Misconception(
                "roots of the eigenvalues",
                deviations,
                "You multiply by the square roots. AlexNet's rule takes the "
                "eigenvalues themselves, which are variances.",
            ),
            Misconception(
                "eigenvalues forgotten",
                values_forgotten,
                "You go equally far along all three directions. Multiply each alpha "
                "by its eigenvalue: far where colours vary much, hardly elsewhere.",
            ),
            Misconception(
                "channels for directions",
                no_directions,
                "You add alpha times lambda to red, green and blue. They are amounts "
                "along the eigenvectors: add up alpha · lambda · vector.",
            ),
            Misconception(
                "mean not subtracted",
                not_centred,
                "You multiply the colours themselves. A covariance is about how they "
                "differ from their mean: subtract each channel's mean first.",
            ),
            Misconception(
                "divided by n",
                divided_by_n,
                "You divide by the number of pixels. `np.cov`, and this exercise, "
                "divide by one less: the mean was taken from the same pixels.",
            ),
            Misconception(
                "one colour an image",
                of_means,
                "You average each image first, so there is one colour an image. Every "
                "pixel of every image is one point of the cloud.",
            ),
            Misconception(
                "channels torn apart",
                reshaped,
                "`images.reshape(3, -1)` mixes the channels, since the images come "
                "first. Move the channels to the front, then reshape.",
            ),
        ),
        page="book/small/augmentation",
        minutes=20,
        difficulty=2,
        points=3,
        rtol=1e-5,
        atol=1e-8,
    ),
    Exercise(
        name="flip_with_boxes",
        title="Mirror a picture and its boxes",
        reference=flip_with_boxes,
        visible=(
            Case(np.arange(4.0).reshape(1, 1, 4), np.array([[0.0, 0, 1, 1]])),
            Case(
                np.arange(30.0).reshape(1, 3, 10),
                np.array([[1.0, 0, 4, 2], [5, 1, 10, 3]]),
            ),
        ),
        generate=pictures,
        misconceptions=(
            Misconception(
                "corners not exchanged",
                corners_not_exchanged,
                "Your boxes have x1 > x2. The mirror makes the right edge the left "
                "one: the new x1 is W − x2, the new x2 is W − x1.",
            ),
            Misconception(
                "W − 1",
                one_less,
                "You subtract from W − 1, which mirrors the numbers of pixels. A box "
                "is given by its edges, from 0 to W: subtract from W.",
            ),
            Misconception(
                "boxes left behind",
                boxes_left,
                "The picture is mirrored and the boxes are not, so they now lie round "
                "something else. Move them by the same mirror.",
            ),
            Misconception(
                "height for width",
                height_for_width,
                "You subtract from the height. A mirror from left to right changes x, "
                "so it is the width, the last axis, that counts.",
            ),
            Misconception(
                "upside down",
                upside_down,
                "You mirrored top and bottom. A horizontal flip exchanges left and "
                "right: the last axis, and the x of the boxes.",
            ),
            Misconception(
                "picture left behind",
                picture_left,
                "The boxes are mirrored and the picture is not. Reverse its last axis.",
            ),
            Misconception(
                "channels reversed",
                channels_reversed,
                "You reversed the first axis: red and blue change places. The columns "
                "are the last axis of (C, H, W).",
            ),
        ),
        page="book/small/augmentation",
        minutes=10,
        difficulty=1,
        points=2,
    ),
    Exercise(
        name="ten_crops",
        title="Where the ten crops lie",
        reference=ten_crops,
        visible=(Case(6, 8, 4, 4), Case(5, 9, 3, 5)),
        generate=frames,
        misconceptions=(
            Misconception(
                "crops mirrored in place",
                same_places,
                "You mirror each crop where it lies. It is the picture that is "
                "mirrored: then the top left window shows what was at the top right.",
            ),
            Misconception(
                "turned upside down",
                turned_upside_down,
                "Your last five come from a picture turned upside down. The mirror is "
                "horizontal: `left` changes, `top` stays.",
            ),
            Misconception(
                "in pairs",
                pairs,
                "Each crop is followed by its mirrored twin. The order is: the five "
                "of the picture, then the five of the mirrored one.",
            ),
            Misconception(
                "middle first",
                middle_first,
                "The middle comes fifth: top left, top right, bottom left, bottom "
                "right, middle.",
            ),
            Misconception(
                "clockwise",
                clockwise,
                "You go round clockwise. The order is by rows: top left, top right, "
                "bottom left, bottom right, then the middle.",
            ),
            Misconception(
                "left before top",
                left_then_top,
                "You give (left, top). A position in an array is (row, column), so it "
                "is (top, left).",
            ),
            Misconception(
                "short of the edge",
                short_of_the_edge,
                "Your windows end one pixel before the edge. A window that begins at "
                "H − h ends with the last row.",
            ),
            Misconception(
                "begins in the middle",
                corner_of_the_middle,
                "Your fifth window begins in the middle of the picture. It lies "
                "there: half of what is left over, (H − h) / 2, is above it.",
            ),
            Misconception(
                "five alone",
                five_alone,
                "These are the first five. The mirrored picture gives five more, with "
                "True as their third entry.",
            ),
        ),
        page="book/small/augmentation",
        minutes=15,
        difficulty=2,
        points=2,
    ),
)
