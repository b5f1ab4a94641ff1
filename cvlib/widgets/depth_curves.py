"""W15: training and test error of logged runs, by depth, plain or residual."""

from collections.abc import Mapping, Sequence

import traitlets as t

from cvlib import show
from cvlib.show import palette as p
from cvlib.widgets._base import Interactive

Run = Mapping[str, object]
"""One training: name, depth, residual, and train and test, the errors in percent."""

NOTICED = 0.5
"""Percentage points below which two errors are called equal."""


class DepthCurves(Interactive):
    """Choose a depth and whether blocks are residual; follow the two errors.

    Example:
        >>> run = logged("plain20", 20, False, [0.5, 0.75])
        >>> DepthCurves.of({"runs": [run]}).runs[0]["train"]
        [50.0, 25.0]
    """

    label = t.Unicode("Training and test error of networks of several depths").tag(
        sync=True
    )
    runs = t.List().tag(sync=True)
    depth = t.Int(0).tag(sync=True)
    residual = t.Bool(False).tag(sync=True)
    epoch = t.Int(0).tag(sync=True)

    @classmethod
    def of(cls, record: Mapping, **state: object) -> "DepthCurves":
        """The interactive over a record of book/data: the last epoch, the deepest net.

        Args:
            record: with "runs", each with depth, residual and a list "epochs" of
                mappings with train_accuracy and test_accuracy in [0, 1].
            **state: what to show at first, if not that.
        """
        runs = [
            {
                "name": f"{'residual' if run['residual'] else 'plain'}-{run['depth']}",
                "depth": run["depth"],
                "residual": run["residual"],
                "train": [error(e["train_accuracy"]) for e in run["epochs"]],
                "test": [error(e["test_accuracy"]) for e in run["epochs"]],
            }
            for run in record["runs"]
        ]
        epochs = min(len(run["train"]) for run in runs)
        start = {"depth": depths(runs)[-1], "residual": False, "epoch": epochs}
        return cls(runs=runs, **(start | state))

    def still(self) -> str:
        """The training errors of all runs, up to the last epoch."""
        fig, ax = show.figure(6, 3)
        said = []
        for run in self.runs:
            errors = run["train"]
            colour = p.OUTPUT if run["residual"] else p.GRADIENT
            deepest = run["depth"] == depths(self.runs)[-1]
            ax.plot(
                range(1, len(errors) + 1),
                errors,
                color=colour,
                linewidth=2.4 if deepest else 1.2,
                label=run["name"],
            )
            said.append(f"{run['name']} {errors[-1]:.1f} percent")
        ax.set(
            xlabel="epoch", ylabel="training error, %", ylim=(0, axis_top(self.runs))
        )
        ax.legend()
        words = "Training error at the end: " + ", ".join(said)
        return show.Picture(fig, words)._repr_html_()


def error(accuracy: float) -> float:
    """The share of mistakes, in percent with two decimals.

    Example:
        >>> error(0.9168)
        8.32
    """
    return round(100 * (1 - accuracy), 2)


def depths(runs: Sequence[Run]) -> list[int]:
    """The depths that occur, the shallowest first.

    Example:
        >>> depths([logged("b", 56, True, [0.5]), logged("a", 20, False, [0.5])])
        [20, 56]
    """
    return sorted({run["depth"] for run in runs})


def find(runs: Sequence[Run], depth: int, residual: bool) -> int:
    """The place of a run in the list, −1 if there is none.

    Example:
        >>> find([logged("a", 20, False, [0.5])], 56, False)
        -1
    """
    wanted = (depth, residual)
    matches = [i for i, r in enumerate(runs) if (r["depth"], r["residual"]) == wanted]
    return matches[0] if matches else -1


def gap(runs: Sequence[Run], depth: int, residual: bool, epoch: int, key: str) -> float:
    """Error of a net less that of the shallowest of its kind, in percentage points.

    Args:
        runs: from `DepthCurves.of`.
        depth: of the net.
        residual: its kind.
        epoch: when, from 1.
        key: "train" or "test".

    Example:
        >>> curves = DepthCurves.of({"runs": [logged("a", 20, False, [0.5, 0.75]),
        ...                                   logged("b", 56, False, [0.25, 0.5])]})
        >>> gap(curves.runs, 56, False, 2, "train")
        25.0
    """
    shallow = min(run["depth"] for run in runs if run["residual"] == residual)
    here, there = (runs[find(runs, d, residual)][key] for d in (depth, shallow))
    return here[epoch - 1] - there[epoch - 1]


def verdict(runs: Sequence[Run], depth: int, residual: bool, epoch: int) -> str:
    """What depth did: "degrades", "overfits", "gains", "equal", or "shallowest".

    Example:
        >>> curves = DepthCurves.of({"runs": [logged("a", 20, False, [0.5, 0.75]),
        ...                                   logged("b", 56, False, [0.25, 0.5])]})
        >>> verdict(curves.runs, 56, False, 2), verdict(curves.runs, 20, False, 2)
        ('degrades', 'shallowest')
    """
    if depth == min(run["depth"] for run in runs if run["residual"] == residual):
        return "shallowest"
    train, test = (gap(runs, depth, residual, epoch, k) for k in ("train", "test"))
    if train > NOTICED:
        return "degrades"
    if train >= -NOTICED:
        return "equal"
    return "overfits" if test > NOTICED else "gains"


def reached(errors: Sequence[float], level: float) -> int:
    """The first epoch, from 1, whose error is at most `level`; 0 if it never is.

    Example:
        >>> reached([60.0, 40.0, 30.0], 40), reached([60.0], 40)
        (2, 0)
    """
    return next((i for i, e in enumerate(errors, start=1) if e <= level), 0)


def axis_top(runs: Sequence[Run]) -> int:
    """Where the axis ends: the first tenth of the training may leave it, in tens.

    Example:
        >>> axis_top([{"train": [90.0] + [33.0] * 9, "test": [90.0] + [38.0] * 9}])
        40
    """
    later = [
        value
        for run in runs
        for key in ("train", "test")
        for value in run[key][len(run[key]) // 10 :]
    ]
    return max(10, min(100, -(-int(max(later) + 1) // 10) * 10))


def logged(
    name: str, depth: int, residual: bool, accuracy: Sequence[float]
) -> dict[str, object]:
    """A run as a record has it, with the same accuracy on training and test images.

    Example:
        >>> logged("a", 20, False, [0.5])["epochs"][0]["test_accuracy"]
        0.5
    """
    epochs = [
        {"epoch": i, "train_accuracy": a, "test_accuracy": a}
        for i, a in enumerate(accuracy, start=1)
    ]
    return {"name": name, "depth": depth, "residual": residual, "epochs": epochs}


def example() -> DepthCurves:
    """Four invented runs, for tests and previews."""
    ends = {("plain", 20): 0.9, ("plain", 56): 0.8, ("resnet", 20): 0.92}
    ends |= {("resnet", 56): 0.95}
    runs = [
        logged(
            f"{kind}{depth}",
            depth,
            kind == "resnet",
            [end * i / (i + 1) for i in range(1, 11)],
        )
        for (kind, depth), end in ends.items()
    ]
    return DepthCurves.of({"runs": runs})
