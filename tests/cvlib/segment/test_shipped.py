"""The shipped networks for maps: as good on the test split as recorded."""

import pytest

from cvlib import weights
from cvlib.data.benchmark import scenes_benchmark
from cvlib.metrics import mean_iou
from cvlib.segment import measure_segmenter, stacked

NAMES = "fcn8_scenes", "unet_scenes"


def measured(name, n):
    images, labels = stacked(scenes_benchmark("test", n=n, masks=True))
    table = measure_segmenter(weights.load(name), images, labels, num_classes=7)
    return mean_iou(table).item()


@pytest.mark.parametrize("name", NAMES)
def test_on_a_part_it_is_as_good_as_recorded(name):
    entry = weights.manifest()[name]
    found = measured(name, entry["sample"])
    assert found == pytest.approx(entry["sample_value"], abs=entry["tolerance"])


def test_finer_is_better_and_the_finest_is_good():
    fcn, unet = (weights.manifest()[name] for name in NAMES)
    figures = fcn["mean_iou_32s"], fcn["mean_iou_16s"], fcn["value"], unet["value"]
    assert list(figures) == sorted(figures)
    assert unet["value"] >= 0.84
