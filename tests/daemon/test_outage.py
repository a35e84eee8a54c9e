"""What this machine cannot do is no mail's fault: no try is counted, nothing is said wrongly, and work goes on by itself."""

import errno
import logging
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError, OperationalError

import store.engine
from daemon import pipeline, worker
from daemon.desk import Desk
from daemon.outage import Outages, outage
from daemon.worker import work_through
from domain.case import Outcome, Reading
from domain.kinds import MessageState
from domain.records import Arrival
from ingest.errors import NotKept
from store.archive import Archive
from tests.fixtures.cases import IN_TIME
from tests.fixtures.mails import mail
from tests.fixtures.office import Office

pytestmark = pytest.mark.timeout(300)


def arrive(office: Office) -> str:
    raw = mail("qq", subject="昌乐县发改局+王明+13800000001")
    sha256 = office.store.archive.add_bytes(raw)
    place = Arrival(
        sha256=sha256, received_at=IN_TIME, account="t", folder="INBOX", uidvalidity=1, uid=1, size=len(raw)
    )
    office.store.record_arrival(place, office.now())
    return sha256


def test_a_database_locked_for_longer_than_we_wait_costs_the_mail_no_try(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process locks it while the mail is read, and lets go only after the outcome could not be written."""
    monkeypatch.setattr(store.engine, "BUSY_MS", 200)
    monkeypatch.setattr(worker, "_AGAIN_S", 0.1)
    office.store.close()  # connections from now on wait so long
    sha256 = arrive(office)
    with closing(sqlite3.connect(tmp_path / "desk.db", isolation_level=None, check_same_thread=False)) as other:
        let_go = threading.Timer(3.0, other.rollback)

        def lock_and_conclude(reading: Reading, desk: Desk) -> Outcome:
            other.execute("BEGIN IMMEDIATE")
            let_go.start()
            return pipeline.conclude(reading, desk)

        monkeypatch.setattr(worker, "conclude", lock_and_conclude)
        with pytest.raises(DBAPIError, match="database is locked"):
            list(work_through(office.desk, office.now))
        let_go.join()
        monkeypatch.setattr(worker, "conclude", pipeline.conclude)
    record = office.store.message(sha256)
    assert record and (record.state, record.attempts) == (MessageState.READ, 0)
    office.work()
    assert len(office.store.cases()) == len(office.store.letters()) == 1


def test_what_is_an_outage_and_what_a_mistake(tmp_path: Path) -> None:
    def of_sqlite(said: str) -> OperationalError:
        return OperationalError("SELECT 1", {}, sqlite3.OperationalError(said))

    assert outage(OSError(errno.ENOSPC, "No space left on device", "/data/x")) == "No space left on device: /data/x"
    assert outage(NotKept("the archive refused bytes"))
    assert outage(of_sqlite("database or disk is full"))
    assert outage(of_sqlite("attempt to write a readonly database"))
    assert not outage(of_sqlite("no such table: nonsense"))
    assert not outage(OSError(errno.ENOENT, "No such file"))
    assert not outage(ValueError("a mail's own fault"))
    wrapped = RuntimeError("wrapped")
    wrapped.__cause__ = OSError(errno.EROFS, "Read-only file system")
    assert outage(wrapped) == "Read-only file system"


def test_the_log_says_an_outage_once_and_a_mistake_with_its_trace(capsys: pytest.CaptureFixture[str]) -> None:
    outages = Outages()

    def record(error: Exception) -> logging.LogRecord:
        return logging.LogRecord("apscheduler", logging.ERROR, "x", 1, "job raised", (), (type(error), error, None))

    for _ in range(3):
        assert not outages.filter(record(OSError(errno.ENOSPC, "No space left on device")))
    assert outages.filter(record(KeyError("a mistake of ours")))
    assert "".join(capsys.readouterr()).count("No space left on device") == 1


def test_the_archive_leaves_nothing_half_written_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = Archive(tmp_path)
    with pytest.raises(OSError, match="full"), archive.incoming() as blob:
        blob.write(b"half")
        raise OSError(errno.ENOSPC, "full")
    assert not list((tmp_path / "tmp").iterdir())
    assert not list(archive.blobs())
