"""W35: a digit is attacked while you watch, by a network that runs in the page."""

from functools import cache

import torch
import traitlets as t

from cvlib import show
from cvlib.attack import pgd
from cvlib.attack.tiny import TinyDigits
from cvlib.data.digits import digits
from cvlib.weights import load
from cvlib.widgets._base import Interactive

NETS = {"plain": "tiny_digits", "hardened": "tiny_digits_robust"}
DIGITS = 5  # decimals of a weight in the page


@cache
def net(name: str) -> TinyDigits:
    """The network as the page has it: each weight with five decimals.

    Example:
        >>> net("plain")(torch.zeros(1, 1, 8, 8).double()).shape
        torch.Size([1, 10])
    """
    model = load(NETS[name]).double()
    for weight in model.parameters():
        weight.data = weight.data.mul(10**DIGITS).round() / 10**DIGITS
    return model.requires_grad_(False)


def numbers(name: str) -> dict[str, dict]:
    """Weights and biases by layer, flat, and the strides of the convolutions.

    Example:
        >>> len(numbers("plain")["conv1"]["weight"])
        72
    """
    model = net(name)
    return {
        layer: {
            "weight": getattr(model, layer).weight.flatten().tolist(),
            "bias": getattr(model, layer).bias.tolist(),
        }
        | ({"stride": stride} if stride else {})
        for layer, stride in (("conv1", 1), ("conv2", 2), ("fc", 0))
    }


@cache
def examples() -> list[dict]:
    """One digit of each class that both networks read, the first of the test split."""
    images, labels = map(torch.from_numpy, digits("test"))
    right = torch.stack([net(n)(images.double()).argmax(1) == labels for n in NETS])
    found = []
    for label in range(10):
        k = int((right.all(0) & (labels == label)).nonzero()[0])
        found.append({"label": label, "pixels": images[k].flatten().tolist()})
    return found


class AdversarialDigits(Interactive):
    """ε, the number of steps and the network are the reader's; so is the digit.

    Example:
        >>> AdversarialDigits(eps=0.2).eps
        0.2
    """

    label = t.Unicode("A digit, what is added to it, and what a network says").tag(
        sync=True
    )
    nets = t.Dict().tag(sync=True)
    given = t.List().tag(sync=True)
    """Of each digit its label and its 64 values."""
    chosen = t.Int(3).tag(sync=True)
    drawing = t.Bool(False).tag(sync=True)
    """Whether the reader draws a digit instead of choosing one."""
    ink = t.List(t.Int()).tag(sync=True)
    """What is drawn, 32 × 32, row by row: 1 is ink."""
    network = t.Unicode("plain").tag(sync=True)
    eps = t.Float(0.1).tag(sync=True)
    steps = t.Int(1).tag(sync=True)
    aim = t.Int(-1).tag(sync=True)
    """The class to be reached, −1 for any other."""

    def __init__(self, **state: object) -> None:
        state = {"nets": {n: numbers(n) for n in NETS}, "given": examples()} | state
        super().__init__(**state)

    def still(self) -> str:
        """The digit, what is added, and the sum."""
        shown = self.given[self.chosen]
        x = torch.tensor(shown["pixels"], dtype=torch.float64).reshape(1, 1, 8, 8)
        label = torch.tensor([shown["label"] if self.aim < 0 else self.aim])
        model = net(self.network)
        moved = pgd(
            model, x, label, eps=self.eps, steps=self.steps, random_start=False,
            targeted=self.aim >= 0,
        )  # fmt: skip
        says = [int(model(v).argmax()) for v in (x, moved)]
        parts = [x, (moved - x) / max(2 * self.eps, 1e-9) + 0.5, moved]
        words = (
            f"A digit that the network reads as {says[0]}; a pattern of small changes, "
            f"magnified; their sum, which it reads as {says[1]}."
        )
        images = [1 - part[0, 0].numpy() for part in parts]
        titles = [f"reads {says[0]}", "added, magnified", f"reads {says[1]}"]
        picture = show.images(*images, titles=titles, width=5.2, alt=words)
        return picture._repr_html_()
