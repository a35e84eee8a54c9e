"""Whole polls against a real Dovecot over TLS. T-numbers are those of research/netease-mail.md §9."""

import imaplib
import json
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from domain.records import Arrival
from ingest.access import MailboxAccess
from ingest.errors import LoginRefused, NotKept, Unreachable
from ingest.literal import LiteralTap
from ingest.mailbox import ImapSource
from ingest.poll import poll
from ingest.session import Session, open_session
from store.archive import Archive, Incoming
from store.desk import Store
from tests.fixtures.dovecot import PASSWORD, USER, Dovecot
from tests.fixtures.raw_mails import multipart, plain
from tests.fixtures.taken import Now, held, sha

SHANGHAI = timezone(timedelta(hours=8))
ROOT = Path(__file__).resolve().parents[2]


def test_inbox_and_junk_are_taken_in_with_their_arrival(
    dovecot: Dovecot, source: ImapSource, store: Store, now: Now
) -> None:
    """T13."""
    when = datetime(2023, 8, 30, 23, 59, 59, tzinfo=SHANGHAI)
    dovecot.deliver(plain("inbox"), internaldate=when)
    dovecot.deliver(plain("junk by flag"), "Junk", when + timedelta(seconds=1))
    dovecot.deliver(plain("junk by name"), "垃圾邮件", when + timedelta(hours=1))
    dovecot.deliver(plain("ours"), "已发送", when)
    report = poll(source, store, now)
    assert (report.ok, report.new, report.total, report.errors) == (True, 3, 3, ())
    at = {message.folder: message.received_at for message in store.messages()}
    assert at == {
        "INBOX": datetime(2023, 8, 30, 15, 59, 59, tzinfo=UTC),
        "Junk": datetime(2023, 8, 30, 16, 0, tzinfo=UTC),
        "垃圾邮件": datetime(2023, 8, 30, 16, 59, 59, tzinfo=UTC),
    }


@pytest.mark.parametrize(
    "raw",
    [
        plain(),
        b"Subject: no body\r\n\r\n",
        b"Subject: bytes\r\n\r\n" + bytes(range(1, 10)) + bytes(range(14, 256)) + b"\r\n.\r\n..\r\nFrom here\r\n",
        b"Subject: no end of line\r\n\r\nlast",
        multipart(300_000),
    ],
    ids=["plain", "header", "eight-bit", "unended", "multipart"],
)
def test_bytes_are_kept_as_they_were_delivered(
    raw: bytes, dovecot: Dovecot, source: ImapSource, store: Store, now: Now
) -> None:
    dovecot.deliver(raw)
    poll(source, store, now)
    assert [store.archive.path(name).read_bytes() for name in held(store)] == [raw]


def test_no_flag_changes(dovecot: Dovecot, source: ImapSource, store: Store, now: Now) -> None:
    """T15."""
    dovecot.deliver(plain("unread"))
    dovecot.deliver(plain("read"), flags=(b"\\Seen", b"\\Flagged"))
    poll(source, store, now)
    assert [set(flags) for flags in dovecot.flags()] == [set(), {b"\\Seen", b"\\Flagged"}]


def test_staff_who_read_first_take_nothing_from_us(
    dovecot: Dovecot, source: ImapSource, store: Store, now: Now
) -> None:
    dovecot.deliver(plain(), flags=(b"\\Seen",))
    assert poll(source, store, now).new == 1


def test_a_second_poll_neither_searches_nor_fetches(
    dovecot: Dovecot, source: ImapSource, store: Store, now: Now, monkeypatch: pytest.MonkeyPatch
) -> None:
    dovecot.deliver(plain())
    poll(source, store, now)
    for forbidden in ("uids", "fetch_to", "arrivals"):
        monkeypatch.setattr(Session, forbidden, None)
    report = poll(source, store, now)
    assert (report.ok, report.new, report.total, report.bytes) == (True, 0, 1, 0)


def test_after_a_start_nothing_is_fetched_again(
    dovecot: Dovecot, source: ImapSource, access: MailboxAccess, store: Store, now: Now, monkeypatch: pytest.MonkeyPatch
) -> None:
    dovecot.deliver(plain())
    poll(source, store, now)
    monkeypatch.setattr(Session, "fetch_to", None)
    assert poll(ImapSource(access), store, now).ok


def test_a_mail_moved_between_folders_is_one_message(
    dovecot: Dovecot, source: ImapSource, store: Store, now: Now
) -> None:
    """T14."""
    dovecot.deliver(plain(), "Junk")
    poll(source, store, now)
    dovecot.move("Junk", "INBOX")
    report = poll(source, store, now)
    assert (report.new, report.total, report.failed) == (0, 1, 0)
    assert len(store.messages()) == 1
    assert store.known_uids(source.account, "INBOX", validity(source)) == {1}


def validity(source: ImapSource) -> int:
    with open_session(source.access) as session:
        return session.examine("INBOX").uidvalidity


def test_a_server_that_stops_in_the_middle_of_a_fetch_loses_and_doubles_nothing(
    dovecot: Dovecot, source: ImapSource, store: Store, now: Now, monkeypatch: pytest.MonkeyPatch
) -> None:
    """T11."""
    raws = [plain("first"), multipart(30_000_000), plain("last")]
    for raw in raws:
        dovecot.deliver(raw)
    stops: list[int] = []
    write = Incoming.write

    def stopping(incoming: Incoming, data: bytes | memoryview) -> int:
        if incoming.size > 4_000_000 and not stops:
            stops.append(incoming.size)
            dovecot.stop()
            dovecot.start()
        return write(incoming, data)

    monkeypatch.setattr(Incoming, "write", stopping)
    report = poll(source, store, now)
    assert (len(stops), report.ok, report.new, report.failed) == (1, True, 3, 0)
    assert held(store) == {sha(raw) for raw in raws}
    assert list((store.archive.root / "tmp").iterdir()) == []
    assert poll(source, store, now).new == 0


def test_a_crash_between_archive_and_ledger_loses_and_doubles_nothing(
    dovecot: Dovecot, source: ImapSource, store: Store, now: Now, monkeypatch: pytest.MonkeyPatch
) -> None:
    dovecot.deliver(plain("one"))
    dovecot.deliver(plain("two"))
    record = Store.record_arrivals

    def dying(self: Store, arrivals: Sequence[Arrival], at: datetime) -> list[bool]:
        if any(arrival.uid == 2 for arrival in arrivals):
            raise RuntimeError("killed here")
        return record(self, arrivals, at)

    monkeypatch.setattr(Store, "record_arrivals", dying)
    with pytest.raises(RuntimeError):
        poll(source, store, now)
    monkeypatch.undo()
    assert len(held(store)) == 2, "the bytes were safe before the ledger was told"
    assert poll(source, store, now).new == 1
    assert len(store.messages()) == len(held(store)) == 2


def test_where_literals_do_not_come_through_the_tap_bytes_are_the_same(
    dovecot: Dovecot, source: ImapSource, store: Store, now: Now, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Bypassed(LiteralTap):
        def __init__(self, imap: imaplib.IMAP4) -> None:
            read = imap.read
            super().__init__(imap)
            imap.read = read  # type: ignore[method-assign]  # as an imaplib that reads literals another way

    monkeypatch.setattr("ingest.session.LiteralTap", Bypassed)
    dovecot.deliver(multipart(300_000))
    assert poll(source, store, now).bytes == len(multipart(300_000))
    assert held(store) == {sha(multipart(300_000))}


def test_a_server_that_stays_away_is_caught_up_with_later(
    dovecot: Dovecot, source: ImapSource, store: Store, now: Now
) -> None:
    dovecot.deliver(plain("one"))
    dovecot.stop()
    report = poll(source, store, now)
    assert isinstance(report.error, Unreachable)
    dovecot.start()
    dovecot.deliver(plain("two"))
    assert poll(source, store, now).new == 2


def test_a_full_disk_is_told_as_such_and_what_came_before_is_kept(
    dovecot: Dovecot, source: ImapSource, store: Store, now: Now, monkeypatch: pytest.MonkeyPatch
) -> None:
    dovecot.deliver(plain())
    dovecot.deliver(multipart(3_000_000))
    write = Incoming.write

    def full(incoming: Incoming, data: bytes | memoryview) -> int:
        if incoming.size > 1_000_000:
            raise OSError(28, "No space left on device")
        return write(incoming, data)

    monkeypatch.setattr(Incoming, "write", full)
    report = poll(source, store, now)
    assert isinstance(report.error, NotKept)
    assert "No space left" in str(report.error)
    assert report.new == 1
    monkeypatch.undo()
    assert poll(source, store, now).new == 1


def test_a_wrong_password_is_refused_once(dovecot: Dovecot, access: MailboxAccess, store: Store, now: Now) -> None:
    """T04."""
    wrong = MailboxAccess.of(
        "generic", USER, "wrong", host="127.0.0.1", port=access.port, ca_file=access.ca_file, security="tls"
    )
    report = poll(ImapSource(wrong), store, now)
    assert isinstance(report.error, LoginRefused)


def test_a_certificate_nobody_vouches_for_is_not_believed(dovecot: Dovecot, access: MailboxAccess) -> None:
    with (
        pytest.raises(Unreachable, match="certificate verify failed"),
        open_session(access.model_copy(update={"ca_file": None})),
    ):
        pass


@pytest.mark.parametrize("security", ["starttls", "none"])
def test_other_protections_work_too(security: str, dovecot: Dovecot, store: Store, now: Now) -> None:
    dovecot.deliver(plain())
    other = MailboxAccess.of(
        "generic", USER, PASSWORD, host="127.0.0.1", port=dovecot.port, security=security, ca_file=dovecot.ca_file
    )
    assert poll(ImapSource(other), store, now).new == 1


def test_many_mails_need_one_connection(dovecot: Dovecot, source: ImapSource, store: Store, now: Now) -> None:
    with dovecot.client() as client:
        for n in range(120):
            client.append("INBOX", plain(str(n)))
    assert poll(source, store, now).new == 120
    assert dovecot.log.count("method=PLAIN, rip=127.0.0.1, lip=127.0.0.1, mpid=") == 2


# VmHWM, for getrusage's ru_maxrss carries the peak of the process that started it over exec(2).
MEASURE = """
import json, re, sys
from datetime import UTC, datetime
from pathlib import Path
from ingest.access import MailboxAccess
from ingest.mailbox import ImapSource
from ingest.poll import poll
from store.archive import Archive
from store.desk import Store

port, ca, root = int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])
access = MailboxAccess.of("generic", sys.argv[4], sys.argv[5], host="127.0.0.1", port=port, ca_file=ca)
store = Store.open(f"sqlite:///{root}/desk.db", Archive(root / "archive"))
peak = lambda: int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024
before = peak()
report = poll(ImapSource(access), store, lambda: datetime.now(UTC))
store.close()
print(json.dumps({"new": report.new, "bytes": report.bytes, "before_mb": before, "peak_mb": peak()}))
"""


def test_a_mail_of_70_mb_is_fetched_in_flat_memory(dovecot: Dovecot, tmp_path: Path) -> None:
    raw = multipart(70_000_000)
    dovecot.deliver(raw)
    run = subprocess.run(
        [sys.executable, "-c", MEASURE, str(dovecot.tls_port), str(dovecot.ca_file), str(tmp_path), USER, PASSWORD],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    figures = json.loads(run.stdout.splitlines()[-1])
    print(figures)
    assert (figures["new"], figures["bytes"]) == (1, len(raw))
    assert Archive(tmp_path / "archive").has(sha(raw))
    assert figures["peak_mb"] < 150
    assert figures["peak_mb"] - figures["before_mb"] < 10
