"""Where two senses meet (torch): fusions of vectors, and attention over places."""

import torch
from torch import Tensor

from cvlib.validate import check_choice, check_shape

FUSIONS = ("concat", "sum", "product")
"""How a picture's vector and a question's become one; see `fuse`."""
ONE_SENSE = ("question", "image")
"""What is left when one of the two is covered."""


def fuse(image: Tensor, question: Tensor, fusion: str = "product") -> Tensor:
    """One vector of two.

    - `concat`: one behind the other. The next layer adds what it makes of each; they
      meet at its ReLU at the earliest.
    - `sum`: entry by entry. The same with two layers that are one.
    - `product`: entry by entry. Where the question says 0, nothing of the picture
      passes: it chooses.
    - `question`, `image`: only that one; the other is not looked at.

    Args:
        image: (N, D).
        question: (N, D); for `concat` its D may be another.
        fusion: as above.

    Returns:
        (N, D), or (N, D + D') for `concat`.

    Raises:
        ShapeError, ValueError: the shapes do not fit, or there is no such fusion.

    Source:
        Product: Antol et al., VQA: Visual question answering, ICCV 2015.
        Concatenation: Zhou et al., Simple baseline for visual question answering, 2015.

    Example:
        >>> v, q = torch.tensor([[2.0, 3.0]]), torch.tensor([[1.0, 0.0]])
        >>> fuse(v, q).tolist(), fuse(v, q, "concat").tolist()
        ([[2.0, 0.0]], [[2.0, 3.0, 1.0, 0.0]])
    """
    check_choice("fusion", fusion, (*FUSIONS, *ONE_SENSE))
    N, D = check_shape("image", image, "N D")
    match = {"N": N, "to_match": f"image {tuple(image.shape)}"}
    if fusion == "concat":
        check_shape("question", question, "N E", **match)
        return torch.cat([image, question], 1)
    check_shape("question", question, "N D", D=D, **match)
    if fusion == "sum":
        return image + question
    if fusion == "product":
        return image * question
    return question if fusion == "question" else image


def attend(
    values: Tensor, scores: Tensor, *, gate: str = "softmax"
) -> tuple[Tensor, Tensor]:
    """Look at some places more than at others, and add up what is there.

    - `softmax`: the weights of all places add up to 1: a mean. Two circles have the
      same mean as three: it cannot count what alone it looks at.
    - `sigmoid`: each place by itself, between 0 and 1: a sum, and it can.

    Args:
        values: (N, R, D) what there is at R places.
        scores: (N, G, R) how much each of G glances wants each place.
        gate: as above.

    Returns:
        (N, G, D) what each glance saw, and the weights (N, G, R).

    Raises:
        ShapeError, ValueError: the shapes do not fit, or there is no such gate.

    Source:
        Yang et al., Stacked attention networks for image question answering, CVPR 2016;
        why a mean cannot count: Zhang, Hare, Prügel-Bennett, Learning to count objects
        in natural images for visual question answering, ICLR 2018.

    Example:
        >>> circles = torch.tensor([[[1.0], [1.0], [0.0]]])  # at two of three places
        >>> wanted = torch.tensor([[[9.0, 9.0, -9.0]]])
        >>> [attend(circles, wanted, gate=g)[0].round().item()
        ...  for g in ("softmax", "sigmoid")]
        [1.0, 2.0]
    """
    N, R, _ = check_shape("values", values, "N R D")
    check_shape("scores", scores, "N G R", N=N, R=R,
                to_match=f"values {tuple(values.shape)}")  # fmt: skip
    check_choice("gate", gate, ("softmax", "sigmoid"))
    weights = scores.softmax(-1) if gate == "softmax" else scores.sigmoid()
    return weights @ values, weights
