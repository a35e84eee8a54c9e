"""What happens to a real mailbox and to our own disk while we read: after each fault the next poll catches up, nothing is lost, nothing comes twice."""

import hashlib
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from domain.records import Arrival
from ingest.access import MailboxAccess
from ingest.errors import FolderRefused, NotKept, Unreachable
from ingest.mailbox import ImapSource
from ingest.poll import poll
from ingest.session import Session
from store.desk import Store
from tests.fixtures.dovecot import PASSWORD, USER, Dovecot
from tests.fixtures.raw_mails import multipart, plain

Now = Callable[[], datetime]
ROOT = Path(__file__).resolve().parents[2]


def sha(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def leftovers(store: Store) -> list[str]:
    return [path.name for path in (store.archive.root / "tmp").iterdir()]


def assert_caught_up(source: ImapSource, store: Store, now: Now, wanted: list[bytes]) -> None:
    """Poll until nothing new comes: each mail is there once, whole, and no half file is left."""
    assert poll(source, store, now).ok
    again = poll(source, store, now)
    assert (again.new, again.failed, again.errors) == (0, 0, ())
    assert sorted(message.sha256 for message in store.messages()) == sorted(map(sha, wanted))
    assert all(sha(store.archive.path(name).read_bytes()) == name for name in store.archive.blobs())
    assert leftovers(store) == []


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

    def restart() -> None:
        dovecot.kill()
        dovecot.start()

    during(monkeypatch, method, 1 if method == "wanted_folders" else 2, restart)
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


@contextmanager
def files_no_larger_than(size: int) -> Iterator[None]:
    """The kernel refuses longer files: EFBIG, as a quota or a full disk does in the middle of a write."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_file_our_kernel_refuses_while_its_literal_streams(
    dovecot: Dovecot, source: ImapSource, store: Store, now: Now
) -> None:
    raws = [plain("before"), multipart(9_000_000), plain("after")]
    for raw in raws:
        dovecot.deliver(raw)
    with files_no_larger_than(4_000_000):
        report = poll(source, store, now)
    assert isinstance(report.error, NotKept)
    assert (report.new, leftovers(store)) == (1, [])
    assert_caught_up(source, store, now, raws)


FULL = """
import os, sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from sqlalchemy.exc import OperationalError
from ingest.access import MailboxAccess
from ingest.errors import NotKept
from ingest.mailbox import ImapSource
from ingest.poll import poll
from store.archive import Archive
from store.desk import Store

port, ca, root = int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])
access = MailboxAccess.of("generic", sys.argv[4], sys.argv[5], host="127.0.0.1", port=port, ca_file=ca)
now = lambda: datetime.now(UTC)
with Store.open(f"sqlite:///{root}/desk.db", Archive(root)) as store:
    source, ballast = ImapSource(access), root / "ballast"

    def look():
        try:
            report = poll(source, store, now)
            assert report.error is None or isinstance(report.error, NotKept), report
            return str(report.error or "")
        except OperationalError as error:  # the records' own disk is full
            assert "full" in str(error) or "disk I/O" in str(error), error
            return str(error)

    ballast.write_bytes(bytes(9_000_000))
    first = look()
    assert "No space left" in first or "full" in first, first
    assert not list((root / "tmp").iterdir())
    room = len(list(store.archive.blobs()))
    ballast.unlink()
    full = 0
    for pages in range(0, 64, 4):  # so little is left: whoever needs more fails, at any place
        handle = os.open(ballast, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        with suppress(OSError):
            while os.write(handle, bytes(4096)):
                pass
        os.ftruncate(handle, max(0, ballast.stat().st_size - pages * 4096))
        os.close(handle)
        full += bool(look())
    ballast.unlink()
    assert poll(source, store, now).ok
    assert poll(source, store, now).new == 0
    print(room, full, len(store.messages()), len(list(store.archive.blobs())), len(list((root / "tmp").iterdir())))
    assert store.verify(now()) == ()
"""


def test_a_disk_that_is_really_full(dovecot: Dovecot, tmp_path: Path) -> None:
    """A file system of 16 MB in a namespace of its own, archive and records both on it, filled to the last page."""
    if subprocess.run(["unshare", "-rm", "true"], capture_output=True, check=False).returncode:
        pytest.skip("no user namespaces here")
    raws = [plain("small"), multipart(9_000_000), *(plain(str(n)) for n in range(20))]
    for raw in raws:
        dovecot.deliver(raw)
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = 'mount -t tmpfs -o size=16m none "$0" && exec "$@"'
    run = subprocess.run(
        ["unshare", "-rm", "sh", "-c", mounted, str(disk), sys.executable, "-c", FULL,
         str(dovecot.tls_port), str(dovecot.ca_file), str(disk), USER, PASSWORD],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-3000:]
    room, full, messages, blobs, left = map(int, run.stdout.split()[-5:])
    print(room, full)
    assert full > 0
    assert (messages, blobs, left) == (len(raws), len(raws), 0)


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

    def restart() -> None:
        dovecot.kill()
        dovecot.start()

    calls = during(monkeypatch, "fetch_to", 700, restart)
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
