"""Two embeddings to one probability: the head of DeepFace (torch)."""

import torch
from torch import Tensor, nn

from cvlib.validate import check_choice, check_positive, check_shape

KINDS = ("absolute", "chi_square")


def pair_features(x1: Tensor, x2: Tensor, kind: str = "absolute") -> Tensor:
    """How far two embeddings are apart, component by component.

    `"absolute"` is |f − g|. `"chi_square"` is (f − g)² / (f + g), which is made for
    counts and other numbers that are not negative: a difference of 1 weighs more
    between 1 and 2 than between 10 and 11. Where f + g is 0 both are, and it is 0.

    Args:
        x1: (N, D).
        x2: (N, D).
        kind: `"absolute"` or `"chi_square"`.

    Returns:
        (N, D), at least 0. Both kinds are the same when x1 and x2 change places.

    Raises:
        ShapeError: shapes disagree.
        ValueError: another kind, or a negative number for χ².

    Source:
        Taigman, Yang, Ranzato, Wolf, DeepFace: Closing the Gap to Human-Level
        Performance in Face Verification, CVPR 2014, section 4.

    Example:
        >>> f, g = torch.tensor([[1.0, 10, 0]]), torch.tensor([[2.0, 11, 0]])
        >>> pair_features(f, g)
        tensor([[1., 1., 0.]])
        >>> pair_features(f, g, "chi_square")
        tensor([[0.3333, 0.0476, 0.0000]])
    """
    N, D = check_shape("x1", x1, "N D")
    check_shape("x2", x2, "N D", N=N, D=D, to_match=f"x1 {N, D}")
    check_choice("kind", kind, KINDS)
    if kind == "absolute":
        return (x1 - x2).abs()
    if min(x1.detach().min(), x2.detach().min()) < 0:
        raise ValueError(
            "x1 and x2 must not be negative for 'chi_square', where f + g is divided "
            "by; put a ReLU before the head"
        )
    total = x1 + x2
    return (x1 - x2).square() / total.masked_fill(total == 0, 1)


class DeepFaceHead(nn.Module):
    """ŷ = σ(Σ w_k |f_k − g_k| + b): the probability that both are one person.

    A distance with weights that are learnt: a component that changes with the light
    gets a small one. Trained with binary cross-entropy, as verification is a question
    with two answers.

    Args:
        in_features: D.
        kind: of `pair_features`.

    Example:
        >>> head = DeepFaceHead(8)
        >>> head(torch.rand(2, 8), torch.rand(2, 8)).shape
        torch.Size([2])
    """

    def __init__(self, in_features: int, kind: str = "absolute") -> None:
        super().__init__()
        self.kind = check_choice("kind", kind, KINDS)
        self.fc = nn.Linear(check_positive("in_features", in_features), 1)
        nn.init.constant_(self.fc.weight, -1.0)  # far apart means another person

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        """(N, D) and (N, D) to (N,) logits; `probability` puts them through σ."""
        return self.fc(pair_features(x1, x2, self.kind)).squeeze(1)

    @torch.no_grad()
    def probability(self, x1: Tensor, x2: Tensor) -> Tensor:
        """(N,) in [0, 1], without gradients."""
        return self(x1, x2).sigmoid()
