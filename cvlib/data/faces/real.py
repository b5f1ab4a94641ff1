"""Photographs of real people (NumPy): bundled patches, and two sets of files.

Unlike the drawn ones these people exist. The sets are old, small and unbalanced; they
are here to measure on, not to build anything with.
"""

from pathlib import Path

import numpy as np
import skimage.data
from numpy.typing import NDArray
from scipy.io import loadmat

from cvlib.data import downloads
from cvlib.image import load, resize, to_gray
from cvlib.validate import check_choice, check_positive

PEOPLE, EACH = 40, 10  # of ORL
ASTRONAUT = (178, 78, 270, 178)
"""The face in scikit-image's photograph of Eileen Collins, marked by hand: xyxy, from
the hair to the chin."""
LFW_MIDDLE = 0.56  # of a picture's width the face and a little round it take


def lfw_patches() -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """A hundred faces of Labeled Faces in the Wild and a hundred patches without one.

    Bundled with scikit-image: no download. The faces are cut tightly, from above the
    brows to below the mouth.

    Returns:
        patches (200, 1, 25, 25) grey in [0, 1]; labels (200,): 1 for the first hundred,
        which are faces, 0 for the rest.

    Source:
        Huang, Ramesh, Berg, Learned-Miller, Labeled Faces in the Wild, 2007.

    Example:
        >>> patches, labels = lfw_patches()
        >>> patches.shape, labels.sum()
        ((200, 1, 25, 25), np.int64(100))
    """
    patches = skimage.data.lfw_subset().astype(np.float32)
    return patches[:, None], (np.arange(200) < 100).astype(np.int64)


def orl_faces(*, size: int = 64) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Forty people of a laboratory in Cambridge, ten grey pictures each, 1992 to 1994.

    A folder `orl_faces` of the original PGM files below the one that `CVLIB_DATA` names
    is taken first: the square in their middle, made smaller. Otherwise 4 MB are
    downloaded once, the same pictures as prepared at New York University.

    Args:
        size: height and width.

    Returns:
        images (400, 1, size, size) in [0, 1]; labels (400,): 0 ten times, 1 ten times …
        The two sources crop a little differently.

    Raises:
        OfflineError: they are nowhere and cannot be downloaded.
        ValueError: the folder holds other files, or `size` is not a whole number ≥ 1.

    Source:
        Samaria, Harter, Parameterisation of a stochastic model for human face
        identification, 1994. Credit: Olivetti Research Laboratory, AT&T.
    """
    size = check_positive("size", size)
    folder = downloads.local("orl_faces")
    faces = from_pgm(folder) if folder else from_mat(downloads.fetch("olivetti"))
    images = np.stack([resize(face, (size, size)) for face in faces])
    return images.astype(np.float32)[:, None], np.repeat(np.arange(PEOPLE), EACH)


def from_pgm(folder: Path) -> list[NDArray]:
    """The 400 files s1/1.pgm … s40/10.pgm, wherever below the folder they lie."""
    found = {(path.parent.name, path.name): path for path in folder.rglob("*.pgm")}
    names = [(f"s{p}", f"{k}.pgm") for p in range(1, 41) for k in range(1, 11)]
    missing = [name for name in names if name not in found]
    if missing:
        raise ValueError(
            f"{folder} must hold s1/1.pgm to s40/10.pgm, {len(missing)} of them are "
            f"not there; the first is {'/'.join(missing[0])}"
        )
    return [middle(to_gray(load(found[name]))) for name in names]


def middle(image: NDArray, share: float = 1.0) -> NDArray:
    """The square in the middle of (H, W) or (H, W, 3), `share` of the shorter side."""
    h, w = image.shape[:2]
    n = max(1, round(share * min(h, w)))
    y, x = (h - n) // 2, (w - n) // 2
    return image[y : y + n, x : x + n]


def from_mat(path: Path) -> list[NDArray]:
    """The 400 pictures of a MATLAB file, one a column, each column by column."""
    faces = loadmat(path)["faces"].T.reshape(PEOPLE * EACH, 64, 64).transpose(0, 2, 1)
    return list(faces / 255.0)


def people_folder(
    folder: str | Path,
    *,
    size: int = 64,
    crop: float = 1.0,
    colour: str = "rgb",
) -> tuple[NDArray[np.float32], NDArray[np.int64], tuple[str, ...]]:
    """Pictures in one folder a person, as LFW has them: `NAME/NAME_0001.jpg`.

    Args:
        folder: holds the people's folders.
        size: height and width to make of the square in each picture's middle.
        crop: share of the shorter side that is kept; `LFW_MIDDLE` for LFW's own
            pictures of 250 pixels, whose faces lie in the middle.
        colour: "rgb" or "gray".

    Returns:
        images (N, 3 or 1, size, size) in [0, 1]; labels (N,); the names, by label.

    Raises:
        FileNotFoundError: no such folder, or no picture in it.
        ValueError: an argument is not as above.
    """
    size = check_positive("size", size)
    check_choice("colour", colour, ("rgb", "gray"))
    folders = sorted(path for path in Path(folder).glob("*") if path.is_dir())
    images, labels = [], []
    for label, person in enumerate(folders):
        for path in sorted(person.glob("*.jpg")):
            picture = resize(middle(load(path), crop), (size, size))
            gray = to_gray(picture)[..., None]
            images.append(gray if colour == "gray" else picture)
            labels.append(label)
    if not images:
        raise FileNotFoundError(
            "folder must hold a folder of .jpg files for each person, got "
            f"{str(folder)!r}"
        )
    stacked = np.stack(images).transpose(0, 3, 1, 2)
    names = tuple(path.name for path in folders)
    return np.ascontiguousarray(stacked, np.float32), np.array(labels), names
