"""Reference implementations for Computer Vision with Convolutional Neural Networks.

Nothing is re-exported here: `from cvlib.boxes import box_iou` says where it lives.
"""
