"""CIFAR-10 from a small archive of the same form, and from JPEG files."""

import hashlib
import io
import pickle
import tarfile
import zipfile

import numpy as np
import pytest
import torch
from PIL import Image

from cvlib.data import cifar, downloads
from cvlib.data.cifar import CIFAR10_CLASSES, cifar10, cifar10_source
from cvlib.data.downloads import Download


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty data folder and an empty cache."""
    mine = tmp_path / "mine"
    mine.mkdir()
    monkeypatch.setenv("CVLIB_DATA", str(mine))
    monkeypatch.setattr(downloads, "cache", lambda: tmp_path / "cache")
    cifar10.cache_clear()
    yield mine
    cifar10.cache_clear()


def pictures(n, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (n, 3, 32, 32), dtype=np.uint8)


@pytest.fixture
def archive(folder, monkeypatch):
    """An archive with two pictures a batch."""
    path = folder / "cifar-10-python.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        for k, name in enumerate(
            [*(f"data_batch_{i}" for i in range(1, 6)), "test_batch"]
        ):
            batch = {b"data": pictures(2, k).reshape(2, -1), b"labels": [k, 9]}
            content = pickle.dumps(batch)
            info = tarfile.TarInfo(f"cifar-10-batches-py/{name}")
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    md5 = hashlib.md5(path.read_bytes()).hexdigest()
    entry = Download(path.name, "https://example.org/x", f"md5:{md5}", 1.0, "")
    monkeypatch.setitem(downloads.DOWNLOADS, "cifar10", entry)


def test_the_archive_is_read_in_its_order(archive):
    images, labels = cifar10("train")
    assert (images.dtype, images.shape) == (torch.uint8, (10, 3, 32, 32))
    assert labels.tolist() == [0, 9, 1, 9, 2, 9, 3, 9, 4, 9]
    np.testing.assert_array_equal(images[4:6].numpy(), pictures(2, 2), strict=True)
    images, labels = cifar10("test")
    assert labels.tolist() == [5, 9]
    assert cifar10_source() == "archive"


def test_the_second_time_comes_from_the_cache(archive, monkeypatch):
    first, _ = cifar10("test")
    cifar10.cache_clear()
    monkeypatch.setattr(cifar, "from_archive", None)
    second, _ = cifar10("test")
    assert torch.equal(first, second)


def test_jpeg_files_do_where_the_archive_is_not(folder):
    (folder / "cifar10_jpg").mkdir()
    flat = np.full((32, 32, 3), 128, np.uint8)
    with zipfile.ZipFile(folder / "cifar10_jpg" / "cifar10_jpg.zip", "w") as z:
        for split in ("train", "test"):
            for name in ("cat", "ship"):
                file = io.BytesIO()
                Image.fromarray(flat).save(file, "JPEG")
                z.writestr(f"{split}/{name}/0000.jpg", file.getvalue())
    assert cifar10_source() == "jpeg"
    images, labels = cifar10("train")
    assert [CIFAR10_CLASSES[i] for i in labels] == ["cat", "ship"]
    assert abs(images.float().mean() - 128) < 2


def test_another_split_is_an_error():
    with pytest.raises(ValueError, match=r"^split must be 'train' or 'test', got"):
        cifar10("validation")
