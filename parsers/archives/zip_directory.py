"""In charge of the central directory of a zip (PKWARE APPNOTE 4.3), also where `zipfile` refuses to look at it.

Leaves the decoding of names to `archives.zip_names` and the content of members to `archives.zip_stream`.
`zipfile` raises on GBK names that carry the UTF-8 flag (research §5), so names stay bytes here.
"""

import struct
from dataclasses import dataclass
from typing import BinaryIO

END = struct.Struct("<4s4H2LH")  #: end of central directory record, 4.3.16
_END64 = struct.Struct("<4sQ2H2L4Q")  #: zip64 end of central directory record, 4.3.14
_LOCATOR64 = struct.Struct("<4sLQL")  #: 4.3.15
_ENTRY = struct.Struct("<4s6H3L5H2L")  #: central file header, 4.3.12
_LOCAL = struct.Struct("<4s5H3L2H")  #: local file header, 4.3.7
_TAIL = 65_535 + END.size + _LOCATOR64.size
NONE16, NONE32 = 0xFFFF, 0xFFFFFFFF  #: told in a zip64 record instead
MAX_DIRECTORY = 64 * 1024 * 1024  #: bytes of directory read at most


class ZipBroken(Exception):
    """The directory cannot be found or read; the sender must pack again."""


class ZipVolume(Exception):
    """The file is one of several volumes."""


@dataclass(frozen=True)
class ZipEntry:
    """One member as the central directory declares it. Nothing here is to be trusted."""

    name: bytes
    flags: int
    method: int
    time: int  #: MS-DOS time of the last change
    crc: int
    packed: int  #: bytes in the archive
    size: int  #: bytes unpacked
    offset: int  #: of the local header in the file
    extra: bytes
    attributes: int  #: external attributes; the upper half is the Unix mode

    @property
    def encrypted(self) -> bool:
        return bool(self.flags & 1)

    @property
    def is_link(self) -> bool:
        return (self.attributes >> 16) & 0o170000 == 0o120000


def read_directory(file: BinaryIO, *, most: int = 1_000_000) -> tuple[ZipEntry, ...]:
    """Return up to `most` entries of a zip. Raises ZipBroken or ZipVolume."""
    size, offset, shift = _find_directory(file)
    file.seek(offset + shift)
    directory = file.read(min(size, MAX_DIRECTORY))
    entries: list[ZipEntry] = []
    at = 0
    while len(entries) < most and directory[at : at + 4] == b"PK\x01\x02":
        entry, at = _read_entry(directory, at, shift)
        entries.append(entry)
    if not entries and size:
        raise ZipBroken("no entry where the directory should be")
    return tuple(entries)


def local_names(head: bytes, *, most: int = 200) -> tuple[bytes, ...]:
    """Return names found in local headers of the first bytes of a zip: what remains where the directory is gone."""
    names: list[bytes] = []
    at = head.find(b"PK\x03\x04")
    while at >= 0 and len(names) < most and at + _LOCAL.size <= len(head):
        length = _LOCAL.unpack_from(head, at)[9]
        names.append(head[at + _LOCAL.size : at + _LOCAL.size + length])
        at = head.find(b"PK\x03\x04", at + 4)
    return tuple(names)


def data_offset(file: BinaryIO, entry: ZipEntry) -> int:
    """Return where a member's data begins, after its local header. Raises ZipBroken."""
    if not 0 <= entry.offset < file.seek(0, 2):  # a zip64 field can name places no file has
        raise ZipBroken("the directory points past the file")
    file.seek(entry.offset)
    header = file.read(_LOCAL.size)
    if len(header) < _LOCAL.size or not header.startswith(b"PK\x03\x04"):
        raise ZipBroken("no local header where the directory points")
    *_, name_length, extra_length = _LOCAL.unpack(header)
    return int(entry.offset + _LOCAL.size + name_length + extra_length)


def last_end(file: BinaryIO) -> tuple[bytes, int, int] | None:
    """Return a file's last bytes, and where in them and where in the file the last END begins; None: there is none."""
    length = file.seek(0, 2)
    start = max(0, length - _TAIL)
    file.seek(start)
    tail = file.read(_TAIL)
    at = tail.rfind(b"PK\x05\x06")
    return None if at < 0 or at + END.size > len(tail) else (tail, at, start + at)


def _find_directory(file: BinaryIO) -> tuple[int, int, int]:
    """Return (size, offset, shift) of the directory; shift: bytes put before the zip (self-extractors)."""
    if (found := last_end(file)) is None:
        raise _missing(file)
    tail, at, end = found
    _, disk, first_disk, _, _, size, offset, _ = END.unpack_from(tail, at)
    if NONE32 in (size, offset) or NONE16 in (disk, first_disk):
        disk, size, offset, end = _find_zip64(file, tail, at, (disk, size, offset, end))
    if disk not in (0, NONE16):
        raise ZipVolume(f"last of {disk + 1} volumes")
    shift = end - size - offset
    if shift < 0:
        raise ZipBroken("the directory lies outside the file")
    return size, offset, shift


def _find_zip64(file: BinaryIO, tail: bytes, at: int, plain: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    """Return (disk, size, offset, where it ends) of the directory by the zip64 record, or the plain ones."""
    place = at - _LOCATOR64.size
    if place < 0 or tail[place : place + 4] != b"PK\x06\x07":
        return plain
    _, _, record, disks = _LOCATOR64.unpack_from(tail, place)
    if disks > 1:
        raise ZipVolume(f"last of {disks} volumes")
    length = file.seek(0, 2)
    for where in (record, length - len(tail) + place - _END64.size):
        file.seek(min(max(where, 0), length))
        found = file.read(_END64.size)
        if len(found) == _END64.size and found.startswith(b"PK\x06\x06"):
            _, _, _, _, disk, _, _, _, size, offset = _END64.unpack(found)
            return disk, size, offset, min(max(where, 0), length)
    raise ZipBroken("the zip64 directory record is missing")


def _missing(file: BinaryIO) -> ZipBroken | ZipVolume:
    file.seek(0)
    if file.read(4) == b"PK\x07\x08":
        return ZipVolume("first of several volumes")
    return ZipBroken("no central directory: cut off, or a middle volume")


def _read_entry(directory: bytes, at: int, shift: int) -> tuple[ZipEntry, int]:
    if at + _ENTRY.size > len(directory):
        raise ZipBroken("the directory is cut off")
    fields = _ENTRY.unpack_from(directory, at)
    flags, method, time = fields[3:6]
    crc, packed, size, name_length, extra_length, comment_length = fields[7:13]
    start = at + _ENTRY.size
    name = directory[start : start + name_length]
    extra = directory[start + name_length : start + name_length + extra_length]
    size, packed, offset = _zip64_sizes(extra, size, packed, fields[16])
    entry = ZipEntry(name, flags, method, time, crc, packed, size, offset + shift, extra, fields[15])
    return entry, start + name_length + extra_length + comment_length


def _zip64_sizes(extra: bytes, size: int, packed: int, offset: int) -> tuple[int, int, int]:
    """Return (size, packed, offset) with those that did not fit 32 bits taken from the zip64 field, 4.5.3."""
    field = extra_field(extra, 0x0001) or b""
    values = [int.from_bytes(field[i : i + 8], "little") for i in range(0, len(field) - 7, 8)]
    told = [size, packed, offset]
    for index, value in enumerate(told):
        if value == NONE32 and values:
            told[index] = values.pop(0)
    return told[0], told[1], told[2]


def extra_field(extra: bytes, wanted: int) -> bytes | None:
    """Return the content of one extra field (4.5), or None."""
    at = 0
    while at + 4 <= len(extra):
        tag, length = struct.unpack_from("<2H", extra, at)
        if tag == wanted:
            return extra[at + 4 : at + 4 + length]
        at += 4 + length
    return None
