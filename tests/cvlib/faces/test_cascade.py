"""A cascade finds what its nets let through, where it is, and counts the work."""

import math
from itertools import pairwise

import pytest
import torch
from torch import nn
from torch.testing import assert_close

from cvlib.faces.cascade import (
    AROUND,
    SIZES,
    STEP,
    FaceCascade,
    Faces,
    Standardize,
    cost_by_stage,
    cut_windows,
    enlarged,
    face_or_not,
    scales,
    stage_costs,
    to_gray,
    which_mistake,
)
from cvlib.faces.cascade_training import (
    any_windows,
    gather,
    lit,
    share_that_passes,
    shown,
    threshold_for,
    train_calibration,
    train_stage,
)
from cvlib.localize import sliding_windows
from cvlib.summary import multiply_adds


@pytest.fixture
def seeded():
    return torch.Generator().manual_seed(0)


def bright_middle(size: int) -> nn.Module:
    """A net of stride 2 that answers how bright the middle of a window is."""
    n = size // 2
    net = nn.Sequential(nn.AvgPool2d(2), nn.Conv2d(1, 1, 1), nn.Flatten())
    net.append(nn.Linear(n * n, 1))
    inner = (torch.arange(n) - (n - 1) / 2).abs() < n / 6
    weight = (inner[:, None] & inner).float().flatten()
    with torch.no_grad():
        net[1].weight.fill_(1.0)
        net[1].bias.zero_()
        net[3].weight.copy_(20 * weight / weight.sum())
        net[3].bias.fill_(-10.0)
    return net


@pytest.fixture
def by_hand():
    """A cascade that looks for a bright disc, and corrects nothing."""
    cascade = FaceCascade()
    for k, size in enumerate(SIZES):
        cascade.decide[k] = bright_middle(size)
        last = cascade.correct[k][-1]
        nn.init.zeros_(last.weight)
        nn.init.zeros_(last.bias)
    return cascade.eval()


def disc(H: int, W: int, x: float, y: float, radius: float) -> torch.Tensor:
    rows = torch.arange(H)[:, None] + 0.5
    columns = torch.arange(W) + 0.5
    return ((columns - x) ** 2 + (rows - y) ** 2 < radius**2).float()[None]


def test_a_bright_spot_is_found_where_it_is(by_hand):
    faces = by_hand.detect(disc(90, 130, 80, 40, 9), smallest=40)
    assert len(faces.boxes) >= 1
    x1, y1, x2, y2 = faces.boxes[0]
    assert abs((x1 + x2) / 2 - 80) < 6
    assert abs((y1 + y2) / 2 - 40) < 6
    assert faces.scores.diff().le(0).all()


def test_each_net_sees_what_the_one_before_let_through(by_hand):
    faces = by_hand.detect(disc(90, 130, 80, 40, 9), smallest=40)
    first, second, third = faces.windows
    assert first > second >= third > 0
    assert [len(s) for s in faces.stages[:2]] == [second, third]
    assert all(p >= len(s) for p, s in zip(faces.passed, faces.stages, strict=True))


def test_what_the_stages_cost_is_windows_times_nets(by_hand):
    cascade = FaceCascade().eval()
    faces = Faces(torch.zeros(1, 4), torch.zeros(1), (100, 20, 5), (30, 8, 2), ())
    deciding, correcting = stage_costs(cascade)
    cost = cost_by_stage(cascade, faces)
    counts = torch.tensor([[100, 20, 5], [30, 8, 1]])  # the last two had become one
    wanted = counts * torch.tensor([deciding, correcting]) / 100
    assert_close(cost, wanted.T)


def test_nothing_is_found_in_the_dark(by_hand):
    faces = by_hand.detect(torch.zeros(1, 60, 80))
    assert faces.boxes.shape == (0, 4)
    assert faces.scores.shape == (0,)
    assert faces.windows[1:] == (0, 0)


def test_a_picture_smaller_than_a_face_has_no_windows(by_hand):
    faces = by_hand.detect(torch.rand(3, 20, 200), smallest=40)
    assert faces.windows == (0, 0, 0)
    assert len(faces.boxes) == 0


def test_the_first_net_counts_all_its_windows(by_hand):
    found = by_hand.detect(torch.zeros(1, 60, 80), smallest=25)
    sizes = scales((60, 80), 25 / AROUND)
    assert found.windows[0] == len(
        sliding_windows((60, 80), SIZES[0], stride=2, scales=sizes)
    )


def test_sliding_the_first_net_is_asking_it_window_by_window(seeded):
    cascade = FaceCascade().eval()
    cascade.thresholds.fill_(-1)  # everything passes
    cascade.moved = lambda gray, boxes, stage: boxes
    image = torch.rand(1, 30, 40, generator=seeded)
    windows = sliding_windows((30, 40), 12, stride=2)
    crops = torch.cat(list(windows.crops(image)))
    wanted = cascade.decide[0](crops).sigmoid()[:, 0]
    from cvlib.localize import fc_to_conv

    level = windows.levels[0]
    map_ = fc_to_conv(cascade.decide[0], 12)(image[None])[0, 0]
    got = map_[: level.rows, : level.columns].sigmoid().flatten()
    assert_close(got, wanted)


def test_windows_are_cut_where_the_boxes_are():
    ramp = torch.arange(40.0).expand(1, 40, 40)
    boxes = torch.tensor([[4.0, 4, 16, 16], [8, 0, 40, 32]])
    cut = cut_windows(ramp, boxes, 12)
    assert_close(cut[0, 0, 0], torch.arange(4.0, 16))
    wanted = 8 + (torch.arange(12) + 0.5) * 32 / 12 - 0.5
    assert (cut[1, 0, 5, 1:-1] - wanted[1:-1]).abs().max() < 0.6


def test_large_windows_are_averaged_not_picked_from():
    """Every second pixel white: a window that shrinks has to become grey."""
    stripes = (torch.arange(96) % 2).float().expand(1, 96, 96)
    cut = cut_windows(stripes, torch.tensor([[0.0, 0, 96, 96]]), 12)
    assert (cut - 0.5).abs().max() < 0.1


def test_what_lies_outside_repeats_the_edge():
    cut = cut_windows(torch.ones(1, 8, 8), torch.tensor([[-8.0, -8, 4, 4]]), 12)
    assert_close(cut, torch.ones(1, 1, 12, 12))


def test_window_sizes_grow_by_the_step():
    factors = scales((200, 300), 24.0)
    sides = [SIZES[0] / f for f in factors]
    assert_close(sides[0], 24.0)
    assert all(math.isclose(b / a, STEP) for a, b in pairwise(sides))
    assert sides[-1] <= 200 < sides[-1] * STEP


def test_a_smallest_face_of_no_size_is_refused(by_hand):
    with pytest.raises(ValueError, match="smallest must be positive, got 0"):
        by_hand.detect(torch.zeros(1, 60, 80), smallest=0)


def test_each_stage_costs_several_times_the_one_before():
    deciding, correcting = stage_costs(FaceCascade())
    assert deciding == (20816, 172448, 730176)
    assert deciding[1] > 5 * deciding[0]
    assert deciding[2] > 3 * deciding[1]
    assert deciding[0] == multiply_adds(face_or_not()[0], (1, 12, 12))
    assert len(correcting) == 3


def test_dim_windows_become_like_bright_ones(seeded):
    window = torch.rand(1, 1, 16, 16, generator=seeded)
    assert_close(
        Standardize()(window), Standardize()(0.5 * window + 0.3), atol=0.2, rtol=0
    )
    assert torch.isfinite(Standardize()(torch.zeros(1, 1, 4, 4))).all()


def test_grey_is_luminance():
    red = torch.tensor([1.0, 0, 0])[:, None, None].expand(3, 4, 4)
    assert_close(to_gray(red), torch.full((1, 4, 4), 0.2126))
    gray = torch.rand(1, 4, 4)
    assert to_gray(gray) is gray


def test_a_face_unmoved_is_the_inner_part_of_its_picture(seeded):
    ramp = torch.linspace(0, 1, 25).expand(1, 1, 25, 25)
    windows = shown(ramp, 4, 20, seeded, jitter=0.0)
    slope = windows.mean(2)[:, 0].diff(dim=1).mean(1).abs()
    assert (slope > 0.005).all()  # mirrored or not, a ramp stays one
    assert windows.shape == (4, 1, 20, 20)


def test_a_shown_pattern_shifts_what_is_seen(seeded):
    spot = torch.zeros(1, 1, 25, 25)
    spot[..., 10:15, 10:15] = 1
    right = torch.tensor([[1.0, 0.17, 0.0]]).repeat(16, 1)
    windows = shown(spot, 16, 20, seeded, patterns=right, jitter=0.0)
    columns = (windows - windows.amin((2, 3), keepdim=True)).sum((1, 2))
    at = (columns * torch.arange(20)).sum(1) / columns.sum(1)
    assert (at < 8.5).all()  # the window lies to the right, so the spot is on its left


def test_light_changes_windows_within_bounds(seeded):
    windows = torch.rand(50, 1, 6, 6, generator=seeded)
    changed = lit(windows, seeded)
    assert changed.min() >= 0
    assert changed.max() <= 1
    assert (changed.mean((1, 2, 3)) - windows.mean((1, 2, 3))).abs().max() > 0.05


def test_random_windows_lie_in_the_picture(seeded):
    boxes = any_windows(torch.zeros(1, 50, 90), 200, 12, seeded)
    assert boxes.min() >= 0
    assert boxes[:, 2].max() <= 90
    assert boxes[:, 3].max() <= 50
    assert (boxes[:, 2] - boxes[:, 0]).min() >= 12


def test_negatives_of_a_later_stage_have_passed_the_ones_before(by_hand, seeded):
    photo = disc(90, 130, 80, 40, 9)
    windows = gather(
        by_hand, [photo], 1, seeded, most=1000, smallest=32, progress=False
    )
    assert windows.shape[1:] == (1, SIZES[1], SIZES[1])
    assert 0 < len(windows) < 1000
    assert windows[:, :, 6:10, 6:10].mean() > 0.5


def test_negatives_are_no_more_than_asked_for(by_hand, seeded):
    photos = [disc(40, 40, 20, 20, 9)] * 3
    windows = gather(by_hand, photos, 0, seeded, most=10, smallest=20, progress=False)
    assert len(windows) == 10


def test_a_cascade_in_training_mode_finds_the_same_and_is_left_in_it():
    cascade = FaceCascade().train()
    cascade.thresholds.fill_(-1)  # every window comes to the net with dropout
    photo = torch.rand(1, 40, 40, generator=torch.Generator().manual_seed(0))
    first, again = cascade.detect(photo), cascade.detect(photo)
    assert_close(first.scores, again.scores, rtol=0, atol=0)
    assert cascade.training
    assert cascade.decide[2].training


def test_bytes_are_refused(by_hand):
    with pytest.raises(TypeError, match=r"^image must be floating point, got uint8"):
        by_hand.detect(torch.zeros(3, 40, 40, dtype=torch.uint8))


def test_a_stage_learns_to_tell_discs_from_noise(seeded):
    discs = disc(25, 25, 12.5, 12.5, 6)[None]
    noise = torch.rand(400, 1, 12, 12, generator=seeded)
    torch.manual_seed(0)
    net = face_or_not()[0]
    train_stage(
        net, lambda n: shown(discs, n, 12, seeded), noise, seeded,
        steps=40, batch_size=32, progress=False,
    )  # fmt: skip
    found = net(shown(discs, 100, 12, seeded)).sigmoid()
    assert (found > 0.5).float().mean() > 0.9
    assert (net(noise).sigmoid() < 0.5).float().mean() > 0.9


def test_a_calibration_net_learns(seeded):
    discs = disc(25, 25, 12.5, 12.5, 6)[None]
    torch.manual_seed(0)
    net = which_mistake()[0]
    train_calibration(net, discs, 12, seeded, steps=60, batch_size=90, progress=False)
    large = torch.tensor([[1.21, 0.0, 0.0]]).repeat(45, 1)
    seen = shown(discs, 45, 12, seeded, patterns=large, jitter=0.0)
    p = net(seen).softmax(1).unflatten(1, (5, 9)).sum(2).mean(0)
    assert p.argmax() == 4


def test_the_threshold_lets_that_share_through():
    net = nn.Flatten()
    windows = torch.linspace(-3, 3, 100).reshape(100, 1, 1, 1)
    t = threshold_for(net, windows, 0.9)
    assert (windows.sigmoid() >= t).sum() == 90


def test_a_face_has_to_pass_every_stage(by_hand):
    discs = disc(25, 25, 12.5, 12.5, 7)[None]
    assert share_that_passes(by_hand, discs, count=50) > 0.9
    by_hand.thresholds[1] = 1.1  # nothing passes the second
    assert share_that_passes(by_hand, discs, count=50) == 0


def test_a_box_enlarged_keeps_its_middle():
    box = enlarged(torch.tensor([[0.0, 0, 20, 40]]), AROUND)
    assert_close(box, torch.tensor([[-2.5, -5, 22.5, 45]]))
