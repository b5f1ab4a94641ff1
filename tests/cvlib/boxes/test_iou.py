"""IoU and its relatives: the definition, torchvision's recorded numbers, gradients."""

import math

import pytest
import torch
from hypothesis import given, settings
from torch.testing import assert_close

from cvlib.boxes import (
    box_iou,
    box_iou_by_definition,
    complete_box_iou,
    distance_box_iou,
    generalized_box_iou,
    iou_of_two,
)
from tests.cvlib.boxes.strategies import random_boxes, some_boxes

quick = settings(deadline=None, max_examples=60)
ALL = (box_iou, generalized_box_iou, distance_box_iou, complete_box_iou)
SQUARES = torch.tensor(
    [[0, 0, 100, 100], [0, 0, 50, 50], [200, 200, 300, 300], [0, 0, 25, 25]]
)
LARGE = torch.tensor(
    [
        [285.3538, 185.5758, 1193.5110, 851.4551],
        [285.1472, 188.7374, 1192.4984, 851.0669],
        [279.2440, 197.9812, 1189.4746, 849.2019],
    ]
)
NEARLY = [[1.0, 0.9933, 0.9673], [0.9933, 1.0, 0.9737], [0.9673, 0.9737, 1.0]]
RECORDED = {  # what torchvision's own tests expect for SQUARES against its first three
    box_iou: [[1, 0.25, 0], [0.25, 1, 0], [0, 0, 1], [0.0625, 0.25, 0]],
    generalized_box_iou: [
        [1, 0.25, -0.7778],
        [0.25, 1, -0.8611],
        [-0.7778, -0.8611, 1],
        [0.0625, 0.25, -0.8819],
    ],
    distance_box_iou: [
        [1, 0.1875, -0.4444],
        [0.1875, 1, -0.5625],
        [-0.4444, -0.5625, 1],
        [-0.0781, 0.1875, -0.6267],
    ],
}
RECORDED[complete_box_iou] = RECORDED[distance_box_iou]  # all of them are squares


@pytest.mark.parametrize("function", ALL, ids=lambda f: f.__name__)
@pytest.mark.parametrize("dtype", [torch.int32, torch.float32, torch.float64])
def test_as_torchvision_on_squares(function, dtype):
    got = function(SQUARES.to(dtype), SQUARES[:3].to(dtype))
    assert got.dtype == (torch.float64 if dtype == torch.float64 else torch.float32)
    assert_close(got.float(), torch.tensor(RECORDED[function]), rtol=0, atol=1e-4)


def test_as_torchvision_on_boxes_nearly_alike():
    assert_close(box_iou(LARGE, LARGE), torch.tensor(NEARLY), rtol=0, atol=1e-4)


@quick
@given(some_boxes(), some_boxes())
def test_iou_as_its_definition(one, two):
    got, expected = box_iou(one, two), box_iou_by_definition(one, two)
    assert_close(got.double(), expected, rtol=0, atol=1e-7)
    assert got.shape == (len(one), len(two))


@quick
@given(some_boxes(), some_boxes())
def test_iou_is_symmetric_bounded_and_blind_to_shift_and_scale(one, two):
    iou = box_iou(one, two)
    assert ((iou >= 0) & (iou <= 1)).all()
    assert_close(box_iou(two, one).T, iou, rtol=0, atol=0)
    assert_close(box_iou(one + 16, two + 16), iou, rtol=0, atol=0)
    assert_close(box_iou(one * 4, two * 4), iou, rtol=0, atol=0)


@quick
@given(some_boxes(), some_boxes())
def test_the_relatives_lie_between_their_bounds(one, two):
    iou, giou, diou, ciou = (function(one, two) for function in ALL)
    for measure, least in ((giou, -1), (diou, -1), (ciou, -2)):
        assert (measure <= iou).all()
        assert (measure >= least).all()
    assert (ciou <= diou).all()


@quick
@given(some_boxes(min_size=1))
def test_a_box_agrees_with_itself_unless_it_is_empty(boxes):
    empty = ((boxes[:, 2:] - boxes[:, :2]) == 0).any(dim=1)
    assert_close(box_iou(boxes, boxes).diagonal(), (~empty).float())


@pytest.mark.parametrize("function", ALL, ids=lambda f: f.__name__)
def test_two_empty_boxes_score_zero_not_nan(function):
    point = torch.tensor([[3.0, 3, 3, 3]])
    line = torch.tensor([[3.0, 0, 3, 9]])
    full = torch.tensor([[0.0, 0, 9, 9]])
    assert function(point, point).item() == 0
    for one, two in ((point, line), (line, line), (point, full), (full, line)):
        assert function(one, two).isfinite().all()
        assert box_iou(one, two).item() == 0


def test_by_hand():
    assert iou_of_two((0, 0, 4, 4), (2, 1, 6, 3)) == 0.2
    assert iou_of_two((0, 0, 1, 1), (1, 0, 2, 1)) == 0  # they share an edge
    one, two = torch.tensor([[0.0, 0, 2, 2]]), torch.tensor([[4.0, 0, 6, 2]])
    assert generalized_box_iou(one, two).item() == pytest.approx(-4 / 12)
    assert distance_box_iou(one, two).item() == pytest.approx(-16 / 40)
    tall, wide = torch.tensor([[0.0, 0, 2, 4]]), torch.tensor([[0.0, 0, 4, 2]])
    v = 4 / math.pi**2 * (math.atan(2) - math.atan(0.5)) ** 2
    expected = 1 / 3 - 2 / 32 - v**2 / (1 - 1 / 3 + v)
    assert complete_box_iou(tall, wide).item() == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("dtype", [torch.uint8, torch.int16, torch.float16])
def test_narrow_dtypes_do_not_overflow(dtype):
    boxes = torch.tensor([[0, 0, 250, 250], [0, 0, 250, 125]])
    for function in ALL:
        got = function(boxes.to(dtype), boxes.to(dtype))
        assert_close(got, function(boxes.float(), boxes.float()))


@pytest.mark.parametrize("function", ALL, ids=lambda f: f.__name__)
def test_no_boxes_give_an_empty_table(function):
    assert function(torch.zeros(0, 4), torch.zeros(3, 4)).shape == (0, 3)
    assert function(torch.zeros(3, 4), torch.zeros(0, 4)).shape == (3, 0)


@pytest.mark.parametrize("function", ALL[:3], ids=lambda f: f.__name__)
def test_gradients_are_those_of_finite_differences(function, rng):
    one, two = random_boxes(rng, 4), random_boxes(rng, 3)
    assert torch.autograd.gradcheck(
        function, (one.requires_grad_(), two.requires_grad_())
    )


def test_no_gradient_flows_through_the_weight_of_ciou(rng):
    one, two = random_boxes(rng, 4).requires_grad_(), random_boxes(rng, 3)
    complete_box_iou(one, two).sum().backward()
    got, one.grad = one.grad, None
    angle1, angle2 = (
        torch.atan((b[:, 2] - b[:, 0]) / (b[:, 3] - b[:, 1])) for b in (one, two)
    )
    v = 4 / math.pi**2 * (angle1[:, None] - angle2) ** 2
    alpha = (v / (1 - box_iou(one, two) + v + 1e-7)).detach()
    (distance_box_iou(one, two) - alpha * v).sum().backward()
    assert_close(got, one.grad)


def test_iou_has_no_gradient_when_boxes_are_apart_and_its_relatives_have():
    two = torch.tensor([[10.0, 0, 14, 4]])
    for function in ALL:
        one = torch.tensor([[0.0, 0, 4, 4]], requires_grad=True)
        function(one, two).sum().backward()
        assert (one.grad.abs().sum() > 0) == (function is not box_iou)


@pytest.mark.parametrize("function", [*ALL, box_iou_by_definition])
def test_the_argument_that_is_wrong_is_named(function, says):
    good, bad = torch.zeros(1, 4), torch.tensor([[5.0, 0, 2, 4]])
    sentence = (
        "{0} must have x2 ≥ x1 and y2 ≥ y1, got {0}[0] = (5, 0, 2, 4); "
        "did you mean box_convert({0}, 'xywh', 'xyxy')?"
    )
    with says(ValueError, sentence.format("boxes1")):
        function(bad, good)
    with says(ValueError, sentence.format("boxes2")):
        function(good, bad)


def test_a_negative_eps_is_refused(says):
    with says(ValueError, "eps must be at least 0, got -1"):
        distance_box_iou(torch.zeros(1, 4), torch.zeros(1, 4), eps=-1)
