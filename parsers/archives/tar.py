"""In charge of tar archives and of what gzip, bzip2 and xz pack, read as one stream, never whole in memory.

Leaves limits to `archives.box` and the charset of names to `archives.zip_names`.
"""

import bz2
import gzip
import lzma
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from parsers.archives.box import Box, Refused, is_junk
from parsers.archives.zip_names import decode_name
from parsers.kinds.sniffing import is_tar

_PIECE = 256 * 1024
_BLOCK = 512
_SINGLE = "content"  #: name of a packed single file that carries none
_BROKEN = (tarfile.TarError, EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile, ValueError)
_FNAME = 0x08  #: gzip header flag: a name follows, RFC 1952 §2.3.1
_FEXTRA = 0x04


class Readable(Protocol):
    """What gives bytes a piece at a time."""

    def read(self, size: int, /) -> bytes: ...


class CountedStream:
    """A stream that counts what is read against a box, also what the reader of tar passes over."""

    def __init__(self, source: Readable, box: Box, head: bytes = b"") -> None:
        self._source = source
        self._box = box
        self._head = head

    def read(self, size: int = _PIECE) -> bytes:
        """Return up to `size` bytes. Raises Refused."""
        if self._head:
            piece, self._head = self._head[:size], self._head[size:]
            return piece
        piece = self._source.read(size)
        self._box.count_read(len(piece))
        return piece


def unpack_tar(path: Path, box: Box) -> None:
    """Unpack a tar or a packed file into a box. Raises Refused."""
    try:
        with path.open("rb") as file, _opened(file) as source:
            head = source.read(_BLOCK)
            stream = CountedStream(source, box, head)
            if is_tar(head):
                unpack_stream(stream, box)
            else:
                box.keep(_single_name(path), _pieces(stream))
    except _BROKEN as error:
        raise Refused("corrupt", type(error).__name__) from error
    except OSError as error:  # bz2 says "Invalid data stream" so, without a number
        if error.errno is not None:
            raise
        raise Refused("corrupt", "OSError") from error


def unpack_stream(stream: CountedStream, box: Box) -> None:
    """Unpack a tar that comes as a stream; links and devices are passed over. Raises Refused and tarfile's errors."""
    with tarfile.open(fileobj=cast("BinaryIO", stream), mode="r|", encoding="utf-8", errors="surrogateescape") as tar:
        for member in tar:
            name = decode_name(member.name.encode("utf-8", "surrogateescape")).replace("\\", "/")
            content = tar.extractfile(member) if member.isfile() and not is_junk(name) else None
            if content is not None:
                box.keep(name, _pieces(content))


def _opened(file: BinaryIO) -> BinaryIO:
    magic = file.read(6)
    file.seek(0)
    if magic.startswith(b"\x1f\x8b"):
        return cast("BinaryIO", gzip.GzipFile(fileobj=file))
    if magic.startswith(b"BZh"):
        return cast("BinaryIO", bz2.BZ2File(file))
    if magic.startswith(b"\xfd7zXZ"):
        return cast("BinaryIO", lzma.LZMAFile(file))
    return file


def _pieces(stream: Readable) -> Iterator[bytes]:
    while piece := stream.read(_PIECE):
        yield piece


def _single_name(path: Path) -> str:
    """Return the name in a gzip header, where there is one."""
    with path.open("rb") as file:
        head = file.read(1024)
    if head[:2] != b"\x1f\x8b" or not head[3:4] or not head[3] & _FNAME or head[3] & _FEXTRA:
        return _SINGLE
    raw, end, _ = head[10:].partition(b"\x00")
    return decode_name(raw) if end and raw else _SINGLE
