"""A backup taken at any moment is a data directory that can be worked in, and costs little when little is new."""

import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import make_url

from daemon.backing_up import Backup, back_up
from daemon.lock import undisturbed
from daemon.settings import ConfigError, Settings, load
from daemon.workshop import open_store
from store import backup
from store.archive import Archive
from store.desk import Store
from store.errors import CannotBackUp
from tests.fixtures.desks import ROOT, command, wait_until
from tests.store.build import NOW, arrive, conclude, later

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load(ROOT / "config.toml", tmp_path / "data")


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    with open_store(settings) as opened:
        yield opened


def restored(path: Path) -> Store:
    return Store.open(f"sqlite:///{path}/shoujian.db", Archive(path))


def make(settings: Settings, directory: Path, day: int = 1) -> Backup:
    return back_up(settings, directory, NOW + timedelta(days=day))


def test_a_backup_taken_during_load_lacks_nothing(settings: Settings, store: Store, tmp_path: Path) -> None:
    """Mails arrive, are decided and answered as fast as the disk allows, while three backups are taken."""
    stop, count = threading.Event(), [0]
    made: list[Backup] = []

    def load_on() -> None:
        while not stop.is_set():
            count[0] += 1
            conclude(store, arrive(store, f"mail {count[0]}", count[0]))

    working = threading.Thread(target=load_on)
    working.start()
    try:
        for day in range(3):
            busy = count[0] + 4
            wait_until(lambda: count[0] > busy, 60, "some load")  # noqa: B023
            made.append(make(settings, tmp_path / "backups", day))
    finally:
        stop.set()
        working.join()
    assert store.verify(later()) == ()
    for each in made:
        assert each.copied.faults == ()
        with restored(each.path) as copy:
            assert copy.verify(later()) == ()
            assert len(copy.messages()) <= count[0]


def test_what_is_restored_goes_on_where_it_was(settings: Settings, store: Store, tmp_path: Path) -> None:
    conclude(store, arrive(store, "a", 1))
    waiting = arrive(store, "waiting", 2)
    watched = settings.directory / "inbox_videos" / "2023-V-0001" / "done"
    watched.mkdir(parents=True)
    (watched / "片.mp4").write_bytes(b"film")
    made = make(settings, tmp_path / "backups")
    store.close()
    shutil.rmtree(settings.directory)
    shutil.copytree(made.path, settings.directory)
    with open_store(settings) as again:
        assert again.verify(later()) == ()
        assert conclude(again, waiting, hours=1) == "2023-W-0002"
    assert (watched / "片.mp4").read_bytes() == b"film"
    assert command("verify", "--data", settings.directory).stdout == "0 discrepancies\n"


def test_the_next_backup_links_what_it_has_and_copies_what_is_new(
    settings: Settings, store: Store, tmp_path: Path
) -> None:
    first = arrive(store, "first", 1)
    one = make(settings, tmp_path / "backups", 1)
    second = arrive(store, "second", 2)
    two = make(settings, tmp_path / "backups", 2)
    assert (one.copied.blobs, one.copied.copied, two.copied.blobs, two.copied.copied) == (1, 1, 2, 1)
    assert Archive(two.path).path(first).samefile(Archive(one.path).path(first))
    assert not Archive(one.path).path(first).samefile(store.archive.path(first))  # a second copy, not a second name
    assert not Archive(one.path).has(second)
    assert sorted(each.name for each in (tmp_path / "backups").iterdir()) == ["2023-08-02-090000", "2023-08-03-090000"]


def test_nobody_else_may_read_a_backup(settings: Settings, store: Store, tmp_path: Path) -> None:
    arrive(store, "a")
    (settings.directory / "inbox_videos" / "2023-V-0001").mkdir(parents=True, mode=0o755)
    (settings.directory / "inbox_videos" / "2023-V-0001" / "a.mp4").write_bytes(b"film")
    make(settings, tmp_path / "backups")
    modes = {each: each.stat().st_mode & 0o777 for each in (tmp_path / "backups").rglob("*")}
    assert set(modes.values()) == {0o600, 0o700}
    assert all(mode == (0o700 if each.is_dir() else 0o600) for each, mode in modes.items())


def test_rotten_and_missing_blobs_are_told(settings: Settings, store: Store, tmp_path: Path) -> None:
    rotten, gone = arrive(store, "rotten", 1), arrive(store, "gone", 2)
    store.archive.path(rotten).write_bytes(b"rotten")
    store.archive.path(gone).unlink()
    done = command("backup", tmp_path / "backups", "--data", settings.directory)
    assert done.returncode == 1
    assert f"blob {rotten}: content has another sha256" in done.stdout
    assert f"blob {gone}: missing" in done.stdout
    assert "2 faults" in done.stdout


def test_a_killed_backup_is_no_backup_and_is_swept(settings: Settings, store: Store, tmp_path: Path) -> None:
    partial = tmp_path / "backups" / ".partial"
    partial.mkdir(parents=True)
    (partial / "shoujian.db").write_bytes(b"half")
    arrive(store, "a")
    make(settings, tmp_path / "backups")
    assert [each.name for each in (tmp_path / "backups").iterdir()] == ["2023-08-02-090000"]


@pytest.mark.parametrize(
    ("name", "why"), [("foreign", "holds what is no backup"), ("data/backups", "lies in the data directory")]
)
def test_a_directory_of_others_is_not_written_into(
    settings: Settings, store: Store, tmp_path: Path, name: str, why: str
) -> None:
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign" / "thesis.docx").write_bytes(b"")
    with pytest.raises(ConfigError, match=why):
        make(settings, tmp_path / name)
    assert [each.name for each in (tmp_path / "foreign").iterdir()] == ["thesis.docx"]


def test_no_backup_is_taken_of_what_is_being_purged(settings: Settings, store: Store, tmp_path: Path) -> None:
    with undisturbed(settings.directory), pytest.raises(ConfigError, match="a purge is under way"):
        make(settings, tmp_path / "backups")


def test_without_pg_dump_a_postgresql_database_is_not_half_copied(
    settings: Settings, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CannotBackUp, match="postgresql-client"):
        backup._dump_postgresql(make_url("postgresql+psycopg:///desk"), tmp_path / "x.dump")


def test_a_database_that_is_locked_for_writing_is_copied_all_the_same(
    settings: Settings, store: Store, tmp_path: Path
) -> None:
    arrive(store, "a")
    with closing(sqlite3.connect(settings.directory / "shoujian.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        made = make(settings, tmp_path / "backups")
    with restored(made.path) as copy:
        assert copy.verify(datetime.now(UTC)) == ()
