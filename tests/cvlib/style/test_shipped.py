"""The shipped painters: as good on photographs they have not seen as recorded."""

import pytest
import torch

from cvlib import weights
from cvlib.data.paintings import painting
from cvlib.data.photos import photo
from cvlib.image import resize, to_chw
from cvlib.style import (
    STYLE_LAYERS,
    Objective,
    feature_maps,
    gram_loss,
    gram_matrix,
    on_levels,
    perceptual_loss,
    pyramid,
)

NAMES = "style_planes", "style_waves"
ENTRIES = {name: weights.manifest()[name] for name in NAMES}


def tensor(image):
    return torch.tensor(to_chw(image), dtype=torch.float32)[None]


def style(name, size=256):
    return tensor(
        painting(ENTRIES[name]["manner"], size, seed=ENTRIES[name]["painting"])
    )


@pytest.fixture(scope="module")
def unseen():
    squares = photo("chelsea")[:, 75:375], photo("coffee")[:, 100:500]
    return torch.cat([tensor(resize(square, (160, 160))) for square in squares])


@pytest.fixture(scope="module")
def features():
    return feature_maps(weights.load("features"))


@pytest.mark.parametrize("name", NAMES)
@torch.no_grad()
def test_photographs_never_seen_are_painted_as_well_as_recorded(name, unseen, features):
    entry, own = ENTRIES[name], style(name)
    goal = Objective(
        pyramid(features, 2), own, own, content_layers=["conv3_1"],
        style_layers=on_levels(), alpha=entry["alpha"], gamma=0.5,
    )  # fmt: skip
    found = perceptual_loss(weights.load(name), unseen, goal).item()
    assert found == pytest.approx(entry["value"], abs=entry["tolerance"])
    left_alone = perceptual_loss(torch.nn.Identity(), unseen, goal).item()
    assert left_alone == pytest.approx(entry["untouched"], abs=entry["tolerance"])
    assert found < left_alone / 2


@torch.no_grad()
def test_each_paints_in_its_own_manner(unseen, features):
    def grams(image):
        return {
            l: gram_matrix(m, normalization="mean") for l, m in features(image).items()
        }

    wanted = {name: grams(style(name)) for name in NAMES}
    for name in NAMES:
        found = grams(weights.load(name)(unseen[:1]))
        off = {
            other: sum(
                gram_loss(found[l], target[l], normalization="relative").item()
                for l in STYLE_LAYERS
            )
            for other, target in wanted.items()
        }
        assert min(off, key=off.get) == name


@pytest.mark.parametrize("name", NAMES)
@torch.no_grad()
def test_any_size_comes_back_in_its_size(name):
    painted = weights.load(name)(torch.rand(1, 3, 45, 62))
    assert painted.shape == (1, 3, 45, 62)
    assert 0 <= painted.min() <= painted.max() <= 1
