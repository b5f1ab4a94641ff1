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
import signal
import socket
import sys
import time

TICK = 0.02  # seconds between two looks at what S uses
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

    namespaces.call("prctl", namespaces.PR_SET_DUMPABLE, 0, 0, 0, 0)
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
        pid = os.fork()
        if pid == 0:
            control.close()
            try:
                be_a_student(fds[0], json.loads(request), namespaces, student)
            finally:
                os._exit(1)
        os.close(fds[0])
        report = watch(pid, control, json.loads(request))
        control.sendall(json.dumps(report).encode())


def be_a_student(fd: int, limits: dict, namespaces, student) -> None:
    """Shut this process in and serve J until it hangs up. Does not return."""
    namespaces.enter(tmp_bytes=limits["tmp_bytes"])
    nowhere = os.open("/dev/null", os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    os.closerange(3, fd)
    os.closerange(fd + 1, 4096)
    os.chdir("/tmp")
    namespaces.limit(
        memory=limits["address_bytes"],
        cpu_seconds=limits["cpu_seconds"],
        file_bytes=limits["file_bytes"],
        threads=limits["threads"],
    )
    namespaces.give_up_privileges()
    student.serve(socket.socket(fileno=fd))
    os._exit(0)


def watch(pid: int, control: socket.socket, limits: dict) -> dict:
    """Wait until S ends, J asks for its end, or it uses too much; why it ended."""
    reason = ""
    while True:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            break
        asked, _, _ = select.select([control], [], [], TICK)
        if asked:
            word = control.recv(1)
            reason = reason or ("asked" if word else "gone")
        else:
            reason = reason or too_much(pid, limits)
        if reason:
            end(pid)
    if reason == "gone":
        sys.exit()
    code = os.waitstatus_to_exitcode(status)
    # the process between Z and S hands on how S ended: 256 − signal, or its status
    number = 256 - code if code > 128 else 0
    if not reason:
        reason = REASONS.get(number, "killed" if number else "exit")
    return {"ended": reason, "status": code}


def too_much(pid: int, limits: dict) -> str:
    """What S has too much of, if anything."""
    try:
        inner = children(pid)
        if not inner:
            return ""
        with open(f"/proc/{inner[0]}/status") as file:
            facts = dict(line.split(":", 1) for line in file if ":" in line)
    except (OSError, IndexError):
        return ""  # it has just ended
    if 1024 * int(facts.get("VmRSS", "0").split()[0]) > limits["memory_bytes"]:
        return "memory"
    if int(facts.get("Threads", "0")) > limits["threads"]:
        return "threads"
    return ""


def children(pid: int) -> list[int]:
    """The processes a process has started."""
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return [int(word) for word in file.read().split()]


def end(pid: int) -> None:
    """Kill S: the first process of its namespace, and with it all others."""
    with contextlib.suppress(OSError):
        for inner in children(pid):
            os.kill(inner, signal.SIGKILL)
    deadline = time.monotonic() + 1
    while time.monotonic() < deadline:  # its parent then leaves by itself
        if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            return
        time.sleep(0.001)
    os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
