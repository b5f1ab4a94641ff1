"""The shipped nets for faces: as good on people they have not seen as recorded."""

import numpy as np
import pytest
import torch

from cvlib import weights
from cvlib.data.drawn_once import FACE_SIZE
from cvlib.data.faces import LANDMARK_PAIRS, draw_faces, identities
from cvlib.faces import interocular, pair_distances, verification_pairs
from cvlib.localize import flip_landmarks, normalized_error
from cvlib.metrics import ten_fold_accuracy
from cvlib.train import predict

ENTRIES = weights.manifest()


@pytest.fixture(scope="module")
def people():
    """Test people, four pictures of each, as the training scripts measured them."""
    count = ENTRIES["face_embedding"]["sample"]
    assert count == ENTRIES["face_landmarks"]["sample"]
    ids = np.repeat(identities("test", count), 4)
    images, landmarks = (torch.from_numpy(x) for x in draw_faces(ids, size=FACE_SIZE))
    return images, landmarks, torch.arange(count).repeat_interleave(4)


def test_people_never_seen_are_told_apart_as_well_as_recorded(people):
    images, _, labels = people
    entry = ENTRIES["face_embedding"]
    pairs, same, folds = verification_pairs(labels)
    distances = pair_distances(weights.load("face_embedding"), images, pairs)
    found = ten_fold_accuracy(distances, same, folds).mean
    assert found == pytest.approx(entry["sample_value"], abs=entry["tolerance"])


def test_at_least_97_of_a_hundred_pairs_are_judged_rightly():
    assert ENTRIES["face_embedding"]["value"] >= 0.97


def test_the_recorded_threshold_serves_other_people(people):
    images, _, labels = people
    pairs, same, _ = verification_pairs(labels)
    distances = pair_distances(weights.load("face_embedding"), images, pairs)
    accepted = distances <= ENTRIES["face_embedding"]["threshold"]
    assert (accepted == same).double().mean() > 0.95


def test_landmarks_are_found_as_well_as_recorded(people):
    images, landmarks, _ = people
    entry = ENTRIES["face_landmarks"]
    found = FACE_SIZE * predict(weights.load("face_landmarks"), images)
    error = normalized_error(found, landmarks, interocular(landmarks)).mean().item()
    assert error == pytest.approx(entry["sample_value"], abs=entry["tolerance"])


def test_in_the_mirror_left_is_left(people):
    images, landmarks, _ = people
    net = weights.load("face_landmarks")
    mirrored = FACE_SIZE * predict(net, images.flip(3))
    back = flip_landmarks(mirrored, FACE_SIZE, LANDMARK_PAIRS)
    straight = FACE_SIZE * predict(net, images)
    scale = interocular(landmarks)
    assert normalized_error(back, straight, scale).mean() < 0.1
