"""Mask R-CNN: Faster R-CNN and two heads, in training and after it."""

import pytest
import torch

from cvlib.detect import faster_rcnn
from cvlib.losses import mask_loss
from cvlib.segment import (
    KeypointHead,
    MaskHead,
    flip_instances,
    keypoints_found,
    mask_rcnn,
    measure_instances,
    standard_instances,
)
from cvlib.validate import ShapeError


def example(seed=0):
    """A picture with two squares, their masks and the corners they have."""
    image = torch.rand(3, 64, 96, generator=torch.Generator().manual_seed(seed))
    boxes = torch.tensor([[8.0, 8, 40, 40], [50, 20, 90, 60]])
    masks = torch.zeros(2, 64, 96, dtype=torch.bool)
    keypoints = torch.zeros(2, 4, 3)
    for k, (x1, y1, x2, y2) in enumerate(boxes.int().tolist()):
        masks[k, y1:y2, x1:x2] = True
        image[:, y1:y2, x1:x2] = k * 0.7
        corners = [(x1, y1), (x2 - 1, y1), (x1, y2 - 1), (x2 - 1, y2 - 1)]
        keypoints[k, :, :2] = torch.tensor(corners) + 0.5
    keypoints[..., 2] = 1
    labels = torch.tensor([1, 2])
    target = {"boxes": boxes, "labels": labels, "masks": masks, "keypoints": keypoints}
    return image, target


@pytest.fixture
def model():
    torch.manual_seed(0)
    return mask_rcnn(3, num_keypoints=4)


def test_in_training_it_gives_the_losses_of_all_heads(model):
    image, target = example()
    losses = model.train()([image, image[:, :48, :80]], [target, cut(target, 48, 80)])
    assert set(losses) == {
        "rpn_objects", "rpn_boxes", "classes", "boxes", "masks", "keypoints",
    }  # fmt: skip
    assert all(loss.ndim == 0 and loss.isfinite() for loss in losses.values())
    sum(losses.values()).backward()
    assert all(p.grad is not None for p in model.parameters())


def cut(target, H, W):
    masks = target["masks"][:, :H, :W]
    boxes = target["boxes"].minimum(torch.tensor([W, H, W, H]))
    return target | {"masks": masks, "boxes": boxes}


def test_a_picture_without_objects_trains_too(model):
    image, target = example()
    empty = {key: value[:0] for key, value in target.items()}
    losses = model.train()([image], [empty])
    assert losses["masks"] == 0
    assert losses["keypoints"] == 0
    sum(losses.values()).backward()


def test_later_it_gives_masks_of_the_picture_and_landmarks(model):
    model.eval()
    images = [example()[0], torch.rand(3, 50, 70)]
    with torch.no_grad():
        found = model(images)
    for image, own in zip(images, found, strict=True):
        D = len(own["boxes"])
        assert own["masks"].shape == (D, *image.shape[1:])
        assert own["masks"].dtype == torch.bool
        assert own["keypoints"].shape == (D, 4, 3)


def test_a_mask_stays_in_its_box_and_so_do_landmarks(model):
    with torch.no_grad():
        [found] = model.eval()([example()[0]])
    assert len(found["boxes"])
    for box, mask, points in zip(
        found["boxes"], found["masks"], found["keypoints"], strict=True
    ):
        rows, columns = (mask.nonzero() + 0.5).unbind(1)
        assert ((columns >= box[0]) & (columns <= box[2])).all()
        assert ((rows >= box[1]) & (rows <= box[3])).all()
        assert (points[:, :2] >= box[:2]).all()
        assert (points[:, :2] <= box[2:]).all()


def test_boxes_are_those_of_the_faster_rcnn_inside(model):
    detector = faster_rcnn(3).eval()
    state = {k: v for k, v in model.state_dict().items() if "_head" not in k}
    detector.load_state_dict(state)
    image = example()[0]
    with torch.no_grad():
        [found], [plain] = model.eval()([image]), detector([image])
    for key in ("boxes", "labels", "scores"):
        assert torch.equal(found[key], plain[key])


def test_nothing_found_is_no_masks_rather_than_an_error():
    model = mask_rcnn(3, num_keypoints=4, score_threshold=0.999).eval()
    [found] = model([torch.rand(3, 64, 64)])
    assert found["masks"].shape == (0, 64, 64)
    assert found["keypoints"].shape == (0, 4, 3)


def test_without_a_head_for_them_nobody_asks_for_landmarks():
    image, target = example()
    del target["keypoints"]
    model = mask_rcnn(3)
    assert "keypoints" not in model.train()([image], [target])
    [found] = model.eval()([image])
    assert "keypoints" not in found


@pytest.mark.parametrize("pool", ["roi_align", "roi_pool"])
def test_it_learns_two_squares_by_heart(pool):
    torch.manual_seed(0)
    model = mask_rcnn(3, num_keypoints=4, pool=pool).train()
    image, target = example()
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3)
    for _ in range(60):
        losses = model([image], [target])
        optimizer.zero_grad()
        sum(losses.values()).backward()
        optimizer.step()
    assert losses["masks"] < 0.3
    figures = measure_instances(model.eval(), [(image, target)])
    assert figures.mask_ap50 == 1


def test_each_class_has_a_map_of_its_own():
    torch.manual_seed(0)
    head, cells = MaskHead(3), torch.rand(2, 64, 14, 14)
    before = head(cells)
    mask_loss(before, torch.ones(2, 28, 28), torch.tensor([2, 2])).backward()
    last = head[-1].weight.grad.abs().sum((1, 2, 3))
    assert last[:2].tolist() == [0, 0]
    assert last[2] > 0


def test_asking_for_a_class_is_choosing_its_maps():
    torch.manual_seed(0)
    head, cells = KeypointHead(3, 4), torch.rand(2, 64, 14, 14)
    labels = torch.tensor([2, 1])
    everything = head(cells)
    expected = torch.stack([everything[0, 2], everything[1, 1]])
    torch.testing.assert_close(head(cells, labels), expected)


@pytest.mark.parametrize(
    ("change", "error", "sentence"),
    [
        ({"masks": None}, TypeError, r"targets\[0\] must have 'masks'"),
        ({"masks": torch.zeros(2, 64, 90).bool()}, ShapeError,
         r"targets\[0\]\['masks'\] must be \(2, 64, 96\) to match its 2 boxes and "
         r"image \(3, 64, 96\), got \(2, 64, 90\)"),
        ({"keypoints": torch.zeros(2, 3, 3)}, ShapeError,
         r"targets\[0\]\['keypoints'\] must be \(2, 4, 3\) to match its boxes, got "
         r"\(2, 3, 3\)"),
    ],
)  # fmt: skip
def test_targets_that_do_not_fit_are_named(model, change, error, sentence):
    image, target = example()
    target = {k: v for k, v in (target | change).items() if v is not None}
    with pytest.raises(error, match=sentence):
        model.train()([image], [target])


def test_flipping_twice_changes_nothing():
    image, target = example()
    pairs = {1: [(0, 1), (2, 3)]}
    once = flip_instances(image, target, pairs)
    twice = flip_instances(*once, pairs)
    assert torch.equal(twice[0], image)
    for key, value in target.items():
        assert torch.equal(twice[1][key], value)


def test_of_a_mirrored_class_with_pairs_left_stays_left():
    image, target = example()
    _, flipped = flip_instances(image, target, {1: [(0, 1), (2, 3)]})
    x = flipped["keypoints"][..., 0]
    assert x[0, 0] < x[0, 1]  # exchanged: the first is the left corner again
    assert x[1, 0] > x[1, 1]  # not a pair here


@pytest.mark.parametrize("seed", range(5))
def test_whatever_happens_masks_boxes_and_landmarks_stay_together(seed):
    generator = torch.Generator().manual_seed(seed)
    image, target = standard_instances(example(), generator)
    assert image.shape == (3, 64, 96)
    for box, mask, points in zip(
        target["boxes"], target["masks"], target["keypoints"], strict=True
    ):
        rows, columns = mask.nonzero().unbind(1)
        tight = torch.stack(
            [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
        )
        assert (tight - box).abs().max() <= 1.5
        x, y, seen = points.unbind(1)
        inside = (x >= 0) & (x < 96) & (y >= 0) & (y < 64)
        assert torch.equal(seen > 0, inside)
        near = points[inside][:, :2].floor().long()
        assert mask[near[:, 1], near[:, 0]].float().mean() >= 0.5


def test_landmarks_of_a_missed_object_are_missed_too():
    _, target = example()
    found = {key: value[:1] for key, value in target.items()}
    assert keypoints_found([found], [target]) == 0.5
    assert keypoints_found([target], [target]) == 1
    wrong = target | {"labels": torch.tensor([2, 1])}
    assert keypoints_found([wrong], [target]) == 0


def test_difficult_objects_are_not_asked_for():
    image, target = example()
    target["difficult"] = torch.tensor([False, True])
    found = {key: value[:1] for key, value in target.items()}
    found["scores"] = torch.ones(1)
    figures = measure_instances(lambda images: [found], [(image, target)])
    assert figures == (1, 1, 1, 1, 1)
