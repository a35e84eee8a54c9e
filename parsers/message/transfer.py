"""In charge of undoing transfer encodings in pieces (RFC 2045 §6, uuencode) and of keeping what comes out under its sha256.

Leaves to `message.mime` which bytes are encoded how.
"""

import binascii
import hashlib
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

_NOT_DIGIT = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="))
_HELD = 1 << 20  #: bytes of a blob that are named before they are written: most files of a mail are smaller
_UU_FILE = re.compile(
    rb"^begin [0-7]{3,4} (?P<name>[^\r\n]{1,255})\r?\n(?P<data>(?:[ -`][ -~]{0,90}\r?\n)*)end[ \t]*(?:\r?\n|\Z)",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Blob:
    """Bytes kept as out/<sha256>."""

    path: Path
    sha256: str
    size: int


class Transfer:
    """Undoes one transfer encoding; `complete` is False after base64 that breaks off inside a group of four."""

    def __init__(self, encoding: str) -> None:
        self._encoding = encoding.strip().lower()
        self.complete = True

    @property
    def changes(self) -> bool:
        """Tell whether this encoding is more than a label (7bit, 8bit, binary and unknown ones are)."""
        return self._encoding in {"base64", "quoted-printable", "x-uuencode", "uuencode", "x-uue"}

    def decode(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Yield decoded bytes; garbage between digits is passed over, as every reader of mail does."""
        match self._encoding:
            case "base64":
                yield from self._base64(pieces)
            case "quoted-printable":
                yield from (binascii.a2b_qp(block) for block in _lines(pieces))
            case "x-uuencode" | "uuencode" | "x-uue":
                yield from (data for _, data in uu_split(b"".join(pieces))[1])
            case _:
                yield from pieces

    def _base64(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        carry = b""
        for piece in pieces:
            *ended, last = piece.translate(None, _NOT_DIGIT).split(b"=")
            for digits in ended:  # padding ends a group; files of joined base64 go on after it
                yield _decoded(carry + digits)
                carry = b""
            carry += last
            usable = len(carry) // 4 * 4
            yield _decoded(carry[:usable])
            carry = carry[usable:]
        self.complete = not carry
        yield _decoded(carry)


def _decoded(digits: bytes) -> bytes:
    usable = digits[: len(digits) - (len(digits) % 4 == 1)]
    return binascii.a2b_base64(usable + b"=" * (-len(usable) % 4))


def _lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the same bytes cut after line ends, so that no soft break or =XX is torn."""
    carry = b""
    for piece in pieces:
        head, newline, tail = (carry + piece).rpartition(b"\n")
        yield head + newline
        carry = tail
    yield carry


def uu_split(data: bytes) -> tuple[bytes, tuple[tuple[bytes, bytes], ...]]:
    """Return text without its uuencoded files, and the files as (raw name, bytes)."""
    if b"begin " not in data:
        return data, ()
    files = tuple((match["name"], _uu_bytes(match["data"])) for match in _UU_FILE.finditer(data))
    return _UU_FILE.sub(b"", data), files


def _uu_bytes(data: bytes) -> bytes:
    return b"".join(_uu_line(line) for line in data.splitlines() if line)


def _uu_line(line: bytes) -> bytes:
    """Decode as many characters as the length byte says; what stands behind them (checksums, spaces) is passed over."""
    length = (line[0] - 32) & 63
    digits = line[1 : 1 + (length + 2) // 3 * 4]
    try:
        return binascii.a2b_uu(line[:1] + digits)
    except binascii.Error:
        return b""


def write_blob(pieces: Iterable[bytes], out: Path) -> Blob:
    """Write bytes to out/<sha256> and return where they are. The same bytes twice are one file."""
    pieces = iter(pieces)
    held, size = _held(pieces)
    digest = hashlib.sha256(held)
    if size <= _HELD:
        path = out / digest.hexdigest()
        with suppress(FileExistsError), path.open("xb") as blob:
            blob.write(held)
        return Blob(path, path.name, size)
    with NamedTemporaryFile(dir=out, suffix=".part", delete=False) as file:
        file.write(held)
        for piece in pieces:
            digest.update(piece)
            size += file.write(piece)
    path = out / digest.hexdigest()
    Path(file.name).replace(path)
    return Blob(path, digest.hexdigest(), size)


def _held(pieces: Iterator[bytes]) -> tuple[bytes, int]:
    """Return all bytes, or as many pieces as are just more than `_HELD`, and their number."""
    held, size = [], 0
    while size <= _HELD and (piece := next(pieces, None)) is not None:
        held.append(piece)
        size += len(piece)
    return b"".join(held), size


def kept(path: Path) -> Blob:
    """Rename a file written beside the blobs to its sha256 and return it."""
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        size = file.seek(0, 2)
    return Blob(path.replace(path.with_name(sha256)), sha256, size)
