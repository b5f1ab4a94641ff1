"""What changes between pictures of one person, weighed down (torch)."""

import torch
from torch import Tensor

from cvlib.validate import check_floating, check_number, check_shape


class WithinWhitening:
    """A linear map after which pictures of one person scatter alike in all directions.

    Known people show how a person's points differ from picture to picture: the
    covariance W of their differences from each one's mean. Where W is large, light and
    pose are at work, and a difference there says little about who it is. Multiplied by
    W^−½ it counts for less, and one where W is small counts for more. Nothing is
    trained: there is one matrix, and its eigenvectors.

    Points are brought to length 1 before, and again after, so that squared distances
    lie between 0 and 4.

    Args:
        points: (N, D) of people who are known.
        labels: (N,) who is on each; at least one person twice.
        shrinkage: this share of the mean variance is added to each, for N pictures
            do not show all of D directions.

    Raises:
        TypeError, ShapeError: no tensors of numbers, or labels do not match.
        ValueError: nobody is there twice, or the shrinkage is not above 0.

    Source:
        Belhumeur, Hespanha, Kriegman, Eigenfaces vs. Fisherfaces, PAMI 1997, where the
        scatter within classes first divides that between them; Hatch, Kajarekar,
        Stolcke, Within-class covariance normalization for SVM-based speaker
        recognition, Interspeech 2006.

    Example:
        >>> light = torch.tensor([[1.0, 0.3], [1.0, -0.3], [0.8, 0.7], [0.8, 0.1]])
        >>> white = WithinWhitening(light, torch.tensor([0, 0, 1, 1]), shrinkage=0.1)
        >>> white(light).shape
        torch.Size([4, 2])
    """

    def __init__(
        self, points: Tensor, labels: Tensor, *, shrinkage: float = 0.03
    ) -> None:
        N, D = check_shape("points", points, "N D")
        check_floating("points", points)
        check_shape("labels", labels, "N", N=N, to_match=f"points {N, D}")
        if check_number("shrinkage", shrinkage, minimum=0) == 0:
            raise ValueError("shrinkage must be above 0, got 0")
        everybody, who, count = labels.unique(return_inverse=True, return_counts=True)
        if len(everybody) == N:
            raise ValueError("labels must name somebody at least twice")
        rows = torch.nn.functional.normalize(points.double(), dim=1)
        self.mean = rows.mean(0)
        means = torch.zeros(len(everybody), D).double().index_add(0, who, rows)
        off = rows - (means / count[:, None])[who]
        within = off.T @ off / N
        floor = shrinkage * within.trace() / D
        values, vectors = torch.linalg.eigh(within + floor * torch.eye(D).double())
        self.matrix = vectors / values.sqrt()

    def __call__(self, points: Tensor) -> Tensor:
        """(N, D) points to (N, D) of length 1, in the type they came in."""
        check_shape("points", points, "N D", D=len(self.mean))
        rows = torch.nn.functional.normalize(points.double(), dim=1) - self.mean
        return torch.nn.functional.normalize(rows @ self.matrix, dim=1).to(points.dtype)
