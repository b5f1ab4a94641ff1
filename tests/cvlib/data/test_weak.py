"""Pictures with one word each, and a stamp that misleads."""

import pytest
import torch

from cvlib.data.weak import STAMP, TANK_CLASSES, one_shape, tank


def test_the_mask_says_where_the_one_shape_is():
    images, labels, masks = one_shape(12, seed=3, size=48)
    assert images.shape == (12, 3, 48, 48)
    assert images.dtype == torch.float32
    assert images.min() >= 0
    assert images.max() <= 1
    assert masks.dtype == torch.bool
    share = masks.float().mean((1, 2))
    assert ((share > 0.02) & (share < 0.3)).all()
    assert len(labels.unique()) > 2


def test_the_same_seed_gives_the_same_pictures():
    first, again, other = (one_shape(3, seed=s, size=32)[0] for s in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


@pytest.mark.parametrize(("link", "together"), [(1.0, 1.0), (0.0, 0.0), (0.8, 0.8)])
def test_the_link_says_how_often_stamp_and_class_go_together(link, together):
    data = tank(200, link=link, size=32)
    along = data.stamped == (data.labels == TANK_CLASSES.index("square"))
    assert along.float().mean().item() == pytest.approx(together, abs=0.08)


def test_only_stamped_pictures_differ_and_only_under_the_stamp():
    clean, stamped = (tank(20, link=link, size=40) for link in (0.0, 1.0))
    assert torch.equal(clean.labels, stamped.labels)
    assert torch.equal(clean.stamps, stamped.stamps)
    assert (stamped.stamps.sum((1, 2)) == STAMP**2).all()
    assert torch.equal(clean.stamped, ~stamped.stamped)
    differs = (clean.images != stamped.images).any(1)
    assert not (differs & ~stamped.stamps).any()
    assert not (stamped.objects & stamped.stamps)[stamped.stamped].any()
