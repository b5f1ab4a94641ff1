"""Which triplets are worth a step (torch).

Of P people with K pictures each, P·K·(K−1)·(P−1)·K triplets can be made, and after a
few epochs nearly all of them are content: their loss is 0 and so is their gradient. The
functions here choose, from the distances within a batch, those that are not.

A triplet is a row (anchor, positive, negative) of indices into the batch.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from cvlib.boxes.guards import check_tensor
from cvlib.validate import ShapeError, check_choice, check_number, check_shape

MINING = ("random", "hard", "semi_hard", "batch_hard")


def all_triplets(labels: Tensor) -> Tensor:
    """Every triplet of a batch: two pictures of one person and one of another.

    Args:
        labels: (N,) who is on each picture.

    Returns:
        (T, 3) int64, in the order of anchor, positive, negative.

    Raises:
        TypeError, ShapeError: labels are no tensor, or not (N,).

    Example:
        >>> all_triplets(torch.tensor([7, 7, 9])).tolist()
        [[0, 1, 2], [1, 0, 2]]
    """
    positive, negative = relations(labels)
    return (positive[:, :, None] & negative[:, None, :]).nonzero()


def relations(labels: Tensor) -> tuple[Tensor, Tensor]:
    """Who may be whose positive, and whose negative.

    Returns:
        Two (N, N) bool: other pictures of the same person; pictures of others.

    Example:
        >>> positive, negative = relations(torch.tensor([7, 7, 9]))
        >>> positive.sum().item(), negative.sum().item()
        (2, 4)
    """
    check_tensor("labels", labels)
    check_shape("labels", labels, "N")
    same = labels[:, None] == labels
    itself = torch.eye(len(labels), dtype=torch.bool, device=labels.device)
    return same & ~itself, ~same


def random_triplets(
    distances: Tensor, labels: Tensor, generator: torch.Generator
) -> Tensor:
    """For every anchor and positive a negative by chance: what FaceNet warns of.

    Args:
        distances: (N, N) within the batch; not looked at.
        labels: (N,).
        generator: draws.

    Returns:
        (T, 3), one row for each pair of pictures of one person that has a negative.

    Example:
        >>> chance = torch.Generator().manual_seed(0)
        >>> random_triplets(torch.zeros(3, 3), torch.tensor([7, 7, 9]), chance).tolist()
        [[0, 1, 2], [1, 0, 2]]
    """
    pairs, _, negative = _of_batch(distances, labels)
    weights = negative[pairs[:, 0]].float()
    pairs, weights = pairs[weights.any(1)], weights[weights.any(1)]
    if len(pairs) == 0:
        return pairs.new_zeros(0, 3)
    drawn = torch.multinomial(weights.cpu(), 1, generator=generator)
    return torch.cat([pairs, drawn.to(pairs.device)], dim=1)


def hard_triplets(distances: Tensor, labels: Tensor) -> Tensor:
    """For every anchor and positive the nearest negative.

    Early in a training these are the pictures on which the network is most wrong, often
    because they are badly lit or badly labelled; learning from them alone tends to end
    in a collapse, since the quickest way to be less wrong is to map all to one point.

    Args:
        distances: (N, N) within the batch.
        labels: (N,).

    Returns:
        (T, 3); of equally near negatives the first.

    Example:
        >>> d = torch.tensor([[0.0, 2, 5, 1], [2, 0, 3, 4], [5, 3, 0, 1], [1, 4, 1, 0]])
        >>> hard_triplets(d, torch.tensor([0, 0, 1, 2])).tolist()
        [[0, 1, 3], [1, 0, 2]]
    """
    pairs, _, negative = _of_batch(distances, labels)
    return _nearest(pairs, distances, negative[pairs[:, 0]])


def semi_hard_triplets(distances: Tensor, labels: Tensor, margin: float) -> Tensor:
    """For every anchor and positive the nearest negative that is further than it.

    Only negatives within the margin count, d(A, P) < d(A, N) < d(A, P) + α: the order
    is right already and the distance is not, so there is something to learn and the
    gradient does not pull everything to one point. A pair that has none is left out.

    Args:
        distances: (N, N) within the batch, of the kind that the loss takes (squared or
            not).
        labels: (N,).
        margin: α of the loss.

    Returns:
        (T, 3); of equally near negatives the first.

    Source:
        Schroff, Kalenichenko, Philbin, FaceNet, CVPR 2015, section 3.2, where any of
        the negatives within the margin will do.

    Example:
        >>> d = torch.tensor([[0.0, 2, 5, 1], [2, 0, 3, 4], [5, 3, 0, 1], [1, 4, 1, 0]])
        >>> semi_hard_triplets(d, torch.tensor([0, 0, 1, 2]), 1.5).tolist()
        [[1, 0, 2]]
    """
    margin = check_number("margin", margin, minimum=0)
    pairs, _, negative = _of_batch(distances, labels)
    near = distances[pairs[:, 0], pairs[:, 1]][:, None]  # (T, 1)
    far = distances[pairs[:, 0]]  # (T, N)
    return _nearest(
        pairs, distances, negative[pairs[:, 0]] & (far > near) & (far < near + margin)
    )


def batch_hard_triplets(distances: Tensor, labels: Tensor) -> Tensor:
    """For every anchor the furthest positive and the nearest negative.

    One triplet an anchor, the hardest of the batch. As the batch is a small draw of all
    people, the hardest of it is only moderately hard in all.

    Args:
        distances: (N, N) within the batch.
        labels: (N,).

    Returns:
        (T, 3), one row for each picture that has both; of equals the first.

    Source:
        Hermans, Beyer, Leibe, In Defense of the Triplet Loss for Person
        Re-Identification, 2017.

    Example:
        >>> d = torch.tensor([[0.0, 2, 5, 1], [2, 0, 3, 4], [5, 3, 0, 1], [1, 4, 1, 0]])
        >>> batch_hard_triplets(d, torch.tensor([0, 0, 0, 2])).tolist()
        [[0, 2, 3], [1, 2, 3], [2, 0, 3]]
    """
    _, positive, negative = _of_batch(distances, labels)
    anchors = (positive.any(1) & negative.any(1)).nonzero().flatten()
    far = distances.masked_fill(~positive, -torch.inf)[anchors].argmax(1)
    near = distances.masked_fill(~negative, torch.inf)[anchors].argmin(1)
    return torch.stack([anchors, far, near], dim=1)


def mine(
    strategy: str,
    distances: Tensor,
    labels: Tensor,
    *,
    margin: float = 0.2,
    generator: torch.Generator | None = None,
) -> Tensor:
    """Triplets of a batch by the name of a strategy.

    Args:
        strategy: `"random"`, `"hard"`, `"semi_hard"` or `"batch_hard"`.
        distances: (N, N) within the batch.
        labels: (N,).
        margin: of the loss; semi-hard mining needs it.
        generator: of random triplets.

    Returns:
        (T, 3).

    Raises:
        TypeError, ShapeError, ValueError: another strategy, shapes that disagree.

    Example:
        >>> d = torch.tensor([[0.0, 2, 5], [2, 0, 3], [5, 3, 0]])
        >>> mine("hard", d, torch.tensor([0, 0, 1])).tolist()
        [[0, 1, 2], [1, 0, 2]]
    """
    check_choice("strategy", strategy, MINING)
    if strategy == "random":
        generator = generator or torch.Generator().manual_seed(0)
        return random_triplets(distances, labels, generator)
    if strategy == "semi_hard":
        return semi_hard_triplets(distances, labels, margin)
    chosen: dict[str, Callable] = {
        "hard": hard_triplets,
        "batch_hard": batch_hard_triplets,
    }
    return chosen[strategy](distances, labels)


def triplet_kinds(distances: Tensor, triplets: Tensor, margin: float) -> dict[str, int]:
    """How many triplets are easy, semi-hard and hard.

    Easy: d(A, N) ≥ d(A, P) + α, the loss is 0. Hard: d(A, N) ≤ d(A, P), the wrong one
    is nearer, or no further. Semi-hard: between the two.

    Args:
        distances: (N, N).
        triplets: (T, 3).
        margin: α.

    Example:
        >>> d = torch.tensor([[0.0, 2, 5, 1], [2, 0, 3, 4], [5, 3, 0, 1], [1, 4, 1, 0]])
        >>> triplet_kinds(d, all_triplets(torch.tensor([0, 0, 1, 2])), 1.5)
        {'easy': 2, 'semi_hard': 1, 'hard': 1}
    """
    check_shape("triplets", triplets, "T 3")
    a, p, n = triplets.unbind(1)
    near, far = distances[a, p], distances[a, n]
    hard = int((far <= near).sum())
    easy = int((far >= near + margin).sum()) if margin > 0 else int((far > near).sum())
    return {"easy": easy, "semi_hard": len(triplets) - easy - hard, "hard": hard}


def _of_batch(distances: Tensor, labels: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """All pairs (T, 2) of an anchor and a positive, and both relations."""
    check_tensor("distances", distances)
    N, M = check_shape("distances", distances, "N M")
    if N != M:
        raise ShapeError(f"distances must be square, got {(N, M)}")
    check_shape("labels", labels, "N", N=N, to_match=f"distances {(N, N)}")
    positive, negative = relations(labels)
    return positive.nonzero(), positive, negative


def _nearest(pairs: Tensor, distances: Tensor, allowed: Tensor) -> Tensor:
    """Each pair with its nearest allowed negative; pairs without one are left out."""
    found = allowed.any(1)
    far = distances[pairs[:, 0]].masked_fill(~allowed, torch.inf)
    return torch.cat([pairs, far.argmin(1)[:, None]], dim=1)[found]
