"""One step of an attack: which way, how far, in which unit, and back into the ball."""

from collections.abc import Iterator

import numpy as np

from cvlib.grade.spec import Case, Exercise, Misconception


def fgsm(image, gradient, eps):
    """The answer."""
    return np.clip(image + eps * np.sign(gradient), 0, 1)


def fgsm_not_clipped(image, gradient, eps):
    """Whiter than white."""
    return image + eps * np.sign(gradient)


def fgsm_without_sign(image, gradient, eps):
    """The gradient as it is."""
    return np.clip(image + eps * gradient, 0, 1)


def fgsm_downhill(image, gradient, eps):
    """As in training."""
    return np.clip(image - eps * np.sign(gradient), 0, 1)


def fgsm_longest_value(image, gradient, eps):
    """Scaled so that the largest value moves by ε."""
    return np.clip(image + eps * gradient / np.abs(gradient).max(), 0, 1)


def fgsm_never_zero(image, gradient, eps):
    """No slope counts as a positive one."""
    return np.clip(image + eps * np.where(gradient >= 0, 1, -1), 0, 1)


def fgsm_change_only(image, gradient, eps):
    """What is added, without what it is added to."""
    return eps * np.sign(gradient)


def fgsm_clips_the_change(image, gradient, eps):
    """Cut the change off at 0 and 1, not the picture."""
    return image + np.clip(eps * np.sign(gradient), 0, 1)


def fgsm_up_to_255(image, gradient, eps):
    """White at 255."""
    return np.clip(image + eps * np.sign(gradient), 0, 255)


def fgsm_in_bytes(image, gradient, eps):
    """ε taken for one of 255."""
    return np.clip(image + eps / 255 * np.sign(gradient), 0, 1)


def slopes(rng: np.random.Generator) -> Iterator[Case]:
    """Pictures with values near both ends, slopes of both signs and of none."""
    for C, H, W in ((1, 1, 3), (1, 2, 2), (1, 2, 3), (2, 2, 2), (3, 2, 2), (1, 3, 4),
                    (3, 2, 3), (2, 3, 3), (3, 3, 4)):  # fmt: skip
        image = rng.uniform(0.05, 0.95, (C, H, W)).round(2)
        gradient = rng.normal(0, 1.5, (C, H, W)).round(2)
        gradient[gradient == 0] = 0.5
        flat, slope = image.reshape(-1), gradient.reshape(-1)
        flat[0], slope[0] = 0.98, abs(slope[0]) + 0.1  # leaves [0, 1] uphill
        slope[1] = 0.0
        flat[1] = 0.5
        flat[-1], slope[-1] = 0.01, abs(slope[-1]) + 0.1  # and downhill
        yield Case(image, gradient, round(rng.uniform(0.05, 0.3), 2))


def fgsm_normalised(image, gradient, eps, mean, std):
    """The answer."""
    m, s = mean[:, None, None], std[:, None, None]
    moved = image + eps / s * np.sign(gradient)
    return np.clip(moved, (0 - m) / s, (1 - m) / s)


def trap_both(image, gradient, eps, mean, std):
    """As if it were a picture in [0, 1]."""
    return np.clip(image + eps * np.sign(gradient), 0, 1)


def trap_step(image, gradient, eps, mean, std):
    """The bounds are right, the step is not."""
    m, s = mean[:, None, None], std[:, None, None]
    return np.clip(image + eps * np.sign(gradient), (0 - m) / s, (1 - m) / s)


def trap_bounds(image, gradient, eps, mean, std):
    """The step is right, the bounds are not."""
    return np.clip(image + eps / std[:, None, None] * np.sign(gradient), 0, 1)


def trap_times(image, gradient, eps, mean, std):
    """Multiplied where it should be divided."""
    m, s = mean[:, None, None], std[:, None, None]
    return np.clip(image + eps * s * np.sign(gradient), (0 - m) / s, (1 - m) / s)


def trap_minus_mean(image, gradient, eps, mean, std):
    """ε normalised like a brightness."""
    m, s = mean[:, None, None], std[:, None, None]
    return np.clip(image + (eps - m) / s * np.sign(gradient), (0 - m) / s, (1 - m) / s)


def trap_not_clipped(image, gradient, eps, mean, std):
    """Without bounds."""
    return image + eps / std[:, None, None] * np.sign(gradient)


def trap_outermost(image, gradient, eps, mean, std):
    """One black and one white for all channels."""
    moved = image + eps / std[:, None, None] * np.sign(gradient)
    return np.clip(moved, ((0 - mean) / std).min(), ((1 - mean) / std).max())


def trap_pixels(image, gradient, eps, mean, std):
    """Right, but given back as pixels."""
    m, s = mean[:, None, None], std[:, None, None]
    return np.clip(image * s + m + eps * np.sign(gradient), 0, 1)


def trap_one_std(image, gradient, eps, mean, std):
    """One σ for all channels."""
    m, s = mean[:, None, None], std[:, None, None]
    moved = image + eps / std.mean() * np.sign(gradient)
    return np.clip(moved, (0 - m) / s, (1 - m) / s)


def normalised(rng: np.random.Generator) -> Iterator[Case]:
    """Channels of different spread; one value is near black and one near white."""
    for H, W in ((1, 2), (2, 2), (1, 4), (2, 3), (3, 2), (3, 3), (2, 4), (3, 4)):
        mean = rng.uniform(0.3, 0.6, 3).round(2)
        std = rng.permutation([0.2, 0.25, 0.32]) + rng.uniform(0, 0.03, 3).round(3)
        pixels = rng.uniform(0.35, 0.65, (3, H, W)).round(2)
        gradient = rng.normal(0, 1, (3, H, W)).round(2)
        gradient[gradient == 0] = 0.5
        pixels[0, 0, 0], gradient[0, 0, 0] = 0.99, 0.7
        pixels[1, 0, 0], gradient[1, 0, 0] = 0.02, -0.4
        image = (pixels - mean[:, None, None]) / std[:, None, None]
        yield Case(image, gradient, round(rng.uniform(0.04, 0.2), 2), mean, std)


def targeted_step(start, image, gradient, alpha, eps):
    """The answer."""
    moved = image - alpha * np.sign(gradient)
    return np.clip(start + np.clip(moved - start, -eps, eps), 0, 1)


def step_uphill(start, image, gradient, alpha, eps):
    """The sign of the untargeted attack."""
    moved = image + alpha * np.sign(gradient)
    return np.clip(start + np.clip(moved - start, -eps, eps), 0, 1)


def step_unbounded(start, image, gradient, alpha, eps):
    """The ball forgotten."""
    return np.clip(image - alpha * np.sign(gradient), 0, 1)


def step_from_here(start, image, gradient, alpha, eps):
    """The ball around where it is now."""
    change = np.clip(-alpha * np.sign(gradient), -eps, eps)
    return np.clip(image + change, 0, 1)


def step_from_start(start, image, gradient, alpha, eps):
    """Every step begins again at the start."""
    change = np.clip(-alpha * np.sign(gradient), -eps, eps)
    return np.clip(start + change, 0, 1)


def step_as_wide_as_the_ball(start, image, gradient, alpha, eps):
    """ε where α belongs."""
    moved = image - eps * np.sign(gradient)
    return np.clip(start + np.clip(moved - start, -eps, eps), 0, 1)


def step_without_sign(start, image, gradient, alpha, eps):
    """The gradient as it is."""
    moved = image - alpha * gradient
    return np.clip(start + np.clip(moved - start, -eps, eps), 0, 1)


def step_not_clipped(start, image, gradient, alpha, eps):
    """In the ball, but not a picture."""
    moved = image - alpha * np.sign(gradient)
    return start + np.clip(moved - start, -eps, eps)


def on_the_way(rng: np.random.Generator) -> Iterator[Case]:
    """Half-way through an attack: some values at the edge of the ball, or of [0, 1]."""
    for C, H, W in ((1, 1, 4), (1, 2, 3), (2, 2, 2), (1, 3, 3), (3, 2, 2), (2, 2, 3),
                    (3, 2, 3), (3, 3, 3)):  # fmt: skip
        eps = round(rng.uniform(0.08, 0.15), 2)
        alpha = round(eps * rng.uniform(0.3, 0.6), 3)
        start = rng.uniform(0.25, 0.75, (C, H, W)).round(2)
        image = start + rng.uniform(-0.8, 0.8, (C, H, W)).round(2) * eps
        gradient = rng.normal(0, 1, (C, H, W)).round(2)
        gradient[np.abs(gradient) < 0.1] = 0.3
        first, now, slope = (v.reshape(-1) for v in (start, image, gradient))
        now[0], slope[0] = first[0] + eps, -0.7  # would leave the ball
        now[1], slope[1] = first[1] - 0.1 * eps, 0.4  # and this one stays inside
        first[2], now[2], slope[2] = 0.02, 0.01, 0.9  # would become darker than black
        yield Case(start, image, gradient, alpha, eps)


def project_l2(delta, eps):
    """The answer."""
    length = np.sqrt((delta**2).sum(axis=(1, 2, 3), keepdims=True))
    return delta * np.minimum(1, eps / np.maximum(length, 1e-12))


def ball_always(delta, eps):
    """Short ones are made longer."""
    length = np.sqrt((delta**2).sum(axis=(1, 2, 3), keepdims=True))
    return delta * eps / np.maximum(length, 1e-12)


def ball_unguarded(delta, eps):
    """The same, with 0/0 for nothing."""
    length = np.sqrt((delta**2).sum(axis=(1, 2, 3), keepdims=True))
    with np.errstate(invalid="ignore"):
        return delta / length * eps


def ball_of_sums(delta, eps):
    """The sum of absolute values for the length."""
    length = np.abs(delta).sum(axis=(1, 2, 3), keepdims=True)
    return delta * np.minimum(1, eps / np.maximum(length, 1e-12))


def ball_at_least_one(delta, eps):
    """The larger of 1 and the factor."""
    length = np.sqrt((delta**2).sum(axis=(1, 2, 3), keepdims=True))
    return delta * np.maximum(1, eps / np.maximum(length, 1e-12))


def ball_of_batch(delta, eps):
    """One length for the batch."""
    length = np.sqrt((delta**2).sum())
    return delta * min(1, eps / max(length, 1e-12))


def ball_clipped(delta, eps):
    """The other norm."""
    return np.clip(delta, -eps, eps)


def ball_of_channels(delta, eps):
    """One length for each channel."""
    length = np.sqrt((delta**2).sum(axis=(2, 3), keepdims=True))
    return delta * np.minimum(1, eps / np.maximum(length, 1e-12))


def ball_without_root(delta, eps):
    """The squared length."""
    length = (delta**2).sum(axis=(1, 2, 3), keepdims=True)
    return delta * np.minimum(1, eps / np.maximum(length, 1e-12))


def ball_mean(delta, eps):
    """The mean square."""
    length = np.sqrt((delta**2).mean(axis=(1, 2, 3), keepdims=True))
    return delta * np.minimum(1, eps / np.maximum(length, 1e-12))


def changes(rng: np.random.Generator) -> Iterator[Case]:
    """Batches with one that is short, one that is long and one that is nothing."""
    for C, H, W in ((1, 1, 2), (1, 2, 2), (2, 1, 2), (2, 2, 2), (3, 2, 2), (2, 2, 3),
                    (3, 2, 3), (3, 3, 3)):  # fmt: skip
        eps = round(rng.uniform(0.3, 0.9), 2)
        delta = rng.normal(0, 1, (3, C, H, W))
        delta[2] = 0
        length = np.sqrt((delta[:2] ** 2).sum(axis=(1, 2, 3)))
        wanted = eps * np.array([rng.uniform(0.3, 0.7), rng.uniform(2, 3)])
        delta[:2] *= (wanted / length)[:, None, None, None]
        yield Case(delta.round(3), eps)


_IMAGE = np.array([[[0.5, 0.9], [0.2, 0.05]]])
_SLOPE = np.array([[[2.0, 0.3], [-0.1, 0.0]]])
_MEAN, _STD = np.array([0.5, 0.4, 0.3]), np.array([0.2, 0.25, 0.5])
_PIXELS = np.array([[[0.5, 0.98]], [[0.02, 0.6]], [[0.4, 0.3]]])
_NORMAL = (_PIXELS - _MEAN[:, None, None]) / _STD[:, None, None]
_UP = np.array([[[1.0, 2.0]], [[-0.5, 0.3]], [[0.2, -0.7]]])
_DELTA = np.array([[[[0.3, -0.4]]], [[[0.0, 0.1]]]])

EXERCISES = (
    Exercise(
        name="fgsm",
        title="One step along the sign",
        reference=fgsm,
        visible=(
            Case(_IMAGE, _SLOPE, 0.2),
            Case(_IMAGE, -_SLOPE, 0.2),
            Case(np.full((1, 1, 3), 0.5), np.array([[[3.0, 0.0, -0.01]]]), 0.1),
        ),
        generate=slopes,
        misconceptions=(
            Misconception(
                "not clipped",
                fgsm_not_clipped,
                "Some of your values are below 0 or above 1: no picture can show them. "
                "Cut the result off with `np.clip(…, 0, 1)`.",
            ),
            Misconception(
                "no sign",
                fgsm_without_sign,
                "You add the gradient itself. Then most pixels hardly move and a few "
                "move too far; take its sign, so that each moves by ε.",
            ),
            Misconception(
                "downhill",
                fgsm_downhill,
                "You went downhill, as in training. An attack makes the loss larger: "
                "the sign is added.",
            ),
            Misconception(
                "scaled by the largest",
                fgsm_longest_value,
                "You divide by the largest slope, so only that pixel moves by ε. In "
                "the L∞ ball every pixel may go all the way, and does.",
            ),
            Misconception(
                "zero taken for positive",
                fgsm_never_zero,
                "Where the slope is exactly 0 your pixel moves. `np.sign(0)` is 0: "
                "nothing is gained there, so nothing is changed.",
            ),
            Misconception(
                "the change only",
                fgsm_change_only,
                "You return the change alone. Add it to the picture, and cut the sum "
                "off at 0 and 1.",
            ),
            Misconception(
                "change cut off",
                fgsm_clips_the_change,
                "You cut the change off at 0 and 1, so nothing ever gets darker. It is "
                "the picture that has to stay there: add first.",
            ),
            Misconception(
                "white at 255",
                fgsm_up_to_255,
                "You cut off at 255. Here a picture goes from 0 to 1, and what is "
                "above 1 is brighter than white.",
            ),
            Misconception(
                "divided by 255",
                fgsm_in_bytes,
                "You divide ε by 255. Here it is a brightness already, like the "
                "picture: 1 is from black to white.",
            ),
        ),
        page="book/fooling/one-step",
        minutes=10,
        difficulty=1,
        points=1,
    ),
    Exercise(
        name="fgsm_normalised",
        title="The trap of normalisation",
        reference=fgsm_normalised,
        visible=(
            Case(_NORMAL, _UP, 0.1, _MEAN, _STD),
            Case(_NORMAL, -_UP, 0.05, _MEAN, _STD),
        ),
        generate=normalised,
        misconceptions=(
            Misconception(
                "treated as pixels",
                trap_both,
                "Step and bounds are those of pixels, but the picture is normalised. A "
                "brightness of ε is ε/σ here, and black and white are (0 − μ)/σ and "
                "(1 − μ)/σ.",
            ),
            Misconception(
                "step in the wrong unit",
                trap_step,
                "Your bounds are right, but the step is ε in units of σ: in pixels "
                "only ε·σ. Divide it by the σ of each channel.",
            ),
            Misconception(
                "bounds of pixels",
                trap_bounds,
                "Your step is right, but you cut off at 0 and 1. In this picture 0 is "
                "the mean brightness: everything darker is lost. Use (0 − μ)/σ and "
                "(1 − μ)/σ.",
            ),
            Misconception(
                "multiplied by σ",
                trap_times,
                "You multiply ε by σ. Normalising divides by σ, so a change of ε "
                "becomes one of ε/σ.",
            ),
            Misconception(
                "mean taken from ε",
                trap_minus_mean,
                "You subtract the mean from ε. A change has no mean: (x + ε − μ)/σ and "
                "(x − μ)/σ differ by ε/σ.",
            ),
            Misconception(
                "not clipped",
                trap_not_clipped,
                "Some of your values are darker than black or brighter than white. Cut "
                "off at (0 − μ)/σ and (1 − μ)/σ, channel by channel.",
            ),
            Misconception(
                "one black for all",
                trap_outermost,
                "You cut all channels off at the same two numbers. Black and white lie "
                "elsewhere in each channel, for each has a mean and a σ of its own.",
            ),
            Misconception(
                "given back as pixels",
                trap_pixels,
                "You return pixels. The network wants the normalised picture: subtract "
                "the mean and divide by σ once more.",
            ),
            Misconception(
                "one σ for all",
                trap_one_std,
                "You use one σ for all channels. Each has its own: `std[:, None, "
                "None]` lines them up with (3, H, W).",
            ),
        ),
        page="book/fooling/one-step",
        minutes=15,
        difficulty=2,
        points=2,
    ),
    Exercise(
        name="targeted_step",
        title="A step towards a target",
        reference=targeted_step,
        visible=(
            Case(
                np.array([[[0.5, 0.5, 0.03]]]),
                np.array([[[0.6, 0.48, 0.01]]]),
                np.array([[[-1.0, 2.0, 0.5]]]),
                0.04,
                0.1,
            ),
            Case(_IMAGE, _IMAGE, np.ones((1, 2, 2)), 0.08, 0.06),
        ),
        generate=on_the_way,
        misconceptions=(
            Misconception(
                "uphill",
                step_uphill,
                "You climb the loss of the target, which makes it less likely. "
                "Towards a target the sign is subtracted: its loss must fall.",
            ),
            Misconception(
                "ball forgotten",
                step_unbounded,
                "After many such steps the picture is anywhere. Cut the difference "
                "from `start` off at ±ε after each step, not before it.",
            ),
            Misconception(
                "ball around the last picture",
                step_from_here,
                "Your ball moves along with the picture. It stays where it was: "
                "subtract `start`, not `image`, before you cut off at ±ε.",
            ),
            Misconception(
                "begun again",
                step_from_start,
                "You step from `start`, so every step forgets those before. Step from "
                "`image`; `start` is only the middle of the ball.",
            ),
            Misconception(
                "step of ε",
                step_as_wide_as_the_ball,
                "Your step is ε long. ε is the radius of the ball, α the step: several "
                "of them, each after a new look at the slope.",
            ),
            Misconception(
                "no sign",
                step_without_sign,
                "You step along the gradient itself. In the L∞ ball every pixel moves "
                "by α: take the sign.",
            ),
            Misconception(
                "not clipped",
                step_not_clipped,
                "Your result is in the ball, but some of it is below 0 or above 1. A "
                "picture needs both: cut off at 0 and 1 last.",
            ),
        ),
        page="book/fooling/targeted",
        minutes=15,
        difficulty=2,
        points=2,
    ),
    Exercise(
        name="project_l2",
        title="Back into a round ball",
        reference=project_l2,
        visible=(
            Case(_DELTA, 0.25),
            Case(_DELTA, 1.0),
            Case(np.zeros((1, 1, 2, 2)), 0.5),
        ),
        generate=changes,
        misconceptions=(
            Misconception(
                "short ones lengthened",
                ball_always,
                "You bring every change to length ε, the short ones too. What is in "
                "the ball stays as it is: the factor is at most 1.",
            ),
            Misconception(
                "short ones lengthened, and 0/0",
                ball_unguarded,
                "You bring every change to length ε: short ones grow, and one that is "
                "zero becomes 0/0. What is in the ball stays as it is.",
            ),
            Misconception(
                "the larger for the smaller",
                ball_at_least_one,
                "Your factor is at least 1: short changes grow and long ones stay. "
                "It is the other way round, at most 1.",
            ),
            Misconception(
                "another norm",
                ball_of_sums,
                "You add up absolute values. That is the L1 norm; the length in L2 is "
                "the root of the sum of the squares.",
            ),
            Misconception(
                "one length for the batch",
                ball_of_batch,
                "You take one length for the whole batch. Each picture has its own: "
                "sum over channels, rows and columns, not over the first axis.",
            ),
            Misconception(
                "values cut off",
                ball_clipped,
                "You cut each value off at ±ε. That is the L∞ ball, a cube; in the "
                "round one the vector is shortened and keeps its direction.",
            ),
            Misconception(
                "one length for each channel",
                ball_of_channels,
                "You give each channel a length of its own. A picture is one vector of "
                "C·H·W values.",
            ),
            Misconception(
                "root forgotten",
                ball_without_root,
                "You divide by the squared length. The length is the root of the sum "
                "of squares.",
            ),
            Misconception(
                "mean for sum",
                ball_mean,
                "You take the root of the mean square, which is smaller by √(C·H·W). "
                "The length is the root of the sum.",
            ),
        ),
        page="book/fooling/targeted",
        minutes=10,
        difficulty=2,
        points=1,
    ),
)
