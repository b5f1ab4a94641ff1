"""Points with names: a head that predicts them, a mirror, and an error (torch)."""

from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor, nn

from cvlib.augment import Sample, horizontal_flip
from cvlib.validate import (
    ShapeError,
    check_int,
    check_number,
    check_positive,
    check_shape,
)


class LandmarkHead(nn.Module):
    """One linear layer from features to L points.

    A network for landmarks differs from one for classes in its last layer alone: two
    numbers a landmark, in pictures, and always in the same order.

    Args:
        in_features: D, numbers a picture that come out of the body.
        num_landmarks: L.

    Example:
        >>> LandmarkHead(32, 4)(torch.zeros(2, 32)).shape
        torch.Size([2, 4, 2])
    """

    def __init__(self, in_features: int, num_landmarks: int) -> None:
        super().__init__()
        self.num_landmarks = check_positive("num_landmarks", num_landmarks)
        self.fc = nn.Linear(
            check_positive("in_features", in_features), 2 * num_landmarks
        )
        nn.init.constant_(self.fc.bias, 0.5)  # start in the middle of the picture

    def forward(self, features: Tensor) -> Tensor:
        """(N, D) to (N, L, 2), as (x, y) in pictures."""
        return self.fc(features).unflatten(1, (self.num_landmarks, 2))


def swap_landmarks(points: Tensor, pairs: Sequence[tuple[int, int]]) -> Tensor:
    """The same points with the rows of each pair exchanged.

    Args:
        points: (…, L, 2).
        pairs: (left, right) rows; a row that is in none keeps its place.

    Raises:
        ShapeError: points are not (…, L, 2).
        ValueError: a row is named twice, or there is no such row.

    Example:
        >>> swap_landmarks(torch.tensor([[0., 0], [1, 1], [2, 2]]), [(0, 2)])[:, 0]
        tensor([2., 1., 0.])
    """
    *_, L, _ = check_shape("points", points, "... L 2")
    order = list(range(L))
    named = [check_int("pairs", row, minimum=0) for pair in pairs for row in pair]
    if len(set(named)) < len(named) or any(row >= L for row in named):
        raise ValueError(
            f"pairs must name rows of 0 … {L - 1}, each once, got {list(pairs)}"
        )
    for left, right in pairs:
        order[left], order[right] = right, left
    return points[..., order, :]


def flip_landmarks(
    points: Tensor, width: float, pairs: Sequence[tuple[int, int]]
) -> Tensor:
    """The landmarks of the mirrored picture.

    Mirroring moves a point to width − x, and it makes the left eye a right one, so
    the rows of a left and its right landmark are exchanged too.

    Args:
        points: (…, L, 2) as (x, y).
        width: of the picture, 1 for points in pictures.
        pairs: (left, right) rows.

    Example:
        >>> eyes = torch.tensor([[30.0, 40], [60, 42]])  # left, right
        >>> flip_landmarks(eyes, 100, [(0, 1)])
        tensor([[40., 42.],
                [70., 40.]])
    """
    check_shape("points", points, "... L 2")
    width = check_number("width", width, minimum=0)
    mirrored = torch.stack([width - points[..., 0], points[..., 1]], dim=-1)
    return swap_landmarks(mirrored, pairs)


def flip_sample(sample: Sample, pairs: Sequence[tuple[int, int]]) -> Sample:
    """The mirrored picture with its boxes, masks and landmarks, left for right.

    Example:
        >>> points = torch.tensor([[1.0, 0], [3, 0]])
        >>> flip_sample(Sample(torch.zeros(3, 4, 8), points=points), [(0, 1)]).points
        tensor([[5., 0.],
                [7., 0.]])
    """
    flipped = horizontal_flip(sample)
    if flipped.points is None:
        raise ValueError("flip_sample exchanges points, and this sample has none")
    return replace(flipped, points=swap_landmarks(flipped.points, pairs))


def normalized_error(predicted: Tensor, true: Tensor, scale: Tensor) -> Tensor:
    """Mean distance of a picture's landmarks from the truth, in units of `scale`.

    Ten pixels are much on a small face and little on a large one. So one divides by a
    length of the object itself: the distance between the eyes, the side of its box.

    Args:
        predicted: (N, L, 2).
        true: (N, L, 2), in the same units.
        scale: (N,) lengths, above 0.

    Returns:
        (N,): 0.1 is a tenth of the length.

    Raises:
        ShapeError: shapes disagree.
        ValueError: a length is not above 0.

    Source:
        Cristinacce and Cootes, BMVC 2006, by the distance between the pupils.

    Example:
        >>> true = torch.tensor([[[0.0, 0], [10, 0]]])
        >>> normalized_error(true + torch.tensor([3.0, 4]), true, torch.tensor([10.0]))
        tensor([0.5000])
    """
    N, L, _ = check_shape("true", true, "N L 2")
    match = f"true {tuple(true.shape)}"
    check_shape("predicted", predicted, "N L 2", N=N, L=L, to_match=match)
    if L == 0:
        raise ShapeError("true must hold at least one landmark, got none")
    check_shape("scale", scale, "N", N=N, to_match=match)
    if not (scale > 0).all():
        raise ValueError("scale must be above 0 for every picture")
    return (predicted - true).norm(dim=2).mean(1) / scale
