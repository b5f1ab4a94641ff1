"""Two branches with one set of weights; three points and a margin."""

from collections.abc import Iterator

import numpy as np

from cvlib.grade.spec import Case, Exercise, Misconception


def siamese_gradient(W, x1, x2):
    """The answer."""
    f1, f2 = np.tanh(W @ x1), np.tanh(W @ x2)
    difference = f1 - f2
    left = np.outer(2 * difference * (1 - f1**2), x1)
    right = np.outer(-2 * difference * (1 - f2**2), x2)
    return left + right


def first_branch_only(W, x1, x2):
    """As if the second picture's embedding were a constant."""
    f1, f2 = np.tanh(W @ x1), np.tanh(W @ x2)
    return np.outer(2 * (f1 - f2) * (1 - f1**2), x1)


def second_branch_only(W, x1, x2):
    """As if the first picture's embedding were a constant."""
    return first_branch_only(W, x2, x1)


def mean_of_both(W, x1, x2):
    """The mean of the two branches."""
    return siamese_gradient(W, x1, x2) / 2


def same_sign(W, x1, x2):
    """The second branch with the sign of the first."""
    f1, f2 = np.tanh(W @ x1), np.tanh(W @ x2)
    d = f1 - f2
    return np.outer(2 * d * (1 - f1**2), x1) + np.outer(2 * d * (1 - f2**2), x2)


def tanh_of_tanh(W, x1, x2):
    """1 − tanh²(f) where f is tanh already."""
    f1, f2 = np.tanh(W @ x1), np.tanh(W @ x2)
    d = 2 * (f1 - f2)
    left, right = d * (1 - np.tanh(f1) ** 2), d * (1 - np.tanh(f2) ** 2)
    return np.outer(left, x1) - np.outer(right, x2)


def slope_of_the_sigmoid(W, x1, x2):
    """f (1 − f)."""
    f1, f2 = np.tanh(W @ x1), np.tanh(W @ x2)
    d = 2 * (f1 - f2)
    return np.outer(d * f1 * (1 - f1), x1) - np.outer(d * f2 * (1 - f2), x2)


def no_tanh(W, x1, x2):
    """Leave the derivative of tanh out."""
    return np.outer(2 * (np.tanh(W @ x1) - np.tanh(W @ x2)), x1 - x2)


def linear_net(W, x1, x2):
    """Take the network for W x."""
    return np.outer(2 * W @ (x1 - x2), x1 - x2)


def transposed(W, x1, x2):
    """The outer product the wrong way round."""
    return siamese_gradient(W, x1, x2).T


def two_networks(rng: np.random.Generator) -> Iterator[Case]:
    """Embeddings of one to four numbers; one pair is twice the same picture."""
    for D, C in ((1, 2), (2, 3), (2, 2), (3, 2), (3, 4), (4, 2), (2, 5), (3, 3)):
        W = np.round(rng.normal(0, 0.8, (D, C)), 2)
        x1, x2 = np.round(rng.normal(0, 1, (2, C)), 2)
        yield Case(W, x1, x2)
    yield Case(np.round(rng.normal(0, 1, (2, 3)), 2), x := np.ones(3), x.copy())


def triplet_loss(anchor, positive, negative, margin):
    """The answer."""
    near = ((anchor - positive) ** 2).sum(axis=1)
    far = ((anchor - negative) ** 2).sum(axis=1)
    return np.maximum(near - far + margin, 0).mean()


def not_squared(anchor, positive, negative, margin):
    """Distances instead of their squares."""
    near = np.linalg.norm(anchor - positive, axis=1)
    far = np.linalg.norm(anchor - negative, axis=1)
    return np.maximum(near - far + margin, 0).mean()


def exchanged(anchor, positive, negative, margin):
    """The positive is to be further."""
    return triplet_loss(anchor, negative, positive, margin)


def no_floor(anchor, positive, negative, margin):
    """Let a good triplet pay for a bad one."""
    near = ((anchor - positive) ** 2).sum(axis=1)
    far = ((anchor - negative) ** 2).sum(axis=1)
    return (near - far + margin).mean()


def floor_after_mean(anchor, positive, negative, margin):
    """Cut off at 0 only once."""
    return max(no_floor(anchor, positive, negative, margin), 0.0)


def margin_taken_off(anchor, positive, negative, margin):
    """− α."""
    return triplet_loss(anchor, positive, negative, -margin)


def no_margin(anchor, positive, negative, margin):
    """α = 0."""
    return triplet_loss(anchor, positive, negative, 0)


def added_up(anchor, positive, negative, margin):
    """The sum."""
    return len(anchor) * triplet_loss(anchor, positive, negative, margin)


def active_only(anchor, positive, negative, margin):
    """The mean over the triplets that are not content."""
    near = ((anchor - positive) ** 2).sum(axis=1)
    far = ((anchor - negative) ** 2).sum(axis=1)
    loss = np.maximum(near - far + margin, 0)
    return loss.sum() / max((loss > 0).sum(), 1)


def over_the_batch(anchor, positive, negative, margin):
    """One distance for all triplets."""
    near, far = ((anchor - positive) ** 2).sum(), ((anchor - negative) ** 2).sum()
    return max(near - far + margin, 0.0)


def mean_of_components(anchor, positive, negative, margin):
    """The mean over the numbers of an embedding."""
    near = ((anchor - positive) ** 2).mean(axis=1)
    far = ((anchor - negative) ** 2).mean(axis=1)
    return np.maximum(near - far + margin, 0).mean()


def from_the_positive(anchor, positive, negative, margin):
    """The negative's distance from the positive."""
    near = ((anchor - positive) ** 2).sum(axis=1)
    far = ((positive - negative) ** 2).sum(axis=1)
    return np.maximum(near - far + margin, 0).mean()


def triplets(rng: np.random.Generator) -> Iterator[Case]:
    """Easy, semi-hard and hard ones mixed; one collapsed batch."""
    for N, D in ((1, 2), (2, 2), (3, 2), (3, 3), (4, 2), (5, 3), (6, 2), (6, 4)):
        anchor = np.round(rng.normal(0, 0.7, (N, D)), 2)
        positive = np.round(anchor + rng.normal(0, 0.5, (N, D)), 2)
        negative = np.round(anchor + rng.normal(0, 0.8, (N, D)), 2)
        yield Case(anchor, positive, negative, int(rng.integers(1, 9)) / 10)
    one = np.full((3, 2), int(rng.integers(1, 9)) / 10)
    yield Case(one, one.copy(), one.copy(), int(rng.integers(1, 9)) / 10)
    far = np.round(rng.normal(0, 0.2, (4, 2)), 2)
    yield Case(far, far + 0.1, far + np.array([2.0, 0.5]), 0.2)


def triplet_gradients(anchor, positive, negative, margin):
    """The answer."""
    near = ((anchor - positive) ** 2).sum()
    far = ((anchor - negative) ** 2).sum()
    if near - far + margin <= 0:
        nothing = np.zeros(anchor.shape)
        return nothing, nothing.copy(), nothing.copy()
    return (
        2 * (negative - positive),
        2 * (positive - anchor),
        2 * (anchor - negative),
    )


def always_pulling(anchor, positive, negative, margin):
    """No hinge."""
    return (
        2.0 * (negative - positive),
        2.0 * (positive - anchor),
        2.0 * (anchor - negative),
    )


def pulling_at_the_edge(anchor, positive, negative, margin):
    """On while the loss is not below 0."""
    near = ((anchor - positive) ** 2).sum()
    far = ((anchor - negative) ** 2).sum()
    on = float(near - far + margin >= 0)
    return tuple(on * g for g in always_pulling(anchor, positive, negative, margin))


def by_the_lengths(anchor, positive, negative, margin):
    """Ask the loss without squares whether it is 0."""
    near = np.sqrt(((anchor - positive) ** 2).sum())
    far = np.sqrt(((anchor - negative) ** 2).sum())
    on = float(near - far + margin > 0)
    return tuple(on * g for g in always_pulling(anchor, positive, negative, margin))


def numbers_for_nothing(anchor, positive, negative, margin):
    """0, 0, 0 where the loss is 0."""
    found = triplet_gradients(anchor, positive, negative, margin)
    near = ((anchor - positive) ** 2).sum()
    far = ((anchor - negative) ** 2).sum()
    return found if near - far + margin > 0 else (0, 0, 0)


def negative_turned(anchor, positive, negative, margin):
    """The wrong sign for the negative alone."""
    a, p, n = triplet_gradients(anchor, positive, negative, margin)
    return a, p, -n


def another_order(anchor, positive, negative, margin):
    """The negative before the positive."""
    a, p, n = triplet_gradients(anchor, positive, negative, margin)
    return a, n, p


def downhill(anchor, positive, negative, margin):
    """The step instead of the gradient."""
    return tuple(-g for g in triplet_gradients(anchor, positive, negative, margin))


def without_two(anchor, positive, negative, margin):
    """Half of it."""
    return tuple(g / 2 for g in triplet_gradients(anchor, positive, negative, margin))


def anchor_and_positive_only(anchor, positive, negative, margin):
    """An anchor that does not feel the negative."""
    _, p, n = triplet_gradients(anchor, positive, negative, margin)
    return -p, p, n


def anchor_stays(anchor, positive, negative, margin):
    """A gradient for two of the three."""
    a, p, n = triplet_gradients(anchor, positive, negative, margin)
    return 0 * a, p, n


def pulled_the_negative(anchor, positive, negative, margin):
    """The sign of the negative's distance forgotten."""
    a, p, n = triplet_gradients(anchor, positive, negative, margin)
    if not (np.any(a) or np.any(p) or np.any(n)):
        return a, p, n
    return 2 * (2 * anchor - positive - negative), p, -n


def without_margin(anchor, positive, negative, margin):
    """Content as soon as the order is right."""
    return triplet_gradients(anchor, positive, negative, 0.0)


def scaled_by_the_loss(anchor, positive, negative, margin):
    """The gradient of half the loss's square."""
    near = ((anchor - positive) ** 2).sum()
    far = ((anchor - negative) ** 2).sum()
    loss = max(near - far + margin, 0)
    return tuple(
        loss * g for g in triplet_gradients(anchor, positive, negative, margin)
    )


def single_triplets(rng: np.random.Generator) -> Iterator[Case]:
    """Of each kind some, one exactly at the margin, one collapsed."""
    for D in (1, 2, 2, 2, 3, 3, 4, 4):
        anchor = rng.integers(-4, 5, D) / 4
        positive = anchor + rng.integers(1, 4, D) / 4
        negative = anchor - rng.integers(1, 5, D) / 4
        yield Case(anchor, positive, negative, int(rng.integers(1, 7)) / 4)
    anchor = rng.integers(-4, 5, 2) / 4
    yield Case(anchor, anchor + 0.25, anchor - 1.5, 0.5)  # easy
    yield Case(anchor, anchor + 0.5, anchor + np.array([0.5, -1.0]), 0.75)  # at it
    yield Case(anchor, anchor + 0.5, anchor - 0.75, 1.0)  # semi-hard
    yield Case(anchor, anchor.copy(), anchor.copy(), 0.5)  # the collapse


ZERO, RIGHT_OF, ABOVE = np.array([0.0, 0]), np.array([0.6, 0]), np.array([0, 0.5])

EXERCISES = (
    Exercise(
        name="siamese_gradient",
        title="One set of weights, two pictures",
        reference=siamese_gradient,
        visible=(
            Case(np.array([[1.0, 0.5]]), np.array([1.0, 0.0]), np.array([0.0, 1.0])),
            Case(
                np.array([[0.5, -1.0, 0.2], [1.0, 0.3, 0.0]]),
                np.array([1.0, 0.5, -1.0]),
                np.array([0.2, 1.0, 2.0]),
            ),
        ),
        generate=two_networks,
        misconceptions=(
            Misconception(
                "first branch only",
                first_branch_only,
                "You follow the first picture alone, as if the other's embedding were "
                "a constant. The same W made it too: add what the second branch asks.",
            ),
            Misconception(
                "second branch only",
                second_branch_only,
                "You follow the second picture alone. The same W made the embedding of "
                "the first: add what its branch asks.",
            ),
            Misconception(
                "mean of the branches",
                mean_of_both,
                "Your gradient is half of what it should be. Either the 2 of the "
                "square's derivative is missing, or you take the mean of the two "
                "branches: shared weights get the sum.",
            ),
            Misconception(
                "sign of the second branch",
                same_sign,
                "Both branches have the same sign in your answer. d falls when f1 "
                "comes near f2 *and* when f2 comes near f1: by f2 the derivative is "
                "−2 (f1 − f2).",
            ),
            Misconception(
                "tanh passed over",
                no_tanh,
                "The derivative of tanh is missing. It is 1 − f², with the embedding "
                "f of the branch through which you go back.",
            ),
            Misconception(
                "tanh of tanh",
                tanh_of_tanh,
                "You put the embedding through tanh once more. The derivative of tanh "
                "is 1 − tanh(z)², and tanh(z) is the embedding itself.",
            ),
            Misconception(
                "the sigmoid's derivative",
                slope_of_the_sigmoid,
                "f (1 − f) is the derivative of the sigmoid. That of tanh is another "
                "function of the embedding, and is 1 where the embedding is 0.",
            ),
            Misconception(
                "a linear network",
                linear_net,
                "You leave tanh out altogether. The embedding is tanh(W x), not W x.",
            ),
            Misconception(
                "transposed",
                transposed,
                "Rows and columns have changed places. W is (D, C): row d belongs to "
                "output d, so it is `np.outer(what comes back, x)`.",
            ),
        ),
        page="book/faces/triplets",
        minutes=20,
        difficulty=2,
        points=2,
    ),
    Exercise(
        name="triplet_loss",
        title="Further, by a margin",
        reference=triplet_loss,
        visible=(
            Case(ZERO[None], RIGHT_OF[None], ABOVE[None], 0.2),
            Case(ZERO[None], ABOVE[None], np.array([[2.0, 0.0]]), 0.2),
            Case(
                np.array([[0.0, 0.0], [1.0, 1.0], [0.5, 0.0]]),
                np.array([[0.5, 0.0], [1.0, 0.0], [0.5, 0.2]]),
                np.array([[0.0, 1.0], [0.5, 1.0], [2.0, 2.0]]),
                0.5,
            ),
        ),
        generate=triplets,
        misconceptions=(
            Misconception(
                "not squared",
                not_squared,
                "You take the distances, not their squares. FaceNet's loss has "
                "‖A − P‖² − ‖A − N‖² + α; torch's `triplet_margin_loss` is the other.",
            ),
            Misconception(
                "P and N exchanged",
                exchanged,
                "Your loss falls when the positive moves away. What is to be small is "
                "d(A, P) − d(A, N).",
            ),
            Misconception(
                "no floor",
                no_floor,
                "Your loss has no floor: a triplet that is right by far pays for one "
                "that is wrong. Each is cut off at 0 before the mean.",
            ),
            Misconception(
                "floor after the mean",
                floor_after_mean,
                "You cut off at 0 after taking the mean, so easy triplets pay for hard "
                "ones. Cut off each triplet, then take the mean.",
            ),
            Misconception(
                "margin taken off",
                margin_taken_off,
                "You take the margin off. It is added: a triplet has to be right by "
                "*more* than α before its loss is 0.",
            ),
            Misconception(
                "no margin",
                no_margin,
                "The margin is not used. Without it an embedding that maps all faces "
                "to one point has a loss of 0.",
            ),
            Misconception(
                "sum",
                added_up,
                "That is the sum over the triplets. Asked for is their mean, which "
                "does not change when the batch is twice as large.",
            ),
            Misconception(
                "mean over the active ones",
                active_only,
                "You divide by the triplets whose loss is not 0. Asked for is the mean "
                "over all of them, those that are content included.",
            ),
            Misconception(
                "added up over the batch",
                over_the_batch,
                "You add up over all triplets and ask once. Each row is a triplet with "
                "two distances and a margin of its own: sum over `axis=1`.",
            ),
            Misconception(
                "mean of the components",
                mean_of_components,
                "You take the mean over the numbers of an embedding. A squared "
                "distance is their sum; the mean is over triplets, at the end.",
            ),
            Misconception(
                "from P to N",
                from_the_positive,
                "You measure the negative from the positive. Both distances start at "
                "the anchor.",
            ),
        ),
        page="book/faces/triplets",
        minutes=10,
        difficulty=1,
        points=1,
        exact=False,  # max(z, 0) of plain Python is the whole number 0
    ),
    Exercise(
        name="triplet_gradients",
        title="What a collapsed network feels",
        reference=triplet_gradients,
        visible=(
            Case(ZERO, RIGHT_OF, ABOVE, 0.2),
            Case(ZERO, ABOVE, np.array([2.0, 0.0]), 0.2),
            Case(ZERO, ZERO.copy(), ZERO.copy(), 0.2),
        ),
        generate=single_triplets,
        misconceptions=(
            Misconception(
                "content, and still pulling",
                always_pulling,
                "Where the loss is 0 the gradient is 0: the negative is far enough "
                "and nothing is to change. Ask for the loss first.",
            ),
            Misconception(
                "downhill",
                downhill,
                "Every sign is turned. That is the direction of a step; the gradient "
                "points uphill, and the optimiser takes the minus.",
            ),
            Misconception(
                "a 2 forgotten",
                without_two,
                "A factor of 2 is missing: the derivative of ‖A − P‖² by A is "
                "2 (A − P).",
            ),
            Misconception(
                "anchor without the negative",
                anchor_and_positive_only,
                "Your anchor feels the positive alone. It stands in both distances: "
                "2 (A − P) − 2 (A − N), in which A cancels.",
            ),
            Misconception(
                "anchor stays",
                anchor_stays,
                "Your anchor does not move. It is an output of the network like the "
                "other two, so it has a gradient too.",
            ),
            Misconception(
                "negative pulled near",
                pulled_the_negative,
                "The negative's distance enters with a minus. With your gradient a "
                "step would pull the negative *towards* the anchor.",
            ),
            Misconception(
                "the negative's sign",
                negative_turned,
                "Anchor and positive are right, but the sign of the negative's "
                "gradient is turned. Its distance enters with a minus, so 2 (N − A) "
                "does, too.",
            ),
            Misconception(
                "still pulling at the edge",
                pulling_at_the_edge,
                "Where the negative is further by exactly the margin you still pull. "
                "The loss is 0 there already, and then all three are zero.",
            ),
            Misconception(
                "lengths decide",
                by_the_lengths,
                "You ask the lengths whether a triplet is content, and differentiate "
                "their squares. The loss has squares in both places.",
            ),
            Misconception(
                "a number for nothing",
                numbers_for_nothing,
                "Where the loss is 0 you return plain zeros. Each gradient has a "
                "number for each number of its point: an array of D zeros.",
            ),
            Misconception(
                "another order",
                another_order,
                "Your three gradients are right, but in another order. First by the "
                "anchor, then by the positive, then by the negative.",
            ),
            Misconception(
                "no margin",
                without_margin,
                "You stop as soon as the negative is further than the positive. It is "
                "to be further by the margin: until then the gradient is not 0.",
            ),
            Misconception(
                "times the loss",
                scaled_by_the_loss,
                "You multiply by the loss. The derivative of max(z, 0) is 1 where z is "
                "above 0, however large z is.",
            ),
        ),
        page="book/faces/triplets",
        minutes=15,
        difficulty=2,
        points=2,
        exact=False,  # zeros of whole numbers are zeros
    ),
)
