"""What pulls at a pixel: the gradient of the style loss, and total variation."""

from collections.abc import Iterator

import numpy as np

from cvlib.grade.spec import Case, Exercise, Misconception


def pixel_gradient(image, weight, target):
    """The answer."""
    grad, mask = parts(image, weight, target)
    return np.einsum("cd,chw->dhw", weight, grad * mask)


def parts(image, weight, target):
    """The gradient at the maps, and where the ReLU lets it through."""
    before = np.einsum("cd,dhw->chw", weight, image)
    maps = np.maximum(before, 0)
    rows = maps.reshape(len(maps), -1)
    grad = (rows @ rows.T - target) @ rows / rows.size**2
    return grad.reshape(maps.shape), before > 0


def without_the_mask(image, weight, target):
    """The ReLU forgotten on the way back."""
    grad, _ = parts(image, weight, target)
    return np.einsum("cd,chw->dhw", weight, grad)


def stops_at_the_maps(image, weight, target):
    """One step too few."""
    grad, mask = parts(image, weight, target)
    return grad * mask


def of_the_weights(image, weight, target):
    """The gradient that trains a network."""
    grad, mask = parts(image, weight, target)
    return np.einsum("chw,dhw->cd", grad * mask, image)


def downhill(image, weight, target):
    """The direction in which to go."""
    return -pixel_gradient(image, weight, target)


def one_factor_only(image, weight, target):
    """G = F Fᵀ differentiated as if it held F once."""
    return pixel_gradient(image, weight, target) / 2


def of_the_plain_sum(image, weight, target):
    """Σ (G − A)² without its factor."""
    size = len(weight) * image[0].size
    return pixel_gradient(image, weight, target) * 4 * size**2


def no_relu_at_all(image, weight, target):
    """A linear net."""
    maps = np.einsum("cd,dhw->chw", weight, image)
    rows = maps.reshape(len(maps), -1)
    grad = ((rows @ rows.T - target) @ rows / rows.size**2).reshape(maps.shape)
    return np.einsum("cd,chw->dhw", weight, grad)


def style_cases(rng: np.random.Generator) -> Iterator[Case]:
    """Small pictures, filters of both signs, and the Gram matrix of another picture."""
    for C, H, W in ((1, 1, 2), (2, 2, 2), (2, 1, 4), (3, 2, 2), (3, 2, 3), (4, 2, 3),
                    (3, 3, 3), (4, 3, 4), (5, 2, 5)):  # fmt: skip
        weight = rng.normal(0, 1.2, (C, 3)).round(2)
        weight[0] = np.abs(weight[0]) + 0.1  # one channel always answers
        weight[-1] = weight[-1] * (1 if C == 1 else [1, -1, 1]) + (
            0 if C == 1 else 0.05
        )
        image, other = rng.uniform(0.05, 1, (2, 3, H, W)).round(2)
        # one filter that answers at some places only, so that the ReLU matters
        if C > 1:
            weight[-1] = np.array([1.0, -1.0, 0.0]) + rng.normal(0, 0.05, 3).round(2)
            image[0, 0, 0], image[1, 0, 0] = 0.1, 0.9
            image[0, -1, -1], image[1, -1, -1] = 0.9, 0.1
        maps = np.maximum(np.einsum("cd,dhw->chw", weight, other), 0).reshape(C, -1)
        yield Case(image, weight, (maps @ maps.T).round(3))


def total_variation(image):
    """The answer."""
    down = np.diff(image, axis=1) ** 2
    across = np.diff(image, axis=2) ** 2
    return float(down.sum() + across.sum())


def tv_absolute(image):
    """The older form."""
    return float(
        np.abs(np.diff(image, axis=1)).sum() + np.abs(np.diff(image, axis=2)).sum()
    )


def tv_round_the_edge(image):
    """The last column is the neighbour of the first."""
    down = (np.roll(image, 1, axis=1) - image) ** 2
    across = (np.roll(image, 1, axis=2) - image) ** 2
    return float(down.sum() + across.sum())


def tv_across_only(image):
    """Rows alone."""
    return float((np.diff(image, axis=2) ** 2).sum())


def tv_inner_only(image):
    """The last row and the last column have lost one neighbour each."""
    down = image[:, 1:, :-1] - image[:, :-1, :-1]
    across = image[:, :-1, 1:] - image[:, :-1, :-1]
    return float((down**2).sum() + (across**2).sum())


def tv_mean(image):
    """Divided by the numbers."""
    return total_variation(image) / image.size


def tv_of_channels_too(image):
    """Red is no neighbour of green."""
    return total_variation(image) + float((np.diff(image, axis=0) ** 2).sum())


def tv_of_the_grey(image):
    """Brightness alone."""
    return total_variation(image.mean(axis=0, keepdims=True))


def tv_rooted(image):
    """The root of it."""
    return total_variation(image) ** 0.5


def pictures(rng: np.random.Generator) -> Iterator[Case]:
    """Of three colours, of many shapes, down to one row; one is flat."""
    for H, W in ((1, 2), (2, 1), (2, 2), (2, 3), (3, 2), (3, 4), (4, 4), (5, 3)):
        yield Case(rng.uniform(0, 1, (3, H, W)).round(2))
    yield Case(np.full((3, 2, 3), rng.uniform(0.1, 0.9)))


_IMAGE = np.array([[[0.2, 0.9]], [[0.8, 0.1]], [[0.5, 0.5]]])
_WEIGHT = np.array([[1.0, 1.0, 0.0], [1.0, -1.0, 0.0]])
_CORNER = np.array([[[0.0, 1], [0, 0]], [[0, 0], [0, 0]], [[0, 0], [0, 0.5]]])

EXERCISES = (
    Exercise(
        name="pixel_gradient",
        title="What pulls at a pixel?",
        reference=pixel_gradient,
        visible=(
            Case(_IMAGE, _WEIGHT, np.array([[2.0, 0.0], [0.0, 2.0]])),
            Case(_IMAGE, np.array([[1.0, 1.0, 1.0]]), np.array([[1.0]])),
            Case(_IMAGE[:, :, ::-1].copy(), _WEIGHT, np.zeros((2, 2))),
        ),
        generate=style_cases,
        misconceptions=(
            Misconception(
                "ReLU forgotten on the way back",
                without_the_mask,
                "The ReLU is missing on the way back. Where W x is not positive the "
                "map is 0 and stays 0 for small changes of x: nothing passes there.",
            ),
            Misconception(
                "ReLU forgotten altogether",
                no_relu_at_all,
                "You leave the ReLU out. The maps are max(W x, 0): negative answers "
                "count neither in the Gram matrix nor in the gradient.",
            ),
            Misconception(
                "stopped at the maps",
                stops_at_the_maps,
                "This is the gradient with respect to the maps. One step is missing: "
                "the transposed weights carry it from C channels to the 3 of a pixel.",
            ),
            Misconception(
                "gradient of the weights",
                of_the_weights,
                "This is the gradient with respect to the weights, which would train "
                "the network. Here the network stays, and the pixels are moved.",
            ),
            Misconception(
                "downhill",
                downhill,
                "You return the direction in which to go. The gradient points uphill; "
                "the optimiser takes the minus.",
            ),
            Misconception(
                "one factor of two",
                one_factor_only,
                "Your gradient is half of it. G holds each map twice, as F and as Fᵀ, "
                "and both change: 2 · 2 / 4 = 1 stands before (G − A) F.",
            ),
            Misconception(
                "factor left out",
                of_the_plain_sum,
                "The factor of E is missing: it is 1/(4 N² M²), with N channels and "
                "M places.",
            ),
        ),
        page="book/style/gatys",
        minutes=20,
        difficulty=3,
        points=2,
    ),
    Exercise(
        name="total_variation",
        title="How rough is a picture?",
        reference=total_variation,
        visible=(
            Case(_CORNER),
            Case(np.full((3, 2, 2), 0.5)),
            Case(np.arange(12.0).reshape(3, 2, 2) / 11),
        ),
        generate=pictures,
        misconceptions=(
            Misconception(
                "absolute differences",
                tv_absolute,
                "You add absolute differences. That is total variation in its older "
                "form; here the squares are added, which are smooth at 0.",
            ),
            Misconception(
                "round the edge",
                tv_round_the_edge,
                "`np.roll` makes the last column a neighbour of the first. A picture "
                "ends at its edge: n pixels have n − 1 steps between them.",
            ),
            Misconception(
                "one direction",
                tv_across_only,
                "Only steps along the rows are counted. Add those down the columns.",
            ),
            Misconception(
                "last row and column lost",
                tv_inner_only,
                "You cut the last row and the last column from both differences. The "
                "steps down have all W columns, the steps across all H rows.",
            ),
            Misconception(
                "the mean",
                tv_mean,
                "You divide by the number of values. The sum itself is asked for.",
            ),
            Misconception(
                "red beside green",
                tv_of_channels_too,
                "You also count steps from channel to channel. Red and green of one "
                "pixel are no neighbours: differences run along rows and columns only.",
            ),
            Misconception(
                "grey first",
                tv_of_the_grey,
                "You average the channels first. Speckle that is red here and green "
                "there then disappears; count each channel on its own.",
            ),
            Misconception(
                "a root too many",
                tv_rooted,
                "You take the root of the sum. The sum of the squares itself is asked "
                "for, without a root.",
            ),
        ),
        page="book/style/what-layers-keep",
        minutes=10,
        difficulty=1,
        points=1,
    ),
)
