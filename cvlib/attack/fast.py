"""One step along the sign of the gradient (torch)."""

from torch import Tensor, nn

from cvlib.attack.gradient import Loss, input_gradient
from cvlib.attack.guards import check_attack


def fgsm(
    model: nn.Module,
    images: Tensor,
    labels: Tensor,
    *,
    eps: float,
    targeted: bool = False,
    loss: str | Loss = "cross_entropy",
) -> Tensor:
    """The fast gradient sign method: every value moves by ε, the way its slope points.

    x' = clip(x + ε · sign ∂L/∂x, 0, 1), uphill for the true label; downhill, with a
    minus, towards the label of a target.

    Args:
        model: (N, C, H, W) in [0, 1] to (N, K) scores; a normalisation is part of it.
        images: (N, C, H, W) in [0, 1].
        labels: (N,) the true classes, or those wanted if `targeted`.
        eps: how far each value may move; 8/255 is eight steps of a picture of bytes.
        targeted: whether `labels` are wanted rather than feared.
        loss: "cross_entropy", "margin" or a function of scores and labels.

    Returns:
        (N, C, H, W) in [0, 1].

    Raises:
        ShapeError, TypeError: images are no pictures or labels do not match.
        ValueError: images are outside [0, 1], or `eps` is negative.

    Source:
        Goodfellow, Shlens, Szegedy, Explaining and harnessing adversarial examples,
        ICLR 2015.

    Example:
        >>> net = nn.Sequential(nn.Flatten(), nn.Linear(2, 2, bias=False))
        >>> net[1].weight.data = torch.tensor([[1.0, -2.0], [0.0, 0.0]])
        >>> x = torch.full((1, 1, 1, 2), 0.5)
        >>> fgsm(net, x, torch.tensor([0]), eps=0.1)
        tensor([[[[0.4000, 0.6000]]]])
    """
    check_attack(images, labels, eps)
    images = images.detach()
    step = input_gradient(model, images, labels, loss).sign()
    return (images + (-eps if targeted else eps) * step).clamp(0, 1)
