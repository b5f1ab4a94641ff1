"""Was the right place pointed at? (torch)"""

from collections.abc import Sequence

from torch import Tensor

from cvlib.validate import check_number, check_shape


def hits(points: Tensor, boxes: Tensor, *, tolerance: float = 18.0) -> Tensor:
    """Which points lie in which boxes, or within `tolerance` pixels of their sides.

    Args:
        points: (N, 2) as (x, y).
        boxes: (M, 4) xyxy.
        tolerance: how far outside is near enough. Oquab and others take 18 pixels, by
            which the poolings of their network round a place.

    Returns:
        (N, M) bool.

    Source:
        Oquab, Bottou, Laptev, Sivic, Is Object Localization for Free?, CVPR 2015.

    Example:
        >>> box = torch.tensor([[20.0, 20, 60, 60]])
        >>> hits(torch.tensor([[10.0, 30], [10, 79], [90, 30]]), box).flatten()
        tensor([ True, False, False])
    """
    check_shape("points", points, "N 2")
    check_shape("boxes", boxes, "M 4")
    tolerance = check_number("tolerance", tolerance, minimum=0)
    x, y = points[:, None].unbind(2)  # (N, 1) each, against (M,)
    x1, y1, x2, y2 = boxes.unbind(1)
    across = (x >= x1 - tolerance) & (x <= x2 + tolerance)
    down = (y >= y1 - tolerance) & (y <= y2 + tolerance)
    return across & down


def hit_rate(
    points: Tensor, boxes: Sequence[Tensor], *, tolerance: float = 18.0
) -> float:
    """Share of the images whose point hits at least one of the image's boxes.

    An image without a box counts as a miss: there was nothing to point at.

    Args:
        points: (N, 2) as (x, y), one an image.
        boxes: N tensors, (M, 4) each, M as many as the image has objects of the class.
        tolerance: as in `hits`.

    Raises:
        ShapeError: a shape is not as above.
        ValueError: there are no images, or not as many boxes as points.

    Example:
        >>> box = torch.tensor([[20.0, 20, 60, 60]])
        >>> hit_rate(torch.tensor([[30.0, 30], [90, 30]]), [box, box])
        0.5
    """
    N, _ = check_shape("points", points, "N 2")
    if len(boxes) != N or N == 0:
        raise ValueError(
            f"boxes must hold one tensor for each of the points {(N, 2)}, and at least "
            f"one, got {len(boxes)}"
        )
    found = [
        bool(hits(point[None], its, tolerance=tolerance).any())
        for point, its in zip(points, boxes, strict=True)
    ]
    return sum(found) / N
