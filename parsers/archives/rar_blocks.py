"""In charge of the blocks that RAR archives of both formats are made of: headers read one after another, data passed over.

Nothing is unpacked here. Sources: technote.txt of RAR 4; RAR 5.0 archive format, rarlab.com.
"""

import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import BinaryIO

RAR5, RAR4 = b"Rar!\x1a\x07\x01\x00", b"Rar!\x1a\x07\x00"
_MOST_BLOCKS = 50_000  #: of one volume
_MOST_HEADER = 1 << 21  #: bytes: the format's own limit
_HEAD4 = struct.Struct("<HBHH")  #: CRC, type, flags, size
_FILE4 = 30  #: bytes of a file header behind its CRC, without high sizes and name
HIGH4 = 0x100  #: flag of a file header: the upper halves of its sizes follow


class RarBroken(Exception):
    """The blocks cannot be read: cut off, damaged, or their headers are encrypted."""


class BlockKind(Enum):
    MAIN = auto()
    FILE = auto()
    END = auto()
    OTHER = auto()  #: comments, recovery records, quick open: nobody needs them


@dataclass(frozen=True)
class Block:
    """One block: what its header says, and where its data lies in the volume."""

    kind: BlockKind
    flags: int
    content: bytes  #: RAR 4: the header behind its CRC; RAR 5: what follows type, flags and sizes
    extra: int = 0  #: size of the extra area at the end of `content`, RAR 5
    at: int = 0  #: where the data begins
    size: int = 0  #: bytes of data here
    before: bool = False  #: the file begins in an earlier volume
    after: bool = False  #: the file goes on in the next one
    file: bytes = b""  #: which file it is of: name, size, time, packing; the same in all pieces of one


@dataclass(frozen=True)
class RarVolume:
    """A RAR file, block by block."""

    path: Path
    version: int  #: 4 or 5
    main: Block
    files: tuple[Block, ...]
    is_volume: bool
    goes_on: bool  #: another volume follows


def read_volume(path: Path) -> RarVolume:
    """Return the blocks of a RAR. Raises RarBroken."""
    with path.open("rb") as file:
        version, read = _format(file)
        blocks = list(_blocks(file, read))
    if not blocks or blocks[0].kind is not BlockKind.MAIN:
        raise RarBroken("no main header")
    main, last = blocks[0], blocks[-1]
    files = tuple(block for block in blocks if block.kind is BlockKind.FILE)
    # RAR before 3.0 wrote no end block, and cut in the middle of files only.
    goes_on = _first_flag(last, version) if last.kind is BlockKind.END else bool(files) and files[-1].after
    return RarVolume(path, version, main, files, _first_flag(main, version), goes_on)


def _format(file: BinaryIO) -> tuple[int, "_Reader"]:
    head = file.read(len(RAR5))
    if head == RAR5:
        return 5, _block5
    if head.startswith(RAR4):
        file.seek(len(RAR4))
        return 4, _block4
    raise RarBroken("no RAR")


def _blocks(file: BinaryIO, read: "_Reader") -> Iterator[Block]:
    """Yield blocks up to the one that ends the volume, or the end of the file."""
    begin = file.tell()
    length = file.seek(0, 2)
    file.seek(begin)
    for _ in range(_MOST_BLOCKS):
        block = read(file)
        if block is None:
            return
        if block.at + block.size > length:
            raise RarBroken("cut off")
        yield block
        if block.kind is BlockKind.END:
            return
        file.seek(block.at + block.size)
    raise RarBroken("too many blocks")


def _first_flag(block: Block, version: int) -> bool:
    """Return bit 0 of a main header's flags (a volume) or an end block's (another follows)."""
    return bool((block.flags if version == 4 else vints(block.content, 1)[0][0]) & 0x01)


def vint(value: int) -> bytes:
    """Return a variable length integer of RAR 5: seven bits a byte, low first, high bit: more follows."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out) + bytes([value])


def vints(data: bytes, count: int, at: int = 0) -> tuple[tuple[int, ...], int]:
    """Return `count` variable length integers that begin at `at`, and where they end. Raises RarBroken."""
    values: list[int] = []
    for _ in range(count):
        value = shift = 0
        while True:
            if at >= len(data) or shift > 63:
                raise RarBroken("a header is too short")
            byte, at = data[at], at + 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                break
        values.append(value)
    return tuple(values), at


_KINDS5 = {1: BlockKind.MAIN, 2: BlockKind.FILE, 5: BlockKind.END}
_KINDS4 = {0x73: BlockKind.MAIN, 0x74: BlockKind.FILE, 0x7B: BlockKind.END}


def _block5(file: BinaryIO) -> Block | None:
    """Read one block of RAR 5: CRC32, size; type, flags, sizes of extra area and data; what its type has."""
    head = file.read(7)
    if not head:
        return None
    (size,), used = vints(head, 1, 4)
    if size > _MOST_HEADER:
        raise RarBroken("a header is too long")
    file.seek(used - len(head), 1)
    header = file.read(size)
    if len(header) < size or zlib.crc32(head[4:used] + header) != int.from_bytes(head[:4], "little"):
        raise RarBroken("a header's checksum differs")
    (kind, flags), at = vints(header, 2)
    if kind == 4:
        raise RarBroken("headers are encrypted")
    sizes, at = vints(header, (flags & 0x01) + (flags >> 1 & 0x01), at)
    content = header[at:]
    block = _KINDS5.get(kind, BlockKind.OTHER)
    return Block(
        kind=block,
        flags=flags,
        content=content,
        extra=sizes[0] if flags & 0x01 else 0,
        at=file.tell(),
        size=sizes[-1] if flags & 0x02 else 0,
        before=bool(flags & 0x08),
        after=bool(flags & 0x10),
        file=_file5(content) if block is BlockKind.FILE else b"",
    )


def _file5(content: bytes) -> bytes:
    """Return size, attributes, time, packing, system and name of a file, without the checksum that stands among them."""
    (flags,), begin = vints(content, 1)
    _, at = vints(content, 2, begin)
    timed = at + 4 * (flags >> 1 & 0x01)
    checked = timed + 4 * (flags >> 2 & 0x01)
    (_, _, length), name = vints(content, 3, checked)
    return content[begin:timed] + content[checked : name + length]


def _block4(file: BinaryIO) -> Block | None:
    """Read one block of RAR 4: CRC16, type, flags, size; what its type has."""
    head = file.read(_HEAD4.size)
    if not head.strip(b"\x00"):
        return None  # RAR pads the end of volumes on tapes and disks
    if len(head) < _HEAD4.size:
        raise RarBroken("cut off")
    crc, kind, flags, size = _HEAD4.unpack(head)
    content = head[2:] + file.read(max(0, size - len(head)))
    if not _HEAD4.size <= size == len(content) + 2:
        raise RarBroken("cut off")
    if kind == 0x73 and flags & 0x80:
        raise RarBroken("headers are encrypted")
    if kind == 0x74:
        return _file4(crc, flags, content, file.tell())
    data = int.from_bytes(content[5:9], "little") if flags & 0x8000 else 0
    return Block(_KINDS4.get(kind, BlockKind.OTHER), flags, content, 0, file.tell(), data)


def _file4(crc: int, flags: int, content: bytes, at: int) -> Block:
    name = _FILE4 + (8 if flags & HIGH4 else 0)
    if len(content) < name or zlib.crc32(content) & 0xFFFF != crc:
        raise RarBroken("a header's checksum differs")
    size = int.from_bytes(content[5:9], "little")
    if flags & HIGH4:
        size |= int.from_bytes(content[_FILE4 : _FILE4 + 4], "little") << 32
    length = int.from_bytes(content[24:26], "little")
    file = content[9:14] + content[18:_FILE4] + content[name : name + length]  # what is left out: sizes here, checksum
    return Block(BlockKind.FILE, flags, content, 0, at, size, bool(flags & 0x01), bool(flags & 0x02), file)


_Reader = Callable[[BinaryIO], Block | None]
