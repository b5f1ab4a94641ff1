"""The shipped networks for instances are as good as the manifest says."""

import pytest

from cvlib import weights
from cvlib.data.benchmark import scenes_benchmark
from cvlib.segment import measure_cutouts, measure_instances


def entry(name):
    if name not in weights.manifest():
        pytest.skip(f"{name} has not been trained yet")
    return weights.manifest()[name]


@pytest.mark.slow
def test_masks_and_landmarks_are_found_as_recorded():
    recorded = entry("mask_scenes")
    data = scenes_benchmark("test", masks=True, keypoints=True)
    figures = measure_instances(weights.load("mask_scenes"), data)
    near = {"abs": recorded["tolerance"]}
    assert figures.mask_ap50 == pytest.approx(recorded["value"], **near)
    for name in ("mask_ap", "mask_ap75", "box_ap50", "pck"):
        assert getattr(figures, name) == pytest.approx(recorded[name], **near)


@pytest.mark.slow
def test_outlines_are_as_sharp_as_recorded():
    recorded = entry("sharpmask_scenes")
    data = scenes_benchmark("test", masks=True)
    figures = measure_cutouts(weights.load("sharpmask_scenes"), data)
    for name, value in {
        "sharpmask": (recorded["iou"], recorded["value"]),
        "deepmask": (recorded["deepmask_iou"], recorded["deepmask_value"]),
    }.items():
        assert figures[name] == pytest.approx(value, abs=recorded["tolerance"])


def test_the_mask_network_is_good_enough_to_teach_with():
    recorded = entry("mask_scenes")
    assert recorded["value"] >= 0.85  # mask AP at an overlap of a half
    assert recorded["pck"] >= 0.85


def test_sharpmask_is_sharper_than_deepmask():
    recorded = entry("sharpmask_scenes")
    assert recorded["value"] > recorded["deepmask_value"] + 0.05
