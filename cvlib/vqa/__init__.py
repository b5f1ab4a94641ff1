"""Asking questions about images (torch): a CNN looks, an LSTM reads, they meet.

    from cvlib.vqa import CnnLstm, fit_answers

Pictures are RGB in [0, 1], (P, 3, H, W); a question is a row of numbers of words, 0
behind its last one. `cvlib.data.questions` makes both, with the right answers.
"""

from cvlib.vqa.fusion import FUSIONS, attend, fuse
from cvlib.vqa.lstm import lstm, lstm_cell
from cvlib.vqa.measuring import accuracy_by_kind, best_blind_answers, blind_accuracy
from cvlib.vqa.nets import (
    AttentionVqa,
    CnnLstm,
    Eye,
    Reader,
    vqa_attention,
    vqa_scenes,
    with_places,
)
from cvlib.vqa.training import augment_light, fit_answers, predict_answers
from cvlib.vqa.words import PADDING, Vocabulary

__all__ = [
    "FUSIONS",
    "PADDING",
    "AttentionVqa",
    "CnnLstm",
    "Eye",
    "Reader",
    "Vocabulary",
    "accuracy_by_kind",
    "attend",
    "augment_light",
    "best_blind_answers",
    "blind_accuracy",
    "fit_answers",
    "fuse",
    "lstm",
    "lstm_cell",
    "predict_answers",
    "vqa_attention",
    "vqa_scenes",
    "with_places",
]
