"""What happens to a real mailbox while we read: after each fault the next poll catches up, nothing is lost, nothing comes twice."""

import os
import shutil
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import pytest

from domain.records import Arrival
from ingest.access import MailboxAccess
from ingest.errors import FolderRefused, Unreachable
from ingest.mailbox import ImapSource
from ingest.poll import poll
from ingest.session import Session
from store.desk import Store
from tests.fixtures.dovecot import Dovecot
from tests.fixtures.raw_mails import plain
from tests.fixtures.taken import Now, assert_caught_up, sha


def during(monkeypatch: pytest.MonkeyPatch, method: str, number: int, happens: Callable[[], object]) -> list[int]:
    """Let something happen just before the so-manyth call of a session's method; return how many calls there were."""
    calls: list[int] = []
    real = getattr(Session, method)

    def called(self: Session, *given: object) -> object:
        calls.append(1)
        if len(calls) == number:
            happens()
        return real(self, *given)

    monkeypatch.setattr(Session, method, called)
    return calls


@pytest.mark.parametrize("method", ["wanted_folders", "examine", "uids", "fetch_to"])
def test_a_server_killed_and_started_before_any_step_of_a_poll(
    method: str, dovecot: Dovecot, source: ImapSource, store: Store, now: Now, monkeypatch: pytest.MonkeyPatch
) -> None:
    raws = [plain(str(n)) for n in range(4)]
    for raw in raws:
        dovecot.deliver(raw)

    during(monkeypatch, method, 1 if method == "wanted_folders" else 2, dovecot.restart)
    if method == "uids":
        dovecot.deliver(plain("junk"), "Junk")
        raws.append(plain("junk"))
    report = poll(source, store, now)
    assert (report.ok, report.new) == (True, len(raws))
    assert_caught_up(source, store, now, raws)


def test_a_server_that_stays_away_in_the_middle_of_a_poll(
    dovecot: Dovecot, source: ImapSource, store: Store, now: Now, monkeypatch: pytest.MonkeyPatch
) -> None:
    raws = [plain(str(n)) for n in range(6)]
    for raw in raws:
        dovecot.deliver(raw)
    during(monkeypatch, "fetch_to", 4, dovecot.kill)
    report = poll(source, store, now)
    assert isinstance(report.error, Unreachable)
    assert report.new == 3, "what came before is kept"
    dovecot.start()
    assert_caught_up(source, store, now, raws)


def maildir(dovecot: Dovecot, folder: str = "") -> Path:
    return dovecot.root / "mail" / folder


@pytest.mark.parametrize("where", ["cur", "", "dovecot-uidlist"])
def test_permission_on_the_mailbox_lost_and_given_back(
    where: str, dovecot: Dovecot, source: ImapSource, store: Store, now: Now
) -> None:
    raws = [plain(str(n)) for n in range(3)]
    dovecot.deliver(raws[0])
    assert poll(source, store, now).new == 1
    for raw in raws[1:]:
        dovecot.deliver(raw)
    place = maildir(dovecot) / where
    mode = place.stat().st_mode
    place.chmod(0)
    report = poll(source, store, now)
    place.chmod(mode)
    assert report.new <= 2, "told or taken, never both"
    assert report.new == 2 or report.errors or report.failed or report.folders[0].notes
    assert_caught_up(source, store, now, raws)


def test_uidvalidity_that_changes_under_us(dovecot: Dovecot, source: ImapSource, store: Store, now: Now) -> None:
    """T06: Dovecot's own list of UIDs is lost; all are given anew."""
    raws = [plain(str(n)) for n in range(5)]
    for raw in raws:
        dovecot.deliver(raw)
    assert poll(source, store, now).new == 5
    before = validity(source)
    dovecot.stop()
    for path in maildir(dovecot).glob("dovecot*"):
        path.unlink()
    dovecot.start()
    dovecot.deliver(plain("after"))
    assert validity(source) != before
    report = poll(source, store, now)
    assert (report.total, report.new) == (6, 1)
    assert_caught_up(source, store, now, [*raws, plain("after")])


def validity(source: ImapSource) -> int:
    session = Session(source.access)
    try:
        return session.examine("INBOX").uidvalidity
    finally:
        session.close()


def test_mails_expunged_between_the_search_and_their_fetch(
    dovecot: Dovecot, source: ImapSource, store: Store, now: Now, monkeypatch: pytest.MonkeyPatch
) -> None:
    """T14: the first by its owner, and the last two with it."""
    raws = [plain(str(n)) for n in range(5)]
    for raw in raws:
        dovecot.deliver(raw)

    def expunge() -> None:
        with dovecot.client() as client:
            client.select_folder("INBOX")
            client.delete_messages([2, 4, 5])
            client.expunge()

    during(monkeypatch, "fetch_to", 2, expunge)
    report = poll(source, store, now)
    assert (report.ok, report.total) == (True, 5)
    kept = {sha(raws[0]), sha(raws[2])}
    assert kept <= {message.sha256 for message in store.messages()}
    assert_caught_up(source, store, now, [raw for raw in raws if sha(raw) in {m.sha256 for m in store.messages()}])


@pytest.mark.parametrize("what", ["renamed", "removed"])
def test_a_folder_that_goes_between_the_list_and_its_turn(
    what: str, dovecot: Dovecot, source: ImapSource, store: Store, now: Now, monkeypatch: pytest.MonkeyPatch
) -> None:
    dovecot.deliver(plain("inbox"))
    dovecot.deliver(plain("junk"), "垃圾邮件")
    dovecot.deliver(plain("virus"), "病毒文件夹")

    def go() -> None:
        with dovecot.client() as client:
            if what == "renamed":
                client.rename_folder("垃圾邮件", "广告邮件")
            else:
                client.delete_folder("垃圾邮件")

    during(monkeypatch, "examine", 2, go)
    report = poll(source, store, now)
    assert report.ok
    assert report.new == 2
    assert any("垃圾邮件" in told for told in report.errors)
    left = [plain("inbox"), plain("virus")] + ([plain("junk")] if what == "renamed" else [])
    assert_caught_up(source, store, now, left)


def test_the_only_folder_removed_is_told_and_read_again_when_it_is_back(
    dovecot: Dovecot, access: MailboxAccess, store: Store, now: Now
) -> None:
    dovecot.deliver(plain("one"), "申报")
    source = ImapSource(access.model_copy(update={"folders": ("申报",)}), pause=lambda seconds: None)
    assert poll(source, store, now).new == 1
    with dovecot.client() as client:
        client.delete_folder("申报")
    assert isinstance(poll(source, store, now).error, FolderRefused)
    dovecot.deliver(plain("two"), "申报")
    assert_caught_up(source, store, now, [plain("one"), plain("two")])


def test_two_thousand_mails_over_a_restart_and_a_start_of_our_own(
    dovecot: Dovecot, access: MailboxAccess, store: Store, now: Now, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Put there as files; the server goes after 700, we end after 1,400."""
    raws = [plain(str(n)) for n in range(2000)]
    put(dovecot, raws)

    calls = during(monkeypatch, "fetch_to", 700, dovecot.restart)
    record, ends = Store.record_arrivals, iter([True])

    def dying(self: Store, arrivals: Sequence[Arrival], at: datetime) -> list[bool]:
        if len(calls) >= 1400 and next(ends, False):
            raise RuntimeError("killed here")
        return record(self, arrivals, at)

    monkeypatch.setattr(Store, "record_arrivals", dying)
    with pytest.raises(RuntimeError):
        poll(ImapSource(access, pause=lambda seconds: None), store, now)
    after = ImapSource(access, pause=lambda seconds: None)
    report = poll(after, store, now)
    assert (report.ok, report.total) == (True, 2000)
    assert 400 < report.new < 800, "what was taken in is not fetched again"
    assert_caught_up(after, store, now, raws)


def put(dovecot: Dovecot, raws: list[bytes]) -> None:
    """Deliver as a local agent does: files in the maildir's `new`."""
    new = maildir(dovecot) / "new"
    for folder in ("cur", "new", "tmp"):
        (maildir(dovecot) / folder).mkdir(exist_ok=True)
        shutil.copystat(maildir(dovecot), maildir(dovecot) / folder)
    for n, raw in enumerate(raws):
        (new / f"{1_690_000_000 + n}.M{n}.here").write_bytes(raw)
    if os.getuid() == 0:
        owner = maildir(dovecot).stat()
        for path in [*maildir(dovecot).rglob("*")]:
            os.chown(path, owner.st_uid, owner.st_gid)
