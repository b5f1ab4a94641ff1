"""Pixels are optimised and networks are not; sources of maps; colours; starts."""

import re

import pytest
import torch
from torch import nn

from cvlib.nets.features import feature_net
from cvlib.style import (
    Objective,
    feature_maps,
    frozen,
    gatys,
    invert,
    keep_colours,
    match_colours,
    on_levels,
    optimise_pixels,
    pyramid,
    random_maps,
    synthesise,
    tapped,
)
from cvlib.style.gatys import first_picture, resized

LAYERS = {"content_layers": ["conv2_1"], "style_layers": ["conv1_1", "conv2_1"]}


def picture(seed: int, size=(16, 16)) -> torch.Tensor:
    """A smooth one."""
    coarse = torch.rand(1, 3, 4, 4, generator=torch.Generator().manual_seed(seed))
    return resized(coarse, size)


def inverse(layers) -> Objective:
    """Nothing but content."""
    return Objective(random_maps(), picture(0), None, content_layers=layers)


@pytest.mark.parametrize("method", ["lbfgs", "adam"])
def test_only_pixels_get_a_gradient(method):
    net = feature_net()  # as it comes: all its weights would like a gradient
    before = {k: v.clone() for k, v in net.state_dict().items()}
    goal = Objective(net.maps, picture(0), picture(1), **LAYERS)
    drawn = optimise_pixels(goal, picture(0), steps=4, method=method)
    assert all(weights.grad is None for weights in net.parameters())
    assert all(torch.equal(v, before[k]) for k, v in net.state_dict().items())
    assert drawn.total[-1] < drawn.total[0]
    assert not torch.equal(drawn.image, picture(0))


@pytest.mark.parametrize("method", ["lbfgs", "adam"])
def test_the_start_is_left_alone_and_the_result_is_a_picture(method):
    start = picture(3)
    goal = Objective(random_maps(), picture(0), picture(1), **LAYERS)
    drawn = optimise_pixels(goal, start, steps=3, method=method)
    assert torch.equal(start, picture(3))
    assert drawn.image.min() >= 0
    assert drawn.image.max() <= 1
    assert not drawn.image.requires_grad


def test_the_same_call_gives_the_same_picture():
    one, other = (
        gatys(picture(0), picture(1), random_maps(), steps=3, start="noise").image
        for _ in range(2)
    )
    assert torch.equal(one, other)


def test_no_steps_change_nothing():
    goal = Objective(random_maps(), picture(0), None, content_layers=["conv1_1"])
    assert torch.equal(optimise_pixels(goal, picture(2), steps=0).image, picture(2))


@pytest.mark.parametrize("method", ["lbfgs", "adam"])
def test_on_more_levels_a_step_changes_larger_areas(method):
    grey = torch.full((1, 3, 15, 18), 0.5)
    goal = Objective(random_maps(), resized(picture(0), (15, 18)), None,
                     content_layers=["conv3_1"])  # fmt: skip
    drawn = {
        k: optimise_pixels(goal, grey, steps=8, method=method, levels=k) for k in (1, 4)
    }
    moved = {k: (d.image - grey).mean((2, 3)).abs().mean() for k, d in drawn.items()}
    assert drawn[4].image.shape == grey.shape
    assert drawn[4].total[-1] < drawn[4].total[0]
    assert moved[4] > moved[1]


def test_the_reader_may_watch():
    seen = []
    goal = Objective(random_maps(), picture(0), picture(1), **LAYERS)
    optimise_pixels(
        goal, picture(0), steps=7, method="adam", every=3,
        preview=lambda step, x, terms: seen.append((step, tuple(x.shape))),
    )  # fmt: skip
    assert seen == [(3, (1, 3, 16, 16)), (6, (1, 3, 16, 16))]


def test_the_terms_are_weighted_as_the_formula_says():
    goal = Objective(random_maps(), picture(0), picture(1), alpha=3, beta=5, gamma=7,
                     **LAYERS)  # fmt: skip
    terms = goal(picture(2))
    expected = 3 * terms.content + 5 * terms.style + 7 * terms.variation
    torch.testing.assert_close(terms.total, expected)


def test_weights_are_shares():
    small, large = (
        Objective(
            random_maps(),
            None,
            picture(1),
            style_layers={"conv1_1": k, "conv2_1": 3 * k},
        )
        for k in (1, 100)
    )
    assert (
        small.style_weights == large.style_weights == {"conv1_1": 0.25, "conv2_1": 0.75}
    )


def test_content_alone_is_inverted_and_style_alone_is_a_texture():
    inverted = invert(picture(0), random_maps(), "conv1_1", steps=20, gamma=0)
    assert inverted.content[-1] < 0.1 * inverted.content[0]
    made = synthesise(picture(1), (12, 20), random_maps(), steps=15)
    assert made.image.shape == (1, 3, 12, 20)
    assert made.style[-1] < 0.2 * made.style[0]


def test_from_small_to_large_ends_at_the_size_of_the_content():
    drawn = gatys(
        picture(0, (20, 30)), picture(1), random_maps(), sizes=(0.5, 1), steps=(2, 1)
    )
    assert drawn.image.shape == (1, 3, 20, 30)


def test_frozen_leaves_the_net_as_it_is_and_repeats_its_border():
    net = nn.Sequential(nn.Conv2d(1, 1, 3, padding=1, bias=False), nn.Dropout())
    nn.init.ones_(net[0].weight)
    still = frozen(net.train())
    assert net.training
    assert net[0].padding_mode == "zeros"
    assert net[0].weight.requires_grad
    assert not any(w.requires_grad for w in still.parameters())
    assert (still(torch.ones(1, 1, 4, 4)) == 9).all()  # zeros would give 4 in a corner
    named = nn.Conv2d(1, 1, 3, padding="same", bias=False)
    nn.init.ones_(named.weight)
    assert (frozen(named)(torch.ones(1, 1, 4, 4)) == 9).all()


def test_tapped_maps_are_the_layers_own_and_the_rest_is_not_run():
    class Bomb(nn.Module):
        def forward(self, x):
            raise AssertionError("what lies above was run")

    net = nn.Sequential(nn.Conv2d(3, 2, 1), nn.ReLU(), nn.Conv2d(2, 4, 1), Bomb())
    x = torch.rand(1, 3, 4, 4)
    found = tapped(net, {"first": "1", "second": "2"})(x)
    torch.testing.assert_close(found["first"], net[1](net[0](x)))
    assert found["second"].shape == (1, 4, 4, 4)


def test_a_relu_in_place_does_not_reach_the_maps_below_it():
    net = nn.Sequential(nn.Conv2d(3, 2, 1), nn.ReLU(inplace=True), nn.Conv2d(2, 4, 1))
    x = torch.rand(1, 3, 4, 4) - 0.5
    below, _ = tapped(net, ["0", "2"])(x).values()
    torch.testing.assert_close(below, net[0](x))


def test_one_layer_may_have_two_names():
    net = nn.Sequential(nn.Conv2d(3, 2, 1), nn.ReLU())
    found = tapped(net, {"lines": "1", "maps": "1"})(torch.rand(1, 3, 2, 2))
    assert list(found) == ["lines", "maps"]
    assert torch.equal(found["lines"], found["maps"])


def test_a_layer_that_is_not_run_is_named():
    net = nn.Sequential(nn.Conv2d(3, 2, 1))
    net[0].idle = nn.ReLU()
    with pytest.raises(ValueError, match=r"^layers must be run by the model, got 'a'$"):
        tapped(net, {"a": "0.idle"})(torch.zeros(1, 3, 2, 2))


def test_a_pyramid_holds_the_maps_of_half_the_picture_and_its_colours():
    maps, x = random_maps(), picture(0)
    both = pyramid(maps, 2)(x)
    half = nn.functional.avg_pool2d(x, 2)
    assert torch.equal(both["conv2_1"], maps(x)["conv2_1"])
    assert torch.equal(both["conv2_1/2"], maps(half)["conv2_1"])
    assert torch.equal(both["pixels/2"][:, :3], half)
    assert set(on_levels(["conv2_1"])) <= set(both)


def test_one_name_is_no_list_of_layers():
    wanted = "^layers must be a list of names, got the text 'conv1_1'$"
    with pytest.raises(TypeError, match=wanted):
        on_levels("conv1_1")


def test_our_feature_net_repeats_the_border_but_is_otherwise_itself():
    net, x = feature_net(), picture(0, (32, 32))
    inner = (..., slice(4, -4), slice(4, -4))
    ours, plain = feature_maps(net)(x)["conv1_2"], net.maps(x)["conv1_2"]
    torch.testing.assert_close(ours[inner], plain[inner])
    assert not torch.equal(ours, plain)


def test_matched_colours_have_the_mean_and_covariance_of_the_other():
    a, b = picture(0) * 0.2 + 0.4, picture(1) * 0.2 + 0.4
    result = match_colours(a, b)[0].flatten(1)
    wanted = b[0].flatten(1)
    torch.testing.assert_close(result.mean(1), wanted.mean(1), atol=1e-3, rtol=0)
    torch.testing.assert_close(torch.cov(result), torch.cov(wanted), atol=1e-3, rtol=0)


def test_a_picture_with_its_own_colours_stays():
    x = picture(0)
    torch.testing.assert_close(match_colours(x, x), x, atol=1e-4, rtol=0)


def test_kept_colours_take_only_the_brightness():
    grey = torch.full((1, 3, 2, 2), 0.5)
    red = torch.tensor([0.6, 0.4, 0.4]).reshape(1, 3, 1, 1).expand(1, 3, 2, 2)
    result = keep_colours(grey, red)
    weights = torch.tensor([0.299, 0.587, 0.114])
    brightness = torch.einsum("c,nchw->nhw", weights, result)
    torch.testing.assert_close(
        brightness, torch.full((1, 2, 2), 0.5), atol=1e-3, rtol=0
    )
    assert (result[:, 0] > result[:, 1]).all()


def test_where_a_picture_begins():
    a, b = picture(0), picture(1)
    assert first_picture(a, b, "content", 0) is a
    assert torch.equal(first_picture(a, b, "colours", 0), match_colours(a, b))
    assert torch.equal(first_picture(a, b, b, 0), b)
    noise = [first_picture(a, b, "noise", seed) for seed in (0, 0, 1)]
    assert torch.equal(noise[0], noise[1])
    assert not torch.equal(noise[0], noise[2])


def test_a_loss_that_is_not_finite_ends_the_work():
    goal = Objective(random_maps(), picture(0), picture(1), **LAYERS)
    with pytest.raises(FloatingPointError, match=r"^J is nan after 0 evaluations; "):
        optimise_pixels(goal, picture(0) * float("nan"), steps=2)


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (
            lambda: Objective(random_maps(), None, None),
            ValueError,
            "content and style must not both be None: give a picture",
        ),
        (
            lambda: inverse(["conv9"]),
            ValueError,
            "a layer of content_layers must be 'conv1_1', 'conv1_2', 'conv2_1', "
            "'conv2_2', 'conv3_1', 'conv3_2', 'conv4_1' or 'conv4_2', got 'conv9'",
        ),
        (
            lambda: inverse({"conv1_1": 0}),
            ValueError,
            "content_layers must not all weigh 0, got {'conv1_1': 0}",
        ),
        (
            lambda: gatys(picture(0), picture(1), random_maps(), start="nose"),
            ValueError,
            "start must be 'colours', 'content' or 'noise', got 'nose'; did you mean "
            "'noise'?",
        ),
        (
            lambda: gatys(picture(0), picture(1), random_maps(), sizes=(0.5, 1),
                          steps=(9,)),
            ValueError,
            "steps must be one number, or one for each of the 2 sizes, got (9,)",
        ),
        (
            lambda: inverse("conv1_1"),
            TypeError,
            "content_layers must be a list of names, got 'conv1_1'; did you mean "
            "['conv1_1']?",
        ),
        (
            lambda: match_colours(picture(0), (255 * picture(1)).byte()),
            TypeError,
            "to must be floating point, got uint8",
        ),
        (
            lambda: keep_colours((255 * picture(0)).byte(), picture(1)),
            TypeError,
            "result must be floating point, got uint8",
        ),
    ],
)  # fmt: skip
def test_every_guard_says_what_is_wanted(call, error, sentence):
    with pytest.raises(error, match=re.escape(sentence)):
        call()
