"""A benchmark is only worth something if everybody has the same one."""

import time

import pytest
import torch

from cvlib.data.benchmark import (
    CLASS_NAMES,
    HELD_OUT,
    KEYPOINT_NAMES,
    KEYPOINT_PAIRS,
    KEYPOINTS,
    SEEN,
    SIZE,
    SPLITS,
    VERSION,
    scenes_benchmark,
)
from cvlib.data.silhouettes import SILHOUETTES, landmarks, stamp

FINGERPRINTS = {
    "train": "496d1e839ae132b0",
    "validation": "c6e49511d70ee764",
    "test": "e2e84e5c26efaa01",
    "difficult": "6f8eb7cc6ca5d8d8",
    "crowded": "a258787172e9d14d",
}


@pytest.fixture(scope="module", params=SPLITS)
def split(request):
    return request.param


@pytest.fixture(scope="module")
def data(split):
    return scenes_benchmark(split, n=24, masks=True)


def test_the_pictures_are_those_that_results_were_recorded_on(split):
    """If this fails on purpose, raise VERSION and record every result again."""
    assert VERSION == 1
    assert scenes_benchmark(split, n=6).fingerprint()[:16] == FINGERPRINTS[split]


def test_a_shorter_set_is_the_start_of_a_longer_one(split, data):
    short = scenes_benchmark(split, n=3)
    assert short.fingerprint() == data[:3].fingerprint()


def test_an_image_is_floats_and_its_target_what_detectors_take(data):
    image, target = data[0]
    assert image.shape == (3, *SIZE)
    assert image.dtype == torch.float32
    assert image.min() >= 0
    assert image.max() <= 1
    n = len(target["labels"])
    assert target["boxes"].shape == (n, 4)
    assert target["boxes"].dtype == torch.float32
    assert target["labels"].dtype == torch.int64
    assert target["difficult"].dtype == torch.bool
    assert target["visible"].shape == (n,)
    assert target["masks"].shape == (n, *SIZE)


def test_boxes_fit_what_can_be_seen_and_lie_in_the_picture(data):
    for _, target in data:
        assert (target["masks"].sum(0) <= 1).all()  # no two overlap
        for box, mask in zip(target["boxes"], target["masks"], strict=True):
            y, x = torch.nonzero(mask, as_tuple=True)
            tight = [x.min(), y.min(), x.max() + 1, y.max() + 1]
            assert box.tolist() == [float(v) for v in tight]


def test_of_every_object_enough_can_be_seen(split, data):
    visible = torch.cat([target["visible"] for _, target in data])
    assert visible.min() >= SPLITS[split].visible
    assert visible.max() <= 1


def test_difficult_says_mostly_hidden_or_tiny(data):
    for _, target in data:
        longer = (target["boxes"][:, 2:] - target["boxes"][:, :2]).amax(1)
        hidden = target["visible"] < 0.5
        assert target["difficult"].equal(hidden | (longer < 12))


def test_sizes_span_one_to_eight_and_classes_are_as_many():
    data = scenes_benchmark("train", n=150)
    boxes = torch.cat([target["boxes"] for target in data.targets])
    longer = (boxes[:, 2:] - boxes[:, :2]).amax(1)
    assert longer.min() < 16
    assert longer.max() > 100
    labels = torch.cat([target["labels"] for target in data.targets])
    counts = torch.bincount(labels, minlength=len(CLASS_NAMES))
    assert counts[0] == 0
    assert counts[1:].min() > 0.6 * counts[1:].max()


def test_crowded_pictures_hold_many_objects():
    data = scenes_benchmark("crowded", n=12)
    assert min(len(target["labels"]) for target in data.targets) >= 9


def test_no_photograph_is_behind_both_training_and_test():
    assert not set(SEEN) & set(HELD_OUT)
    for name, recipe in SPLITS.items():
        assert set(recipe.photos) == set(SEEN if name == "train" else HELD_OUT)


def test_splits_have_their_sizes():
    counts = {name: recipe.count for name, recipe in SPLITS.items()}
    assert counts == {
        "train": 1000,
        "validation": 200,
        "test": 400,
        "difficult": 200,
        "crowded": 200,
    }
    assert len({recipe.number for recipe in SPLITS.values()}) == len(SPLITS)


def test_colour_says_nothing_about_the_class():
    """A nearest-mean rule on the mean colour does no better than chance, nearly."""
    data = scenes_benchmark("train", n=250, masks=True)
    colours, labels = [], []
    for image, target in data:
        for mask, label in zip(target["masks"], target["labels"], strict=True):
            colours.append(image[:, mask].mean(1))
            labels.append(int(label))
    colours, labels = torch.stack(colours), torch.tensor(labels)
    half = len(labels) // 2
    known = colours[:half], labels[:half]
    means = torch.stack([known[0][known[1] == k].mean(0) for k in range(1, 7)])
    guess = torch.cdist(colours[half:], means).argmin(1) + 1
    assert (guess == labels[half:]).float().mean() < 0.25  # chance is 1/6


def test_a_thousand_images_take_well_under_a_minute():
    scenes_benchmark("train", n=20)  # fill the caches
    start = time.process_time()
    scenes_benchmark("train", n=20)
    assert (time.process_time() - start) / 20 < 0.06


def test_parts_keep_their_masks(data):
    part = data[2:4]
    assert len(part) == 2
    assert torch.equal(part[1][1]["masks"], data[3][1]["masks"])


def test_counting_from_the_end_and_beyond_it(data):
    assert torch.equal(data[-1][0], data[len(data) - 1][0])
    assert torch.equal(data[-1][1]["masks"], data[len(data) - 1][1]["masks"])
    with pytest.raises(IndexError):
        data[len(data)]
    assert len(scenes_benchmark("test", n=0)) == 0
    assert len(list(data)) == len(data)


def test_an_unknown_split_is_named():
    with pytest.raises(ValueError, match=r"split must be 'train', .* got 'valid'"):
        scenes_benchmark("valid")
    with pytest.raises(ValueError, match="n must be an integer ≥ 0, got -1"):
        scenes_benchmark("test", n=-1)


def test_masks_come_only_when_asked_for():
    _, target = scenes_benchmark("test", n=1)[0]
    assert set(target) == {"boxes", "labels", "difficult", "visible"}


def test_keypoints_come_only_when_asked_for_and_change_nothing_else():
    plain = scenes_benchmark("test", n=2)
    asked = scenes_benchmark("test", n=2, keypoints=True)
    assert asked.fingerprint() == plain.fingerprint()
    assert "keypoints" not in plain[1][1]
    _, target = asked[1]
    assert target["keypoints"].shape == (len(target["labels"]), KEYPOINTS, 3)
    assert torch.equal(asked[1:][0][1]["keypoints"], target["keypoints"])


def test_a_visible_keypoint_lies_on_its_object_and_a_hidden_one_does_not():
    for _, target in scenes_benchmark("difficult", n=24, masks=True, keypoints=True):
        for mask, points in zip(target["masks"], target["keypoints"], strict=True):
            for x, y, visible in points.tolist():
                inside = 0 <= x < SIZE[1] and 0 <= y < SIZE[0]
                assert visible == (inside and bool(mask[int(y), int(x)]))


def test_every_landmark_of_what_is_wholly_seen_is_seen():
    shown = []
    for _, target in scenes_benchmark("train", n=120, keypoints=True):
        large = (target["boxes"][:, 2:] - target["boxes"][:, :2]).amax(1) > 20
        shown += target["keypoints"][(target["visible"] == 1) & large][..., 2].tolist()
    assert len(shown) > 150
    assert torch.tensor(shown).all()


def test_each_class_names_its_landmarks_and_pairs_are_left_and_right():
    for name, names in KEYPOINT_NAMES.items():
        assert len(names) == KEYPOINTS
        for left, right in KEYPOINT_PAIRS[name]:
            assert names[left].replace("left", "right") == names[right]


def test_left_stays_left_on_a_mirrored_butterfly_and_a_fish_keeps_its_nose():
    placing = {"longest": 60, "turn": (0.94, 0.34)}
    for mirror in (False, True):
        wings = landmarks(SILHOUETTES["butterfly"], mirror=mirror, **placing)
        assert wings[0, 0] < wings[1, 0]
        assert wings[2, 0] < wings[3, 0]
    right, left = (
        landmarks(SILHOUETTES["fish"], longest=60, mirror=m) for m in (False, True)
    )
    assert right[0, 0] > right[2, 0]
    assert left[0, 0] < left[2, 0]


def test_landmarks_lie_on_the_paper_wherever_it_is_laid():
    for silhouette in SILHOUETTES.values():
        for mirror in (False, True):
            placing = {
                "longest": 50.3,
                "turn": (0.96, -0.28),
                "mirror": mirror,
                "stretch": 0.9,
                "margin": 4,
            }
            alpha = stamp(silhouette, **placing)
            x, y = landmarks(silhouette, **placing).astype(int).T
            assert (alpha[y, x] == 1).all()
