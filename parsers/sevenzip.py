"""In charge of 7z archives through py7zr, member by member into a Box.

Leaves limits to `archive_box`. Names never reach the file system: py7zr is handed numbers instead.
"""

import lzma
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import py7zr
from py7zr import exceptions
from py7zr.io import Py7zIO, WriterFactory

from parsers.archive_box import Box, Refused, Writer, is_junk

_BROKEN = (
    exceptions.ArchiveError, lzma.LZMAError, struct.error, EOFError, ValueError, IndexError, KeyError, TypeError, AttributeError,
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
        shelf = _Shelf(box, _renamed(archive))
        try:
            archive.extractall(factory=shelf)
        except BaseException:
            shelf.drop()
            raise
        shelf.finish()


def _renamed(archive: Any) -> dict[str, str]:
    """Give every entry its number as name and return number → name of those to keep."""
    wanted: dict[str, str] = {}
    for number, entry in enumerate(archive.files.files_list):
        name = entry["filename"].replace("\\", "/")
        entry["filename"] = str(number)
        if not is_junk(name):
            wanted[str(number)] = name
    return wanted


class _Shelf(WriterFactory):
    """Makes a sink for each member; those of one archive are kept all together, or none (a wrong password)."""

    def __init__(self, box: Box, names: dict[str, str]) -> None:
        self._box = box
        self._names = names
        self._sinks: list[_Sink] = []

    def create(self, filename: str) -> Py7zIO:
        """Return where a member goes; py7zr makes a path of the number."""
        name = self._names.get(Path(filename).name)
        sink = _Sink(self._box, self._box.writer(name) if name is not None else None)
        self._sinks.append(sink)
        return sink

    def finish(self) -> None:
        """Keep all members."""
        for sink in self._sinks:
            if sink.writer is not None:
                sink.writer.finish()

    def drop(self) -> None:
        """Keep none."""
        for sink in self._sinks:
            if sink.writer is not None:
                sink.writer.drop()


class _Sink(Py7zIO):
    """What py7zr writes one member to."""

    def __init__(self, box: Box, writer: Writer | None) -> None:
        self.writer = writer
        self._box = box
        self._size = 0

    def write(self, s: bytes | bytearray) -> int:
        self._size += len(s)
        if self.writer is None:
            self._box.count_read(len(s))
        else:
            self.writer.write(bytes(s))
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
        if self.writer is not None:
            self.writer.close()


def _is_cut_off(path: Path) -> bool:
    """Tell whether the header that stands at the end lies past it: 7zFormat.txt, SignatureHeader."""
    with path.open("rb") as file:
        head = file.read(32)
    if len(head) < 32:
        return True
    offset, size = struct.unpack_from("<2Q", head, 12)
    return bool(32 + offset + size > path.stat().st_size)
