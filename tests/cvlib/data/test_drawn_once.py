"""Faces that are drawn once: the same pictures, in parts, never half a file."""

import numpy as np
import torch

from cvlib.data import drawn_once as module
from cvlib.data.drawn_once import drawn_once, people_drawn_once
from cvlib.data.faces import draw_faces, identities


def test_they_are_the_pictures_of_draw_faces(tmp_path):
    ids = np.repeat(identities("test", 3), 2)
    images, landmarks = draw_faces(ids, seed=4, size=24)
    kept = drawn_once(ids, folder=tmp_path, seed=4, size=24)
    assert torch.equal(kept.images, torch.from_numpy(np.rint(images * 255)).byte())
    assert torch.equal(kept.landmarks, torch.from_numpy(landmarks))


def test_parts_end_between_people_and_make_the_same_whole(tmp_path, monkeypatch):
    ids = np.repeat(identities("test", 4), 3)
    whole = drawn_once(ids, folder=tmp_path / "a", size=16)
    monkeypatch.setattr(module, "PART", 4)
    in_parts = drawn_once(ids, folder=tmp_path / "b", size=16)
    assert torch.equal(whole.images, in_parts.images)
    assert torch.equal(whole.landmarks, in_parts.landmarks)
    assert len(list((tmp_path / "b").glob("*.npz"))) == 2


def test_what_is_there_is_not_drawn_again(tmp_path, monkeypatch):
    options = {"people": 2, "each": 2, "folder": tmp_path, "size": 16}
    first, labels = people_drawn_once("test", **options)
    monkeypatch.setattr(module, "draw_faces", None)
    again, _ = people_drawn_once("test", **options)
    assert torch.equal(first, again)
    assert labels.tolist() == [0, 0, 1, 1]


def test_other_settings_have_other_files(tmp_path):
    one = drawn_once([7], folder=tmp_path, size=16)
    other = drawn_once([7], folder=tmp_path, size=16, seed=1)
    assert not torch.equal(one.images, other.images)
    assert len(list(tmp_path.iterdir())) == 2
