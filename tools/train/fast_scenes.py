"""Train Fast R-CNN on the scenes benchmark and ship it as `fast_scenes`.

On the same pictures as Faster R-CNN, and measured on the same. The proposals of
selective search are computed once, in about twenty minutes, and kept; then about
half an hour on one quiet core with bfloat16 instructions.
"""

from detectors import pretrained, train_and_ship_detector
from proposed import Proposed, with_proposals
from recipe import options

from cvlib.detect.models import fast_scenes


def splits(name: str, n: int | None = None) -> Proposed:
    """Quick proposals to learn from, all of them to be judged by."""
    return with_proposals(name, n, quick=name == "train")


def main() -> None:
    """Train, measure, ship."""
    train_and_ship_detector(
        "fast_scenes",
        options(__file__, __doc__, epochs=10),
        pretrained(fast_scenes),
        builder="cvlib.detect.models:fast_scenes",
        lr=1e-3,
        splits=splits,
        sample=20,
    )


if __name__ == "__main__":
    main()
