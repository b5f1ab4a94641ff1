"""R-CNN, Fast R-CNN and Faster R-CNN: three ways to fill one frame (torch).

| | per image, f(I) | regions, r(I) | per region |
|---|---|---|---|
| R-CNN | the pixels themselves | an algorithm outside | warp, whole network |
| Fast R-CNN | a map | an algorithm outside | pool, small head |
| Faster R-CNN | a map | a network on the map | pool, small head |
"""

from collections.abc import Callable

from torch import Tensor, nn

from cvlib.detect.backbone import FineBackbone
from cvlib.detect.pooled_head import PooledHead
from cvlib.detect.proposals import selective_search
from cvlib.detect.rpn import RegionProposalNetwork
from cvlib.detect.view import External, GeneralizedRCNN
from cvlib.detect.warped_head import WarpedHead

Propose = Callable[[Tensor], Tensor]
UNSURE = 0.01
"""Detections down to this score: a curve of precision and recall needs its tail."""


def rcnn(num_classes: int, propose: Propose, **options) -> GeneralizedRCNN:
    """Each region is warped from the pixels and goes through the whole network.

    Args:
        num_classes: K + 1, with the background.
        propose: a picture (3, H, W) to proposals (R, 4) xyxy.
        **options: of `GeneralizedRCNN`.

    Source:
        Girshick et al., Rich feature hierarchies, CVPR 2014.

    Example:
        >>> everything = lambda image: torch.tensor([[0.0, 0, 40, 30]])
        >>> model = rcnn(7, everything).eval()
        >>> len(model([torch.rand(3, 30, 40)]))
        1
    """
    return GeneralizedRCNN(
        nn.Identity(), External(propose), WarpedHead(num_classes), **options
    )


def fast_rcnn(
    num_classes: int, propose: Propose, *, pool: str = "roi_pool", **options
) -> GeneralizedRCNN:
    """The network sees the image once; regions are cut out of its map.

    Args:
        num_classes: K + 1, with the background.
        propose: a picture (3, H, W) to proposals (R, 4) xyxy.
        pool: "roi_pool", as in the paper, or "roi_align".
        **options: of `GeneralizedRCNN`.

    Source:
        Girshick, Fast R-CNN, ICCV 2015.

    Example:
        >>> everything = lambda image: torch.tensor([[0.0, 0, 40, 30]])
        >>> model = fast_rcnn(7, everything).eval()
        >>> len(model([torch.rand(3, 30, 40)]))
        1
    """
    head = PooledHead(num_classes, pool=pool)
    return GeneralizedRCNN(FineBackbone(), External(propose), head, **options)


def faster_rcnn(
    num_classes: int, *, pool: str = "roi_align", **options
) -> GeneralizedRCNN:
    """The regions come from the map too: everything is one network.

    Args:
        num_classes: K + 1, with the background.
        pool: "roi_align", or "roi_pool", as in the paper.
        **options: of `GeneralizedRCNN`.

    Source:
        Ren, He, Girshick, Sun, Faster R-CNN, NeurIPS 2015.

    Example:
        >>> model = faster_rcnn(7).eval()
        >>> [found] = model([torch.rand(3, 96, 128)])
        >>> found["boxes"].shape[1]
        4
    """
    head = PooledHead(num_classes, pool=pool)
    return GeneralizedRCNN(FineBackbone(), RegionProposalNetwork(), head, **options)


def rcnn_scenes() -> GeneralizedRCNN:
    """The R-CNN for the scenes benchmark: six classes and the background."""
    return rcnn(7, selective_search, independent=True)


def fast_scenes() -> GeneralizedRCNN:
    """Fast R-CNN for the scenes benchmark: `faster_scenes`, but for its regions."""
    return fast_rcnn(7, selective_search, pool="roi_align", score_threshold=UNSURE)


def faster_bccd() -> GeneralizedRCNN:
    """The Faster R-CNN for blood cells: three kinds and the background."""
    return faster_rcnn(4)


def faster_scenes() -> GeneralizedRCNN:
    """The Faster R-CNN for the scenes benchmark: six classes and the background."""
    return faster_rcnn(7, score_threshold=UNSURE)
