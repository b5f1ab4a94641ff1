"""A step of an LSTM, three fusions, and a glance."""

from collections.abc import Iterator

import numpy as np

from cvlib.grade.spec import Case, Exercise, Misconception


def lstm_step(x, h, c, W, U, b):
    """The answer."""
    return stepped(x, h, c, W, U, b)


def sigmoid(z):
    """Between 0 and 1."""
    return 1 / (1 + np.exp(-z))


def stepped(x, h, c, W, U, b, *, order="ifgo", propose=np.tanh, show=np.tanh, gate=1):
    """One step, with whatever is done otherwise."""
    parts = dict(zip(order, np.split(W @ x + U @ h + b, 4), strict=True))
    i, f, o = (sigmoid(parts[k]) for k in "ifo")
    new = f * c + i**gate * propose(parts["g"])
    return o * show(new), new


def another_order(x, h, c, W, U, b):
    """The output gate before the proposal."""
    return stepped(x, h, c, W, U, b, order="ifog")


def gates_exchanged(x, h, c, W, U, b):
    """Forget by the input gate."""
    return stepped(x, h, c, W, U, b, order="figo")


def proposal_of_sigmoid(x, h, c, W, U, b):
    """A proposal that is never negative."""
    return stepped(x, h, c, W, U, b, propose=sigmoid)


def memory_shown_bare(x, h, c, W, U, b):
    """No tanh on the memory."""
    return stepped(x, h, c, W, U, b, show=lambda memory: memory)


def written_in_full(x, h, c, W, U, b):
    """No input gate."""
    return stepped(x, h, c, W, U, b, gate=0)


def old_memory_shown(x, h, c, W, U, b):
    """Show what was remembered before."""
    _, new = stepped(x, h, c, W, U, b)
    o = sigmoid(np.split(W @ x + U @ h + b, 4)[3])
    return o * np.tanh(c), new


def exchanged_results(x, h, c, W, U, b):
    """Memory first."""
    return stepped(x, h, c, W, U, b)[::-1]


def bias_left_out(x, h, c, W, U, b):
    """No b."""
    return stepped(x, h, c, W, U, np.zeros_like(b))


def every_fourth(x, h, c, W, U, b):
    """Take the four in turn, not quarter by quarter."""
    order = np.arange(len(b)).reshape(-1, 4).T.ravel()
    return stepped(x, h, c, W[order], U[order], b[order])


def gates_of_tanh(x, h, c, W, U, b):
    """tanh for all four."""
    i, f, g, o = np.split(np.tanh(W @ x + U @ h + b), 4)
    new = f * c + i * g
    return o * np.tanh(new), new


def deaf_to_itself(x, h, c, W, U, b):
    """Forget what was said last."""
    return stepped(x, np.zeros_like(h), c, W, U, b)


def words(rng: np.random.Generator) -> Iterator[Case]:
    """Small cells; some that forget, some that keep."""
    for E, D in ((1, 1), (2, 1), (1, 2), (2, 2), (3, 2), (2, 3), (4, 3), (3, 4)):
        yield Case(
            rng.normal(size=E).round(1) + 0.3,
            rng.normal(size=D).round(1) + 0.4,
            rng.normal(size=D).round(1) - 0.6,
            rng.normal(size=(4 * D, E)).round(1),
            (rng.normal(size=(4 * D, D)) + 0.5).round(1),
            rng.normal(size=4 * D).round(1),
        )


def fuse_senses(v, q, A, B, how):
    """The answer."""
    image, question = v @ A.T, q @ B.T
    if how == "concat":
        return np.concatenate([image, question], axis=1)
    return image + question if how == "sum" else image * question


def as_they_are(v, q, A, B, how):
    """Put the vectors behind each other before they are brought to one space."""
    if how == "concat":
        return np.concatenate([v, q], axis=1)
    return fuse_senses(v, q, A, B, how)


def question_first(v, q, A, B, how):
    """The other order."""
    if how == "concat":
        return np.concatenate([q @ B.T, v @ A.T], axis=1)
    return fuse_senses(v, q, A, B, how)


def below_each_other(v, q, A, B, how):
    """Rows below rows."""
    if how == "concat":
        return np.concatenate([v @ A.T, q @ B.T], axis=0)
    return fuse_senses(v, q, A, B, how)


def scalar_product(v, q, A, B, how):
    """One number of each pair."""
    if how == "product":
        return ((v @ A.T) * (q @ B.T)).sum(axis=1)
    return fuse_senses(v, q, A, B, how)


def all_pairs(v, q, A, B, how):
    """Every picture with every question."""
    if how == "product":
        return (v @ A.T) @ (q @ B.T).T
    return fuse_senses(v, q, A, B, how)


def exchanged_kinds(v, q, A, B, how):
    """Multiply for the sum, add for the product."""
    other = {"sum": "product", "product": "sum"}.get(how, how)
    return fuse_senses(v, q, A, B, other)


def mean_of_both(v, q, A, B, how):
    """Half of the sum."""
    if how == "sum":
        return (v @ A.T + q @ B.T) / 2
    return fuse_senses(v, q, A, B, how)


def of_unit_length(v, q, A, B, how):
    """Normalise before they meet."""

    def normal(x):
        return x / np.linalg.norm(x, axis=1, keepdims=True)

    return fuse_senses(normal(v), normal(q), A, B, how)


def meetings(rng: np.random.Generator) -> Iterator[Case]:
    """Vectors of unequal lengths, all three fusions."""
    for N, E, F, D in ((1, 2, 1, 2), (2, 2, 3, 2), (2, 3, 2, 4), (3, 4, 2, 2)):
        for how in ("concat", "sum", "product"):
            sizes = (N, E), (N, F), (D, E), (D, F)
            yield Case(*(rng.normal(size=s).round(1) + 0.2 for s in sizes), how)


def attend_places(values, scores, gate):
    """The answer."""
    return weighing(scores, gate) @ values


def weighing(scores, gate):
    """One weight for each place."""
    if gate == "sigmoid":
        return 0.5 * (1 + np.tanh(scores / 2))
    e = np.exp(scores - scores.max())
    return e / e.sum()


def best_place(values, scores, gate):
    """The place with the highest score, and no other."""
    return values[scores.argmax()]


def every_place(values, scores, gate):
    """No weights at all."""
    return values.mean(axis=0) if gate == "softmax" else values.sum(axis=0)


def bare_scores(values, scores, gate):
    """Scores as weights."""
    return scores @ values


def always_softmax(values, scores, gate):
    """The gate is not looked at."""
    return weighing(scores, "softmax") @ values


def always_sigmoid(values, scores, gate):
    """The gate is not looked at."""
    return weighing(scores, "sigmoid") @ values


def without_care(values, scores, gate):
    """The softmax as it is written."""
    if gate == "sigmoid":
        return attend_places(values, scores, gate)
    with np.errstate(over="ignore", invalid="ignore"):
        e = np.exp(scores)
        return e / e.sum() @ values


def care_for_both(values, scores, gate):
    """Subtract the largest for the sigmoid, too."""
    return attend_places(values, scores - scores.max(), gate)


def not_divided(values, scores, gate):
    """e to the scores, not made to add up to 1."""
    if gate == "sigmoid":
        return attend_places(values, scores, gate)
    return np.exp(scores - scores.max()) @ values


def mean_instead_of_sum(values, scores, gate):
    """Divide by the number of places."""
    return attend_places(values, scores, gate) / len(scores)


def gate_made_a_mean(values, scores, gate):
    """Make the weights of the sigmoid add up to 1."""
    weights = weighing(scores, gate)
    return weights / weights.sum() @ values


def not_added_up(values, scores, gate):
    """Each place by itself."""
    return weighing(scores, gate)[:, None] * values


def glances(rng: np.random.Generator) -> Iterator[Case]:
    """Few places and many; scores that are far apart."""
    for R, D in ((2, 1), (3, 1), (3, 2), (4, 3), (6, 2)):
        for gate in ("softmax", "sigmoid"):
            scores = (rng.normal(size=R) * 2 + 0.5).round(1)
            yield Case(rng.normal(size=(R, D)).round(1) + 0.3, scores, gate)
    large = rng.integers(-9, 9, 4) * 200.0
    large[0] = 800.0  # e^800 is more than a number can hold
    yield Case(rng.normal(size=(4, 2)).round(1) + 0.3, large, "softmax")


_CELL = (
    np.array([[1.0], [0.0], [2.0], [0.5]]),
    np.array([[0.5], [0.0], [-1.0], [1.0]]),
    np.array([0.0, 1.0, 0.0, 0.0]),
)
_V, _Q = np.array([[1.0, 2.0]]), np.array([[3.0]])
_A, _B = np.array([[1.0, 0], [0, 1], [1, 1]]), np.array([[1.0], [0], [-1]])
_PLACES = np.array([[1.0, 0], [1, 0], [0, 1]])

EXERCISES = (
    Exercise(
        name="lstm_step",
        title="Read one word",
        reference=lstm_step,
        visible=(
            Case(np.array([1.0]), np.array([0.0]), np.array([0.0]), *_CELL),
            Case(np.array([-1.0]), np.array([0.5]), np.array([1.0]), *_CELL),
        ),
        generate=words,
        misconceptions=(
            Misconception(
                "another order of the four",
                another_order,
                "You take the four parts in the order i, f, o, g. Here, as in torch, "
                "the proposal g stands third and the output gate o last.",
            ),
            Misconception(
                "forget and input exchanged",
                gates_exchanged,
                "You keep the memory by the input gate and write by the forget gate. "
                "The first quarter is i, which writes; the second is f, which keeps.",
            ),
            Misconception(
                "a proposal between 0 and 1",
                proposal_of_sigmoid,
                "You pass the proposal g through a sigmoid. It goes through tanh: it "
                "is no gate, and must be able to lower the memory too.",
            ),
            Misconception(
                "memory shown bare",
                memory_shown_bare,
                "You multiply the output gate by the memory itself. The memory may "
                "grow without bound; what is shown of it goes through tanh first.",
            ),
            Misconception(
                "no input gate",
                written_in_full,
                "You add the whole proposal to the memory. Only the share i of it is "
                "written.",
            ),
            Misconception(
                "the old memory shown",
                old_memory_shown,
                "Your memory is right, but what you show is the one of before. Change "
                "c first, then show the new one.",
            ),
            Misconception(
                "exchanged results",
                exchanged_results,
                "Your two results are exchanged. Return what is said, h, first and "
                "the memory, c, second.",
            ),
            Misconception(
                "bias left out",
                bias_left_out,
                "You leave out b. The four sums are W x + U h + b: the bias is what a "
                "gate does before anything is said.",
            ),
            Misconception(
                "every fourth number",
                every_fourth,
                "You deal the 4D numbers out one by one. They lie in quarters, one "
                "behind the other: the first D are i, the next D are f.",
            ),
            Misconception(
                "gates of tanh",
                gates_of_tanh,
                "You pass the gates through tanh, too. A gate says which share may "
                "pass, from 0 to 1: that is σ.",
            ),
            Misconception(
                "deaf to itself",
                deaf_to_itself,
                "You leave out what was said last. The sums are W x + U h + b: without "
                "U h the gates know the word alone, and not what came before it.",
            ),
        ),
        page="book/asking/reading-a-question",
        minutes=15,
        difficulty=2,
        points=2,
    ),
    Exercise(
        name="fuse_senses",
        title="Let picture and question meet",
        reference=fuse_senses,
        visible=tuple(
            Case(_V, _Q, _A, _B, how) for how in ("concat", "sum", "product")
        ),
        generate=meetings,
        misconceptions=(
            Misconception(
                "concatenated as they are",
                as_they_are,
                "For 'concat' you put v and q behind each other as they come. Multiply "
                "both by their matrices first: here all fusions begin with that.",
            ),
            Misconception(
                "the question first",
                question_first,
                "For 'concat' you put the question before the picture. The next "
                "layer's weights expect the picture first.",
            ),
            Misconception(
                "below each other",
                below_each_other,
                "For 'concat' you put rows below rows. Each row is one pair of picture "
                "and question: join along axis 1, so that it gets longer.",
            ),
            Misconception(
                "a scalar product",
                scalar_product,
                "For 'product' you add the products up to one number. Keep them apart: "
                "(N, D), so that the next layer can tell what met what.",
            ),
            Misconception(
                "all pairs",
                all_pairs,
                "For 'product' you use a matrix product, which pairs every picture "
                "with every question. Multiply entry by entry with `*`.",
            ),
            Misconception(
                "sum and product exchanged",
                exchanged_kinds,
                "You multiply for 'sum' and add for 'product'. Look at which branch "
                "`how` leads to.",
            ),
            Misconception(
                "a mean",
                mean_of_both,
                "For 'sum' you take the mean of both. The plain sum is asked for.",
            ),
            Misconception(
                "unit length",
                of_unit_length,
                "You bring the vectors to length 1 first. Some networks do, but here "
                "they meet as the matrices make them.",
            ),
        ),
        page="book/asking/where-senses-meet",
        minutes=10,
        difficulty=1,
        points=1,
    ),
    Exercise(
        name="attend_places",
        title="A glance that counts, and one that cannot",
        reference=attend_places,
        visible=(
            Case(_PLACES, np.array([0.0, 0.0, 0.0]), "softmax"),
            Case(_PLACES, np.array([2.0, 2.0, -2.0]), "sigmoid"),
        ),
        generate=glances,
        misconceptions=(
            Misconception(
                "the best place alone",
                best_place,
                "You return what is at the place with the highest score. A glance is "
                "soft: every place counts, by its weight.",
            ),
            Misconception(
                "all places alike",
                every_place,
                "You weigh all places alike. The scores say how much each is wanted: "
                "make weights of them.",
            ),
            Misconception(
                "scores as weights",
                bare_scores,
                "You multiply by the scores themselves. They may be negative and of "
                "any size; pass them through the gate first.",
            ),
            Misconception(
                "always softmax",
                always_softmax,
                "You use softmax for both gates. With 'sigmoid' each place has a "
                "weight of its own, and they need not add up to 1.",
            ),
            Misconception(
                "always sigmoid",
                always_sigmoid,
                "You use the sigmoid for both gates. With 'softmax' the weights of all "
                "places add up to 1.",
            ),
            Misconception(
                "overflow",
                without_care,
                "e to the power of some hundreds is infinite, and ∞/∞ is no number. "
                "Subtract the largest score first: the softmax stays what it was.",
            ),
            Misconception(
                "largest subtracted for both",
                care_for_both,
                "You subtract the largest score for the sigmoid, too. A softmax does "
                "not notice, but a sigmoid does: no weight of yours is above a half.",
            ),
            Misconception(
                "softmax not divided",
                not_divided,
                "With 'softmax' your weights do not add up to 1: divide them by their "
                "sum.",
            ),
            Misconception(
                "divided by the places",
                mean_instead_of_sum,
                "You divide by the number of places. The weights say it all; add up, "
                "and divide by nothing.",
            ),
            Misconception(
                "sigmoids that add up to 1",
                gate_made_a_mean,
                "With 'sigmoid' you divide the weights by their sum. That makes a mean "
                "of it, and a mean cannot count.",
            ),
            Misconception(
                "not added up",
                not_added_up,
                "You weigh each place but keep them apart. Add them up over the "
                "places: one vector of D numbers is left.",
            ),
        ),
        page="book/asking/where-senses-meet",
        minutes=12,
        difficulty=2,
        points=1,
    ),
)
