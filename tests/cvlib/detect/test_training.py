"""The loop of detectors, and the augmentation of an example."""

import pytest
import torch
from torch import nn

from cvlib.boxes import box_iou
from cvlib.detect import faster_rcnn, fit_detector, standard_detection
from cvlib.train import Checkpoint

BOXES = torch.tensor([[8.0, 8.0, 40.0, 36.0], [50.0, 10.0, 62.0, 20.0]])
EXAMPLE = (
    torch.rand(3, 48, 64, generator=torch.Generator().manual_seed(0)),
    {"boxes": BOXES, "labels": torch.tensor([2, 1]), "difficult": torch.tensor([0, 1])},
)


class Bias(nn.Linear):
    """A model whose loss is its bias's square, times the mean of the images."""

    def forward(self, images, targets):
        return {"a": self.bias.square().sum() * torch.stack(images).mean()}


def test_a_detector_learns_one_picture_by_heart():
    torch.manual_seed(0)
    model = faster_rcnn(3)
    data = [EXAMPLE] * 4
    history = fit_detector(model, data, epochs=80, batch_size=4, progress=False)
    assert history.train_loss[-1] < 0.4 * history.train_loss[0]
    [found] = model([EXAMPLE[0]])
    assert found["labels"][:1].tolist() == [2]
    assert box_iou(found["boxes"][:1], BOXES[:1]) > 0.6


def test_a_training_that_was_stopped_ends_with_the_same_weights(tmp_path):
    def train(epochs, file):
        torch.manual_seed(0)
        model = Bias(1, 2)
        fit_detector(
            model, [EXAMPLE] * 6, epochs=epochs, batch_size=2, progress=False,
            augment=standard_detection, resume=Checkpoint(file),
        )  # fmt: skip
        return model.bias

    whole = train(4, tmp_path / "a.pt")
    train(2, tmp_path / "b.pt")
    assert torch.equal(train(4, tmp_path / "b.pt"), whole)


def test_a_loss_that_is_not_finite_ends_the_training():
    class Broken(Bias):
        def forward(self, images, targets):
            return {"a": self.bias.sum() * torch.nan}

    with pytest.raises(FloatingPointError, match=r"^the loss is nan at step 1; try"):
        fit_detector(Broken(1, 1), [EXAMPLE], epochs=1, lr=0.5, progress=False)


def test_nothing_to_train_on_is_refused():
    with pytest.raises(ValueError, match="data must hold at least one image, got none"):
        fit_detector(Bias(1, 1), [], epochs=1)


def test_augmentation_keeps_boxes_on_their_objects():
    """A bright square stays in its box wherever the picture goes."""
    generator = torch.Generator().manual_seed(0)
    image = torch.zeros(3, 48, 64)
    image[:, 8:36, 8:40] = 1
    for _ in range(20):
        moved, target = standard_detection((image, {"boxes": BOXES[:1]}), generator)
        for x1, y1, x2, y2 in target["boxes"].round().int().tolist():
            assert moved[:, y1 + 2 : y2 - 2, x1 + 2 : x2 - 2].min() > 0.3
            outside = moved.clone()
            outside[:, max(y1 - 2, 0) : y2 + 2, max(x1 - 2, 0) : x2 + 2] = 0
            assert outside.max() < 0.3


def test_rows_beside_the_boxes_stay_beside_them():
    generator = torch.Generator().manual_seed(0)
    for _ in range(20):
        _, target = standard_detection(EXAMPLE, generator)
        assert len(target["boxes"]) == len(target["labels"])
        flags = dict(zip([2, 1], [0, 1], strict=True))
        pairs = zip(
            target["labels"].tolist(), target["difficult"].tolist(), strict=True
        )
        assert all(flags[label] == flag for label, flag in pairs)


def test_masks_and_proposals_move_along():
    masks = torch.zeros(2, 48, 64, dtype=torch.bool)
    masks[0, 8:36, 8:40] = True
    masks[1, 10:20, 50:62] = True
    image, target = EXAMPLE
    proposals = torch.cat([BOXES, torch.tensor([[0.0, 0.0, 0.5, 0.5]])])
    target = target | {"proposals": proposals, "masks": masks}
    _, moved = standard_detection((image, target), torch.Generator().manual_seed(3))
    assert torch.equal(moved["proposals"], moved["boxes"])
    for mask, box in zip(moved["masks"], moved["boxes"], strict=True):
        y, x = mask.nonzero().unbind(1)
        inside = torch.stack([x.min(), y.min(), x.max() + 1, y.max() + 1]).float()
        torch.testing.assert_close(inside, box, atol=1.5, rtol=0)
