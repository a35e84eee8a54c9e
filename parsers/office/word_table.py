"""In charge of w:tbl (ISO/IEC 29500-1 §17.4): rows and cells through every wrapper, merged cells, deleted rows.

python-docx loses a cell inside a content control and shifts its row left; here wrappers are walked through.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from parsers.forms.grid import Cell, Grid
from parsers.forms.reading import Block
from parsers.office.word_xml import (
    Element,
    alternative,
    attribute,
    child,
    in_word,
    local,
    showing_placeholder,
    whole_number,
)

_MOST_COLUMNS = 63  # Word's own limit
_WRAPPERS = frozenset({"sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag"})


class TableReader:
    """Reads tables; `blocks` reads what stands in a cell."""

    def __init__(self, blocks: Callable[[Element], Sequence[Block]]) -> None:
        self._blocks = blocks

    def read(self, table: Element) -> Grid:
        """Return a table as shown: deleted rows are left out, a merged cell stands once."""
        cells: list[Cell] = []
        going_down: dict[int, int] = {}
        number = 0
        for row, _ in _wrapped(table, "tr", hidden=False):
            if child(row, "trPr", "del") is None:
                self._row(row, number, cells, going_down)
                number += 1
        return Grid(tuple(cells))

    def _row(self, row: Element, number: int, cells: list[Cell], going_down: dict[int, int]) -> None:
        column = min(max(whole_number(child(row, "trPr", "gridBefore"), 0), 0), _MOST_COLUMNS)
        for element, hidden in _wrapped(row, "tc", hidden=False):
            properties = child(element, "tcPr")
            if child(element, "tcPr", "cellDel") is not None:
                continue
            span = min(max(whole_number(child(element, "tcPr", "gridSpan"), 1), 1), _MOST_COLUMNS)
            if _continues(properties, "vMerge") and column in going_down:
                place = going_down[column]
                cells[place] = replace(cells[place], row_span=number - cells[place].row + 1)
            elif _continues(properties, "hMerge") and cells and cells[-1].row == number:
                cells[-1] = replace(cells[-1], column_span=cells[-1].column_span + span)
            else:
                going_down.pop(column, None)
                if child(element, "tcPr", "vMerge") is not None:
                    going_down[column] = len(cells)
                cells.append(self._cell(element, number, column, span, hidden=hidden))
            column += span

    def _cell(self, element: Element, row: int, column: int, span: int, *, hidden: bool) -> Cell:
        blocks = () if hidden else self._blocks(element)
        text = "\n".join(block if isinstance(block, str) else block.text() for block in blocks)
        nested = tuple(block for block in blocks if isinstance(block, Grid))
        return Cell(text, row, column, column_span=span, nested=nested)


def _continues(properties: Element | None, merge: str) -> bool:
    """Tell whether a cell goes on with a merge; the attribute's default is to continue (§17.4.84)."""
    element = child(properties, merge) if properties is not None else None
    return element is not None and (attribute(element, "val") or "continue") == "continue"


def _wrapped(container: Element, name: str, *, hidden: bool) -> Iterator[tuple[Element, bool]]:
    """Yield rows or cells through their wrappers, with whether a prompt is shown instead of content."""
    for inner in container:
        found = local(inner)
        if found == name and in_word(inner):
            yield inner, hidden
        elif found == "AlternateContent":
            yield from _wrapped(alternative(inner), name, hidden=hidden)
        elif found in _WRAPPERS:
            prompt = name == "tc" and found == "sdt" and showing_placeholder(inner)
            yield from _wrapped(inner, name, hidden=hidden or prompt)
