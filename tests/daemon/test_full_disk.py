"""A disk that is full at every step, read-only, or short of room: nothing lost, nothing twice, no mail blamed; then all goes on."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.desks import ROOT, command

pytestmark = pytest.mark.timeout(300)

_PRIVATE = ["unshare", "--mount", "--map-root-user"]  #: a view of the file systems of its own, which anybody may have
_MOUNT = 'mount -t tmpfs -o size=12m,mode=700 small "$1" && shift && exec "$@"'


def may_mount(tmp_path: Path) -> bool:
    tried = subprocess.run([*_PRIVATE, "sh", "-c", _MOUNT, "sh", tmp_path, "true"], check=False, capture_output=True)
    return tried.returncode == 0


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Name where a small disk is to be."""
    disk = tmp_path / "data"
    disk.mkdir()
    if not may_mount(disk):
        pytest.skip("this machine lets nobody mount a small disk")
    return disk


@pytest.fixture
def steps(small: Path, tmp_path: Path) -> dict[str, dict[str, Any]]:
    drop = tmp_path / "drop"
    drop.mkdir()
    script = [sys.executable, "-m", "tests.fixtures.full_disk", str(small), str(drop)]
    done = subprocess.run(
        [*_PRIVATE, "sh", "-c", _MOUNT, "sh", small, *script],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    told = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return {each["step"]: each for each in told}


def test_a_full_disk_loses_nothing_answers_nobody_twice_and_blames_no_mail(steps: dict[str, dict[str, Any]]) -> None:
    assert all(each["verify"] == [] for each in steps.values())
    assert not [each for each in steps.values() if "NO OUTAGE" in each.get("told", "")]
    assert steps["poll"]["states"] == []
    assert steps["guard"]["told"].startswith("no mail is taken: 0 MB are free")
    assert "mail waits on the server" in steps["guard"]["mend"]
    for step in ("read", "claim"):
        assert steps[step]["told"]
        assert steps[step]["attempts"] == [0, 0]
        assert set(steps[step]["states"]) <= {"archived", "read"}
    for step in ("send", "digest"):
        assert steps[step]["told"]
        assert steps[step]["letters"] == ["queued", "queued"]
    end = steps["end"]
    assert (end["early"], end["cases"], end["states"]) == (0, 2, ["decided", "decided"])
    assert end["recipients"] == ["a@qq.com", "b@qq.com", "staff@example.test"]
    assert end["letters"] == ["sent"] * 3


def test_a_read_only_data_directory_is_told_in_one_line(small: Path) -> None:
    asked = [sys.executable, str(ROOT / "run_daemon.py"), "run", "--data", str(small)]
    read_only = _MOUNT.replace("&& shift", '&& mount -o remount,ro "$1" && shift')
    done = subprocess.run(
        [*_PRIVATE, "sh", "-c", read_only, "sh", small, *asked],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "SHOUJIAN_MAIL_PASSWORD": "x"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert "Read-only file system" in done.stderr


def test_a_database_of_a_newer_program_is_refused_in_one_line(tmp_path: Path) -> None:

    assert command("verify", "--data", tmp_path / "data").returncode == 0
    with closing(sqlite3.connect(tmp_path / "data" / "shoujian.db")) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
        database.commit()
    done = command("status", "--data", tmp_path / "data")
    assert (done.returncode, done.stderr) == (
        2,
        "shoujian: the database has revision 9999: install a newer program\n",
    )
