"""In charge of RAR archives through a program of the machine, as one stream into a Box; without a program: unsupported.

Leaves limits to `archives.box`. Nothing is unpacked to paths: bsdtar rewrites the archive as a tar stream, 7-Zip lists
sizes and then sends all members one after another.
"""

import re
import subprocess
import tarfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from enum import Enum, auto
from pathlib import Path
from shutil import copyfileobj, which
from tempfile import TemporaryFile
from threading import Thread
from typing import IO, cast

from parsers.archives.box import Box, Refused, Shelf, is_junk
from parsers.archives.tar import CountedStream, unpack_stream

_PIECE = 256 * 1024
_SEVENZIPS = ("7zz", "7z", "7za")
_LISTING_SECONDS = 60
_FIELD = re.compile(r"^(Path|Size|Folder|Encrypted) = (.*)$", re.MULTILINE)
_RAR5, _RAR4 = b"Rar!\x1a\x07\x01\x00", b"Rar!\x1a\x07\x00"


class _Outcome(Enum):
    READ = auto()
    LOCKED = auto()  #: no password opens it
    UNREAD = auto()  #: the program cannot


def unpack_rar(path: Path, box: Box, passwords: Sequence[str]) -> None:
    """Unpack a RAR into a box by the first program that can. Raises Refused.

    What no program reads is "unsupported", not "corrupt": Debian's 7zz has no RAR, bsdtar lacks some methods.
    """
    with path.open("rb") as file:
        head = file.read(64)
    if is_volume(head):
        raise Refused("volume", "one of several volumes")
    locked = is_locked(head)
    for program, read in _readers():
        try:
            outcome = read(program, path, box, passwords)
        except (PermissionError, subprocess.TimeoutExpired):  # not to be run by a confined worker; too slow
            continue
        if outcome is _Outcome.READ:
            return
        locked = locked or outcome is _Outcome.LOCKED
    if locked:
        raise Refused("encrypted", "no password given opens it" if passwords else "no password given")
    raise Refused("unsupported", "no program on this machine reads it (bsdtar, 7zz)")


def is_volume(head: bytes) -> bool:
    """Tell one of several volumes by the main header's flags (technote.txt of RAR 4; RAR 5.0 archive format)."""
    if head.startswith(_RAR4):
        return len(head) > 11 and head[9] == 0x73 and bool(head[10] & 0x01)
    fields = _main_header5(head)
    return bool(fields) and fields[0] == 1 and bool(fields[-1] & 0x01)


def is_locked(head: bytes) -> bool:
    """Tell an archive whose headers are encrypted."""
    if head.startswith(_RAR4):
        return len(head) > 11 and bool(head[10] & 0x80)
    fields = _main_header5(head)
    return bool(fields) and fields[0] == 4


def _main_header5(head: bytes) -> tuple[int, ...]:
    """Return (type, header flags, [extra size,] archive flags) of the first header of a RAR 5."""
    if not head.startswith(_RAR5):
        return ()
    numbers = _vints(head[12:])
    kind, flags = _second_of(numbers)
    if flags & 0x01:
        next(numbers, 0)
    return kind, flags, next(numbers, 0)


def _second_of(numbers: Iterator[int]) -> tuple[int, int]:
    """Pass over the header's size and return its type and flags."""
    next(numbers, 0)
    return next(numbers, 0), next(numbers, 0)


def _vints(data: bytes) -> Iterator[int]:
    """Yield the variable length integers of RAR 5: seven bits a byte, low first, high bit: more follows."""
    value = shift = 0
    for byte in data:
        value |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            yield value
            value = shift = 0


def _readers() -> Iterator[tuple[str, "_Reader"]]:
    for name in _SEVENZIPS:
        if program := which(name):
            yield program, _by_7zip
            break
    if program := which("bsdtar"):
        yield program, _by_bsdtar


def _by_bsdtar(program: str, path: Path, box: Box, _: Sequence[str]) -> _Outcome:
    """Unpack through a tar stream. bsdtar writes a whole, even empty, tar when it fails: its exit code tells.

    The archive is poured in: in a file, bsdtar would look for a zip's directory at its end and find a stored .docx's.
    """
    with TemporaryFile() as said:
        with _running([program, "-c", "-f", "-", "--format", "pax", "@-"], said, stdin=subprocess.PIPE) as process:
            Thread(target=_pour, args=(path, process.stdin), daemon=True).start()
            output = cast("IO[bytes]", process.stdout)
            with suppress(tarfile.TarError, EOFError, ValueError):
                unpack_stream(CountedStream(output, box), box)
            while piece := output.read(_PIECE):
                box.count_read(len(piece))
            failed = process.wait() != 0
        said.seek(0)
        complaint = said.read(4096)
    if failed:
        return _Outcome.LOCKED if b"ncrypt" in complaint else _Outcome.UNREAD
    return _Outcome.READ


def _by_7zip(program: str, path: Path, box: Box, passwords: Sequence[str]) -> _Outcome:
    outcome = _Outcome.UNREAD
    for password in ("", *passwords):
        listing = _listing(program, path, password)
        if listing is None:
            continue
        if not password and any(locked for _, _, locked in listing):
            outcome = _Outcome.LOCKED
        elif _unpack_listed(program, path, box, password, listing):
            return _Outcome.READ
    return outcome


def _listing(program: str, path: Path, password: str) -> list[tuple[str, int, bool]] | None:
    """Return (name, size, encrypted) of each file in order, or None where it cannot be listed."""
    done = subprocess.run(
        [program, "l", *_type(path), "-slt", "-ba", "-sccUTF-8", f"-p{password}", "--", str(path)],
        stdin=subprocess.DEVNULL, capture_output=True, timeout=_LISTING_SECONDS, check=False,
    )  # fmt: skip
    if done.returncode > 1:
        return None
    blocks = done.stdout.decode("utf-8", "replace").split("\n\n")
    entries = [dict(_FIELD.findall(block.replace("\r", ""))) for block in blocks]
    return [
        (entry["Path"], int(entry.get("Size") or 0), entry.get("Encrypted") == "+")
        for entry in entries
        if "Path" in entry and entry.get("Folder") != "+"
    ]


def _type(path: Path) -> list[str]:
    """Return the switch that keeps 7-Zip from opening a stored .docx within a RAR it cannot read."""
    with path.open("rb") as file:
        head = file.read(8)
    return ["-trar5"] if head == _RAR5 else ["-trar"] if head.startswith(_RAR4) else []


def _unpack_listed(program: str, path: Path, box: Box, password: str, listing: Sequence[tuple[str, int, bool]]) -> bool:
    """Unpack the listed members, all or none: a wrong password may give bytes all the same, and an exit code."""
    command = [program, "x", *_type(path), "-so", "-y", "-sccUTF-8", f"-p{password}", "--", str(path)]
    try:
        with _running(command) as process, Shelf(box) as shelf:
            for name, size, _ in listing:
                writer = None if is_junk(name) else shelf.writer(name)
                for piece in _exactly(cast("IO[bytes]", process.stdout), size):
                    if writer is None:
                        box.count_read(len(piece))
                    else:
                        writer.write(piece)
                if writer is not None:
                    writer.close()
            if process.wait() != 0:
                raise EOFError
    except EOFError:
        return False
    return True


def _exactly(stream: IO[bytes], size: int) -> Iterator[bytes]:
    """Yield the next `size` bytes. Raises EOFError where there are fewer."""
    left = size
    while left:
        piece = stream.read(min(_PIECE, left))
        if not piece:
            raise EOFError
        left -= len(piece)
        yield piece


def _pour(path: Path, pipe: IO[bytes]) -> None:
    """Write a file into a program; it may end before it has read all."""
    with suppress(OSError, ValueError), path.open("rb") as file, pipe:
        copyfileobj(file, pipe, _PIECE)


@contextmanager
def _running(
    command: Sequence[str], said: IO[bytes] | int = subprocess.DEVNULL, *, stdin: int = subprocess.DEVNULL
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a program whose output is read, complaints to `said`; it is ended when no more is wanted."""
    with subprocess.Popen(command, stdin=stdin, stdout=subprocess.PIPE, stderr=said) as process:
        try:
            yield process
        finally:
            process.kill()


_Reader = Callable[[str, Path, Box, Sequence[str]], _Outcome]
