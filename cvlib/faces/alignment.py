"""Turn faces upright and to one size, by their landmarks (torch).

A network that has to know a face at any angle and any size spends its weights on angles
and sizes. Two points, the eyes, are enough to take them off first.
"""

import torch
from torch import Tensor
from torch.nn import functional

from cvlib.boxes.guards import check_tensor
from cvlib.validate import check_floating, check_positive, check_shape


def similarity_transform(source: Tensor, target: Tensor) -> Tensor:
    """The rotation, scale and shift that take points nearest to others.

    Written with complex numbers it is one division: with both sets of points about
    their means, s and t, the map is z → a z with a = Σ s̄ t / Σ |s|², the least squares
    solution. |a| is the scale and its angle the rotation; there is no mirror.

    Args:
        source: (N, L, 2) x and y, L ≥ 2; not all of a row at one place.
        target: (N, L, 2), or (L, 2) for all.

    Returns:
        (N, 2, 3): M with target ≈ M[:, :, :2] · source + M[:, :, 2].

    Raises:
        TypeError, ShapeError: no tensors of floats, shapes that do not fit.
        ValueError: one landmark only, or all of them in one place.

    Source:
        Umeyama, Least-squares estimation of transformation parameters between two point
        patterns, IEEE TPAMI 1991, in two dimensions and without reflections.

    Example:
        >>> eyes = torch.tensor([[[0.0, 0.0], [0.0, 2.0]]])  # one above the other
        >>> M = similarity_transform(eyes, torch.tensor([[0.0, 0.0], [1.0, 0.0]]))
        >>> M.round(decimals=2) + 0
        tensor([[[ 0.0000,  0.5000,  0.0000],
                 [-0.5000,  0.0000,  0.0000]]])
    """
    for name, points in (("source", source), ("target", target)):
        check_tensor(name, points)
        check_floating(name, points)
    N, L, _ = check_shape("source", source, "N L 2")
    check_shape("target", target, "N L 2 | L 2", N=N, L=L, to_match=f"source {N, L, 2}")
    if L < 2:
        raise ValueError(f"source must have two landmarks or more, got {L}")
    target = target.expand(N, L, 2)
    middle, goal = source.mean(1), target.mean(1)  # (N, 2)
    (x, y), (u, v) = (
        (points - centre[:, None]).unbind(-1)
        for points, centre in ((source, middle), (target, goal))
    )
    size = (x * x + y * y).sum(1)
    if not bool((size > 0).all()):
        raise ValueError("source must not have all landmarks of a face in one place")
    p = (x * u + y * v).sum(1) / size  # a = p + i q
    q = (x * v - y * u).sum(1) / size
    turn = torch.stack([torch.stack([p, -q], -1), torch.stack([q, p], -1)], -2)
    shift = goal - (turn @ middle[..., None]).squeeze(-1)
    return torch.cat([turn, shift[..., None]], dim=2)


def move_points(points: Tensor, matrix: Tensor) -> Tensor:
    """Where landmarks come to lie.

    Args:
        points: (N, L, 2).
        matrix: (N, 2, 3).

    Example:
        >>> shift = torch.tensor([[[1.0, 0, 5], [0, 1, 0]]])
        >>> move_points(torch.tensor([[[1.0, 2.0]]]), shift)
        tensor([[[6., 2.]]])
    """
    N, _, _ = check_shape("points", points, "N L 2")
    match = f"points {tuple(points.shape)}"
    check_shape("matrix", matrix, "N 2 3", N=N, to_match=match)
    return points @ matrix[:, :, :2].transpose(1, 2) + matrix[:, None, :, 2]


def align(images: Tensor, landmarks: Tensor, target: Tensor, size: int) -> Tensor:
    """Pictures in which the landmarks lie where they should.

    Every new pixel asks where it was: the inverse map is applied to its place, and the
    old picture is read there, bilinearly. Outside it the nearest pixel is repeated.

    Args:
        images: (N, C, H, W).
        landmarks: (N, L, 2) x and y in pixels of the pictures.
        target: (L, 2) where they should be, in pixels of the result.
        size: height and width of the result.

    Returns:
        (N, C, size, size).

    Raises:
        TypeError, ShapeError, ValueError: as `similarity_transform`.

    Example:
        >>> image = torch.arange(16.0).reshape(1, 1, 4, 4)
        >>> points = torch.tensor([[[1.0, 1.0], [3.0, 1.0]]])
        >>> torch.equal(align(image, points, points[0], 4), image)
        True
    """
    for name, x in (("images", images), ("landmarks", landmarks)):
        check_tensor(name, x)
        check_floating(name, x)
    check_tensor("target", target)
    N, _, H, W = check_shape("images", images, "N C H W")
    match = f"images {tuple(images.shape)}"
    _, L, _ = check_shape("landmarks", landmarks, "N L 2", N=N, to_match=match)
    match = f"landmarks {tuple(landmarks.shape)}"
    check_shape("target", target, "L 2", L=L, to_match=match)
    size = check_positive("size", size)
    goal = target.expand_as(landmarks).to(landmarks.dtype)
    back = similarity_transform(goal, landmarks).to(images.dtype)
    at = torch.arange(size, device=images.device, dtype=images.dtype) + 0.5
    rows, columns = torch.meshgrid(at, at, indexing="ij")
    pixels = torch.stack([columns, rows], -1).reshape(1, -1, 2).expand(N, -1, 2)
    was = move_points(pixels, back)  # (N, size², 2)
    grid = 2 * was / images.new_tensor([W, H]) - 1  # −1 and 1 are the edges
    return functional.grid_sample(
        images,
        grid.reshape(N, size, size, 2),
        mode="bilinear",
        padding_mode="border",
        align_corners=False,
    )
