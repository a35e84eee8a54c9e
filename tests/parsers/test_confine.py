"""What a parser process may touch: what is lent to it and its own folders, no socket, no other process. Each measure is tried from inside."""

import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.notice import Limits
from parsers.confinement.lending import Lending
from parsers.sandbox import Sandbox
from tests.fixtures import hostile_parsers

ROOT = Path(__file__).parents[2]


class Cell:
    """A data directory outside the temporary one, and a worker confined as the daemon's are."""

    def __init__(self, folder: Path, sandbox: Sandbox) -> None:
        self.folder, self.out, self.sandbox = folder, folder / "out", sandbox
        self.in_force = sandbox.confinement()

    def tries(self, what: str) -> str:
        path = self.folder / what
        path.write_text(what)
        facts = self.sandbox.read_file(path, hostile_parsers.job(self.out))
        assert path.read_text() == what
        return facts.text or facts.problem or ""


@pytest.fixture(scope="module")
def cell() -> Iterator[Cell]:
    os.environ["SHOUJIAN_MAIL_PASSWORD"] = "hunter2"
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:  # not below the temporary directory
        folder = Path(name)
        (folder / "out").mkdir()
        (folder / "beside").write_text("another applicant's")
        places = {"writable": (folder / "out",), "lending": folder / "lent", "readable": (ROOT / "tests",)}
        with (
            socket.socket(socket.AF_UNIX) as listening,
            Sandbox(Limits(parser_seconds=60), workers=1, **places) as sandbox,  # type: ignore[arg-type]  # one table
        ):
            listening.bind(str(folder / "socket"))
            listening.listen()
            yield Cell(folder, sandbox)
        assert list((folder / "lent").iterdir()) == []
    del os.environ["SHOUJIAN_MAIL_PASSWORD"]


@pytest.mark.parametrize(
    ("what", "measure", "answer"),
    [
        ("read_beside", "reading", "PermissionError"),
        ("list_beside", "reading", "PermissionError"),
        ("read_shadow", "reading", "PermissionError"),
        ("read_parents_secrets", "Landlock", "PermissionError"),
        ("write_beside", "writing", "PermissionError"),
        ("spoil_input", "writing", "PermissionError"),
        ("remove_input", "writing", "PermissionError"),
        ("run_a_dropped_program", "executing", "PermissionError"),
        ("end_parent", "signals", "PermissionError"),
        ("dial", "seccomp", "PermissionError"),
        ("dial_unix", "seccomp", "PermissionError"),
        ("send_datagram", "seccomp", "PermissionError"),
        ("open_ring", "seccomp", "EPERM"),
        ("leave_namespace", "seccomp", "EPERM"),
    ],
)
def test_a_worker_touches_nothing_of_others(cell: Cell, what: str, measure: str, answer: str) -> None:
    if measure not in cell.in_force:
        pytest.skip(f"this kernel or container does not grant it: {cell.in_force}")
    assert cell.tries(what) == answer


def test_a_worker_may_do_its_work(cell: Cell) -> None:
    assert cell.tries("write_out") == "written"
    assert cell.tries("write_temporary") == "written"
    assert cell.tries("hello") == "hello"


def test_over_its_cpu_time_a_worker_is_ended(cell: Cell) -> None:
    assert cell.tries("burn") == "timeout"
    assert cell.tries("hello") == "hello"


def test_what_is_lent_is_the_file_itself_and_taken_back(tmp_path: Path) -> None:
    path = tmp_path / "申报表"
    path.write_text("x")
    lending = Lending(tmp_path / "lent")
    with lending.lent(path) as first, lending.lent(path) as second:
        assert (first.name, first.stat().st_ino, first != second) == ("申报表", path.stat().st_ino, True)
    lending.close()
    assert list((tmp_path / "lent").iterdir()) == []


def test_what_a_killed_process_left_lent_goes_with_the_next(tmp_path: Path) -> None:
    (tmp_path / "999999999-abc" / "files").mkdir(parents=True)
    Lending(tmp_path).close()
    assert list(tmp_path.iterdir()) == []


def test_a_missing_file_cannot_be_lent(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), Lending(tmp_path / "lent").lent(tmp_path / "gone"):
        pass
