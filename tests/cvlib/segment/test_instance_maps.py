"""From the picture to a grid over a box and back: nothing may move on the way."""

import pytest
import torch

from cvlib.metrics import mask_iou
from cvlib.segment import (
    heatmaps_to_keypoints,
    mask_targets,
    of_class,
    paste_masks_in_image,
)
from cvlib.validate import ShapeError

BOX = torch.tensor([[10.0, 6, 50, 38]])


def disc(x, y, radius, size=(60, 70)):
    rows = torch.arange(size[0])[:, None] + 0.5
    columns = torch.arange(size[1]) + 0.5
    return ((columns - x) ** 2 + (rows - y) ** 2 <= radius**2)[None]


def test_there_and_back_again_a_mask_is_the_same():
    mask = disc(30, 22, 15)
    back = paste_masks_in_image(mask_targets(mask, BOX, 28), BOX, (60, 70))
    assert mask_iou(back, mask) > 0.97


@pytest.mark.parametrize("shift", [0.0, 0.25, 0.5, 0.75])
def test_a_box_between_the_pixels_shifts_nothing(shift):
    mask, box = disc(30, 22, 12), BOX + shift
    back = paste_masks_in_image(mask_targets(mask, box, 28), box, (60, 70))
    rows, columns = back[0].nonzero().double().mean(0)
    assert (rows + 0.5).item() == pytest.approx(22, abs=0.1)
    assert (columns + 0.5).item() == pytest.approx(30, abs=0.1)


def test_a_grid_as_fine_as_the_pixels_holds_the_pixels():
    mask = torch.rand(2, 8, 9, generator=torch.Generator().manual_seed(0)) < 0.5
    boxes = torch.tensor([[1.0, 2, 7, 8]] * 2)
    cells = mask_targets(mask, boxes, 6)
    # points are read between the pixels, so the edges of a cell are blended
    assert torch.equal(cells > 0.5, mask[:, 2:8, 1:7])
    assert torch.equal(
        paste_masks_in_image(mask[:, 2:8, 1:7].float(), boxes, (8, 9))[:, 2:8, 1:7],
        mask[:, 2:8, 1:7],
    )


def test_outside_its_box_a_pasted_mask_is_empty():
    back = paste_masks_in_image(torch.ones(1, 28, 28), BOX, (60, 70))
    expected = torch.zeros(1, 60, 70, dtype=torch.bool)
    expected[:, 6:38, 10:50] = True
    assert torch.equal(back, expected)


def test_a_box_beyond_the_picture_is_cut_off():
    box = torch.tensor([[-10.0, -10, 20, 20]])
    back = paste_masks_in_image(torch.ones(1, 4, 4), box, (30, 30))
    assert back.sum() == 400


def test_a_higher_threshold_leaves_less():
    ramp = torch.linspace(0, 1, 14).expand(1, 14, 14)
    areas = [
        paste_masks_in_image(ramp, BOX, (60, 70), threshold=t).sum().item()
        for t in (0.2, 0.5, 0.8)
    ]
    assert areas == sorted(areas, reverse=True)
    assert len(set(areas)) == 3


def test_no_boxes_have_no_masks():
    none = torch.zeros(0, 4)
    assert paste_masks_in_image(torch.zeros(0, 28, 28), none, (9, 9)).shape == (0, 9, 9)
    assert mask_targets(torch.zeros(0, 9, 9).bool(), none, 28).shape == (0, 28, 28)
    assert heatmaps_to_keypoints(torch.zeros(0, 4, 56, 56), none).shape == (0, 4, 3)


def test_the_best_place_is_the_middle_of_its_cell_whatever_the_box():
    maps = torch.zeros(2, 1, 4, 8)
    maps[0, 0, 3, 1] = maps[1, 0, 0, 7] = 50
    boxes = torch.tensor([[0.0, 0, 80, 40], [10, 10, 26, 18]])
    points = heatmaps_to_keypoints(maps, boxes)
    assert points[:, 0].tolist() == [[15, 35, 1], [25, 11, 1]]


def test_an_unsure_map_says_so():
    points = heatmaps_to_keypoints(torch.zeros(1, 1, 5, 5), BOX)
    assert points[0, 0, 2].item() == pytest.approx(1 / 25)


def test_of_each_row_the_maps_of_its_class():
    maps = torch.arange(24).reshape(2, 3, 2, 2)
    chosen = of_class(maps, torch.tensor([2, 0]))
    assert torch.equal(chosen, torch.stack([maps[0, 2], maps[1, 0]]))


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: mask_targets(torch.zeros(2, 4, 4).bool(), BOX, 28),
         r"boxes must be \(2, 4\) to match masks \(2, 4, 4\), got \(1, 4\)"),
        (lambda: paste_masks_in_image(torch.zeros(28, 28), BOX, (9, 9)),
         r"masks must be \(N, h, w\), got \(28, 28\)"),
        (lambda: heatmaps_to_keypoints(torch.zeros(1, 56, 56), BOX),
         r"heatmaps must be \(N, K, h, w\), got \(1, 56, 56\)"),
        (lambda: of_class(torch.zeros(2, 3), torch.zeros(3).long()),
         r"labels must be \(2,\) to match maps \(2, 3\), got \(3,\)"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named(call, sentence):
    with pytest.raises(ShapeError, match=sentence):
        call()
