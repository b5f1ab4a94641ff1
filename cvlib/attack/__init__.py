"""Fooling networks (torch): pictures changed a little, and defences against that.

    from cvlib.attack import fgsm, pgd

Pictures are in [0, 1], (N, C, H, W), and ε is measured in brightness: a network that
wants normalised input has the normalisation as its first layer, as all nets of
`cvlib.weights.load` do. Networks are run in evaluation mode and left as they were.
"""

from cvlib.attack.balls import norms, project, random_in_ball, steepest
from cvlib.attack.carlini import carlini_wagner
from cvlib.attack.deepfool import deepfool
from cvlib.attack.defence import fit_adversarially
from cvlib.attack.fast import fgsm
from cvlib.attack.gradient import (
    cross_entropy_loss,
    estimated_gradient,
    input_gradient,
    margin_loss,
    predicted,
)
from cvlib.attack.iterated import bim, pgd
from cvlib.attack.masking import Quantize, Sharpen, StraightThrough, warning_signs
from cvlib.attack.measuring import (
    accuracy_curve,
    robust_accuracy,
    success_rate,
    transfer_matrix,
)
from cvlib.attack.noise import fooling_images
from cvlib.attack.patch import adversarial_patch, paste, placed
from cvlib.attack.universal import universal_perturbation

__all__ = [
    "Quantize",
    "Sharpen",
    "StraightThrough",
    "accuracy_curve",
    "adversarial_patch",
    "bim",
    "carlini_wagner",
    "cross_entropy_loss",
    "deepfool",
    "estimated_gradient",
    "fgsm",
    "fit_adversarially",
    "fooling_images",
    "input_gradient",
    "margin_loss",
    "norms",
    "paste",
    "pgd",
    "placed",
    "predicted",
    "project",
    "random_in_ball",
    "robust_accuracy",
    "steepest",
    "success_rate",
    "transfer_matrix",
    "universal_perturbation",
    "warning_signs",
]
