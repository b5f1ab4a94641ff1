"""The shipped nets that answer: as good as recorded, and only with both senses."""

import pytest

from cvlib import weights
from cvlib.data.questions import KINDS, question_set
from cvlib.vqa import accuracy_by_kind, predict_answers

NAMES = ("vqa_scenes", "vqa_attention")


@pytest.fixture(scope="module")
def sample():
    return question_set("test", pictures=800, per_kind=160)


@pytest.mark.parametrize("name", NAMES)
def test_a_net_answers_as_well_as_recorded(name, sample):
    entry = weights.manifest()[name]
    given = predict_answers(
        weights.load(name), sample.images, sample.picture, sample.texts
    ).argmax(1)
    found = accuracy_by_kind(given, sample.answer, sample.kind, KINDS)
    assert found["all"] == pytest.approx(entry["sample_value"], abs=entry["tolerance"])


def test_both_senses_reach_what_one_does_not():
    entry = weights.manifest()["vqa_scenes"]
    assert entry["value"] >= 0.9
    assert entry["blind"] <= 0.45
    assert entry["image_only"] <= 0.45
    assert len(entry["by_kind"]) == len(KINDS)


def test_glances_that_add_up_and_glances_that_take_the_mean_both_count():
    entry = weights.manifest()["vqa_attention"]
    assert min(entry["by_kind"]) >= 0.95
    assert min(entry["softmax_by_kind"]) >= 0.95
