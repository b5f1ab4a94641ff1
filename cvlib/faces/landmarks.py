"""Where eyes, nose and mouth are: a small net, and what two eyes are good for (torch).

Rows are those of the drawn faces: brows, the four corners of the eyes, nose, nostrils,
mouth and chin, left and right as they are on the screen.
"""

from torch import Tensor, nn

from cvlib.localize import LandmarkHead, small_body
from cvlib.validate import ShapeError, check_shape

NUM_LANDMARKS = 14
EYES = ((2, 3), (4, 5))  # outer and inner corner of the left one, inner and outer
SIDE = 48


def face_landmarks() -> nn.Sequential:
    """The net that `cvlib.weights.load("face_landmarks")` fills.

    Pictures (N, 3, 48, 48) to (N, 14, 2), x and y as shares of the side.

    Example:
        >>> face_landmarks()(torch.zeros(2, 3, 48, 48)).shape
        torch.Size([2, 14, 2])
    """
    return nn.Sequential(*small_body(SIDE), LandmarkHead(64, NUM_LANDMARKS))


def eyes(points: Tensor) -> Tensor:
    """The middle of each eye, from its two corners.

    Args:
        points: (N, 14, 2).

    Returns:
        (N, 2, 2): the left one, the right one.

    Raises:
        ShapeError: points are not (N, 14, 2).

    Example:
        >>> points = torch.zeros(1, 14, 2)
        >>> points[0, 2:6, 0] = torch.tensor([10.0, 14, 20, 24])
        >>> eyes(points)[0, :, 0]
        tensor([12., 22.])
    """
    _, L, _ = check_shape("points", points, "N L 2")
    if L != NUM_LANDMARKS:
        raise ShapeError(
            f"points must be {NUM_LANDMARKS} landmarks a face, got {L}; their order is "
            "that of cvlib.data.faces.LANDMARKS"
        )
    return points[:, EYES].mean(dim=2)


def interocular(points: Tensor) -> Tensor:
    """How far the middles of the eyes are apart: the length that errors are divided by.

    Args:
        points: (N, 14, 2).

    Returns:
        (N,) in the units of the points.

    Example:
        >>> points = torch.zeros(1, 14, 2)
        >>> points[0, 2:6, 0] = torch.tensor([10.0, 14, 20, 24])
        >>> interocular(points)
        tensor([10.])
    """
    left, right = eyes(points).unbind(1)
    return (left - right).norm(dim=1)
