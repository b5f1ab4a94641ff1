"""A gradebook in PostgreSQL: the same rows, whoever holds it or restarts it."""

import contextlib
import getpass
import os
import pwd
import shutil
import subprocess
import tempfile
import threading
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from nbgrader.api import Base

from grader import batch, cli, grading
from grader.records import Records
from grader.work import Grader
from tests.grader import classes

pytestmark = [
    pytest.mark.course,
    pytest.mark.slow,
    pytest.mark.usefixtures("bubblewrap"),
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
]

STUDENTS = (classes.RIGHT, classes.WRONG, classes.EMPTY)


def postgres() -> Path | None:
    """The folder of the newest server's programs, which Debian keeps off the path."""
    there = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    found = there[0] if there else shutil.which("initdb")
    return Path(found).parent if found else None


class Server:
    """A PostgreSQL of our own, which listens on a socket in its own folder only."""

    def __init__(self, programs: Path) -> None:
        self.programs = programs
        self.folder = Path(tempfile.mkdtemp(prefix="gradebook-"))
        self.user = getpass.getuser()
        if os.geteuid() == 0:  # it refuses to run as root
            names = {entry.pw_name for entry in pwd.getpwall()}
            self.user = "postgres" if "postgres" in names else "nobody"
            shutil.chown(self.folder, self.user)
        self.run(
            "initdb",
            "--no-locale",
            "--no-sync",
            "-A",
            "trust",
            "-U",
            "course",
            "-E",
            "UTF8",
        )

    def run(self, program: str, *words: str) -> None:
        """Run one of its programs as somebody who may."""
        command = [
            str(self.programs / program),
            "-D",
            str(self.folder / "data"),
            *words,
        ]
        if os.geteuid() == 0:
            command = ["runuser", "-u", self.user, "--", *command]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self.folder)

    def start(self) -> None:
        settings = f"-c listen_addresses= -c unix_socket_directories={self.folder}"
        self.run(
            "pg_ctl", "start", "-w", "-l", str(self.folder / "log"),
            "-o", f"{settings} -c fsync=off",
        )  # fmt: skip

    def stop(self) -> None:
        self.run("pg_ctl", "stop", "-w", "-m", "fast")

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://course@/{name}?host={self.folder}"

    def create(self, name: str) -> str:
        """Make an empty database; its URL."""
        engine = sa.create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as db:
            db.execute(sa.text(f"CREATE DATABASE {name}"))
        engine.dispose()
        return self.url(name)


@pytest.fixture(scope="module")
def server(need):
    programs = postgres()
    need(programs, "PostgreSQL (Debian: apt install postgresql)")
    server = Server(programs)
    try:
        server.start()
        yield server
    finally:
        with contextlib.suppress(subprocess.CalledProcessError):  # it never began
            server.stop()
        shutil.rmtree(server.folder, ignore_errors=True)


@pytest.fixture
def course(server, tiny, tmp_path, monkeypatch, request):
    """Makes the tiny course with some work, its gradebook in a database of its own."""

    def course(name: str) -> Path:
        database = f"{request.node.originalname}_{name}"[-60:].lower()
        monkeypatch.setenv("CVBOOK_GRADEBOOK", server.create(database))
        root = classes.make(shutil.copytree(tiny, tmp_path / name))
        for student in STUDENTS:
            classes.hand_in(root, student, student)
        return root

    return course


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch):
    """What a pool does is tested elsewhere."""
    monkeypatch.setattr(grading, "hire", classes.here)


@pytest.fixture
def engine():
    """Opens the gradebook as another program would."""
    engines = []

    def engine() -> sa.Engine:
        engines.append(sa.create_engine(os.environ["CVBOOK_GRADEBOOK"]))
        return engines[-1]

    yield engine
    for one in engines:
        one.dispose()


def tables(engine, *, ours: bool = True) -> dict[str, list[tuple]]:
    """All of a gradebook that means something."""
    with engine().connect() as db:
        return {
            name: sorted(map(tuple, db.execute(sa.text(query))), key=repr)
            for name, query in classes.TABLES.items()
            if ours or name != "judged"
        }


def graded(root: Path, **options) -> list[str]:
    """Grade all of it; what was said meanwhile."""
    said = []
    with classes.quiet():
        report = grading.run(classes.opened(root), "tiny", say=said.append, **options)
    assert not report.ungraded
    return said


def test_nbgraders_tables_are_there_and_hold_what_sqlite_does(
    course, engine, monkeypatch, tiny, tmp_path
):
    graded(course("pg"))
    there = tables(engine)
    assert set(Base.metadata.tables) <= set(sa.inspect(engine()).get_table_names())
    monkeypatch.delenv("CVBOOK_GRADEBOOK")
    root = classes.make(shutil.copytree(tiny, tmp_path / "sqlite"))
    for student in STUDENTS:
        classes.hand_in(root, student, student)
    graded(root)
    here = classes.tables(root)
    without = [column for column in range(7) if column != 2]  # the digest: of the URL
    for book in (here, there):
        book["judged"] = [[row[n] for n in without] for row in book["judged"]]
        book["grade"] = [[*row[:6], bool(row[6])] for row in book["grade"]]
    assert there == here


def test_nbgrader_autograde_gives_the_same_on_it(course, engine):
    graded(course("ours"))
    ours = tables(engine, ours=False)
    classes.run_nbgrader(course("theirs"), "Autograde")
    assert tables(engine, ours=False) == ours


def test_what_a_person_gave_stays_and_counts(course, engine):
    root = course("hand")
    graded(root)
    with engine().begin() as db:
        db.execute(sa.text("UPDATE grade SET manual_score = 1.5"))
    graded(root, force=True)
    grades = tables(engine)["grade"]
    assert {(row[4], row[6]) for row in grades} == {(1.5, True)}
    lines = CliRunner().invoke(cli.main, ["--course", str(root), "export"]).output
    assert {line.split(",")[6] for line in lines.splitlines() if "demo-" in line} == {
        str(1.5 * len(grades) / len(STUDENTS))
    }


def test_grading_again_changes_nothing(course, engine):
    root = course("again")
    graded(root)
    before = tables(engine)
    with classes.quiet():
        report = grading.run(classes.opened(root), "tiny", say=print)
    assert set(classes.statuses(report).values()) == {"unchanged"}
    assert tables(engine) == before


@pytest.mark.parametrize(
    "lock", ["LOCK TABLE grade", "SELECT * FROM judged_submission FOR UPDATE"]
)
def test_a_lock_of_another_program_is_waited_for(course, engine, lock):
    root = course(f"lock{len(lock)}")
    graded(root)
    with engine().connect() as db:
        db.execute(sa.text(lock))
        timer = threading.Timer(3, db.rollback)
        timer.start()
        said = graded(root, force=True)
        timer.join()
    assert said[0].startswith("the gradebook is locked: waiting (")


class Restarting(classes.Here):
    """The server goes down after the first submission, and comes back in a while."""

    def __init__(self, server: Server, make: partial) -> None:
        super().__init__(make)
        self.server = server

    def results(self, tasks):
        results = super().results(tasks)
        yield next(results)
        self.server.stop()
        back = threading.Timer(2.5, self.server.start)
        back.start()
        try:
            yield from results
        finally:
            back.join()


def test_a_server_that_restarts_in_the_middle_loses_nothing(
    course, engine, server, monkeypatch
):
    root = course("whole")
    graded(root)
    whole = tables(engine)
    root = course("restarted")
    monkeypatch.setattr(batch, "BATCH", 1)
    monkeypatch.setattr(
        grading,
        "hire",
        lambda batch, *_: Restarting(server, partial(Grader, batch.paper)),
    )
    said = graded(root)
    assert said[0].startswith("the gradebook does not answer: waiting (")
    assert tables(engine) == whole


def test_a_batch_holds_nothing_of_the_database_while_it_grades(course, engine):
    opened = classes.opened(course("idle"))
    idle = "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in %'"
    with Records(opened.gradebook, opened.id) as records, classes.quiet():
        batch.Batch(opened, records, "tiny")
        with engine().connect() as db:
            assert db.execute(sa.text(idle)).scalar_one() == 0


def test_a_database_that_is_not_there_is_said(course, server, monkeypatch):
    root = course("gone")
    monkeypatch.setenv("CVBOOK_GRADEBOOK", server.url("nowhere"))
    result = CliRunner().invoke(cli.main, ["--course", str(root), "grade", "tiny"])
    assert result.exit_code == 3
    assert "Error: the gradebook cannot be opened: " in result.output
    assert 'database "nowhere" does not exist' in result.output
