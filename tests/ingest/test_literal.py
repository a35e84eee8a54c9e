import hashlib
import imaplib
import io
import re
import tracemalloc
from typing import Any

import pytest

from ingest.errors import NotKept
from ingest.literal import LONGEST_LINE, PIECE, LiteralTap


class Pipe(imaplib.IMAP4):
    """An imaplib client whose server is a string of bytes. Its tags are T0, T1, …"""

    def __init__(self, said: bytes) -> None:
        self.said = said
        super().__init__()

    def open(self, host: str = "", port: int = 143, timeout: float | None = None) -> None:
        self.file = io.BufferedReader(io.BytesIO(self.said))  # as a socket has

    def _connect(self) -> None:
        vars(self).update(
            tagpre=b"T", tagre=re.compile(rb"(?P<tag>T\d+) (?P<type>[A-Z]+) (?P<data>.*)"), state="SELECTED"
        )

    def send(self, data: Any) -> None:
        pass

    def _log(self, line: str) -> None:
        pass


def test_a_literal_goes_to_the_sink_byte_for_byte_and_not_into_memory() -> None:
    body = bytes(range(256)) * 80_000
    imap = Pipe(b"* 1 FETCH (UID 5 BODY[] {%d}\r\n%s FLAGS ())\r\nT0 OK done\r\n" % (len(body), body))
    tap, digest = LiteralTap(imap), hashlib.sha256()
    tracemalloc.start()
    with tap.into(digest.update):
        typ, data = imap.uid("FETCH", "5", "(BODY.PEEK[])")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000
    assert (typ, data) == ("OK", [(b"1 (UID 5 BODY[] {%d}" % len(body), b""), b" FLAGS ())"])
    assert digest.digest() == hashlib.sha256(body).digest()
    assert (tap.literals, tap.bytes) == (1, len(body))


def test_without_a_sink_nothing_is_changed() -> None:
    imap = Pipe(b"* 1 FETCH (UID 5 BODY[] {4}\r\nbody)\r\nT0 OK done\r\n")
    LiteralTap(imap)
    assert imap.uid("FETCH", "5", "(BODY.PEEK[])") == ("OK", [(b"1 (UID 5 BODY[] {4}", b"body"), b")"])


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1])
def test_sizes_about_a_piece(size: int) -> None:
    imap = Pipe(b"* 1 FETCH (BODY[] {%d}\r\n%s)\r\nT0 OK done\r\n" % (size, b"x" * size))
    tap, pieces = LiteralTap(imap), io.BytesIO()
    with tap.into(pieces.write):
        imap.uid("FETCH", "5", "(BODY.PEEK[])")
    assert len(pieces.getvalue()) == size == tap.bytes


def test_a_literal_that_ends_early_is_a_lost_connection() -> None:
    imap = Pipe(b"* 1 FETCH (BODY[] {100}\r\nonly this")
    with pytest.raises(imaplib.IMAP4.abort, match="91 bytes before the end"), LiteralTap(imap).into(lambda piece: None):
        imap.uid("FETCH", "5", "(BODY.PEEK[])")


def test_a_sink_that_fails_is_the_disks_fault() -> None:
    def full(piece: bytes) -> None:
        raise OSError(28, "No space left on device")

    imap = Pipe(b"* 1 FETCH (BODY[] {4}\r\nbody)\r\nT0 OK done\r\n")
    with pytest.raises(NotKept, match="No space left"), LiteralTap(imap).into(full):
        imap.uid("FETCH", "5", "(BODY.PEEK[])")


def test_the_uids_of_a_mailbox_of_200_000_mails_fit_into_one_line() -> None:
    uids = b" ".join(b"%d" % (1_390_000_000 + n) for n in range(200_000))
    imap = Pipe(b"* SEARCH " + uids + b"\r\nT0 OK done\r\n")
    LiteralTap(imap)
    assert imap.uid("SEARCH", "ALL") == ("OK", [uids])


def test_a_line_without_end_is_a_lost_connection() -> None:
    imap = Pipe(b"* " + b"x" * (LONGEST_LINE + 10))
    LiteralTap(imap)
    with pytest.raises(imaplib.IMAP4.abort, match="a line of more than"):
        imap.noop()
