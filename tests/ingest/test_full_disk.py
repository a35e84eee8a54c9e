"""Our own disk fills up while mail comes in: told as such, no half file is left, and the next poll catches up."""

import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ingest.errors import NotKept
from ingest.mailbox import ImapSource
from ingest.poll import poll
from store.desk import Store
from tests.fixtures.dovecot import PASSWORD, USER, Dovecot
from tests.fixtures.raw_mails import multipart, plain
from tests.fixtures.taken import Now, assert_caught_up, leftovers

ROOT = Path(__file__).resolve().parents[2]


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
