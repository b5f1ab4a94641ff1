"""What a learner's code may ask of the kernel: a filter of system calls (seccomp).

No exercise needs what is refused here, and attacks begin with it: processes, programs,
namespaces, signals, networks, and memory that no list of a process's memory shows.
"""

import ctypes
import platform
import struct

# name, its number on x86_64, its number on aarch64; 0: there is none
REFUSED = """
execve 59 221, execveat 322 281, fork 57 0, vfork 58 0, kill 62 129
ptrace 101 117, process_vm_readv 310 270, process_vm_writev 311 271, kcmp 312 272
pidfd_send_signal 424 424, pidfd_open 434 434, pidfd_getfd 438 438
process_madvise 440 440, process_mrelease 448 448
unshare 272 97, setns 308 268, mount 165 40, umount2 166 39, pivot_root 155 41
chroot 161 51, open_tree 428 428, move_mount 429 429, fsopen 430 430, fspick 433 433
mount_setattr 442 442, statmount 457 457, listmount 458 458
name_to_handle_at 303 264, open_by_handle_at 304 265, quotactl 179 60
init_module 175 105, finit_module 313 273, delete_module 176 106, kexec_load 246 104
add_key 248 217, request_key 249 218, keyctl 250 219, bpf 321 280
perf_event_open 298 241, userfaultfd 323 282, io_uring_setup 425 425, io_setup 206 0
modify_ldt 154 0, personality 135 92, syslog 103 116, acct 163 89
mbind 237 235, set_mempolicy 238 237, migrate_pages 256 238, move_pages 279 239
inotify_init 253 0, inotify_init1 294 26, fanotify_init 300 262
socket 41 198, setsockopt 54 208, sendmsg 46 211, sendmmsg 307 269
shmget 29 194, msgget 68 186, semget 64 190, mq_open 240 180
memfd_create 319 279, memfd_secret 447 447
"""
ARCHITECTURES = {  # its number, and those of clone and clone3
    "x86_64": (0xC000003E, 56, 435),
    "aarch64": (0xC00000B7, 220, 435),
}
CLONE_THREAD = 0x00010000
EPERM, ENOSYS = 1, 38
LOAD, EQUAL, AT_LEAST, ANY_BIT, LEAVE = 0x20, 0x15, 0x35, 0x45, 0x06  # BPF's own
ALLOW, FAIL, KILL = 0x7FFF0000, 0x00050000, 0x80000000


def refused(machine: str) -> list[int]:
    """The numbers of what is refused on a machine."""
    column = list(ARCHITECTURES).index(machine) + 1
    calls = [call.split() for call in REFUSED.replace("\n", ",").split(",")]
    return [number for call in calls if call if (number := int(call[column]))]


def step(code: int, k: int, yes: int = 0, no: int = 0) -> bytes:
    """One instruction: what to do, with what, and how many steps to skip then."""
    return struct.pack("=HBBI", code, yes, no, k)


def program(machine: str) -> bytes:
    """The filter: it may start threads, and no process."""
    architecture, clone, clone3 = ARCHITECTURES[machine]
    steps = [
        step(LOAD, 4),
        step(EQUAL, architecture, 1, 0),
        step(LEAVE, KILL),  # another architecture's numbers
        step(LOAD, 0),
        step(AT_LEAST, 0x40000000, 0, 1),  # the x32 twins of all calls
        step(LEAVE, FAIL | EPERM),
    ]
    for number in refused(machine):
        steps += [step(EQUAL, number, 0, 1), step(LEAVE, FAIL | EPERM)]
    steps += [
        # the C library falls back to clone, whose flags can be read
        step(EQUAL, clone3, 0, 1),
        step(LEAVE, FAIL | ENOSYS),
        step(EQUAL, clone, 0, 3),
        step(LOAD, 16),
        step(ANY_BIT, CLONE_THREAD, 1, 0),
        step(LEAVE, FAIL | EPERM),
        step(LEAVE, ALLOW),
    ]
    return b"".join(steps)


def packed(machine: str) -> tuple[ctypes.Array, ctypes.Array] | None:
    """The filter as the kernel wants it, and its memory; None: not for this machine."""
    if machine not in ARCHITECTURES:
        return None  # the namespaces and limits hold without it
    steps = program(machine)
    code = ctypes.create_string_buffer(steps, len(steps))
    header = struct.pack("=H6xQ", len(steps) // 8, ctypes.addressof(code))
    return ctypes.create_string_buffer(header, len(header)), code


def here() -> tuple[ctypes.Array, ctypes.Array] | None:
    """The same for this machine."""
    return packed(platform.machine())
