"""The top-k error of the exercise is that of the book."""

import numpy as np

from cvlib import grade


def test_arrays_and_tensors_have_the_same_error():
    import torch

    from cvlib.metrics import topk_error

    exercise = grade.get("topk_error")
    for case in (*exercise.visible, *exercise.hidden(1)):
        scores, labels, k = case.args
        theirs = topk_error(torch.tensor(scores), torch.tensor(labels), k).item()
        np.testing.assert_allclose(exercise.reference(*case.args), theirs, rtol=1e-6)
