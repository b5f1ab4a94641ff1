"""Files that a reader may download: looked for, checked, fetched, resumed.

Nothing here runs while the book is built or an exercise is graded.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pooch

from cvlib.data.archives import Wanted, folder_hash, unpack
from cvlib.data.resuming import ResumingDownloader
from cvlib.validate import check_choice

pooch.get_logger().setLevel("WARNING")  # the bar says what is going on


class OfflineError(OSError):
    """A file is not here and cannot be had now."""


@dataclass(frozen=True)
class Download:
    """A file in the public, and how to know that it is the right one.

    It may be an archive of which one folder is wanted: then `path` and `hash` are those
    of that folder, see `cvlib.data.archives`.
    """

    path: str  # below the data folder
    url: str
    hash: str  # as pooch writes it: "sha256:…" or "md5:…"
    megabytes: float
    credit: str
    folder: str | None = None  # in the archive

    @property
    def host(self) -> str:
        """Who offers it."""
        return urlsplit(self.url).netloc

    @property
    def kind(self) -> str:
        """What is here after it: a file or a folder."""
        return "folder" if self.folder else "file"

    def is_at(self, path: Path) -> bool:
        """Whether what lies there is what it should be."""
        if self.folder:
            return folder_hash(path) == self.hash
        return pooch.hashes.hash_matches(path, self.hash)


ISBI_EM = (
    "https://github.com/zhixuhao/unet/archive/"
    "b45af4d458437d8281cc218a07fd4380818ece4a.tar.gz"
)
PAINTINGS = (
    "https://raw.githubusercontent.com/jcjohnson/neural-style/"
    "07c4b8299f8fbdafec0c514fc820ff1d7ff62e46/examples/inputs"
)
DOWNLOADS = {
    "cifar10": Download(
        "cifar-10-python.tar.gz",
        "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",
        "md5:c58f30108f718f92721af3b95e74349a",
        170.5,
        "CIFAR-10: Alex Krizhevsky, 2009",
    ),
    "squeezenet1_1": Download(
        "squeezenet1_1-b8a52dc0.pth",
        "https://download.pytorch.org/models/squeezenet1_1-b8a52dc0.pth",
        "sha256:b8a52dc049b60e4b6ab68ad0df457362afab8b6304b2febdc1650a5dab4d7e7b",
        4.8,
        "SqueezeNet 1.1: Iandola et al.; weights by torchvision, BSD 3-Clause",
    ),
    "vgg19": Download(
        "vgg19-dcbb9e9d.pth",
        "https://download.pytorch.org/models/vgg19-dcbb9e9d.pth",
        "sha256:dcbb9e9dad569fff7a846263a77324fc34978fea2bfb039c012d710e1776ae44",
        548.1,
        "VGG-19: Simonyan and Zisserman; weights by torchvision, BSD 3-Clause",
    ),
    "mnist_train_images": Download(
        "mnist/train-images-idx3-ubyte.gz",
        "https://ossci-datasets.s3.amazonaws.com/mnist/train-images-idx3-ubyte.gz",
        "md5:f68b3c2dcbeaaa9fbdd348bbdeb94873",
        9.9,
        "MNIST: LeCun, Cortes, Burges",
    ),
    "mnist_train_labels": Download(
        "mnist/train-labels-idx1-ubyte.gz",
        "https://ossci-datasets.s3.amazonaws.com/mnist/train-labels-idx1-ubyte.gz",
        "md5:d53e105ee54ea40749a09fcbcd1e9432",
        0.03,
        "MNIST: LeCun, Cortes, Burges",
    ),
    "mnist_test_images": Download(
        "mnist/t10k-images-idx3-ubyte.gz",
        "https://ossci-datasets.s3.amazonaws.com/mnist/t10k-images-idx3-ubyte.gz",
        "md5:9fb629c4189551a2d022fa330f9573f3",
        1.6,
        "MNIST: LeCun, Cortes, Burges",
    ),
    "mnist_test_labels": Download(
        "mnist/t10k-labels-idx1-ubyte.gz",
        "https://ossci-datasets.s3.amazonaws.com/mnist/t10k-labels-idx1-ubyte.gz",
        "md5:ec29112dd5afa0611ce80d1b7f02629c",
        0.005,
        "MNIST: LeCun, Cortes, Burges",
    ),
    "olivetti": Download(
        "olivettifaces.mat",
        "https://ndownloader.figshare.com/files/5976027",
        "sha256:b612fb967f2dc77c9c62d3e1266e0c73d5fca46a4b8906c18e454d41af987794",
        4.3,
        "ORL faces: Olivetti Research Laboratory, AT&T",
    ),
    "bccd": Download(
        "bccd/BCCD",
        "https://github.com/Shenggan/BCCD_Dataset/archive/"
        "d272fb14cdff6e473fafeeeba32aba5f560e9e43.tar.gz",
        "sha256:debd2d76b13c300a3999f96a08cbe9ada5f231c3f882f9877a65a01a695872d1",
        7.5,
        "BCCD Dataset: Shenggan, MIT licence",
        folder="BCCD",
    ),
    "isbi_em_images": Download(
        "isbi_em/train/image",
        ISBI_EM,
        "sha256:f013fbc38e64e7b2ab476f832ad6b08e6031d3af3f1e8c73c5f4fbcf8ede3bee",
        19.0,
        "ISBI 2012 challenge: Cardona et al.; packed by zhixuhao/unet, MIT licence",
        folder="data/membrane/train/image",
    ),
    "isbi_em_labels": Download(
        "isbi_em/train/label",
        ISBI_EM,
        "sha256:30b1937104c3fa6bb87d13ca8175b40b45ec2715c58281f3ccc8968fbc8daece",
        19.0,
        "ISBI 2012 challenge: Cardona et al.; packed by zhixuhao/unet, MIT licence",
        folder="data/membrane/train/label",
    ),
    "starry_night": Download(
        "style_images/starry_night.jpg",
        f"{PAINTINGS}/starry_night.jpg",
        "sha256:0592ab0f7b51b3ce72608a95e53880bd93971e5b48f93a0ce8dfd3cbccf3d098",
        0.3,
        "Vincent van Gogh, The Starry Night, 1889: public domain",
    ),
    "the_scream": Download(
        "style_images/the_scream.jpg",
        f"{PAINTINGS}/the_scream.jpg",
        "sha256:f3075cddeb974a9ee1d6418f7f33fd05185a7ac7dcb4288bd2805d499a9dcaee",
        0.2,
        "Edvard Munch, The Scream, 1893: public domain",
    ),
    "shipwreck": Download(
        "style_images/shipwreck.jpg",
        f"{PAINTINGS}/shipwreck.jpg",
        "sha256:4f7cf34e3cd4a5daaf3f421f059ca9a01aaa2a3afd7243d6670c9c8bc001a213",
        0.1,
        "J. M. W. Turner, The Shipwreck, 1805: public domain",
    ),
}


def cache() -> Path:
    """The folder that downloads go to; pooch's own rule for where caches live."""
    return Path(pooch.os_cache("cvbook"))


def local(path: str) -> Path | None:
    """A file or folder below the one that `CVLIB_DATA` names, if it is there."""
    folder = os.environ.get("CVLIB_DATA")
    if not folder:
        return None
    if not Path(folder).is_dir():
        raise FileNotFoundError(
            f"CVLIB_DATA must name a folder, got {folder!r}, which is none"
        )
    found = Path(folder, path)
    return found if found.exists() else None


def find(name: str) -> Path | None:
    """Where a file or folder is already: below `CVLIB_DATA`, in the cache, or None.

    Raises:
        ValueError: no download has this name, or what is there is something else.
    """
    download = DOWNLOADS[check_choice("name", name, tuple(DOWNLOADS))]
    found = local(download.path) or cache() / download.path
    if not found.exists():
        return None
    if not download.is_at(found):
        raise ValueError(
            f"{found} is not the {download.kind} that {download.host} offers (its hash "
            "differs); delete it and it will be downloaded again"
        )
    return found


def fetch(name: str, *, progress: bool = True) -> Path:
    """The path of a file or folder, downloaded if it is not here yet.

    What has arrived of an interrupted download stays, and the next call goes on there.

    Args:
        name: a key of `DOWNLOADS`.
        progress: show a bar.

    Raises:
        OfflineError: it is not here, and there is no connection or no room for it.
        ValueError: no download has this name, or what came is something else.
    """
    found = find(name)
    if found:
        return found
    download = DOWNLOADS[name]
    wanted = f"{download.path} ({download.megabytes:g} MB)"
    try:
        return retrieve(download, progress=progress)
    except ValueError as error:
        raise ValueError(
            f"{wanted} came from {download.host}, but is not the {download.kind} "
            "expected (its hash differs); try again later, or put the right one into a "
            "folder and set CVLIB_DATA to it"
        ) from error
    except OSError as error:
        raise OfflineError(
            f"{wanted} is not here and could not be had from {download.host} "
            f"({reason(error)}); put it into a folder and set CVLIB_DATA to it, or go "
            "on without: only the parts on real data need it"
        ) from error


def retrieve(download: Download, *, progress: bool) -> Path:
    """Get it into the cache, from where it is offered.

    Other folders that are wanted of the same archive come with it.

    Raises:
        ValueError: what came is something else; it is not kept.
        OSError: there is no connection, or no room.
    """
    target = cache() / download.path
    name = target.name + (".tar.gz" if download.folder else "")
    path = pooch.retrieve(
        download.url,
        known_hash=None if download.folder else download.hash,
        fname=name,
        path=target.parent,
        downloader=ResumingDownloader(
            target.with_name(name + ".part"), progress=progress
        ),
    )
    if not download.folder:
        return Path(path)
    parts = [
        Wanted(part.folder, cache() / part.path, part.hash)
        for part in DOWNLOADS.values()
        if part.url == download.url and not (cache() / part.path).exists()
    ]
    unpack(Path(path), parts)
    return target


def reason(error: OSError) -> str:
    """What went wrong with a download, in a few words."""
    if error.errno == 28:  # ENOSPC
        return f"no room in {cache()}"
    if isinstance(error, ConnectionError) or "onnection" in type(error).__name__:
        return "no connection"
    return str(error) or type(error).__name__


def save_arrays(path: Path, **arrays: np.ndarray) -> None:
    """Write arrays to a file that is either whole or not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + f".{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            np.savez(file, **arrays)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
