"""In charge of telling, while a message streams by, whether it came whole. Leaves all other reading to `parsers`.

A multipart ends with its closing delimiter (RFC 2046 §5.1.1). One report has QQ leave large attachments out of the literal
(research §1.6), and sizes told by servers are no proof, so this is what is checked.
"""

import email.parser
import re

_HEADER_LIMIT = 256 * 1024  #: bytes of header that are looked at
_END_OF_HEADER = re.compile(rb"\r?\n\r?\n")


class Wholeness:
    """Fed a message in pieces, tells whether the closing delimiter was seen. Holds one header at most."""

    def __init__(self) -> None:
        self._head = bytearray()
        self._tail = b""
        self._closing: bytes | None = None
        self._header_done = False
        self._closed = False

    def feed(self, piece: bytes) -> None:
        """Take the next bytes of the message."""
        if not self._header_done:
            self._head += piece
            self._look_for_header_end()
        elif self._closing and not self._closed:
            self._look_for_close(piece)

    @property
    def complete(self) -> bool:
        """False only for a multipart whose closing delimiter never came."""
        if not self._header_done:
            self._read_header(bytes(self._head), b"")
        return self._closing is None or self._closed

    def _look_for_header_end(self) -> None:
        end = _END_OF_HEADER.search(self._head)
        if end:
            self._read_header(bytes(self._head[: end.end()]), bytes(self._head[end.start() :]))
        elif len(self._head) > _HEADER_LIMIT:
            self._header_done = True  # no mail program writes such a header: nothing can be told

    def _read_header(self, header: bytes, rest: bytes) -> None:
        self._header_done = True
        self._head.clear()
        boundary = _boundary(header)
        if boundary:
            self._closing = b"\n--" + boundary + b"--"
            self._look_for_close(rest)

    def _look_for_close(self, piece: bytes) -> None:
        assert self._closing is not None
        window = self._tail + piece
        self._closed = self._closing in window
        self._tail = window[-len(self._closing) :]


def _boundary(header: bytes) -> bytes | None:
    """Return the boundary of a multipart's header, or None where there is none or it cannot be told."""
    message = email.parser.HeaderParser().parsestr(header.decode("latin-1"))  # 8-bit boundaries survive only so
    if message.get_content_maintype() != "multipart":
        return None
    try:
        boundary = message.get_boundary()
        return boundary.encode("latin-1") if boundary else None
    except (LookupError, ValueError):  # an RFC 2231 parameter in a charset nobody has
        return None
