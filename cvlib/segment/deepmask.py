"""DeepMask: one patch in, one mask and one score out, at every place at once (torch).

No box is proposed and no class is named. The network is trained to cut out *the*
object in the middle of a patch, and to say whether there is one. Laid over a whole
picture as a convolution, it answers for a grid of patches.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from cvlib.boxes.guards import check_tensor
from cvlib.detect.backbone import CHANNELS, STRIDE, small_backbone
from cvlib.validate import ShapeError, check_shape

PATCH = 112  # pixels of a side of a patch
OBJECT = 64  # the longer side of an object that is meant
STEP = 16  # pixels from one patch to the next
MARGIN = 16  # pixels round a patch that the network sees too
CELLS = PATCH // STRIDE  # 14
BORDER = MARGIN // STRIDE  # 2
SIDE = 28  # of the masks
ENCODING = 96


class Answers(NamedTuple):
    """What is said of P × Q patches of each of N pictures."""

    masks: Tensor  # (N, P, Q, 28, 28) logits
    scores: Tensor  # (N, P, Q) logits
    encodings: Tensor  # (N, 96, P, Q): what the masks were made from
    features: tuple[Tensor, Tensor, Tensor]  # the trunk's maps of stride 2, 4, 8


class DeepMask(nn.Module):
    """A trunk for the picture, and for each patch a mask and a score.

    A patch is 112 pixels wide, and the object that is meant lies in its middle and is
    about 64 pixels long. The network sees 16 pixels more on each side, so that a patch
    in a picture and the same patch alone give the same answer, but for the trunk's
    widest kernels.

    The layer that encodes a window of 14 × 14 cells is fully connected; written as a
    convolution with a kernel of 14 × 14 it does so for all windows. No nonlinearity
    follows it: together with the layer behind it is one matrix of low rank.

    Attributes:
        trunk: `small_backbone`, to be trained beforehand.

    Source:
        Pinheiro, Collobert, Dollár, Learning to segment object candidates, NIPS 2015,
        at half its size.

    Example:
        >>> net = DeepMask().eval()
        >>> answers = net(torch.zeros(1, 3, 144, 176))
        >>> answers.masks.shape, answers.scores.shape
        (torch.Size([1, 1, 3, 28, 28]), torch.Size([1, 1, 3]))
    """

    TAPS = 4, 5, 8
    """How many layers of the trunk there are up to its maps of stride 2, 4, 8."""

    def __init__(self) -> None:
        super().__init__()
        self.trunk = small_backbone()
        self.squeeze = nn.Sequential(nn.Conv2d(CHANNELS, 16, 1), nn.ReLU(inplace=True))
        self.encode = nn.Conv2d(16, ENCODING, CELLS, stride=STEP // STRIDE)
        self.masks = nn.Conv2d(ENCODING, SIDE * SIDE, 1)
        self.score = nn.Sequential(
            nn.MaxPool2d(2),
            nn.Conv2d(16, 64, CELLS // 2),
            nn.ReLU(inplace=True),
            nn.Conv2d(64, 1, 1),
        )

    def forward(self, pixels: Tensor) -> Answers:
        """(N, 3, H, W) in [0, 1] to the answers for P × Q patches.

        Raises:
            ShapeError: the sides are not 144 + 16 n.
        """
        check_pixels(pixels)
        features = self.features(pixels)
        cells = features[-1][:, :, BORDER:-BORDER, BORDER:-BORDER]
        squeezed = self.squeeze(cells)
        encodings = self.encode(squeezed)  # (N, 96, P, Q)
        masks = self.masks(encodings).permute(0, 2, 3, 1)
        masks = masks.unflatten(3, (SIDE, SIDE)).float()
        return Answers(masks, self.score(squeezed)[:, 0].float(), encodings, features)

    def features(self, pixels: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The trunk's maps of stride 2, 4 and 8."""
        maps, start = [pixels], 0
        for stop in self.TAPS:
            maps.append(self.trunk[start:stop](maps[-1]))
            start = stop
        return maps[1], maps[2], maps[3]


def check_pixels(pixels: Tensor) -> tuple[int, int]:
    """How many patches a picture has, (P, Q), if any.

    Raises:
        TypeError: no tensor.
        ShapeError: not (N, 3, H, W), or sides that are not 144 + 16 n.

    Example:
        >>> check_pixels(torch.zeros(1, 3, 144, 176))
        (1, 3)
    """
    check_tensor("pixels", pixels)
    _, _, H, W = check_shape("pixels", pixels, "N 3 H W")
    least = PATCH + 2 * MARGIN
    if min(H, W) < least or H % STEP or W % STEP:
        raise ShapeError(
            f"pixels must have sides of {least}, {least + STEP}, {least + 2 * STEP}, "
            f"… pixels, got {H} × {W}; pad the picture"
        )
    return (H - least) // STEP + 1, (W - least) // STEP + 1


def patch_boxes(P: int, Q: int) -> Tensor:
    """Where P × Q patches lie on a picture whose margin is left out.

    Returns:
        (P · Q, 4) xyxy pixels, row by row.

    Example:
        >>> patch_boxes(1, 2).tolist()
        [[0.0, 0.0, 112.0, 112.0], [16.0, 0.0, 128.0, 112.0]]
    """
    y, x = torch.meshgrid(torch.arange(P), torch.arange(Q), indexing="ij")
    corner = STEP * torch.stack([x, y], dim=-1).reshape(-1, 2).float()
    return torch.cat([corner, corner + PATCH], dim=1)
