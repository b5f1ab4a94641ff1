"""The layer table of a network: shapes, memory, parameters, multiply-adds, fields."""

from cvlib.summary.counts import multiply_adds, num_parameters
from cvlib.summary.layers import summary
from cvlib.summary.table import Row, Summary

__all__ = ["Row", "Summary", "multiply_adds", "num_parameters", "summary"]
