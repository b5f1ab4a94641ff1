"""A detector from before deep learning: HOG and a linear support vector machine.

What is written down by hand here (gradients, histograms of their directions, contrast
normalised block by block) is what a network learns. The classifier is one linear
layer, so sliding it over the picture is a convolution here, too.
"""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from skimage.feature import hog
from sklearn.svm import LinearSVC
from torch import Tensor

from cvlib.boxes import nms
from cvlib.localize.windows import Windows, resized_to, scaled_size
from cvlib.validate import check_no_nan, check_positive, check_shape

CELL, BLOCK, DIRECTIONS = 4, 2, 9


def hog_blocks(image: Tensor) -> NDArray[np.float64]:
    """Histograms of gradient directions, by blocks of 2 × 2 cells of 4 × 4 pixels.

    Args:
        image: (3, H, W) RGB in [0, 1].

    Returns:
        (H // 4 − 1, W // 4 − 1, 36).

    Source:
        Dalal and Triggs, Histograms of Oriented Gradients, CVPR 2005.

    Example:
        >>> hog_blocks(torch.zeros(3, 32, 32)).shape
        (7, 7, 36)
    """
    check_shape("image", image, "C H W", C=3)
    blocks = hog(
        image.permute(1, 2, 0).numpy(), orientations=DIRECTIONS,
        pixels_per_cell=(CELL, CELL), cells_per_block=(BLOCK, BLOCK),
        channel_axis=2, feature_vector=False,
    )  # fmt: skip
    return blocks.reshape(*blocks.shape[:2], -1)


class HogDetector:
    """One class, found by its outline.

    Args:
        window: side of the window in pixels, a multiple of 4.

    Example:
        >>> half = torch.zeros(8, 3, 16, 16)
        >>> half[:4, :, :, 8:] = 1  # an edge, or nothing
        >>> detector = HogDetector(16).fit(half, torch.tensor([1] * 4 + [0] * 4))
        >>> detector.score(half) > 0
        array([ True,  True,  True,  True, False, False, False, False])
    """

    def __init__(self, window: int = 32) -> None:
        self.window = check_positive("window", window)
        if window % CELL or window < 2 * CELL:
            raise ValueError(
                f"window must be a multiple of {CELL}, at least {2 * CELL}, "
                f"got {window}"
            )
        self.side = window // CELL - BLOCK + 1  # blocks along a window
        self.template: NDArray | None = None  # (side, side, 36)
        self.bias = 0.0

    def fit(self, windows: Tensor, labels: Tensor, *, C: float = 0.01) -> "HogDetector":
        """Learn the template from windows of the class (label 1) and others (0).

        Args:
            windows: (N, 3, window, window).
            labels: (N,) of zeros and ones.
            C: of the support vector machine; smaller is smoother.
        """
        w = self.window
        N, *_ = check_shape("windows", windows, "N 3 H W", H=w, W=w)
        match = f"windows {tuple(windows.shape)}"
        check_shape("labels", labels, "N", N=N, to_match=match)
        features = np.stack([hog_blocks(x).ravel() for x in windows])
        machine = LinearSVC(C=C, class_weight="balanced", random_state=0)
        machine.fit(features, labels.numpy())
        self.template = machine.coef_.reshape(self.side, self.side, -1)
        self.bias = float(machine.intercept_[0])
        return self

    def score(self, windows: Tensor) -> NDArray[np.float64]:
        """(N,): above 0 the machine says yes."""
        return np.array([self.score_map(x)[0, 0] for x in windows])

    def score_map(self, image: Tensor) -> NDArray[np.float64]:
        """The score of the window at every fourth pixel, (P, Q), in one pass."""
        if self.template is None:
            raise ValueError("template is not learnt yet; call fit first")
        blocks = hog_blocks(image)
        if min(blocks.shape[:2]) < self.side:
            return np.zeros((0, 0))
        seen = np.lib.stride_tricks.sliding_window_view(
            blocks, (self.side, self.side), axis=(0, 1)
        )  # (P, Q, 36, side, side)
        return np.einsum("pqcij,ijc->pq", seen, self.template) + self.bias

    def detect(
        self,
        image: Tensor,
        *,
        scales: Sequence[float] = (1.0, 0.8, 0.64, 0.5, 0.4),
        threshold: float = 0.0,
        iou_threshold: float = 0.3,
    ) -> dict[str, Tensor]:
        """Boxes and scores of all that scores above `threshold`, best first.

        Args:
            image: (3, H, W) RGB in [0, 1].
            scales: of the picture, as in `sliding_windows`.
            threshold: on the score.
            iou_threshold: of the non-maximum suppression.

        Returns:
            boxes (M, 4) xyxy, scores (M,) and labels (M,), all 1.
        """
        check_no_nan("image", image)
        boxes, scores = [], []
        size = tuple(image.shape[1:])
        for scale in scales:
            resized = resized_to(image, scaled_size(size, scale))
            found = torch.from_numpy(self.score_map(resized)).flatten()
            if len(found):
                places = Windows(size, self.window, stride=CELL, scales=[scale])
                boxes.append(places.boxes())
                scores.append(found)
        if not boxes:
            boxes, scores = [torch.zeros(0, 4)], [torch.zeros(0).double()]
        box, score = torch.cat(boxes), torch.cat(scores)
        box, score = box[score > threshold], score[score > threshold].float()
        kept = nms(box, score, iou_threshold)
        labels = torch.ones(len(kept), dtype=torch.int64)
        return {"boxes": box[kept], "labels": labels, "scores": score[kept]}
