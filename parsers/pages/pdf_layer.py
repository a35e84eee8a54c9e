"""In charge of a PDF's text layer: whether it can be trusted, its tables as grids, its lines in order."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from domain.text import nfkc
from parsers.forms.grid import Cell, Grid
from parsers.forms.labels import Labels
from parsers.forms.reading import Block
from parsers.scans.columns import instead_of
from parsers.scans.layout import captions
from parsers.scans.ocr import Line
from parsers.scans.rows import joined, row_text, visual_rows
from parsers.scans.ruled import Box, Place, place_cells

_LEAST = 12  #: characters below which a page has no text worth the name
_STRANGE = re.compile(r"[\ue000-\uf8ff\ufffd\x00-\x08\x0e-\x1f]|\(cid:\d+\)")
_HAN = re.compile(r"[\u3400-\u9fff]")
_SAME_EDGE = 4.0  #: points within which edges of cells are one rule
_MOST_CHARACTERS = 40_000  #: of a page


def trusted(text: str) -> bool:
    """Tell whether a text layer says what the page shows: enough of it, and not the noise of a font without its map."""
    dense = "".join(text.split())
    if len(dense) < _LEAST:
        return False
    strange = sum(len(found) for found in _STRANGE.findall(dense))
    if strange > 0.08 * len(dense):
        return False
    han = _HAN.findall(dense)
    # A wrong map scatters characters over all of Unicode; written Chinese keeps to 3,755 (GB 2312, level 1).
    common = sum(_is_common(character) for character in han)
    readable = sum(character.isascii() and character.isprintable() for character in dense) + len(han)
    marks = sum(not character.isalnum() for character in dense)
    return common >= 0.7 * len(han) and readable + marks >= 0.75 * len(dense)


def _is_common(character: str) -> bool:
    try:
        return 0xB0 <= character.encode("gb2312")[0] <= 0xD7
    except UnicodeEncodeError:
        return False


def blocks_of(page: Any, labels: Labels, number: int) -> tuple[Block, ...]:
    """Return the tables and lines of a pdfplumber page from top to bottom."""
    page = page.dedupe_chars()
    characters = page.chars[:_MOST_CHARACTERS]
    tables = [places for table in page.find_tables() if (places := _places(table))]
    grids = [(table[0].box.top, _grid(table, characters, number)) for table in tables]
    lines = _lines(characters)
    if columns := instead_of([grid for _, grid in grids], lines, labels, number):
        return (*captions(lines, labels), columns)
    boxes = [place.box for table in tables for place in table]
    loose = _lines([one for one in characters if not any(_inside(box, one) for box in boxes)])
    texts: list[tuple[float, Block]] = [(row[0].box[1], _flat(row_text(row))) for row in visual_rows(loose)]
    return tuple(block for _, block in sorted([*texts, *grids], key=lambda pair: pair[0]))


def _places(table: Any) -> list[Place]:
    boxes = [Box(*(float(edge) for edge in cell)) for cell in table.cells]
    return place_cells([box for box in boxes if box.right - box.left > 3 and box.bottom - box.top > 3], _SAME_EDGE)


def _grid(table: Sequence[Place], characters: Sequence[dict[str, Any]], page: int) -> Grid:
    return Grid(tuple(_cell(place, characters, page) for place in table))


def _cell(place: Place, characters: Sequence[dict[str, Any]], page: int) -> Cell:
    text = joined(_lines([one for one in characters if _inside(place.box, one)]), place.box.right)
    return Cell(_flat(text), place.row, place.column, place.row_span, place.column_span, page=page)


def _lines(characters: Sequence[dict[str, Any]]) -> list[Line]:
    from pdfplumber.utils.text import extract_words

    words = extract_words(list(characters), keep_blank_chars=True, x_tolerance_ratio=0.7, y_tolerance=3)
    return [Line(word["text"], 1.0, (word["x0"], word["top"], word["x1"], word["bottom"])) for word in words]


def _inside(box: Box, character: dict[str, Any]) -> bool:
    return box.holds((character["x0"] + character["x1"]) / 2, (character["top"] + character["bottom"]) / 2)


def _flat(text: str) -> str:
    """Return text whose compatibility radicals (⽂, ⼀: a habit of some PDF writers) are plain characters."""
    return "".join(nfkc(character) if "\u2e80" <= character <= "\u2fdf" else character for character in text)


def text_of(blocks: Iterable[Block]) -> str:
    """Return blocks as plain text."""
    return "\n".join(block if isinstance(block, str) else block.text() for block in blocks)
