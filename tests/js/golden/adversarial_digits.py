"""The networks of the page and their attacks, as torch computes them."""

import numpy as np
import torch
from torch.nn.functional import conv2d

from cvlib.attack import input_gradient, pgd
from cvlib.widgets.adversarial_digits import NETS, examples, net, numbers


def flat(x):
    """All values in a row, as the page has them."""
    return x.flatten().tolist()


def counted(ink: np.ndarray) -> np.ndarray:
    """Ink of 32 × 32 as the data set would count it: (8, 8) sixteenths."""
    rows, columns = np.nonzero(ink)
    if not len(rows):
        return np.zeros((8, 8))
    middle = np.array([[v.min(), v.max() + 1] for v in (rows, columns)]).mean(1)
    side = max(np.ptp(rows), np.ptp(columns)) + 1
    y, x = (
        np.floor(m - side / 2 + (np.arange(32) + 0.5) * side / 32).astype(int)
        for m in middle
    )
    framed = np.pad(ink, 32)
    return framed[np.ix_(y + 32, x + 32)].reshape(8, 4, 8, 4).sum((1, 3)) / 16


def golden() -> list[dict]:
    """Layers, scores, slopes and attacks of both networks; ink counted by NumPy."""
    rng, cases = np.random.default_rng(0), []

    def add(fn: str, *args, expected) -> None:
        cases.append({"fn": fn, "args": [*args], "expected": expected})

    for stride, C, F in ((1, 1, 2), (2, 3, 2)):
        x, weight, bias = (
            torch.tensor(rng.normal(size=s)) for s in ((1, C, 8, 8), (F, C, 3, 3), F)
        )
        x.requires_grad_()
        y = conv2d(x, weight, bias, stride, 1)
        layer = {"weight": flat(weight), "bias": bias.tolist(), "stride": stride}
        add("conv", flat(x.detach()), layer, 8, expected=flat(y.detach()))
        slope = torch.tensor(rng.normal(size=y.shape))
        (back,) = torch.autograd.grad(y, x, slope)
        add("convBack", flat(slope), layer, 8, expected=flat(back))
    for name in NETS:
        model, weights = net(name), numbers(name)
        for k in (2, 7):
            x = torch.tensor(examples()[k]["pixels"]).double().reshape(1, 1, 8, 8)
            y = torch.tensor([k])
            pixels = flat(x)
            add("says", weights, pixels, expected=flat(model(x).softmax(1)))
            g = input_gradient(model, x, y)
            add("slope", weights, pixels, k, expected=flat(g))
            for steps, targeted in ((1, False), (10, False), (10, True)):
                label = (k + 1) % 10 if targeted else k
                how = {"eps": 0.15, "steps": steps, "targeted": targeted}
                moved = pgd(model, x, torch.tensor([label]), random_start=False, **how)
                add("attack", weights, pixels, label, how, expected=flat(moved))
    add("softmax", [1000.0, 0.0], expected=[1.0, 0.0])
    add("best", [0.1, 0.7, 0.7], expected=1)
    for top, bottom, left, right in (
        (4, 9, 20, 23), (0, 32, 0, 7), (30, 31, 1, 30), (0, 0, 0, 0)
    ):  # fmt: skip
        ink = np.zeros((32, 32), int)
        part = ink[top:bottom, left:right]
        part[:] = rng.random(part.shape) < 0.7
        add("counted", flat(ink), expected=flat(counted(ink)))
    yy, xx = np.mgrid[:32, :32]
    for y, x in ((0, 0), (10.3, 20.8)):
        near = ((yy - y) ** 2 + (xx - x) ** 2 <= 5.76).astype(int)
        add("dab", [0] * 1024, y, x, expected=flat(near))
    return cases
