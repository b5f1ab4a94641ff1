"""cvlib.data.scenes: what is said of a scene is what is drawn."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from cvlib.data.scenes import CLASS_NAMES, MOST_COVERED, scene, tight_boxes
from cvlib.data.shapes import COLOURS, SHAPES, cut

seeds = st.integers(0, 2**32)
few_examples = settings(max_examples=25, deadline=None)


def hue(rgb):
    """Angle of a colour round the gray axis, as a complex number."""
    circle = rgb @ np.exp(2j * np.pi * np.arange(3) / 3)
    return circle / abs(circle)


def same(a, b):
    return all(
        np.array_equal(getattr(a, field), getattr(b, field))
        for field in a.__dataclass_fields__
    )


@few_examples
@given(seeds, st.tuples(st.integers(32, 150), st.integers(32, 150)), st.integers(0, 4))
def test_shapes_types_and_ranges_are_as_documented(seed, size, n):
    s = scene(seed, size=size, n_objects=n)
    for array, shape, dtype in (
        (s.image, (*size, 3), np.float32),
        (s.boxes, (n, 4), np.float32),
        (s.masks, (n, *size), np.bool_),
        (s.labels, (n,), np.int64),
        (s.keypoints, (n, 4, 2), np.float32),
        (s.keypoints_visible, (n, 4), np.bool_),
        (s.semantic, size, np.int64),
    ):
        assert (array.shape, array.dtype) == (shape, dtype)
    assert len(s) == len(s.colours) == len(s.textures) == len(s.names) == n
    assert s.image.min() >= 0
    assert s.image.max() <= 1
    assert np.isfinite(s.image).all()


@few_examples
@given(seeds)
def test_each_box_is_tight_round_what_can_be_seen(seed):
    s = scene(seed)
    for box, mask in zip(s.boxes.astype(int), s.masks, strict=True):
        x1, y1, x2, y2 = box
        inside = mask[y1:y2, x1:x2]
        assert inside.sum() == mask.sum()
        assert inside[0].any()
        assert inside[-1].any()
        assert inside[:, 0].any()
        assert inside[:, -1].any()


@few_examples
@given(seeds)
def test_no_pixel_belongs_to_two_objects(seed):
    s = scene(seed)
    assert s.masks.sum(axis=0).max() <= 1
    for label, mask in zip(s.labels, s.masks, strict=True):
        assert (s.semantic[mask] == label).all()
    assert (s.semantic[~s.masks.any(axis=0)] == 0).all()


@few_examples
@given(seeds)
def test_the_next_object_only_takes_away_what_is_behind_it(seed):
    before, after = scene(seed, n_objects=3), scene(seed, n_objects=4)
    assert (after.masks[:3] <= before.masks).all()
    assert_array_equal(before.masks & ~after.masks[:3], before.masks & after.masks[3])
    assert_array_equal(before.labels, after.labels[:3])


@few_examples
@given(seeds)
def test_every_object_can_be_seen_well_enough(seed):
    s = scene(seed, n_objects=6)
    for n in range(6):
        whole = scene(seed, n_objects=n + 1).masks[n]  # nothing in front of it yet
        assert s.masks[n].sum() >= (1 - MOST_COVERED) * whole.sum()


@few_examples
@given(seeds)
def test_a_keypoint_is_visible_where_its_own_object_is_in_front(seed):
    s = scene(seed)
    for n in range(len(s)):
        for (x, y), visible in zip(s.keypoints[n], s.keypoints_visible[n], strict=True):
            assert s.masks[n, int(y), int(x)] == visible


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("size", [64, 256])
def test_the_keypoints_of_an_object_alone_are_all_visible_and_in_their_places(
    name, size
):
    for seed in range(20):
        s = scene(seed, size=size, n_objects=1, classes=(name,))
        assert s.names == (name,)
        assert s.keypoints_visible.all()
        top, right, bottom, left = s.keypoints[0]
        assert top[1] < bottom[1]
        assert left[0] < right[0]


@pytest.mark.parametrize("name", ["circle", "ring"])
def test_a_round_shape_covers_the_area_that_geometry_says(name):
    shape, radius = SHAPES[name], 40.0
    alpha = cut(shape, (100.3, 80.7), radius, 0.0).alpha
    expected = np.pi * radius**2 * (1 - shape.hole**2)
    assert abs(alpha.sum() / expected - 1) < 0.01
    assert abs((alpha >= 0.5).sum() / expected - 1) < 0.01


@pytest.mark.parametrize("name", SHAPES)
def test_a_shape_lies_where_it_was_put(name):
    # Pillow rounds corners to quarter pixels here: right on average over many places
    below = 0.2 * 30 if name == "triangle" else 0  # its centre is that of its box
    rng, missed = np.random.default_rng(0), []
    for centre in rng.uniform(90, 110, (40, 2)):
        cutout = cut(SHAPES[name], centre, 30.0, 0.0)
        weights = cutout.alpha / cutout.alpha.sum()
        y, x = np.mgrid[cutout.window] + 0.5
        found = (weights * x).sum(), (weights * y).sum() - below
        missed.append(found - centre)
    assert_allclose(np.mean(missed, axis=0), 0, atol=0.06)
    assert np.abs(missed).max() < 0.3


def test_an_objects_pixels_have_its_colour():
    for seed in range(30):
        s = scene(seed, n_objects=1)
        hues = {name: hue(np.array(rgb)) for name, rgb in COLOURS.items()}
        found = hue(s.image[s.masks[0]].mean(axis=0))
        assert min(hues, key=lambda name: abs(hues[name] - found)) == s.colours[0]


@given(seeds)
@settings(max_examples=8, deadline=None)
def test_the_same_seed_gives_the_same_scene(seed):
    assert same(scene(seed), scene(seed))
    assert same(scene(seed), scene(np.random.default_rng(seed)))


def test_another_seed_gives_another_scene_and_a_generator_goes_on():
    rng = np.random.default_rng(0)
    assert not same(scene(rng), scene(rng))
    assert not same(scene(0), scene(1))


def test_asking_for_classes_and_a_number_is_obeyed():
    counts = set()
    for seed in range(20):
        s = scene(seed, n_objects=(1, 3), classes=("star", "ring"), background="paper")
        counts.add(len(s))
        assert set(s.names) <= {"star", "ring"}
        assert set(s.labels) <= {CLASS_NAMES.index("star"), CLASS_NAMES.index("ring")}
    assert counts == {1, 2, 3}


def test_a_scene_without_objects_is_a_background():
    s = scene(0, n_objects=0)
    assert not s.semantic.any()
    assert s.boxes.shape == (0, 4)


def test_radius_sets_how_large_objects_are():
    small = scene(0, n_objects=1, radius=(0.1, 0.1), classes=("circle",))
    large = scene(0, n_objects=1, radius=(0.4, 0.4), classes=("circle",))
    assert 0.09 < np.sqrt(small.masks.sum() / np.pi) / 256 < 0.11
    assert 0.39 < np.sqrt(large.masks.sum() / np.pi) / 256 < 0.41


def test_a_scene_is_drawn_in_a_blink():
    scene(0)  # the photographs are read once
    start = time.process_time()
    for seed in range(20):
        scene(seed)
    assert (time.process_time() - start) / 20 < 0.15  # 0.02 s on a quiet machine


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"classes": ("star", "hexagon")}, "classes must be 'circle', 'square', "
         "'triangle', 'star', 'ring' or 'cross', got 'hexagon'"),
        ({"classes": "star"}, "classes must be a tuple of at least one name, got "
         r"'star'; did you mean \('star',\)\?"),
        ({"background": "foto"}, "background must be 'photo' or 'paper', got 'foto'; "
         r"did you mean 'photo'\?"),
        ({"size": (16, 64)}, "size must be an integer ≥ 32, got 16; the smallest "
         "allowed is 32"),
        ({"n_objects": (5, 2)}, r"n_objects must be \(fewest, most\), got \(5, 2\); "
         r"did you mean \(2, 5\)\?"),
        ({"n_objects": -1}, "n_objects must be an integer ≥ 0, got -1; the smallest "
         "allowed is 0"),
        ({"radius": (0.3, 0.1)}, r"radius must be \(smallest, largest\) with 0.05 ≤ "
         r"smallest ≤ largest ≤ 0.45, got \(0.3, 0.1\)"),
        ({"n_objects": 200, "size": 64}, r"n_objects must leave room to see them all, "
         r"but after \d+ no other fits in 64 × 64; ask for fewer, or for a smaller "
         "radius"),
    ],
)  # fmt: skip
def test_a_wrong_argument_gets_one_sentence(options, sentence):
    with pytest.raises(ValueError, match=f"^{sentence}$"):
        scene(0, **options)


def test_an_empty_mask_has_no_box():
    with pytest.raises(
        ValueError,
        match=r"^masks must each hold a pixel to have a box, got masks\[1\] empty$",
    ):
        tight_boxes(np.array([[[True]], [[False]]]))
