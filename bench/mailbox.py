"""In charge of mailboxes to measure with: mails of given sizes put straight into a Dovecot's Maildir, and the way to that Dovecot."""

import os
import random
from base64 import encodebytes
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from ingest.access import MailboxAccess
from tests.fixtures.dovecot import PASSWORD, USER, Dovecot

ARRIVED = datetime(2023, 8, 2, 1, 0, tzinfo=UTC).timestamp()
MIB = 1 << 20
_CYCLE = random.Random(126).randbytes(MIB)


def mail(serial: int, size: int) -> bytes:
    """Return a mail of about `size` bytes with one attachment; no two have the same bytes."""
    head = (
        f"From: a{serial}@b.example\r\nTo: desk@example.test\r\nSubject: mail {serial}\r\nMessage-ID: <{serial}@b.example>\r\n"
        "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n"
        f"mail {serial}\r\n--b\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    ).encode()
    tail = b"--b--\r\n"
    room = max(0, size - len(head) - len(tail))
    lines = encodebytes(_CYCLE[: min(MIB, room)]).replace(b"\n", b"\r\n")
    whole = (lines * (room // max(1, len(lines)) + 1))[:room].rpartition(b"\n")[0]
    return head + whole + (b"\n" if whole else b"") + tail


def tiny(serial: int) -> bytes:
    """Return a mail of a hundred bytes."""
    return f"From: a{serial}@b.example\r\nSubject: {serial}\r\nDate: Wed, 2 Aug 2023 09:00:00 +0800\r\n\r\n{serial}\r\n".encode()


def fill(server: Dovecot, mails: Sequence[bytes] | int) -> int:
    """Put mails, or so many tiny ones, into the inbox of a server; return their bytes. It may run meanwhile."""
    folder = server.root / "mail"
    for name in ("cur", "new", "tmp"):
        (folder / name).mkdir(exist_ok=True)
    count, total = (mails, 0) if isinstance(mails, int) else (len(mails), 0)
    for serial in range(count):
        raw = tiny(serial) if isinstance(mails, int) else mails[serial]
        path = folder / "cur" / f"{int(ARRIVED)}.M{serial:06d}P1.desk,S={len(raw)},W={len(raw)}:2,"
        path.write_bytes(raw)
        os.utime(path, (ARRIVED, ARRIVED))
        total += len(raw)
    _give_to_server(server, folder)
    return total


def _give_to_server(server: Dovecot, folder: Path) -> None:
    if os.getuid() == 0:
        owner = server.root.joinpath("mail").stat()
        for path in (folder, *folder.rglob("*")):
            os.chown(path, owner.st_uid, owner.st_gid)


def access(server: Dovecot, *, port: int = 0, provider: str = "generic") -> MailboxAccess:
    """Return the way into a server by TLS, or past a proxy on `port`."""
    return MailboxAccess.of(
        provider, USER, PASSWORD, host="127.0.0.1", port=port or server.tls_port, security="tls", ca_file=server.ca_file,
        folders=("INBOX",),
    )  # fmt: skip
