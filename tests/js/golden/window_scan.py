"""What cvlib says about windows: how many, where, how well they fit, what they cost."""

from torch import nn

from cvlib.data.scenes import scene
from cvlib.localize import fc_to_conv, sliding_windows, sliding_windows_loops
from cvlib.summary import multiply_adds
from cvlib.widgets.window_scan import CLASSES, NET, SEED

SETTINGS = [
    ((256, 320), 64, 32, [1.0]),
    ((256, 320), 48, 8, [1.0, 0.5]),
    ((256, 320), 128, 64, [2.0, 1.0, 0.5]),
    ((100, 130), 96, 16, [1.0, 0.5]),
    ((101, 67), 48, 16, [0.75]),
]


def levels(windows) -> list[dict]:
    return [
        {
            "scale": level.scale,
            "size": list(level.size),
            "rows": level.rows,
            "columns": level.columns,
            "first": level.first,
        }
        for level in windows.levels
    ]


def classifier(window: int) -> nn.Sequential:
    """The net of the interactive, for pictures as large as the window."""
    layers, side = [], window
    for cin, cout, kernel, stride in NET:
        if not kernel:
            layers += [nn.Flatten(), nn.Linear(cin * side * side, cout)]
        elif stride > 1:
            layers.append(nn.MaxPool2d(kernel, stride))
            side = (side - kernel) // stride + 1
        else:
            layers.append(nn.Conv2d(cin, cout, kernel))
            side -= kernel - 1
    return nn.Sequential(*layers, nn.ReLU(), nn.Linear(cout, CLASSES))


def convolutional(window: int, stride: int) -> nn.Sequential:
    """The same net as one that slides, in steps of `stride` pixels."""
    net = fc_to_conv(classifier(window), window)
    at = max(i for i, m in enumerate(net) if isinstance(m, nn.MaxPool2d)) + 1
    net[at].stride = (stride // 4, stride // 4)  # two pools lie below
    return net


def iou(a, b) -> float:
    shared = [max(0.0, min(a[k + 2], b[k + 2]) - max(a[k], b[k])) for k in (0, 1)]
    both = shared[0] * shared[1]
    areas = [(c[2] - c[0]) * (c[3] - c[1]) for c in (a, b)]
    return both / (sum(areas) - both)


def golden() -> list[dict]:
    """Counts, boxes, best fits and costs of several settings."""
    cases, truth = [], scene(SEED).boxes.tolist()
    for size, window, stride, scales in SETTINGS:
        windows = sliding_windows(size, window, stride=stride, scales=scales)
        found, place = levels(windows), [list(size), window, stride]
        cases.append({"fn": "levels", "args": [*place, scales], "expected": found})
        cases.append({"fn": "count", "args": [found], "expected": len(windows)})
        boxes = [  # in double precision, as the page computes
            list(box)
            for box in sliding_windows_loops(
                size, (window, window), stride=stride, scales=scales
            )
        ]
        for index in {0, len(windows) // 2, len(windows) - 1} if boxes else ():
            args = [*place, found, index]
            cases.append({"fn": "boxAt", "args": args, "expected": boxes[index]})
            args = [boxes[index], truth[0]]
            cases.append({"fn": "overlap", "args": args, "expected": iou(*args)})
        if stride == 32:
            best = []
            for box in truth:
                fits = [iou(w, box) for w in boxes]
                top = max(fits)
                index = fits.index(top) if top else -1
                best.append({"overlap": top, "index": index})
            args = [*place, found, truth]
            cases.append({"fn": "best", "args": args, "expected": best})
        one = multiply_adds(classifier(window), (3, window, window))
        args = [NET, [window, window], window, stride, CLASSES]
        cases.append({"fn": "multiplyAdds", "args": args, "expected": one})
        net = convolutional(window, stride)
        passes = sum(
            multiply_adds(net, (3, *level.size))
            for level in windows.levels
            if len(level)
        )
        cost = {"one": one, "cropped": one * len(windows), "convolved": passes}
        args = [NET, found, window, stride, CLASSES]
        cases.append({"fn": "costs", "args": args, "expected": cost})
    return cases
