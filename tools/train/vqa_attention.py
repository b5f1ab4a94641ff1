"""Train a net that looks where the question points; ship it as `vqa_attention`.

The scenes and questions of `vqa_scenes`, and to begin with its eye and its reader: a
net that learns both with its attention does not come to left and right in twice as many
epochs. Its glances add up what they see. A net with the same layers whose glances take
the mean is trained for comparison: what it reaches is in the manifest. About a quarter
of an hour on one quiet core with bfloat16 instructions. `--images 600 --epochs 1 --dry`
is a trial.
"""

from functools import partial

from recipe import options
from vqa_questions import PICTURES, train_and_ship_answers

from cvlib.vqa import AttentionVqa
from cvlib.weights import load

EPOCHS = 12


def taught(gate: str) -> AttentionVqa:
    """A net that sees and reads already, and has to learn where to look."""
    net, other = AttentionVqa(gate), load("vqa_scenes")
    net.eye.load_state_dict(other.eye.state_dict())
    net.reader.load_state_dict(other.reader.state_dict())
    return net


def main() -> None:
    """Train, measure, ship."""
    train_and_ship_answers(
        "vqa_attention",
        options(__file__, __doc__, epochs=EPOCHS, images=PICTURES),
        partial(taught, "sigmoid"),
        {"softmax": (partial(taught, "softmax"), EPOCHS)},
        builder="cvlib.vqa.nets:vqa_attention",
    )


if __name__ == "__main__":
    main()
