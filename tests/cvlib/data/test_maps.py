"""Folders of pictures and masks: made ones, and the membranes where they are."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from cvlib.data import downloads
from cvlib.data.downloads import OfflineError
from cvlib.data.maps import MaskFolder, boxes_round, isbi_em

GIVEN = Path(os.environ.get("CVLIB_DATA", "nowhere"))


@pytest.fixture
def pedestrians(tmp_path):
    """Two pictures of 6 × 8 with two objects and with none."""
    (tmp_path / "PNGImages").mkdir()
    (tmp_path / "PedMasks").mkdir()
    owners = np.zeros((6, 8), dtype=np.uint8)
    owners[1:3, 2:5], owners[4:, 6:] = 1, 3  # a number may be missing
    for name, mask in {"a": owners, "b": 0 * owners}.items():
        pixels = np.full((6, 8, 3), 51, dtype=np.uint8)
        Image.fromarray(pixels).save(tmp_path / "PNGImages" / f"{name}.png")
        Image.fromarray(mask).save(tmp_path / "PedMasks" / f"{name}_mask.png")
    return tmp_path


def test_each_number_of_a_mask_is_an_object(pedestrians):
    data = MaskFolder(pedestrians)
    image, target = data[0]
    assert image.shape == (3, 6, 8)
    assert image.unique().item() == pytest.approx(0.2)
    assert target["boxes"].tolist() == [[2, 1, 5, 3], [6, 4, 8, 6]]
    assert target["labels"].tolist() == [1, 1]
    assert target["masks"].sum((1, 2)).tolist() == [6, 4]
    assert [data.class_names[k] for k in target["labels"]] == ["pedestrian"] * 2


def test_a_picture_without_objects_has_no_masks(pedestrians):
    _, target = MaskFolder(pedestrians)[1]
    assert target["masks"].shape == (0, 6, 8)
    assert target["boxes"].shape == (0, 4)


def test_what_is_missing_is_named(pedestrians):
    (pedestrians / "PedMasks" / "b_mask.png").unlink()
    with pytest.raises(FileNotFoundError, match=r"b has no PedMasks/b_mask\.png"):
        MaskFolder(pedestrians)
    with pytest.raises(FileNotFoundError, match="must hold PNGImages and PedMasks"):
        MaskFolder(pedestrians / "PNGImages")


def test_a_mask_of_another_size_is_refused(pedestrians):
    other = Image.fromarray(np.zeros((6, 7), dtype=np.uint8))
    other.save(pedestrians / "PedMasks" / "a_mask.png")
    with pytest.raises(ValueError, match=r"its picture's size \(6, 8\), got \(6, 7\)"):
        MaskFolder(pedestrians)[0]


def test_a_mask_with_colours_is_refused(pedestrians):
    other = Image.fromarray(np.zeros((6, 8, 3), dtype=np.uint8))
    other.save(pedestrians / "PedMasks" / "a_mask.png")
    with pytest.raises(ValueError, match=r"must be grey, one value a pixel, got \(6, "):
        MaskFolder(pedestrians)[0]


def test_a_box_ends_one_past_the_last_pixel():
    mask = torch.zeros(1, 5, 7).bool()
    mask[0, 2, 3] = True
    assert boxes_round(mask).tolist() == [[3, 2, 4, 3]]


def write_stack(folder, count=30):
    """Slices that hold their number."""
    for part in ("image", "label"):
        (folder / part).mkdir()
        for i in range(count):
            values = np.full((4, 5), i, dtype=np.uint8)
            if part == "label":
                values[:] = [0, 0, 255, 255, 255]
            Image.fromarray(values).save(folder / part / f"{i}.png")


def test_the_end_of_the_stack_is_held_out(tmp_path, monkeypatch):
    write_stack(tmp_path)
    monkeypatch.setattr(
        downloads, "fetch", lambda name: tmp_path / name.split("_")[2][:-1]
    )
    train, labels = isbi_em()
    assert train[:, 0, 0, 0].tolist() == list(range(24))  # by number, not by letter
    assert isbi_em("held_out")[0][:, 0, 0, 0].tolist() == list(range(24, 30))
    assert len(isbi_em("all")[0]) == 30
    assert train.shape == (24, 1, 4, 5)
    assert labels[0, 0].tolist() == [0, 0, 1, 1, 1]
    with pytest.raises(ValueError, match="split must be 'train', 'held_out' or 'all'"):
        isbi_em("test")


def test_without_the_slices_there_is_a_way_to_get_them(tmp_path, monkeypatch):
    name = "isbi_em_images"
    offline = replace(downloads.DOWNLOADS[name], url="http://127.0.0.1:1/x.tar.gz")
    monkeypatch.setitem(downloads.DOWNLOADS, name, offline)
    monkeypatch.setattr(downloads, "cache", lambda: tmp_path / "cache")
    monkeypatch.setenv("CVLIB_DATA", str(tmp_path))
    with pytest.raises(
        OfflineError, match=r"^isbi_em/train/image \(19 MB\) is not here"
    ):
        isbi_em()


@pytest.mark.skipif(
    not (GIVEN / "isbi_em").exists(), reason="ISBI EM is not below CVLIB_DATA"
)
def test_the_membranes_are_those_of_the_challenge(monkeypatch):
    monkeypatch.setenv("CVLIB_DATA", str(GIVEN))
    images, labels = isbi_em("all")
    assert images.shape == (30, 1, 512, 512)
    assert labels.unique().tolist() == [0, 1]
    assert labels.float().mean().item() == pytest.approx(0.7804, abs=1e-4)
