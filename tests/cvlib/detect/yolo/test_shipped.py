"""The shipped YOLO is as good as the manifest says."""

import pytest

from cvlib import weights
from cvlib.data.benchmark import scenes_benchmark
from cvlib.metrics import mean_average_precision


@pytest.mark.slow
def test_yolo_finds_what_is_recorded():
    entry, net = weights.manifest()["yolo_scenes"], weights.load("yolo_scenes")
    data = scenes_benchmark("test")
    found = [net([image])[0] for image, _ in data]
    measured = mean_average_precision(found, data.targets).mean
    assert measured == pytest.approx(entry["value"], abs=entry["tolerance"])
