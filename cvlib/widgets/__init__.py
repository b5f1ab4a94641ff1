"""Interactives: each one Python class beside one ES module of the same name."""

from cvlib.widgets._base import Interactive
from cvlib.widgets.augmentation_gallery import AugmentationGallery
from cvlib.widgets.batch_norm_histograms import BatchNormHistograms
from cvlib.widgets.class_activation import ClassActivation
from cvlib.widgets.clipping_arrows import ClippingArrows
from cvlib.widgets.compound_scaling import CompoundScaling
from cvlib.widgets.curve_diagnosis import CurveDiagnosis
from cvlib.widgets.depth_curves import DepthCurves
from cvlib.widgets.filter_learner import FilterLearner
from cvlib.widgets.grammar_builder import GrammarBuilder
from cvlib.widgets.inception_branches import InceptionBranches
from cvlib.widgets.kernel_editor import KernelEditor
from cvlib.widgets.layer_table import LayerTable
from cvlib.widgets.pooling_window import PoolingWindow
from cvlib.widgets.question import Question
from cvlib.widgets.random_versus_grid import RandomVersusGrid
from cvlib.widgets.receptive_field import ReceptiveFieldStack
from cvlib.widgets.separable_cost import SeparableCost
from cvlib.widgets.size_explorer import SizeExplorer
from cvlib.widgets.sliding_window import SlidingWindow
from cvlib.widgets.task_switch import TaskSwitch
from cvlib.widgets.unit_browser import UnitBrowser
from cvlib.widgets.volume_demo import VolumeDemo
from cvlib.widgets.weights_matrix import WeightsMatrix

__all__ = [
    "AugmentationGallery",
    "BatchNormHistograms",
    "ClassActivation",
    "ClippingArrows",
    "CompoundScaling",
    "CurveDiagnosis",
    "DepthCurves",
    "FilterLearner",
    "GrammarBuilder",
    "InceptionBranches",
    "Interactive",
    "KernelEditor",
    "LayerTable",
    "PoolingWindow",
    "Question",
    "RandomVersusGrid",
    "ReceptiveFieldStack",
    "SeparableCost",
    "SizeExplorer",
    "SlidingWindow",
    "TaskSwitch",
    "UnitBrowser",
    "VolumeDemo",
    "WeightsMatrix",
]
