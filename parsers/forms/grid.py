"""In charge of the one shape every table is brought to: cells with their place and spans.

Leaves making grids to the readers of each format, and finding fields in them to `parsers.forms.reading`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

_MOST_PLACES = 1_000_000  #: looked at in one table, however far its cells claim to span


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as shown. A merged cell stands once, at its top left place."""

    text: str
    row: int
    column: int  #: grid column, merged columns counted
    row_span: int = 1
    column_span: int = 1
    page: int | None = None  #: 0-based, where the file has pages
    unsure: bool = False  #: its text is doubtful (OCR)
    nested: tuple["Grid", ...] = ()  #: tables inside it; their text is part of `text` too


@dataclass(frozen=True)
class Grid:
    """A table. Cells are in reading order."""

    cells: tuple[Cell, ...]

    @classmethod
    def of(cls, rows: Sequence[Sequence[str | None]], page: int | None = None) -> "Grid":
        """Return a grid of plain rows without merged cells; None is an empty cell."""
        cells = (
            Cell(text or "", row, column, page=page)
            for row, texts in enumerate(rows)
            for column, text in enumerate(texts)
        )
        return cls(tuple(cells))

    @cached_property
    def rows(self) -> tuple[tuple[Cell, ...], ...]:
        """The cells that begin in each row, left to right."""
        lines: list[list[Cell]] = [[] for _ in range(1 + max((cell.row for cell in self.cells), default=-1))]
        for cell in self.cells:
            lines[cell.row].append(cell)
        return tuple(tuple(sorted(line, key=lambda cell: cell.column)) for line in lines)

    @cached_property
    def _places(self) -> dict[tuple[int, int], Cell]:
        claims = ((place, cell) for cell in self.cells for place in _covered(cell))
        places: dict[tuple[int, int], Cell] = {}
        for place, owner in islice(claims, _MOST_PLACES):
            places.setdefault(place, owner)
        return places

    def at(self, row: int, column: int) -> Cell | None:
        """Return the cell that covers a place, or None outside the table and in its gaps."""
        return self._places.get((row, column))

    def text(self) -> str:
        """Return the whole text: cells of a row joined by tabs, rows by line feeds."""
        return "\n".join("\t".join(cell.text for cell in row) for row in self.rows)


def _covered(cell: Cell) -> Iterator[tuple[int, int]]:
    for row in range(cell.row, cell.row + cell.row_span):
        for column in range(cell.column, cell.column + cell.column_span):
            yield row, column
