"""In charge of RAR volumes (.part1.rar …; .rar, .r00 …) written anew as one archive, which any reader of RAR then opens.

What is packed stays packed: the pieces of a file's data are laid one behind the other under the header of the last of them,
which has the checksum of the whole. Leaves blocks to `archives.rar_blocks`.
"""

import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from parsers.archives.rar_blocks import HIGH4, RAR4, RAR5, Block, RarBroken, RarVolume, read_volume, vint, vints

_SOLID5, _SOLID4 = 0x04, 0x08
_SPLIT5, _SPLIT4 = 0x08 | 0x10, 0x01 | 0x02


@dataclass(frozen=True)
class _Stretch:
    """Data of a file in one volume."""

    path: Path
    at: int
    size: int


@dataclass(frozen=True)
class _Whole:
    """A file of the archive: the header that counts, and its data wherever it lies."""

    block: Block
    data: tuple[_Stretch, ...]

    @property
    def size(self) -> int:
        return sum(stretch.size for stretch in self.data)


def join_rar(paths: Sequence[Path], target: IO[bytes]) -> None:
    """Write volumes, given in their order, as one RAR. Raises RarBroken where they do not follow upon each other."""
    volumes = [read_volume(path) for path in paths]
    version = volumes[0].version
    if any(volume.version != version or not volume.is_volume for volume in volumes):
        raise RarBroken("not volumes of one archive")
    if volumes[-1].goes_on:
        raise RarBroken("the last volume is missing")
    target.write(_opening(volumes[0]))
    for whole in _wholes(volumes):
        target.write(_header5(whole) if version == 5 else _header4(whole))
        for stretch in whole.data:
            _copy(stretch, target)
    target.write(_sealed5(vint(5), vint(0), vint(0)) if version == 5 else bytes.fromhex("c43d7b00400700"))


def _wholes(volumes: Iterable[RarVolume]) -> Iterator[_Whole]:
    """Yield each file with all its data. Raises RarBroken where a piece of one is not followed by the next."""
    begun: list[_Stretch] = []
    file: bytes | None = None
    for volume in volumes:
        for block in volume.files:
            if block.before != (file is not None) or (file is not None and block.file != file):
                raise RarBroken("the pieces of a file do not follow upon each other")
            begun.append(_Stretch(volume.path, block.at, block.size))
            file = block.file if block.after else None
            if file is None:
                yield _Whole(block, tuple(begun))
                begun = []
    if file is not None:
        raise RarBroken("a file is cut off")


def _opening(first: RarVolume) -> bytes:
    """Return signature and main header, saying no more than whether the archive is solid."""
    if first.version == 5:
        flags = vints(first.main.content, 1)[0][0] & _SOLID5
        return RAR5 + _sealed5(vint(1), vint(0), vint(flags))
    return RAR4 + _sealed4(struct.pack("<BHH6x", 0x73, first.main.flags & _SOLID4, 13))


def _header5(whole: _Whole) -> bytes:
    block = whole.block
    extra = vint(block.extra) if block.flags & 0x01 else b""
    return _sealed5(vint(2), vint(block.flags & ~_SPLIT5 | 0x02), extra, vint(whole.size), block.content)


def _header4(whole: _Whole) -> bytes:
    header = bytearray(whole.block.content)
    struct.pack_into("<H", header, 1, whole.block.flags & ~_SPLIT4)
    struct.pack_into("<L", header, 5, whole.size & 0xFFFFFFFF)
    if whole.block.flags & HIGH4:
        struct.pack_into("<L", header, 30, whole.size >> 32)
    elif whole.size >> 32:
        raise RarBroken("a file has more data than its header can tell")
    return _sealed4(bytes(header))


def _sealed5(*fields: bytes) -> bytes:
    """Return a header of RAR 5 with its size and checksum."""
    content = b"".join(fields)
    sized = vint(len(content)) + content
    return struct.pack("<L", zlib.crc32(sized)) + sized


def _sealed4(content: bytes) -> bytes:
    """Return a header of RAR 4 with its checksum."""
    return struct.pack("<H", zlib.crc32(content) & 0xFFFF) + content


def _copy(stretch: _Stretch, target: IO[bytes]) -> None:
    left = stretch.size
    with stretch.path.open("rb") as source:
        source.seek(stretch.at)
        while left:
            piece = source.read(min(left, 1 << 20))
            left -= len(piece)
            target.write(piece)
            if not piece:
                raise RarBroken("cut off")
