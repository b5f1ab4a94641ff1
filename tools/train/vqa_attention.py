"""Train a net that looks where the question points; ship it as `vqa_attention`.

The scenes and questions of `vqa_scenes`. Its glances add up what they see. A net with
the same layers whose glances take the mean is trained for comparison: what it reaches,
above all in counting, is in the manifest. About forty minutes on one quiet core with
bfloat16 instructions. `--images 600 --epochs 1 --dry` is a trial.
"""

from functools import partial

from recipe import options
from vqa_questions import PICTURES, train_and_ship_answers

from cvlib.vqa import AttentionVqa, vqa_attention


def main() -> None:
    """Train, measure, ship."""
    train_and_ship_answers(
        "vqa_attention",
        options(__file__, __doc__, epochs=24, images=PICTURES),
        vqa_attention,
        {"softmax": (partial(AttentionVqa, "softmax"), 24)},
        builder="cvlib.vqa.nets:vqa_attention",
    )


if __name__ == "__main__":
    main()
