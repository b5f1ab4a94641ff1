"""What stays fixed when a trained network learns another task, and what is trained."""

from collections.abc import Iterator

import numpy as np

from cvlib.grade.draw import numbers
from cvlib.grade.spec import Case, Exercise, Misconception

# ------------------------------------------------------------------ which are frozen


def parts_of(names):
    """The first word of each name."""
    return [name.split(".")[0] for name in names]


def trainable(names, up_to):
    """The answer."""
    parts = parts_of(names)
    last = max(i for i, part in enumerate(parts) if part == up_to)
    return [i > last for i in range(len(names))]


def inverted(names, up_to):
    """True where frozen."""
    return [not flag for flag in trainable(names, up_to)]


def named_part_alone(names, up_to):
    """Freeze one part, not those below it."""
    return [part != up_to for part in parts_of(names)]


def named_part_trained(names, up_to):
    """Stop one part too early."""
    parts = parts_of(names)
    return [i >= parts.index(up_to) for i in range(len(names))]


def first_parameter_alone(names, up_to):
    """Stop after the first parameter of the part."""
    first = parts_of(names).index(up_to)
    return [i > first for i in range(len(names))]


def by_alphabet(names, up_to):
    """Compare words instead of places."""
    return [part > up_to for part in parts_of(names)]


def beginning_of_a_word(names, up_to):
    """Take layer10 for a part of layer1."""
    last = max(i for i, name in enumerate(names) if name.startswith(up_to))
    return [i > last for i in range(len(names))]


def biases_free(names, up_to):
    """Freeze weights only."""
    flags = trainable(names, up_to)
    return [
        flag or name.endswith("bias") for flag, name in zip(flags, names, strict=True)
    ]


def networks(rng: np.random.Generator) -> Iterator[Case]:
    """Parts whose names neither rise with the alphabet nor are free of each other."""
    plans = (
        ["stem", "layer1", "layer2", "layer10", "head"],
        ["conv1", "bn1", "stage2", "stage1", "stage12", "fc"],
        ["z", "b", "b2", "a", "c"],
        ["features", "neck", "body", "body2", "classifier"],
    )
    for plan in plans:
        names = []
        for part in plan:
            for block in range(int(rng.integers(1, 3))):
                names += [f"{part}.{block}.weight", f"{part}.{block}.bias"]
        for up_to in plan[:-1]:
            yield Case(names, up_to)


SMALL = ["conv1.weight", "conv1.bias", "layer1.weight", "layer1.bias"]

# ------------------------------------------------------------ training on features


def softmax(scores):
    """Rows that sum to one."""
    e = np.exp(scores - scores.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def descend(images, V, W, b, labels, lr, epochs, *, features=None, **changes):
    """Gradient descent on the head; `changes` make the usual mistakes."""
    images, V, W, b = (np.array(a, dtype=float) for a in (images, V, W, b))
    truth = np.eye(len(b))[labels]
    N = 1 if changes.get("summed") else len(images)
    for _ in range(epochs):
        f = images @ V if changes.get("linear") else np.maximum(images @ V, 0)
        if changes.get("batch_scaled"):
            f = f - f.mean(0)
        g = softmax(f @ W + b) - (0 if changes.get("no_truth") else truth)
        back = (g @ W.T) * (f > 0)
        W = W + (lr if changes.get("uphill") else -lr) * f.T @ g / N
        if not changes.get("bias_fixed"):
            b = b + (lr if changes.get("uphill") else -lr) * g.sum(0) / N
        if changes.get("body_too"):
            V = V - lr * images.T @ back / N
        if changes.get("once"):
            break
    return W, b


def train_head(images, V, W, b, labels, lr, epochs):
    """The answer."""
    return descend(images, V, W, b, labels, lr, epochs)


def mistaken(**changes):
    """The same with one mistake."""

    def answer(images, V, W, b, labels, lr, epochs):
        return descend(images, V, W, b, labels, lr, epochs, **changes)

    return answer


def problems(rng: np.random.Generator) -> Iterator[Case]:
    """Few images, a body with a ReLU that cuts, two or three classes."""
    for _ in range(10):
        N, D, H, K = (
            int(rng.integers(a, b)) for a, b in ((3, 7), (2, 5), (2, 5), (2, 4))
        )
        labels = rng.integers(0, K, N)
        yield Case(
            numbers(rng, N, D), numbers(rng, D, H), numbers(rng, H, K) / 2,
            numbers(rng, K) / 2, labels, float(rng.choice([0.1, 0.25])),
            int(rng.integers(2, 6)),
        )  # fmt: skip


EXERCISES = (
    Exercise(
        name="trainable",
        title="What is frozen, by name",
        reference=trainable,
        visible=(
            Case([*SMALL, "fc.weight", "fc.bias"], "conv1"),
            Case([*SMALL, "layer10.weight", "fc.weight"], "layer1"),
            Case(
                ["stem.weight", "body.0.weight", "body.1.weight", "fc.weight"], "body"
            ),
        ),
        generate=networks,
        misconceptions=(
            Misconception(
                "True where frozen",
                inverted,
                "Your list is the other way round. It answers `requires_grad`: False "
                "for what is frozen, True for what shall still learn.",
            ),
            Misconception(
                "the named part alone",
                named_part_alone,
                "You freeze the named part only. `up_to` is the last part that is "
                "frozen: all parts before it, nearer to the picture, are frozen too.",
            ),
            Misconception(
                "stopped before the named part",
                named_part_trained,
                "You freeze what comes before the named part, and leave the part "
                "itself to be trained. `up_to` includes it.",
            ),
            Misconception(
                "one parameter of the part",
                first_parameter_alone,
                "Of the named part you freeze the first parameter only. A part has "
                "several: look for the last name that belongs to it.",
            ),
            Misconception(
                "order of the alphabet",
                by_alphabet,
                "You compare names by the alphabet, and there bn1 comes before conv1. "
                "What counts is the place in the list: it is the order of the layers.",
            ),
            Misconception(
                "the beginning of a word",
                beginning_of_a_word,
                "You ask whether a name begins with `up_to`, and layer10 begins with "
                "layer1. Compare the whole word before the first dot.",
            ),
            Misconception(
                "biases left free",
                biases_free,
                "You leave the biases of the frozen parts free. A layer whose biases "
                "still move is not fixed: its features change from step to step.",
            ),
        ),
        page="book/small/transfer",
        minutes=10,
        difficulty=1,
        points=2,
    ),
    Exercise(
        name="train_head",
        title="A new head on features computed once",
        reference=train_head,
        visible=(
            Case(
                np.array([[1.0, 0], [0, 1], [1, 1]]),
                np.array([[1.0, -1], [0, 1]]),
                np.zeros((2, 2)),
                np.zeros(2),
                np.array([0, 1, 0]),
                0.5,
                1,
            ),
            Case(
                np.array([[2.0, 1], [-1, 1], [0, 2]]),
                np.array([[1.0, -1], [0.5, 1]]),
                np.array([[0.5, 0], [0, -0.5]]),
                np.array([0.0, 1]),
                np.array([0, 1, 1]),
                0.25,
                3,
            ),
        ),
        generate=problems,
        misconceptions=(
            Misconception(
                "the body learns too",
                mistaken(body_too=True),
                "You changed `V` as well. A body that learns gives other features in "
                "every epoch, so they could not be kept: only `W` and `b` move here.",
            ),
            Misconception(
                "no ReLU",
                mistaken(linear=True),
                "Your features are `images @ V`. The body has a ReLU: what is negative "
                "becomes 0 before the head sees it.",
            ),
            Misconception(
                "sum instead of mean",
                mistaken(summed=True),
                "You add up the gradients of all images. The loss is their mean, so "
                "divide by their number; else the step grows with the data set.",
            ),
            Misconception(
                "uphill",
                mistaken(uphill=True),
                "You add the gradient. It points to where the loss grows: subtract it.",
            ),
            Misconception(
                "bias fixed",
                mistaken(bias_fixed=True),
                "You train `W` and leave `b` as it was. The head has both, and the "
                "gradient of `b` is the mean over the images of p − y.",
            ),
            Misconception(
                "labels forgotten",
                mistaken(no_truth=True),
                "Your gradient of the scores is p. It is p − y, with y the one-hot row "
                "of the label: without it no image says which class is right.",
            ),
            Misconception(
                "features by the batch",
                mistaken(batch_scaled=True),
                "You subtract the batch's mean from the features. That is a body in "
                "training mode: a frozen one treats each image by itself.",
            ),
            Misconception(
                "one epoch",
                mistaken(once=True),
                "You take a single step. Compute the features once, then go `epochs` "
                "times over them with the scores computed anew each time.",
            ),
        ),
        page="book/small/transfer",
        minutes=25,
        difficulty=3,
        points=3,
        rtol=1e-5,
        atol=1e-7,
    ),
)
