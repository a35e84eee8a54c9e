"""In charge of the volumes of a spanned zip (.z01 … .zip; APPNOTE 8): laid one behind the other, offsets counted from the first.

Leaves reading what comes of it to `archives.zip_directory`.
"""

import shutil
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from parsers.archives.zip_directory import END, MAX_DIRECTORY, NONE16, NONE32, last_end

_ENTRY = 46  #: bytes of a central file header without name, extra field and comment, 4.3.12


class ZipNotJoined(Exception):
    """The volumes do not fit together: one is missing, or its records are beyond what is read here."""


def last_volume(path: Path) -> int | None:
    """Return how many volumes there are, told by the last of them, which ends with the directory; None: this is no last one."""
    end = _end_of(path)
    return None if end is None or end[1] == NONE16 else end[1] + 1


def join_zip(paths: Sequence[Path], target: IO[bytes]) -> None:
    """Write volumes, given in their order, as one zip. `target` is readable. Raises ZipNotJoined."""
    end = _end_of(paths[-1])
    if end is None or end[1] != len(paths) - 1:
        raise ZipNotJoined("the last volume does not tell so many")
    starts = []
    for path in paths:
        starts.append(target.tell())
        with path.open("rb") as source:
            shutil.copyfileobj(source, target, 1 << 20)
    at, _, first_disk, count, size, offset = end
    if first_disk >= len(paths) or size > MAX_DIRECTORY or target.tell() >= NONE32:
        raise ZipNotJoined("its directory is too large, or needs zip64")
    directory = starts[first_disk] + offset
    _count_from_first(target, directory, size, starts)
    target.seek(starts[-1] + at)
    comment = END.unpack(target.read(END.size))[-1]
    target.seek(starts[-1] + at)
    target.write(END.pack(b"PK\x05\x06", 0, 0, count, count, size, directory, comment))
    target.seek(0, 2)


def _end_of(path: Path) -> tuple[int, int, int, int, int, int] | None:
    """Return (where it is, this disk, disk of the directory, entries, size, offset) of the record at a file's very end."""
    with path.open("rb") as file:
        found = last_end(file)
    if found is None:
        return None
    tail, at, place = found
    _, disk, first_disk, _, count, size, offset, comment = END.unpack_from(tail, at)
    if at + END.size + comment != len(tail):
        return None
    return place, disk, first_disk, count, size, offset


def _count_from_first(target: IO[bytes], directory: int, size: int, starts: Sequence[int]) -> None:
    """Let every entry of the directory say where it is in the whole, and not on which volume."""
    target.seek(directory)
    entries = bytearray(target.read(size))
    at = 0
    while entries[at : at + 4] == b"PK\x01\x02" and at + _ENTRY <= len(entries):
        lengths = struct.unpack_from("<3H", entries, at + 28)
        disk, offset = struct.unpack_from("<H", entries, at + 34)[0], struct.unpack_from("<L", entries, at + 42)[0]
        if disk >= len(starts) or starts[disk] + offset >= NONE32:
            raise ZipNotJoined("an entry lies on a volume that is not there")
        struct.pack_into("<H", entries, at + 34, 0)
        struct.pack_into("<L", entries, at + 42, starts[disk] + offset)
        at += _ENTRY + sum(lengths)
    if at != size:
        raise ZipNotJoined("the directory is cut off")
    target.seek(directory)
    target.write(entries)
