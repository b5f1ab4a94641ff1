"""Move a window onto its face by naming how it is off (torch): 45 answers to choose.

A window that a coarse stage lets through is seldom quite right. To ask by how much is a
regression; to ask which of 45 small mistakes it looks like is a classification, and the
mean of the likely ones is the correction.
"""

from itertools import product

import torch
from torch import Tensor

from cvlib.validate import check_number, check_shape

SCALES = (0.83, 0.91, 1.0, 1.10, 1.21)
SHIFTS = (-0.17, 0.0, 0.17)


def calibration_patterns() -> Tensor:
    """The 45 mistakes: (45, 3), each a scale, a shift right, a shift down.

    A window of mistake (s, x, y) is s times as large as the face's, and its middle lies
    x and y sides of the face to the right and below.

    Example:
        >>> calibration_patterns()[22]
        tensor([1., 0., 0.])
    """
    return torch.tensor([(s, x, y) for s, x, y in product(SCALES, SHIFTS, SHIFTS)])


def displace(boxes: Tensor, patterns: Tensor) -> Tensor:
    """Make a mistake: the window of pattern (s, x, y) round each face.

    Args:
        boxes: (N, 4) xyxy of faces.
        patterns: (N, 3) or (3,).

    Returns:
        (N, 4) xyxy of windows.

    Example:
        >>> displace(torch.tensor([[0., 0, 10, 10]]), torch.tensor([2., 0.5, 0]))
        tensor([[ 0., -5., 20., 15.]])
    """
    middle, size = middles(boxes)
    s, shift = patterns[..., :1], patterns[..., 1:]
    return from_middles(middle + shift * size, size * s)


def undo(boxes: Tensor, patterns: Tensor) -> Tensor:
    """The face that a window of pattern (s, x, y) was made from: `displace` backwards.

    Example:
        >>> undo(torch.tensor([[0., -5, 20, 15]]), torch.tensor([2., 0.5, 0]))
        tensor([[ 0.,  0., 10., 10.]])
    """
    middle, size = middles(boxes)
    size = size / patterns[..., :1]
    return from_middles(middle - patterns[..., 1:] * size, size)


def calibrate(
    boxes: Tensor, probabilities: Tensor, *, threshold: float = 0.1
) -> Tensor:
    """Correct each window by the mean of the mistakes that are likely enough.

    Args:
        boxes: (N, 4) xyxy.
        probabilities: (N, 45), of each pattern.
        threshold: which of them count; a window with none above it stays.

    Returns:
        (N, 4).

    Raises:
        ShapeError: the arguments do not fit each other.

    Source:
        Li, Lin, Shen, Brandt, Hua, A Convolutional Neural Network Cascade for Face
        Detection, CVPR 2015. There a pattern moves the upper left corner, here the
        middle, so that size and place do not mix.

    Example:
        >>> sure = torch.zeros(1, 45)
        >>> sure[0, 40] = 1  # 1.21 times too large, in its place
        >>> calibrate(torch.tensor([[0., 0, 121, 121]]), sure)
        tensor([[ 10.5000,  10.5000, 110.5000, 110.5000]])
    """
    N, _ = check_shape("boxes", boxes, "N 4")
    check_shape("probabilities", probabilities, "N 45", N=N, to_match=f"boxes ({N}, 4)")
    threshold = check_number("threshold", threshold)
    counts = (probabilities > threshold).to(boxes)
    none = counts.sum(1, keepdim=True) == 0
    patterns = calibration_patterns().to(boxes)
    mean = counts @ patterns / counts.sum(1, keepdim=True).clamp(min=1)
    return undo(boxes, torch.where(none, boxes.new_tensor([1.0, 0, 0]), mean))


def middles(boxes: Tensor) -> tuple[Tensor, Tensor]:
    """(N, 2) middles and (N, 2) width and height."""
    low, high = boxes[..., :2], boxes[..., 2:]
    return (low + high) / 2, high - low


def from_middles(middle: Tensor, size: Tensor) -> Tensor:
    """Boxes (N, 4) xyxy, back from their middles and sizes."""
    return torch.cat([middle - size / 2, middle + size / 2], -1)
