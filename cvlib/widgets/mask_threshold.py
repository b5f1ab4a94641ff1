"""Where to cut a map of probabilities, and what the cut is worth."""

import numpy as np
import traitlets as t
from numpy.typing import NDArray

from cvlib import show
from cvlib.data.silhouettes import SILHOUETTES, stamp
from cvlib.metrics.coco import IOU_THRESHOLDS
from cvlib.show import palette as p
from cvlib.widgets._base import Interactive

SIDE = 22
KINDS = ("sharp", "unsure", "shifted")


def network(kind: str) -> tuple[NDArray, NDArray]:
    """Probabilities and the true mask, (22, 22) both, of a mug and of three networks.

    The logit of a pixel is how far inside the outline it lies, as a blurred mask says:
    steep for a network that is sure, flat for one that is not, and two pixels beside
    the object for the third.
    """
    drawn = stamp(SILHOUETTES["mug"], longest=17, turn=(0.98, 0.2))
    h, w = drawn.shape
    covered = np.zeros((SIDE, SIDE))
    covered[(SIDE - h) // 2 :, (SIDE - w) // 2 :][:h, :w] = drawn
    steep, blurs, by = {
        "sharp": (16, 1, 0),
        "unsure": (5, 4, 0),
        "shifted": (16, 1, 2),
    }[kind]
    blurred = np.roll(covered, by, axis=1)
    for _ in range(blurs):
        for axis in (0, 1):
            before, after = (np.roll(blurred, k, axis) for k in (1, -1))
            blurred = (before + 2 * blurred + after) / 4
    noise = np.random.default_rng(1).normal(0, 0.5, covered.shape)
    logits = steep * (blurred - 0.5) + noise
    return (1 / (1 + np.exp(-logits))).round(2), covered >= 0.5


def worth(probabilities: NDArray, true: NDArray, threshold: float) -> dict[str, float]:
    """Pixels in both, only predicted and only true, their IoU, and of how many of
    COCO's ten thresholds it is enough for."""
    mask = probabilities >= threshold
    both, union = int((mask & true).sum()), int((mask | true).sum())
    iou = both / union if union else 0.0
    return {
        "both": both,
        "extra": int((mask & ~true).sum()),
        "missed": int((~mask & true).sum()),
        "iou": iou,
        "passed": int((iou >= IOU_THRESHOLDS.numpy()).sum()),
    }


class MaskThreshold(Interactive):
    """A threshold on a map, and the mask above it.

    Example:
        >>> MaskThreshold(kind="shifted").worth()["passed"]
        3
    """

    label = t.Unicode("A map of probabilities, cut at a threshold").tag(sync=True)
    maps = t.Dict().tag(sync=True)
    """For each kind the probabilities and the true mask."""
    kind = t.Unicode("unsure").tag(sync=True)
    threshold = t.Float(0.5).tag(sync=True)

    def __init__(self, **state: object) -> None:
        maps = {}
        for kind in KINDS:
            probabilities, true = network(kind)
            maps[kind] = [probabilities.tolist(), true.astype(int).tolist()]
        super().__init__(**{"maps": maps, **state})

    def worth(self) -> dict[str, float]:
        """What the mask is worth now."""
        probabilities, true = (np.array(part) for part in self.maps[self.kind])
        return worth(probabilities, true > 0, self.threshold)

    def still(self) -> str:
        """The probabilities, the mask above the threshold and the true one."""
        probabilities, true = (np.array(part) for part in self.maps[self.kind])
        fig, axes = show.figure(7, 2.8, cols=3)
        parts = probabilities, probabilities >= self.threshold, true
        titles = "probabilities", f"at least {self.threshold:.2f}", "true"
        for ax, part, title in zip(axes, parts, titles, strict=True):
            ax.imshow(part, cmap="Greys", vmin=0, vmax=1)
            ax.set_title(title, color=p.INK)
            show.bare(ax)
        return show.Picture(
            fig,
            "A map of probabilities of a mug, the mask above the threshold, and the "
            "true mask.",
        )._repr_html_()
