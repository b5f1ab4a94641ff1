"""YOLO, whole (torch): a backbone, a head, and what comes out of it."""

import math
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from cvlib.boxes import clip_boxes_to_image
from cvlib.detect.backbone import CHANNELS, STRIDE, small_backbone
from cvlib.detect.images import batch_of
from cvlib.detect.output import Detection, best_of
from cvlib.detect.yolo.anchors import check_sizes
from cvlib.detect.yolo.loss import read_codes, yolo_loss
from cvlib.detect.yolo.target import BOX, boxes_of, encode
from cvlib.validate import check_number, check_positive

RARE = 0.01
"""How likely an object is in a place before anything was learnt."""


class Yolo(nn.Module):
    """One look: every anchor of every cell says at once whether, where and what.

    In evaluation mode images go in and detections come out; in training mode images
    and targets go in, and out comes a dictionary of losses.

    Args:
        num_classes: C, without the background.
        anchors: (B, 2) widths and heights in pixels.
        backbone: pictures (N, 3, H, W) to maps (N, channels, H/stride, W/stride).
        channels: of the maps.
        stride: pixels from cell to cell.
        hidden: channels of the head's 3 × 3 convolution.
        score_threshold: detections below are left out.
        iou_threshold: above it two boxes of a class show the same object.
        detections_per_image: at most.

    Example:
        >>> net = Yolo(3, [[30, 60], [60, 30]]).eval()
        >>> [found] = net([torch.rand(3, 50, 70)])
        >>> sorted(found)
        ['boxes', 'labels', 'scores']
    """

    def __init__(
        self,
        num_classes: int,
        anchors: Tensor | Sequence[Sequence[float]],
        *,
        backbone: nn.Module | None = None,
        channels: int = CHANNELS,
        stride: int = STRIDE,
        hidden: int = 96,
        score_threshold: float = 0.05,
        iou_threshold: float = 0.5,
        detections_per_image: int = 100,
    ) -> None:
        super().__init__()
        self.num_classes = check_positive("num_classes", num_classes)
        self.stride = check_positive("stride", stride)
        limits = {"minimum": 0, "maximum": 1}
        self.score_threshold = check_number(
            "score_threshold", score_threshold, **limits
        )
        self.iou_threshold = check_number("iou_threshold", iou_threshold, **limits)
        self.detections_per_image = detections_per_image
        self.register_buffer("anchors", check_sizes("anchors", anchors))
        self.backbone = small_backbone() if backbone is None else backbone
        self.head = nn.Sequential(
            nn.Conv2d(channels, hidden, 3, padding=1, bias=False),
            nn.BatchNorm2d(hidden),
            nn.ReLU(inplace=True),
            nn.Conv2d(hidden, len(self.anchors) * (BOX + num_classes), 1),
        )
        bias = self.head[-1].bias
        nn.init.zeros_(bias)
        with torch.no_grad():  # nearly every place is empty: let that not be news
            bias.view(len(self.anchors), -1)[:, 0] = math.log(RARE / (1 - RARE))

    def raw(self, pixels: Tensor) -> Tensor:
        """(N, 3, H, W) to (N, rows, columns, B, 5 + C), before any sigmoid."""
        maps = self.head(self.backbone(pixels)).float()
        return maps.permute(0, 2, 3, 1).unflatten(-1, (len(self.anchors), -1))

    def forward(
        self,
        images: Sequence[Tensor],
        targets: Sequence[Mapping[str, Tensor]] | None = None,
    ) -> list[Detection] | dict[str, Tensor]:
        """Images (3, H, W) of any size, and in training what is on each of them."""
        if self.training and targets is None:
            raise ValueError(
                "targets must be given in training mode, got None; did you mean "
                "model.eval()?"
            )
        batch = batch_of(images, multiple=self.stride)
        raw = self.raw(batch.pixels)
        if self.training:
            wanted = [self.wanted(target, raw.shape[1:3]) for target in targets]
            return yolo_loss(raw, torch.stack(wanted), self.anchors / self.stride)
        return self.predict(raw, batch.sizes)

    def wanted(self, target: Mapping[str, Tensor], grid: Sequence[int]) -> Tensor:
        """The target of one image, on the grid of its batch."""
        size = [self.stride * cells for cells in grid]
        return encode(
            target["boxes"],
            target["labels"],
            grid=tuple(grid),
            image_size=tuple(size),
            num_classes=self.num_classes,
            anchors=self.anchors,
        ).target

    @torch.no_grad()
    def predict(self, raw: Tensor, sizes: Sequence[tuple[int, int]]) -> list[Detection]:
        """What (N, rows, columns, B, 5 + C) says of pictures of these sizes."""
        return [
            read_detections(
                own, self.anchors / self.stride, size,
                cell=self.stride,
                score_threshold=self.score_threshold,
                iou_threshold=self.iou_threshold,
                detections_per_image=self.detections_per_image,
            )
            for own, size in zip(raw, sizes, strict=True)
        ]  # fmt: skip


def read_detections(
    raw: Tensor,
    anchors: Tensor,
    size: tuple[int, int],
    *,
    cell: int,
    score_threshold: float = 0.05,
    iou_threshold: float = 0.5,
    detections_per_image: int = 100,
) -> Detection:
    """Read the tensor, leave out what is unlikely, suppress class by class.

    Args:
        raw: (rows, columns, B, 5 + C), what the network said of one picture.
        anchors: (B, 2) widths and heights in cells.
        size: (height, width) of the picture without its padding.
        cell: side of a cell in pixels.
        score_threshold: of p_c · c; what is below is left out.
        iou_threshold: above it two boxes of a class show the same object.
        detections_per_image: the best of all classes together.

    Example:
        >>> raw = torch.zeros(1, 2, 1, 6)  # one class; p_c is a half everywhere
        >>> read_detections(raw, torch.ones(1, 2), (8, 16), cell=8)["boxes"]
        tensor([[ 0.,  0.,  8.,  8.],
                [ 8.,  0., 16.,  8.]])
    """
    rows, columns, _, _ = raw.shape
    codes = read_codes(raw, anchors)
    boxes = boxes_of(codes[..., 1:BOX], image_size=(cell * rows, cell * columns))
    chance, label = codes[..., BOX:].max(dim=-1)
    return best_of(
        clip_boxes_to_image(boxes.reshape(-1, 4), size),
        label.flatten() + 1,
        (codes[..., 0] * chance).flatten(),
        score_threshold=score_threshold,
        iou_threshold=iou_threshold,
        detections_per_image=detections_per_image,
    )


SCENES_ANCHORS = ((17.0, 16.0), (34.0, 33.0), (77.0, 66.0))
"""`cluster_anchors` of the benchmark's training boxes."""


def yolo_scenes() -> Yolo:
    """The YOLO for the benchmark of scenes: 6 classes, 3 anchors, cells of 8 pixels.

    Example:
        >>> sum(weight.numel() for weight in yolo_scenes().parameters())
        372825
    """
    return Yolo(6, SCENES_ANCHORS, score_threshold=0.01)  # for the tail of the curve
