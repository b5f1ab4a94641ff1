"""Training that works (torch): a loop, and what one adjusts and watches around it."""

from cvlib.train.checkpoint import Checkpoint
from cvlib.train.loop import (
    History,
    Hook,
    State,
    evaluate,
    exploded,
    fit,
    predict,
    seed_all,
)

__all__ = [
    "Checkpoint",
    "History",
    "Hook",
    "State",
    "evaluate",
    "exploded",
    "fit",
    "predict",
    "seed_all",
]
