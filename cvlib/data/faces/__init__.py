"""Faces drawn by formula (NumPy): invented people, any number of pictures of each.

Nobody is in them, so nobody had to be asked. Who it is (`person`) and how the picture
was taken (`Shot`) are apart, and where eyes, nose and mouth lie is known exactly.
"""

from cvlib.data.faces.drawing import (
    FaceSet,
    Picture,
    draw_face,
    draw_faces,
    face_set,
)
from cvlib.data.faces.landmarks import LANDMARK_PAIRS, LANDMARKS
from cvlib.data.faces.people import VERSION, Person, identities, person
from cvlib.data.faces.real import (
    ASTRONAUT,
    LFW_MIDDLE,
    lfw_patches,
    orl_faces,
    people_folder,
)
from cvlib.data.faces.shots import OCCLUSIONS, Shot, random_shot

__all__ = [
    "ASTRONAUT",
    "LANDMARKS",
    "LANDMARK_PAIRS",
    "LFW_MIDDLE",
    "OCCLUSIONS",
    "VERSION",
    "FaceSet",
    "Person",
    "Picture",
    "Shot",
    "draw_face",
    "draw_faces",
    "face_set",
    "identities",
    "lfw_patches",
    "orl_faces",
    "people_folder",
    "person",
    "random_shot",
]
