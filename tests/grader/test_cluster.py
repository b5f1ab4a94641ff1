"""A Dask cluster in place of processes of this machine: the same scores, none lost."""

import shutil
import time

import nbformat
import pytest

from grader import demo
from grader.hands import ClusterTrouble, unfit
from grader.pool import Lost
from tests.conftest import ROOT
from tests.grader import classes
from tests.grader.machines import Machines, doubler

pytestmark = [
    pytest.mark.course,
    pytest.mark.slow,
    pytest.mark.usefixtures("bubblewrap"),
]

NOSY = """
import os, socket
for nosy in (os.environ, os.listdir("/"), os.listdir("/proc/self/fd"), os.getuid()):
    print(nosy)
try:
    socket.create_connection(("127.0.0.1", PORT), timeout=1)
except OSError as problem:
    print(problem)
"""


@pytest.fixture(scope="module")
def machines(made, tmp_path_factory):
    """Two workers of one thread each; they come back when they are killed."""
    machines = Machines(tmp_path_factory.mktemp("machines"))
    machines.join("--nthreads", "1", "--nworkers", "2")
    yield machines
    machines.end()


@pytest.fixture
def others(made, tmp_path):
    """A scheduler that no worker has joined yet."""
    machines = Machines(tmp_path)
    yield machines
    machines.end()


@pytest.fixture
def joined():
    """Makes pools of machines, and closes them."""
    from grader.cluster import Cluster

    pools = []

    def joined(machines, make=doubler, say=lambda text: None, **options):
        pools.append(Cluster(make, machines.address, say, seconds=30, **options))
        return pools[-1]

    yield joined
    for pool in pools:
        pool.close()


@pytest.fixture
def other_code(tmp_path):
    """This repository with one line more."""
    for package in ("grader", "cvlib"):
        shutil.copytree(ROOT / package, tmp_path / "code" / package)
    with open(tmp_path / "code" / "cvlib" / "image.py", "a") as file:
        file.write("# another line\n")
    return tmp_path / "code"


def answers(pool, tasks) -> list:
    return [answer for answer in pool.results(tasks) if answer is not None]


def sleepers(number: int) -> list:
    return [(f"s{n}", "sleep") for n in range(number)]


def all_of(number: int) -> list:
    return sorted((f"s{n}", "sleepsleep") for n in range(number))


def noted(tasks: list, taken: list):
    """The tasks, noted when they are taken."""
    for task in tasks:
        taken.append(task)
        yield task


def until(true, seconds=30) -> bool:
    """Wait for something to become true."""
    end = time.monotonic() + seconds
    while not (done := true()) and time.monotonic() < end:
        time.sleep(0.1)
    return done


# ------------------------------------------------------------------------- the same


def hand_in_a_class(root, port) -> None:
    """The demo class, and somebody who looks around."""
    for name in classes.ACTS:
        classes.hand_in(root, name, name)
    path = classes.hand_in(root, "nosy")
    nb = nbformat.read(path, as_version=4)
    next(demo.solution_cells(nb)).source += NOSY.replace("PORT", str(port))
    path.write_text(nbformat.writes(nb), encoding="utf-8")


def test_a_class_gets_all_that_it_gets_on_one_machine(made, machines, tmp_path):
    here, there = (shutil.copytree(made, tmp_path / name) for name in ("here", "there"))
    for root in (here, there):
        hand_in_a_class(root, machines.port)
    classes.grade(here)
    report = classes.grade(there, scheduler=machines.address)
    assert set(classes.statuses(report).values()) == {"graded"}
    assert classes.tables(there) == classes.tables(here)
    kept = [classes.files(root / "_build/course/autograded") for root in (here, there)]
    assert kept[0] == kept[1]


# -------------------------------------------------------------------------- deaths


def test_a_worker_that_is_killed_takes_nothing_along(machines, joined):
    results = joined(machines).results(sleepers(20))
    done = [next(filter(None, results))]
    machines.workers()[0].kill()
    done += filter(None, results)
    assert sorted(done) == all_of(20)


def test_what_ends_two_processes_is_lost_and_the_rest_is_done(machines, joined):
    tasks = [("ann", 1), ("bob", "die"), ("cleo", 3), ("dan", "die"), ("eve", 5)]
    done = set(answers(joined(machines), tasks))
    rest = {("ann", 2), ("cleo", 6), ("eve", 10)}
    assert done == rest | {Lost("bob"), Lost("dan")}


def test_what_ends_processes_leaves_the_workers_alone(machines, joined):
    pool = joined(machines)
    before = {process.pid for process in machines.workers()}
    answers(pool, [("bob", "die"), ("dan", "die")])
    assert {process.pid for process in machines.workers()} == before


def test_it_waits_for_another_worker_when_all_have_left(others, joined):
    others.join("--nthreads", "2")
    said = []
    results = joined(others, say=said.append).results(sleepers(12))
    done = [next(filter(None, results))]
    others.leave()
    while not said:
        done += filter(None, [next(results)])
    others.join("--nthreads", "2")
    done += filter(None, results)
    assert sorted(done) == all_of(12)
    assert said[0] == "all workers have left the cluster: waiting for another"


def test_an_answer_that_left_with_its_worker_is_asked_for_again(machines, joined):
    class Gone:
        status = "lost"

    pool, gone = joined(machines), Gone()
    pool.busy[gone] = (("ann", 1), 1)
    assert list(pool.hear(gone, None)) == []
    assert list(filter(None, pool.results([]))) == [("ann", 2)]


# ------------------------------------------------------------------------ how much


def test_a_task_is_taken_only_when_there_is_room(machines, joined):
    taken = []
    results = joined(machines).results(noted(sleepers(40), taken))
    next(filter(None, results))
    assert len(taken) <= 2 * 3 + 2


def test_after_stop_what_was_given_out_is_finished_and_no_more(machines, joined):
    pool, taken = joined(machines), []
    results = pool.results(noted(sleepers(40), taken))
    done = [next(filter(None, results))]
    pool.stop()
    done += filter(None, results)
    assert sorted(name for name, _ in done) == sorted(name for name, _ in taken)
    assert len(done) < 40


# ----------------------------------------------------------------------- sentences


def test_a_scheduler_that_is_not_there_is_said(others):
    from grader.cluster import Cluster

    others.scheduler.kill()
    others.scheduler.wait()
    with pytest.raises(ClusterTrouble) as error:
        Cluster(doubler, others.address, print, seconds=1)
    assert str(error.value).startswith(
        f"no Dask scheduler can be reached at {others.address} ("
    )
    assert str(error.value).endswith(
        "): start one with dask scheduler, and give the address it prints"
    )


def test_a_scheduler_that_goes_is_said(others, joined):
    others.join("--nthreads", "1")
    results = joined(others).results(sleepers(40))
    next(filter(None, results))
    others.scheduler.kill()
    with pytest.raises(ClusterTrouble) as error:
        list(results)
    assert str(error.value) == (
        "the scheduler of the cluster does not answer any more; what was graded is"
        " written: run this again when it is back"
    )


def test_a_cluster_without_workers_is_said(others, joined, monkeypatch):
    monkeypatch.setattr("grader.cluster.JOIN_SECONDS", 0.5)
    with pytest.raises(ClusterTrouble, match="no worker has joined the cluster in"):
        joined(others)


def test_a_worker_with_other_code_may_not_grade(others, joined, other_code):
    others.join("--nthreads", "1", code=other_code)
    with pytest.raises(ClusterTrouble) as error:
        joined(others)
    assert str(error.value).startswith("the worker tcp://127.0.0.1:")
    assert str(error.value).endswith(
        " has other code of cvlib or grader than this machine: install the same version"
        " of the repository there and start the worker again"
    )


def test_nor_may_one_that_joins_later(others, joined, other_code):
    others.join("--nthreads", "1")
    results = joined(others).results(sleepers(400))
    next(filter(None, results))
    others.join("--nthreads", "1", code=other_code)
    with pytest.raises(
        ClusterTrouble, match=r"^the worker tcp://\S+ has other code of"
    ):
        list(results)


def test_nor_one_without_a_sandbox_unless_that_was_said(others, joined):
    others.join("--nthreads", "1", PATH="/nowhere")
    with pytest.raises(ClusterTrouble, match="has no sandbox: bubblewrap is missing"):
        joined(others)
    assert answers(joined(others, sandboxed=False), [("ann", 1)]) == [("ann", 2)]


def test_libraries_that_differ_are_named():
    ours, theirs = {"code": "1", "numpy": "2.4.6"}, {"code": "1", "numpy": "2.3.0"}
    assert unfit(ours, theirs, sandboxed=True) == (
        "has numpy 2.3.0, and this machine has 2.4.6: make them alike"
    )


# --------------------------------------------------------------------- afterwards


def test_the_hands_end_with_the_batch(machines, joined):
    pool = joined(machines)
    answers(pool, sleepers(4))
    hands = machines.hands()
    assert hands
    pool.close()
    assert until(lambda: not any(hand.is_running() for hand in hands))


def test_nothing_goes_on_when_the_machines_have_ended(others, joined):
    others.join("--nthreads", "2")
    results = joined(others).results(sleepers(400))
    next(filter(None, results))
    running = others.everything()
    assert len(others.hands()) == 2
    others.end()
    assert until(lambda: not any(process.is_running() for process in running))
