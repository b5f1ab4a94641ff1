"""VOC folders: a made one, its faults, and the blood cells where they are."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from cvlib.data import downloads
from cvlib.data.downloads import OfflineError
from cvlib.data.voc import VocFolder, bccd

GIVEN = Path(os.environ.get("CVLIB_DATA", "nowhere"))

OBJECT = """<object><name>{name}</name><truncated>1</truncated>
<difficult>{difficult}</difficult><bndbox><xmin>{0}</xmin><ymin>{1}</ymin>
<xmax>{2}</xmax><ymax>{3}</ymax></bndbox></object>"""


def thing(*corners, name="fish", difficult=0):
    return OBJECT.format(*corners, name=name, difficult=difficult)


def xml(*objects, width=20, height=12):
    size = f"<size><width>{width}</width><height>{height}</height></size>"
    return f"<annotation>{size}{''.join(objects)}</annotation>"


@pytest.fixture
def folder(tmp_path):
    """Two pictures of 20 × 12; the second has nothing on it."""
    for part in ("Annotations", "JPEGImages", "ImageSets/Main"):
        (tmp_path / part).mkdir(parents=True)
    pixels = np.full((12, 20, 3), 128, dtype=np.uint8)
    for name in ("a", "b"):
        Image.fromarray(pixels).save(tmp_path / "JPEGImages" / f"{name}.jpg")
    both = thing(1, 1, 20, 12), thing(3, 2.0, 3, 5, name="boat", difficult=1)
    (tmp_path / "Annotations" / "a.xml").write_text(xml(*both))
    (tmp_path / "Annotations" / "b.xml").write_text(xml())
    (tmp_path / "ImageSets" / "Main" / "train.txt").write_text("b\n")
    return tmp_path


def spoil(folder, text):
    (folder / "Annotations" / "a.xml").write_text(text)
    return folder


def test_boxes_count_from_zero_and_end_one_past(folder):
    data = VocFolder(folder)
    assert data.names == ["a", "b"]
    assert data.class_names == ("background", "boat", "fish")
    image, target = data[0]
    assert image.shape == (3, 12, 20)
    assert image.dtype == torch.float32
    assert target["boxes"].tolist() == [[0, 0, 20, 12], [2, 1, 3, 5]]
    assert target["labels"].tolist() == [2, 1]
    assert target["difficult"].tolist() == [False, True]
    assert target["truncated"].tolist() == [True, True]


def test_a_picture_with_nothing_on_it_has_no_boxes(folder):
    _, target = VocFolder(folder)[1]
    assert target["boxes"].shape == (0, 4)
    assert target["labels"].dtype == torch.int64


def test_a_split_is_a_file_of_names(folder):
    data = VocFolder(folder, split="train", class_names=("background", "fish"))
    assert data.names == ["b"]
    with pytest.raises(
        FileNotFoundError,
        match=r"split must be one of ImageSets/Main \(train\), got 'trian'",
    ):
        VocFolder(folder, split="trian")


def test_a_folder_of_another_kind_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="must hold Annotations and JPEGImages"):
        VocFolder(tmp_path)


FAULTS = {
    "no xml": ("<annotation>", "Annotations/a.xml must be XML, but"),
    "no size": ("<annotation></annotation>", "Annotations/a.xml has no size/width"),
    "no number": (
        xml(thing("one", 1, 2, 2)),
        "Annotations/a.xml: object 1: bndbox/xmin must be a number, got 'one'",
    ),
    "no corner": (
        xml(thing(1, 1, 2, 2).replace("xmax", "xmaxi")),
        "Annotations/a.xml: object 1 has no bndbox/xmax",
    ),
    "no name": (
        xml(thing(1, 1, 2, 2), thing(1, 1, 2, 2, name=" ")),
        "Annotations/a.xml: object 2 has no name",
    ),
    "inverted": (
        xml(thing(9, 1, 2, 2)),
        "object 1 must have xmax ≥ xmin and ymax ≥ ymin, got (9, 1, 2, 2); "
        "are two corners exchanged?",
    ),
    "outside": (
        xml(thing(1, 1, 21, 2)),
        "object 1 must lie within 1 to 20 and 1 to 12, got (1, 1, 21, 2); "
        "VOC counts pixels from 1",
    ),
    "counted from zero": (
        xml(thing(0, 1, 5, 5)),
        "must lie within 1 to 20 and 1 to 12, got (0, 1, 5, 5)",
    ),
    "not a number": (
        xml(thing("nan", 1, 5, 5)),
        "bndbox/xmin must be a number, got 'nan'",
    ),
    "entities": (
        '<!DOCTYPE x [<!ENTITY a "b">]><annotation></annotation>',
        "Annotations/a.xml must not define entities",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found_at_once_and_said(folder, fault):
    text, sentence = FAULTS[fault]
    with pytest.raises(ValueError) as error:
        VocFolder(spoil(folder, text))
    assert sentence in str(error.value)


def test_an_unknown_class_is_named(folder):
    with pytest.raises(
        ValueError,
        match=r"Annotations/a.xml: object 2 must be one of fish, got 'boat'",
    ):
        VocFolder(folder, class_names=("background", "fish"))


def test_a_picture_of_another_size_is_refused(folder):
    data = VocFolder(spoil(folder, xml(thing(1, 1, 2, 2), width=40)))
    with pytest.raises(ValueError, match="says 40 × 12 pixels, but the picture has 20"):
        data[0]


def test_a_missing_picture_is_named(folder):
    (folder / "JPEGImages" / "a.jpg").unlink()
    with pytest.raises(FileNotFoundError, match=r"a has no JPEGImages/a.jpg"):
        VocFolder(folder)[0]


def test_the_blood_cells_are_fetched_on_first_use(folder, monkeypatch):
    asked = []
    monkeypatch.setattr(downloads, "fetch", lambda name: asked.append(name) or folder)
    data = bccd("train")
    assert asked == ["bccd"]
    assert data.names == ["b"]
    assert data.class_names == ("background", "RBC", "WBC", "Platelets")
    with pytest.raises(ValueError, match="split must be 'train', 'val', 'test' or"):
        bccd("validation")
    assert asked == ["bccd"]


def test_without_the_blood_cells_there_is_a_way_to_get_them(tmp_path, monkeypatch):
    offline = replace(downloads.DOWNLOADS["bccd"], url="http://127.0.0.1:1/x.tar.gz")
    monkeypatch.setitem(downloads.DOWNLOADS, "bccd", offline)
    monkeypatch.setattr(downloads, "cache", lambda: tmp_path / "cache")
    monkeypatch.setenv("CVLIB_DATA", str(tmp_path))
    with pytest.raises(
        OfflineError,
        match=r"^bccd/BCCD \(7\.5 MB\) is not here and could not be had from "
        r"127\.0\.0\.1:1 \(no connection\); put it into a folder and set CVLIB_DATA to "
        r"it, or go on without: only the parts on real data need it$",
    ):
        bccd()


@pytest.mark.skipif(
    not (GIVEN / "bccd" / "BCCD").exists(), reason="BCCD is not below CVLIB_DATA"
)
def test_the_blood_cells_are_as_many_as_published(monkeypatch):
    monkeypatch.setenv("CVLIB_DATA", str(GIVEN))
    data = bccd("all")
    assert len(data) == 364
    counts = torch.bincount(torch.cat([t["labels"] for t in data.targets]))
    assert dict(zip(data.class_names, counts.tolist(), strict=True)) == {
        "background": 0,
        "RBC": 4155,
        "WBC": 372,
        "Platelets": 361,
    }
    image, _ = data[0]
    assert image.shape == (3, 480, 640)
    assert [len(bccd(split)) for split in ("train", "val", "test")] == [205, 87, 72]
