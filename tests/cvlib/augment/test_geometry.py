"""Geometric augmentation: definitions, targets that move together, sentences."""

import re

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

from cvlib import augment
from cvlib.data.scenes import tight_boxes
from cvlib.validate import ShapeError

quick = settings(deadline=None, derandomize=True, max_examples=60)
seeds = st.integers(0, 9999)
sizes = st.tuples(st.integers(4, 20), st.integers(4, 20))


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def rand(*shape, seed=0):
    return torch.rand(*shape, generator=seeded(seed))


def blobs(seed, H, W, count=3):
    """(N, H, W) random masks, none of them empty."""
    masks = rand(count, H, W, seed=seed) < 0.15
    masks[:, seed % H, seed % W] = True
    return masks


def tight(masks):
    """(N, 4) boxes round masks, by looking at every pixel; empty masks: zeros."""
    boxes = []
    for mask in masks:
        y, x = mask.nonzero(as_tuple=True)
        found = [x.min(), y.min(), x.max() + 1, y.max() + 1] if len(x) else [0] * 4
        boxes.append([float(v) for v in found])
    return torch.tensor(boxes)


def sample(seed, H, W):
    masks = blobs(seed, H, W)
    y, x = masks[0].nonzero(as_tuple=True)
    points = torch.stack([x, y], 1) + 0.5
    return augment.Sample(rand(3, H, W, seed=seed), tight(masks), masks, points)


def test_the_boxes_of_masks_here_are_those_of_the_scenes():
    masks = blobs(5, 12, 9)
    assert (tight(masks).numpy() == tight_boxes(masks.numpy())).all()


# ------------------------------------------------------------------- definitions


@quick
@given(seeds, sizes)
def test_a_flip_exchanges_column_j_and_column_w_minus_1_minus_j(seed, size):
    H, W = size
    x = rand(2, 3, H, W, seed=seed)
    flipped = augment.horizontal_flip(x)
    for j in range(W):
        assert torch.equal(flipped[..., j], x[..., W - 1 - j])
    assert torch.equal(augment.horizontal_flip(flipped), x)


@quick
@given(seeds, sizes, st.integers(-3, 6), st.integers(-3, 6))
def test_a_crop_is_a_window_with_zeros_where_it_hangs_over(seed, size, top, left):
    H, W = size
    x = rand(2, H, W, seed=seed)
    window = augment.crop(x, top, left, 5, 4)
    for i in range(5):
        for j in range(4):
            inside = 0 <= top + i < H and 0 <= left + j < W
            expected = x[:, top + i, left + j] if inside else torch.zeros(2)
            assert torch.equal(window[:, i, j], expected)


@pytest.mark.parametrize(
    ("n", "size", "first"), [(5, 2, 2), (7, 4, 2), (4, 3, 0), (6, 3, 2)]
)
def test_the_middle_is_rounded_half_to_even_as_in_torchvision(n, size, first):
    row = torch.arange(float(n)).expand(1, n, n)
    assert augment.center_crop(row, size)[0, 0, 0] == first


def test_ten_crops_are_corners_middle_and_the_same_of_the_mirrored_image():
    x = rand(2, 3, 8, 11)
    crops = augment.ten_crop(x, (4, 5))
    assert len(crops) == 10
    expected = [x[..., :4, :5], x[..., :4, 6:], x[..., 4:, :5], x[..., 4:, 6:]]
    expected += [x[..., 2:6, 3:8]]
    for got, wanted in zip(crops[:5], expected, strict=True):
        assert torch.equal(got, wanted)
    for got, wanted in zip(
        crops[5:], augment.five_crop(x.flip(-1), (4, 5)), strict=True
    ):
        assert torch.equal(got, wanted)
    assert torch.equal(crops[5], x[..., :4, 6:].flip(-1))  # the mirrored top right


def test_a_crop_of_the_whole_makes_five_equal_pictures():
    x = rand(3, 6, 6)
    assert all(torch.equal(c, x) for c in augment.five_crop(x, 6))


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_quarter_turn_is_rot90(turns):
    x = rand(2, 3, 9, 9)
    expected = torch.rot90(x, turns, (-2, -1))  # counter-clockwise, as rotate
    assert_close(augment.rotate(x, 90 * turns), expected, atol=1e-5, rtol=0)


def test_a_turn_and_its_inverse_give_back_the_middle():
    y, x = torch.meshgrid(torch.arange(32.0), torch.arange(32.0), indexing="ij")
    smooth = (torch.sin(x / 5) + torch.cos(y / 6))[None]
    back = augment.rotate(augment.rotate(smooth, 20), -20)
    assert_close(back[:, 10:22, 10:22], smooth[:, 10:22, 10:22], atol=0.03, rtol=0)


def test_elastic_shows_each_pixel_what_lies_beside_it():
    x = rand(1, 3, 6, 8)
    field = torch.zeros(1, 6, 8, 2)
    field[..., 0] = 2 / 8 * 1  # one pixel to the right, in halves of the width
    field[..., 1] = -2 / 6 * 2  # two pixels up
    moved = augment.elastic(x, field)
    assert_close(moved[..., 2:, :-1], x[..., :-2, 1:], atol=1e-5, rtol=0)
    assert moved[..., :2, :].abs().max() < 1e-5  # from outside


def test_a_field_is_smoother_and_weaker_the_larger_sigma_is():
    noise, smooth = (
        augment.elastic_displacement(64, alpha=10, sigma=s, generator=seeded()) * 32
        for s in (0, 6)
    )
    assert noise.abs().max() <= 5  # alpha / 2 pixels
    assert smooth.std() < noise.std() / 5

    def rough(field):
        return (field.diff(dim=1).std() / field.std()).item()

    assert rough(smooth) < 0.3 < 1 < rough(noise)


def test_a_field_measures_each_direction_by_its_own_side():
    field = augment.elastic_displacement((40, 160), sigma=0, generator=seeded())[0]
    in_pixels = field * torch.tensor([80.0, 20.0])
    assert_close(
        in_pixels.abs().amax((0, 1)), torch.full((2,), 25.0), rtol=0.01, atol=0
    )


def test_a_resized_crop_stretches_its_window():
    x = rand(3, 12, 12)
    assert_close(
        augment.resized_crop(x, 2, 3, 4, 6, (4, 6)), x[:, 2:6, 3:9], atol=1e-6, rtol=0
    )


# --------------------------------------------------------- targets move together


def check_together(before, move):
    """Every target of a moved sample is the target, moved by itself."""
    after = move(before)
    assert torch.equal(after.image, move(before.image))
    return after


@quick
@given(seeds, sizes)
def test_after_a_flip_boxes_are_tight_round_the_masks(seed, size):
    moved = check_together(sample(seed, *size), augment.horizontal_flip)
    assert torch.equal(moved.boxes, tight(moved.masks))


@quick
@given(seeds, sizes, st.integers(-3, 3), st.integers(-3, 3))
def test_a_box_cut_by_a_crop_holds_all_that_is_left_of_its_mask(seed, size, t, l_):
    H, W = size
    before = sample(seed, H, W)
    solid = torch.zeros_like(before.masks)  # a full rectangle stays tight when cut
    for mask, (x1, y1, x2, y2) in zip(solid, before.boxes.int(), strict=True):
        mask[y1:y2, x1:x2] = True
    before = augment.Sample(before.image, before.boxes, solid, before.points)
    moved = check_together(before, lambda s: augment.crop(s, t, l_, H - 1, W + 2))
    seen = moved.visible()
    assert torch.equal(seen, moved.masks.flatten(1).any(1))
    assert torch.equal(moved.boxes[seen], tight(moved.masks)[seen])


@quick
@given(seeds, st.floats(-180, 180))
def test_after_a_turn_boxes_of_rectangles_are_tight_to_a_pixel(seed, angle):
    masks = torch.zeros(1, 40, 40, dtype=torch.bool)
    y1, x1 = (int(v) for v in torch.randint(12, 18, (2,), generator=seeded(seed)))
    y2, x2 = (int(v) for v in torch.randint(22, 29, (2,), generator=seeded(seed + 1)))
    masks[0, y1:y2, x1:x2] = True
    before = augment.Sample(rand(3, 40, 40), tight(masks), masks)
    moved = augment.rotate(before, angle)
    assert (moved.boxes - tight(moved.masks)).abs().max() <= 1.5


@quick
@given(seeds)
def test_after_an_elastic_move_boxes_follow_their_masks(seed):
    masks = torch.zeros(1, 48, 48, dtype=torch.bool)
    masks[0, 14:33, 12:38] = True
    before = augment.Sample(rand(3, 48, 48), tight(masks), masks)
    moved = augment.random_elastic(before, seeded(seed), alpha=60, sigma=5)
    assert (moved.boxes - tight(moved.masks)).abs().max() <= 1.5


@pytest.mark.parametrize(
    "move",
    [
        augment.horizontal_flip,
        lambda s: augment.crop(s, 3, 5, 20, 24),
        lambda s: augment.pad(s, (2, 3)),
        lambda s: augment.resize(s, (60, 45)),
        lambda s: augment.rotate(s, 33),
        lambda s: augment.random_elastic(s, seeded(3), alpha=40, sigma=5),
    ],
)
def test_a_point_goes_where_its_pixel_goes(move):
    image = torch.zeros(1, 30, 32)
    image[0, 11:14, 16:19] = 1  # a dot round (17.5, 12.5)
    moved = move(augment.Sample(image, points=torch.tensor([[17.5, 12.5]])))
    weights = moved.image[0] / moved.image.sum()
    H, W = moved.size
    x = (weights.sum(0) * (torch.arange(W) + 0.5)).sum()
    y = (weights.sum(1) * (torch.arange(H) + 0.5)).sum()
    assert_close(moved.points[0], torch.stack([x, y]), atol=0.3, rtol=0)


def test_points_of_any_rank_and_no_boxes_at_all_are_welcome():
    before = augment.Sample(
        rand(3, 8, 8), torch.zeros(0, 4), torch.zeros(0, 8, 8) > 0, rand(2, 5, 2)
    )
    for move in (
        augment.horizontal_flip,
        augment.random_elastic,
        lambda s: augment.rotate(s, 10.0),
    ):
        moved = move(before)
        assert moved.boxes.shape == (0, 4)
        assert moved.masks.shape == (0, 8, 8)
        assert moved.points.shape == (2, 5, 2)


def test_a_box_outside_the_window_is_empty_and_can_be_dropped():
    boxes = torch.tensor([[0.0, 0, 3, 3], [5, 5, 8, 8]])
    masks = torch.stack([torch.zeros(8, 8), torch.ones(8, 8)]) > 0
    moved = augment.crop(augment.Sample(rand(3, 8, 8), boxes, masks), 4, 4, 4, 4)
    assert moved.visible().tolist() == [False, True]
    kept = moved.keep(moved.visible())
    assert kept.boxes.tolist() == [[1, 1, 4, 4]]
    assert len(kept.masks) == 1


# -------------------------------------------------------- what changes nothing


def test_parameters_that_change_nothing():
    before = sample(3, 12, 16)
    still = torch.zeros(1, 12, 16, 2)
    for move in (
        lambda s: augment.rotate(s, 0),
        lambda s: augment.elastic(s, still),
        lambda s: augment.crop(s, 0, 0, 12, 16),
        lambda s: augment.pad(s, 0),
        lambda s: augment.center_crop(s, (12, 16)),
        lambda s: augment.resize(s, (12, 16)),
        lambda s: augment.horizontal_flip(augment.horizontal_flip(s)),
        lambda s: augment.random_horizontal_flip(s, p=0.0),
        lambda s: augment.random_rotation(s, degrees=0),
        lambda s: augment.random_crop(s, size=(12, 16)),
        lambda s: augment.random_resized_crop(
            s, size=(12, 16), scale=(1, 1), ratio=(4 / 3,) * 2
        ),
    ):
        after = move(before)
        assert_close(after.image, before.image, atol=1e-5, rtol=0)
        assert_close(after.boxes, before.boxes, atol=1e-4, rtol=0)
        assert_close(after.points, before.points, atol=1e-4, rtol=0)
        assert torch.equal(after.masks, before.masks)


def test_a_batch_is_moved_like_its_images():
    x = rand(4, 3, 10, 12)
    field = augment.elastic_displacement((10, 12), generator=seeded())
    for move in (
        augment.horizontal_flip,
        lambda s: augment.rotate(s, 25),
        lambda s: augment.elastic(s, field),
        lambda s: augment.crop(s, -1, 2, 6, 6),
        lambda s: augment.resize(s, (7, 5)),
    ):
        one_by_one = torch.stack([move(image) for image in x])
        assert_close(move(x), one_by_one, atol=1e-6, rtol=0)


# ------------------------------------------------------------------- sentences


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (
            lambda: augment.horizontal_flip(rand(5, 6)),
            ShapeError,
            "images must be (N, C, H, W) or (C, H, W), got (5, 6); "
            "did you mean images[None]?",
        ),
        (
            lambda: augment.horizontal_flip([1]),
            TypeError,
            "images must be a tensor or a Sample, got list; "
            "did you mean torch.from_numpy(images)?",
        ),
        (
            lambda: augment.ten_crop(rand(3, 6, 6), 7),
            ValueError,
            "size must fit into pictures of 6 × 6, got 7 × 7; pad or resize them first",
        ),
        (
            lambda: augment.center_crop(rand(3, 6, 8), (6, 9)),
            ValueError,
            "output_size must fit into pictures of 6 × 8, got 6 × 9; "
            "pad or resize them first",
        ),
        (
            lambda: augment.crop(rand(3, 6, 6), 0, 0, 0, 2),
            ValueError,
            "(height, width) must be a positive integer, got 0; "
            "the smallest allowed is 1",
        ),
        (
            lambda: augment.rotate((rand(3, 6, 6) * 255).byte(), 10),
            TypeError,
            "images must be floating point, got uint8: integer arithmetic would "
            "overflow; divide by 255 or use images.float()",
        ),
        (
            lambda: augment.elastic(rand(3, 6, 6), torch.zeros(1, 6, 5, 2)),
            ShapeError,
            "displacement must be (1, 6, 6, 2) to match pictures of 6 × 6, "
            "got (1, 6, 5, 2)",
        ),
        (
            lambda: augment.Sample(rand(3, 4, 4), masks=torch.ones(1, 4, 5) > 0),
            ShapeError,
            "masks must be (N, 4, 4) to match image (3, 4, 4), got (1, 4, 5)",
        ),
        (
            lambda: augment.Sample(rand(3, 4, 4), boxes=torch.ones(4)),
            ShapeError,
            "boxes must be (N, 4), got (4,); did you mean boxes[None]?",
        ),
        (
            lambda: augment.Sample(rand(3, 4, 4)).visible(),
            ValueError,
            "visible asks about boxes, and this sample has none",
        ),
    ],
)
def test_a_wrong_argument_gets_one_sentence(call, error, sentence):
    with pytest.raises(error, match=f"^{re.escape(sentence)}$"):
        call()
