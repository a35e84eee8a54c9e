"""In charge of a zip member's bytes: read, decrypted and unpacked in bounded pieces, checked against the CRC.

Leaves the keys to `archives.zip_crypto` and the limits to `archives.box`.
"""

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import BinaryIO, Protocol

from parsers.archives.zip_directory import ZipBroken, ZipEntry, data_offset

_PIECE = 64 * 1024  #: bytes read at a time
_MOST = 1024 * 1024  #: bytes unpacked at a time
_DEFLATE64_PIECE = 4 * 1024  #: its library has no bound on what one call returns


class UnsupportedZip(Exception):
    """A member is packed or encrypted in a way nothing here reads."""


class _Bounded(Protocol):
    """What bz2 and lzma decompressors share."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


def packed_pieces(file: BinaryIO, entry: ZipEntry) -> Iterator[bytes]:
    """Yield a member's bytes as they stand in the archive. Raises ZipBroken when it is cut off."""
    file.seek(data_offset(file, entry))
    left = entry.packed
    while left:
        piece = file.read(min(_PIECE, left))
        if not piece:
            raise ZipBroken("cut off")
        left -= len(piece)
        yield piece


def unpacked_pieces(pieces: Iterable[bytes], method: int, crc: int | None) -> Iterator[bytes]:
    """Yield what packed pieces hold; `crc` None: authenticated elsewhere. Raises ZipBroken, UnsupportedZip."""
    unpack = _METHODS.get(method)
    if unpack is None:
        raise UnsupportedZip(f"compression method {method}")
    seen = 0
    try:
        for piece in unpack(pieces):
            seen = zlib.crc32(piece, seen)
            yield piece
    except (zlib.error, lzma.LZMAError, EOFError, ValueError) as error:
        raise ZipBroken(type(error).__name__) from error
    except OSError as error:  # bz2 says "Invalid data stream" so, without a number
        if error.errno is not None:
            raise
        raise ZipBroken("OSError") from error
    if crc is not None and seen != crc:
        raise ZipBroken("checksum differs")


def _stored(pieces: Iterable[bytes]) -> Iterator[bytes]:
    yield from pieces


def _deflated(pieces: Iterable[bytes]) -> Iterator[bytes]:
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    for piece in pieces:
        data = piece
        while data and not inflate.eof:
            yield inflate.decompress(data, _MOST)
            data = inflate.unconsumed_tail
    yield inflate.flush()
    if not inflate.eof:
        raise ZipBroken("cut off")


def _deflated64(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Unpack what Windows Explorer writes for members over 2 GB."""
    from inflate64 import Inflater

    inflate = Inflater()
    for piece in pieces:
        for at in range(0, len(piece), _DEFLATE64_PIECE):
            yield inflate.inflate(piece[at : at + _DEFLATE64_PIECE])


def _bzip2(pieces: Iterable[bytes]) -> Iterator[bytes]:
    yield from _bounded(bz2.BZ2Decompressor(), pieces)


def _lzma(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Unpack method 14: version, length of properties, properties, raw LZMA1 (APPNOTE 5.8.8)."""
    source = iter(pieces)
    head = b""
    while len(head) < 9 and (piece := next(source, b"")):
        head += piece
    if len(head) < 9 or int.from_bytes(head[2:4], "little") != 5:
        raise ZipBroken("LZMA properties")
    code, size = head[4], int.from_bytes(head[5:9], "little")
    filters = [{
        "id": lzma.FILTER_LZMA1, "dict_size": min(size, 1 << 26), "lc": code % 9, "lp": code // 9 % 5, "pb": code // 45,
    }]  # fmt: skip
    decompressor = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=filters)
    yield from _bounded(decompressor, chain((head[9:],), source))


def _bounded(decompressor: _Bounded, pieces: Iterable[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        if decompressor.eof:
            return
        yield decompressor.decompress(piece, _MOST)
        while not decompressor.eof and not decompressor.needs_input:
            yield decompressor.decompress(b"", _MOST)


#: Compression methods, APPNOTE 4.4.5.
_METHODS: dict[int, Callable[[Iterable[bytes]], Iterator[bytes]]] = {
    0: _stored,
    8: _deflated,
    9: _deflated64,
    12: _bzip2,
    14: _lzma,
}
