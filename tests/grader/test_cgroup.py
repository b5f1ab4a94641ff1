"""Control groups: ours, in what we were given, and removed again."""

import os
import subprocess
from pathlib import Path

import pytest

from grader import cgroup, sandbox
from grader.cgroup import V1, V2, Group
from grader.sandbox import Limits, Policy, Zygote
from grader.session import Sandbox


class StandIn(type(Path())):
    """A folder in which the kernel's files appear by themselves."""

    files = (V2.most, V2.now, V2.swap, V2.pids, V2.pids_now)

    def mkdir(self, *args, **kwargs):
        super().mkdir(*args, **kwargs)
        for name in self.files:
            (self / name).write_text("7\n")
        (self / "cgroup.procs").write_text("")

    def rmdir(self):
        for path in self.iterdir():
            path.unlink()
        super().rmdir()


class OfVersion1(StandIn):
    """The same of version 1."""

    files = (V1.most, V1.now, V1.swap, V1.pids, V1.pids_now)


@pytest.fixture
def home(tmp_path):
    """A group of cgroup v2 that was given to us."""
    (tmp_path / "cgroup.controllers").write_text("memory pids\n")
    return StandIn(tmp_path)


def contents(group: Group) -> dict[str, str]:
    folder = group.folders[0]
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_memory_swap_and_processes_are_capped(home):
    group = Group.below((home,))
    group.allow(memory=1000, processes=40)
    written = contents(group)
    group.close()
    assert written[V2.most] == "1000"
    assert written[V2.swap] == "0"
    assert written[V2.pids] == "40"


def test_version_1_caps_memory_and_swap_together(tmp_path):
    group = Group.below((OfVersion1(tmp_path),))
    group.allow(memory=1000, processes=40)
    written = contents(group)
    group.close()
    assert written[V1.most] == written[V1.swap] == "1000"


def test_what_is_held_is_read(home):
    group = Group.below((home,))
    assert group.held() == (7, 7)
    group.close()


def test_a_group_is_removed_with_its_zygote(home):
    group = Group.below((home,))
    group.close()
    assert not group.folders[0].exists()


def test_what_a_killed_judge_left_is_removed_by_the_next(home):
    left = home / f"{cgroup.PREFIX}4711-0"
    left.mkdir()
    Group.below((home,)).close()
    assert not left.exists()


def test_what_another_judge_uses_is_left_alone(home):
    theirs = Group.below((home,))
    ours = Group.below((home,))
    assert theirs.folders[0].exists()
    ours.close()
    theirs.close()


def test_what_is_not_ours_is_left_alone(home):
    other = home / "somebody"
    other.mkdir()
    Group.below((home,)).close()
    assert other.exists()


def test_a_group_that_cannot_cap_memory_is_none(tmp_path):
    class OnlyProcesses(StandIn):
        files = ("pids.max", "pids.current")

    home = OnlyProcesses(tmp_path)
    (home / "cgroup.controllers").write_text("pids\n")
    with pytest.raises(OSError, match="memory cannot be capped"):
        Group.below((home,))
    assert list(home.glob(f"{cgroup.PREFIX}*")) == []


def test_a_command_enters_its_group_before_it_begins(home):
    group = Group.below((home,))
    said = subprocess.run([*group.entrance(), "echo", "a b"], capture_output=True)
    entered = (group.folders[0] / V2.procs).read_text()
    group.close()
    assert said.stdout == b"a b\n"
    assert entered.strip().isdigit()


def test_a_group_that_nobody_gave_us_is_not_used(tmp_path, monkeypatch):
    assert cgroup.delegated("0::/somebody\n", tmp_path) is None
    (tmp_path / "somebody").mkdir()
    monkeypatch.setattr(os, "getxattr", lambda *_: b"0")
    assert cgroup.delegated("0::/somebody\n", tmp_path) is None
    assert cgroup.delegated("4:memory:/somebody\n", tmp_path) is None


def test_a_group_that_was_delegated_to_us_is_used(tmp_path, monkeypatch):
    (tmp_path / "ours").mkdir()
    monkeypatch.setattr(os, "getxattr", lambda *_: b"1")
    assert cgroup.delegated("0::/ours\n", tmp_path) == tmp_path / "ours"
    assert cgroup.delegated("0::/ours/judge\n", tmp_path) == tmp_path / "ours"


def test_room_is_made_by_moving_us_out_of_the_way(tmp_path):
    (tmp_path / "judge").mkdir()
    (tmp_path / "judge" / "cgroup.procs").write_text("")
    (tmp_path / "cgroup.procs").write_text("12\n")
    (tmp_path / "cgroup.subtree_control").write_text("")
    assert cgroup.make_room(tmp_path)
    assert (tmp_path / "judge" / "cgroup.procs").read_text() == "12"
    assert (tmp_path / "cgroup.subtree_control").read_text() == "+memory +pids"


def test_a_group_can_be_named(monkeypatch):
    monkeypatch.setenv(cgroup.VARIABLE, "/a/memory:/b/pids")
    assert cgroup.homes.__wrapped__() == (Path("/a/memory"), Path("/b/pids"))


def test_what_is_in_force_is_said(home, monkeypatch):
    monkeypatch.setattr(cgroup, "homes", lambda: (home,))
    assert sandbox.describe() == sandbox.HARD
    monkeypatch.setattr(cgroup, "homes", tuple)
    assert sandbox.describe() == sandbox.WATCHED


@pytest.fixture
def real():
    """The groups that this machine gives us."""
    group = sandbox.make_group()
    if group is None:
        pytest.skip("nobody gave us a control group: set STUDENT_CGROUP, or run under"
                    " systemd-run --user --scope -p Delegate=yes")  # fmt: skip
    group.close()


def test_the_kernel_ends_a_student_that_takes_too_much(real, bubblewrap):
    # a watch that sees nothing: the cap alone must do it
    limits = Limits(cell_seconds=20, memory_bytes=100 << 20)
    box = Sandbox(limits)
    session = box.session(Policy())
    session.run("1")
    session.zygote.group.allow(
        memory=session.zygote.empty[0] + (50 << 20), processes=40
    )
    outputs = session.run("kept = []\nwhile True: kept.append(bytearray(1_000_000))")
    after = session.run("print(1)")
    box.close()
    assert "of memory" in outputs[0]["evalue"]
    assert after[0]["text"] == "1\n"


def test_a_zygote_leaves_no_group(real, bubblewrap):
    zygote = Zygote(Policy())
    folders = zygote.group.folders
    assert all(folder.exists() for folder in folders)
    zygote.close()
    assert not any(folder.exists() for folder in folders)
