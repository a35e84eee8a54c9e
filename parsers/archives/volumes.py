"""In charge of archives cut into pieces: told by name and by their own headers, put together when all are there.

Leaves laying pieces together to `archives.rar_volumes` and `archives.zip_volumes` where those have headers of their own, and unpacking to `archive`.
"""

import re
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfileobj
from tempfile import NamedTemporaryFile
from typing import IO

from domain.kinds import Cut
from domain.mail import Volume
from domain.text import fold
from parsers.archives.rar_blocks import RarBroken, read_volume
from parsers.archives.rar_volumes import join_rar
from parsers.archives.zip_volumes import ZipNotJoined, join_zip, last_volume
from parsers.message.filenames import FileName
from parsers.message.letter import Carried
from parsers.message.transfer import kept

#: What browsers and netdisks add to the name of a file they have already: 材料.part2(1).rar
_AGAIN = r"(?:\s?\(\d{1,2}\))?"
_PIECE = re.compile(
    r"(?P<whole>.+\.(?:zip|7z|rar|tar|tgz|tar\.(?:gz|bz2|xz)))\.(?P<number>\d{3})" + _AGAIN, re.IGNORECASE
)
_PART = re.compile(rf"(?P<stem>.+)\.part(?P<number>\d{{1,4}}){_AGAIN}\.rar", re.IGNORECASE)
_LETTER = re.compile(rf"(?P<stem>.+)\.(?P<letter>[r-y])(?P<number>\d\d){_AGAIN}", re.IGNORECASE)
_SPAN = re.compile(rf"(?P<stem>.+)\.z(?P<number>\d\d){_AGAIN}", re.IGNORECASE)
_LAST = re.compile(rf"(?P<stem>.+?){_AGAIN}\.(?P<suffix>zip|rar)", re.IGNORECASE)

_HEAD7 = struct.Struct("<6s2x4x2Q")  #: signature, version, CRC; offset and size of the header at the end: 7zFormat.txt


@dataclass(frozen=True)
class Piece:
    """A file that is one piece of an archive."""

    carried: Carried
    volume: Volume


@dataclass(frozen=True)
class Together:
    """What became of the pieces among some files."""

    whole: tuple[Carried, ...] = ()  #: archives whose pieces are all there
    unfit: tuple[str, ...] = ()  #: names of archives whose pieces are there and do not fit together
    left: tuple[Piece, ...] = ()  #: pieces of archives that are not whole
    pieces: frozenset[str] = frozenset()  #: sha256 of every piece: none is an archive to be opened


def put_together(files: Iterable[Carried], out: Path, most: int) -> Together:
    """Put the archives together whose pieces are all among the files, `most` bytes at most; written to `out`."""
    every = tuple(_pieces(files))
    sets: dict[tuple[str, Cut], dict[int, Piece]] = {}
    for piece in every:
        sets.setdefault(set_of(piece.volume), {}).setdefault(piece.volume.number, piece)
    whole: list[Carried] = []
    unfit: list[str] = []
    left: list[Piece] = []
    for pieces in sets.values():
        in_order = [pieces[number] for number in sorted(pieces)]
        if is_whole(in_order) and sum(piece.carried.blob.size for piece in in_order) <= most:
            try:
                whole.append(_joined(in_order, out))
            except (RarBroken, ZipNotJoined):
                unfit.append(in_order[0].volume.whole)
        else:
            left += _with_total(in_order)
    return Together(tuple(whole), tuple(unfit), tuple(left), frozenset(piece.carried.blob.sha256 for piece in every))


def set_of(volume: Volume) -> tuple[str, Cut]:
    """Return what the pieces of one archive have in common."""
    return fold(volume.whole), volume.cut


def volume_of(name: str, path: Path) -> Volume | None:
    """Return which piece of what archive a file is; None where it is an archive of its own, or none."""
    name = name.strip()
    if match := _PIECE.fullmatch(name):
        number = int(match["number"])
        return (
            Volume(whole=match["whole"], cut=Cut.BYTES, number=number, total=_bytes_total(path, number))
            if number
            else None
        )
    if match := _PART.fullmatch(name):
        return _rar(f"{match['stem']}.rar", Cut.PARTS, int(match["number"]), path)
    if match := _SPAN.fullmatch(name):
        return Volume(whole=f"{match['stem']}.zip", cut=Cut.SPANNED, number=int(match["number"]))
    if match := _LETTER.fullmatch(name):
        hundreds = ord(match["letter"].lower()) - ord("r")
        return _rar(f"{match['stem']}.rar", Cut.LETTERS, 2 + 100 * hundreds + int(match["number"]), path)
    if not (match := _LAST.fullmatch(name)):
        return None
    if match["suffix"].lower() == "rar":
        return _rar(f"{match['stem']}.rar", Cut.LETTERS, 1, path)
    total = last_volume(path)
    whole = f"{match['stem']}.zip"
    return Volume(whole=whole, cut=Cut.SPANNED, number=total, total=total) if total and total > 1 else None


def is_whole(pieces: Sequence[Piece]) -> bool:
    """Tell whether pieces in their order are an archive: none missing between, and the last known to be the last.

    Of pieces without headers the last is the one that is smaller than the others, where the archive itself does not tell.
    """
    if [piece.volume.number for piece in pieces] != list(range(1, len(pieces) + 1)):
        return False
    if total := total_of(piece.volume for piece in pieces):
        return total == len(pieces)
    first, last = pieces[0], pieces[-1]
    return first.volume.cut is Cut.BYTES and last.carried.blob.size < first.carried.blob.size


def total_of(volumes: Iterable[Volume]) -> int | None:
    """Return how many pieces there are, as some of them tell, or None."""
    return max((volume.total for volume in volumes if volume.total), default=None)


def _pieces(files: Iterable[Carried]) -> Iterator[Piece]:
    for carried in files:
        if volume := volume_of(carried.name.text, carried.blob.path):
            yield Piece(carried, volume)


def _with_total(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Yield pieces that all say how many there are, where one of them does."""
    total = total_of(piece.volume for piece in pieces)
    for piece in pieces:
        yield Piece(piece.carried, piece.volume.model_copy(update={"total": total}))


def _rar(whole: str, cut: Cut, number: int, path: Path) -> Volume | None:
    """Return what a RAR's own headers say; one that is no volume, whatever its name, is opened by itself."""
    try:
        read = read_volume(path)
    except RarBroken:
        return None
    if not read.is_volume or not number:
        return None
    return Volume(whole=whole, cut=cut, number=number, total=None if read.goes_on else number)


def _bytes_total(path: Path, number: int) -> int | None:
    """Return how many pieces a plainly cut archive has: a 7z's first tells its size, a zip's last has its directory."""
    if last_volume(path) == 1:
        return number
    with path.open("rb") as file:
        head = file.read(_HEAD7.size)
        size = file.seek(0, 2)
    if number == 1 and len(head) == _HEAD7.size and head.startswith(b"7z\xbc\xaf\x27\x1c"):
        _, offset, length = _HEAD7.unpack(head)
        return -(-int(_HEAD7.size + offset + length) // size)
    return None


def _joined(pieces: Sequence[Piece], out: Path) -> Carried:
    """Write pieces as one archive. Raises RarBroken, ZipNotJoined."""
    volume = pieces[0].volume
    paths = [piece.carried.blob.path for piece in pieces]
    with NamedTemporaryFile("w+b", dir=out, suffix=".part", delete=False) as target:
        try:
            _JOIN[volume.cut](paths, target)
        except (RarBroken, ZipNotJoined):
            Path(target.name).unlink()
            raise
    return Carried(FileName(volume.whole), kept(Path(target.name)))


def _join_bytes(paths: Sequence[Path], target: IO[bytes]) -> None:
    for path in paths:
        with path.open("rb") as source:
            copyfileobj(source, target, 1 << 20)


_JOIN: dict[Cut, Callable[[Sequence[Path], IO[bytes]], None]] = {
    Cut.BYTES: _join_bytes, Cut.PARTS: join_rar, Cut.LETTERS: join_rar, Cut.SPANNED: join_zip,
}  # fmt: skip
