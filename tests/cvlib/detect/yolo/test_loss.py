"""YOLO's loss: its five terms, by definition and by their meaning."""

import pytest
import torch
from torch.testing import assert_close

from cvlib.detect.yolo import encode, read_codes, yolo_loss, yolo_loss_by_definition
from cvlib.validate import ShapeError

ANCHORS = torch.tensor([[1.5, 2.0], [3.0, 1.0]], dtype=torch.float64)  # in cells
BOXES = torch.tensor(
    [[3.0, 4, 40, 30], [20, 20, 39, 28], [4, 4, 10, 9]], dtype=torch.float64
)


@pytest.fixture
def target():
    """Two pictures: three objects, and none."""
    full = encode(
        BOXES, torch.tensor([1, 2, 4]), grid=(3, 4), image_size=(30, 40),
        num_classes=4, anchors=10 * ANCHORS,
    ).target  # fmt: skip
    return torch.stack([full, torch.zeros_like(full)])


def guess(target, seed=0):
    g = torch.Generator().manual_seed(seed)
    return torch.randn(target.shape, generator=g, dtype=torch.float64)


def exact(target, sure=12.0):
    """What a perfect network says of this target."""
    raw = torch.zeros_like(target)
    raw[..., 0] = sure * (2 * target[..., 0] - 1)
    raw[..., 1:3] = target[..., 1:3].logit(eps=1e-9)
    ratio = target[..., 3:5].clamp(min=1e-9) / ANCHORS
    raw[..., 3:5] = torch.where(target[..., :1] > 0, ratio.log(), 0)
    raw[..., 5:] = 2 * sure * target[..., 5:]
    return raw


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("ignore", [0.1, 0.5, 1.0])
def test_the_five_terms_are_those_of_the_definition(target, seed, ignore):
    raw = guess(target, seed)
    losses = yolo_loss(raw, target, ANCHORS, ignore_threshold=ignore)
    wanted = yolo_loss_by_definition(
        raw, target, ANCHORS.tolist(), ignore_threshold=ignore
    )
    assert losses.keys() == wanted.keys()
    for name, value in wanted.items():
        assert losses[name].item() == pytest.approx(value, rel=1e-9), name


def test_a_perfect_prediction_costs_next_to_nothing(target):
    assert sum(yolo_loss(exact(target), target, ANCHORS).values()) < 1e-3


def test_reading_a_perfect_prediction_gives_the_target(target):
    codes = read_codes(exact(target, sure=30.0), ANCHORS)
    there = target[..., 0] > 0
    assert_close(codes[there], target[there], atol=1e-6, rtol=1e-6)


@pytest.mark.parametrize(
    ("place", "change", "term"),
    [(1, 1.0, "position"), (4, 0.3, "size"), (0, -9.0, "objectness")],
)
def test_each_mistake_raises_its_own_term(target, place, change, term):
    raw = exact(target)
    there = (target[..., 0] > 0).nonzero()[0]
    raw[(*there, place)] += change
    before = yolo_loss(exact(target), target, ANCHORS)
    after = yolo_loss(raw, target, ANCHORS)
    risen = {name for name in after if after[name] > before[name] + 1e-3}
    assert risen == {term}


def test_sizes_are_judged_by_their_ratio(target):
    raw = exact(target)
    raw[..., 3] += 0.1  # every box a tenth wider, large or small
    size = yolo_loss(raw, target, ANCHORS)["size"].item()
    assert size == pytest.approx(5 * 3 * 0.01 / 2)  # three objects, two pictures


def test_a_good_box_in_the_wrong_place_is_not_blamed(target):
    raw = exact(target)
    i, j, b = (target[0, ..., 0] > 0).nonzero()[0]
    other = 1 - b  # the other anchor of the cell says the same box
    raw[0, i, j, other] = raw[0, i, j, b]
    raw[0, i, j, other, 3:5] += (ANCHORS[b] / ANCHORS[other]).log()
    blamed = yolo_loss(raw, target, ANCHORS, ignore_threshold=1.0)["background"]
    spared = yolo_loss(raw, target, ANCHORS)["background"]
    assert blamed > 2.9  # −½ log(1 − p) of a p near 1, over two pictures
    assert spared < 1e-3


def test_pictures_are_judged_one_by_one(target):
    raw = guess(target)
    both = yolo_loss(raw, target, ANCHORS)
    ones = [yolo_loss(raw[n : n + 1], target[n : n + 1], ANCHORS) for n in (0, 1)]
    for name, value in both.items():
        assert_close(value, (ones[0][name] + ones[1][name]) / 2)


def test_the_gradient_is_that_of_the_terms(target):
    raw = guess(target).requires_grad_()
    assert torch.autograd.gradcheck(
        lambda raw: sum(yolo_loss(raw, target, ANCHORS).values()), raw
    )


def test_another_grid_gets_one_sentence(target):
    sentence = (
        r"^target must be \(2, 3, 4, 2, 9\) to match raw \(2, 3, 4, 2, 9\), got "
        r"\(2, 2, 4, 2, 9\)$"
    )
    with pytest.raises(ShapeError, match=sentence):
        yolo_loss(guess(target), target[:, :2], ANCHORS)
