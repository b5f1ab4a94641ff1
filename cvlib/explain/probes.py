"""Ask the network itself what matters (torch): cover a part, or take the gradient."""

import torch
from torch import Tensor, nn

from cvlib.conv import window_starts
from cvlib.summary.trace import evaluating
from cvlib.validate import check_int, check_positive, check_shape


def occlusion(
    model: nn.Module,
    image: Tensor,
    label: int,
    *,
    size: int = 8,
    stride: int = 4,
    value: float = 0.5,
    batch_size: int = 64,
) -> Tensor:
    """How far the score of a class falls when a grey square covers each part.

    Args:
        model: (N, C, H, W) to (N, K) scores; run in eval mode.
        image: (C, H, W).
        label: the class whose score is watched.
        size: side of the square in pixels.
        stride: pixels from one place of the square to the next.
        value: its grey.
        batch_size: covered pictures run at a time.

    Returns:
        (P, Q) score of the whole picture minus score of the covered one: positive where
        the network needs what is there.

    Source:
        Zeiler and Fergus, Visualizing and Understanding Convolutional Networks, ECCV
        2014, section 4.2.

    Example:
        >>> net = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(1, 2))
        >>> occlusion(net, torch.full((1, 8, 8), 0.5), 1, size=4).shape
        torch.Size([2, 2])
    """
    _, H, W = check_shape("image", image, "C H W")
    size = check_positive("size", size)
    rows, columns = (window_starts(n, size, stride=stride) for n in (H, W))
    covered = []
    for y in rows:
        for x in columns:
            picture = image.clone()
            picture[:, y : y + size, x : x + size] = value
            covered.append(picture)
    with torch.no_grad(), evaluating(model):
        whole = _scores(model, image[None], label)
        batches = torch.stack(covered).split(check_positive("batch_size", batch_size))
        drops = [whole - _scores(model, batch, label) for batch in batches]
    return torch.cat(drops).reshape(len(rows), len(columns))


def saliency(model: nn.Module, images: Tensor, labels: Tensor) -> Tensor:
    """How much each pixel could move the score of a class: |∂S/∂x|, largest channel.

    Args:
        model: (N, C, H, W) to (N, K) scores; run in eval mode.
        images: (N, C, H, W).
        labels: (N,) the class asked about in each image.

    Returns:
        (N, H, W), not negative.

    Source:
        Simonyan, Vedaldi, Zisserman, Deep Inside Convolutional Networks, 2014.

    Example:
        >>> net = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(3, 2))
        >>> saliency(net, torch.zeros(2, 3, 4, 4), torch.tensor([0, 1])).shape
        torch.Size([2, 4, 4])
    """
    N, *_ = check_shape("images", images, "N C H W")
    check_shape("labels", labels, "N", N=N, to_match=f"images {tuple(images.shape)}")
    x = images.detach().clone().requires_grad_()
    with torch.enable_grad(), evaluating(model):
        chosen = model(x).gather(1, labels[:, None])
        (gradient,) = torch.autograd.grad(chosen.sum(), x)
    return gradient.abs().amax(dim=1)


def _scores(model: nn.Module, images: Tensor, label: int) -> Tensor:
    scores = model(images)
    _, K = check_shape("the model's output", scores, "N K")
    if check_int("label", label, minimum=0) >= K:
        raise ValueError(f"label must be at most {K - 1} to match K = {K}, got {label}")
    return scores[:, label]
