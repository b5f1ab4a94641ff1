"""Train a net that paints in planes, and ship it as `style_planes`.

About three quarters of an hour on one quiet core with bfloat16 instructions.
`--images 24 --epochs 1 --dry` is a trial.
"""

from recipe import options
from styles import CROPS, train_and_ship_style


def main() -> None:
    """Train, measure, ship."""
    chosen = options(__file__, __doc__, epochs=12, images=CROPS)
    train_and_ship_style("style_planes", chosen, "planes", seed=7, alpha=0.05)


if __name__ == "__main__":
    main()
