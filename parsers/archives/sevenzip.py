"""In charge of 7z archives through py7zr, member by member into a Box.

Leaves limits to `archives.box`. Names never reach the file system: py7zr is handed numbers instead.
"""

import lzma
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import py7zr
from py7zr import exceptions
from py7zr.io import Py7zIO, WriterFactory

from parsers.archives.box import Box, Refused, Shelf, Writer, is_junk

_BROKEN = (
    exceptions.ArchiveError, lzma.LZMAError, struct.error, EOFError, ValueError, IndexError, KeyError, TypeError, AttributeError,
    AssertionError,
)  # fmt: skip


def unpack_7z(path: Path, box: Box, passwords: Sequence[str]) -> None:
    """Unpack a 7z into a box, trying every password. Raises Refused."""
    if _is_cut_off(path):
        raise Refused("volume", "goes on in another file, or is cut off")
    for password in (None, *passwords):
        try:
            _unpack(path, box, password)
            return
        except exceptions.PasswordRequired:
            continue
        except exceptions.UnsupportedCompressionMethodError as error:
            raise Refused("unsupported", "compression method") from error
        except exceptions.DecompressionBombError as error:
            raise Refused("bomb", "header") from error
        except _BROKEN as error:
            if password is None:
                raise Refused("corrupt", type(error).__name__) from error
    raise Refused("encrypted", "no password given opens it" if passwords else "no password given")


def _unpack(path: Path, box: Box, password: str | None) -> None:
    with path.open("rb") as file, py7zr.SevenZipFile(file, "r", password=password) as archive:
        if archive.needs_password() and password is None:
            raise exceptions.PasswordRequired
        with Shelf(box) as shelf:
            archive.extractall(factory=_Sinks(box, shelf, _renamed(archive)))


def _renamed(archive: Any) -> dict[str, str]:
    """Give every entry its number as name and return number → name of those to keep."""
    wanted: dict[str, str] = {}
    for number, entry in enumerate(archive.files.files_list):
        name = entry["filename"].replace("\\", "/")
        entry["filename"] = str(number)
        if not is_junk(name):
            wanted[str(number)] = name
    return wanted


class _Sinks(WriterFactory):
    """Makes a sink for each member. A wrong password shows late, so a shelf keeps all of them or none."""

    def __init__(self, box: Box, shelf: Shelf, names: dict[str, str]) -> None:
        self._box = box
        self._shelf = shelf
        self._names = names

    def create(self, filename: str) -> Py7zIO:
        """Return where a member goes; py7zr makes a path of the number."""
        name = self._names.get(Path(filename).name)
        return _Sink(self._box, self._shelf.writer(name) if name is not None else None)


class _Sink(Py7zIO):
    """What py7zr writes one member to."""

    def __init__(self, box: Box, writer: Writer | None) -> None:
        self._writer = writer
        self._box = box
        self._size = 0

    def write(self, s: bytes | bytearray) -> int:
        self._size += len(s)
        if self._writer is None:
            self._box.count_read(len(s))
        else:
            self._writer.write(bytes(s))
        return len(s)

    def read(self, size: int | None = None) -> bytes:
        return b""

    def seek(self, offset: int, whence: int = 0) -> int:
        return 0

    def flush(self) -> None:
        return None

    def size(self) -> int:
        return self._size

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()


def _is_cut_off(path: Path) -> bool:
    """Tell whether the header that stands at the end lies past it: 7zFormat.txt, SignatureHeader."""
    with path.open("rb") as file:
        head = file.read(32)
    if len(head) < 32:
        return True
    offset, size = struct.unpack_from("<2Q", head, 12)
    return bool(32 + offset + size > path.stat().st_size)
