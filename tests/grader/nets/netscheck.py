"""A course whose answers are functions on tensors and a module of torch."""

from dataclasses import dataclass
from types import SimpleNamespace

import torch
from torch import nn


@dataclass(frozen=True)
class Misconception:
    name: str
    wrong: object
    sentence: str


class WrongAnswer(AssertionError):  # noqa: N818 - the book's name for it
    def _render_traceback_(self):
        return [str(self)]


def want(truth, sentence):
    if not truth:
        raise WrongAnswer(sentence)


def near(got, expected):
    plain = isinstance(got, torch.Tensor) and got.shape == expected.shape
    return plain and torch.allclose(got.detach(), expected, rtol=1e-4, atol=1e-5)


# --- cross entropy

OVERFLOW = "Scores of a thousand overflow: subtract the largest of each row first."
SUMMED = "The loss of a batch is the mean over its rows, not their sum."
COLUMNS = "A softmax compares the classes of one row, not the rows of one class."


def cross_entropy_overflows(scores, labels):
    sums = scores.exp().sum(dim=1)
    return (sums.log() - scores[torch.arange(len(labels)), labels]).mean()


def cross_entropy_summed(scores, labels):
    return nn.functional.cross_entropy(scores, labels, reduction="sum")


def cross_entropy_of_columns(scores, labels):
    logs = torch.log_softmax(scores, dim=0)
    return -logs[torch.arange(len(labels)), labels].mean()


def look_at_cross_entropy(answer, random):
    for n, k in ((1, 3), (4, 2), (5, 7)):
        scores = torch.randn(n, k, generator=random)
        labels = torch.randint(k, (n,), generator=random)
        got = answer(scores, labels)
        expected = nn.functional.cross_entropy(scores, labels)
        want(n == 1 or not near(got, expected * n), SUMMED)
        want(not near(got, cross_entropy_of_columns(scores, labels)), COLUMNS)
        want(near(got, expected), f"{expected:.4f} is right, not {got}.")
    got = answer(torch.tensor([[1000.0, 0.0]]), torch.tensor([1]))
    want(near(got, torch.tensor(1000.0)), OVERFLOW)


# --- a classifier

UNNAMED = "The two layers must be attributes called `hidden` and `out`."
ALWAYS = "In eval() nothing may be dropped: your dropout does not know of it."
NEVER = "In train() half of the hidden numbers must be dropped, and others each time."
LINEAR = "Without a ReLU the two layers are one."


class ClassifierInAList(nn.Module):
    def __init__(self, features, width, classes):
        super().__init__()
        self.layers = [nn.Linear(features, width), nn.Linear(width, classes)]

    def forward(self, x):
        return self.layers[1](torch.relu(self.layers[0](x)))


class ClassifierAlwaysDrops(nn.Module):
    def __init__(self, features, width, classes):
        super().__init__()
        self.hidden = nn.Linear(features, width)
        self.out = nn.Linear(width, classes)

    def forward(self, x):
        return self.out(nn.functional.dropout(torch.relu(self.hidden(x)), 0.5))


class ClassifierNeverDrops(nn.Module):
    def __init__(self, features, width, classes):
        super().__init__()
        self.hidden = nn.Linear(features, width)
        self.out = nn.Linear(width, classes)

    def forward(self, x):
        return self.out(torch.relu(self.hidden(x)))


class ClassifierLinear(nn.Module):
    def __init__(self, features, width, classes):
        super().__init__()
        self.hidden = nn.Linear(features, width)
        self.drop = nn.Dropout(0.5)
        self.out = nn.Linear(width, classes)

    def forward(self, x):
        return self.out(self.drop(self.hidden(x)))


def look_at_classifier(answer, random):
    net = answer(3, 64, 2)
    shapes = {name: tuple(value.shape) for name, value in net.state_dict().items()}
    wanted = {
        "hidden.weight": (64, 3), "hidden.bias": (64,),
        "out.weight": (2, 64), "out.bias": (2,),
    }  # fmt: skip
    want(shapes == wanted, UNNAMED)
    want(sum(p.numel() for p in net.parameters()) == 386, UNNAMED)
    state = {k: torch.randn(*v, generator=random) for k, v in shapes.items()}
    net.load_state_dict(state)
    net.eval()
    want(net.training is False, "eval() must turn training off.")
    x = torch.randn(5, 3, generator=random)
    w1, b1, w2, b2 = state.values()
    straight = x @ w1.T + b1
    got, again = net(x), net(x)
    want(near(got, again), ALWAYS)
    want(not near(got, straight @ w2.T + b2), LINEAR)
    want(near(got, straight.relu() @ w2.T + b2), "The numbers of forward are wrong.")
    # all hidden numbers are 1, so the sum of what is kept is twice its count
    ones = {k: torch.full(v, float(k != "out.bias")) for k, v in shapes.items()}
    net.load_state_dict(ones | {"hidden.weight": torch.zeros(64, 3)})
    net.train()
    kept = net(torch.zeros(200, 3)).detach()[:, 0]
    want((kept != kept[0]).any() and abs(kept.mean() - 64) < 6, NEVER)


# --- a step downhill

REBOUND = "The weights that were given must change: work on them in place."
UPHILL = "You went uphill: the step is against the gradient."
FORGETFUL = "The velocity must be kept: change it in place too."


def step_rebinds(weights, gradients, velocities, rate, momentum):
    for k, gradient in enumerate(gradients):
        velocities[k] = momentum * velocities[k] + gradient
        weights[k] = weights[k] - rate * velocities[k]


def step_uphill(weights, gradients, velocities, rate, momentum):
    with torch.no_grad():
        for weight, gradient, velocity in zip(
            weights, gradients, velocities, strict=True
        ):
            velocity.mul_(momentum).add_(gradient)
            weight.add_(rate * velocity)


def step_forgets(weights, gradients, velocities, rate, momentum):
    with torch.no_grad():
        for weight, gradient, velocity in zip(
            weights, gradients, velocities, strict=True
        ):
            weight.sub_(rate * (momentum * velocity + gradient))


def look_at_step(answer, random):
    for shapes in ([(2,)], [(3, 2), (3,)]):
        w, g, v = ([torch.randn(s, generator=random) for s in shapes] for _ in "wgv")
        before = [tensor.clone() for tensor in w]
        speeds = [0.9 * a + b for a, b in zip(v, g, strict=True)]
        given = [tensor.requires_grad_() for tensor in w], g, v
        answer(*map(list, given), 0.1, 0.9)
        for old, new, speed, kept in zip(before, w, speeds, v, strict=True):
            want(not near(new, old), REBOUND)
            want(not near(new, old + 0.1 * speed), UPHILL)
            want(near(new, old - 0.1 * speed), "The weights are wrong.")
            want(near(kept, speed), FORGETFUL)


def spec(name, title, look, wrong):
    misconceptions = tuple(Misconception(f.__name__, f, text) for f, text in wrong)
    return SimpleNamespace(
        name=name, title=title, look=look, misconceptions=misconceptions,
        page="book/nets", minutes=10, difficulty=2, points=2,
    )  # fmt: skip


EXERCISES = {
    found.name: found
    for found in (
        spec(
            "cross_entropy",
            "Cross entropy",
            look_at_cross_entropy,
            [
                (cross_entropy_overflows, OVERFLOW),
                (cross_entropy_summed, SUMMED),
                (cross_entropy_of_columns, COLUMNS),
            ],
        ),
        spec(
            "Classifier",
            "A classifier",
            look_at_classifier,
            [
                (ClassifierInAList, UNNAMED),
                (ClassifierAlwaysDrops, ALWAYS),
                (ClassifierNeverDrops, NEVER),
                (ClassifierLinear, LINEAR),
            ],
        ),
        spec(
            "step",
            "A step downhill",
            look_at_step,
            [
                (step_rebinds, REBOUND),
                (step_uphill, UPHILL),
                (step_forgets, FORGETFUL),
            ],
        ),
    )
}


def get(name):
    return EXERCISES[name]


def check(name, answer, seed=None):
    want(callable(answer), f"{name} is not defined.")
    random = torch.Generator().manual_seed(seed or 0)
    EXERCISES[name].look(answer, random)
