"""Mask R-CNN: Faster R-CNN that also draws each object and its landmarks (torch).

Faster R-CNN says for each region a class and a box. Mask R-CNN adds heads that work
beside these two, on the same regions: one answers with a mask, one with landmarks.
"""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from cvlib.boxes import box_iou
from cvlib.detect.backbone import FINE_CHANNELS, FINE_STRIDE, FineBackbone
from cvlib.detect.images import batch_of
from cvlib.detect.output import Detection, detections
from cvlib.detect.pooled_head import POOLS, PooledHead
from cvlib.detect.rpn import RegionProposalNetwork
from cvlib.detect.targets import check_targets, fast_rcnn_targets
from cvlib.detect.view import GeneralizedRCNN
from cvlib.losses import (
    fast_rcnn_loss,
    keypoint_loss,
    keypoints_to_locations,
    mask_loss,
)
from cvlib.segment.instance_maps import (
    heatmaps_to_keypoints,
    mask_targets,
    of_class,
    paste_masks_in_image,
)
from cvlib.validate import ShapeError, check_choice, check_positive, check_shape

Target = Mapping[str, Tensor]
CELLS = 14  # of the grid that is cut out of the map
HIDDEN = 48


def convolutions(channels: int, hidden: int, depth: int) -> list[nn.Module]:
    """`depth` convolutions 3 × 3 that keep the size of the grid.

    Example:
        >>> len(convolutions(64, 48, 3))
        6
    """
    layers: list[nn.Module] = []
    for n in range(depth):
        layers.append(nn.Conv2d(hidden if n else channels, hidden, 3, padding=1))
        layers.append(nn.ReLU(inplace=True))
    return layers


class MaskHead(nn.Sequential):
    """A mask for every class, twice as fine as the grid it sees.

    All of it is convolution: a fully connected layer would have to learn anew at every
    place what an edge is.

    Args:
        num_classes: K + 1; the map of the background is never asked for.
        channels: C of the grid.
        hidden: channels in between.
        depth: convolutions before the grid is doubled.

    Example:
        >>> MaskHead(7)(torch.zeros(5, 64, 14, 14)).shape
        torch.Size([5, 7, 28, 28])
    """

    def __init__(
        self,
        num_classes: int,
        *,
        channels: int = FINE_CHANNELS,
        hidden: int = HIDDEN,
        depth: int = 3,
    ) -> None:
        num_classes = check_positive("num_classes", num_classes)
        super().__init__(
            *convolutions(channels, hidden, depth),
            nn.ConvTranspose2d(hidden, hidden, 2, stride=2),
            nn.ReLU(inplace=True),
            nn.Conv2d(hidden, num_classes, 1),
        )


class KeypointHead(nn.Module):
    """A map of places for each landmark of each class, four times as fine as the grid.

    Args:
        num_classes: K + 1.
        num_keypoints: landmarks of each class.
        channels: C of the grid.
        hidden: channels in between.
        depth: convolutions before the grid is doubled.

    Example:
        >>> KeypointHead(7, 4)(torch.zeros(5, 64, 14, 14)).shape
        torch.Size([5, 7, 4, 56, 56])
    """

    def __init__(
        self,
        num_classes: int,
        num_keypoints: int,
        *,
        channels: int = FINE_CHANNELS,
        hidden: int = HIDDEN,
        depth: int = 3,
    ) -> None:
        super().__init__()
        num_classes = check_positive("num_classes", num_classes)
        self.num_keypoints = check_positive("num_keypoints", num_keypoints)
        maps = num_classes * num_keypoints
        self.body = nn.Sequential(*convolutions(channels, hidden, depth))
        self.maps = nn.ConvTranspose2d(hidden, maps, 4, stride=2, padding=1)

    def forward(self, cells: Tensor, labels: Tensor | None = None) -> Tensor:
        """(N, C, m, m) to (N, K + 1, L, 4m, 4m); with labels to (N, L, 4m, 4m)."""
        maps = self.maps(self.body(cells)).float()
        maps = maps.unflatten(1, (-1, self.num_keypoints))
        if labels is not None:  # before they grow: the others need not
            maps = of_class(maps, labels)
        rest = maps.shape[:-2]
        larger = functional.interpolate(
            maps.reshape(-1, 1, *maps.shape[-2:]), scale_factor=2, mode="bilinear"
        )
        return larger.reshape(*rest, *larger.shape[-2:])


class MaskRCNN(GeneralizedRCNN):
    """Per image, regions, per region; and for what was found, a mask and landmarks.

    Heads for masks do not decide anything that others wait for. In training they see
    the regions with an object; later only the boxes that are left at the end, which are
    better and fewer than the proposals.

    Args:
        per_image: pictures (N, 3, H, W) to maps.
        regions: as in `GeneralizedRCNN`.
        per_region: as in `GeneralizedRCNN`.
        mask_head: grids (N, C, m, m) to logits (N, K + 1, M, M).
        keypoint_head: grids and labels to logits (N, L, P, P); None for no landmarks.
        pool: "roi_align", or "roi_pool" to see why not.
        stride: pixels of the image a cell of the map.
        **output: thresholds, as in `GeneralizedRCNN`.

    Source:
        He, Gkioxari, Dollár, Girshick, Mask R-CNN, ICCV 2017.

    Example:
        >>> model = mask_rcnn(7, num_keypoints=4).eval()
        >>> [found] = model([torch.rand(3, 96, 128)])
        >>> found["masks"].shape[1:], found["keypoints"].shape[1:]
        (torch.Size([96, 128]), torch.Size([4, 3]))
    """

    def __init__(
        self,
        per_image: nn.Module,
        regions: nn.Module,
        per_region: nn.Module,
        mask_head: nn.Module,
        keypoint_head: nn.Module | None = None,
        *,
        pool: str = "roi_align",
        stride: int = FINE_STRIDE,
        **output,
    ) -> None:
        super().__init__(per_image, regions, per_region, **output)
        self.mask_head = mask_head
        self.keypoint_head = keypoint_head
        self.pool = check_choice("pool", pool, tuple(POOLS))
        self.stride = check_positive("stride", stride)

    def forward(
        self, images: Sequence[Tensor], targets: Sequence[Target] | None = None
    ) -> list[Detection] | dict[str, Tensor]:
        """Detections of each image; in training mode the losses.

        Args:
            images: each (3, H, W) RGB in [0, 1], of any size.
            targets: in training, for each image `boxes` (M, 4), `labels` (M,), `masks`
                (M, H, W) bool and, with a head for them, `keypoints` (M, L, 3).

        Returns:
            A list of dicts: `boxes` (D, 4), `labels` (D,), `scores` (D,), `masks`
            (D, H, W) bool, and `keypoints` (D, L, 3) with how sure each is. In training
            mode a dict of scalar losses, to be added up.
        """
        batch = batch_of(images)
        if self.training:
            check_targets(targets, batch)
            self.check_instances(images, targets)
        features = self.per_image(batch.pixels)
        regions, losses = self.regions(batch, features, targets)
        if self.training:
            return losses | self.losses(features, regions, targets)
        scores, codes = self.per_region(features, regions)
        found = detections(scores, codes, regions, batch.sizes, **self.output)
        return self.instances(features, found, batch.sizes)

    def losses(
        self, features: Tensor, regions: list[Tensor], targets: Sequence[Target]
    ) -> dict[str, Tensor]:
        """Those of Faster R-CNN, and of the masks and landmarks in the same regions."""
        regions, labels, codes = fast_rcnn_targets(regions, targets)
        classification, localization = fast_rcnn_loss(
            *self.per_region(features, regions), labels, codes
        )
        losses = {"classes": classification, "boxes": localization}
        return losses | self.instance_losses(features, regions, labels, targets)

    def instance_losses(
        self,
        features: Tensor,
        regions: list[Tensor],
        labels: Tensor,
        targets: Sequence[Target],
    ) -> dict[str, Tensor]:
        """What masks and landmarks of the regions with an object cost."""
        boxes, masks, keypoints = [], [], []
        own = labels.split([len(r) for r in regions])
        for region, label, target in zip(regions, own, targets, strict=True):
            box = region[label > 0]
            its = target["boxes"].to(box.dtype)
            nearest = box_iou(its, box).argmax(0) if len(box) else label[:0]
            boxes.append(box)
            masks.append(mask_targets(target["masks"][nearest], box, 2 * CELLS))
            if self.keypoint_head is not None:
                keypoints.append(target["keypoints"][nearest])
        cells, labels = self.cut(features, boxes), labels[labels > 0]
        losses = {
            "masks": mask_loss(self.mask_head(cells).float(), torch.cat(masks), labels)
        }
        if self.keypoint_head is not None:
            logits = self.keypoint_head(cells, labels)
            locations, visible = keypoints_to_locations(
                torch.cat(keypoints), torch.cat(boxes), tuple(logits.shape[2:])
            )
            losses["keypoints"] = keypoint_loss(logits, locations, visible)
        return losses

    def cut(self, features: Tensor, boxes: Sequence[Tensor]) -> Tensor:
        """(ΣR, C, 14, 14): the grid of each box, cut out once for all heads."""
        if self.pool == "roi_pool":
            return POOLS["roi_pool"](features.float(), boxes, CELLS, 1 / self.stride)
        align = POOLS["roi_align"]
        return align(features.float(), boxes, CELLS, 1 / self.stride, 2, aligned=True)

    def instances(
        self,
        features: Tensor,
        found: Sequence[Detection],
        sizes: Sequence[tuple[int, int]],
    ) -> list[Detection]:
        """The detections of each image with the mask and landmarks of their class."""
        boxes = [image["boxes"] for image in found]
        counts = [len(own) for own in boxes]
        labels = torch.cat([image["labels"] for image in found])
        cells = self.cut(features, boxes)
        chances = of_class(self.mask_head(cells).float(), labels).sigmoid()
        for image, own, size in zip(found, chances.split(counts), sizes, strict=True):
            image["masks"] = paste_masks_in_image(own, image["boxes"], size)
        if self.keypoint_head is not None:
            heatmaps = self.keypoint_head(cells, labels).split(counts)
            for image, own in zip(found, heatmaps, strict=True):
                image["keypoints"] = heatmaps_to_keypoints(own, image["boxes"])
        return list(found)

    def check_instances(
        self, images: Sequence[Tensor], targets: Sequence[Target]
    ) -> None:
        """Refuse targets without a mask, or landmarks, for every box."""
        needed = ["masks"] + ["keypoints"] * (self.keypoint_head is not None)
        for n, (image, target) in enumerate(zip(images, targets, strict=True)):
            for key in needed:
                if key not in target:
                    raise TypeError(f"targets[{n}] must have {key!r}")
            M, name = len(target["boxes"]), f"targets[{n}]['masks']"
            _, H, W = image.shape
            match = f"its {M} boxes and image {tuple(image.shape)}"
            check_shape(name, target["masks"], "M H W", M=M, H=H, W=W, to_match=match)
            if self.keypoint_head is not None:
                L = self.keypoint_head.num_keypoints
                if tuple(target["keypoints"].shape) != (M, L, 3):
                    raise ShapeError(
                        f"targets[{n}]['keypoints'] must be {(M, L, 3)} to match its "
                        f"boxes, got {tuple(target['keypoints'].shape)}"
                    )


def mask_rcnn(
    num_classes: int,
    *,
    num_keypoints: int = 0,
    pool: str = "roi_align",
    **options,
) -> MaskRCNN:
    """Faster R-CNN of this book with the two new heads.

    Args:
        num_classes: K + 1, with the background.
        num_keypoints: landmarks of each class; 0 for no head for them.
        pool: what the new heads see: "roi_align" or "roi_pool".
        **options: thresholds, as in `GeneralizedRCNN`.

    Example:
        >>> from cvlib.detect import faster_rcnn
        >>> detector, model = faster_rcnn(7), mask_rcnn(7)
        >>> model.load_state_dict(detector.state_dict(), strict=False).unexpected_keys
        []
    """
    keypoint_head = KeypointHead(num_classes, num_keypoints) if num_keypoints else None
    return MaskRCNN(
        FineBackbone(),
        RegionProposalNetwork(),
        PooledHead(num_classes),
        MaskHead(num_classes),
        keypoint_head,
        pool=pool,
        **options,
    )


def mask_scenes() -> MaskRCNN:
    """The Mask R-CNN for the scenes benchmark: six classes with four landmarks each."""
    return mask_rcnn(7, num_keypoints=4)
