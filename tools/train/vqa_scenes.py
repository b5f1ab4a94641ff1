"""Train a CNN and an LSTM to answer questions about scenes; ship them as `vqa_scenes`.

Forty thousand scenes, about four balanced questions each; picture and question meet in
a product. Two more nets are trained for comparison, one with its eye covered and one
with its ear: what they reach is in the manifest. Measured on 7 200 balanced questions
of the test split. About half an hour on one quiet core with bfloat16 instructions.
`--images 600 --epochs 1 --dry` is a trial.
"""

from functools import partial

from recipe import options
from vqa_questions import PICTURES, train_and_ship_answers

from cvlib.vqa import CnnLstm, vqa_scenes


def main() -> None:
    """Train, measure, ship."""
    train_and_ship_answers(
        "vqa_scenes",
        options(__file__, __doc__, epochs=40, images=PICTURES),
        vqa_scenes,
        {
            "blind": (partial(CnnLstm, "question"), 1),
            "image_only": (partial(CnnLstm, "image"), 5),
        },
        builder="cvlib.vqa.nets:vqa_scenes",
    )


if __name__ == "__main__":
    main()
