"""Find faces by a cascade (torch): cheap nets throw away, dearer ones look closer.

Nearly every window of a picture is no face, and nearly all of those are easily seen to
be none. So three nets stand in a row. The first is tiny and sees 12 × 12 pixels; what
it lets through goes to the next, which sees 16 × 16, and what that lets through to the
last. After each, another small net says how the window is off.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import grid_sample

from cvlib.boxes import nms
from cvlib.faces.calibration import calibrate, from_middles, middles
from cvlib.localize import fc_to_conv, sliding_windows
from cvlib.localize.windows import resized_to, scaled_size
from cvlib.summary import multiply_adds
from cvlib.summary.trace import evaluating
from cvlib.validate import check_floating, check_number, check_shape

SIZES = (12, 16, 20)
"""What the three nets see. In the paper 12, 24 and 48; ours learn from faces of 25
pixels, of which the inner 20 are the window, so that there is room to be off."""

STRIDE = 2
STEP = 1.19  # from one size of window to the next
AROUND = 25 / 20  # a face's box is that much larger than the window


class Standardize(nn.Module):
    """Mean 0 and deviation 1 in each window: dim and bright faces become alike."""

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) to the same."""
        x = x - x.mean((1, 2, 3), keepdim=True)
        return x / (x.square().mean((1, 2, 3), keepdim=True).sqrt() + 0.02)


def face_or_not() -> list[nn.Sequential]:
    """The three nets that decide, each ending in one logit.

    Example:
        >>> [net(torch.zeros(2, 1, n, n)).shape for net, n in zip(face_or_not(), SIZES)]
        [torch.Size([2, 1]), torch.Size([2, 1]), torch.Size([2, 1])]
    """
    first = nn.Sequential(
        nn.Conv2d(1, 16, 3), nn.ReLU(), nn.MaxPool2d(2),  # 12 → 10 → 5
        nn.Flatten(), nn.Linear(16 * 5 * 5, 16), nn.ReLU(), nn.Linear(16, 1),
    )  # fmt: skip
    second = nn.Sequential(
        Standardize(),
        nn.Conv2d(1, 24, 5), nn.ReLU(), nn.MaxPool2d(2),  # 16 → 12 → 6
        nn.Conv2d(24, 24, 3), nn.ReLU(), nn.MaxPool2d(2),  # → 4 → 2
        nn.Flatten(), nn.Linear(24 * 2 * 2, 32), nn.ReLU(), nn.Linear(32, 1),
    )  # fmt: skip
    third = nn.Sequential(
        Standardize(),
        nn.Conv2d(1, 32, 5), nn.ReLU(), nn.MaxPool2d(2),  # 20 → 16 → 8
        nn.Conv2d(32, 48, 3), nn.ReLU(), nn.MaxPool2d(2),  # → 6 → 3
        nn.Flatten(), nn.Linear(48 * 3 * 3, 64), nn.ReLU(), nn.Dropout(0.3),
        nn.Linear(64, 1),
    )  # fmt: skip
    return [first, second, third]


def which_mistake() -> list[nn.Sequential]:
    """The three nets that calibrate, each ending in 45 logits.

    Example:
        >>> which_mistake()[0](torch.zeros(2, 1, 12, 12)).shape
        torch.Size([2, 45])
    """
    return [
        nn.Sequential(
            Standardize(), nn.Conv2d(1, channels, kernel), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(), nn.Linear(channels * ((size - kernel + 1) // 2) ** 2, 64),
            nn.ReLU(), nn.Linear(64, 45),
        )
        for size, channels, kernel in zip(SIZES, (16, 16, 24), (3, 5, 5), strict=True)
    ]  # fmt: skip


class Faces(NamedTuple):
    """What a cascade found, and what that took."""

    boxes: Tensor
    """(M, 4) xyxy, best first."""
    scores: Tensor
    """(M,) the last net's probabilities."""
    windows: tuple[int, int, int]
    """How many windows each of the three nets saw."""
    passed: tuple[int, int, int]
    """How many it let through, before those that became alike were merged."""
    stages: tuple[Tensor, Tensor, Tensor]
    """The boxes that left each stage, (·, 4)."""


class FaceCascade(nn.Module):
    """Three nets that decide, three that calibrate, three thresholds.

    Attributes:
        thresholds: (3,) probabilities from which on a window goes on.

    Source:
        Li, Lin, Shen, Brandt, Hua, A Convolutional Neural Network Cascade for Face
        Detection, CVPR 2015. Smaller here, on grey pictures, and without handing the
        coarse net's features on to the finer one.

    Example:
        >>> faces = FaceCascade().eval().detect(torch.zeros(3, 40, 60))
        >>> faces.windows[0]
        81
    """

    def __init__(self) -> None:
        super().__init__()
        self.decide = nn.ModuleList(face_or_not())
        self.correct = nn.ModuleList(which_mistake())
        self.register_buffer("thresholds", torch.tensor([0.5, 0.5, 0.5]))

    @torch.no_grad()
    def detect(
        self, image: Tensor, *, smallest: float = 30.0, overlap: float = 0.3
    ) -> Faces:
        """The faces in a picture, found in evaluation mode.

        Args:
            image: (3, H, W) RGB or (1, H, W) grey, in [0, 1].
            smallest: side in pixels of the smallest face that is looked for.
            overlap: of two boxes that overlap more than this the better one stays.

        Raises:
            ShapeError, TypeError: `image` is no picture.
            ValueError: `smallest` is not positive.
        """
        gray = to_gray(image)
        smallest = check_number("smallest", smallest) / AROUND
        with evaluating(self):
            boxes, count, through = self.first(gray, smallest)
            seen, passed, stages = [count], [through], [boxes]
            for k in (1, 2):
                seen.append(len(boxes))
                boxes, scores = self.look(gray, boxes, k)
                passed.append(len(boxes))
                if k == 1:
                    boxes, scores = self.merge(gray, boxes, scores, k)
                stages.append(boxes)
            keep = nms(boxes, scores, overlap)
            boxes = enlarged(self.moved(gray, boxes[keep], 2), AROUND)
        stages = tuple(enlarged(stage, AROUND) for stage in stages)
        return Faces(boxes, scores[keep], tuple(seen), tuple(passed), stages)

    def first(self, gray: Tensor, smallest: float) -> tuple[Tensor, int, int]:
        """What the first net lets through, calibrated and merged scale by scale.

        Returns:
            The boxes (M, 4); how many windows there were, and how many passed.
        """
        net, kept = fc_to_conv(self.decide[0], SIZES[0]), []
        count = through = 0
        for scale in scales(gray.shape[1:], smallest):
            windows = sliding_windows(
                gray.shape[1:], SIZES[0], stride=STRIDE, scales=[scale]
            )
            level = windows.levels[0]
            logits = net(resized_to(gray, level.size)[None])[0, 0]
            scores = logits[: level.rows, : level.columns].sigmoid().flatten()
            count += len(windows)
            passed = scores >= self.thresholds[0]
            through += int(passed.sum())
            boxes, scores = windows.boxes().to(gray)[passed], scores[passed]
            kept.append(self.merge(gray, boxes, scores, 0)[0])
        return torch.cat([gray.new_zeros(0, 4), *kept]), count, through

    def look(self, gray: Tensor, boxes: Tensor, stage: int) -> tuple[Tensor, Tensor]:
        """The windows that a later net lets through, and its probabilities."""
        scores = self.decide[stage](cut_windows(gray, boxes, SIZES[stage])).sigmoid()[
            :, 0
        ]
        passed = scores >= self.thresholds[stage]
        return boxes[passed], scores[passed]

    def moved(self, gray: Tensor, boxes: Tensor, stage: int) -> Tensor:
        """Boxes where the calibration net would have them."""
        logits = self.correct[stage](cut_windows(gray, boxes, SIZES[stage]))
        return calibrate(boxes, logits.softmax(1))

    def merge(
        self, gray: Tensor, boxes: Tensor, scores: Tensor, stage: int
    ) -> tuple[Tensor, Tensor]:
        """Calibrate, then of windows that have become nearly the same keep the best."""
        boxes = self.moved(gray, boxes, stage)
        keep = nms(boxes, scores, 0.5)
        return boxes[keep], scores[keep]


def face_cascade() -> FaceCascade:
    """The cascade of `cvlib.weights.load("face_cascade")`, untrained.

    Example:
        >>> sum(p.numel() for p in face_cascade().parameters()) < 300_000
        True
    """
    return FaceCascade()


def stage_costs(cascade: FaceCascade) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Multiply-adds a window: of the three nets that decide, of those that calibrate.

    Example:
        >>> stage_costs(FaceCascade())[0][0]
        20816
    """
    return tuple(
        tuple(multiply_adds(net, (1, n, n)) for net, n in zip(nets, SIZES, strict=True))
        for nets in (cascade.decide, cascade.correct)
    )


def cost_by_stage(cascade: FaceCascade, faces: Faces) -> Tensor:
    """Multiply-adds each stage cost, divided by the windows of the first.

    Windows are counted as if each were looked at alone; sliding shares work besides.

    Args:
        cascade: what found them.
        faces: what it found.

    Returns:
        (3, 2): deciding and calibrating, stage by stage; their sum is the average cost
        of a window of the picture.

    Example:
        >>> cascade = FaceCascade().eval()
        >>> cost = cost_by_stage(cascade, cascade.detect(torch.zeros(1, 40, 60)))
        >>> cost.shape, cost[0, 0]
        (torch.Size([3, 2]), tensor(20816.))
    """
    calibrated = (*faces.passed[:2], len(faces.boxes))  # at last only what is kept
    counts = torch.tensor([faces.windows, calibrated])  # (2, 3)
    spent = (counts * torch.tensor(stage_costs(cascade))).T
    return spent / max(1, faces.windows[0])


def scales(size: tuple[int, int], smallest: float) -> list[float]:
    """Factors for the picture, so that windows grow from `smallest` by `STEP`."""
    smallest = check_number("smallest", smallest)
    if smallest <= 0:
        raise ValueError(f"smallest must be positive, got {smallest:g}")
    found, side = [], smallest
    while side <= min(size):
        found.append(SIZES[0] / side)
        side *= STEP
    return found


def cut_windows(image: Tensor, boxes: Tensor, size: int) -> Tensor:
    """What lies in each box, at `size` × `size`: from a copy of about the right scale.

    Args:
        image: (C, H, W).
        boxes: (N, 4) xyxy; what lies outside repeats the edge.
        size: pixels a side.

    Returns:
        (N, C, size, size).

    Example:
        >>> ramp = torch.arange(8.).expand(1, 8, 8)
        >>> cut_windows(ramp, torch.tensor([[2., 2, 6, 6]]), 4)[0, 0, 0]
        tensor([2., 3., 4., 5.])
    """
    C, H, W = check_shape("image", image, "C H W")
    out = image.new_zeros(len(boxes), C, size, size)
    side = (boxes[:, 2:] - boxes[:, :2]).prod(1).clamp(min=1e-6).sqrt()
    level = ((side / size).log() / torch.tensor(STEP).log()).round().clamp(min=0)
    at = (torch.arange(size, device=image.device) + 0.5) / size
    for k in level.unique():
        here = level == k
        copy = resized_to(image, scaled_size((H, W), STEP ** -k.item()))
        x1, y1, x2, y2 = (boxes[here] / boxes.new_tensor([W, H, W, H])).T[..., None]
        x, y = x1 + at * (x2 - x1), y1 + at * (y2 - y1)  # (n, size) in pictures
        grid = torch.stack(
            [x[:, None].expand(-1, size, -1), y[..., None].expand(-1, -1, size)], -1
        )
        cut = grid_sample(
            copy[None], grid.reshape(1, -1, size, 2) * 2 - 1,
            padding_mode="border", align_corners=False,
        )  # fmt: skip
        out[here] = cut[0].unflatten(1, (-1, size)).movedim(1, 0)
    return out


def enlarged(boxes: Tensor, factor: float) -> Tensor:
    """Boxes with the same middles, sides times `factor`."""
    middle, size = middles(boxes)
    return from_middles(middle, size * factor)


def to_gray(image: Tensor) -> Tensor:
    """(3, H, W) RGB or (1, H, W) to (1, H, W), as luminance."""
    C, _, _ = check_shape("image", image, "3 H W | 1 H W")
    check_floating("image", image)
    weights = image.new_tensor([0.2126, 0.7152, 0.0722])
    return image if C == 1 else (image * weights[:, None, None]).sum(0, keepdim=True)
