"""Interactives: each one Python class beside one ES module of the same name.

A module is imported when its class is first asked for: a page with one question does
not wait for torch.
"""

from importlib import import_module

from cvlib.widgets._base import Interactive

_MODULES = {
    "AdversarialDigits": "adversarial_digits",
    "AnchorBoxes": "anchor_boxes",
    "ArithmeticCases": "arithmetic_cases",
    "AugmentationGallery": "augmentation_gallery",
    "BatchNormHistograms": "batch_norm_histograms",
    "BoxOverlap": "box_overlap",
    "ClassActivation": "class_activation",
    "ClippingArrows": "clipping_arrows",
    "CompoundScaling": "compound_scaling",
    "CurveDiagnosis": "curve_diagnosis",
    "DepthCurves": "depth_curves",
    "ElasticField": "elastic_field",
    "EmbeddingWalk": "embedding_walk",
    "FaceThreshold": "face_threshold",
    "FilterLearner": "filter_learner",
    "GrammarBuilder": "grammar_builder",
    "HeadTurner": "head_turner",
    "InceptionBranches": "inception_branches",
    "KernelEditor": "kernel_editor",
    "LayerReconstruction": "layer_reconstruction",
    "LayerTable": "layer_table",
    "MaskThreshold": "mask_threshold",
    "MovingThreshold": "moving_threshold",
    "PoolingWindow": "pooling_window",
    "Question": "question",
    "RandomVersusGrid": "random_versus_grid",
    "ReceptiveFieldStack": "receptive_field",
    "RegionPooling": "region_pooling",
    "SceneQuestions": "scene_questions",
    "SeparableCost": "separable_cost",
    "SizeExplorer": "size_explorer",
    "SlidingWindow": "sliding_window",
    "SubpixelShift": "subpixel_shift",
    "StyleBalance": "style_balance",
    "Suppression": "suppression",
    "TaskSwitch": "task_switch",
    "ThreeUpsamplers": "three_upsamplers",
    "TransposedScatter": "transposed_scatter",
    "TripletDrag": "triplet_drag",
    "UnitBrowser": "unit_browser",
    "VolumeDemo": "volume_demo",
    "WeightsMatrix": "weights_matrix",
    "WindowScan": "window_scan",
    "YoloTarget": "yolo_target",
}

__all__ = ["Interactive", *_MODULES]


def __getattr__(name: str) -> type[Interactive]:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
