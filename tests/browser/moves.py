"""Move every control of an interactive, and time what follows each move.

In the page, one update is: set a control, dispatch the event that a hand would cause
(the module works and rewrites its elements), then ask for a rectangle, which makes the
browser compute style and layout at once. `performance.now` is read before and after,
with a frame between updates, so that painting is over before the next one starts.
"""

from pathlib import Path

WHERE = {
    "sliding-window": "book/convolution/sliding-window",
    "weights-matrix": "book/convolution/one-dimension",
    "kernel-editor": "book/convolution/edges",
    "filter-learner": "book/convolution/learning-filters",
    "size-explorer": "book/sizes/stride-and-dilation",
    "volume-demo": "book/sizes/volumes",
    "receptive-field": "book/sizes/receptive-field",
    "pooling-window": "book/layers/pooling",
    "batch-norm-histograms": "book/layers/batch-norm",
    "depth-curves": "book/deeper/degradation",
    "layer-table": "book/classics/vgg",
    "inception-branches": "book/deeper/inception",
    "curve-diagnosis": "book/training/reading-curves",
    "clipping-arrows": "book/training/clipping",
    "random-versus-grid": "book/training/search",
    "unit-browser": "book/inside/maximal-patches",
    "class-activation": "book/inside/localisation",
    "suppression": "book/measuring/suppression",
    "box-overlap": "book/measuring/overlap",
    "augmentation-gallery": "book/small/augmentation",
    "grammar-builder": "book/classics/grammar",
    "separable-cost": "book/small/depthwise-separable",
    "compound-scaling": "book/small/compound-scaling",
    "moving-threshold": "book/measuring/average-precision",
    "yolo-target": "book/grids/grid-target",
    "head-turner": "book/faces/drawn-faces",
    "task-switch": "book/vision/five-tasks",
    "window-scan": "book/locating/sliding-windows",
    "region-pooling": "book/regions/roi-pooling",
    "anchor-boxes": "book/regions/faster-rcnn",
    "three-upsamplers": "book/upsampling/three-ways",
    "transposed-scatter": "book/upsampling/transposed",
    "arithmetic-cases": "book/upsampling/arithmetic",
    "elastic-field": "book/segmenting/unet",
    "mask-threshold": "book/instances/mask-rcnn",
    "subpixel-shift": "book/instances/roi-align",
    "style-balance": "book/style/gatys",
    "layer-reconstruction": "book/style/what-layers-keep",
    "face-threshold": "book/faces/verification",
    "triplet-drag": "book/faces/triplets",
    "embedding-walk": "book/faces/one-shot",
    "scene-questions": "book/asking/balanced-questions",
    "adversarial-digits": "book/fooling/one-step",
    "question": "book/vision/five-tasks",
}
"""Every kind of interactive, by the name of its class in the page, and a page of it."""

MOVE = (Path(__file__).parent / "move.js").read_text(encoding="utf-8")


def move(page, name: str, updates: int) -> dict[str, list[float]]:
    """Milliseconds of each update of each control of the last `name` on the page."""
    times = page.locator(f".cv-{name}").last.evaluate(MOVE, updates)
    assert times, f"nothing to move was found in {name}"
    return times
