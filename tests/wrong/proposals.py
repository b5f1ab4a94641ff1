"""Answers to the exercises on proposals: right ones and wrong ones."""

import numpy as np


def merged_by_loops(sizes, boxes, colours, textures, pixels):
    total = 0.0
    for histograms in (colours, textures):
        for a, b in zip(histograms[0], histograms[1], strict=True):
            total += min(a, b)
    n = int(sizes[0]) + int(sizes[1])
    x1 = min(boxes[0][0], boxes[1][0])
    y1 = min(boxes[0][1], boxes[1][1])
    x2 = max(boxes[0][2], boxes[1][2])
    y2 = max(boxes[0][3], boxes[1][3])
    gap = int((x2 - x1) * (y2 - y1)) - n
    return float(total + (1 - n / pixels) + (1 - gap / pixels))


def merged_by_differences(sizes, boxes, colours, textures, pixels):
    # what two histograms of sum 1 share is 1 − half of how they differ
    total = sum(1 - np.abs(h[0] - h[1]).sum() / 2 for h in (colours, textures))
    width = np.ptp(boxes[:, [0, 2]])
    height = np.ptp(boxes[:, [1, 3]])
    return np.float64(total + 2 - width * height / pixels)  # the sizes cancel


def colour_only(sizes, boxes, colours, textures, pixels):
    return float(np.minimum(*colours).sum())


def all_four(sizes, boxes, colours, textures, pixels):
    return [1.0, 1.0, 0.75, 1.0]


def recall_by_loops(overlaps, limit, threshold):
    found = objects = 0
    for table in overlaps:
        for m in range(table.shape[1]):
            objects += 1
            if any(table[n, m] >= threshold for n in range(min(limit, len(table)))):
                found += 1
    return found / objects


def recall_by_any(overlaps, limit, threshold):
    hit = np.concatenate([(o[:limit] >= threshold).any(axis=0) for o in overlaps])
    return hit.mean()


def missed(overlaps, limit, threshold):
    return 1 - recall_by_any(overlaps, limit, threshold)


def counted(overlaps, limit, threshold):
    hits = [(o[:limit] >= threshold).any(axis=0) for o in overlaps]
    return int(np.concatenate(hits).sum())


RIGHT = {
    "merge_similarity": [merged_by_loops, merged_by_differences],
    "proposal_recall": [recall_by_loops, recall_by_any],
}
WRONG = {
    "merge_similarity": [(colour_only, "expected"), (all_four, "expected")],
    "proposal_recall": [(missed, "expected"), (counted, "expected")],
}
