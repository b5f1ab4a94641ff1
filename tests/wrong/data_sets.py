"""Answers to the exercises on data sets and their errors: right ones and wrong ones."""

import numpy as np


def with_loops(scores, labels, k=1):
    wrong = 0
    for row, label in zip(scores, labels, strict=True):
        rivals = 0
        for c, score in enumerate(row):
            if c != label and score >= row[label]:
                rivals += 1
        wrong += rivals >= k
    return wrong / len(labels)


def all_at_once(scores, labels, k=1):
    own = np.take_along_axis(scores, labels[:, None], axis=1)
    return np.mean((scores >= own).sum(axis=1) > k)


def kth_best(scores, labels, k=1):
    others = [np.sort(np.delete(row, t)) for row, t in zip(scores, labels, strict=True)]
    if k == scores.shape[1]:
        return 0.0
    own = scores[np.arange(len(labels)), labels]
    return float(np.mean([o[-k] >= v for o, v in zip(others, own, strict=True)]))


def one_answer_an_image(scores, labels, k=1):
    own = np.take_along_axis(scores, labels[:, None], axis=1)
    return (scores >= own).sum(axis=1) > k


def labels_from_one(scores, labels, k=1):
    return with_loops(scores, labels - 1, k)


RIGHT = {"topk_error": [with_loops, all_at_once, kth_best]}
WRONG = {
    "topk_error": [
        (one_answer_an_image, "Is there a sum, or an index, still to do?"),
        (labels_from_one, "where 0.666667 is expected"),
    ]
}
