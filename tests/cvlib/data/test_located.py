"""Pictures of one shape or none, with the truth about each."""

import torch

from cvlib.data.located import located


def test_the_same_seed_gives_the_same_pictures():
    one, other = located(4, seed=3, size=32), located(4, seed=3, size=32)
    assert torch.equal(one.images, other.images)
    assert torch.equal(one.points, other.points)
    assert not torch.equal(one.images, located(4, seed=4, size=32).images)


def test_an_empty_picture_has_label_zero_and_no_box():
    data = located(40, seed=1, size=32, empty=0.5)
    none = data.labels == 0
    assert 5 < none.sum() < 35
    assert (data.boxes[none] == 0).all()
    assert (data.points[none] == 0).all()
    sides = data.boxes[~none, 2:] - data.boxes[~none, :2]
    assert (sides > 5).all()
    assert len(data) == 40


def test_the_points_lie_in_the_box():
    data = located(20, seed=2)
    x1, y1, x2, y2 = data.boxes[:, None].unbind(2)
    x, y = data.points.unbind(2)
    assert ((x >= x1) & (x <= x2) & (y >= y1) & (y <= y2)).all()


def test_photographs_are_there_on_request():
    paper = located(2, seed=2, size=32).images
    photo = located(2, seed=2, size=32, background="photo").images
    assert not torch.equal(paper, photo)
