"""Defences that hide the gradient and defend nothing (torch), and what shows it."""

from functools import partial

from torch import Tensor, nn

from cvlib.attack.fast import fgsm
from cvlib.attack.gradient import estimated_gradient, input_gradient
from cvlib.attack.guards import check_attack
from cvlib.attack.iterated import pgd
from cvlib.attack.measuring import robust_accuracy
from cvlib.validate import check_int, check_number


class Quantize(nn.Module):
    """Round a picture to a few levels of brightness: a staircase has no slope.

    Args:
        levels: how many, from black to white.

    Example:
        >>> Quantize(3)(torch.tensor([0.1, 0.3, 0.8]))
        tensor([0.0000, 0.5000, 1.0000])
    """

    def __init__(self, levels: int) -> None:
        super().__init__()
        self.steps = check_int("levels", levels, minimum=2) - 1

    def forward(self, x: Tensor) -> Tensor:
        """Any shape in [0, 1] to the same shape."""
        return (x * self.steps).round() / self.steps


class Sharpen(nn.Module):
    """Multiply the scores until the softmax says exactly 0 and 1.

    No class changes. But what is exactly 1 has a cross-entropy of exactly 0, all
    around: no slope either. Defensive distillation did this with a temperature.

    Args:
        factor: of all scores.

    Source:
        Papernot et al., Distillation as a defense to adversarial perturbations, 2016;
        Carlini and Wagner, 2017, showed what was wrong with it.

    Example:
        >>> Sharpen(1000)(torch.tensor([[1.0, 2.0]])).softmax(1)
        tensor([[0., 1.]])
    """

    def __init__(self, factor: float) -> None:
        super().__init__()
        self.factor = check_number("factor", factor, minimum=0)

    def forward(self, scores: Tensor) -> Tensor:
        """(N, K) to (N, K)."""
        return self.factor * scores


class StraightThrough(nn.Module):
    """Forwards a layer, backwards as if it were not there.

    The attacker's answer to a layer without a slope: for a layer that hardly changes
    its input, the identity is a good guess of its derivative.

    Args:
        layer: its output has the shape of its input.

    Source:
        Athalye, Carlini, Wagner, Obfuscated gradients give a false sense of security,
        ICML 2018: backward pass differentiable approximation, BPDA.

    Example:
        >>> x = torch.tensor([0.3], requires_grad=True)
        >>> y = StraightThrough(Quantize(3))(x)
        >>> y.item(), torch.autograd.grad(y, x)
        (0.5, (tensor([1.]),))
    """

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.layer = layer

    def forward(self, x: Tensor) -> Tensor:
        """What the layer gives, with the gradient of x."""
        return x + (self.layer(x) - x).detach()


def warning_signs(
    model: nn.Module,
    images: Tensor,
    labels: Tensor,
    *,
    eps: float,
    surrogate: nn.Module | None = None,
    steps: int = 10,
    seed: int = 0,
) -> dict[str, float]:
    """Accuracies that show whether a network is robust or merely hides its gradient.

    An attack with more means must not do worse. So suspect a network if a few small
    steps leave more than one step, if scores alone or another network's pictures leave
    less than its own gradient, if half the range of brightness does not leave nothing,
    or if many gradients are 0.

    Args:
        model: (N, C, H, W) in [0, 1] to (N, K) scores.
        images: (N, C, H, W) in [0, 1].
        labels: (N,) the true classes.
        eps: radius of the L∞ ball.
        surrogate: another network for the same task, to make pictures against.
        steps: of the iterated attacks.
        seed: of random starts and directions.

    Returns:
        Accuracies: "clean", "one step", "many steps", "margin" (another loss),
        "scores only", "unbounded" (ε = 0.5), with a surrogate "transfer"; and "no
        slope", the share of pictures whose gradient is exactly 0.

    Source:
        The list is Athalye, Carlini, Wagner's, 2018, section 3.1.

    Example:
        >>> net = nn.Sequential(Quantize(2), nn.Flatten(), nn.Linear(4, 2))
        >>> x = torch.rand(3, 1, 2, 2)
        >>> signs = warning_signs(net, x, net(x).argmax(1), eps=0.1)
        >>> signs["one step"], signs["no slope"]
        (1.0, 1.0)
    """
    check_attack(images, labels, eps)
    many = partial(pgd, steps=steps, seed=seed)
    attacks = {
        "one step": partial(fgsm, eps=eps),
        "many steps": partial(many, eps=eps),
        "margin": partial(many, eps=eps, loss="margin"),
        "scores only": partial(
            many, eps=eps, loss="margin",
            gradient=estimated_gradient(sigma=max(eps / 2, 1e-3), seed=seed),
        ),
        "unbounded": partial(many, eps=0.5),
    }  # fmt: skip
    if surrogate is not None:
        attacks["transfer"] = lambda _, x, y: many(surrogate, x, y, eps=eps)
    signs = {"clean": robust_accuracy(model, images, labels, [])}
    signs |= {
        name: robust_accuracy(model, images, labels, [attack])
        for name, attack in attacks.items()
    }
    slope = input_gradient(model, images, labels)
    signs["no slope"] = (slope.flatten(1) == 0).all(1).float().mean().item()
    return signs
