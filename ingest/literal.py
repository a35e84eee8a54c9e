"""In charge of getting a message from the socket to a file without holding it. Leaves commands and answers to `session`.

imaplib reads a literal (RFC 3501 §4.3) with one `self.read(size)` and keeps what that returns; a mail of 70 MB then costs
three times as much memory. `LiteralTap` stands in for `read` on one connection. While a sink is set, a literal goes to it in
pieces and imaplib is handed b"" in its place; without one, nothing is changed. Measured in LIBRARIES.md: 300 mails in
1.0 s and 25 MB against 2.6 s and 107 MB. Where an imaplib does not read literals through `read`, the tap sees nothing,
`literals` stays 0, and the bytes stand in the answer as always: the caller falls back to them.
"""

import imaplib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BufferedReader
from typing import cast

from ingest.errors import NotKept

PIECE = 64 * 1024
PATIENCE = 600.0  #: seconds for the answer to one command, however it drips: each byte in time is no sign of life
LONGEST_LINE = 16 * 1024 * 1024  #: bytes; imaplib's own 1,000,000 is 90,000 UIDs of one SEARCH (peers §2, 33)

Write = Callable[[bytes], object]


class LiteralTap:
    """Stands between imaplib and its socket's file for one connection."""

    def __init__(self, imap: imaplib.IMAP4) -> None:
        self._read = imap.read
        self._file = cast(BufferedReader, imap.file)
        self._ends = time.monotonic() + PATIENCE
        self._write: Write | None = None
        self.literals = 0  #: how many went to the sink since it was set
        self.bytes = 0
        imap.read = self.read  # type: ignore[method-assign]  # an instance's own read is the one seam imaplib has
        imap.readline = self.readline  # type: ignore[method-assign]

    def begin(self) -> None:
        """Count the time of a command's answer from now."""
        self._ends = time.monotonic() + PATIENCE

    @contextmanager
    def into(self, write: Write) -> Iterator[None]:
        """Send the literals of the next answers to `write`.

        Raises:
            NotKept: `write` raised OSError: the disk's fault, never the connection's.
        """
        self._write, self.literals, self.bytes = write, 0, 0
        try:
            yield
        finally:
            self._write = None

    def read(self, size: int) -> bytes:
        """Stand in for `imaplib.IMAP4.read`."""
        if self._write is None:
            return self._read(size)
        self.literals += 1
        left = size
        while left:
            piece = self._file.read1(min(PIECE, left))
            if not piece:
                raise imaplib.IMAP4.abort(f"connection closed {left} bytes before the end of a literal of {size}")
            self.keep(piece)
            left -= len(piece)
            self._hurry()
        return b""

    def readline(self) -> bytes:
        """Stand in for `imaplib.IMAP4.readline`, with room for the UIDs of a large mailbox."""
        line = bytearray()
        while not line.endswith(b"\n"):
            waiting = self._file.peek(1)
            if not waiting:
                break
            line += self._file.read(waiting.find(b"\n") + 1 or len(waiting))
            if len(line) > LONGEST_LINE:
                raise imaplib.IMAP4.abort(f"a line of more than {LONGEST_LINE} bytes")
            self._hurry()
        return bytes(line)

    def _hurry(self) -> None:
        if time.monotonic() > self._ends:
            raise imaplib.IMAP4.abort(f"no whole answer within {PATIENCE:.0f} s")

    def keep(self, piece: bytes) -> None:
        """Give the sink bytes that came another way."""
        assert self._write is not None
        try:
            self._write(piece)
        except OSError as error:
            raise NotKept(f"the archive refused bytes: {error.strerror}") from error
        self.bytes += len(piece)
