"""Faces (torch): find them, tell them apart, know them again.

A task of its own beside detection and segmentation, because the answer is no class: the
people of tomorrow are not among those of the training set.
"""

from .alignment import align, move_points, similarity_transform
from .calibration import calibrate, calibration_patterns
from .cascade import FaceCascade, Faces, cost_by_stage, face_cascade, stage_costs
from .embedding import EmbeddingNet, SiameseNet, face_embedding
from .heads import DeepFaceHead, pair_features
from .landmarks import eyes, face_landmarks, interocular
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
from .training import (
    Watch,
    all_pairs,
    batch_of_people,
    face_crops,
    fit_embedding,
    pair_distances,
    verification_pairs,
)
from .whitening import WithinWhitening

__all__ = [
    "MINING",
    "DeepFaceHead",
    "EmbeddingNet",
    "FaceCascade",
    "Faces",
    "Found",
    "Gallery",
    "SiameseNet",
    "Watch",
    "WithinWhitening",
    "align",
    "all_pairs",
    "all_triplets",
    "batch_hard_triplets",
    "batch_of_people",
    "calibrate",
    "calibration_patterns",
    "cost_by_stage",
    "error_growth",
    "eyes",
    "face_cascade",
    "face_crops",
    "face_embedding",
    "face_landmarks",
    "fit_embedding",
    "hard_triplets",
    "identify",
    "interocular",
    "mine",
    "move_points",
    "pair_distances",
    "pair_features",
    "random_triplets",
    "relations",
    "semi_hard_triplets",
    "similarity_transform",
    "stage_costs",
    "triplet_kinds",
    "verification_pairs",
    "verify",
]
