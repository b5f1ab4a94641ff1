"""A mini-batch of boxes with a bound on the positives (torch)."""

import torch
from torch import Tensor

from cvlib.boxes.guards import check_tensor
from cvlib.validate import check_number, check_positive, check_shape


def sample(
    labels: Tensor,
    size: int,
    positive_fraction: float,
    *,
    generator: torch.Generator | None = None,
) -> tuple[Tensor, Tensor]:
    """Draw positives and negatives for a mini-batch, without replacement.

    At most ⌊size · positive_fraction⌋ are positive. Where there are fewer, negatives
    fill up; where there are fewer negatives too, the batch is smaller. Positives never
    fill up for negatives.

    Args:
        labels: (N,) ≥ 1 positive, 0 negative, below that left out.
        size: how many in all.
        positive_fraction: of them positive, at most.
        generator: of the draw.

    Returns:
        Places of the positives, places of the negatives, both increasing.

    Raises:
        TypeError, ShapeError: `labels` is not a tensor (N,).
        ValueError: `size` is not positive, or the fraction not in [0, 1].

    Source:
        Girshick, Fast R-CNN, ICCV 2015; Ren et al., Faster R-CNN, NeurIPS 2015.

    Example:
        >>> labels = torch.tensor([0, 1, 0, -1, 0, 1, 0])
        >>> sample(labels, 4, 0.25, generator=torch.Generator().manual_seed(0))
        (tensor([1]), tensor([0, 4, 6]))
    """
    check_tensor("labels", labels)
    check_shape("labels", labels, "N")
    size = check_positive("size", size)
    fraction = check_number(
        "positive_fraction", positive_fraction, minimum=0, maximum=1
    )
    positive, negative = (labels >= 1).nonzero()[:, 0], (labels == 0).nonzero()[:, 0]
    positive = _draw(positive, int(size * fraction), generator)
    return positive, _draw(negative, size - len(positive), generator)


def _draw(places: Tensor, count: int, generator: torch.Generator | None) -> Tensor:
    order = torch.randperm(len(places), generator=generator).to(places.device)
    return places[order[:count]].sort().values
