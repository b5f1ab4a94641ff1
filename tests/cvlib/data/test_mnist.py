"""MNIST from files of the same form, made here."""

import gzip

import numpy as np
import pytest
import torch

from cvlib.data.mnist import mnist, read_idx


def packed(array, path, cut=0):
    header = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes()
    content = header + array.astype(np.uint8).tobytes()
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(gzip.compress(content[: len(content) - cut]))
    return path


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("CVLIB_DATA", str(tmp_path))
    mnist.cache_clear()
    yield tmp_path / "mnist"
    mnist.cache_clear()


def test_pictures_and_labels_are_read(folder):
    images = np.random.default_rng(0).integers(0, 256, (3, 28, 28))
    packed(images, folder / "t10k-images-idx3-ubyte.gz")
    packed(np.array([7, 2, 1]), folder / "t10k-labels-idx1-ubyte.gz")
    pictures, labels = mnist("test")
    assert (pictures.dtype, pictures.shape) == (torch.uint8, (3, 1, 28, 28))
    assert labels.tolist() == [7, 2, 1]
    np.testing.assert_array_equal(pictures[:, 0].numpy(), images)


def test_files_that_do_not_belong_together_are_refused(folder):
    packed(np.zeros((3, 28, 28)), folder / "t10k-images-idx3-ubyte.gz")
    packed(np.zeros(4), folder / "t10k-labels-idx1-ubyte.gz")
    with pytest.raises(ValueError, match=r"^MNIST's test files must hold as many"):
        mnist("test")


def test_a_file_that_is_cut_off_is_refused(tmp_path):
    path = packed(np.zeros((2, 5)), tmp_path / "a" / "x.gz", cut=3)
    with pytest.raises(ValueError, match=r"must hold 10 bytes after its header, got 7"):
        read_idx(path)


def test_another_file_is_refused(tmp_path):
    path = tmp_path / "x.gz"
    path.write_bytes(gzip.compress(b"PK\3\4"))
    with pytest.raises(ValueError, match=r"x\.gz is no IDX file of bytes; download it"):
        read_idx(path)
