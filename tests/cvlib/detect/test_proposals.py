"""Selective search: its measures by their definitions, its mergers, its proposals."""

import numpy as np
import pytest
import torch

from cvlib.boxes import check_boxes
from cvlib.detect.proposals import (
    MEASURES,
    Regions,
    describe,
    merge_all,
    neighbours,
    partition,
    segment,
    selective_search,
    similarity,
    superpixel_boxes,
    uniform_boxes,
)
from cvlib.detect.proposals.regions import derivatives, histograms, in_colour_space
from cvlib.validate import ShapeError


@pytest.fixture(scope="module")
def picture():
    """A bright rectangle and a striped one on grey."""
    image = np.full((48, 64, 3), 0.4)
    image[8:24, 6:30] = (0.9, 0.2, 0.2)
    image[26:44, 34:58:4] = (0.1, 0.3, 0.9)
    image[26:44, 35:58:4] = (0.1, 0.3, 0.9)
    return image


def tensor(picture):
    return torch.from_numpy(picture.transpose(2, 0, 1)).float()


@pytest.fixture
def four():
    """The picture of the page: four regions of 24 pixels."""
    segments = np.array([[0, 0, 0, 1, 1, 1]] * 2 + [[0, 0, 0, 2, 2, 3]] * 2)
    image = np.zeros((4, 6, 3))
    regions = describe(image, segments)
    shares = np.zeros((7, 2))
    shares[:4] = [(1, 0), (0, 1), (0.25, 0.75), (0.5, 0.5)]
    regions.colour = shares
    return regions, segments


def test_the_example_of_the_page_by_hand(four):
    regions, segments = four
    measures = ("colour", "size", "fill")
    near = neighbours(segments)
    assert near == [{1, 2}, {0, 2, 3}, {0, 1, 3}, {1, 2}]
    value = {
        (i, j): similarity(regions, i, [j], 24, measures)[0]
        for i in range(4)
        for j in near[i]
    }
    expected = {(0, 1): 1, (0, 2): 17 / 12, (1, 2): 2.25, (1, 3): 2, (2, 3): 2.5}
    for (i, j), wanted in expected.items():
        assert value[i, j] == value[j, i] == pytest.approx(wanted)
    pairs = merge_all(regions, near, 24, measures)
    assert pairs == [(2, 3), (1, 4), (0, 5)]
    assert regions.boxes[4:].tolist() == [[3, 2, 6, 4], [3, 0, 6, 4], [0, 0, 6, 4]]
    assert regions.colour[4] == pytest.approx([1 / 3, 2 / 3])


def test_a_union_is_described_as_if_it_had_been_measured(picture):
    segments = segment(picture, 60)
    regions = describe(picture, segments)
    pairs = merge_all(regions, neighbours(segments), segments.size)
    R = len(pairs) + 1
    for left in (R - 1, (R + 1) // 2, 1):
        part = partition(segments, pairs, left)
        numbers, measured = np.unique(part, return_inverse=True)
        again = describe(picture, measured.reshape(part.shape))
        for name in ("sizes", "boxes", "colour", "texture"):
            carried = getattr(regions, name)[numbers]
            np.testing.assert_allclose(carried, getattr(again, name)[: len(numbers)])


def test_each_measure_lies_between_nothing_and_one(picture):
    segments = segment(picture, 30)
    regions = describe(picture, segments)
    near = neighbours(segments)
    for measure in MEASURES:
        for i, others in enumerate(near):
            values = similarity(regions, i, sorted(others), segments.size, [measure])
            assert (values >= 0).all()
            assert (values <= 1 + 1e-12).all()


def test_measures_add(picture):
    segments = segment(picture, 30)
    regions = describe(picture, segments)
    others = sorted(neighbours(segments)[0])
    parts = [similarity(regions, 0, others, 99, [m]) for m in MEASURES]
    np.testing.assert_allclose(similarity(regions, 0, others, 99), sum(parts))


def test_merging_by_a_plain_search_over_all_pairs_gives_the_same(picture):
    segments = segment(picture, 40)
    pixels = segments.size
    regions = describe(picture, segments)
    near = neighbours(segments)
    slow, alive = describe(picture, segments), {i: set(n) for i, n in enumerate(near)}
    expected = []
    while len(alive) > 1:
        _, i, j = min(
            (-similarity(slow, i, [j], pixels)[0], i, j)
            for i in alive
            for j in alive[i]
            if i < j
        )
        new = slow.merge(i, j)
        touching = (alive.pop(i) | alive.pop(j)) - {i, j}
        for k in touching:
            alive[k] = alive[k] - {i, j} | {new}
        alive[new] = touching
        expected.append((i, j))
    assert merge_all(regions, near, pixels) == expected
    np.testing.assert_allclose(regions.boxes, slow.boxes)


def test_merging_leaves_the_neighbours_as_they_were(four):
    regions, segments = four
    near = neighbours(segments)
    merge_all(regions, near, 24)
    assert near == neighbours(segments)


def test_one_region_has_nothing_to_merge_with():
    one = np.zeros((4, 5), dtype=int)
    regions = describe(np.zeros((4, 5, 3)), one)
    assert merge_all(regions, neighbours(one), 20) == []
    assert isinstance(regions, Regions)


def test_a_histogram_is_of_shares_and_takes_the_brightest_in():
    image = np.array([[[0.0], [0.5], [1.0], [1.0]]])
    segments = np.array([[0, 0, 0, 1]])
    found = histograms(image, segments, 2)
    np.testing.assert_allclose(found, [[1 / 3, 2 / 3], [0, 1]])


def test_a_flat_picture_has_no_texture():
    assert not derivatives(np.full((8, 8, 3), 0.3)).any()


def test_a_step_is_seen_from_the_dark_side_only():
    image = np.zeros((9, 12, 3))
    image[:, 6:] = 1  # brighter to the right
    found = derivatives(image).reshape(9, 12, 8, 3)
    strength = found.max(axis=(0, 1, 3))
    assert strength[0] == 1  # to the right
    assert strength[4] == 0  # to the left


@pytest.mark.parametrize("space", ["rgb", "hsv", "lab"])
def test_every_colour_space_stays_between_0_and_1(space):
    image = np.random.default_rng(0).random((9, 9, 3))
    found = in_colour_space(image, space)
    assert found.min() >= 0
    assert found.max() <= 1


def test_the_rectangles_are_among_the_first_proposals(picture):
    boxes = selective_search(tensor(picture))
    check_boxes("boxes", boxes)
    assert boxes.dtype == torch.float32
    first = boxes[:60].tolist()
    assert [6, 8, 30, 24] in first
    # the stripes touch nowhere: colour and fill have to bring them together
    assert [34, 26, 56, 44] in boxes.tolist()


def test_proposals_are_single_large_enough_and_inside(picture):
    boxes = selective_search(tensor(picture))
    assert len(boxes.unique(dim=0)) == len(boxes)
    assert (boxes[:, 2:] - boxes[:, :2]).min() >= 6
    assert boxes.min() >= 0
    assert (boxes <= torch.tensor([64, 48, 64, 48])).all()


def test_the_same_seed_ranks_alike_and_a_limit_takes_the_first(picture):
    image = tensor(picture)
    boxes = selective_search(image, seed=3)
    assert torch.equal(boxes, selective_search(image, seed=3))
    assert torch.equal(boxes[:5], selective_search(image, seed=3, limit=5))
    other = selective_search(image, seed=4)
    assert not torch.equal(boxes, other)  # another order …
    assert torch.equal(boxes.unique(dim=0), other.unique(dim=0))  # … of the same


def test_superpixels_are_a_part_of_it(picture):
    image = tensor(picture)
    boxes = superpixel_boxes(image)
    area = (boxes[:, 2:] - boxes[:, :2]).prod(1)
    assert (area.diff() <= 0).all()


def test_uniform_boxes_lie_in_the_picture():
    boxes = uniform_boxes(500, (30, 50), generator=torch.Generator().manual_seed(0))
    check_boxes("boxes", boxes)
    assert boxes.min() >= 0
    assert (boxes <= torch.tensor([50, 30, 50, 30])).all()
    assert boxes[:, 3].max() > 28
    assert boxes[:, 2].max() > 48


def test_wrong_arguments_are_named(picture):
    with pytest.raises(ShapeError, match="image must be"):
        selective_search(torch.zeros(1, 8, 8))
    with pytest.raises(TypeError, match="image must be floating point, got uint8"):
        selective_search(torch.zeros(3, 8, 8, dtype=torch.uint8))
    with pytest.raises(ValueError, match="colour_spaces must be 'rgb', 'hsv' or 'lab'"):
        selective_search(tensor(picture), colour_spaces=("hvs",))
