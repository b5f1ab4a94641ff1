"""R-CNN's last two steps, trained when the network is finished (torch).

A linear support vector machine for each class decides whether a region shows it, and a
ridge regression for each class moves the box. Neither changes the features below:
*post hoc*, which is what Fast R-CNN did away with.
"""

import torch
from torch import Tensor, nn

from cvlib.validate import check_number, check_positive, check_shape


def hinge_loss(scores: Tensor, signs: Tensor) -> Tensor:
    """How far each score is on the wrong side of a margin of 1.

    max(0, 1 − y·s): nothing for a region that is right by a margin, and as much more as
    it falls short of it.

    Args:
        scores: (N,) or (N, K) any number.
        signs: +1 or −1, of the same shape.

    Returns:
        Of the same shape, at least 0.

    Example:
        >>> hinge_loss(torch.tensor([2.0, 0.3, -0.5]), torch.tensor([1.0, 1.0, 1.0]))
        tensor([0.0000, 0.7000, 1.5000])
    """
    check_shape("signs", signs, " ".join(map(str, scores.shape)), to_match="the scores")
    if not ((signs == 1) | (signs == -1)).all():
        raise ValueError("signs must be +1 or −1; did you mean 2 * labels - 1?")
    return (1 - signs * scores).clamp(min=0)


def fit_svm(
    features: Tensor,
    positive: Tensor,
    *,
    C: float = 1e-3,
    steps: int = 100,
    hard_negatives: int = 2000,
    rounds: int = 3,
) -> nn.Linear:
    """A linear classifier with the largest margin, which looks for hard negatives.

    Of the many regions without the object most are easy and teach nothing. So training
    begins with a few of them, and after each round those are added that the classifier
    gets most wrong: hard negative mining.

    Args:
        features: (N, D), the cached ones.
        positive: (N,) bool: which rows show the object.
        C: what an error costs, against the size of the weights.
        steps: of descent in each round.
        hard_negatives: how many are added in each round.
        rounds: of mining.

    Returns:
        A layer (N, D) to (N, 1).

    Raises:
        ShapeError: not one flag for each row.
        ValueError: one of the two kinds is missing.

    Source:
        Girshick et al., Rich feature hierarchies, CVPR 2014, section 2.3.

    Example:
        >>> x = torch.tensor([[0.0], [1.0], [4.0], [5.0]])
        >>> svm = fit_svm(x, torch.tensor([False, False, True, True]), C=1.0)
        >>> (svm(x)[:, 0] > 0).tolist()
        [False, False, True, True]
    """
    N, D = check_shape("features", features, "N D")
    check_shape("positive", positive, "N", N=N, to_match=f"features {N, D}")
    check_number("C", C, minimum=0)
    steps, rounds = check_positive("steps", steps), check_positive("rounds", rounds)
    if positive.all() or not positive.any():
        raise ValueError(
            "positive must hold True and False, got only one of them: there is "
            "nothing to separate"
        )
    svm = nn.Linear(D, 1)
    nn.init.zeros_(svm.weight)
    nn.init.zeros_(svm.bias)
    negatives = (~positive).nonzero()[:, 0]
    chosen = positive.clone()
    for _ in range(rounds):
        with torch.no_grad():
            worst = svm(features[negatives])[:, 0].argsort(descending=True, stable=True)
        chosen[negatives[worst[:hard_negatives]]] = True
        signs = positive[chosen].float() * 2 - 1
        _descend(svm, features[chosen], signs, C, steps)
    return svm


def _descend(svm: nn.Linear, x: Tensor, signs: Tensor, C: float, steps: int) -> None:
    """Minimise half the squared weights and C times the squared hinge losses."""
    optimizer = torch.optim.LBFGS(
        svm.parameters(), max_iter=steps, line_search_fn="strong_wolfe"
    )

    def loss() -> Tensor:
        optimizer.zero_grad()
        cost = C * hinge_loss(svm(x)[:, 0], signs).square().sum()
        cost = cost + svm.weight.square().sum() / 2
        cost.backward()
        return cost

    optimizer.step(loss)


def fit_ridge(features: Tensor, codes: Tensor, *, ridge: float = 1000.0) -> nn.Linear:
    """The linear map from features to codes with least squares, its weights kept small.

    Args:
        features: (N, D) of regions that overlap an object well.
        codes: (N, 4), from `encode_boxes`.
        ridge: what the squares of the weights cost.

    Returns:
        A layer (N, D) to (N, 4).

    Source:
        Girshick et al., CVPR 2014, appendix C, with λ = 1000.

    Example:
        >>> x = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
        >>> fit_ridge(x, x @ torch.ones(2, 4), ridge=1e-6)(x)[:, 0].round(decimals=3)
        tensor([1., 1., 2.], grad_fn=<RoundBackward1>)
    """
    N, D = check_shape("features", features, "N D")
    check_shape("codes", codes, "N 4", N=N, to_match=f"features {N, D}")
    check_number("ridge", ridge, minimum=0)
    middle, target = features.mean(0), codes.mean(0)
    x, y = (features - middle).double(), (codes - target).double()
    weight = torch.linalg.solve(x.T @ x + ridge * torch.eye(D, dtype=x.dtype), x.T @ y)
    layer = nn.Linear(D, 4)
    with torch.no_grad():
        layer.weight.copy_(weight.T)
        layer.bias.copy_(target - middle @ weight.float())
    return layer
