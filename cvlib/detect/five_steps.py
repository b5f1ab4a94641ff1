"""How R-CNN is trained: five steps, each on what the one before it left (torch).

1. `cut_out`: the objects alone, to train a classifier on;
2. `FineTuning`: its last layer is new and has one class more, the background; it learns
   from the regions that somebody proposes;
3. `cache_features`: the network is finished. What it says of every region is kept;
4. `fit_machines`: for each class a support vector machine on these features;
5. `fit_regressors`: for each class a linear map from the features to a better box.

`finish` puts 4 and 5 where the network's own two outputs were.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from cvlib.boxes import box_iou, encode_boxes
from cvlib.detect.images import batch_of
from cvlib.detect.output import WEIGHTS
from cvlib.detect.svm import fit_ridge, fit_svm
from cvlib.detect.targets import check_targets, fast_rcnn_targets
from cvlib.detect.view import GeneralizedRCNN
from cvlib.detect.warped_head import WarpedHead, warp

Example = tuple[Tensor, Mapping[str, Tensor]]
BACKGROUND, CLOSE = 0.3, 0.6
"""Below the first overlap the machines see background; from the second on regressors
learn: what lies farther off does not tell where the object is."""


def cut_out(data: Iterable[Example]) -> tuple[Tensor, Tensor]:
    """Step 1's training set: every object alone, warped to a square.

    Args:
        data: images (3, H, W) and targets with `boxes` and `labels`.

    Returns:
        (M, 3, 96, 96) uint8 pictures and (M,) classes from 0.

    Example:
        >>> target = {"boxes": torch.tensor([[4.0, 4, 20, 12]]),
        ...           "labels": torch.tensor([3])}
        >>> pictures, classes = cut_out([(torch.rand(3, 32, 40), target)])
        >>> pictures.shape, classes
        (torch.Size([1, 3, 96, 96]), tensor([2]))
    """
    pictures, classes = [], []
    for image, target in data:
        squares = warp(image, target["boxes"])
        pictures.append((squares * 255).round().to(torch.uint8))
        classes.append(target["labels"] - 1)
    return torch.cat(pictures), torch.cat(classes)


class Classifier(nn.Module):
    """Step 1's network: squares in, scores of K classes out; the body is the head's.

    Example:
        >>> net = Classifier(WarpedHead(7)).eval()
        >>> net(torch.zeros(2, 3, 96, 96)).shape
        torch.Size([2, 6])
    """

    def __init__(self, head: WarpedHead) -> None:
        super().__init__()
        self.body = head.body
        hidden, num_classes = head.classes.in_features, head.classes.out_features
        self.classes = nn.Linear(hidden, num_classes - 1)

    def forward(self, squares: Tensor) -> Tensor:
        """(N, 3, 96, 96) to (N, K)."""
        return self.classes(self.body(squares)).float()


class FineTuning(nn.Module):
    """Step 2, for `fit_detector`: name the regions, which are mostly background.

    Args:
        model: of `rcnn`.
        size: regions drawn an image, a quarter of them with an object.

    Example:
        >>> from cvlib.detect import rcnn
        >>> target = {"boxes": torch.tensor([[4.0, 4, 20, 12]]),
        ...           "labels": torch.tensor([3]),
        ...           "proposals": torch.tensor([[5.0, 4, 20, 12], [0.0, 0, 9, 30]])}
        >>> losses = FineTuning(rcnn(7, None))([torch.rand(3, 32, 40)], [target])
        >>> list(losses)
        ['classes']
    """

    def __init__(self, model: GeneralizedRCNN, *, size: int = 32) -> None:
        super().__init__()
        self.model, self.size = model, size

    def forward(
        self, images: Sequence[Tensor], targets: Sequence[Mapping[str, Tensor]]
    ) -> dict[str, Tensor]:
        """The cross-entropy of the regions drawn; boxes are nobody's business yet."""
        batch = batch_of(images)
        check_targets(targets, batch)
        regions, _ = self.model.regions(batch, batch.pixels, targets)
        regions, labels, _ = fast_rcnn_targets(regions, targets, size=self.size)
        scores, _ = self.model.per_region(batch.pixels, regions)
        return {"classes": cross_entropy(scores, labels)}


@dataclass(frozen=True, eq=False)
class Cache:
    """What step 3 keeps of R regions of all images in a row."""

    features: Tensor  # (R, D) float16
    labels: Tensor  # (R,) class of the object overlapped most, 0 if there is none
    overlaps: Tensor  # (R,) with it
    codes: Tensor  # (R, 4) from the region to it, times WEIGHTS
    given: Tensor  # (R,) bool: the object's own box, added to the proposals

    def __len__(self) -> int:
        return len(self.labels)


@torch.no_grad()
def cache_features(head: WarpedHead, data: Iterable[Example]) -> Cache:
    """Step 3: every proposal and every true box through the finished network, once.

    Args:
        head: in evaluation mode.
        data: images and targets with `boxes`, `labels` and `proposals`.

    Example:
        >>> target = {"boxes": torch.tensor([[4.0, 4, 20, 12]]),
        ...           "labels": torch.tensor([3]),
        ...           "proposals": torch.tensor([[5.0, 4, 20, 12], [0.0, 0, 9, 30]])}
        >>> data = [(torch.rand(3, 32, 40), target)]
        >>> cache = cache_features(WarpedHead(7).eval(), data)
        >>> cache.features.shape, cache.labels, cache.given
        (torch.Size([3, 96]), tensor([3, 3, 3]), tensor([ True, False, False]))
    """
    rows = []
    for image, target in data:
        boxes, proposals = target["boxes"], target["proposals"]
        regions = torch.cat([boxes, proposals])
        codes, overlaps = torch.zeros_like(regions), regions.new_zeros(len(regions))
        labels = torch.zeros(len(regions), dtype=torch.int64)
        if len(boxes):
            overlaps, nearest = box_iou(boxes, regions).max(0)
            labels = target["labels"][nearest] * (overlaps > 0)
            codes = encode_boxes(boxes[nearest], regions, weights=WEIGHTS)
        given = torch.arange(len(regions)) < len(boxes)
        features = head.features(image[None], [regions]).float()
        rows.append((features, labels, overlaps, codes, given))
    features, *others = map(torch.cat, zip(*rows, strict=True))
    return Cache(features.half(), *others)


def fit_machines(cache: Cache, num_classes: int, **options) -> nn.Linear:
    """Step 4: one machine a class, true boxes against what hardly touches them.

    A region that overlaps an object of another class more counts as background of
    this one.

    Args:
        cache: of step 3.
        num_classes: K + 1.
        **options: of `fit_svm`.

    Returns:
        A layer (N, D) to (N, K + 1); the row of the background is 0.

    Example:
        >>> labels = torch.tensor([1, 2, 1, 2])
        >>> given, one = torch.tensor([True, True, False, False]), torch.ones(4)
        >>> x = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [0.0, 1.0]])
        >>> cache = Cache(x.half(), labels, one, torch.zeros(4, 4), given)
        >>> fit_machines(cache, 3, C=100.0)(x[:2]).round()
        tensor([[ 0.,  1., -1.],
                [ 0., -1.,  1.]])
    """
    layer = nn.Linear(cache.features.shape[1], num_classes).requires_grad_(False)
    layer.weight.zero_()
    layer.bias.zero_()
    for k in range(1, num_classes):
        positive = cache.given & (cache.labels == k)
        negative = (cache.labels != k) | (cache.overlaps < BACKGROUND)
        used = positive | (negative & ~cache.given)
        svm = fit_svm(cache.features[used].float(), positive[used], **options)
        layer.weight[k], layer.bias[k] = svm.weight[0].detach(), svm.bias[0].detach()
    return layer


def fit_regressors(
    cache: Cache, num_classes: int, *, ridge: float = 1000.0
) -> nn.Linear:
    """Step 5: one linear map a class, learnt from the regions that lie close.

    Args:
        cache: of step 3.
        num_classes: K + 1.
        ridge: what the squares of the weights cost.

    Returns:
        A layer (N, D) to (N, (K + 1)·4), codes times `WEIGHTS`; those of the background
        are 0.

    Example:
        >>> x, one = torch.tensor([[1.0, 0.0], [0.0, 1.0]]), torch.ones(2)
        >>> codes = torch.tensor([[1.0, 2, 3, 4], [5.0, 6, 7, 8]])
        >>> cache = Cache(x.half(), one.long(), one, codes, torch.tensor([False] * 2))
        >>> fit_regressors(cache, 2, ridge=1e-6)(x)[:, 4:].round(decimals=3)
        tensor([[1., 2., 3., 4.],
                [5., 6., 7., 8.]])
    """
    layer = nn.Linear(cache.features.shape[1], 4 * num_classes).requires_grad_(False)
    layer.weight.zero_()
    layer.bias.zero_()
    for k in range(1, num_classes):
        near = (cache.labels == k) & (cache.overlaps >= CLOSE) & ~cache.given
        own = fit_ridge(cache.features[near].float(), cache.codes[near], ridge=ridge)
        rows = slice(4 * k, 4 * k + 4)
        layer.weight[rows], layer.bias[rows] = own.weight.detach(), own.bias.detach()
    return layer


def finish(model: GeneralizedRCNN, machines: nn.Linear, regressors: nn.Linear) -> None:
    """Put the machines and regressors where the network's own outputs were, in place.

    From then on each class is judged for itself.

    Example:
        >>> from cvlib.detect import rcnn
        >>> model = rcnn(3, None)
        >>> finish(model, nn.Linear(96, 3), nn.Linear(96, 12))
        >>> model.output["independent"]
        True
    """
    model.per_region.classes, model.per_region.boxes = machines, regressors
    model.output["independent"] = True
