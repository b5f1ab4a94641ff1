"""Measures of maps of classes: definitions, scikit-learn, absent classes, edges."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as sklearn
from torch.testing import assert_close

from cvlib import metrics
from cvlib.validate import ShapeError


def maps(seed=0, K=5, shape=(3, 8, 9), noise=0.4):
    """True classes, and a guess that is often right."""
    generator = torch.Generator().manual_seed(seed)
    target = torch.randint(0, K, shape, generator=generator)
    other = torch.randint(0, K, shape, generator=generator)
    return torch.where(torch.rand(shape, generator=generator) < noise, other, target), (
        target
    )


def confusion(seed=0, **settings):
    preds, target = maps(seed, **settings)
    return metrics.confusion_matrix(preds, target, num_classes=5)


def test_every_pixel_is_counted_once():
    preds, target = maps()
    table = metrics.confusion_matrix(preds, target, num_classes=6)
    slow = torch.zeros(6, 6, dtype=torch.int64)
    for p, t in zip(preds.flatten().tolist(), target.flatten().tolist(), strict=True):
        slow[t, p] += 1
    assert_close(table, slow)
    assert table.sum() == preds.numel()


@given(st.integers(0, 10_000))
def test_measures_are_those_of_scikit_learn(seed):
    preds, target = maps(seed)
    table = metrics.confusion_matrix(preds, target, num_classes=5)
    p, t = preds.flatten().numpy(), target.flatten().numpy()
    labels = range(5)
    assert table.tolist() == sklearn.confusion_matrix(t, p, labels=labels).tolist()
    for ours, theirs in (
        (metrics.class_iou, sklearn.jaccard_score),
        (metrics.class_dice, sklearn.f1_score),
        (metrics.class_accuracy, sklearn.recall_score),
    ):
        wanted = theirs(t, p, labels=labels, average=None)  # every class occurs
        assert_close(ours(table), torch.as_tensor(wanted))
    assert_close(metrics.pixel_accuracy(table).item(), sklearn.accuracy_score(t, p))
    weighted = sklearn.jaccard_score(t, p, average="weighted", zero_division=0)
    assert_close(metrics.frequency_weighted_iou(table).item(), weighted)


def test_a_class_that_nobody_saw_or_called_is_left_out():
    table = torch.tensor([[6, 2, 0], [1, 3, 0], [0, 0, 0]])
    assert metrics.class_iou(table)[2].isnan()
    assert_close(metrics.mean_iou(table), metrics.mean_iou(table[:2, :2]))
    assert_close(metrics.mean_accuracy(table), metrics.mean_accuracy(table[:2, :2]))


def test_a_class_that_is_not_there_but_was_called_has_iou_zero():
    table = torch.tensor([[6, 2], [0, 0]])
    assert metrics.class_iou(table).tolist() == [0.75, 0]
    assert metrics.mean_iou(table).item() == 0.375
    assert metrics.mean_accuracy(table).item() == 0.75


def test_ignored_pixels_are_no_class():
    preds, target = maps()
    kept = torch.rand(target.shape, generator=torch.Generator().manual_seed(1)) < 0.7
    marked = torch.where(kept, target, 255)
    given = {"num_classes": 5}
    table = metrics.confusion_matrix(preds, marked, ignore_index=255, **given)
    assert_close(table, metrics.confusion_matrix(preds[kept], target[kept], **given))


def test_an_ignored_class_may_still_be_called():
    # its pixels go; that others were called so remains a mistake
    preds, target = torch.tensor([0, 1, 1, 0]), torch.tensor([0, 0, 1, 1])
    table = metrics.confusion_matrix(preds, target, num_classes=2, ignore_index=1)
    assert table.tolist() == [[1, 1], [0, 0]]
    assert metrics.class_iou(table).tolist() == [0.5, 0]


def test_what_is_called_on_an_ignored_pixel_does_not_matter():
    preds, target = torch.tensor([77, 0]), torch.tensor([-1, 0])
    table = metrics.confusion_matrix(preds, target, num_classes=1, ignore_index=-1)
    assert table.tolist() == [[1]]


def test_tables_of_images_add_up():
    preds, target = maps()
    each = [
        metrics.confusion_matrix(p, t, num_classes=5)
        for p, t in zip(preds, target, strict=True)
    ]
    assert_close(sum(each), confusion())


@given(st.integers(0, 10_000))
def test_order_of_pixels_and_names_of_classes_do_not_matter(seed):
    preds, target = maps(seed)
    swap = torch.randperm(5, generator=torch.Generator().manual_seed(seed))
    table = metrics.confusion_matrix(preds, target, num_classes=5)
    other = metrics.confusion_matrix(
        swap[preds].flatten().flip(0), swap[target].flatten().flip(0), num_classes=5
    )
    for measure in (
        metrics.mean_iou,
        metrics.mean_accuracy,
        metrics.frequency_weighted_iou,
    ):
        assert_close(measure(table), measure(other))


def test_dice_says_the_same_as_iou():
    iou = metrics.class_iou(confusion())
    assert_close(metrics.class_dice(confusion()), 2 * iou / (1 + iou))


def test_a_perfect_map_scores_one_and_no_pixel_nan():
    perfect = torch.diag(torch.tensor([3, 0, 5]))
    nothing = torch.zeros(3, 3, dtype=torch.int64)
    for measure in (
        metrics.pixel_accuracy,
        metrics.mean_accuracy,
        metrics.mean_iou,
        metrics.frequency_weighted_iou,
    ):
        assert measure(perfect) == 1
        assert measure(nothing).isnan()


@pytest.mark.parametrize(
    ("preds", "target", "error", "sentence"),
    [
        (torch.zeros(2, 3, 4, 4).long(), torch.zeros(2, 4, 4).long(), ShapeError,
         r"preds must be \(2, 4, 4\) to match target, got \(2, 3, 4, 4\); did you mean "
         r"preds.argmax\(1\)\?"),
        (torch.zeros(2), torch.zeros(2).long(), TypeError,
         r"preds must be integers, got float32; scores become classes by argmax\(1\)"),
        (torch.tensor([3]), torch.tensor([0]), ValueError,
         "preds must be classes from 0 to 2, got 3 in 1 pixels"),
        (torch.tensor([0, 0]), torch.tensor([255, 255]), ValueError,
         "target must be classes from 0 to 2, got 255 in 2 pixels; did you mean "
         r"ignore_index=255\?"),
        ([0], torch.tensor([0]), TypeError, "preds must be a torch tensor, got list"),
    ],
)  # fmt: skip
def test_what_cannot_be_counted_is_refused(preds, target, error, sentence):
    with pytest.raises(error, match=sentence):
        metrics.confusion_matrix(preds, target, num_classes=3)


def test_a_table_has_to_be_square():
    with pytest.raises(
        ShapeError,
        match=r"confusion must be \(K, K\), true class by called class, got \(2, 3\); "
        "confusion_matrix makes one",
    ):
        metrics.mean_iou(torch.zeros(2, 3))


def shapes(seed, size=(14, 17)):
    """A blot: noise, smoothed and cut."""
    noise = torch.rand(1, 1, *size, generator=torch.Generator().manual_seed(seed))
    return torch.nn.functional.avg_pool2d(noise, 5, 1, 2)[0, 0] > 0.42


def boundary_by_definition(mask):
    H, W = mask.shape
    return [
        (y, x)
        for y in range(H)
        for x in range(W)
        if mask[y, x]
        and any(
            not mask[v, u]
            for v, u in ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1))
            if 0 <= v < H and 0 <= u < W
        )
    ]


def f_by_definition(preds, target, tolerance):
    a, b = boundary_by_definition(preds), boundary_by_definition(target)
    if not a or not b:
        return float(len(a) == len(b))
    near = torch.cdist(torch.tensor(a).double(), torch.tensor(b).double()) <= tolerance
    precision = near.any(1).double().mean().item()
    recall = near.any(0).double().mean().item()
    return 2 * precision * recall / max(precision + recall, 1e-12)


@pytest.mark.parametrize("tolerance", [0, 1, 1.5, 3])
def test_boundary_f_is_what_it_says(tolerance):
    for seed in range(4):
        a, b = shapes(seed), shapes(seed + 10)
        found = metrics.boundary_f(a, b, tolerance=tolerance).item()
        assert found == pytest.approx(f_by_definition(a, b, tolerance), abs=1e-6)


def test_boundary_f_is_the_same_both_ways_and_for_one_at_a_time():
    a = torch.stack([shapes(s) for s in range(3)])
    b = torch.stack([shapes(s + 10) for s in range(3)])
    f = metrics.boundary_f(a, b)
    assert_close(f, metrics.boundary_f(b, a))
    each = [metrics.boundary_f(p, t) for p, t in zip(a, b, strict=True)]
    assert_close(f, torch.stack(each))
    assert f.shape == (3,)


def test_without_a_boundary_there_is_nothing_to_miss():
    empty, full = torch.zeros(6, 6).bool(), torch.ones(6, 6).bool()
    half = full.tril()
    assert metrics.boundary_f(empty, full) == 1  # the picture's edge is none
    assert metrics.boundary_f(empty, half) == 0
    assert metrics.boundary_f(half, half, tolerance=0) == 1


def test_a_rough_outline_costs_iou_little_and_the_boundary_much():
    y, x = torch.meshgrid(torch.arange(80), torch.arange(80), indexing="ij")
    disc = (y - 40) ** 2 + (x - 40) ** 2 < 900
    coarse = disc[4::8, 4::8].repeat_interleave(8, 0).repeat_interleave(8, 1)
    table = metrics.confusion_matrix(coarse.long(), disc.long(), num_classes=2)
    assert metrics.class_iou(table)[1] > 0.85
    assert metrics.boundary_f(coarse, disc, tolerance=1) < 0.7


def test_masks_are_booleans():
    with pytest.raises(
        TypeError, match=r"preds must be booleans, got float32; did you mean preds > 0"
    ):
        metrics.boundary_f(torch.zeros(4, 4), torch.zeros(4, 4).bool())
    with pytest.raises(ShapeError, match=r"preds must be \(4, 4\) to match target"):
        metrics.boundary_f(torch.zeros(4, 5).bool(), torch.zeros(4, 4).bool())
