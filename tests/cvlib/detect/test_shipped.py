"""The shipped detectors are as good as the manifest says."""

import pytest
import torch

from cvlib import weights
from cvlib.data import downloads
from cvlib.data.benchmark import scenes_benchmark
from cvlib.data.voc import bccd
from cvlib.metrics import mean_average_precision


def value(name, data):
    """Mean average precision of one picture after the other."""
    net = weights.load(name)
    with torch.no_grad():
        found = [net([image])[0] for image, _ in data]
    return mean_average_precision(found, [target for _, target in data]).mean


@pytest.mark.slow
@pytest.mark.parametrize("name", ["yolo_scenes", "faster_scenes"])
def test_a_detector_finds_what_is_recorded(name):
    entry = weights.manifest()[name]
    measured = value(name, scenes_benchmark("test"))
    assert measured == pytest.approx(entry["value"], abs=entry["tolerance"])


@pytest.mark.slow
@pytest.mark.parametrize("name", ["fast_scenes", "rcnn_scenes"])
def test_a_slow_detector_finds_it_on_the_first_pictures(name):
    """All four hundred would take as many times half a second, or three seconds."""
    entry = weights.manifest()[name]
    measured = value(name, scenes_benchmark("test", n=entry["sample"]))
    # one box more or less counts for more where there are few
    assert measured == pytest.approx(entry["sample_value"], abs=0.02)


@pytest.mark.slow
def test_blood_cells_are_found_as_recorded():
    if downloads.find("bccd") is None:
        pytest.skip("the blood cells are not here: set CVLIB_DATA to their folder")
    cells = bccd("test")
    halved = [
        (torch.nn.functional.avg_pool2d(image, 2), t | {"boxes": t["boxes"] / 2})
        for image, t in cells
    ]
    entry = weights.manifest()["faster_bccd"]
    measured = value("faster_bccd", halved)
    assert measured == pytest.approx(entry["value"], abs=entry["tolerance"])


def test_no_detector_is_far_behind():
    entries = weights.manifest()
    faster = entries["faster_scenes"]["value"]
    assert faster >= 0.9
    assert entries["fast_scenes"]["value"] == pytest.approx(faster, abs=0.02)
    assert entries["rcnn_scenes"]["value"] >= faster - 0.05
    assert entries["yolo_scenes"]["value"] >= 0.8
