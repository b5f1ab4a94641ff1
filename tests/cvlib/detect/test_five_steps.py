"""R-CNN's five steps: what each leaves to the next; only its own part learns."""

import pytest
import torch
from torch import nn

from cvlib.boxes import box_iou, decode_boxes
from cvlib.detect import five_steps, rcnn
from cvlib.detect.five_steps import Cache, Classifier, FineTuning, cache_features
from cvlib.detect.output import WEIGHTS
from cvlib.detect.warped_head import WarpedHead

BOXES = torch.tensor([[4.0, 4, 28, 24], [30.0, 10, 46, 30]])
PROPOSALS = torch.tensor(
    [[6.0, 4, 28, 24], [0.0, 0, 9, 9], [32.0, 10, 46, 34], [40.0, 30, 47, 31]]
)
TARGET = {"boxes": BOXES, "labels": torch.tensor([2, 1]), "proposals": PROPOSALS}
DATA = [(torch.rand(3, 32, 48, generator=torch.Generator().manual_seed(0)), TARGET)]


def test_objects_are_cut_out_one_by_one_and_lose_the_background():
    pictures, classes = five_steps.cut_out(DATA * 3)
    assert pictures.shape == (6, 3, 96, 96)
    assert pictures.dtype == torch.uint8
    assert classes.tolist() == [1, 0] * 3


def test_pretraining_and_detection_share_the_body():
    head = WarpedHead(3)
    net = Classifier(head)
    net(torch.rand(4, 3, 96, 96)).sum().backward()
    assert all(p.grad is not None for p in head.body.parameters())
    assert head.classes.weight.grad is None


def test_fine_tuning_teaches_the_classes_and_no_boxes():
    model = rcnn(3, None).train()
    losses = FineTuning(model, size=8)([DATA[0][0]], [TARGET])
    assert set(losses) == {"classes"}
    losses["classes"].backward()
    head = model.per_region
    assert head.classes.weight.grad.abs().sum() > 0
    assert head.boxes.weight.grad is None


def test_the_cache_knows_of_each_region_what_the_later_steps_ask():
    cache = cache_features(WarpedHead(3).eval(), DATA * 2)
    assert len(cache) == 12
    regions = torch.cat([BOXES, PROPOSALS])
    overlaps, nearest = box_iou(BOXES, regions).max(0)
    torch.testing.assert_close(cache.overlaps[:6], overlaps)
    assert cache.labels[:6].tolist() == [2, 1, 2, 2, 1, 0]
    assert cache.given[:6].tolist() == [True] * 2 + [False] * 4
    back = decode_boxes(cache.codes[:5], regions[:5], weights=WEIGHTS)
    torch.testing.assert_close(back.reshape(-1, 4), BOXES[nearest[:5]])


def test_a_picture_without_objects_is_all_background():
    target = {k: v[:0] for k, v in TARGET.items()} | {"proposals": PROPOSALS}
    cache = cache_features(WarpedHead(3).eval(), [(DATA[0][0], target)])
    assert cache.labels.tolist() == [0] * 4
    assert not cache.given.any()


def separable(n: int = 60) -> Cache:
    """Two classes, their features far apart; codes that are linear in the features."""
    generator = torch.Generator().manual_seed(1)
    labels = torch.arange(n) % 3
    features = nn.functional.one_hot(labels, 3) * 5.0
    features = features + torch.rand(n, 3, generator=generator)
    overlaps = torch.where(labels > 0, 0.8, 0.1)
    codes = features @ torch.arange(12.0).reshape(3, 4) + 1
    given = (torch.arange(n) < 30) & (labels > 0)
    return Cache(features.half(), labels, overlaps, codes, given)


def test_a_machine_a_class_tells_it_from_the_rest():
    cache = separable()
    layer = five_steps.fit_machines(cache, 3, C=1.0)
    scores = layer(cache.features.float())
    for k in (1, 2):
        assert torch.equal(scores[:, k] > 0, cache.labels == k)
    assert (scores[:, 0] == 0).all()
    assert not scores.requires_grad


def test_a_regressor_a_class_moves_its_own_regions():
    cache = separable()
    layer = five_steps.fit_regressors(cache, 3, ridge=1e-4)
    said = layer(cache.features.float()).reshape(-1, 3, 4)
    for k in (1, 2):
        own = cache.labels == k
        torch.testing.assert_close(said[own, k], cache.codes[own], atol=0.05, rtol=0)
    assert (said[:, 0] == 0).all()


def test_a_class_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="positive must hold True and False"):
        five_steps.fit_machines(separable(), 4)


def test_at_the_end_each_class_is_judged_for_itself():
    model = rcnn(3, lambda image: PROPOSALS).eval()
    hidden = model.per_region.classes.in_features
    machines, regressors = nn.Linear(hidden, 3), nn.Linear(hidden, 12)
    for layer in (machines, regressors):
        nn.init.zeros_(layer.weight)
        nn.init.zeros_(layer.bias)
    machines.bias.data = torch.tensor([0.0, 1.0, 1.0])
    five_steps.finish(model, machines, regressors)
    [found] = model([DATA[0][0]])
    assert torch.allclose(found["scores"], torch.tensor(1.0).sigmoid())  # no softmax
    assert len(found["scores"]) == 2 * len(PROPOSALS)
