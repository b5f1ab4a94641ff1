"""The shipped networks for instances are as good as the manifest says."""

import pytest

from cvlib import weights
from cvlib.data.benchmark import scenes_benchmark
from cvlib.segment import measure_cutouts, measure_instances

MASKS = weights.manifest()["mask_scenes"]
OUTLINES = weights.manifest()["sharpmask_scenes"]


@pytest.mark.slow
def test_masks_and_landmarks_are_found_on_a_part_as_recorded():
    data = scenes_benchmark("test", n=MASKS["sample"], masks=True, keypoints=True)
    figures = measure_instances(weights.load("mask_scenes"), data)
    # one object more or less counts for more where there are few
    assert figures.mask_ap50 == pytest.approx(MASKS["sample_value"], abs=0.02)
    assert figures.pck == pytest.approx(MASKS["sample_pck"], abs=0.02)


@pytest.mark.slow
def test_outlines_are_as_sharp_on_a_part_as_recorded():
    data = scenes_benchmark("test", n=OUTLINES["sample"], masks=True)
    figures = measure_cutouts(weights.load("sharpmask_scenes"), data)
    found = {name: outline for name, (_, outline) in figures.items()}
    wanted = {"sharpmask": "sample_value", "deepmask": "sample_deepmask"}
    for name, key in wanted.items():
        assert found[name] == pytest.approx(OUTLINES[key], abs=OUTLINES["tolerance"])


def test_masks_and_landmarks_are_good_enough_to_teach_with():
    assert MASKS["value"] >= 0.85  # mask AP at an overlap of a half
    assert MASKS["pck"] >= 0.85


def test_sharpmask_is_sharper_than_deepmask():
    assert OUTLINES["value"] > OUTLINES["deepmask_value"] + 0.05
    assert OUTLINES["iou"] > OUTLINES["deepmask_iou"]
