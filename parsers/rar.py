"""In charge of RAR archives through a program of the machine, as one stream into a Box; without a program: unsupported.

Leaves limits to `archive_box`. Nothing is unpacked to paths: bsdtar rewrites the archive as a tar stream, 7-Zip lists
sizes and then sends all members one after another.
"""

import re
import subprocess
import tarfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from shutil import which
from typing import IO

from parsers.archive_box import Box, Refused, is_junk
from parsers.tar import CountedStream, unpack_stream

_PIECE = 256 * 1024
_SEVENZIPS = ("7zz", "7z", "7za")
_LISTING_SECONDS = 60
_FIELD = re.compile(r"^(Path|Size|Folder|Encrypted) = (.*)$", re.MULTILINE)
_RAR5, _RAR4 = b"Rar!\x1a\x07\x01\x00", b"Rar!\x1a\x07\x00"


def unpack_rar(path: Path, box: Box, passwords: Sequence[str]) -> None:
    """Unpack a RAR into a box. Raises Refused."""
    with path.open("rb") as file:
        head = file.read(64)
    if is_volume(head):
        raise Refused("volume", "one of several volumes")
    if which("bsdtar") and not passwords and _by_bsdtar(path, box):
        return
    program = next((found for name in _SEVENZIPS if (found := which(name))), None)
    if program is not None:
        _by_7zip(program, path, box, passwords)
    elif which("bsdtar"):
        raise Refused("encrypted" if passwords or is_locked(head) else "corrupt", "bsdtar cannot read it")
    else:
        raise Refused("unsupported", "no program for RAR on this machine (bsdtar, 7zz)")


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


def _by_bsdtar(path: Path, box: Box) -> bool:
    """Unpack by bsdtar; False where it cannot read the archive and nothing came out of it."""
    with _program(["bsdtar", "-c", "-f", "-", "--format", "pax", f"@{path}"]) as output:
        try:
            unpack_stream(CountedStream(output, box), box)
        except (tarfile.TarError, EOFError, ValueError):
            return False
    return bool(box.unpacked().members)


def _by_7zip(program: str, path: Path, box: Box, passwords: Sequence[str]) -> None:
    for password in passwords or ("",):
        listing = _listing(program, path, password)
        if listing is None:
            continue
        if not passwords and any(locked for _, _, locked in listing):
            break
        if _unpack_listed(program, path, box, password, listing):
            return
    raise Refused("encrypted" if passwords or _any_locked(program, path) else "corrupt", "7-Zip cannot read it")


def _any_locked(program: str, path: Path) -> bool:
    listing = _listing(program, path, "")
    return listing is None or any(locked for _, _, locked in listing)


def _listing(program: str, path: Path, password: str) -> list[tuple[str, int, bool]] | None:
    """Return (name, size, encrypted) of each file in order, or None where it cannot be listed."""
    done = subprocess.run(
        [program, "l", "-slt", "-ba", "-sccUTF-8", f"-p{password}", "--", str(path)],
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


def _unpack_listed(program: str, path: Path, box: Box, password: str, listing: Sequence[tuple[str, int, bool]]) -> bool:
    with _program([program, "x", "-so", "-y", "-sccUTF-8", f"-p{password}", "--", str(path)]) as output:
        for name, size, _ in listing:
            pieces = _exactly(output, size)
            try:
                if is_junk(name):
                    for piece in pieces:
                        box.count_read(len(piece))
                else:
                    box.keep(name.replace("\\", "/"), pieces)
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


@contextmanager
def _program(command: Sequence[str]) -> Iterator[IO[bytes]]:
    """Run a program and give what it writes; it is ended when its output is no longer wanted."""
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        try:
            assert process.stdout is not None
            yield process.stdout
        finally:
            process.kill()
