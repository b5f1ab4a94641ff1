"""A folder out of an archive: packed otherwise, changed, damaged, evil, interrupted."""

import errno
import gzip
import io
import tarfile
from dataclasses import replace

import pytest

from cvlib.data import archives, downloads
from cvlib.data.archives import folder_hash
from cvlib.data.downloads import Download, OfflineError, fetch

FILES = {
    "Annotations/a.xml": b"<annotation/>",
    "ImageSets/Main/train.txt": b"a\n",
    "JPEGImages/a.jpg": bytes(range(256)) * 100,
}
SHA256 = "sha256:f44fc7866f3140ce09d4c63c22a88fa85986e493ff3bc2f595f7a7aa2d545efb"
"""What a shell says of `FILES`, see `folder_hash`."""

REFUSED = (
    r"^blood/Cells \(1 MB\) came from 127\.0\.0\.1:\d+, but is not the folder expected "
    r"\(its hash differs\); try again later, or put the right one into a folder and "
    r"set CVLIB_DATA to it$"
)


def member(name, content=b"", *, kind=tarfile.REGTYPE, to=""):
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.size = kind, to, len(content)
    return info, content


def pack(files=FILES, *others, top="Dataset-d272fb1", level=9):
    """An archive as GitHub packs them; `others` are members that it would not have."""
    members = [member(f"{top}/Cells/{name}", files[name]) for name in files]
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz", compresslevel=level) as tar:
        for info, content in [member(f"{top}/README.md", b"cells"), *members, *others]:
            tar.addfile(info, io.BytesIO(content))
    return packed.getvalue()


@pytest.fixture
def folder(tmp_path, monkeypatch, server):
    """An empty cache, and a download "cells" that the server offers; blood/ in it."""
    server.content = pack()
    url = f"http://127.0.0.1:{server.server_port}/d272fb1.tar.gz"
    cells = Download("blood/Cells", url, SHA256, 1.0, "nobody", folder="Cells")
    monkeypatch.setitem(downloads.DOWNLOADS, "cells", cells)
    monkeypatch.setattr(downloads, "cache", lambda: tmp_path / "cache")
    monkeypatch.delenv("CVLIB_DATA", raising=False)
    return tmp_path / "cache" / "blood"


def below(folder):
    """What lies anywhere below a folder, but folders."""
    paths = (path for path in folder.rglob("*") if path.is_symlink() or path.is_file())
    return sorted(path.relative_to(folder).as_posix() for path in paths)


def write(folder, files=FILES):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def stop_at_the_second_file(monkeypatch, error):
    """Let unpacking fail when one file is written."""
    make, made = tarfile.TarFile.makefile, []

    def makefile(self, info, path):
        if made:
            raise error
        made.append(path)
        make(self, info, path)

    monkeypatch.setattr(tarfile.TarFile, "makefile", makefile)


def test_the_hash_is_what_a_shell_says(tmp_path):
    assert folder_hash(write(tmp_path)) == SHA256


def test_what_a_file_manager_leaves_does_not_count(tmp_path):
    write(tmp_path, {".DS_Store": b"view", "JPEGImages/Thumbs.db": b"small"})
    assert folder_hash(write(tmp_path)) == SHA256


def test_only_the_folder_is_unpacked_and_only_once(folder, server):
    path = fetch("cells", progress=False)
    assert path == folder / "Cells"
    assert below(folder.parent) == [f"blood/Cells/{name}" for name in FILES]
    assert {name: (path / name).read_bytes() for name in FILES} == FILES
    assert [each.name for each in folder.iterdir()] == ["Cells"]
    assert fetch("cells", progress=False) == path
    assert server.asked == [0]


def test_another_folder_of_the_archive_comes_with_it(folder, server, monkeypatch):
    note = member("Dataset-d272fb1/Notes/a.txt", b"one")
    server.content = pack(FILES, note)
    known = folder_hash(write(folder.parent / "x", {"a.txt": b"one"}))
    cells = downloads.DOWNLOADS["cells"]
    notes = replace(cells, path="other/Notes", hash=known, folder="Notes")
    monkeypatch.setitem(downloads.DOWNLOADS, "notes", notes)
    fetch("cells", progress=False)
    assert (fetch("notes", progress=False) / "a.txt").read_bytes() == b"one"
    assert server.asked == [0]


def test_the_same_files_packed_otherwise_are_as_good(folder, server):
    files = dict(reversed(FILES.items()))
    server.content = pack(files, top="Renamed-d272fb1", level=1)
    assert server.content != pack()
    assert below(fetch("cells", progress=False)) == list(FILES)


def test_a_connection_that_breaks_off_goes_on_where_it_was(folder, server):
    half = len(server.content) // 2
    folder.mkdir(parents=True)
    (folder / "Cells.tar.gz.part").write_bytes(server.content[:half])
    server.most = 0
    with pytest.raises(OfflineError, match=r"^blood/Cells \(1 MB\) is not here and"):
        fetch("cells", progress=False)
    assert below(folder) == ["Cells.tar.gz.part"]
    server.most = None
    assert below(fetch("cells", progress=False)) == list(FILES)
    assert set(server.asked) == {half}


OTHER = {
    "a byte": FILES | {"Annotations/a.xml": b"<annotation />"},
    "a name": {name.replace("a.jpg", "b.jpg"): FILES[name] for name in FILES},
    "one more": FILES | {"JPEGImages/b.jpg": b""},
    "one less": dict(list(FILES.items())[:2]),
    "nothing": {},
}


@pytest.mark.parametrize("files", OTHER.values(), ids=OTHER)
def test_other_files_are_refused_and_not_kept(folder, server, files):
    server.content = pack(files)
    with pytest.raises(ValueError, match=REFUSED):
        fetch("cells", progress=False)
    assert list(folder.iterdir()) == []


DAMAGED = {
    "cut off": pack()[:-200],
    "a page": b"<html>Not found</html>",
    "no byte": b"",
    "not packed": gzip.decompress(pack()),
    "a byte": pack()[:300] + bytes([pack()[300] ^ 255]) + pack()[301:],
    "no tar": gzip.compress(b"cells" * 1000),
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_archive_is_refused_and_not_kept(folder, server, content):
    server.content = content
    server.says_length = False  # as GitHub, so a short answer is not noticed before
    with pytest.raises(ValueError, match=REFUSED):
        fetch("cells", progress=False)
    assert list(folder.iterdir()) == []
    server.content = pack()
    assert below(fetch("cells", progress=False)) == list(FILES)


def test_the_rest_of_another_packing_is_noticed(folder, server):
    folder.mkdir(parents=True)
    (folder / "Cells.tar.gz.part").write_bytes(pack(level=1)[:400])
    with pytest.raises(ValueError, match=REFUSED):
        fetch("cells", progress=False)
    assert list(folder.iterdir()) == []
    assert below(fetch("cells", progress=False)) == list(FILES)


EVIL = {
    "up": [member("top/Cells/../../../../evil.txt", b"!")],
    "a link and a file": [
        member("top/Cells/out", kind=tarfile.SYMTYPE, to="../../../.."),
        member("top/Cells/out/evil.txt", b"!"),
    ],
}


@pytest.mark.parametrize("others", EVIL.values(), ids=EVIL)
def test_a_path_that_leads_outside_is_refused(folder, server, tmp_path, others):
    server.content = pack(FILES, *others)
    with pytest.raises(ValueError, match=REFUSED):
        fetch("cells", progress=False)
    assert below(tmp_path) == []


@pytest.mark.parametrize(
    "other",
    [
        member("top/../../evil.txt", b"!"),
        member("/evil.txt", b"!"),
        member("top/Cells/link", kind=tarfile.SYMTYPE, to="/etc/passwd"),
        member("top/Cells/link", kind=tarfile.LNKTYPE, to="top/README.md"),
        member("top/Cells/pipe", kind=tarfile.FIFOTYPE),
    ],
    ids=["up", "absolute", "symbolic link", "hard link", "pipe"],
)
def test_what_is_no_file_of_the_folder_is_left_in(folder, server, tmp_path, other):
    server.content = pack(FILES, other)
    assert below(fetch("cells", progress=False)) == list(FILES)
    assert len(below(tmp_path)) == len(FILES)


def test_an_interrupted_unpacking_leaves_nothing_half(folder, server, monkeypatch):
    with monkeypatch.context() as patch:
        stop_at_the_second_file(patch, KeyboardInterrupt())
        with pytest.raises(KeyboardInterrupt):
            fetch("cells", progress=False)
    assert [path.name for path in folder.iterdir()] == ["Cells.tar.gz"]
    assert below(fetch("cells", progress=False)) == list(FILES)
    assert server.asked == [0]  # what had come was not asked for again
    assert [path.name for path in folder.iterdir()] == ["Cells"]


def test_the_folder_appears_in_one_step(folder, monkeypatch):
    seen = []

    def hash_and_look(path):
        seen.append((folder / "Cells").exists())
        return folder_hash(path)

    monkeypatch.setattr(archives, "folder_hash", hash_and_look)
    fetch("cells", progress=False)
    assert seen == [False]


def test_no_room_to_unpack_is_said(folder, monkeypatch):
    stop_at_the_second_file(monkeypatch, OSError(errno.ENOSPC, "full"))
    with pytest.raises(OfflineError, match=r"^blood/Cells .* \(no room in .*cache\)"):
        fetch("cells", progress=False)
    assert list(folder.iterdir()) == []


def test_no_room_to_download_is_said(folder):
    folder.mkdir(parents=True)
    (folder / "Cells.tar.gz.part").symlink_to("/dev/full")
    with pytest.raises(OfflineError, match=r"^blood/Cells .* \(no room in .*cache\)"):
        fetch("cells", progress=False)


def test_a_folder_of_ones_own_is_looked_in_first(folder, server, tmp_path, monkeypatch):
    mine = write(tmp_path / "mine" / "blood" / "Cells")
    monkeypatch.setenv("CVLIB_DATA", str(tmp_path / "mine"))
    assert fetch("cells", progress=False) == mine
    assert server.asked == []


def test_a_changed_folder_is_not_used(folder, server):
    write(folder / "Cells", OTHER["a byte"])
    with pytest.raises(
        ValueError,
        match=r"Cells is not the folder that 127\.0\.0\.1:\d+ offers \(its hash "
        r"differs\); delete it and it will be downloaded again$",
    ):
        fetch("cells", progress=False)
    assert server.asked == []
