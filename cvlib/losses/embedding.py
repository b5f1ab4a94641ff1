"""What a network learns distances from: pairs and triplets (torch).

Nothing here names a class. A pair is of one person or of two; a triplet says that one
picture is nearer to a second than to a third. So a person who is not in the training
set is no special case.
"""

import torch
from torch import Tensor

from cvlib.boxes.guards import check_tensor
from cvlib.validate import check_choice, check_number, check_shape

REDUCTIONS = ("none", "mean", "sum")


def squared_distances(x1: Tensor, x2: Tensor) -> Tensor:
    """‖x − y‖² of every row of `x1` with every row of `x2`.

    By ‖x‖² + ‖y‖² − 2 x·y, one product of two matrices; rounding may take the result of
    two equal rows a little below 0, where it is cut off.

    Args:
        x1: (N, D).
        x2: (M, D).

    Returns:
        (N, M), at least 0.

    Raises:
        TypeError, ShapeError: no tensors, or rows of different lengths.

    Example:
        >>> squared_distances(torch.tensor([[0., 0]]), torch.tensor([[3., 4], [0, 1]]))
        tensor([[25.,  1.]])
    """
    check_tensor("x1", x1)
    check_tensor("x2", x2)
    _, D = check_shape("x1", x1, "N D")
    check_shape("x2", x2, "M D", D=D, to_match=f"x1 {tuple(x1.shape)}")
    norms = x1.square().sum(1)[:, None] + x2.square().sum(1)
    return (norms - 2 * x1 @ x2.T).clamp(min=0)


def contrastive_loss(
    x1: Tensor, x2: Tensor, same: Tensor, *, margin: float = 1.0, reduction="mean"
) -> Tensor:
    """Pull the two pictures of one person together, push two people `margin` apart.

    ½ d² where the pair is of one person, ½ max(0, m − d)² where it is not. Without the
    margin the cheapest thing would be to push for ever.

    Args:
        x1: (N, D) embeddings of the first pictures.
        x2: (N, D) of the second ones.
        same: (N,) bool.
        margin: m, from where on two people are far enough apart.
        reduction: `"mean"`, `"sum"` or `"none"`.

    Returns:
        A scalar, or (N,) for `"none"`.

    Raises:
        TypeError, ShapeError, ValueError: shapes disagree, `same` is not bool, the
            margin is below 0.

    Source:
        Hadsell, Chopra, LeCun, Dimensionality Reduction by Learning an Invariant
        Mapping, CVPR 2006.

    Example:
        >>> a, b = torch.zeros(2, 2), torch.tensor([[0.3, 0.4], [0.3, 0.4]])
        >>> same = torch.tensor([True, False])
        >>> contrastive_loss(a, b, same, reduction="none")
        tensor([0.1250, 0.1250])
    """
    N, _ = _check_alike({"x1": x1, "x2": x2})
    check_tensor("same", same)
    check_shape("same", same, "N", N=N, to_match=f"x1 {tuple(x1.shape)}")
    if same.dtype != torch.bool:
        raise TypeError(
            f"same must be True or False, got {same.dtype}; did you mean same.bool()?"
        )
    margin = check_number("margin", margin, minimum=0)
    d = (x1 - x2).norm(dim=1)  # its gradient at 0 is taken to be 0
    loss = torch.where(same, d.square(), (margin - d).clamp(min=0).square()) / 2
    return _reduced(loss, reduction)


def triplet_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    *,
    margin: float = 0.2,
    squared: bool = True,
    reduction: str = "mean",
) -> Tensor:
    """max(0, d(A, P) − d(A, N) + α): the negative is to be further by a margin.

    FaceNet's distance is squared, and this is the default. torch's
    `triplet_margin_loss` takes the distance itself, with a margin of 1.

    Args:
        anchor: (N, D) embeddings.
        positive: (N, D) of other pictures of the same people.
        negative: (N, D) of other people.
        margin: α.
        squared: whether d is ‖x − y‖² or ‖x − y‖.
        reduction: `"mean"`, `"sum"` or `"none"`. The mean is over all triplets, those
            that are content included.

    Returns:
        A scalar, or (N,) for `"none"`.

    Raises:
        TypeError, ShapeError, ValueError: shapes disagree, the margin is below 0.

    Source:
        Schroff, Kalenichenko, Philbin, FaceNet: A Unified Embedding for Face
        Recognition and Clustering, CVPR 2015, equation 2.

    Example:
        >>> a, p, n = torch.tensor([[[0.0, 0]], [[0.6, 0]], [[0, 0.5]]])
        >>> triplet_loss(a, p, n)
        tensor(0.3100)
        >>> triplet_loss(a, p, n, squared=False)
        tensor(0.3000)
    """
    _check_alike({"anchor": anchor, "positive": positive, "negative": negative})
    margin = check_number("margin", margin, minimum=0)
    near, far = anchor - positive, anchor - negative
    if squared:
        near, far = near.square().sum(1), far.square().sum(1)
    else:
        near, far = near.norm(dim=1), far.norm(dim=1)
    return _reduced((near - far + margin).clamp(min=0), reduction)


def triplet_loss_by_definition(a: list, p: list, n: list, margin: float = 0.2) -> float:
    """The squared loss of one triplet, number by number.

    Example:
        >>> round(triplet_loss_by_definition([0, 0], [0.6, 0], [0, 0.5]), 4)
        0.31
    """
    near = sum((x - y) ** 2 for x, y in zip(a, p, strict=True))
    far = sum((x - y) ** 2 for x, y in zip(a, n, strict=True))
    return max(near - far + margin, 0.0)


def _check_alike(given: dict[str, Tensor]) -> tuple[int, ...]:
    first = next(iter(given))
    for name, x in given.items():
        check_tensor(name, x)
    N, D = check_shape(first, given[first], "N D")
    match = f"{first} {N, D}"
    for name, x in given.items():
        check_shape(name, x, "N D", N=N, D=D, to_match=match)
    return N, D


def _reduced(loss: Tensor, reduction: str) -> Tensor:
    check_choice("reduction", reduction, REDUCTIONS)
    return loss if reduction == "none" else getattr(loss, reduction)()
