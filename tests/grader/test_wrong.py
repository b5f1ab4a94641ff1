"""Misconceptions written down as a learner's cell."""

import re

import numpy as np
import pytest

from grader import wrong


def test_the_source_runs_on_its_own_under_the_wanted_name(tiny):
    import tinycheck

    namespace = {}
    source = wrong.source_of(tinycheck.halved, "mean")
    exec(source, namespace)  # the text must bring total() along
    assert namespace["mean"]([1, 2, 3]) == 3
    assert "squared" not in source


def test_constants_come_along(tiny):
    import tinycheck

    namespace = {}
    exec(wrong.source_of(tinycheck.squared, "double"), namespace)
    assert namespace["double"](3) == 9


def test_a_lambda_is_refused(tiny):
    import tinycheck

    sentence = (
        "the wrong answer for mean must be defined at the top of its module, got "
    )
    tinycheck.anonymous = eval("lambda x: x", vars(tinycheck))
    with pytest.raises(ValueError, match=re.escape(sentence)):
        wrong.source_of(tinycheck.anonymous, "mean")


def test_a_relative_import_of_ours_is_followed():
    import cvlib.pool.average

    namespace = {}
    source = wrong.source_of(cvlib.pool.average.avg_pool2d, "pool")
    assert "cvlib" not in source
    assert "from windows" not in source
    exec(source, namespace)
    image = np.arange(16.0).reshape(4, 4)
    np.testing.assert_allclose(
        namespace["pool"](image[None], 2), [[[2.5, 4.5], [10.5, 12.5]]]
    )
