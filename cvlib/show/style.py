"""The house style of every figure, and the picture a cell ends with."""

import html
import io
import re
from collections.abc import Sequence

import matplotlib as mpl
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cvlib.show import palette as p

STYLE = {
    "font.family": ["DejaVu Serif"],  # measures as wide as the page's own face
    "font.size": 11,
    "axes.titlesize": 11,
    "axes.titleweight": "normal",
    "axes.titlelocation": "left",
    "axes.labelsize": 11,
    "axes.edgecolor": p.MUTED,
    "axes.labelcolor": p.INK,
    "axes.facecolor": "none",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.8,
    "axes.prop_cycle": cycler(color=[p.INPUT, p.GRADIENT, p.OUTPUT, p.KERNEL, p.HAND]),
    "axes.unicode_minus": True,
    "figure.facecolor": "white",
    "figure.constrained_layout.use": True,
    "grid.color": p.RULE,
    "grid.linewidth": 0.6,
    "image.cmap": "gray",
    "image.interpolation": "nearest",
    "legend.frameon": False,
    "lines.linewidth": 2.0,
    "svg.fonttype": "none",
    "svg.hashsalt": "cvlib",
    "text.color": p.INK,
    "xtick.color": p.MUTED,
    "ytick.color": p.MUTED,
    "xtick.labelcolor": p.INK,
    "ytick.labelcolor": p.INK,
}
mpl.rcParams.update(STYLE)  # a learner's own plots get the same look
TEXT_FACE = "var(--cv-text-face, 'Source Serif 4 Variable', Charter, Georgia, serif)"


class Picture:
    """A finished figure with the words for those who cannot see it.

    It shows itself in a notebook as SVG whose colours follow the page, light or dark.

    Example:
        >>> fig, ax = figure(3, 2)
        >>> line = ax.plot([0, 1], [1, 0])
        >>> Picture(fig, alt="A line that falls from one to zero.")
        Picture: A line that falls from one to zero.
    """

    def __init__(self, fig: Figure, alt: str) -> None:
        if not alt.strip():
            raise ValueError("alt must say in words what the figure shows, got nothing")
        self.figure, self.alt = fig, alt

    def __repr__(self) -> str:
        return f"Picture: {self.alt}"

    def svg(self) -> str:
        """The figure as inline SVG, its house colours turned into CSS variables."""
        buffer = io.StringIO()
        self.figure.savefig(
            buffer, format="svg", facecolor="none", metadata={"Date": None}
        )
        return _themed(buffer.getvalue(), self.alt)

    def _repr_html_(self) -> str:
        return f'<div class="cv-figure">{self.svg()}</div>'


def figure(
    width: float = 6.0,
    height: float = 3.0,
    rows: int = 1,
    cols: int = 1,
    **kwargs: object,
) -> tuple[Figure, Axes]:
    """A figure and its axes in the house style; inches, at most 7 wide.

    Like `plt.subplots`, but the figure belongs to nobody else: it is shown by the
    `Picture` that the cell returns, once.

    Example:
        >>> fig, axes = figure(6, 2, 1, 3)
        >>> axes.shape
        (3,)
    """
    fig = Figure(figsize=(width, height), layout="constrained")
    return fig, fig.subplots(rows, cols, **kwargs)


def bare(axes: Axes | Sequence[Axes]) -> None:
    """Take away ticks and frame: for pictures rather than plots.

    Example:
        >>> fig, ax = figure(2, 2)
        >>> bare(ax)
        >>> len(ax.get_xticks())
        0
    """
    for ax in [axes] if isinstance(axes, Axes) else list(axes):
        ax.set_xticks([])
        ax.set_yticks([])
        for spine in ax.spines.values():
            spine.set_visible(False)


def _themed(svg: str, alt: str) -> str:
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.S)
    # ids that nothing refers to: they would repeat from figure to figure
    svg = re.sub(r'(<g|<image\b[^>]*) id="[^"]*"', r"\1", svg)
    svg = re.sub(r"'DejaVu Serif'(?:, serif)?", TEXT_FACE, svg)
    for colour, variable in p.VARIABLES.items():
        svg = svg.replace(f": {colour}", f": var({variable}, {colour})")
    width, height = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg).groups()
    label = html.escape(alt)
    opening = (
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{label}" '
        f'style="--natural:{float(width) / 0.75:.0f}px;width:var(--natural);'
        'max-width:100%;height:auto" '
        'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    )
    return re.sub(r"<svg[^>]*", lambda _: opening, svg, count=1).strip()
