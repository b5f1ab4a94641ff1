"""Networks (torch), one paper a file, built by torchvision's function names.

    from cvlib.nets.resnet import resnet18

State-dict keys and shapes equal torchvision's where it has the net, so that official
weights load.
"""
