"""Faces turned upright: against scikit-image, there and back, sentences."""

import pytest
import torch
from skimage.transform import SimilarityTransform
from torch.testing import assert_close

from cvlib.faces import align, move_points, similarity_transform
from cvlib.validate import ShapeError


def points(n=3, count=5, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.rand(n, count, 2, generator=generator, dtype=torch.float64) * 40


@pytest.mark.parametrize("count", [2, 3, 7])
def test_it_is_scikit_images_least_squares(count):
    source, target = points(4, count), points(4, count, seed=1)
    found = similarity_transform(source, target)
    for k in range(4):
        theirs = SimilarityTransform.from_estimate(source[k].numpy(), target[k].numpy())
        assert_close(found[k], torch.tensor(theirs.params[:2]))


def test_two_points_come_to_lie_exactly():
    eyes, goal = points(6, 2), torch.tensor([[10.0, 20.0], [30.0, 20.0]]).double()
    moved = move_points(eyes, similarity_transform(eyes, goal))
    assert_close(moved, goal.expand(6, 2, 2))


def test_what_was_turned_and_moved_is_found_again():
    angle, scale = torch.tensor(0.7).double(), 1.8
    c, s = scale * torch.cos(angle), scale * torch.sin(angle)
    matrix = torch.stack([torch.stack([c, -s]), torch.stack([s, c])])
    matrix = torch.cat([matrix, torch.tensor([[3.0], [-4.0]])], 1)[None]
    moved = move_points(points(1), matrix)
    assert_close(similarity_transform(points(1), moved), matrix)


def test_it_never_mirrors():
    source = points(8)
    found = similarity_transform(source, source * torch.tensor([-1.0, 1.0]))
    assert (torch.linalg.det(found[:, :, :2]) >= 0).all()


def test_an_aligned_picture_has_its_eyes_where_they_should_be():
    y, x = torch.meshgrid(torch.arange(40.0), torch.arange(40.0), indexing="ij")
    eyes = torch.tensor([[[12.5, 20.5], [24.5, 14.5]]])

    def blob(px, py):
        return torch.exp(-((x + 0.5 - px) ** 2 + (y + 0.5 - py) ** 2) / 8)

    image = torch.stack([blob(*eye) for eye in eyes[0].tolist()])[None]
    goal = torch.tensor([[10.5, 12.5], [22.5, 12.5]])
    found = align(image, eyes, goal, 32)
    for channel, (px, py) in zip(found[0], goal.tolist(), strict=True):
        row, column = divmod(int(channel.argmax()), 32)
        assert (column + 0.5, row + 0.5) == (px, py)


def test_a_quarter_turn_is_exact():
    image = torch.rand(1, 3, 6, 6, generator=torch.Generator().manual_seed(0))
    here = torch.tensor([[[0.0, 0.0], [6.0, 0.0]]])  # the upper edge …
    goal = torch.tensor([[6.0, 0.0], [6.0, 6.0]])  # … becomes the right one
    assert_close(align(image, here, goal, 6), image.rot90(-1, (2, 3)))


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (
            lambda: similarity_transform(points(2, 1), points(2, 1)),
            ValueError,
            r"^source must have two landmarks or more, got 1$",
        ),
        (
            lambda: similarity_transform(0 * points(2), points(2)),
            ValueError,
            r"^source must not have all landmarks of a face in one place$",
        ),
        (
            lambda: similarity_transform(points(2, 4), points(2, 5)),
            ShapeError,
            r"^target must be \(2, 4, 2\) or \(4, 2\) to match source \(2, 4, 2\), got "
            r"\(2, 5, 2\)",
        ),
        (
            lambda: align(torch.zeros(2, 1, 4, 4), points(3), points(1)[0], 4),
            ShapeError,
            r"^landmarks must be \(2, L, 2\) to match images \(2, 1, 4, 4\), got",
        ),
        (
            lambda: align(torch.zeros(2, 1, 4, 4), points(2, 3), points(1, 2)[0], 4),
            ShapeError,
            r"^target must be \(3, 2\) to match landmarks \(2, 3, 2\), got \(2, 2\)",
        ),
        (
            lambda: align(torch.zeros(2, 1, 4, 4), points(2), [[0.0, 1], [1, 1]], 4),
            TypeError,
            r"^target must be a torch tensor, got list",
        ),
        (
            lambda: align(torch.zeros(2, 1, 4, 4).byte(), points(2), points(1)[0], 4),
            TypeError,
            r"^images must be floating point, got uint8",
        ),
        (
            lambda: similarity_transform(points(2).long(), points(2)),
            TypeError,
            r"^source must be floating point, got int64",
        ),
    ],
)
def test_a_wrong_argument_gets_one_sentence(call, error, sentence):
    with pytest.raises(error, match=sentence):
        call()
