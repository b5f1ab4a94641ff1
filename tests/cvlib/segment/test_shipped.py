"""The shipped networks for maps: as good on the test split as recorded."""

import pytest

from cvlib import weights
from cvlib.data.benchmark import scenes_benchmark
from cvlib.metrics import mean_iou
from cvlib.segment import measure_segmenter, stacked

NAMES = [n for n in ("fcn8_scenes", "unet_scenes") if n in weights.manifest()]


def measured(name, n):
    images, labels = stacked(scenes_benchmark("test", n=n, masks=True))
    table = measure_segmenter(weights.load(name), images, labels, num_classes=7)
    return mean_iou(table).item()


@pytest.mark.parametrize("name", NAMES)
def test_on_a_part_it_is_as_good_as_recorded(name):
    entry = weights.manifest()[name]
    found = measured(name, entry["sample"])
    assert found == pytest.approx(entry["sample_value"], abs=entry["tolerance"])


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_on_the_test_split_it_is_as_good_as_recorded(name):
    entry = weights.manifest()[name]
    assert measured(name, None) == pytest.approx(entry["value"], abs=entry["tolerance"])


def test_finer_is_better():
    if len(NAMES) < 2:
        pytest.skip("the networks for maps are not trained yet")
    fcn, unet = (weights.manifest()[name] for name in NAMES)
    figures = fcn["mean_iou_32s"], fcn["mean_iou_16s"], fcn["value"], unet["value"]
    assert list(figures) == sorted(figures)
