"""Attempts on the machine: its kernel, its devices, its other processes, its network."""

from tests.grader.hostile.attacks import NO_FILE, NO_LEAVE, Attack, attempt

NONE = r"allowed \[\]"

# what must fail whatever its arguments; the number of x86_64, the arguments
CALLS = """
ptrace 101 16 1 0 0, process_vm_readv 310 1 0 0 0 0 0, kcmp 312 1 1 0 0 0
pidfd_open 434 1 0, pidfd_send_signal 424 0 0 0 0, pidfd_getfd 438 0 0 0
unshare 272 0, setns 308 0 0, clone 56 17 0 0 0 0, clone3 435 0 0, fork 57, vfork 58
mount 165 0 0 0 0 0, umount2 166 0 0, pivot_root 155 0 0, chroot 161 0
open_tree 428 -100 0 0, fsopen 430 0 0, mount_setattr 442 0 0 0 0 0
statmount 457 0 0 0 0, listmount 458 0 0 0 0, name_to_handle_at 303 0 0 0 0 0
init_module 175 0 0 0, kexec_load 246 0 0 0 0, reboot 169 0 0 0 0, swapon 167 0 0
add_key 248 0 0 0 0 0, request_key 249 0 0 0 0, keyctl 250 0 -3 1
bpf 321 0 0 0, perf_event_open 298 0 0 0 0 0, userfaultfd 323 1
io_uring_setup 425 1 0, io_setup 206 1 0, modify_ldt 154 0 0 0, personality 135 -1
syslog 103 10 0 0, acct 163 0, quotactl 179 0 0 0 0, sethostname 170 0 0
settimeofday 164 0 0, iopl 172 3, ioperm 173 0 1 1, setgroups 116 0 0
inotify_init 253, inotify_init1 294 0
fanotify_init 300 0 0, socket 41 1 1 0, sendmsg 46 3 0 0, shmget 29 0 4096 1023
msgget 68 0 1023, semget 64 0 1 1023, mq_open 240 0 66 384 0
memfd_create 319 0 0, memfd_secret 447 0, execve 59 0 0 0, execveat 322 0 0 0 0 0
kill 62 -1 9, x32 1073741863
"""

ATTACKS = [
    Attack(
        "asks the kernel for what no exercise needs",
        attempt(
            "import ctypes, errno, platform\n"
            "libc, allowed = ctypes.CDLL(None, use_errno=True), []\n"
            f"for call in '''{CALLS.strip()}'''.replace('\\n', ',').split(','):\n"
            "    name, *numbers = call.split()\n"
            "    ctypes.set_errno(0)\n"
            "    end = libc.syscall(*[ctypes.c_long(int(n)) for n in numbers])\n"
            "    if ctypes.get_errno() not in (errno.EPERM, errno.ENOSYS):\n"
            "        allowed.append((name, end, ctypes.get_errno()))\n"
            "print('allowed', allowed if platform.machine() == 'x86_64' else [])"
        ),
        NONE,
    ),
    Attack(
        "changes a device of the machine",
        attempt(
            "import os\nallowed = []\nfor name in os.listdir('/dev'):\n"
            "    for change in (lambda p: os.chmod(p, 0o666), os.utime, os.unlink):\n"
            "        try:\n"
            "            allowed.append((name, change('/dev/' + name)))\n"
            "        except OSError as error:\n"
            "            print(error)\n"
            "print('allowed', allowed)"
        ),
        NONE,
    ),
    Attack(
        "opens a terminal",
        attempt("import os\nprint('allowed', os.openpty())"),
        NO_FILE,
    ),
    Attack(
        "looks for other processes",
        attempt("import os\nprint('allowed', os.listdir('/proc'))"),
        NONE,
    ),
    *(
        Attack(f"reads {path}", attempt(f"print(open('{path}').read())"), NO_FILE)
        for path in (
            "/proc/1/environ", "/proc/self/mem", "/proc/self/mountinfo",
            "/proc/1/cmdline", "/proc/self/fd/3", "/sys/kernel/notes", "/etc/hostname",
            "/ro" "ot/.ssh/id_rsa", "/run/secrets", "/dev/mem", "/dev/tty",
        )
    ),
    Attack(
        "has privileges left",
        attempt(
            "import ctypes, os, struct\n"
            "head, sets = ctypes.create_string_buffer(8), ctypes.create_string_buffer(24)\n"
            "head.raw = struct.pack('=II', 0x20080522, 0)\n"
            "ctypes.CDLL(None).capget(head, sets)\n"
            "print('allowed', [n for n in struct.unpack('=6I', sets.raw) if n])"
        ),
        NONE,
    ),
    Attack("becomes root", attempt("import os\nos.setuid(0)"), NO_LEAVE + "|Invalid"),
    Attack(
        "learns where it is",
        attempt(
            "import os, platform\n"
            "print('allowed', [n for n in (os.uname().nodename, platform.node())\n"
            "                  if n != 'student'])"
        ),
        NONE,
    ),
    Attack(
        "learns of the course by its surroundings",
        attempt(
            "import os, sys\nplaces = [*os.environ.values(), *sys.path, *sys.argv]\n"
            "words = ('gradebook', 'submitted', 'solutions', 'nbgrader')\n"
            "print('allowed', [p for p in places if any(w in p for w in words)])"
        ),
        NONE,
    ),
    Attack(
        "speaks to whoever listens",
        attempt(
            "import socket\nallowed = []\n"
            "for family in (1, 2, 10, 15, 16, 17, 31, 38, 40):\n"
            "    for kind in (1, 2, 3, 5):\n"
            "        try: allowed.append((family, kind, socket.socket(family, kind)))\n"
            "        except OSError: pass\n"
            "a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)\n"
            "for name in ('\\0x', '/run/dbus/system_bus_socket', '/tmp/.X11-unix/X0'):\n"
            "    try: allowed.append((name, a.sendto(b'x', name)))\n"
            "    except OSError: pass\n"
            "print('allowed', allowed)"
        ),
        NONE,
    ),
    Attack(
        "resolves a name",
        attempt("import socket\nsocket.gethostbyname('example.org')"),
        "gaierror|PermissionError",
    ),
    Attack(
        "reaches what was open before",
        attempt(
            "import os\nopen_now = []\nfor fd in range(3, 4096):\n"
            "    try: open_now.append((fd, os.fstat(fd).st_mode >> 12))\n"
            "    except OSError: pass\n"
            "print('allowed', [fd for fd, kind in open_now if kind != 0o14])"
        ),
        NONE,
    ),
]  # fmt: skip
