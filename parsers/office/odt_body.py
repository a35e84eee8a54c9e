"""In charge of the visible content of ODF text (ODF 1.3 part 3, 5 and 9): lines, tables, frames.

Tracked deletions stand apart in text:tracked-changes and are not content; nor are notes and annotations.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from lxml import etree

from parsers.forms.grid import Cell, Grid
from parsers.forms.reading import Block

_SKIPPED = frozenset({
    "tracked-changes", "note", "annotation", "annotation-end", "sequence-decls", "forms", "ruby-text", "hidden-text", "hidden-paragraph", "variable-decls",
    "user-field-decls", "title", "desc", "event-listeners", "bibliography-configuration", "placeholder",
})  # fmt: skip
_MOST_SPAN = 63
_MOST_REPEATED = 200

_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}text"

Element = etree._Element


def odt_blocks(root: Element) -> list[Block]:
    """Return lines and tables of content.xml in reading order."""
    body = next(root.iter(_TEXT), None)
    return list(_blocks(body)) if body is not None else []


def _blocks(container: Element) -> Iterator[Block]:
    for inner in container:
        name = _local(inner)
        if name in {"p", "h"}:
            pieces: list[str] = []
            frames: list[Element] = []
            _inline(inner, pieces, frames)
            yield "".join(pieces)
            for frame in frames:
                yield from _blocks(frame)
        elif name == "table":
            yield _table(inner)
        elif name and name not in _SKIPPED:
            yield from _blocks(inner)


def _inline(element: Element, pieces: list[str], frames: list[Element]) -> None:
    pieces.append(element.text or "")
    for inner in element:
        name = _local(inner)
        if name == "s":
            pieces.append(" " * min(_number(inner, "c"), 1000))
        elif name in {"tab", "line-break"}:
            pieces.append("\t" if name == "tab" else "\n")
        elif name in {"text-box", "custom-shape", "rect"}:
            frames.append(inner)
        elif name and name not in _SKIPPED:
            _inline(inner, pieces, frames)
        pieces.append(inner.tail or "")


def _table(table: Element) -> Grid:
    cells: list[Cell] = []
    row = 0
    for element in _rows(table):
        column = 0
        for inner in element:
            name = _local(inner)
            if name in {"table-cell", "covered-table-cell"}:
                repeated = min(_number(inner, "number-columns-repeated"), _MOST_SPAN)
                if name == "table-cell":
                    cells.extend(_cell(inner, row, column + copy) for copy in range(repeated))
                column += repeated
        row += 1
    return Grid(tuple(replace(cell, row_span=min(cell.row_span, row - cell.row)) for cell in cells))


def _cell(element: Element, row: int, column: int) -> Cell:
    blocks = list(_blocks(element))
    rows, columns = _number(element, "number-rows-spanned"), _number(element, "number-columns-spanned")
    return Cell(
        _joined(blocks),
        row,
        column,
        rows,
        min(columns, _MOST_SPAN),
        nested=tuple(b for b in blocks if isinstance(b, Grid)),
    )


def _joined(blocks: Sequence[Block]) -> str:
    return "\n".join(block if isinstance(block, str) else block.text() for block in blocks)


def _rows(table: Element) -> Iterator[Element]:
    for inner in table:
        name = _local(inner)
        if name == "table-row":
            for _ in range(min(_number(inner, "number-rows-repeated"), _MOST_REPEATED)):
                yield inner
        elif name in {"table-header-rows", "table-rows", "table-row-group"}:
            yield from _rows(inner)


def _local(element: Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _number(element: Element, name: str) -> int:
    """Return a count among the attributes, 1 where it is missing or none."""
    text = next((str(value) for key, value in element.attrib.items() if str(key).endswith("}" + name)), "1")
    return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) < 6 else 1
