"""Workers: one that dies, hangs or is killed takes nobody along."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from grader.pool import LocalPool, Lost, NoWorkers
from tests.grader import toys

ROOT = Path(__file__).parents[2]


@pytest.fixture
def hire():
    """`hire(2)`: a pool of two, which is closed afterwards."""
    pools = []

    def hire(workers, make=toys.make, **options):
        pools.append(LocalPool(make, workers, **options))
        return pools[-1]

    yield hire
    for pool in pools:
        pool.close()


def answers(pool, tasks):
    return [answer for answer in pool.results(iter(tasks)) if answer is not None]


def easy(*names):
    return [(name, ("answer", 1)) for name in names]


def processes(pool):
    return [psutil.Process(worker.process.pid) for worker in pool.workers]


def gone(found, seconds=8):
    """Whether some processes end within a time."""
    _, alive = psutil.wait_procs(found, timeout=seconds)
    return not [one for one in alive if one.status() != psutil.STATUS_ZOMBIE]


def until(condition, seconds=20):
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.01)
    return found


# --------------------------------------------------------------------------- answers


def test_every_task_is_answered_once(hire):
    names = [f"student-{k}" for k in range(50)]
    assert sorted(answers(hire(2), easy(*names))) == sorted((n, 1) for n in names)


def test_one_worker_answers_in_order(hire):
    names = [f"student-{k}" for k in range(9)]
    assert answers(hire(1), easy(*names)) == [(name, 1) for name in names]


def test_a_quick_answer_does_not_wait_for_a_slow_one(hire):
    found = answers(hire(2), [("slow", ("sleep", 1.0)), *easy("quick", "brisk")])
    assert [name for name, _ in found] == ["quick", "brisk", "slow"]


def test_a_task_is_taken_only_when_a_worker_is_free(hire, tmp_path):
    taken = []

    def tasks():
        for name in "abcdef":
            taken.append(name)
            yield name, ("nap", str(tmp_path))

    results = hire(2).results(tasks())
    while len(list(tmp_path.iterdir())) < 2:
        assert next(results) is None
    for _ in range(3):
        assert next(results) is None
    assert taken == ["a", "b"]
    (tmp_path / "end").touch()
    assert len([one for one in results if one]) == 6


def test_a_pool_can_be_used_again(hire):
    pool = hire(1)
    assert answers(pool, easy("ann")) == [("ann", 1)]
    assert answers(pool, [("bob", ("kill", 0))]) == [Lost("bob")]
    tasks = [("bob", ("kill", 0)), *easy("cat")]
    assert answers(pool, tasks) == [Lost("bob"), ("cat", 1)]


def test_a_pool_of_nobody_does_nothing():
    assert answers(LocalPool(toys.make, 0), easy("ann")) == []


def test_nothing_to_do_ends_at_once(hire):
    assert answers(hire(2), []) == []


# ---------------------------------------------------------------------------- deaths


@pytest.mark.parametrize("death", ["kill", "exit", "segfault", "raise"])
def test_who_ends_two_workers_is_lost_and_the_others_are_unharmed(hire, death):
    found = answers(hire(2), [*easy("ann"), ("bob", (death, 0)), *easy("cat", "dan")])
    assert found.count(Lost("bob")) == 1
    assert sorted(set(found) - {Lost("bob")}) == [("ann", 1), ("cat", 1), ("dan", 1)]
    assert len(found) == 4


def test_after_one_death_another_worker_tries(hire, tmp_path):
    task = ("ann", ("die once", str(tmp_path / "died")))
    assert answers(hire(1), [task]) == [("ann", "survived")]


def test_a_worker_that_hangs_is_taken_for_dead(hire):
    start = time.monotonic()
    found = answers(hire(2, patience=1), [("ann", ("sleep", 600)), *easy("bob")])
    assert found == [("bob", 1), Lost("ann")]
    assert time.monotonic() - start < 15


def test_one_killed_while_it_had_nothing_to_do_costs_no_task(hire):
    pool = hire(1)
    assert answers(pool, easy("ann")) == [("ann", 1)]
    (process,) = processes(pool)
    process.kill()
    assert gone([process])
    assert answers(pool, easy("bob")) == [("bob", 1)]
    assert pool.deaths == {}


def test_workers_that_end_before_they_begin_are_an_error_of_ours(hire):
    with pytest.raises(NoWorkers, match="end before they have begun"):
        answers(hire(2, toys.make_nothing), easy("ann", "bob"))


# ------------------------------------------------------------------------------ ends


def test_stop_finishes_what_is_begun_and_begins_nothing_else(hire, tmp_path):
    pool = hire(2)
    results = pool.results((name, ("nap", str(tmp_path))) for name in "abcd")
    while len(list(tmp_path.iterdir())) < 2:
        next(results)
    pool.stop()
    (tmp_path / "end").touch()
    assert sorted(one[0] for one in results if one) == ["a", "b"]


def test_a_worker_that_dies_after_stop_is_not_replaced_by_a_second_try(hire, tmp_path):
    pool = hire(1)
    results = pool.results([("ann", ("nap", str(tmp_path)))])
    while not list(tmp_path.iterdir()):
        next(results)
    pool.stop()
    processes(pool)[0].kill()
    assert [one for one in results if one] == []


def test_close_leaves_no_process_behind(tmp_path):
    pool = LocalPool(toys.make, 2)
    tasks = [("ann", ("start another", str(tmp_path))), *easy("bob")]
    results = pool.results(iter(tasks))
    while not list(tmp_path.iterdir()):
        next(results)
    (path,) = tmp_path.iterdir()
    found = [*processes(pool), psutil.Process(int(path.name.split("-")[2]))]
    pool.close()
    assert gone(found, 1)


def test_killing_the_parent_leaves_no_process_behind(tmp_path):
    command = [sys.executable, "-c", toys.PARENT, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, start_new_session=True) as parent:
        until(lambda: list(tmp_path.iterdir()))
        found = psutil.Process(parent.pid).children(recursive=True)
        assert len(found) >= 4  # the one they are forked from, two, and one's own
        os.kill(parent.pid, signal.SIGKILL)
        parent.wait()
        assert gone(found)


def test_ctrl_c_is_not_for_the_workers(hire, tmp_path):
    pool = hire(1)
    results = pool.results([("ann", ("nap", str(tmp_path)))])
    while not list(tmp_path.iterdir()):
        next(results)
    for process in processes(pool):
        process.send_signal(signal.SIGINT)
    (tmp_path / "end").touch()
    assert [one[0] for one in results if one] == ["ann"]
    assert pool.deaths == {}
