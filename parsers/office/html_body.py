"""In charge of what a page shows: text by blocks, white space as a browser folds it, tables with their spans.

Leaves decoding to `parsers.html`. Deleted and hidden text is not content.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import product

from bs4.element import NavigableString, PreformattedString, Tag

from parsers.forms.grid import Cell, Grid
from parsers.forms.reading import Block

_BLOCKS = frozenset(
    "address article aside blockquote body center dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section ul".split()  # noqa: SIM905 - one line reads as the list it is in the HTML standard
)
_SKIPPED = frozenset(
    {"script", "style", "head", "template", "del", "iframe", "object", "noscript", "title", "select", "xml"}
)
_HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all|visibility\s*:\s*hidden", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\r\n\f]+")
_WIDE = r"[\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\u3000-\u303f]"
_WRAP = re.compile(rf"(?<={_WIDE})[ \t]*[\r\n]+[ \t]*(?={_WIDE})")  # a source line wrapped between two characters
_MOST_SPAN = 63
_MOST_COLUMNS = 200  #: beyond them spans are not followed
_MOST_DEPTH = 100


@dataclass(slots=True)
class _Flow:
    """Blocks being gathered, and the line not yet ended."""

    blocks: list[Block] = field(default_factory=list)
    line: list[str] = field(default_factory=list)

    def end_line(self, *, keep_empty: bool = False) -> None:
        text = _WRAP.sub("", "".join(self.line))
        text = "\n".join(_SPACE.sub(" ", piece).strip(" ") for piece in text.split("\x00"))
        if text or keep_empty:
            self.blocks.append(text)
        self.line.clear()


class HtmlReader:
    """Walks a page. Deeper than `_MOST_DEPTH` elements only the text is taken."""

    def blocks(self, root: Tag) -> list[Block]:
        """Return lines and tables in reading order."""
        flow = _Flow()
        self._walk(root, flow, 0)
        flow.end_line()
        return flow.blocks

    def _walk(self, element: Tag, flow: _Flow, depth: int) -> None:
        for inner in element.children:
            if isinstance(inner, Tag):
                if depth > _MOST_DEPTH:
                    flow.line.append(inner.get_text(" "))
                elif not _unseen(inner):
                    self._element(inner, flow, depth + 1)
            elif isinstance(inner, NavigableString) and not isinstance(inner, PreformattedString):
                flow.line.append(str(inner))

    def _element(self, element: Tag, flow: _Flow, depth: int) -> None:
        name = element.name
        if name == "br":
            flow.line.append("\x00")
        elif name == "table":
            flow.end_line()
            flow.blocks.append(self._table(element, depth))
        elif name in _BLOCKS:
            flow.end_line()
            self._walk(element, flow, depth)
            flow.end_line()
        elif name in {"input", "textarea"}:
            flow.line.append(_typed(element))
        else:
            self._walk(element, flow, depth)

    def _table(self, table: Tag, depth: int) -> Grid:
        cells: list[Cell] = []
        covered: set[tuple[int, int]] = set()
        for row, element in enumerate(_rows(table)):
            column = 0
            for inner in element.find_all(["td", "th"], recursive=False):
                while (row, column) in covered:
                    column += 1
                cell = self._cell(inner, row, column, depth)
                if column < _MOST_COLUMNS:
                    covered.update(product(range(row, row + cell.row_span), range(column, column + cell.column_span)))
                cells.append(cell)
                column += cell.column_span
        return Grid(_within(cells))

    def _cell(self, element: Tag, row: int, column: int, depth: int) -> Cell:
        flow = _Flow()
        self._walk(element, flow, depth)
        flow.end_line()
        text = "\n".join(block if isinstance(block, str) else block.text() for block in flow.blocks)
        nested = tuple(block for block in flow.blocks if isinstance(block, Grid))
        return Cell(text, row, column, _span(element, "rowspan"), _span(element, "colspan"), nested=nested)


def _unseen(element: Tag) -> bool:
    return element.name in _SKIPPED or bool(_HIDDEN.search(str(element.get("style") or "")))


def _typed(element: Tag) -> str:
    """Return what a web form's field shows."""
    if element.name == "textarea":
        return element.get_text()
    shown = str(element.get("type") or "text").lower() in {"text", "email", "tel"}
    return str(element.get("value") or "") if shown else ""


def _rows(table: Tag) -> Iterator[Tag]:
    for inner in table.find_all(["tr", "tbody", "thead", "tfoot"], recursive=False):
        if inner.name == "tr":
            yield inner
        else:
            yield from inner.find_all("tr", recursive=False)


def _span(element: Tag, name: str) -> int:
    digits = re.match(r"\s*(\d{1,4})", str(element.get(name) or "1"))
    return min(max(int(digits[1]), 1), _MOST_SPAN) if digits else 1


def _within(cells: list[Cell]) -> tuple[Cell, ...]:
    """Return cells whose row spans end with the table."""
    last = max((cell.row for cell in cells), default=0)
    return tuple(replace(cell, row_span=min(cell.row_span, last - cell.row + 1)) for cell in cells)
