"""Files of real people are read in order, squared, and refused when they are others."""

import numpy as np
import pytest
from PIL import Image
from scipy.io import savemat

from cvlib.data.faces import lfw_patches, orl_faces, people_folder
from cvlib.data.faces.real import from_mat, middle


def test_the_bundled_patches_are_faces_first(recwarn):
    patches, labels = lfw_patches()
    assert patches.shape == (200, 1, 25, 25)
    assert patches.dtype == np.float32
    assert labels.tolist() == [1] * 100 + [0] * 100
    assert patches.min() >= 0
    assert patches.max() <= 1


@pytest.fixture
def orl(tmp_path, monkeypatch):
    """Forty folders of ten files; person p has grey 5p, picture k a stripe at row k."""
    monkeypatch.setenv("CVLIB_DATA", str(tmp_path))
    for p in range(1, 41):
        folder = tmp_path / "orl_faces" / "any" / f"s{p}"
        folder.mkdir(parents=True)
        for k in range(1, 11):
            face = np.full((112, 92), 5 * p, dtype=np.uint8)
            face[10 * k] = 255
            Image.fromarray(face).save(folder / f"{k}.pgm")
    return tmp_path / "orl_faces" / "any"


def test_people_come_in_the_order_of_their_numbers_not_of_their_names(orl):
    images, labels = orl_faces(size=92)
    assert images.shape == (400, 1, 92, 92)
    assert labels.tolist() == [p for p in range(40) for _ in range(10)]
    medians = np.median(images, axis=(1, 2, 3))[::10]
    np.testing.assert_allclose(medians, 5 * np.arange(1, 41) / 255, atol=2e-3)


def test_pictures_of_a_person_too(orl):
    images, _ = orl_faces(size=92)
    rows = images[:10, 0].mean(-1).argmax(-1)  # the first is above the square
    assert rows[1:].tolist() == [10 * k - 10 for k in range(2, 10)] + [90]


def test_a_missing_file_is_named(orl):
    (orl / "s7" / "3.pgm").unlink()
    with pytest.raises(ValueError, match=r"1 of them are not there; the first is s7/3"):
        orl_faces()


def test_a_matlab_file_holds_one_picture_a_column_and_columns_first(tmp_path):
    faces = np.arange(400, dtype=np.uint8)[:, None, None] % 200 + np.zeros(
        (400, 64, 64), dtype=np.uint8
    )
    faces[:, 3, 60] = 255  # row 3, column 60
    flat = faces.transpose(0, 2, 1).reshape(400, -1).T
    savemat(tmp_path / "faces.mat", {"faces": flat})
    read = from_mat(tmp_path / "faces.mat")
    np.testing.assert_allclose(np.stack(read), faces / 255)


def test_the_middle_is_square():
    image = np.arange(12).reshape(2, 6)
    assert middle(image).tolist() == [[2, 3], [8, 9]]
    assert middle(np.zeros((250, 250, 3)), 0.56).shape == (140, 140, 3)


def test_a_folder_of_people_is_read(tmp_path):
    for name, count in (("Grace", 2), ("Ada", 1)):
        (tmp_path / name).mkdir()
        for k in range(count):
            picture = np.full((30, 20, 3), (200, 100, 50), dtype=np.uint8)
            Image.fromarray(picture).save(tmp_path / name / f"{name}_{k:04d}.jpg")
    images, labels, names = people_folder(tmp_path, size=8)
    assert images.shape == (3, 3, 8, 8)
    assert labels.tolist() == [0, 1, 1]
    assert names == ("Ada", "Grace")
    assert images[:, 0].mean() > images[:, 2].mean() + 0.4
    assert people_folder(tmp_path, size=8, colour="gray")[0].shape == (3, 1, 8, 8)


def test_a_folder_without_pictures_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"must hold a folder of \.jpg files"):
        people_folder(tmp_path)
