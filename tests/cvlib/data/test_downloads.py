"""Downloads from a server on this machine: good, broken off, wrong, and no room."""

import hashlib

import pytest

from cvlib.data import downloads
from cvlib.data.downloads import Download, OfflineError, fetch, find, local
from cvlib.data.resuming import CHUNK, ResumingDownloader

CONTENT = bytes(range(256)) * 4000  # a megabyte


@pytest.fixture
def folder(tmp_path, monkeypatch, server):
    """An empty cache, and a download called "thing" that the server offers."""
    server.content = CONTENT
    thing = Download(
        "things/thing.bin",
        f"http://127.0.0.1:{server.server_port}/thing.bin",
        "sha256:" + hashlib.sha256(CONTENT).hexdigest(),
        1.0,
        "nobody",
    )
    monkeypatch.setitem(downloads.DOWNLOADS, "thing", thing)
    monkeypatch.setattr(downloads, "cache", lambda: tmp_path / "cache")
    monkeypatch.delenv("CVLIB_DATA", raising=False)
    return tmp_path / "cache" / "things"


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_fetched_once(folder, server):
    path = fetch("thing", progress=False)
    assert path.read_bytes() == CONTENT
    assert names(folder) == ["thing.bin"]
    assert fetch("thing", progress=False) == path
    assert server.asked == [0]


def test_a_bar_shows_how_far_it_is(folder, capsys):
    fetch("thing")
    shown = capsys.readouterr().err
    assert "thing.bin" in shown
    assert "1.02M/1.02M" in shown


def test_a_connection_that_breaks_off_goes_on_where_it_was(folder, server):
    server.most = len(CONTENT) // 2
    assert fetch("thing", progress=False).read_bytes() == CONTENT
    first, *others = server.asked
    assert first == 0
    assert others == sorted(others)  # never from the start again
    assert others[0] > len(CONTENT) // 2 - CHUNK


def test_what_has_arrived_waits_for_the_next_call(folder, server):
    folder.mkdir(parents=True)
    (folder / "thing.bin.part").write_bytes(CONTENT[:5000])
    server.most = 0
    with pytest.raises(OfflineError, match=r"^things/thing\.bin \(1 MB\) is not here"):
        fetch("thing", progress=False)
    assert server.asked == [5000] * 3
    assert (folder / "thing.bin.part").stat().st_size == 5000
    server.most = len(CONTENT)
    assert fetch("thing", progress=False).read_bytes() == CONTENT
    assert server.asked[-1] == 5000
    assert names(folder) == ["thing.bin"]


def test_a_server_without_ranges_sends_everything_again(folder, server):
    folder.mkdir(parents=True)
    (folder / "thing.bin.part").write_bytes(b"old")
    server.ranges = False
    assert fetch("thing", progress=False).read_bytes() == CONTENT


def test_a_part_that_is_whole_is_enough(folder, server):
    folder.mkdir(parents=True)
    (folder / "thing.bin.part").write_bytes(CONTENT)
    assert fetch("thing", progress=False).read_bytes() == CONTENT
    assert server.asked == [len(CONTENT)]


def test_an_interruption_keeps_what_has_arrived(folder, server, monkeypatch):
    class Impatient(ResumingDownloader):
        def fetch(self, url):
            server.most = 2 * CHUNK
            try:
                super().fetch(url)
            except OSError:
                raise KeyboardInterrupt from None

    monkeypatch.setattr(downloads, "ResumingDownloader", Impatient)
    with pytest.raises(KeyboardInterrupt):
        fetch("thing", progress=False)
    monkeypatch.undo()
    assert (folder / "thing.bin.part").stat().st_size >= CHUNK


def test_another_file_is_refused_and_not_kept(folder, server):
    server.content = CONTENT[::-1]
    with pytest.raises(
        ValueError,
        match=r"^things/thing\.bin \(1 MB\) came from 127\.0\.0\.1:\d+, but is not the "
        r"file expected \(its hash differs\); try again later, or put the right one "
        r"into a folder and set CVLIB_DATA to it$",
    ):
        fetch("thing", progress=False)
    assert names(folder) == []


def test_no_connection_says_what_can_be_done(folder, server, monkeypatch):
    gone = Download("thing.bin", "http://127.0.0.1:1/thing.bin", "md5:0", 1.0, "")
    monkeypatch.setitem(downloads.DOWNLOADS, "thing", gone)
    with pytest.raises(
        OfflineError,
        match=r"^thing\.bin \(1 MB\) is not here and could not be had from "
        r"127\.0\.0\.1:1 \(no connection\); put it into a folder and set CVLIB_DATA to "
        r"it, or go on without: only the parts on real data need it$",
    ):
        fetch("thing", progress=False)


def test_no_room_is_said(folder):
    folder.mkdir(parents=True)
    (folder / "thing.bin.part").symlink_to("/dev/full")
    with pytest.raises(OfflineError, match=r"\(no room in .*cache\)"):
        fetch("thing", progress=False)


def test_a_folder_of_ones_own_is_looked_in_first(folder, server, tmp_path, monkeypatch):
    mine = tmp_path / "mine" / "things" / "thing.bin"
    mine.parent.mkdir(parents=True)
    mine.write_bytes(CONTENT)
    monkeypatch.setenv("CVLIB_DATA", str(tmp_path / "mine"))
    assert fetch("thing", progress=False) == mine
    assert server.asked == []
    assert local("nothing.bin") is None


def test_a_damaged_file_is_not_used(folder):
    folder.mkdir(parents=True)
    (folder / "thing.bin").write_bytes(b"half")
    with pytest.raises(
        ValueError,
        match=r"thing\.bin is not the file that 127\.0\.0\.1:\d+ offers \(its hash "
        r"differs\); delete it and it will be downloaded again$",
    ):
        fetch("thing", progress=False)


def test_a_folder_that_is_none_is_an_error(monkeypatch):
    monkeypatch.setenv("CVLIB_DATA", "/nowhere/at/all")
    with pytest.raises(FileNotFoundError, match=r"^CVLIB_DATA must name a folder, got"):
        local("thing.bin")


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(
        ValueError, match=r"^name must be 'cifar10', .* did you mean 'cifar10'\?$"
    ):
        find("cifar11")


@pytest.mark.parametrize("name", list(downloads.DOWNLOADS))
def test_every_download_can_be_checked_and_credited(name):
    download = downloads.DOWNLOADS[name]
    kind, _, digest = download.hash.partition(":")
    assert len(bytes.fromhex(digest)) == {"md5": 16, "sha256": 32}[kind]
    assert download.url.startswith("https://")
    assert download.credit
    assert download.megabytes > 0
