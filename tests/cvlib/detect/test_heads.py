"""What is computed for each region, and the two fits that R-CNN adds afterwards."""

import pytest
import torch
from sklearn.linear_model import Ridge
from sklearn.svm import LinearSVC

from cvlib.detect import (
    PooledHead,
    WarpedHead,
    detections,
    fit_ridge,
    fit_svm,
    hinge_loss,
    warp,
)


def test_a_warped_region_is_the_region_and_an_eighth_more():
    """The enlarged box (9, 9)–(27, 27) is 18 pixels wide: a pixel in, a pixel out."""
    image = torch.rand(3, 40, 40)
    squares = warp(image, torch.tensor([[10.0, 10, 26, 26]]), size=18)
    torch.testing.assert_close(squares[0], image[:, 9:27, 9:27])


def test_what_lies_outside_the_image_is_black():
    square = warp(torch.ones(3, 20, 20), torch.tensor([[0.0, 0, 20, 20]]), size=32)
    assert square[0, :, 16, 16].tolist() == [1, 1, 1]
    assert square[0, :, 0, 0].max() < 0.5


@pytest.mark.parametrize("pool", ["roi_align", "roi_pool"])
def test_a_head_has_one_row_a_region(pool):
    regions = [torch.tensor([[0.0, 0, 32, 32]] * 2), torch.zeros(0, 4)]
    scores, codes = PooledHead(5, pool=pool)(torch.rand(2, 64, 12, 16), regions)
    assert scores.shape == (2, 5)
    assert codes.shape == (2, 20)


def test_a_warped_head_sees_nothing_but_its_region():
    torch.manual_seed(0)
    head = WarpedHead(3).eval()
    image, box = torch.rand(3, 60, 60), torch.tensor([[20.0, 20, 36, 36]])
    other = image.clone()
    other[:, :16] = 0  # well away from the region and its surroundings
    for a, b in zip(head(image[None], [box]), head(other[None], [box]), strict=True):
        torch.testing.assert_close(a, b)


def test_of_two_boxes_on_one_object_the_surer_stays():
    scores = torch.tensor([[0.0, 5.0, 0.0], [0.0, 4.0, 0.0], [0.0, 0.0, 3.0]])
    regions = [torch.tensor([[0.0, 0, 20, 20], [1, 0, 21, 20], [0, 0, 20, 20]])]
    [found] = detections(scores, torch.zeros(3, 12), regions, [(40, 40)])
    assert found["labels"].tolist()[:2] == [1, 2]  # suppression is class by class
    assert (found["labels"] == 1).sum() == 1


def test_hinge_loss_ends_at_the_margin():
    scores = torch.tensor([1.0, 0.999, -1.0])
    loss = hinge_loss(scores, torch.ones(3))
    torch.testing.assert_close(loss, torch.tensor([0.0, 0.001, 2.0]))


def test_signs_are_not_labels():
    with pytest.raises(ValueError, match=r"^signs must be \+1 or −1; did you mean"):
        hinge_loss(torch.zeros(2), torch.tensor([0.0, 1.0]))


def test_the_svm_separates_as_an_independent_one():
    """LinearSVC also makes the bias small, a little; so scores are compared roughly."""
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(300, 5, generator=generator)
    positive = x @ torch.tensor([1.0, -2, 0, 0, 1]) > 1
    svm = fit_svm(x, positive, C=0.1, steps=500, hard_negatives=300)
    peer = LinearSVC(C=0.1, loss="squared_hinge", intercept_scaling=100, tol=1e-8)
    peer.fit(x.numpy(), positive.numpy())
    expected = torch.tensor(peer.decision_function(x.numpy()), dtype=torch.float32)
    torch.testing.assert_close(svm(x)[:, 0].detach(), expected, atol=0.02, rtol=0.02)


def test_hard_negatives_are_enough():
    """Few of many, but those that matter: the border is where all of them put it."""
    generator = torch.Generator().manual_seed(1)
    x = torch.randn(2000, 2, generator=generator)
    positive = x[:, 0] > 1.5
    few = fit_svm(x, positive, C=1.0, hard_negatives=100, rounds=5)
    right = (few(x)[:, 0] > 0) == positive
    assert right.float().mean() > 0.99


def test_an_svm_needs_both_kinds():
    with pytest.raises(ValueError, match="only one of them: there is nothing"):
        fit_svm(torch.randn(4, 2), torch.ones(4, dtype=torch.bool))


def test_the_ridge_regression_agrees_with_an_independent_one():
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(50, 6, generator=generator)
    y = torch.randn(50, 4, generator=generator)
    peer = Ridge(alpha=10.0).fit(x.numpy(), y.numpy())
    expected = torch.tensor(peer.predict(x.numpy()), dtype=torch.float32)
    torch.testing.assert_close(fit_ridge(x, y, ridge=10.0)(x).detach(), expected)
