"""How wrong is a model? Numbers that a table can hold (torch)."""

from cvlib.metrics.ranking import topk_error

__all__ = ["topk_error"]
