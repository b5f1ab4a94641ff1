"""Z: a warm interpreter in the sandbox that forks one S for each submission.

It has imported what learners may use and nothing of the course, so a fork is ready at
once and knows no secret. It also watches: S cannot see Z, Z sees how much S uses and
ends it when that is too much. Started by `grader.sandbox` as

    python -I -S -B student/zygote.py CONTROL_FD SETTINGS_JSON
"""

import contextlib
import importlib
import json
import os
import select
import shutil
import signal
import socket
import sys
import time

TICK, HURRY = 0.02, 0.002  # seconds between two looks at what S uses
MUCH = 0.5  # of the memory it may have: from there on we look more often
LINUX = sys.platform == "linux"
REASONS = {
    signal.SIGXCPU: "cpu",
    signal.SIGSEGV: "crash",
    signal.SIGBUS: "crash",
    signal.SIGFPE: "crash",
    signal.SIGABRT: "crash",
    signal.SIGILL: "crash",
    signal.SIGSYS: "forbidden",
    signal.SIGXFSZ: "file size",
}


def main() -> None:
    """Import, say ready, then fork a student for each request until J hangs up."""
    control = socket.socket(fileno=int(sys.argv[1]))
    settings = json.loads(sys.argv[2])
    sys.path[:0] = settings["path"]
    from student import namespaces, policy

    if LINUX:
        namespaces.call("prctl", namespaces.PR_SET_DUMPABLE, 0, 0, 0, 0)
    if LINUX and not settings["sandboxed"]:  # bubblewrap sees to it otherwise
        namespaces.end_with_parent()
    os.chdir(settings["home"])
    policy.explain_what_is_absent(settings["absent"], settings["allowed"])
    for name in settings["preload"]:
        importlib.import_module(name)
    from student import serve  # after what it needs

    student = serve.Student(serve.Shell(max_output=settings["output_bytes"]))
    student.shell.run("1 / 0")  # the first traceback is slow
    student.shell.reset()
    control.sendall(b"ready")
    while True:
        request, fds, _, _ = socket.recv_fds(control, 4096, 1)
        if not request:  # J has gone
            return
        if not fds:
            continue  # the end of a student who had ended already
        limits = json.loads(request.lstrip(b"x")) | settings
        pid = os.fork()
        if pid == 0:
            control.close()
            try:
                be_a_student(fds[0], limits, namespaces, student)
            finally:
                os._exit(1)
        os.close(fds[0])
        report = watch(pid, control, limits)
        if not settings["sandboxed"]:
            sweep(settings["home"])
        control.sendall(json.dumps(report).encode())


def be_a_student(fd: int, limits: dict, namespaces, student) -> None:
    """Shut this process in and serve J until it hangs up. Does not return."""
    sandboxed = limits["sandboxed"]
    if LINUX:
        namespaces.be_the_first_to_go()
    if sandboxed:
        namespaces.enter(tmp_bytes=limits["tmp_bytes"])
    else:
        os.setsid()  # what it starts is ended with it
    nowhere = os.open("/dev/null", os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    os.closerange(3, fd)
    os.closerange(fd + 1, 4096)
    os.chdir(limits["home"])
    namespaces.limit(
        memory=limits["address_bytes"],
        cpu_seconds=limits["cpu_seconds"],
        file_bytes=limits["file_bytes"],
        threads=limits["threads"] if sandboxed else None,
    )
    if LINUX:
        namespaces.end_with_parent()
        namespaces.give_up_privileges()
    student.serve(socket.socket(fileno=fd))
    os._exit(0)


def watch(pid: int, control: socket.socket, limits: dict) -> dict:
    """Wait until S ends, J asks for its end, or it uses too much; why it ended."""
    reason, pause = "", TICK
    while True:
        done, status, used = os.wait4(pid, os.WNOHANG)
        if done:
            break
        asked, _, _ = select.select([control], [], [], pause)
        if asked:
            word = control.recv(1)
            reason = reason or ("asked" if word else "gone")
        else:
            memory, threads = held(pid, limits["sandboxed"])
            reason = reason or too_much(memory, threads, limits)
            pause = HURRY if memory > MUCH * limits["memory_bytes"] else TICK
        if reason:
            end(pid, limits["sandboxed"])
    if reason == "gone":
        sys.exit()
    # the process between Z and S hands on how S ended: 256 − signal, or its status
    code = os.waitstatus_to_exitcode(status) & 0xFF
    number = 256 - code if code > 128 else 0
    if number == signal.SIGKILL:  # by the kernel, or by somebody outside
        spent = used.ru_utime + used.ru_stime
        reason = reason or ("cpu" if spent > limits["cpu_seconds"] - 1 else "killed")
    reason = reason or REASONS.get(number, "killed" if number else "exit")
    return {"ended": reason, "status": code}


def held(pid: int, sandboxed: bool) -> tuple[int, int]:
    """How many bytes and threads S has now; none where that cannot be seen."""
    try:
        inner = children(pid)[0] if sandboxed else pid
        with open(f"/proc/{inner}/status") as file:
            facts = dict(line.split(":", 1) for line in file if ":" in line)
        return 1024 * int(facts["VmRSS"].split()[0]), int(facts["Threads"])
    except (OSError, IndexError, KeyError):
        return 0, 0  # it has just ended, or begins


def too_much(memory: int, threads: int, limits: dict) -> str:
    """What S has too much of, if anything."""
    if memory > limits["memory_bytes"]:
        return "memory"
    return "threads" if threads > limits["threads"] else ""


def children(pid: int) -> list[int]:
    """The processes a process has started."""
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return [int(word) for word in file.read().split()]


def end(pid: int, sandboxed: bool) -> None:
    """Kill S: the first process of its namespace, and with it all others."""
    with contextlib.suppress(OSError):
        if sandboxed:
            for inner in children(pid):
                os.kill(inner, signal.SIGKILL)
        else:
            os.killpg(pid, signal.SIGKILL)
    deadline = time.monotonic() + 1
    while time.monotonic() < deadline:  # its parent then leaves by itself
        if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            return
        time.sleep(0.001)
    os.kill(pid, signal.SIGKILL)


def sweep(home: str) -> None:
    """Remove what S left in the folder of all who come after it."""
    for entry in os.scandir(home):
        with contextlib.suppress(OSError):
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry.path)
            else:
                os.unlink(entry.path)


if __name__ == "__main__":
    main()
