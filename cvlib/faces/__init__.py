"""Faces (torch): find them, tell them apart, know them again.

A task of its own beside detection and segmentation, because the answer is no class: the
people of tomorrow are not among those of the training set.
"""

from .embedding import EmbeddingNet, SiameseNet, face_embedding
from .heads import DeepFaceHead, pair_features
from .mining import (
    MINING,
    all_triplets,
    batch_hard_triplets,
    hard_triplets,
    mine,
    random_triplets,
    relations,
    semi_hard_triplets,
    triplet_kinds,
)
from .recognition import Found, Gallery, error_growth, identify, verify
from .training import Watch, batch_of_people, fit_embedding, verification_pairs

__all__ = [
    "MINING",
    "DeepFaceHead",
    "EmbeddingNet",
    "Found",
    "Gallery",
    "SiameseNet",
    "Watch",
    "all_triplets",
    "batch_hard_triplets",
    "batch_of_people",
    "error_growth",
    "face_embedding",
    "fit_embedding",
    "hard_triplets",
    "identify",
    "mine",
    "pair_features",
    "random_triplets",
    "relations",
    "semi_hard_triplets",
    "triplet_kinds",
    "verification_pairs",
    "verify",
]
