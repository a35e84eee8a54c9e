import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingest.errors import Unreachable
from ingest.folder import ArrivalFrom, FolderSource
from ingest.poll import poll
from store.desk import Store
from tests.fixtures.raw_mails import plain

Now = Callable[[], datetime]
WRITTEN = datetime(2023, 8, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    (tmp_path / "drop").mkdir()
    return tmp_path / "drop"


def put(drop: Path, name: str, raw: bytes, when: datetime = WRITTEN) -> Path:
    path = drop / name
    path.write_bytes(raw)
    os.utime(path, (when.timestamp(), when.timestamp()))
    return path


def test_files_are_taken_in_once_and_left_as_they_are(drop: Path, store: Store, now: Now) -> None:
    put(drop, "一.eml", plain("one"))
    put(drop, "TWO.EML", plain("two"))
    put(drop, "notes.txt", b"no mail")
    (drop / "dir.eml").mkdir()
    (drop / "link.eml").symlink_to(drop / "notes.txt")
    source = FolderSource(drop)
    report = poll(source, store, now)
    assert (report.ok, report.total, report.new, report.failed) == (True, 2, 2, 0)
    assert poll(source, store, now).new == 0
    assert (drop / "一.eml").read_bytes() == plain("one")
    assert {message.folder for message in store.messages()} == {""}


def test_a_file_that_is_still_being_written_waits(drop: Path, store: Store, now: Now) -> None:
    put(drop, "fresh.eml", plain(), now() - timedelta(seconds=2))
    assert poll(FolderSource(drop), store, now).new == 0
    assert poll(FolderSource(drop), store, lambda: now() + timedelta(seconds=4)).new == 1


def test_a_file_that_changes_while_it_is_read_waits(
    drop: Path, store: Store, now: Now, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put(drop, "a.eml", plain("half"))
    add = type(store.archive).add

    def writing(archive: object, source: Path) -> str:
        blob = add(store.archive, source)
        put(drop, "a.eml", plain("half, and the other half"))
        return blob

    monkeypatch.setattr(type(store.archive), "add", writing)
    assert poll(FolderSource(drop), store, now).new == 0
    monkeypatch.undo()
    assert poll(FolderSource(drop), store, now).new == 1
    assert path.exists()


def test_the_same_bytes_under_another_name_are_one_message(drop: Path, store: Store, now: Now) -> None:
    put(drop, "a.eml", plain())
    put(drop, "b.eml", plain())
    report = poll(FolderSource(drop), store, now)
    assert (report.total, report.new) == (2, 1)


@pytest.mark.parametrize(
    ("arrival", "raw", "when"),
    [
        (ArrivalFrom.HEADER, b"Received: by b; Wed, 2 Aug 2023 08:00:00 +0800\r\n" + plain(), datetime(2023, 8, 2, tzinfo=UTC)),
        (ArrivalFrom.HEADER, plain(), datetime(2023, 8, 1, 1, 0, tzinfo=UTC)),
        (ArrivalFrom.HEADER, b"Subject: no date\r\n\r\n", WRITTEN),
        (ArrivalFrom.FILE, plain(), WRITTEN),
    ],
)  # fmt: skip
def test_arrival_is_told_by_header_then_file(
    arrival: ArrivalFrom, raw: bytes, when: datetime, drop: Path, store: Store, now: Now
) -> None:
    put(drop, "a.eml", raw)
    poll(FolderSource(drop, arrival=arrival), store, now)
    assert [message.received_at for message in store.messages()] == [when]


def test_one_file_that_cannot_be_read_never_stops_the_rest(
    drop: Path, store: Store, now: Now, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(drop, "a.eml", plain("one"))
    put(drop, "b.eml", plain("two"))
    add = type(store.archive).add

    def failing(archive: object, source: Path) -> str:
        if source.name == "a.eml":
            raise PermissionError(13, "Permission denied")
        return add(store.archive, source)

    monkeypatch.setattr(type(store.archive), "add", failing)
    report = poll(FolderSource(drop), store, now)
    assert (report.ok, report.new, report.failed) == (True, 1, 1)


def test_a_directory_that_is_gone_is_told(tmp_path: Path, store: Store, now: Now) -> None:
    report = poll(FolderSource(tmp_path / "none"), store, now)
    assert isinstance(report.error, Unreachable)
    assert "mailbox.directory" in report.error.mend
