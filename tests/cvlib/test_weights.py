"""The shipped networks: whole, small, and as good as the manifest says."""

import hashlib
import os

import pytest
import requests
import torch
from safetensors.torch import load_file

from cvlib import weights
from cvlib.data import downloads
from cvlib.data.cifar import cifar10, cifar10_source
from cvlib.data.digits import digits
from cvlib.train import evaluate

NAMES = tuple(weights.manifest())
MEGABYTES_EACH, MEGABYTES_IN_ALL = 2.0, 20.0


def path(name):
    return weights.HERE / f"{name}.safetensors"


@pytest.mark.parametrize("name", NAMES)
def test_a_file_is_the_one_that_was_measured(name):
    digest = hashlib.sha256(path(name).read_bytes()).hexdigest()
    assert digest == weights.manifest()[name]["sha256"]


def test_every_file_has_its_entry_and_its_script():
    files = {file.stem for file in weights.HERE.glob("*.safetensors")}
    assert files == set(NAMES)
    root = weights.HERE.parents[1]
    for name in NAMES:
        assert (root / weights.manifest()[name]["script"]).exists()


def test_all_files_together_are_small():
    sizes = [path(name).stat().st_size / 1e6 for name in NAMES]
    assert max(sizes) <= MEGABYTES_EACH
    assert sum(sizes) <= MEGABYTES_IN_ALL


@pytest.mark.parametrize("name", NAMES)
def test_a_loaded_net_has_the_weights_of_the_file(name):
    net = weights.load(name)
    assert not any(module.training for module in net.modules())
    stored = load_file(path(name))
    assert stored.keys() == net.state_dict().keys()
    for key, value in net.state_dict().items():
        assert torch.equal(value, stored[key].to(value.dtype)), key


def test_loading_leaves_the_readers_random_numbers_alone():
    torch.manual_seed(0)
    expected = torch.rand(1)
    torch.manual_seed(0)
    weights.load("lenet_digits")
    assert torch.equal(torch.rand(1), expected)


def test_two_loads_share_nothing():
    a, b = weights.load("lenet_digits"), weights.load("lenet_digits")
    with torch.no_grad():
        next(a.parameters()).zero_()
    assert next(b.parameters()).abs().sum() > 0


def test_lenet_reads_the_digits_as_well_as_recorded():
    entry = weights.manifest()["lenet_digits"]
    images, labels = map(torch.from_numpy, digits("test", size=32))
    _, accuracy = evaluate(weights.load("lenet_digits"), images, labels)
    assert accuracy == pytest.approx(entry["value"], abs=entry["tolerance"])


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", [n for n in NAMES if "CIFAR" in weights.manifest()[n]["data"]]
)
def test_nets_for_cifar10_are_as_good_as_recorded(name):
    if not os.environ.get("CVLIB_DATA") and downloads.find("cifar10") is None:
        pytest.skip("CIFAR-10 is not here: set CVLIB_DATA to a folder that has it")
    entry = weights.manifest()[name]
    assert ("JPEG" in entry["data"]) == (cifar10_source() == "jpeg")
    _, accuracy = evaluate(weights.load(name), *cifar10("test"))
    assert accuracy == pytest.approx(entry["value"], abs=entry["tolerance"])


def test_an_unknown_name_gets_the_known_ones():
    with pytest.raises(
        ValueError, match=r"^name must be .*did you mean 'lenet_digits'\?$"
    ):
        weights.load("lenet_digit")


def test_weights_that_are_not_here_say_where_to_put_them(monkeypatch, tmp_path):
    def no_connection(*_, **__):
        raise requests.ConnectionError

    monkeypatch.delenv("CVLIB_DATA", raising=False)
    monkeypatch.setattr(downloads, "cache", lambda: tmp_path)
    monkeypatch.setattr("requests.get", no_connection)
    with pytest.raises(downloads.OfflineError, match=r"^squeezenet1_1-b8a52dc0\.pth"):
        weights.load("squeezenet1_1_imagenet")


def test_squeezenet_names_the_cat():
    found = os.environ.get("CVLIB_DATA") and downloads.local(
        "squeezenet1_1/squeezenet1_1_imagenet.pth"
    )
    if not found and downloads.find("squeezenet1_1") is None:
        pytest.skip("SqueezeNet's weights are not here: set CVLIB_DATA to their folder")
    from cvlib.data.photos import photo
    from cvlib.image import to_chw

    cat = torch.tensor(to_chw(photo("chelsea", size=256)))[None].float()
    cat = cat[..., 16:240, 80:304]
    scores = weights.load("squeezenet1_1_imagenet")(cat)
    assert scores.argmax().item() in (281, 282, 285)  # tabby, tiger cat, Egyptian cat
