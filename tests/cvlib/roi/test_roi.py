"""RoIPool, RoIAlign and pyramids: torchvision's values, the definitions, gradients."""

import json
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional
from torch.testing import assert_close

from cvlib import roi
from cvlib.validate import ShapeError

quick = settings(deadline=None, derandomize=True, max_examples=30)
RECORD = json.loads((Path(__file__).parent / "golden" / "roi.json").read_text("utf-8"))
"""Values and gradients of torchvision 0.28, which does not install beside our torch."""
CASES = [
    pytest.param(case, id=f"{case['fn']}-{case['dtype']}-{k}")
    for k, case in enumerate(RECORD["cases"])
]
FAST = {
    roi.roi_pool: roi.roi_pool_loops,
    roi.roi_align: roi.roi_align_loops,
}
SQUARE = torch.arange(24.0).reshape(1, 1, 4, 6)


def ramp(shape, dtype):
    """The map of the record."""
    values = torch.arange(torch.tensor(shape).prod()) * 7919 % 1009
    return values.reshape(shape).to(dtype) / 100 - 5


def random(*shape, seed=0, dtype=torch.float64):
    return torch.randn(
        *shape, generator=torch.Generator().manual_seed(seed), dtype=dtype
    )


@st.composite
def regions(draw):
    """A map and boxes in and around it; half of the maps are full of ties."""
    N, C = draw(st.integers(1, 2)), draw(st.integers(1, 3))
    H, W = draw(st.integers(1, 9)), draw(st.integers(1, 9))
    x = random(N, C, H, W, seed=draw(st.integers(0, 999)))
    x = x.round() if draw(st.booleans()) else x
    quarter = st.integers(-12, 60).map(lambda n: n / 4)
    boxes = []
    for _ in range(draw(st.integers(0, 4))):
        (x1, x2), (y1, y2) = (
            sorted(draw(st.tuples(quarter, quarter))),
            sorted(draw(st.tuples(quarter, quarter))),
        )
        boxes.append([draw(st.integers(0, N - 1)), x1, y1, x2, y2])
    sizes = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    scale = draw(st.sampled_from([1.0, 0.5, 0.25, 1.5]))
    return x, torch.tensor(boxes, dtype=x.dtype).reshape(-1, 5), sizes, scale


# ------------------------------------------------------------- torchvision's values


@pytest.mark.parametrize("slow", [False, True])
@pytest.mark.parametrize("case", CASES)
def test_values_are_those_of_torchvision(case, slow):
    dtype = getattr(torch, case["dtype"])
    op = getattr(roi, case["fn"] + ("_loops" if slow else ""))
    got = op(
        ramp(case["shape"], dtype),
        torch.tensor(case["boxes"], dtype=dtype),
        **case["options"],
    )
    expected = torch.tensor(case["values"], dtype=dtype).reshape(got.shape)
    assert_close(got, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("case", CASES)
def test_gradients_are_those_of_torchvision(case):
    dtype = getattr(torch, case["dtype"])
    x = ramp(case["shape"], dtype).requires_grad_()
    op = getattr(roi, case["fn"])
    y = op(x, torch.tensor(case["boxes"], dtype=dtype), **case["options"])
    weights = (torch.arange(y.numel()) % 13).reshape(y.shape)
    (gradient,) = torch.autograd.grad((y * weights).sum(), x)
    expected = torch.tensor(case["gradient"], dtype=dtype).reshape(x.shape)
    assert_close(gradient, expected, rtol=1e-5, atol=1e-4)


def test_the_first_of_equal_values_gets_the_gradient():
    ties = RECORD["ties"]
    x = torch.zeros(ties["shape"], requires_grad=True)
    roi.roi_pool(x, torch.tensor(ties["boxes"]), 2).sum().backward()
    assert x.grad.flatten().tolist() == ties["gradient"]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_bins_are_rounded_in_the_precision_of_the_map_as_torchvisions(dtype):
    x = torch.arange(60, dtype=dtype).reshape(1, 1, 60, 1)
    got = roi.roi_pool(x, torch.tensor([[0.0, 0, 0, 0, 56]], dtype=dtype), (7, 1))
    assert got.flatten().tolist() == RECORD["rows"][str(dtype).removeprefix("torch.")]


# ------------------------------------------------------------- definition, invariants


@quick
@given(regions())
def test_roi_pool_agrees_with_its_definition(case):
    assert_close(roi.roi_pool(*case), roi.roi_pool_loops(*case), rtol=0, atol=0)


@quick
@given(regions(), st.integers(-1, 3), st.booleans())
def test_roi_align_agrees_with_its_definition(case, ratio, aligned):
    options = {"sampling_ratio": ratio, "aligned": aligned}
    got = roi.roi_align(*case, **options)
    assert_close(got, roi.roi_align_loops(*case, **options))


@pytest.mark.parametrize("op", FAST)
def test_a_list_of_boxes_is_the_same_as_numbered_ones(op):
    x = random(3, 2, 6, 8)
    own = [torch.tensor([[0.0, 0, 5, 5], [1, 2, 7, 5]]), torch.zeros(0, 4)]
    own.append(torch.tensor([[2.0, 1, 4, 6]]))
    numbered = torch.tensor([[0.0, 0, 0, 5, 5], [0, 1, 2, 7, 5], [2, 2, 1, 4, 6]])
    assert_close(op(x, own, 3), op(x, numbered, 3), rtol=0, atol=0)


@pytest.mark.parametrize("op", FAST)
def test_the_order_of_boxes_is_kept(op):
    x = random(2, 3, 12, 12)
    boxes = torch.tensor([[0.0, 0, 0, 11, 2], [1, 3, 1, 4, 9], [0, 2, 2, 3, 3]])
    order = torch.tensor([2, 0, 1])
    assert_close(op(x, boxes[order], 2), op(x, boxes, 2)[order], rtol=0, atol=0)


@pytest.mark.parametrize("op", FAST)
def test_no_regions_give_an_empty_result_with_a_gradient_of_zero(op):
    x = random(1, 2, 4, 4).requires_grad_()
    y = op(x, [torch.zeros(0, 4)], 3)
    assert y.shape == (0, 2, 3, 3)
    y.sum().backward()
    assert not x.grad.any()


def test_roi_pool_of_the_whole_map_is_adaptive_max_pooling():
    x = random(2, 3, 11, 13)
    boxes = [torch.tensor([[0.0, 0, 12, 10]])] * 2
    expected = functional.adaptive_max_pool2d(x, (4, 5))
    assert_close(roi.roi_pool(x, boxes, (4, 5)), expected, rtol=0, atol=0)


def test_roi_align_of_a_plane_is_the_value_in_the_middle_of_each_bin():
    y, x = torch.meshgrid(torch.arange(20.0), torch.arange(20.0), indexing="ij")
    plane = (3 * x + 5 * y)[None, None].double()
    got = roi.roi_align(
        plane, [torch.tensor([[4.3, 3.1, 12.3, 11.1]])], 2, aligned=True
    )
    middles = torch.tensor([2.0, 6.0], dtype=torch.float64) - 0.5
    expected = 3 * (4.3 + middles)[None, :] + 5 * (3.1 + middles)[:, None]
    assert_close(got[0, 0], expected)


def test_a_shift_below_a_pixel_moves_roi_align_and_not_roi_pool():
    x = random(1, 1, 20, 20)
    one, other = ([torch.tensor([[4.1, 4.1, 12.1, 12.1]]) + d] for d in (0.0, 0.3))
    assert roi.roi_pool(x, one, 2).equal(roi.roi_pool(x, other, 2))
    assert not torch.allclose(roi.roi_align(x, one, 2), roi.roi_align(x, other, 2))


# ------------------------------------------------------------- edge cases


def test_halves_are_rounded_away_from_zero():
    assert roi.roi_bins(torch.tensor([0.5, 1.5, 2.5, 3.5]), 1) == ([(2, 5)], [(1, 4)])
    assert roi.roi_bins(torch.tensor([-1.5, -0.5, 0.4, 0.0]), 1) == (
        [(-1, 1)],
        [(-2, 1)],
    )


def test_a_bin_outside_the_map_is_zero_not_minus_infinity():
    x = torch.full((1, 1, 4, 4), -7.0)
    got = roi.roi_pool(x, torch.tensor([[0.0, 2, 0, 9, 3]]), 2)
    assert got.flatten().tolist() == [-7, 0, -7, 0]
    far = torch.tensor([[0.0, 40, 40, 50, 50]])
    assert roi.roi_align(x, far, 1).item() == roi.roi_pool(x, far, 1).item() == 0


def test_points_just_outside_take_the_border_and_further_out_zero():
    image = torch.tensor([[[5.0, 6], [7, 8]]])
    values = [roi.align.bilinear(image, y, 0).item() for y in (-1, -1.01, 2, 2.01)]
    assert values == [5, 0, 7, 0]


def test_a_region_without_area_has_no_points_when_aligned():
    point = torch.tensor([[0.0, 2, 2, 2, 2]])
    assert roi.roi_align(SQUARE, point, 1, aligned=True).item() == 0
    assert roi.roi_align(SQUARE, point, 1, 1, 2, True).item() == roi.roi_align_loops(
        SQUARE, point, 1, 1, 2, True
    )
    assert roi.roi_align(SQUARE, point, 1).item() == 17.5  # made one pixel large


def test_many_points_are_summed_in_parts(monkeypatch):
    x, boxes = random(1, 2, 30, 30), [torch.tensor([[0.0, 0, 29, 29]] * 7)]
    whole = roi.roi_align(x, boxes, 3)
    monkeypatch.setattr(roi.align, "AT_ONCE", 1500)
    assert_close(roi.roi_align(x, boxes, 3), whole, rtol=0, atol=0)


@pytest.mark.parametrize("op", FAST)
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_the_dtype_of_the_map_comes_back(op, dtype):
    y = op(SQUARE.to(dtype), [torch.tensor([[0, 0, 5, 3]])], 2)
    assert y.dtype == dtype
    assert y.shape == (1, 1, 2, 2)


# ------------------------------------------------------------- gradients


@pytest.mark.parametrize("op", FAST)
def test_the_gradient_is_that_of_finite_differences(op):
    x = random(2, 2, 5, 6).requires_grad_()
    boxes = torch.tensor([[0.0, 0, 0, 4, 4], [1, -2, 1, 3, 9], [1, 2, 2, 2.5, 3]])
    assert torch.autograd.gradcheck(lambda x: op(x, boxes, (2, 3)), (x,))


@quick
@given(regions())
def test_the_gradient_of_roi_pool_is_that_of_its_definition(case):
    x, *others = case
    grads = []
    for op in (roi.roi_pool, roi.roi_pool_loops):
        leaf = x.clone().requires_grad_()
        y = op(leaf, *others)
        weights = torch.arange(y.numel()).reshape(y.shape)
        ((y * weights).sum() + 0 * leaf.sum()).backward()  # also without regions
        grads.append(leaf.grad)
    assert_close(*grads)


def test_boxes_get_no_gradient():
    boxes = torch.tensor([[0.0, 0, 0, 3, 3]], requires_grad=True)
    assert not roi.roi_align(SQUARE, boxes, 2).requires_grad


# ------------------------------------------------------------- pyramids


def test_one_level_is_roi_pool_of_the_whole_map():
    x = random(2, 3, 9, 14)
    for n in (1, 2, 4, 6):
        boxes = [torch.tensor([[0.0, 0, 13, 8]])] * 2
        pooled = roi.roi_pool(x, boxes, n)
        assert roi.spatial_pyramid_pool(x, [n]).equal(pooled.flatten(1))


def test_a_pyramid_has_one_length_for_maps_of_every_size():
    for H, W in [(13, 13), (7, 20), (1, 3), (40, 6)]:
        assert roi.spatial_pyramid_pool(random(2, 5, H, W), (4, 2, 1)).shape == (2, 105)


def test_both_rules_agree_where_the_bins_divide_the_map():
    x = random(1, 2, 12, 24)
    adaptive, paper = (
        roi.spatial_pyramid_pool(x, (4, 3, 2, 1), rule=rule)
        for rule in ("adaptive", "paper")
    )
    assert adaptive.equal(paper)


def test_the_papers_own_pyramid_divides_its_own_map():
    windows = [roi.pyramid_window(13, n) for n in (3, 2, 1)]
    assert windows == [(5, 4, 3), (7, 6, 2), (13, 13, 1)]  # its figure 5
    x = random(1, 2, 13, 13)
    assert roi.spatial_pyramid_pool(x, (3, 2, 1), rule="paper").shape == (1, 28)


# ------------------------------------------------------------- sentences


@pytest.mark.parametrize(
    ("arguments", "error", "sentence"),
    [
        (
            ([[1.0]], SQUARE, 2),
            TypeError,
            "input must be a torch tensor, got list; "
            r"did you mean torch.as_tensor\(input\)\?",
        ),
        (
            (SQUARE.long(), [torch.zeros(0, 4)], 2),
            TypeError,
            "input must be floating point, got int64: integer arithmetic would "
            r"overflow; divide by 255 or use input.float\(\)",
        ),
        (
            (SQUARE[0], [torch.zeros(0, 4)], 2),
            ShapeError,
            r"input must be \(N, C, H, W\), got \(1, 4, 6\); "
            r"did you mean input\[None\]\?",
        ),
        (
            (SQUARE, torch.zeros(3, 4), 2),
            ShapeError,
            r"boxes must be \(K, 5\) or a list of \(L, 4\), one an image, got "
            r"\(3, 4\); did you mean \[boxes\]\?",
        ),
        (
            (SQUARE, torch.zeros(3, 6), 2),
            ShapeError,
            r"boxes must be \(K, 5\), got \(3, 6\)",
        ),
        (
            (SQUARE, [torch.zeros(0, 4)] * 2, 2),
            ShapeError,
            r"boxes must be one tensor \(L, 4\) for each of 1 images, got 2; an image "
            r"without regions has torch.zeros\(0, 4\)",
        ),
        (
            (SQUARE, torch.tensor([[1.0, 0, 0, 1, 1]]), 2),
            ValueError,
            r"boxes\[:, 0\] must be numbers of images from 0 to 0, got 1; the columns "
            "are image, x1, y1, x2, y2",
        ),
        (
            (SQUARE, torch.tensor([[0.0, 3, 0, 1, 1]]), 2),
            ValueError,
            r"boxes\[:, 1:\] must have x2 ≥ x1 and y2 ≥ y1, got .*",
        ),
        (
            (SQUARE, [torch.zeros(0, 4)], 2, 0),
            ValueError,
            "spatial_scale must be positive, got 0; it is the size of the map over the "
            "size of the image, 1/16 for a stride of 16",
        ),
        (
            (SQUARE, [torch.zeros(0, 4)], 0),
            ValueError,
            "output_size must be a positive integer, got 0; the smallest allowed is 1",
        ),
    ],
)
@pytest.mark.parametrize("op", [*FAST, *FAST.values()])
def test_a_wrong_argument_gets_one_sentence(op, arguments, error, sentence):
    with pytest.raises(error, match=f"^{sentence}$"):
        op(*arguments)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (
            lambda: roi.spatial_pyramid_pool(SQUARE, []),
            r"levels must name at least one grid, got none; try \(4, 2, 1\)",
        ),
        (
            lambda: roi.spatial_pyramid_pool(SQUARE[:, :, :0], [1]),
            r"x must have at least one pixel, got \(1, 1, 0, 6\)",
        ),
        (
            lambda: roi.spatial_pyramid_pool(SQUARE, [2], rule="papers"),
            "rule must be 'adaptive' or 'paper', got 'papers'; did you mean 'paper'\\?",
        ),
        (
            lambda: roi.spatial_pyramid_pool(SQUARE, [4], rule="paper"),
            r"levels must divide the map into 4 × 4 bins, but the paper's rule gives "
            r'4 × 5 of 4 × 6 pixels; use rule="adaptive"',
        ),
        (
            lambda: roi.pyramid_window(3, 4),
            "bins must be at most n = 3 by the paper's rule, got 4; the adaptive rule "
            "lets bins share a pixel",
        ),
    ],
)
def test_a_wrong_pyramid_gets_one_sentence(call, sentence):
    with pytest.raises(ValueError, match=f"^{sentence}$"):
        call()
