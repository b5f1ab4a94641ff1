"""One view of every detector with regions (torch).

What is computed once for the image, f_I = f(I); which regions r(I) are looked at; and
what is computed again for each of them. R-CNN, Fast R-CNN and Faster R-CNN differ in
these three parts and in nothing else.
"""

from collections.abc import Mapping, Sequence

from torch import Tensor, nn

from cvlib.detect.images import Batch, batch_of
from cvlib.detect.output import Detection, detections
from cvlib.detect.targets import check_targets, fast_rcnn_targets
from cvlib.losses import fast_rcnn_loss

Target = Mapping[str, Tensor]


class GeneralizedRCNN(nn.Module):
    """Per image, regions, per region.

    Args:
        per_image: pictures (N, 3, H, W) to what the regions are cut from.
        regions: called with (batch, features, targets); returns a list of (R, 4) xyxy,
            one an image, and a dict of losses, empty if nothing is learned there.
        per_region: called with (features, regions); returns class scores (ΣR, K + 1)
            and box codes (ΣR, (K + 1)·4), all images one after the other.
        score_threshold: detections below are left out.
        iou_threshold: of non-maximum suppression, class by class.
        detections_per_image: the best ones are returned.
        independent: each class has a machine of its own, see `detections`.

    Example:
        >>> from cvlib.detect import faster_rcnn
        >>> model = faster_rcnn(num_classes=7).eval()
        >>> [found] = model([torch.rand(3, 96, 128)])
        >>> sorted(found)
        ['boxes', 'labels', 'scores']
    """

    def __init__(
        self,
        per_image: nn.Module,
        regions: nn.Module,
        per_region: nn.Module,
        *,
        score_threshold: float = 0.05,
        iou_threshold: float = 0.5,
        detections_per_image: int = 100,
        independent: bool = False,
    ) -> None:
        super().__init__()
        self.per_image = per_image
        self.regions = regions
        self.per_region = per_region
        self.output = {
            "score_threshold": score_threshold,
            "iou_threshold": iou_threshold,
            "detections_per_image": detections_per_image,
            "independent": independent,
        }

    def forward(
        self, images: Sequence[Tensor], targets: Sequence[Target] | None = None
    ) -> list[Detection] | dict[str, Tensor]:
        """Detections of each image; in training mode the losses.

        Args:
            images: each (3, H, W) RGB in [0, 1], of any size.
            targets: in training, for each image `boxes` (M, 4) xyxy and `labels` (M,)
                from 1 to K; it may hold more.

        Returns:
            A list of dicts `boxes` (D, 4), `labels` (D,), `scores` (D,), the best
            first. In training mode a dict of scalar losses, to be added up.
        """
        batch = batch_of(images)
        if self.training:
            check_targets(targets, batch)
        features = self.per_image(batch.pixels)  # f_I = f(I)
        regions, losses = self.regions(batch, features, targets)  # r(I)
        if self.training:
            return losses | self.losses(features, regions, targets)
        scores, codes = self.per_region(features, regions)  # for each r in r(I)
        return detections(scores, codes, regions, batch.sizes, **self.output)

    def losses(
        self, features: Tensor, regions: list[Tensor], targets: Sequence[Target]
    ) -> dict[str, Tensor]:
        """What the regions cost: their classes and, of those with an object, boxes."""
        regions, labels, codes = fast_rcnn_targets(regions, targets)
        classification, localization = fast_rcnn_loss(
            *self.per_region(features, regions), labels, codes
        )
        return {"classes": classification, "boxes": localization}


class External(nn.Module):
    """Regions from an algorithm outside the network: R-CNN, Fast R-CNN.

    Where a target brings `proposals`, computed beforehand, these are taken.

    Args:
        propose: a picture (3, H, W) to proposals (R, 4) xyxy.
    """

    def __init__(self, propose) -> None:
        super().__init__()
        self.propose = propose

    def forward(
        self, batch: Batch, features: Tensor, targets: Sequence[Target] | None
    ) -> tuple[list[Tensor], dict[str, Tensor]]:
        """The proposals of each image; nothing is learned here."""
        found = []
        for n, (pixels, (H, W)) in enumerate(
            zip(batch.pixels, batch.sizes, strict=True)
        ):
            if targets is not None and "proposals" in targets[n]:
                found.append(targets[n]["proposals"])
            else:
                found.append(self.propose(pixels[:, :H, :W]))
        return found, {}
