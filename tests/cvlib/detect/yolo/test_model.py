"""The whole YOLO: pictures in, boxes out; and it learns."""

import pytest
import torch
from torch import nn
from torch.testing import assert_close

from cvlib.boxes import box_iou
from cvlib.detect import fit_detector
from cvlib.detect.yolo import Yolo, encode, yolo_scenes

ANCHORS = [[16.0, 16.0], [30.0, 30.0]]


def small() -> Yolo:
    torch.manual_seed(0)
    backbone = nn.Sequential(
        nn.Conv2d(3, 16, 8, stride=8), nn.ReLU(), nn.Conv2d(16, 16, 3, padding=1)
    )
    return Yolo(2, ANCHORS, backbone=backbone, channels=16, hidden=32)


def squares(N=12):
    """Red and green squares on black, and where they are."""
    g = torch.Generator().manual_seed(1)
    data = []
    for _ in range(N):
        image, label = torch.zeros(3, 48, 64), int(torch.randint(1, 3, (), generator=g))
        x, y = (int(torch.randint(40 - 8 * k, (), generator=g)) for k in (0, 2))
        image[label - 1, y : y + 20, x : x + 20] = 1
        box = torch.tensor([[x, y, x + 20.0, y + 20]])
        data.append((image, {"boxes": box, "labels": torch.tensor([label])}))
    return data


def test_pictures_of_any_size_give_boxes_inside_them():
    net = small().eval()
    net.score_threshold = 0.0
    images = [torch.rand(3, 30, 50), torch.rand(3, 61, 24)]
    for image, found in zip(images, net(images), strict=True):
        _, H, W = image.shape
        assert found["boxes"].shape == (*found["scores"].shape, 4)
        assert found["labels"].dtype == torch.int64
        assert set(found["labels"].tolist()) <= {1, 2}
        assert (found["boxes"] >= 0).all()
        assert (found["boxes"] <= torch.tensor([W, H, W, H])).all()
        assert (found["scores"].diff() <= 0).all()


def test_a_batch_says_what_single_pictures_say():
    net, images = small().eval(), [torch.rand(3, 48, 64) for _ in range(3)]
    net.score_threshold = 0.005
    together, alone = net(images), [net([image])[0] for image in images]
    for a, b in zip(together, alone, strict=True):
        assert_close(a, b)


def test_it_finds_what_it_was_shown():
    net, data = small(), squares()
    fit_detector(net, data, epochs=60, batch_size=6, lr=1e-2, progress=False)
    for image, target in data:
        best = net([image])[0]
        assert best["labels"][0] == target["labels"][0]
        assert box_iou(best["boxes"][:1], target["boxes"]) > 0.5


def test_a_perfect_tensor_is_read_back_and_suppressed():
    net = small().eval()
    _, target = squares(1)[0]
    wanted = encode(
        **target, grid=(6, 8), image_size=(48, 64), num_classes=2, anchors=ANCHORS
    ).target
    raw = torch.zeros_like(wanted)
    raw[..., 0] = 20 * wanted[..., 0] - 10
    raw[..., 1:3] = wanted[..., 1:3].logit(eps=1e-6)
    ratio = 8 * wanted[..., 3:5].clamp(min=1e-6) / torch.tensor(ANCHORS)
    raw[..., 3:5] = torch.where(wanted[..., :1] > 0, ratio.log(), 0)
    raw[..., 5:] = 20 * wanted[..., 5:]
    [found] = net.predict(raw[None], [(48, 64)])
    assert_close(found["boxes"], target["boxes"], atol=1e-3, rtol=0)
    assert found["labels"].tolist() == target["labels"].tolist()


def test_training_without_targets_gets_one_sentence():
    sentence = (
        r"^targets must be given in training mode, got None; did you mean "
        r"model\.eval\(\)\?$"
    )
    with pytest.raises(ValueError, match=sentence):
        small().train()([torch.rand(3, 16, 16)])


def test_at_first_it_believes_that_nothing_is_there():
    assert yolo_scenes().eval()([torch.rand(3, 64, 64)])[0]["scores"].numel() == 0


def test_it_fits_into_two_megabytes():
    assert sum(w.numel() for w in yolo_scenes().state_dict().values()) < 500_000
