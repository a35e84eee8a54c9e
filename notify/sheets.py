"""In charge of how a sheet is written: formats, texts that stay texts, links to files. Leaves what stands in it to `workbook`.

Every text is written as text, and one that could be taken for a formula is marked so: names come from strangers.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote as percent

from domain.kinds import Decision
from domain.notice import SHANGHAI
from domain.text import clean
from domain.value import Value
from notify.labels import RESULTS

_LONGEST_CELL = 4000  #: characters; Excel takes 32,767
_MOST_LINKS = 65_000  #: Excel takes 65,530 on one sheet
_LONGEST_LINK = 2000  #: characters; Excel takes 2,080
_EPOCH, _DAY = datetime(1899, 12, 30, tzinfo=SHANGHAI), timedelta(days=1)
_LINE = 14  #: points
_LONGEST_SHOWN = 600  #: characters that decide how tall a row is
_MOST_LINES = 8  #: a row is no taller: the rest is there when the cell is opened
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_TINTS = {
    RESULTS[Decision.ACCEPTED]: "#DCFCE7",
    RESULTS[Decision.NEEDS_SUPPLEMENT]: "#FEF3C7",
    RESULTS[Decision.MANUAL_REVIEW]: "#DBEAFE",
    RESULTS[Decision.REJECTED]: "#FEE2E2",
}


class FileLink(Value):
    """A cell that opens a file or folder."""

    text: str
    target: str  #: relative to the workbook, with /


Filled = str | int | float | datetime | FileLink
Cell = Filled | None


class Column(Value):
    name: str
    width: float  #: characters


def columns(*pairs: tuple[str, float]) -> tuple[Column, ...]:
    """Return columns by name and width."""
    return tuple(Column(name=name, width=width) for name, width in pairs)


class Writer:
    """A workbook being written: formats shared by its sheets."""

    def __init__(self, book: Any, said: Callable[[str], str] = str) -> None:
        """`said` turns names of sheets and columns into the words of the call."""
        self._said = said
        base = {
            "font_name": "微软雅黑",
            "font_size": 10,
            "valign": "top",
            "text_wrap": True,
        }
        self._book = book
        self._head = book.add_format(
            base | {"bold": True, "bg_color": "#B01E23", "font_color": "#FFFFFF", "valign": "vcenter"}
        )
        self._text = book.add_format(base)
        self._quoted = book.add_format(base | {"quote_prefix": True})
        self._date = book.add_format(base | {"num_format": "yyyy-mm-dd hh:mm"})
        self._link = book.add_format(base | {"font_color": "#1D4ED8", "underline": 1})
        self._tints = {
            text: book.add_format(base | {"bg_color": colour, "bold": True}) for text, colour in _TINTS.items()
        }
        self._links = 0

    def sheet(
        self,
        name: str,
        columns: Sequence[Column],
        rows: Iterable[Iterable[Cell]],
        *,
        tinted: int | None = None,
        printed: int | None = None,
    ) -> None:
        """Add a sheet: frozen header, filter, one row a record.

        `tinted` is the column coloured by its text, `printed` how many columns a page has room for (default: all); they
        decide how tall a row is.
        """
        sheet = self._book.add_worksheet(self._said(name))
        self._links = 0
        self._lay_out(sheet, columns)
        count = 0
        for count, row in enumerate(rows, start=1):
            cells = tuple(row)
            if (lines := _lines(cells[:printed], columns[:printed])) > 1:
                sheet.set_row(count, _LINE * lines)
            for index, cell in enumerate(cells):
                if cell is not None and cell != "":
                    self._cell(sheet, count, index, cell, tint=index == tinted)
        sheet.autofilter(0, 0, count, len(columns) - 1)
        sheet.print_area(0, 0, count, (printed or len(columns)) - 1)

    def _lay_out(self, sheet: Any, columns: Sequence[Column]) -> None:
        sheet.freeze_panes(1, 1)
        sheet.hide_gridlines(0)  # printed too: borders would make every empty cell a cell to write
        sheet.set_landscape()
        sheet.set_paper(9 if len(columns) < 15 else 8)  # A4, A3
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.set_row(0, 24)
        for index, column in enumerate(columns):
            sheet.set_column(index, index, column.width)
            sheet.write_string(0, index, self._said(column.name), self._head)

    def _cell(self, sheet: Any, row: int, index: int, cell: Filled, *, tint: bool) -> None:
        match cell:
            case str():
                text = (cell if cell.isprintable() else clean(cell))[:_LONGEST_CELL]
                plain = self._quoted if cell.startswith(_FORMULA) or text.startswith(_FORMULA) else self._text
                sheet.write_string(row, index, text, self._tints.get(text, plain) if tint else plain)
            case datetime():
                sheet.write_number(row, index, _serial(cell), self._date)
            case int() | float():
                sheet.write_number(row, index, cell, self._text)
            case FileLink():
                self._open(sheet, row, index, cell)

    def _open(self, sheet: Any, row: int, index: int, link: FileLink) -> None:
        """Write a link, as text where Excel would take no more. Escaped by us, so that `#` and `%` in names stay names."""
        target = "".join(percent(char) if char in '%# "<>[]^`{}?' else char for char in link.target)
        if self._links >= _MOST_LINKS or len(target) > _LONGEST_LINK:
            self._cell(sheet, row, index, link.text, tint=False)
            return
        self._links += 1
        sheet.write_url(row, index, f"external:{target}", self._link, clean(link.text)[:200])


def _serial(moment: datetime) -> float:
    """Return Beijing's clock as Excel counts: days since the end of 1899. Within one zone Python subtracts clocks, not moments."""
    return (moment.astimezone(SHANGHAI) - _EPOCH) / _DAY


def _lines(cells: Sequence[Cell], columns: Sequence[Column]) -> int:
    """Return how many lines a row shows: as many as its fullest cell fills. A Chinese character is two wide."""
    fullest = 1
    for cell, column in zip(cells, columns, strict=True):
        if isinstance(cell, str) and (len(cell) * 2 > column.width or "\n" in cell):
            shown = cell[:_LONGEST_SHOWN].split("\n")
            fullest = max(fullest, sum(1 + int(2 * len(line) // column.width) for line in shown))
            if fullest >= _MOST_LINES:
                return _MOST_LINES
    return fullest
