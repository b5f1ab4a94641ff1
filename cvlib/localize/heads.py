"""Two answers from one body: which class, and four numbers of a box (torch)."""

from torch import Tensor, nn

from cvlib.validate import check_positive, check_shape


class BoxHead(nn.Module):
    """Class scores and boxes from the same features.

    Args:
        in_features: D, numbers a picture (or region) that come out of the body.
        num_classes: K; whoever has a background class counts it, as torchvision's
            FastRCNNPredictor does.
        per_class: a box for each class, 4 · K numbers, instead of one for all.

    Example:
        >>> scores, boxes = BoxHead(32, 20, per_class=True)(torch.zeros(2, 32))
        >>> scores.shape, boxes.shape
        (torch.Size([2, 20]), torch.Size([2, 80]))
    """

    def __init__(
        self, in_features: int, num_classes: int, *, per_class: bool = False
    ) -> None:
        super().__init__()
        D, K = (
            check_positive("in_features", in_features),
            check_positive("num_classes", num_classes),
        )
        self.num_classes, self.per_class = K, per_class
        self.cls_score = nn.Linear(D, K)
        self.bbox_pred = nn.Linear(D, 4 * K if per_class else 4)

    def forward(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """(N, D) to scores (N, K) and boxes (N, 4) or, per class, (N, 4·K)."""
        check_shape("features", features, "N D", D=self.cls_score.in_features)
        return self.cls_score(features), self.bbox_pred(features)


def gather_boxes(boxes: Tensor, labels: Tensor) -> Tensor:
    """Of each row, the box of one class.

    Training asks for the box of the true class, testing for that of the best one; the
    boxes of other classes get no gradient.

    Args:
        boxes: (N, 4·K), class after class: numbers 4·k … 4·k + 3 are those of class k.
            (N, 4), one box for all classes, comes back as it is.
        labels: (N,) integers from 0 to K − 1.

    Returns:
        (N, 4).

    Raises:
        ShapeError: boxes are not (N, 4·K), or labels not (N,).
        ValueError: a label has no box.

    Example:
        >>> boxes = torch.arange(16.0).reshape(2, 8)  # two rows, two classes
        >>> gather_boxes(boxes, torch.tensor([1, 0]))
        tensor([[ 4.,  5.,  6.,  7.],
                [ 8.,  9., 10., 11.]])
    """
    N, length = check_shape("boxes", boxes, "N 4·K")
    if length % 4:
        raise ValueError(
            f"boxes must have four numbers a class, got {length} columns, "
            "which is no multiple of 4"
        )
    check_shape("labels", labels, "N", N=N, to_match=f"boxes {tuple(boxes.shape)}")
    if length == 4:
        return boxes
    K = length // 4
    wrong = labels[(labels < 0) | (labels >= K)]
    if len(wrong):
        raise ValueError(f"labels must be from 0 to {K - 1}, got {wrong[0]}")
    index = labels.long()[:, None, None].expand(N, 1, 4)
    return boxes.unflatten(1, (K, 4)).gather(1, index).squeeze(1)
