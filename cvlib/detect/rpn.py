"""The region proposal network: where might something be? (torch)."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from cvlib.anchors import AnchorGenerator, anchor_labels, match, sample
from cvlib.boxes import (
    box_iou,
    clip_boxes_to_image,
    decode_boxes,
    encode_boxes,
    nms,
    remove_small_boxes,
)
from cvlib.detect.backbone import FINE_CHANNELS
from cvlib.detect.images import Batch
from cvlib.losses import rpn_loss

Target = Mapping[str, Tensor]
SIZES, RATIOS = (16, 32, 64, 112), (0.5, 1.0, 2.0)


class RegionProposalNetwork(nn.Module):
    """A small network that slides over the map and judges k anchors at each place.

    Args:
        channels: C of the map.
        sizes: roots of the anchors' areas, in pixels.
        ratios: their heights over widths.
        high: IoU from which an anchor is positive; the best of each object always is.
        low: IoU below which it is negative.
        batch_size: anchors an image in the loss, half of them positive at most.
        weight: λ of the boxes.
        before_nms: how many of the best proposals enter suppression.
        after_nms: how many leave it, at most: (in training, else).
        iou_threshold: of the suppression.

    Source:
        Ren, He, Girshick, Sun, Faster R-CNN, NeurIPS 2015.

    Example:
        >>> from cvlib.detect import batch_of
        >>> rpn = RegionProposalNetwork().eval()
        >>> batch = batch_of([torch.rand(3, 64, 96)])
        >>> [proposals], losses = rpn(batch, torch.rand(1, 64, 16, 24), None)
        >>> proposals.shape[1], losses
        (4, {})
    """

    def __init__(
        self,
        *,
        channels: int = FINE_CHANNELS,
        sizes: Sequence[float] = SIZES,
        ratios: Sequence[float] = RATIOS,
        high: float = 0.7,
        low: float = 0.3,
        batch_size: int = 256,
        weight: float = 10.0,
        before_nms: int = 1000,
        after_nms: tuple[int, int] = (300, 100),
        iou_threshold: float = 0.7,
    ) -> None:
        super().__init__()
        self.anchors = AnchorGenerator((sizes,), (ratios,))
        [k] = self.anchors.num_anchors_per_location()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1)
        self.objectness = nn.Conv2d(channels, k, 1)
        self.deltas = nn.Conv2d(channels, 4 * k, 1)
        for layer in (self.conv, self.objectness, self.deltas):
            nn.init.normal_(layer.weight, std=0.01)
            nn.init.zeros_(layer.bias)
        self.high, self.low = high, low
        self.batch_size, self.weight = batch_size, weight
        self.before_nms, self.after_nms = before_nms, after_nms
        self.iou_threshold = iou_threshold

    def forward(
        self, batch: Batch, features: Tensor, targets: Sequence[Target] | None
    ) -> tuple[list[Tensor], dict[str, Tensor]]:
        """Proposals (R, 4) of each image; in training mode also two losses."""
        N, _, H, W = features.shape
        hidden = self.conv(features).relu()
        # place by place, and at each place anchor by anchor, as the generator has them
        objectness = self.objectness(hidden).permute(0, 2, 3, 1).reshape(N, -1)
        deltas = self.deltas(hidden).permute(0, 2, 3, 1).reshape(N, -1, 4)
        objectness, deltas = objectness.float(), deltas.float()
        anchors = self.anchors(tuple(batch.pixels.shape[2:]), [(H, W)])
        anchors = anchors.to(features.device)  # (H·W·k, 4)
        losses = {}
        if self.training:
            losses = self.losses(objectness, deltas, anchors, targets, H * W)
        # proposals are taken as they are: no gradient runs through their corners
        proposals = [
            self.proposals(scores, codes, anchors, size)
            for scores, codes, size in zip(
                objectness.detach(), deltas.detach(), batch.sizes, strict=True
            )
        ]
        return proposals, losses

    def proposals(
        self, scores: Tensor, codes: Tensor, anchors: Tensor, size: tuple[int, int]
    ) -> Tensor:
        """(R, 4): the best boxes of one image, those that say the same left out."""
        scores, best = scores.topk(min(self.before_nms, len(scores)))
        boxes = clip_boxes_to_image(decode_boxes(codes[best], anchors[best]), size)
        large = remove_small_boxes(boxes, 1.0)
        boxes, scores = boxes[large], scores[large]
        keep = nms(boxes, scores, self.iou_threshold)
        return boxes[keep[: self.after_nms[0 if self.training else 1]]]

    def losses(
        self,
        objectness: Tensor,
        deltas: Tensor,
        anchors: Tensor,
        targets: Sequence[Target],
        places: int,
    ) -> dict[str, Tensor]:
        """Is there an object, and how far is it from the anchor?"""
        labels, codes = [], []
        for target in targets:
            boxes = target["boxes"].to(anchors.dtype)
            matches = match(
                box_iou(boxes, anchors),
                high=self.high,
                low=self.low,
                allow_low_quality=True,
            )
            drawn = torch.cat(sample(anchor_labels(matches), self.batch_size, 0.5))
            label = torch.full_like(matches, -1)
            label[drawn] = anchor_labels(matches)[drawn]
            code = torch.zeros_like(anchors)
            positive = label == 1
            code[positive] = encode_boxes(boxes[matches[positive]], anchors[positive])
            labels.append(label)
            codes.append(code)
        N = len(targets)
        there, where = rpn_loss(
            objectness.flatten(),
            deltas.flatten(0, 1),
            torch.cat(labels),
            torch.cat(codes),
            n_cls=N * self.batch_size,
            n_reg=N * places,
            weight=self.weight,
        )
        return {"rpn_objects": there, "rpn_boxes": where}
