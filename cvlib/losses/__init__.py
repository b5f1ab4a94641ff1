"""What networks are trained with (torch)."""

from cvlib.losses.boxes import fast_rcnn_loss, rpn_loss, smooth_l1_loss

__all__ = ["fast_rcnn_loss", "rpn_loss", "smooth_l1_loss"]
