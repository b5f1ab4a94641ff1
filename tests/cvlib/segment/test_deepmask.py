"""DeepMask and SharpMask: one patch or a whole picture, two stages, triplets."""

import pytest
import torch

from cvlib.detect import fit_detector
from cvlib.segment import (
    DeepMask,
    DeepMaskTraining,
    Refinement,
    SharpMask,
    SharpMaskTraining,
    draw_triplet,
    freeze,
    measure_cutouts,
    patch_boxes,
    propose_masks,
    windows,
)
from cvlib.segment.dense import OUTSIDE, padded
from cvlib.segment.triplets import around, cut_patch, elsewhere
from cvlib.validate import ShapeError


@pytest.fixture(scope="module")
def net():
    torch.manual_seed(0)
    return DeepMask().eval()


def scene(x=60, y=44, side=32):
    """A light square on grey."""
    image = torch.full((3, 96, 128), 0.4)
    mask = torch.zeros(1, 96, 128, dtype=torch.bool)
    mask[0, y : y + side, x : x + side] = True
    image[:, mask[0]] = 0.9
    box = torch.tensor([[x, y, x + side, y + side]]).float()
    difficult = torch.tensor([False])
    return image, {"boxes": box, "masks": mask, "difficult": difficult}


@torch.no_grad()
def test_a_patch_in_a_picture_is_answered_like_the_patch_alone(net):
    """Nearly: the trunk's widest kernels see beyond the margin."""
    pixels = torch.rand(1, 3, 176, 208, generator=torch.Generator().manual_seed(0))
    whole = net(pixels)
    assert whole.scores.shape == (1, 3, 5)
    alone = net(pixels[:, :, 16:160, 32:176])
    together = torch.stack([whole.masks[0, 1, 2], alone.masks[0, 0, 0]])
    assert torch.corrcoef(together.flatten(1))[0, 1] > 0.9


@torch.no_grad()
def test_fully_connected_and_convolved_are_the_same_layer(net):
    cells = torch.rand(1, 16, 18, 20, generator=torch.Generator().manual_seed(0))
    everywhere = net.encode(cells)  # windows of 14 × 14, two cells apart
    matrix = net.encode.weight.flatten(1)
    one = matrix @ cells[0, :, 2:16, 4:18].flatten() + net.encode.bias
    torch.testing.assert_close(everywhere[0, :, 1, 2], one, rtol=1e-4, atol=1e-5)


def test_patches_lie_sixteen_pixels_apart():
    boxes = patch_boxes(2, 3)
    assert boxes.shape == (6, 4)
    assert boxes[4].tolist() == [16, 16, 128, 128]


@pytest.mark.parametrize("size", [(160, 208), (20, 30), (81, 97)])
def test_every_point_of_a_padded_picture_is_near_the_middle_of_a_patch(size):
    pixels = padded(torch.rand(3, *size), 1.0)
    P, Q = (pixels.shape[2] - 144) // 16 + 1, (pixels.shape[3] - 144) // 16 + 1
    middles = patch_boxes(P, Q)[:, :2] + 56 - OUTSIDE
    for corner in [(0, 0), (size[1], size[0])]:
        gap = (middles - torch.tensor(corner)).abs().amax(1).min()
        assert gap <= 8


def test_sides_that_do_not_fit_are_named(net):
    sentence = "pixels must have sides of 144, 160, 176, … pixels, got 160 × 200"
    with pytest.raises(ShapeError, match=sentence):
        net(torch.rand(1, 3, 160, 200))


def test_a_positive_triplet_has_its_object_in_the_middle():
    for seed in range(8):
        generator = torch.Generator().manual_seed(seed)
        patch, target = draw_triplet(scene(), generator, positive=1.0)
        assert target["label"] == 1
        assert set(target["mask"].unique().tolist()) == {-1, 1}
        rows, columns = (target["mask"] > 0).nonzero().float().unbind(1)
        assert abs(rows.mean() - 56) < 9.5
        assert abs(columns.mean() - 56) < 9.5
        assert 50 < columns.max() - columns.min() + 1 < 78  # 64, a quarter octave off
        inner = patch.mean(0)[16:-16, 16:-16]
        on, off = inner[target["mask"] > 0].mean(), inner[target["mask"] < 0].mean()
        assert (on - off).abs() > 0.05  # the mask lies where the square is seen


def test_a_negative_triplet_has_none_there():
    _, target = draw_triplet(scene(), torch.Generator().manual_seed(0), positive=0.0)
    assert target["label"] == -1
    assert (target["mask"] == -1).all()
    box = scene()[1]["boxes"][0]
    for seed in range(20):
        patch = elsewhere(box[None], (96, 128), torch.Generator().manual_seed(seed))
        scale = 112 / (patch[2] - patch[0])
        off = ((patch[:2] + patch[2:]) / 2 - (box[:2] + box[2:]) / 2).abs().max()
        octaves = (32 * scale / 64).log2().abs()
        assert off * scale >= 16 - 1e-3 or octaves >= 1 - 1e-3


def test_a_picture_without_objects_gives_negatives_only():
    image, target = scene()
    empty = {key: value[:0] for key, value in target.items()}
    _, drawn = draw_triplet((image, empty), positive=1.0)
    assert drawn["label"] == -1


def test_a_patch_at_its_own_size_is_the_picture():
    image = torch.rand(3, 200, 200, generator=torch.Generator().manual_seed(0))
    box = torch.tensor([30.0, 40, 142, 152])
    torch.testing.assert_close(cut_patch(image, box), image[:, 24:168, 14:158])


def test_the_patch_of_an_object_is_about_twice_as_long():
    for seed in range(10):
        patch = around(
            torch.tensor([10.0, 10, 42, 20]), torch.Generator().manual_seed(seed)
        )
        assert 56 / 1.19 - 0.1 <= patch[2] - patch[0] <= 56 * 1.19 + 0.1


def test_windows_of_all_maps_show_the_same_patch():
    rows = torch.arange(176.0)[:, None].expand(176, 208)
    chosen = torch.tensor([[0, 2, 1]])
    for stride in (2, 4, 8):
        cells = rows[::stride, ::stride][None, None]
        got = windows(cells, chosen, stride)
        assert got.shape == (1, 1, 112 // stride, 112 // stride)
        assert got[0, 0, 0, 0] == 16 + 2 * 16
    assert windows(cells, chosen[:0], 8).shape == (0, 1, 14, 14)


def test_a_refinement_asks_for_maps_as_fine_as_the_mask():
    sentence = r"features must be as fine as mask \(1, 8, 14, 14\), got \(1, 80, 7, 7\)"
    with pytest.raises(ShapeError, match=sentence):
        Refinement(8, 80, 4)(torch.zeros(1, 8, 14, 14), torch.zeros(1, 80, 7, 7))


def test_the_second_stage_changes_nothing_of_the_first():
    torch.manual_seed(0)
    model = SharpMask(DeepMask())
    before = {k: v.clone() for k, v in model.deepmask.state_dict().items()}
    back = {k: v.clone() for k, v in model.way_back.state_dict().items()}
    data = [draw_triplet(scene(), positive=1.0)] * 2
    fit_detector(SharpMaskTraining(model), data, epochs=1, batch_size=2, progress=False)
    for key, value in model.deepmask.state_dict().items():
        assert torch.equal(value, before[key]), key  # running means too
    for key, value in model.way_back.state_dict().items():
        assert not torch.equal(value, back[key]), key


def test_frozen_is_weights_and_running_means():
    norm = torch.nn.BatchNorm2d(3)
    holder = torch.nn.Sequential(freeze(norm))
    assert not norm.weight.requires_grad
    norm(torch.rand(2, 3, 4, 4))
    assert (norm.running_mean == 0).all()
    assert holder.training


def test_the_first_stage_trains_mask_and_score():
    torch.manual_seed(0)
    training = DeepMaskTraining(DeepMask()).train()
    pairs = [draw_triplet(scene(), positive=p) for p in (1.0, 0.0)]
    images, targets = zip(*pairs, strict=True)
    losses = training(images, targets)
    assert set(losses) == {"mask", "score"}
    sum(losses.values()).backward()
    assert all(p.grad is not None for p in training.parameters())


def test_proposals_are_masks_of_the_picture_the_surest_first(net):
    image, _ = scene()
    for model in (net, SharpMask(net).eval()):
        found = propose_masks(model, image, scales=(0.7, 1.0), top=4)
        assert found["masks"].shape[1:] == (96, 128)
        assert len(found["masks"]) <= 4
        assert found["masks"].flatten(1).any(1).all()
        assert (found["scores"].diff() <= 0).all()
        assert found["patches"].shape == (len(found["masks"]), 4)


def test_both_are_measured_on_the_same_patches(net):
    figures = measure_cutouts(SharpMask(net).eval(), [scene()])
    assert set(figures) == {"deepmask", "sharpmask"}
    assert all(0 <= value <= 1 for pair in figures.values() for value in pair)
