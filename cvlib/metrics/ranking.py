"""The share of images whose label is not among the best guesses (torch)."""

from torch import Tensor

from cvlib.validate import check_no_nan, check_positive, check_shape


def topk_error(scores: Tensor, labels: Tensor, k: int = 1) -> Tensor:
    """Share of the images whose label is not among their k best classes.

    A label is among the k best if fewer than k *other* classes score as high or
    higher. So a tie counts against the model: a network that gives every class the
    same score has told them apart nowhere, and its error is 1, not 0. (`torch.topk`
    picks among equals in an order it does not promise, and the error with it.)

    Args:
        scores: (N, K) one score a class, higher for more likely; logits or
            probabilities give the same result.
        labels: (N,) integers from 0 to K − 1.
        k: how many guesses are allowed; ImageNet's usual measure has 5.

    Returns:
        A scalar in [0, 1].

    Raises:
        ShapeError: the shapes are not as above.
        TypeError: `labels` are not integers, or `k` is not one.
        ValueError: no image, a score that is NaN, a label outside, or k above K.

    Source:
        Russakovsky et al., ImageNet Large Scale Visual Recognition Challenge, IJCV
        2015.

    Example:
        >>> import torch
        >>> scores = torch.tensor([[0.1, 0.7, 0.2], [0.5, 0.2, 0.3]])
        >>> topk_error(scores, torch.tensor([1, 2]))
        tensor(0.5000)
        >>> topk_error(scores, torch.tensor([1, 2]), k=2)
        tensor(0.)
    """
    N, K = check_shape("scores", scores, "N K")
    check_shape("labels", labels, "N", N=N, to_match=f"scores {N, K}")
    k = check_positive("k", k)
    check_no_nan("scores", scores)
    if "int" not in str(labels.dtype):
        raise TypeError(
            f"labels must be integers, got {labels.dtype}; did you mean labels.long()?"
        )
    if N == 0:
        raise ValueError(
            f"scores must hold at least one image, got {0, K}; the mean of none is "
            "undefined"
        )
    if k > K:
        raise ValueError(f"k must be at most the number of classes, {K}, got {k}")
    low, high = int(labels.min()), int(labels.max())
    if low < 0 or high >= K:
        raise ValueError(
            f"labels must lie between 0 and {K - 1} to match scores {N, K}, "
            f"got {low} to {high}" + ("; did you mean labels - 1?" * (high == K))
        )
    own = scores.gather(1, labels.long()[:, None])  # (N, 1) the label's own score
    rivals = (scores >= own).sum(dim=1) - 1  # itself is no rival
    return (rivals >= k).float().mean()
