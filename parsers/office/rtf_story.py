r"""In charge of RTF's paragraphs and tables at two levels: what \par, \cell, \row, \nestcell and \nestrow end.

Leaves characters to `parsers.office.rtf_body`, places of cells to `parsers.office.rtf_table`.
"""

from dataclasses import dataclass, field

from parsers.forms.reading import Block
from parsers.office.rtf_table import Table


@dataclass(slots=True)
class Story:
    """The main text, or a text box inside it."""

    line: list[str] = field(default_factory=list)
    in_table: bool = False
    level: int = 1  #: of nesting: 1 is a table in the text
    _blocks: list[Block] = field(default_factory=list)
    _cell: list[Block] = field(default_factory=list)  #: paragraphs of the cell being read, and text boxes on the way
    _nested_cell: list[Block] = field(default_factory=list)
    _outer: Table = field(default_factory=Table)
    _nested: Table = field(default_factory=Table)

    @property
    def table(self) -> Table:
        """The table whose row is being defined."""
        return self._nested if self.level > 1 else self._outer

    def insert(self, blocks: list[Block]) -> None:
        """Take what a text box holds, to follow the paragraph it is anchored in."""
        (self._nested_cell if self.in_table and self.level > 1 else self._cell).extend(blocks)

    def paragraph(self) -> None:
        text = self._ended_line()
        if not self.in_table:
            self._end_table()
            self._blocks.extend([text, *self._cell])
            self._cell = []
        elif self.level > 1:
            self._nested_cell.append(text)
        else:
            self._cell.append(text)

    def cell(self) -> None:
        if self._nested.rows:
            self._cell.append(self._nested.grid())
        self._nested = Table()
        self._outer.cells.append([*self._cell, self._ended_line()])
        self._cell = []

    def nested_cell(self) -> None:
        self._nested.cells.append([*self._nested_cell, self._ended_line()])
        self._nested_cell = []

    def row(self) -> None:
        self._outer.end_row()

    def nested_row(self) -> None:
        self._nested.end_row()

    def finish(self) -> list[Block]:
        """Return the lines and tables, the last line without its end among them."""
        rest = self._ended_line()
        self._end_table()
        return [*self._blocks, *self._cell, *([rest] if rest else [])]

    def _end_table(self) -> None:
        if self._outer.rows:
            self._blocks.append(self._outer.grid())
        self._outer = Table()

    def _ended_line(self) -> str:
        r"""Return the line read; \u writes characters beyond the first plane as two halves."""
        text = "".join(self.line)
        self.line.clear()
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
