"""The figures of the book: grids of numbers, images, plots, all in one style."""

from cvlib.show.arithmetic import conv_cases, conv_frame, draw_frame
from cvlib.show.boxes import detections, draw_boxes
from cvlib.show.files import csv_table
from cvlib.show.grids import canvas, draw_grid, number, numbers, sliding
from cvlib.show.images import diverging, feature_maps, images, kernel_responses
from cvlib.show.instances import paint_masks
from cvlib.show.maps import class_colours
from cvlib.show.printed import Comparison, agreement, compare
from cvlib.show.style import STYLE, Picture, bare, figure
from cvlib.show.tables import Table, table
from cvlib.show.windows import window_rows

__all__ = [
    "STYLE",
    "Comparison",
    "Picture",
    "Table",
    "agreement",
    "bare",
    "canvas",
    "class_colours",
    "compare",
    "conv_cases",
    "conv_frame",
    "csv_table",
    "detections",
    "diverging",
    "draw_boxes",
    "draw_frame",
    "draw_grid",
    "feature_maps",
    "figure",
    "images",
    "kernel_responses",
    "number",
    "numbers",
    "paint_masks",
    "sliding",
    "table",
    "window_rows",
]
