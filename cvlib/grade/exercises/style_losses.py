"""Content, Gram matrices, and the style loss over layers."""

from collections.abc import Iterator

import numpy as np

from cvlib.grade.spec import Case, Exercise, Misconception

PAGE = "book/style/content-and-style"


def content_loss(features, target):
    """The answer."""
    return float(((features - target) ** 2).sum() / 2)


def content_mean(features, target):
    """The mean square."""
    return float(((features - target) ** 2).mean())


def content_without_half(features, target):
    """Twice as much."""
    return float(((features - target) ** 2).sum())


def content_not_squared(features, target):
    """Distances, not squares."""
    return float(np.abs(features - target).sum() / 2)


def content_rooted(features, target):
    """A length."""
    return float(np.sqrt(((features - target) ** 2).sum()) / 2)


def content_square_of_sum(features, target):
    """Differences of two signs cancel."""
    return float((features - target).sum() ** 2 / 2)


def content_without_places(features, target):
    """Compare what the channels hold in all."""
    off = features.sum(axis=(1, 2)) - target.sum(axis=(1, 2))
    return float((off**2).sum() / 2)


def gram_matrix(features):
    """The answer."""
    rows = features.reshape(len(features), -1)
    return rows @ rows.T


def gram_of_places(features):
    """Products of positions."""
    rows = features.reshape(len(features), -1)
    return rows.T @ rows


def gram_scrambled(features):
    """Channels last by reshaping, which moves nothing."""
    rows = features.reshape(-1, len(features))
    return rows.T @ rows


def gram_mean(features):
    """Divide by the positions."""
    return gram_matrix(features) / features[0].size


def gram_covariance(features):
    """Take the mean of each channel away."""
    return gram_matrix(features - features.mean(axis=(1, 2), keepdims=True))


def gram_correlation(features):
    """Every channel made equally long."""
    gram = gram_matrix(features)
    length = np.sqrt(np.maximum(np.diag(gram), 1e-30))
    return gram / length / length[:, None]


def gram_of_sums(features):
    """Sum first, multiply after."""
    total = features.sum(axis=(1, 2))
    return np.outer(total, total)


def gram_diagonal(features):
    """Each channel with itself alone."""
    return np.diag(np.diag(gram_matrix(features)))


def shuffle_positions(features, order):
    """The answer."""
    return features.reshape(len(features), -1)[:, order].reshape(features.shape)


def shuffled_back(features, order):
    """The permutation read the other way round."""
    return shuffle_positions(features, np.argsort(order))


def shuffled_values(features, order):
    """Each channel starts the order where the last one ended."""
    rows = features.reshape(len(features), -1)
    moved = [row[np.roll(order, k)] for k, row in enumerate(rows)]
    return np.array(moved).reshape(features.shape)


def shuffled_first_channel(features, order):
    """The others stay."""
    result = features.copy()
    result[0] = features[0].reshape(-1)[order].reshape(features[0].shape)
    return result


def shuffled_scrambled(features, order):
    """Channels last by reshaping, which mixes channels and places."""
    rows = features.reshape(-1, len(features))
    return rows[order].reshape(features.shape)


def shuffled_columns_first(features, order):
    """Places counted down the columns."""
    turned = features.transpose(0, 2, 1)
    return shuffle_positions(turned, order).transpose(0, 2, 1)


def style_loss(features, targets, weights):
    """The answer."""
    return sum_of_layers(features, targets, weights, gatys)


def sum_of_layers(features, targets, weights, layer):
    """Σ w_l E_l with any E_l."""
    losses = [
        w * layer(F, P) for F, P, w in zip(features, targets, weights, strict=True)
    ]
    return float(sum(losses))


def gatys(F, P):
    """1/(4N²M²) Σ (G − A)²."""
    off = gram_matrix(F) - gram_matrix(P)
    return (off**2).sum() / (4 * F.size**2)  # N · M numbers


def style_factor_not_squared(features, targets, weights):
    """As a slide has it: 1 / (2 n_H n_W n_C)."""

    def layer(F, P):
        return ((gram_matrix(F) - gram_matrix(P)) ** 2).sum() / (2 * F.size)

    return sum_of_layers(features, targets, weights, layer)


def style_without_four(features, targets, weights):
    """Four times as much."""
    return 4 * style_loss(features, targets, weights)


def style_without_weights(features, targets, weights):
    """All layers alike."""
    return style_loss(features, targets, [1.0] * len(features))


def style_mean(features, targets, weights):
    """The mean over the layers."""
    return style_loss(features, targets, weights) / len(features)


def style_by_places(features, targets, weights):
    """M taken for the side."""

    def layer(F, P):
        off = gram_matrix(F) - gram_matrix(P)
        return (off**2).sum() / (4 * len(F) ** 2 * F.shape[1] ** 2)

    return sum_of_layers(features, targets, weights, layer)


def style_of_maps(features, targets, weights):
    """Maps compared where Grams are meant."""

    def layer(F, P):
        return ((F - P) ** 2).sum() / (4 * F.size**2)

    return sum_of_layers(features, targets, weights, layer)


def style_of_differences(features, targets, weights):
    """The Gram matrix of the difference."""

    def layer(F, P):
        return (gram_matrix(F - P) ** 2).sum() / (4 * F.size**2)

    return sum_of_layers(features, targets, weights, layer)


def maps(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Feature maps after a ReLU: many zeros."""
    return np.maximum(rng.normal(0.3, 1.0, shape), 0).round(2)


SHAPES = ((1, 2, 2), (2, 1, 3), (2, 3, 2), (3, 2, 4), (3, 4, 2), (4, 2, 2), (5, 3, 1))


def pairs(rng: np.random.Generator) -> Iterator[Case]:
    """Two pictures' maps of one layer; a quiet one and a loud one among them."""
    for shape in (*SHAPES, (4, 4, 5)):
        loud = rng.choice([0.5, 1, 2])
        yield Case(maps(rng, *shape), (loud * maps(rng, *shape)).round(2))
    yield Case(rng.normal(size=(2, 2, 2)).round(2), rng.normal(size=(2, 2, 2)).round(2))


def one_layer(rng: np.random.Generator) -> Iterator[Case]:
    """Maps of many shapes; one with negative values."""
    for shape in (*SHAPES, (4, 4, 5)):
        yield Case(maps(rng, *shape))
    yield Case(rng.normal(size=(3, 2, 3)).round(2))


def shuffles(rng: np.random.Generator) -> Iterator[Case]:
    """Orders that are not their own inverse, mostly."""
    for shape in ((1, 2, 3), (2, 2, 2), (2, 3, 2), (3, 2, 4), (3, 4, 2), (4, 2, 3),
                  (2, 3, 4), (3, 3, 5)):  # fmt: skip
        yield Case(maps(rng, *shape), rng.permutation(shape[1] * shape[2]))


def several_layers(rng: np.random.Generator) -> Iterator[Case]:
    """One to three layers of different sizes, with unequal weights."""
    for count in (1, 1, 2, 2, 2, 3, 3, 3):
        sizes = rng.integers([2, 2, 4], [4, 4, 6], (count, 3)).tolist()
        shapes = [tuple(size) for size in sizes]
        yield Case(
            [maps(rng, *shape) for shape in shapes],
            [maps(rng, *shape) for shape in shapes],
            [float(w) for w in rng.uniform(0.2, 3, count).round(1) + 0.05],
        )


_F = np.array([[[1.0, 0], [2, 0]], [[0.0, 1], [0, 3]]])
_P = np.array([[[0.0, 2], [1, 0]], [[1.0, 0], [0, 1]]])

EXERCISES = (
    Exercise(
        name="content_loss",
        title="How far from the content?",
        reference=content_loss,
        visible=(Case(_F, _F + 0.0), Case(_F, _P), Case(3 * _F[:1], _P[:1])),
        generate=pairs,
        misconceptions=(
            Misconception(
                "the mean square",
                content_mean,
                "You take the mean of the squares. The formula asks for half their "
                "sum, so that a layer with more places weighs more; the mean is "
                "Johnson's form.",
            ),
            Misconception(
                "forgot the half",
                content_without_half,
                "Your value is twice the one expected. The ½ is there so that the "
                "derivative of the square is F − P, without a 2.",
            ),
            Misconception(
                "absolute differences",
                content_not_squared,
                "You add absolute differences. Squares are asked for: one place that "
                "is 2 off counts as much as four that are 1 off.",
            ),
            Misconception(
                "a root too many",
                content_rooted,
                "You take the root of the sum, the length of the difference. The loss "
                "is the squared length, halved.",
            ),
            Misconception(
                "the square of the sum",
                content_square_of_sum,
                "You add the differences and square the sum. Then +1 at one place and "
                "−1 at another cancel; square each difference first.",
            ),
            Misconception(
                "places summed away",
                content_without_places,
                "You compare sums over places. Content is where things are: compare "
                "the maps place by place, and sum only after squaring.",
            ),
        ),
        page=PAGE,
        minutes=8,
        difficulty=1,
        points=1,
    ),
    Exercise(
        name="gram_matrix",
        title="Which channels answer together?",
        reference=gram_matrix,
        visible=(Case(_F), Case(_P), Case(np.array([[[1.0, 2, 0]], [[3.0, 0, 1]]]))),
        generate=one_layer,
        misconceptions=(
            Misconception(
                "products of places",
                gram_of_places,
                "You multiply places, and get one number for each pair of them. Each "
                "row of F should be a channel: F Fᵀ, not Fᵀ F, which is C × C.",
            ),
            Misconception(
                "reshaped to channels last",
                gram_scrambled,
                "`reshape(-1, C)` does not move axes: its columns are no channels. "
                "Reshape to (C, H·W), so that each row is one channel.",
            ),
            Misconception(
                "divided by the places",
                gram_mean,
                "You divide by the number of places. That is a useful form, but here "
                "the plain sum is asked for.",
            ),
            Misconception(
                "covariance",
                gram_covariance,
                "You take each channel's mean away first, which gives a covariance. "
                "A Gram matrix keeps the means: how loud a channel is, is style too.",
            ),
            Misconception(
                "correlation",
                gram_correlation,
                "Your diagonal is 1: you divided each channel by its length. The Gram "
                "matrix keeps the lengths, and its diagonal holds their squares.",
            ),
            Misconception(
                "sums multiplied",
                gram_of_sums,
                "You sum each channel and multiply the sums. Multiply place by place "
                "and sum after: two channels that never answer at one place have 0.",
            ),
            Misconception(
                "diagonal only",
                gram_diagonal,
                "Only each channel with itself is there. The products of different "
                "channels are what tells stripes of two colours from a mixture.",
            ),
        ),
        page=PAGE,
        minutes=10,
        difficulty=1,
        points=2,
    ),
    Exercise(
        name="shuffle_positions",
        title="Move the places, keep the style",
        reference=shuffle_positions,
        visible=(
            Case(_F, np.array([0, 1, 2, 3])),
            Case(_F, np.array([1, 2, 3, 0])),
            Case(np.arange(6.0).reshape(1, 2, 3), np.array([5, 3, 0, 1, 4, 2])),
        ),
        generate=shuffles,
        misconceptions=(
            Misconception(
                "the inverse order",
                shuffled_back,
                "You put the value of place p at order[p]. Asked for is the other way: "
                "place p of the result takes what stood at order[p].",
            ),
            Misconception(
                "every channel its own order",
                shuffled_values,
                "Your channels do not move together, so what answered at one place no "
                "longer does, and the Gram matrix changes. Use one order for all.",
            ),
            Misconception(
                "the first channel only",
                shuffled_first_channel,
                "Only the first channel moves. A place is a whole column of channels: "
                "move all of them by the same order.",
            ),
            Misconception(
                "reshaped to channels last",
                shuffled_scrambled,
                "`reshape(-1, C)` cuts the array into pieces that are no places. "
                "Reshape to (C, H·W) and index the second axis.",
            ),
            Misconception(
                "places counted by columns",
                shuffled_columns_first,
                "You count the places down the columns. They are counted row by row, "
                "as `reshape` does: place 1 is right of place 0.",
            ),
        ),
        page=PAGE,
        minutes=10,
        difficulty=2,
        points=1,
        exact=False,
    ),
    Exercise(
        name="style_loss",
        title="The style loss of several layers",
        reference=style_loss,
        visible=(
            Case([_F], [_P], [1.0]),
            Case([_F, 2 * _F[:, :1]], [_P, _P[:, :1]], [0.5, 2.0]),
        ),
        generate=several_layers,
        misconceptions=(
            Misconception(
                "factor not squared",
                style_factor_not_squared,
                "You divide by 2·N·M. The Gram matrices are sums over M places, so "
                "their squares grow with M²: the factor is 1/(4 N² M²), which is "
                "1/(2·N·M) squared.",
            ),
            Misconception(
                "forgot the 4",
                style_without_four,
                "Your value is four times the one expected: the factor is 1/(4 N² M²). "
                "Without the 4 it is Johnson's form.",
            ),
            Misconception(
                "weights not used",
                style_without_weights,
                "Every layer counts the same in your sum. Multiply each E_l by its "
                "weight w_l.",
            ),
            Misconception(
                "mean over the layers",
                style_mean,
                "You divide by the number of layers. The weights decide how much each "
                "counts; their terms are added.",
            ),
            Misconception(
                "M is a side",
                style_by_places,
                "You take M for a side of the map. M is the number of places, height "
                "times width.",
            ),
            Misconception(
                "maps compared",
                style_of_maps,
                "You compare the maps place by place, which is content. Make the Gram "
                "matrix of each, and compare those.",
            ),
            Misconception(
                "Gram of the difference",
                style_of_differences,
                "You make one Gram matrix of F − P. Then a picture that is shifted by "
                "a pixel has lost its style: make two matrices and subtract them.",
            ),
        ),
        page=PAGE,
        minutes=15,
        difficulty=2,
        points=2,
    ),
)
