"""Shut a process in: namespaces of its own, no privileges, no files but its own.

bubblewrap has made the outer walls already: an allow-listed file system, no network, an
unprivileged user. This is the inner cell, made anew for each submission by a fork of a
warm interpreter: learners share neither processes nor files, and what one leaves
running ends with it. Linux only, by the C library's own calls.
"""

import contextlib
import ctypes
import os
import resource
import signal
import struct
import sys

from . import syscalls

libc = ctypes.CDLL(None, use_errno=True)

NEWNS, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET = (
    0x00020000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000
)  # fmt: skip
READ_ONLY, NOSUID, NODEV, NOEXEC, REMOUNT, BIND = 1, 2, 4, 8, 32, 4096
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 1, 4, 22, 38


def call(name: str, *arguments: object) -> int:
    """A function of the C library; its error as OSError."""
    result = getattr(libc, name)(*arguments)
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
    return result


def enter(*, tmp_bytes: int) -> int:
    """Fork into new namespaces; returns 0 in the new first process, its parent never.

    The parent stays outside as the one whose end is the end of all inside: it waits,
    and leaves with the status of the child.

    Args:
        tmp_bytes: the size of the private /tmp.

    Raises:
        OSError: the kernel does not allow it.
    """
    user, group = os.getuid(), os.getgid()
    call("unshare", NEWUSER | NEWPID | NEWNS | NEWIPC | NEWUTS | NEWNET)
    tell_kernel("setgroups", "deny")
    tell_kernel("uid_map", f"{user} {user} 1")
    tell_kernel("gid_map", f"{group} {group} 1")
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        os._exit(os.waitstatus_to_exitcode(status) & 0xFF)
    end_with_parent()
    options = f"size={tmp_bytes},nr_inodes=4096,mode=700".encode()
    call("mount", b"none", b"/tmp", b"tmpfs", NOSUID | NODEV | NOEXEC, options)
    # they are the machine's own, and a learner below root would be their owner there
    for device in os.listdir("/dev"):
        path, flags = f"/dev/{device}".encode(), NOSUID | NOEXEC | READ_ONLY
        call("mount", None, path, None, REMOUNT | BIND | flags, None)
    # other processes are seen in /proc and nowhere else
    call("mount", b"none", b"/proc", b"tmpfs", NOSUID | NODEV | READ_ONLY, b"size=4k")
    return 0


def give_up_privileges() -> None:
    """No capabilities, none to be gained, and a filter before the kernel."""
    call("prctl", PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    header = struct.pack("=II", 0x20080522, 0)  # version 3, this process
    call("capset", header, struct.pack("=6I", *[0] * 6))
    found = syscalls.here()
    if found is not None:
        call("prctl", PR_SET_SECCOMP, 2, found[0], 0, 0)


def end_with_parent() -> None:
    """Let the kernel end this process when the one that started it ends."""
    call("prctl", PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def be_the_first_to_go() -> None:
    """When memory runs out, the kernel ends this process before any other."""
    with contextlib.suppress(OSError):
        tell_kernel("oom_score_adj", "1000")


def tell_kernel(name: str, text: str) -> None:
    """Write a file of /proc/self, which who cannot be looked into does not own."""
    call("prctl", PR_SET_DUMPABLE, 1, 0, 0, 0)
    try:
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)
    finally:
        call("prctl", PR_SET_DUMPABLE, 0, 0, 0, 0)


def limit(
    *, memory: int, cpu_seconds: int, file_bytes: int, threads: int | None
) -> None:
    """The kernel's own limits of one process; the watch outside knows the real use.

    Args:
        memory: bytes of addresses.
        cpu_seconds: of the processor.
        file_bytes: of one file.
        threads: None where those of all the user's processes would be counted.
    """
    linux = sys.platform == "linux"
    for name, most in (
        ("AS", memory if linux else None),  # macOS has it and refuses it
        ("CPU", cpu_seconds),
        ("FSIZE", file_bytes),
        ("NPROC", threads),
        ("NOFILE", 128),
        ("CORE", 0),
        ("MEMLOCK", 0),
        ("MSGQUEUE", 0 if linux else None),
    ):
        if most is not None:
            resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (most, most))
