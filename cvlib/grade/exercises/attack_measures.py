"""How far the border is, what counts as robust, and how a network is hardened."""

from collections.abc import Iterator

import numpy as np

from cvlib.grade.spec import Case, Exercise, Misconception

PAGE = "book/fooling/defence"


def nearest_boundary(image, weight, bias):
    """The answer."""
    scores = weight @ image + bias
    label = int(scores.argmax())
    best, step = np.inf, np.zeros_like(image)
    for k in range(len(bias)):
        if k != label:
            w = weight[k] - weight[label]
            gap = scores[label] - scores[k]
            length = np.sqrt((w**2).sum())
            if gap / length < best:
                best, step = gap / length, gap / length**2 * w
    return step


def steps_to_all(image, weight, bias):
    """The step to the border with every other class, and their order by closeness."""
    scores = weight @ image + bias
    label = int(scores.argmax())
    others = [k for k in range(len(bias)) if k != label]
    w = weight[others] - weight[label]
    gap = scores[label] - scores[others]
    length = np.sqrt((w**2).sum(axis=1))
    return others, w, gap, length


def border_of_runner_up(image, weight, bias):
    """The class with the next best score."""
    _, w, gap, length = steps_to_all(image, weight, bias)
    k = gap.argmin()
    return gap[k] / length[k] ** 2 * w[k]


def border_not_squared(image, weight, bias):
    """A unit vector forgotten."""
    _, w, gap, length = steps_to_all(image, weight, bias)
    k = (gap / length).argmin()
    return gap[k] / length[k] * w[k]


def border_to_zero(image, weight, bias):
    """Where the own score is 0."""
    scores = weight @ image + bias
    w = weight[scores.argmax()]
    return -scores.max() / (w**2).sum() * w


def border_backwards(image, weight, bias):
    """Away from it."""
    return -nearest_boundary(image, weight, bias)


def border_by_other_weights(image, weight, bias):
    """Along the other class's weights, not along the difference."""
    others, _, gap, length = steps_to_all(image, weight, bias)
    k = (gap / length).argmin()
    v = weight[others[k]]
    return gap[k] / (v**2).sum() * v


def border_without_bias(image, weight, bias):
    """Scores without b."""
    scores = weight @ image + bias
    label = int(scores.argmax())
    plain = weight @ image
    others = [k for k in range(len(bias)) if k != label]
    w = weight[others] - weight[label]
    gap = plain[label] - plain[others]
    length = np.sqrt((w**2).sum(axis=1))
    k = (np.abs(gap) / length).argmin()
    return gap[k] / length[k] ** 2 * w[k]


def border_of_smallest_factor(image, weight, bias):
    """The smallest factor of w, which is no distance."""
    _, w, gap, length = steps_to_all(image, weight, bias)
    k = (gap / length**2).argmin()
    return gap[k] / length[k] ** 2 * w[k]


def border_farthest(image, weight, bias):
    """The largest of the distances."""
    _, w, gap, length = steps_to_all(image, weight, bias)
    k = (gap / length).argmax()
    return gap[k] / length[k] ** 2 * w[k]


def linear_nets(rng: np.random.Generator) -> Iterator[Case]:
    """Nets whose nearest border is not that of the second best class."""
    for K, D in ((3, 2), (3, 3), (4, 2), (4, 3), (3, 4), (5, 3), (4, 5), (5, 4)):
        while True:
            weight = rng.normal(0, 1, (K, D)).round(2)
            bias = rng.normal(0, 1, K).round(2)
            image = rng.uniform(0, 1, D).round(2)
            _, _, gap, length = steps_to_all(image, weight, bias)
            near = np.sort(gap / length)
            clear = near[1] - near[0] > 0.02 and near[0] > 0.02
            if clear and gap.argmin() != (gap / length).argmin():
                break
        yield Case(image, weight, bias)
    # a long w and a short one: nearest is what has not the smallest factor
    near, far = rng.uniform(0.2, 0.3), rng.uniform(0.5, 0.7)
    weight = np.array([[0.5, 0.25], [1.5, 0.25], [0.5, -7.75]])
    yield Case(np.zeros(2), weight, np.array([0.0, -near, -8 * far]))


def robust_accuracy(labels, predictions):
    """The answer."""
    return float((predictions == labels).all(axis=0).mean())


def robust_smallest_mean(labels, predictions):
    """The best single attack."""
    return float((predictions == labels).mean(axis=1).min())


def robust_mean(labels, predictions):
    """All attacks alike."""
    return float((predictions == labels).mean())


def robust_any(labels, predictions):
    """Right once is enough."""
    return float((predictions == labels).any(axis=0).mean())


def robust_clean(labels, predictions):
    """Without any attack."""
    return float((predictions[0] == labels).mean())


def robust_attacks_only(labels, predictions):
    """Pictures that were wrong before count if an attack mends them."""
    return float((predictions[1:] == labels).all(axis=0).mean())


def robust_of_the_right(labels, predictions):
    """Of those that were right, the share that stays right."""
    right = predictions[0] == labels
    return float((predictions == labels).all(axis=0).sum() / right.sum())


def robust_unchanged(labels, predictions):
    """The answer never changes, right or wrong."""
    return float((predictions == predictions[0]).all(axis=0).mean())


def robust_rows(labels, predictions):
    """The share of rows without a mistake."""
    return float((predictions == labels).all(axis=1).mean())


def robust_success(labels, predictions):
    """What the attacker counts."""
    return 1 - robust_accuracy(labels, predictions)


def robust_vote(labels, predictions):
    """Right under most attacks."""
    return float(((predictions == labels).mean(axis=0) > 0.5).mean())


def answers(rng: np.random.Generator) -> Iterator[Case]:
    """Row 0 without attack; some pictures fall to one attack, some to another."""
    for A, N in ((3, 8), (3, 10), (4, 9), (4, 11), (5, 12), (4, 14), (5, 15), (6, 16)):
        labels = rng.integers(0, 4, N)
        wrong = np.zeros((A, N), bool)
        wrong[0, 0] = True  # wrong before, mended by every attack
        wrong[:, 1] = True
        wrong[:, 1][-1] = False  # wrong before and after most
        for a in range(1, A):
            wrong[a, 1 + a] = True  # one that only this attack finds
        wrong[1:, A + 1] = True  # one that all find
        wrong[1, A + 2 : A + 2 + max(0, (N - A - 3) // 2)] = True  # the strongest
        wrong[:, -1] = True  # always the same wrong answer
        order = rng.permutation(N)
        shift = rng.integers(1, 4, (A, N))
        shift[:, -1] = shift[0, -1]
        predictions = np.where(wrong, (labels + shift) % 4, labels)
        yield Case(labels[order], predictions[:, order])


def transfer_table(labels, clean, moved):
    """The answer."""
    both = (clean == labels).all(axis=0)
    return (moved[:, :, both] != labels[both]).mean(axis=2)


def table_of_all(labels, clean, moved):
    """Mistakes made before count as well."""
    return (moved != labels).mean(axis=2)


def table_of_the_reader(labels, clean, moved):
    """Those that the one who looks had right."""
    right = clean == labels
    wrong = (moved != labels) & right[None]
    return wrong.sum(axis=2) / right.sum(axis=1)[None]


def table_of_the_attacked(labels, clean, moved):
    """Those that the attacked one had right."""
    right = clean == labels
    wrong = (moved != labels) & right[:, None]
    return wrong.sum(axis=2) / right.sum(axis=1)[:, None]


def table_of_the_two(labels, clean, moved):
    """Those that the attacked one and the reader had right."""
    right = clean == labels
    both = right[:, None] & right[None]
    return ((moved != labels) & both).sum(axis=2) / both.sum(axis=2)


def table_turned(labels, clean, moved):
    """Rows and columns exchanged."""
    return transfer_table(labels, clean, moved).T


def table_of_survivors(labels, clean, moved):
    """What stands instead of what fell."""
    return 1 - transfer_table(labels, clean, moved)


def table_over_all(labels, clean, moved):
    """Divided by all pictures."""
    both = (clean == labels).all(axis=0)
    return ((moved != labels) & both).mean(axis=2)


def table_of_changes(labels, clean, moved):
    """Any change of the answer counts, also from wrong to right."""
    return (moved != clean[None]).mean(axis=2)


def readers(rng: np.random.Generator) -> Iterator[Case]:
    """Networks that misread some pictures by themselves, each others."""
    for M, N in ((2, 6), (2, 8), (3, 9), (3, 10), (3, 12), (4, 12), (4, 14), (4, 16)):
        labels = rng.integers(0, 5, N)
        wrong = np.zeros((M, N), bool)
        wrong[np.arange(M), np.arange(M)] = True  # each its own
        if M > 2:
            wrong[0, M] = True
        fell = rng.random((M, M, N)) < rng.uniform(0.2, 0.9, (M, M, 1))
        fell[:, :, -1], fell[0, 1, -1] = False, True  # not symmetric
        fell[0, 1, 0], fell[0, 1, 1], fell[1, 0, :2] = True, False, True
        fell[1, 0, -2] = True
        shift = rng.integers(1, 5, (M, M, N))
        clean = np.where(wrong, (labels + rng.integers(1, 5, (M, N))) % 5, labels)
        moved = np.where(fell, (labels + shift) % 5, labels)
        order = rng.permutation(N)
        yield Case(labels[order], clean[:, order], moved[:, :, order])


def adversarial_step(weight, image, label, eps, lr):
    """The answer."""
    slope = -label * weight
    worst = np.clip(image + eps * np.sign(slope), 0, 1)
    margin = label * (weight @ worst)
    return weight + lr * label * worst / (1 + np.exp(margin))


def trained_plainly(weight, image, label, eps, lr):
    """No attack."""
    margin = label * (weight @ image)
    return weight + lr * label * image / (1 + np.exp(margin))


def trained_on_the_best(weight, image, label, eps, lr):
    """The attack went the wrong way."""
    kind = np.clip(image + eps * np.sign(label * weight), 0, 1)
    margin = label * (weight @ kind)
    return weight + lr * label * kind / (1 + np.exp(margin))


def trained_upwards(weight, image, label, eps, lr):
    """The weights climb too."""
    slope = -label * weight
    worst = np.clip(image + eps * np.sign(slope), 0, 1)
    margin = label * (weight @ worst)
    return weight - lr * label * worst / (1 + np.exp(margin))


def trained_half(weight, image, label, eps, lr):
    """The attack for the gradient's size, the clean picture for its direction."""
    slope = -label * weight
    worst = np.clip(image + eps * np.sign(slope), 0, 1)
    margin = label * (weight @ worst)
    return weight + lr * label * image / (1 + np.exp(margin))


def trained_by_halves(weight, image, label, eps, lr):
    """The clean picture in the exponent, the attacked one for the rest."""
    worst = np.clip(image - eps * label * np.sign(weight), 0, 1)
    return weight + lr * label * worst / (1 + np.exp(label * (weight @ image)))


def trained_with_minus(weight, image, label, eps, lr):
    """The sign of the exponent."""
    worst = np.clip(image - eps * label * np.sign(weight), 0, 1)
    return weight + lr * label * worst / (1 + np.exp(-label * (weight @ worst)))


def trained_change_only(weight, image, label, eps, lr):
    """What is added, without what it is added to."""
    return adversarial_step(weight, image, label, eps, lr) - weight


def trained_not_clipped(weight, image, label, eps, lr):
    """Pictures that cannot exist."""
    worst = image - eps * label * np.sign(weight)
    margin = label * (weight @ worst)
    return weight + lr * label * worst / (1 + np.exp(margin))


def trained_label_forgotten(weight, image, label, eps, lr):
    """Every picture attacked as if its label were +1."""
    worst = np.clip(image - eps * np.sign(weight), 0, 1)
    margin = label * (weight @ worst)
    return weight + lr * label * worst / (1 + np.exp(margin))


def trained_no_sign(weight, image, label, eps, lr):
    """The gradient as it is."""
    slack = 1 / (1 + np.exp(label * (weight @ image)))
    worst = np.clip(image - eps * label * slack * weight, 0, 1)
    margin = label * (weight @ worst)
    return weight + lr * label * worst / (1 + np.exp(margin))


def machines(rng: np.random.Generator) -> Iterator[Case]:
    """Weights of both signs, labels of both signs, a value at each end of [0, 1]."""
    for n, D in enumerate((4, 5, 6, 7, 8, 9, 10, 12)):
        weight = rng.normal(0, 1.2, D).round(2)
        weight[np.abs(weight) < 0.2] = 0.5
        image = rng.uniform(0.3, 0.7, D).round(2)
        label = -1 if n % 2 == 0 else 1
        eps = round(rng.uniform(0.1, 0.25), 2)
        weight[0], image[0] = label * 0.8, 0.03  # would become darker than black
        weight[1], image[1] = -label * 0.6, 0.98  # and this one brighter than white
        yield Case(weight, image, label, eps, round(rng.uniform(0.3, 1), 2))


_WEIGHT = np.array([[2.0, 0.0], [0.0, 2.0], [-0.4, 0.2]])
_LABELS = np.array([0, 1, 2, 1])
_CLEAN = np.array([[0, 1, 2, 0], [0, 1, 2, 1]])
_MOVED = np.array([[[1, 2, 0, 1], [0, 1, 0, 1]], [[0, 0, 2, 0], [2, 0, 1, 1]]])
_SAID = np.array([[0, 1, 2, 0], [0, 2, 2, 1], [1, 1, 2, 1]])

EXERCISES = (
    Exercise(
        name="nearest_boundary",
        title="The shortest way to another class",
        reference=nearest_boundary,
        visible=(
            Case(np.array([0.8, 0.3]), _WEIGHT, np.array([0.0, 0.0, 0.4])),
            Case(np.array([0.5, 0.25]), _WEIGHT[:2], np.array([0.0, 0.1])),
            Case(
                np.array([0.6, 0.5]),
                np.array([[3.0, 1.0], [0.0, 0.5], [2.0, 1.5]]),
                np.array([0.0, 1.2, 0.1]),
            ),
        ),
        generate=linear_nets,
        misconceptions=(
            Misconception(
                "the second best class",
                border_of_runner_up,
                "You go to the class with the next best score. Its border need not be "
                "the nearest: divide each lead by the length of its w and take the "
                "smallest.",
            ),
            Misconception(
                "not a unit vector",
                border_not_squared,
                "Your step has the right direction and a wrong length. It is the "
                "distance times a unit vector, "
                "lead/‖w‖ and the unit vector w/‖w‖: the length of w divides twice.",
            ),
            Misconception(
                "until the own score is 0",
                border_to_zero,
                "You go where the winning score becomes 0. A class loses where another "
                "score is as large: use the difference of two rows of weights.",
            ),
            Misconception(
                "away from it",
                border_backwards,
                "Your step leads away from the border. Along w_k − w_label the score "
                "of class k gains on that of the label.",
            ),
            Misconception(
                "weights of the other class alone",
                border_by_other_weights,
                "You step along the other class's weights. What counts is how the "
                "difference of two scores changes: w_k − w_label.",
            ),
            Misconception(
                "bias left out",
                border_without_bias,
                "The lead of one score holds both biases, too. Compute the scores "
                "with `weight @ image + bias`.",
            ),
            Misconception(
                "the smallest factor",
                border_of_smallest_factor,
                "You choose the class with the smallest lead/‖w‖². That is the factor "
                "of w, not how far you go: choose by lead/‖w‖, the length of the step.",
            ),
            Misconception(
                "the farthest border",
                border_farthest,
                "You went to the farthest border. The smallest of the distances is "
                "asked for.",
            ),
        ),
        page="book/fooling/smallest",
        minutes=20,
        difficulty=2,
        points=2,
    ),
    Exercise(
        name="robust_accuracy",
        title="What counts as robust?",
        reference=robust_accuracy,
        visible=(
            Case(_LABELS, _SAID),
            Case(_LABELS, np.array([[0, 1, 2, 2], [0, 1, 2, 2]])),
            Case(
                np.array([0, 0, 1, 1, 2]),
                np.array([[0, 0, 1, 1, 0], [0, 1, 1, 1, 2], [0, 1, 1, 0, 2]]),
            ),
        ),
        generate=answers,
        misconceptions=(
            Misconception(
                "the smallest mean",
                robust_smallest_mean,
                "You take the strongest single attack. A picture that falls to any "
                "attack is not robust: ask picture by picture, then take the mean.",
            ),
            Misconception(
                "mean of all",
                robust_mean,
                "You take the mean over attacks as well. The attacker chooses the best "
                "for each picture, so one success is enough.",
            ),
            Misconception(
                "right once",
                robust_any,
                "You count a picture that is right under any attack. It must be right "
                "under all of them.",
            ),
            Misconception(
                "without attack",
                robust_clean,
                "This is the plain accuracy, from row 0 alone. The other rows are the "
                "answers after each attack.",
            ),
            Misconception(
                "row 0 left out",
                robust_attacks_only,
                "You leave out row 0. A picture that was wrong to begin with is not "
                "robust, even if an attack happens to mend it.",
            ),
            Misconception(
                "of those that were right",
                robust_of_the_right,
                "You divide by the pictures that were right before. The share of all "
                "pictures is asked for.",
            ),
            Misconception(
                "answers that never change",
                robust_unchanged,
                "You count pictures whose answer never changes. One that is misread "
                "every time is not robust: compare with the labels.",
            ),
            Misconception(
                "rows for pictures",
                robust_rows,
                "You ask of each row whether it has no mistake. Ask of each picture, "
                "over all rows: a picture is a column.",
            ),
            Misconception(
                "the attacker's count",
                robust_success,
                "You return the share that fell. Robust accuracy is what still stands: "
                "one minus that.",
            ),
            Misconception(
                "a majority",
                robust_vote,
                "You count pictures that are right most of the time. The worst case "
                "counts, not the usual one.",
            ),
        ),
        page=PAGE,
        minutes=10,
        difficulty=1,
        points=1,
    ),
    Exercise(
        name="transfer_table",
        title="Who fools whom?",
        reference=transfer_table,
        visible=(
            Case(_LABELS, _CLEAN, _MOVED),
            Case(_LABELS, np.stack([_LABELS, _LABELS]), _MOVED),
        ),
        generate=readers,
        misconceptions=(
            Misconception(
                "all pictures counted",
                table_of_all,
                "You count every picture. One that a network misread before would be "
                "taken for a success of the attack: keep those that all read rightly.",
            ),
            Misconception(
                "only the reader had to be right",
                table_of_the_reader,
                "You keep what the network that looks had right. Then every column is "
                "about other pictures; keep those that *all* networks had right.",
            ),
            Misconception(
                "only the attacked one had to be right",
                table_of_the_attacked,
                "You keep what the attacked network had right. The one that looks may "
                "have been wrong before; keep those that *all* had right.",
            ),
            Misconception(
                "only the two had to be right",
                table_of_the_two,
                "For each cell you keep what its two networks had right. Then every "
                "cell is about other pictures; keep those that *all* networks had "
                "right.",
            ),
            Misconception(
                "turned",
                table_turned,
                "Rows and columns are exchanged. Row i holds the pictures made "
                "against network i, column j what network j makes of them.",
            ),
            Misconception(
                "survivors",
                table_of_survivors,
                "You return the share that still stands. The table says how many are "
                "fooled.",
            ),
            Misconception(
                "divided by all",
                table_over_all,
                "You count the right pictures and divide by all of them. Divide by "
                "the number that was kept.",
            ),
            Misconception(
                "changes counted",
                table_of_changes,
                "You compare the answers after the attack with those before. Compare "
                "with the labels, for pictures that all networks had right.",
            ),
        ),
        page="book/fooling/transfer",
        minutes=15,
        difficulty=2,
        points=2,
    ),
    Exercise(
        name="adversarial_step",
        title="One step of adversarial training",
        reference=adversarial_step,
        visible=(
            Case(np.array([1.0, -2.0]), np.array([0.5, 0.5]), 1, 0.1, 0.5),
            Case(np.array([1.0, -2.0, 0.5]), np.array([0.5, 0.95, 0.4]), -1, 0.1, 1.0),
            Case(np.array([0.5, 1.5]), np.array([0.02, 0.6]), 1, 0.2, 1.0),
        ),
        generate=machines,
        misconceptions=(
            Misconception(
                "no attack",
                trained_plainly,
                "You train on the picture as it is. Make it as bad as it can be within "
                "ε first, and learn from that.",
            ),
            Misconception(
                "helped instead of attacked",
                trained_on_the_best,
                "Your picture moved towards its label, where the loss is smallest. The "
                "inner step makes the loss larger.",
            ),
            Misconception(
                "weights went uphill",
                trained_upwards,
                "Your weights make the loss larger as well. The attack climbs, the "
                "training descends: two steps of opposite sign.",
            ),
            Misconception(
                "two different pictures",
                trained_half,
                "You take the loss of the attacked picture and the values of the clean "
                "one. The attacked picture takes its place everywhere.",
            ),
            Misconception(
                "the clean picture in the exponent",
                trained_by_halves,
                "Your exponent still has the clean picture. The slope is taken at the "
                "attacked one, which stands in it twice.",
            ),
            Misconception(
                "sign of the exponent",
                trained_with_minus,
                "Your step is long where the answer is right already and short where "
                "it is wrong. Look at the sign in the exponent of ∂L/∂w.",
            ),
            Misconception(
                "the change only",
                trained_change_only,
                "You return by how much the weights change. Asked for are the new "
                "weights: the old ones and the change.",
            ),
            Misconception(
                "not clipped",
                trained_not_clipped,
                "Your attacked picture leaves [0, 1]. Cut it off: no camera shows the "
                "network what lies outside.",
            ),
            Misconception(
                "label forgotten in the attack",
                trained_label_forgotten,
                "You attack every picture as if its label were +1. Uphill is "
                "−y · sign(w): for y = −1 it is the other way.",
            ),
            Misconception(
                "no sign",
                trained_no_sign,
                "You move the picture along the gradient itself. In the L∞ ball each "
                "value goes all the way: take the sign.",
            ),
        ),
        page=PAGE,
        minutes=25,
        difficulty=3,
        points=2,
    ),
)
