"""cvlib.data.digits: 1797 handwritten digits."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.datasets import load_digits

from cvlib.data.digits import digits


def test_all_are_scikit_learns_in_its_order():
    images, labels = digits("all")
    assert images.shape == (1797, 1, 8, 8)
    assert images.dtype == np.float32
    assert labels.dtype == np.int64
    assert_array_equal(images[:, 0] * 16, load_digits().images)
    assert_array_equal(labels, load_digits().target)


def test_values_span_zero_to_one():
    images, _ = digits("all")
    assert (images.min(), images.max()) == (0, 1)


@pytest.mark.parametrize("seed", [0, 7])
def test_train_and_test_share_nothing_and_miss_nothing(seed):
    def rows(split):
        images, labels = digits(split, seed=seed)
        return [(x.tobytes(), int(y)) for x, y in zip(images, labels, strict=True)]

    train, test = rows("train"), rows("test")
    assert (len(train), len(test)) == (1500, 297)
    assert sorted(train + test) == sorted(rows("all"))


def test_a_seed_gives_the_same_split_and_another_seed_another():
    assert_array_equal(digits("test", seed=3)[0], digits("test", seed=3)[0])
    assert not np.array_equal(digits("test", seed=3)[0], digits("test", seed=4)[0])


def test_both_splits_keep_the_classes_in_proportion():
    for split, share in (("train", 150), ("test", 29.7)):
        counts = np.bincount(digits(split)[1], minlength=10)
        assert (abs(counts - share) < 0.05 * share + 1).all()


def test_painting_on_a_digit_does_not_change_the_next_call():
    digits("all")[0][:] = 0
    assert digits("all")[0].any()


@pytest.mark.parametrize(
    ("split", "seed", "error", "sentence"),
    [
        ("tset", 0, ValueError, r"split must be 'train', 'test' or 'all', got 'tset'; "
         r"did you mean 'test'\?"),
        ("test", 0.5, TypeError, r"seed must be an integer ≥ 0, got 0.5; "
         r"did you mean 0\?"),
    ],
)  # fmt: skip
def test_a_wrong_argument_gets_one_sentence(split, seed, error, sentence):
    with pytest.raises(error, match=f"^{sentence}$"):
        digits(split, seed=seed)
