"""Networks for maps: every size, the ideas against each other, the papers' numbers."""

import pytest
import torch
from torch import nn
from torch.nn import functional
from torch.testing import assert_close

from cvlib import segment
from cvlib.detect.backbone import small_backbone
from cvlib.segment.fcn import enlarged
from cvlib.summary import multiply_adds
from cvlib.validate import ShapeError

SIZES = [(1, 1), (7, 5), (32, 32), (33, 47), (50, 31)]


def small_nets():
    return {
        "full resolution": segment.FullResolution(3, [4, 4]),
        "encoder and decoder": segment.EncoderDecoder(3, [4, 6, 8]),
        "FCN": segment.FCN(3),
        "U-Net": segment.UNet(3, widths=(4, 6, 8)),
        "U-Net on a backbone": segment.BackboneUNet(3),
    }


@pytest.mark.parametrize("name", small_nets())
@pytest.mark.parametrize("size", SIZES)
def test_pictures_of_any_size_get_a_map_of_that_size(name, size):
    net = small_nets()[name].eval()
    assert net(torch.rand(2, 3, *size)).shape == (2, 3, *size)


@pytest.mark.parametrize("name", small_nets())
def test_a_batch_is_one_at_a_time(name):
    torch.manual_seed(0)
    net = small_nets()[name].eval()
    x = torch.rand(2, 3, 40, 56)
    each = torch.cat([net(one[None]) for one in x])
    assert_close(net(x), each, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("name", small_nets())
def test_every_weight_gets_a_gradient(name):
    net = small_nets()[name]
    if name == "FCN":  # the finer scores begin at zero
        for score in (net.score16, net.score8):
            nn.init.normal_(score.weight)
    net(torch.rand(2, 3, 40, 56)).square().sum().backward()
    without = [key for key, p in net.named_parameters() if p.grad is None]
    assert without == []


@pytest.mark.parametrize("name", small_nets())
def test_what_is_no_picture_is_refused(name):
    net = small_nets()[name]
    with pytest.raises(ShapeError, match=r"images must be \(N, 3, H, W\), got \(3, 8"):
        net(torch.rand(3, 8, 8))
    with pytest.raises(TypeError, match="images must be floating point, got uint8"):
        net(torch.zeros(1, 3, 8, 8).byte())
    with pytest.raises(
        ShapeError, match=r"images must have pixels, got \(1, 3, 0, 8\)"
    ):
        net(torch.zeros(1, 3, 0, 8))


def test_a_patch_for_each_pixel_says_the_same_as_one_pass():
    torch.manual_seed(0)
    net = segment.FullResolution(4, [5, 6, 7])
    x = torch.rand(1, 3, 9, 11)
    slow = segment.classify_every_pixel(net.layers, x, net.patch, batch_size=7)
    assert_close(slow, net(x), atol=1e-6, rtol=1e-4)


def test_a_patch_has_its_pixel_in_the_middle_and_black_beyond_the_edge():
    x = torch.rand(1, 2, 4, 6)
    patches = segment.patches_of(x, 5)
    assert patches.shape == (24, 2, 5, 5)
    assert_close(patches[:, :, 2, 2].T.reshape(1, 2, 4, 6), x)
    assert patches[0, :, :2].eq(0).all()


def test_patches_say_what_they_cannot_do():
    with pytest.raises(ValueError, match="size must be odd, got 4: a pixel needs"):
        segment.patches_of(torch.rand(1, 3, 8, 8), 4)
    with pytest.raises(ValueError, match="images must be a single one, got 2"):
        segment.patches_of(torch.rand(2, 3, 8, 8), 3)


def test_idea_1_costs_as_many_times_more_as_hidden_outputs_are_computed_again():
    # a hidden layer has one output a pixel in idea 2, a square of them in a patch
    net = segment.FullResolution(7, [8, 8, 8])
    H, W = 20, 26
    one_pass = multiply_adds(net, (3, H, W))
    each = multiply_adds(net.layers, (3, net.patch, net.patch))
    by_hand = 25 * 3 * 8 * 9 + 9 * 8 * 8 * 9 + 1 * 8 * 8 * 9 + 8 * 7
    assert each == by_hand
    assert one_pass < H * W * each / 5


@pytest.mark.parametrize("factor", [2, 3, 4, 8])
def test_the_bilinear_kernel_enlarges_as_torch_does_away_from_the_edge(factor):
    x = torch.rand(1, 2, 6, 7)
    ours = segment.bilinear_upsampling(2, factor)(x).detach()
    theirs = functional.interpolate(x, scale_factor=factor, mode="bilinear")
    assert ours.shape == theirs.shape
    f = factor
    assert_close(ours[..., f:-f, f:-f], theirs[..., f:-f, f:-f])
    assert segment.bilinear_weights(factor).sum().item() == pytest.approx(factor**2)


def test_enlarged_scores_begin_over_the_same_pixels():
    x = torch.rand(1, 2, 3, 4)
    assert_close(enlarged(x, 8, (20, 30)), enlarged(x, 8, (24, 32))[..., :20, :30])


def test_fusing_adds_the_finer_scores():
    up = segment.bilinear_upsampling(2, 2)
    coarse, skip = torch.rand(1, 2, 3, 4), torch.rand(1, 2, 5, 8)
    assert_close(segment.fuse(coarse, skip, up), up(coarse)[..., :5, :] + skip)
    with pytest.raises(ShapeError, match="x must be at least 7 × 8, got 6 × 8"):
        segment.fuse(coarse, torch.rand(1, 2, 7, 8), up)


def test_an_fcn_begins_as_the_coarser_ones():
    torch.manual_seed(0)
    net = segment.FCN(3).eval()
    x = torch.rand(1, 3, 64, 96)
    found = net.coarse_scores(x)
    twice = net.up16(net.up32(found[32]))
    assert_close(found[8], twice)  # what was learned later is added to it


def test_the_stride_chooses_which_of_the_three_is_asked():
    torch.manual_seed(0)
    net = segment.FCN(3).eval()
    x = torch.rand(1, 3, 64, 96)
    every = net.all_strides(x)
    for stride in (32, 16, 8):
        net.stride = stride
        assert_close(net(x), every[stride])
    net.stride = 4
    with pytest.raises(ValueError, match="stride must be 32, 16 or 8, got 4"):
        net(x)


def test_the_unet_of_2015_has_the_sizes_of_figure_1():
    sizes = segment.unet_sizes(572)
    assert sizes["down"] == [568, 280, 136, 64, 28]
    assert sizes["up"] == [52, 100, 196, 388]
    assert sizes["crop"] == [4, 16, 40, 88]
    net = segment.unet_2015()
    convolutions = [m for m in net.modules() if "Conv" in type(m).__name__]
    assert len(convolutions) == 23
    with torch.device("meta"):
        picture = torch.zeros(1, 1, 572, 572)
    assert net.to("meta")(picture).shape == (1, 2, 388, 388)


@pytest.mark.parametrize("depth", [0, 1, 2, 3])
def test_a_size_that_works_is_one_that_the_network_takes(depth):
    net = segment.UNet(2, widths=(2,) * (depth + 1), padding=0, norm=False)
    for n in range(1, 80):
        x = torch.rand(1, 3, n, n)
        try:
            side = segment.unet_sizes(n, depth=depth)
        except ValueError:
            with pytest.raises(ValueError, match="n must be even wherever a map"):
                net(x)
        else:
            last = side["up"][-1] if depth else side["down"][0]
            assert net(x).shape[-1] == last


def test_a_size_that_cannot_work_gets_its_neighbours():
    with pytest.raises(
        ValueError,
        match="n must be even wherever a map of 4 levels is halved, got 570; "
        "556 or 572 would work",
    ):
        segment.unet_sizes(570)
    with pytest.raises(ValueError, match="got 20; 188 would work"):
        segment.unet_sizes(20)


def test_without_padding_the_answer_is_that_of_the_middle():
    # an unpadded net on a larger picture answers the same for the pixels it answers for
    torch.manual_seed(0)
    net = segment.UNet(2, widths=(3, 4), padding=0, norm=False)
    x = torch.rand(1, 3, 60, 60)
    whole, part = net(x), net(x[..., 8:52, 8:52])
    assert_close(whole[..., 8:-8, 8:-8], part, atol=1e-6, rtol=1e-4)


def test_what_comes_across_stands_first():
    below, skip = torch.zeros(1, 2, 4, 4), torch.ones(1, 3, 3, 4)
    joined = segment.join(below, skip)
    assert joined.shape == (1, 5, 3, 4)
    assert joined[:, :3].eq(1).all()
    wide = torch.arange(64.0).reshape(1, 1, 8, 8)
    middle = segment.join(torch.zeros(1, 1, 4, 4), wide, valid=True)[:, 0]
    assert_close(middle, wide[:, 0, 2:6, 2:6])


def test_a_margin_is_what_a_mirror_shows():
    x = torch.rand(1, 1, 4, 5)
    wide = segment.mirrored(x, 2)
    assert_close(wide[..., 2:-2, 2:-2], x)
    assert_close(wide[..., 1, 2:-2], x[..., 1, :])
    with pytest.raises(ShapeError, match="larger than the margin of 4 on both sides"):
        segment.mirrored(x, 4)


def test_a_backbone_that_was_trained_can_be_taken_over():
    torch.manual_seed(0)
    backbone, net = small_backbone().eval(), segment.BackboneUNet(3).eval()
    net.begin_with(backbone)
    x = torch.rand(1, 3, 40, 56)
    middle = net.normalize(x)
    for level in net.down[:3]:  # the last, of stride 16, is not the backbone's
        middle = level(middle)
    assert_close(middle, backbone(x))
