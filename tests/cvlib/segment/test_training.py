"""Training on maps: what moves together, what is ignored, going on, learning."""

import pytest
import torch
from torch import nn
from torch.testing import assert_close

from cvlib import segment
from cvlib.augment import elastic, elastic_displacement, horizontal_flip
from cvlib.data.benchmark import scenes_benchmark
from cvlib.metrics import mean_iou
from cvlib.train import Checkpoint
from cvlib.validate import ShapeError


def blots(n=24, size=16, seed=0):
    """Bright squares on noise, and which pixels are square."""
    generator = torch.Generator().manual_seed(seed)
    images = 0.3 * torch.rand(n, 3, size, size, generator=generator)
    labels = torch.zeros(n, size, size, dtype=torch.uint8)
    for image, label in zip(images, labels, strict=True):
        y, x = torch.randint(0, size - 6, (2,), generator=generator).tolist()
        image[:, y : y + 6, x : x + 6] += 0.6
        label[y : y + 6, x : x + 6] = 1
    return images, labels


def test_a_map_is_made_of_the_masks():
    data = scenes_benchmark("validation", n=3, masks=True)
    for image, target in data:
        found = segment.semantic_map(target["masks"], target["labels"])
        assert found.shape == image.shape[1:]
        for mask, label in zip(target["masks"], target["labels"], strict=True):
            assert (found[mask] == label).all()
        assert (found[~target["masks"].any(0)] == 0).all()


def test_pictures_become_bytes_without_loss():
    data = scenes_benchmark("validation", n=2, masks=True)
    images, labels = segment.stacked(data)
    assert torch.equal(images, data.images)
    _, target = data[1]
    assert_close(
        labels[1].long(), segment.semantic_map(target["masks"], target["labels"])
    )


def test_a_map_moves_as_its_picture_does():
    # a picture that shows its own classes stays so: both were moved by the same
    _, labels = blots(1, size=40)
    labels = (labels[0] * 3).long()
    picture = (labels == 3).float().expand(3, -1, -1)
    generator = torch.Generator().manual_seed(0)
    field = elastic_displacement(40, alpha=60, sigma=5, generator=generator)
    image, moved = segment.move_labels(picture, labels, lambda s: elastic(s, field))
    inside = moved != 255
    assert set(moved.unique().tolist()) <= {0, 3, 255}
    agree = ((image[0] > 0.5) == (moved == 3))[inside].float().mean()
    assert agree > 0.98
    assert (moved != labels).float().mean() > 0.02


def test_a_flip_of_a_map_loses_nothing():
    labels = torch.randint(0, 9, (6, 8), generator=torch.Generator().manual_seed(0))
    _, moved = segment.move_labels(torch.rand(3, 6, 8), labels, horizontal_flip)
    assert torch.equal(moved, labels.flip(-1))


def test_a_pixel_without_a_class_stays_so():
    labels = torch.tensor([[1, 255, 2, 2]])
    _, moved = segment.move_labels(torch.rand(3, 1, 4), labels, horizontal_flip)
    assert moved.tolist() == [[2, 2, 255, 1]]


def test_the_same_draws_move_the_same():
    image, labels = torch.rand(3, 20, 30), torch.ones(20, 30).long()
    labels[:, 10:] = 4
    first, second, other = (
        segment.standard_segmentation(
            image, labels, torch.Generator().manual_seed(seed)
        )
        for seed in (0, 0, 1)
    )
    assert torch.equal(first[0], second[0])
    assert torch.equal(first[1], second[1])
    assert not torch.equal(first[0], other[0])
    assert first[1].shape == (20, 30)
    assert first[0].min() >= 0
    assert first[0].max() <= 1


def test_a_small_unet_learns_bright_squares():
    torch.manual_seed(0)
    net = segment.UNet(2, widths=(4, 8))
    images, labels = blots()
    history = segment.fit_segmenter(
        net, images, labels, epochs=20, lr=0.01, progress=False
    )
    assert not net.training
    assert history.train_loss[-1] < history.train_loss[0] / 3
    table = segment.measure_segmenter(net, *blots(8, seed=1), num_classes=2)
    assert mean_iou(table) > 0.9


def test_ignored_pixels_teach_nothing():
    images, labels = blots(4)
    hidden = torch.where(torch.arange(16) < 8, 255, labels)
    nets = []
    for other in (0.0, 0.5):  # what stands under the hidden pixels
        torch.manual_seed(0)
        net = nn.Conv2d(3, 2, 1)
        x = images.clone()
        x[..., :8] = other
        segment.fit_segmenter(net, x, hidden, epochs=2, progress=False)
        nets.append(net.weight)
    assert_close(*nets)


def test_a_training_that_was_stopped_goes_on_as_if_it_were_not(tmp_path):
    images, labels = blots(8)
    augment = segment.standard_segmentation

    def trained(name, *epochs):
        torch.manual_seed(0)
        net = segment.UNet(2, widths=(4, 8))
        for n in epochs:
            segment.fit_segmenter(
                net, images, labels, epochs=n, batch_size=4, augment=augment,
                resume=Checkpoint(tmp_path / name), progress=False,
            )  # fmt: skip
        return net.score.weight

    assert_close(trained("a", 2), trained("b", 1, 2))


def test_bytes_are_divided_by_255():
    images = (torch.rand(2, 3, 8, 8) * 255).to(torch.uint8)
    net = segment.UNet(3, widths=(4, 8)).eval()
    assert torch.equal(
        segment.segment(net, images), segment.segment(net, images / 255, batch_size=1)
    )


def test_the_mode_of_the_model_is_left_as_it_was():
    net = segment.UNet(2, widths=(4, 8))
    segment.segment(net.train(), torch.rand(1, 3, 8, 8))
    assert net.training


def test_maps_must_be_of_the_pictures_size():
    with pytest.raises(ShapeError, match=r"labels must be \(2, 8, 8\) to match images"):
        segment.fit_segmenter(
            nn.Conv2d(3, 2, 1),
            torch.rand(2, 3, 8, 8),
            torch.zeros(2, 4, 4),
            epochs=1,
        )
    with pytest.raises(ShapeError, match=r"labels must be \(2,\) to match masks"):
        segment.semantic_map(torch.zeros(2, 4, 4).bool(), torch.tensor([1]))


def test_a_loss_that_explodes_is_said():
    with pytest.raises(FloatingPointError, match="try a lower lr than"):
        segment.fit_segmenter(
            nn.Conv2d(3, 2, 1),
            torch.full((1, 3, 4, 4), float("inf")),
            torch.zeros(1, 4, 4),
            epochs=1, lr=0.01, progress=False,
        )  # fmt: skip
