"""Whitening by what changes between pictures of one person."""

import pytest
import torch
from torch.nn.functional import normalize

from cvlib.faces import WithinWhitening
from cvlib.validate import ShapeError


def people(seed=0, count=40, each=6, D=5):
    """Points whose first direction is light, with nothing of the person in it."""
    chance = torch.Generator().manual_seed(seed)
    who = torch.arange(count).repeat_interleave(each)
    points = torch.randn(count, D, generator=chance)[who]
    points = points + 0.1 * torch.randn(len(who), D, generator=chance)
    points[:, 0] = 3 * torch.randn(len(who), generator=chance)
    return points, who


def mapped(white, points):
    """The map by itself, before points are brought to length 1."""
    return (normalize(points.double(), dim=1) - white.mean) @ white.matrix


def test_within_a_person_all_directions_scatter_alike():
    points, who = people()
    moved = mapped(WithinWhitening(points, who, shrinkage=1e-9), points)
    off = torch.cat([moved[who == p] - moved[who == p].mean(0) for p in who.unique()])
    torch.testing.assert_close(off.T @ off / len(off), torch.eye(5).double(), atol=1e-6,
                               rtol=0)  # fmt: skip


def test_it_is_the_distance_with_the_inverse_covariance():
    """Slow: Mahalanobis, one person and one pair at a time."""
    points, who = people(count=4, each=3)
    rows, within = normalize(points.double(), dim=1), torch.zeros(5, 5).double()
    for p in range(4):
        mean = rows[who == p].mean(0)
        for row in rows[who == p]:
            within += torch.outer(row - mean, row - mean) / len(rows)
    within += 0.2 * within.diagonal().mean() * torch.eye(5).double()
    moved = mapped(WithinWhitening(points, who, shrinkage=0.2), points)
    for a in range(12):
        off = rows[a] - rows[5]
        expected = off @ torch.linalg.inv(within) @ off
        assert (moved[a] - moved[5]).square().sum().item() == pytest.approx(
            expected.item()
        )


def test_people_it_has_not_seen_come_nearer_to_themselves():
    white = WithinWhitening(*people(0))
    points, who = people(1)

    def nearest_is_right(rows):
        apart = torch.cdist(rows, rows).fill_diagonal_(torch.inf)
        return (who[apart.argmin(1)] == who).double().mean()

    assert nearest_is_right(white(points)) > nearest_is_right(normalize(points)) + 0.1


def test_points_come_back_at_length_one_in_their_type():
    points, who = people()
    moved = WithinWhitening(points, who)(points[:3])
    assert moved.dtype == torch.float32
    torch.testing.assert_close(moved.norm(dim=1), torch.ones(3))


def test_more_directions_than_pictures_are_no_trouble():
    points = torch.randn(6, 50, generator=torch.Generator().manual_seed(0))
    moved = WithinWhitening(points, torch.tensor([0, 0, 1, 1, 2, 2]))(points)
    assert moved.isfinite().all()


@pytest.mark.parametrize(
    ("points", "labels", "shrinkage", "error", "sentence"),
    [
        (torch.rand(4, 2), torch.arange(4), 0.1, ValueError, "somebody at least twice"),
        (torch.rand(4, 2), torch.zeros(3), 0.1, ShapeError, "labels .* points"),
        (torch.rand(4, 2), torch.zeros(4), 0, ValueError, "shrinkage must be above 0"),
        (torch.ones(4, 2).long(), torch.zeros(4), 0.1, TypeError, "points must"),
    ],
)  # fmt: skip
def test_what_cannot_be_whitened_is_refused(points, labels, shrinkage, error, sentence):
    with pytest.raises(error, match=sentence):
        WithinWhitening(points, labels, shrinkage=shrinkage)
