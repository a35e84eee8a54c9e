r"""In charge of the text of a binary Word document when its formatting cannot be read ([MS-DOC] 2.4.1, retrieving text).

Cells are told by their marks alone, so rows are not known, nor what tracking deleted: what is found this way is doubtful.
Leaves whole documents to `parsers.word_legacy`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from struct import error as unpack_error
from struct import iter_unpack, unpack_from

from parsers.forms.grid import Grid
from parsers.forms.labels import Labels
from parsers.forms.reading import Block

_COUNTS = 0x4C  #: FibRgLw97.ccpText and the six story lengths after it
_CLX, _BOXES, _ANCHORS = 0x1A2, 0x25A, 0x1DA  #: fc/lcb pairs of Clx, PlcftxbxTxt, PlcSpaMom
_SIXTEEN_BIT = 0x40000000
_ANCHOR, _CELL = "\x08", "\x07"
_MARKS = str.maketrans({"\r": "\n", "\x0b": "\n", "\x0c": "\n", "\x1e": "-", "\x1f": None, "\x01": None, "\x02": None, "\x05": None, "\xa0": " "})  # fmt: skip


class NothingToSalvage(Exception):
    """The text cannot be found either."""


@dataclass(frozen=True)
class _Stories:
    """Texts as UTF-16 units, little-endian: positions in the file count units, not characters."""

    main: bytes
    boxes: dict[int, bytes]  #: shape id → text of its box
    anchors: dict[int, int]  #: position in main → shape id


def salvage(word: bytes, table: bytes, labels: Labels) -> list[Block]:
    """Return the text as lines and rows of one table. `word` and `table` are the OLE streams. Raises NothingToSalvage."""
    try:
        stories = _stories(word, table)
    except (unpack_error, ValueError, IndexError, UnicodeDecodeError) as error:
        raise NothingToSalvage(type(error).__name__) from error
    placed = _text(_placed(stories)).replace(_ANCHOR, "")
    unplaced = [text for shape, text in stories.boxes.items() if shape not in stories.anchors.values()]
    lines = [line for text in unplaced for line in _text(text).translate(_MARKS).strip("\n").split("\n")]
    return [*_blocks(_without_fields(placed).translate(_MARKS), labels), *lines]


def _stories(word: bytes, table: bytes) -> _Stories:
    units = _units(word, table)
    counts = unpack_from("<7i", word, _COUNTS)
    base = sum(counts[:6])
    boxes = {
        unpack_from("<i", entry, 14)[0]: units[2 * (base + start) : 2 * (base + end)]
        for (start, end), entry in _plc(word, table, _BOXES, 22)
    }
    boxes.pop(0, None)  # the story's closing mark has no shape
    anchors = {start: unpack_from("<i", entry)[0] for (start, _), entry in _plc(word, table, _ANCHORS, 26)}
    return _Stories(units[: 2 * counts[0]], boxes, anchors)


def _units(word: bytes, table: bytes) -> bytes:
    """Return the whole text, all stories, put together by the piece table."""
    offset, size = unpack_from("<II", word, _CLX)
    clx = table[offset : offset + size]
    while clx[:1] == b"\x01":  # Prc: formatting, passed over
        clx = clx[3 + unpack_from("<H", clx, 1)[0] :]
    if clx[:1] != b"\x02":
        raise ValueError("no piece table")
    return b"".join(_piece(word, start, end, entry) for (start, end), entry in _entries(clx[5:], 8))


def _piece(word: bytes, start: int, end: int, entry: bytes) -> bytes:
    place = unpack_from("<I", entry, 2)[0]
    if place & _SIXTEEN_BIT:
        offset = (place & ~_SIXTEEN_BIT) // 2
        return word[offset : offset + end - start].decode("cp1252", "replace").encode("utf-16-le")
    return word[place : place + 2 * (end - start)]


def _plc(word: bytes, table: bytes, at: int, width: int) -> Iterator[tuple[tuple[int, int], bytes]]:
    offset, size = unpack_from("<II", word, at)
    return _entries(table[offset : offset + size], width)


def _entries(plc: bytes, width: int) -> Iterator[tuple[tuple[int, int], bytes]]:
    """Yield a PLC's ranges with their data ([MS-DOC] 2.2.2): n + 1 positions, then n entries."""
    count = max(len(plc) - 4, 0) // (4 + width)
    positions = [position for (position,) in iter_unpack("<i", plc[: 4 * (count + 1)])]
    data = plc[4 * (count + 1) :]
    for number, (start, end) in enumerate(pairwise(positions)):
        if end > start >= 0:
            yield (start, end), data[number * width : (number + 1) * width]


def _placed(stories: _Stories) -> bytes:
    """Return the main text with each text box where its shape is anchored."""
    pieces: list[bytes] = []
    last = 0
    for position, shape in sorted(stories.anchors.items()):
        pieces += [
            stories.main[2 * last : 2 * position],
            stories.boxes.get(shape, b"").removesuffix("\r".encode("utf-16-le")),
        ]
        last = position
    return b"".join([*pieces, stories.main[2 * last :]])


def _text(units: bytes) -> str:
    return units.decode("utf-16-le", "replace")


def _without_fields(text: str) -> str:
    r"""Return text with fields' instructions left out and their results kept: \x13 instruction \x14 result \x15."""
    kept: list[str] = []
    inside: list[bool] = []
    for character in text:
        if character == "\x13":
            inside.append(True)
        elif character == "\x14" and inside:
            inside[-1] = False
        elif character == "\x15" and inside:
            inside.pop()
        elif not any(inside):
            kept.append(character)
    return "".join(kept)


def _blocks(text: str, labels: Labels) -> Iterator[Block]:
    """Yield lines, and runs of cells as a table of one row: a label's answer is the cell behind it."""
    *cells, rest = text.split(_CELL)
    row: list[str] = []
    for cell in cells:
        lines, answer = _head(cell, labels)
        if lines:
            yield from _table(row)
            yield from lines
            row = []
        row.append(answer)
    yield from _table(row)
    yield from rest.strip("\n").split("\n")


def _head(cell: str, labels: Labels) -> tuple[list[str], str]:
    """Return the lines before a table that its first cell's mark does not tell from the cell."""
    *lines, last = cell.split("\n")
    return (lines, last) if lines and labels.whole(last) and not labels.whole(cell) else ([], cell)


def _table(row: Sequence[str]) -> Iterator[Grid]:
    if row:
        yield Grid.of([row])
