"""cvlib.detect: the frame that R-CNN, Fast R-CNN and Faster R-CNN fill."""

import pytest
import torch
from torch import nn

from cvlib.detect import (
    External,
    GeneralizedRCNN,
    batch_of,
    fast_rcnn,
    fast_rcnn_targets,
    faster_rcnn,
    rcnn,
)
from cvlib.validate import ShapeError

BOX = torch.tensor([[8.0, 8.0, 40.0, 36.0]])
TARGET = {"boxes": BOX, "labels": torch.tensor([2])}


def tiles(image):
    """Sixteen proposals and one that is right."""
    _, H, W = image.shape
    y, x = torch.meshgrid(torch.arange(4) * H / 4, torch.arange(4) * W / 4)
    corner = torch.stack([x, y], dim=2).reshape(-1, 2)
    return torch.cat([torch.cat([corner, corner + torch.tensor([W, H]) / 4], 1), BOX])


MAKERS = {
    "rcnn": lambda: rcnn(4, tiles),
    "fast": lambda: fast_rcnn(4, tiles),
    "faster": lambda: faster_rcnn(4),
}
pytestmark = pytest.mark.filterwarnings("ignore:torch.meshgrid:UserWarning")


@pytest.fixture(params=MAKERS)
def model(request):
    torch.manual_seed(0)
    return MAKERS[request.param]()


def test_images_of_several_sizes_get_a_detection_each(model):
    model.eval().output["score_threshold"] = 0.0
    images = [torch.rand(3, 48, 64), torch.rand(3, 70, 52)]
    found = model(images)
    assert len(found) == 2
    for image, detection in zip(images, found, strict=True):
        boxes, scores = detection["boxes"], detection["scores"]
        assert len(boxes) == len(scores) == len(detection["labels"]) > 0
        assert (boxes >= 0).all()
        assert (boxes[:, 2] <= image.shape[2]).all()
        assert (boxes[:, 3] <= image.shape[1]).all()
        assert (scores.diff() <= 0).all()
        assert detection["labels"].min() >= 1


def test_an_image_is_seen_alike_alone_and_in_a_batch_of_its_size(model):
    model.eval().output["score_threshold"] = 0.0
    images = [torch.rand(3, 48, 64), torch.rand(3, 48, 64)]
    together, alone = model(images)[1], model(images[1:])[0]
    torch.testing.assert_close(together["boxes"], alone["boxes"], rtol=1e-4, atol=1e-3)
    torch.testing.assert_close(together["scores"], alone["scores"])


def test_in_training_there_are_losses_and_every_weight_gets_a_gradient(model):
    model.train()
    losses = model([torch.rand(3, 48, 64)] * 2, [TARGET] * 2)
    expected = {"classes", "boxes"}
    if "rpn_objects" in losses:
        expected |= {"rpn_objects", "rpn_boxes"}
    assert losses.keys() == expected
    sum(losses.values()).backward()
    silent = [n for n, p in model.named_parameters() if p.grad is None]
    assert silent == []


def test_an_image_without_objects_still_teaches_what_background_is(model):
    nothing = {"boxes": torch.zeros(0, 4), "labels": torch.zeros(0, dtype=torch.int64)}
    losses = model.train()([torch.rand(3, 48, 64)] * 2, [nothing] * 2)
    assert all(loss.isfinite() for loss in losses.values())
    assert losses["classes"] > 0
    assert losses["boxes"] == 0


def test_proposals_of_a_target_are_taken_as_they_are():
    def never(image):
        raise AssertionError("the proposals are there")

    model = fast_rcnn(4, never).train()
    image = torch.rand(3, 48, 64)
    target = TARGET | {"proposals": tiles(image)}
    losses = model([image] * 2, [target] * 2)
    assert losses["classes"].isfinite()


def test_what_is_computed_for_the_image_is_computed_once():
    calls = {"image": 0, "regions": 0}

    class Count(nn.Module):
        def __init__(self, name):
            super().__init__()
            self.name = name

    class Image(Count):
        def forward(self, x):
            calls["image"] += 1
            return x

    class Region(Count):
        def forward(self, features, regions):
            calls["regions"] += sum(len(own) for own in regions)
            return torch.zeros(17, 4), torch.zeros(17, 16)

    model = GeneralizedRCNN(Image("a"), External(tiles), Region("b")).eval()
    model([torch.rand(3, 48, 64)])
    assert calls == {"image": 1, "regions": 17}


@pytest.mark.parametrize(
    ("images", "error", "sentence"),
    [
        (torch.rand(2, 3, 8, 8), TypeError,
         "images must be a list of (3, H, W) tensors, got one 4-d tensor; did you mean "
         "list(images)?"),
        ([], ValueError, "images must hold at least one picture, got none"),
    ],
)  # fmt: skip
def test_what_is_no_list_of_pictures_is_refused(images, error, sentence):
    with pytest.raises(error) as caught:
        faster_rcnn(4).eval()(images)
    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    ("targets", "error", "sentence"),
    [
        (None, TypeError,
         "targets must be given in training mode, one dict an image; did you mean "
         "model.eval()?"),
        ([], ValueError, "targets must be one dict for each of 1 images, got 0"),
        ([{"boxes": BOX}], TypeError, "targets[0] must have 'labels'"),
        ([{"boxes": BOX, "labels": torch.tensor([0])}], ValueError,
         "targets[0]['labels'] must be at least 1, got 0; 0 is the background"),
        ([{"boxes": torch.tensor([[8.0, 8, 8, 20]]), "labels": torch.tensor([1])}],
         ValueError, "targets[0]['boxes'] must have an area each"),
    ],
)  # fmt: skip
def test_targets_that_say_too_little_are_refused(targets, error, sentence):
    with pytest.raises(error) as caught:
        faster_rcnn(4).train()([torch.rand(3, 48, 64)], targets)
    assert str(caught.value) == sentence


def test_labels_must_be_as_many_as_boxes():
    target = {"boxes": BOX, "labels": torch.tensor([1, 2])}
    with pytest.raises(ShapeError, match=r"^targets\[0\]\['labels'\] must be"):
        faster_rcnn(4).train()([torch.rand(3, 48, 64)], [target])


def test_padding_goes_to_the_right_and_below():
    batch = batch_of([torch.ones(3, 20, 40), torch.ones(3, 30, 16)], multiple=8)
    assert batch.pixels.shape == (2, 3, 32, 40)
    assert batch.pixels[0, 0].sum() == 20 * 40
    assert (batch.pixels[0, :, :20, :40] == 1).all()
    assert (batch.pixels[1, :, :30, :16] == 1).all()


def test_a_quarter_of_the_drawn_regions_has_an_object():
    near = BOX + torch.randn(200, 4, generator=torch.Generator().manual_seed(0))
    far = torch.tensor([[50.0, 50, 60, 60]]).repeat(200, 1)
    drawn, labels, codes = fast_rcnn_targets([torch.cat([near, far])], [TARGET])
    assert len(drawn[0]) == len(labels) == len(codes) == 64
    assert (labels == 2).sum() == 16
    assert (codes[labels == 0] == 0).all()
    assert (codes[labels == 2] != 0).any(1).sum() >= 15  # one may be the true box
