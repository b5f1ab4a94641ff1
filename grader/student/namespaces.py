"""Shut a process in: namespaces of its own, no privileges, no files but its own.

bubblewrap has made the outer walls already: an allow-listed file system, no network, an
unprivileged user. This is the inner cell, made anew for each submission by a fork of a
warm interpreter: learners share neither processes nor files, and what one leaves
running ends with it. Linux only, by the C library's own calls.
"""

import ctypes
import os
import platform
import resource
import signal
import struct

libc = ctypes.CDLL(None, use_errno=True)

NEWNS, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET = (
    0x00020000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000
)  # fmt: skip
NOSUID, NODEV, NOEXEC, READ_ONLY = 2, 4, 8, 1
CLONE_THREAD = 0x00010000
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 1, 4, 22, 38

# What no exercise needs and attacks begin with, by the kernel's numbers.
SYSCALLS = {
    "x86_64": {
        "clone": 56, "fork": 57, "vfork": 58, "execve": 59, "kill": 62, "shmget": 29,
        "ptrace": 101, "mount": 165, "umount2": 166, "pivot_root": 155, "chroot": 161,
        "init_module": 175, "add_key": 248, "request_key": 249, "keyctl": 250,
        "unshare": 272, "perf_event_open": 298, "setns": 308, "process_vm_readv": 310,
        "process_vm_writev": 311, "memfd_create": 319, "bpf": 321, "execveat": 322,
        "userfaultfd": 323, "io_uring_setup": 425, "clone3": 435, "socket": 41,
    },
    "aarch64": {
        "clone": 220, "execve": 221, "kill": 129, "shmget": 194, "ptrace": 117,
        "mount": 40, "umount2": 39, "pivot_root": 41, "chroot": 51, "init_module": 105,
        "add_key": 217, "request_key": 218, "keyctl": 219, "unshare": 97,
        "perf_event_open": 241, "setns": 268, "process_vm_readv": 270,
        "process_vm_writev": 271, "memfd_create": 279, "bpf": 280, "execveat": 281,
        "userfaultfd": 282, "io_uring_setup": 425, "clone3": 435, "socket": 198,
    },
}  # fmt: skip
ARCHITECTURE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
EPERM, ENOSYS = 1, 38


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
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{user} {user} 1"),
        ("gid_map", f"{group} {group} 1"),
    ):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        os._exit(os.waitstatus_to_exitcode(status) & 0xFF)
    call("prctl", PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    options = f"size={tmp_bytes},nr_inodes=4096,mode=700".encode()
    call("mount", b"none", b"/tmp", b"tmpfs", NOSUID | NODEV | NOEXEC, options)
    # other processes are seen in /proc and nowhere else
    call("mount", b"none", b"/proc", b"tmpfs", NOSUID | NODEV | READ_ONLY, b"size=4k")
    return 0


def give_up_privileges() -> None:
    """No capabilities, none to be gained, and a filter before the kernel."""
    call("prctl", PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    header = struct.pack("=II", 0x20080522, 0)  # version 3, this process
    call("capset", header, struct.pack("=6I", *[0] * 6))
    install_filter()


def install_filter() -> None:
    """Refuse the calls of `SYSCALLS`, and every new process that is not a thread."""
    machine = platform.machine()
    numbers = SYSCALLS.get(machine)
    if numbers is None:
        return  # namespaces and limits hold without it
    refuse = [n for name, n in numbers.items() if name not in ("clone", "clone3")]
    load, equal, at_least, masked, leave = 0x20, 0x15, 0x35, 0x45, 0x06  # BPF's own

    def step(code: int, k: int, yes: int = 0, no: int = 0) -> bytes:
        return struct.pack("=HBBI", code, yes, no, k)

    deny, allow = 0x00050000 | EPERM, 0x7FFF0000
    program = [
        step(load, 4),
        step(equal, ARCHITECTURE[machine], 1, 0),
        step(leave, 0x80000000),  # another architecture's numbers: end the process
        step(load, 0),
        step(at_least, 0x40000000, 0, 1),  # the x32 twins of all calls
        step(leave, deny),
    ]
    for number in refuse:
        program += [step(equal, number, 0, 1), step(leave, deny)]
    program += [
        # the C library falls back to clone, whose flags can be read
        step(equal, numbers["clone3"], 0, 1),
        step(leave, 0x00050000 | ENOSYS),
        step(equal, numbers["clone"], 0, 3),
        step(load, 16),
        step(masked, CLONE_THREAD, 1, 0),
        step(leave, deny),
        step(leave, allow),
    ]
    code = ctypes.create_string_buffer(b"".join(program))
    pointer = ctypes.create_string_buffer(
        struct.pack("=H6xQ", len(program), ctypes.addressof(code))
    )
    call("prctl", PR_SET_SECCOMP, 2, pointer, 0, 0)


def limit(*, memory: int, cpu_seconds: int, file_bytes: int, threads: int) -> None:
    """The kernel's own limits of one process; the watch outside knows the real use."""
    for kind, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_FSIZE, file_bytes),
        (resource.RLIMIT_NPROC, threads),
        (resource.RLIMIT_NOFILE, 128),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_MEMLOCK, 0),
        (resource.RLIMIT_MSGQUEUE, 0),
    ):
        resource.setrlimit(kind, (most, most))
