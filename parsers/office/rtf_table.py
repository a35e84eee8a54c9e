"""In charge of gathering RTF's rows and cells (RTF 1.9.1, Table Definitions) into a grid.

An RTF row states the right edge of each cell; columns are the edges of all rows put together.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from parsers.forms.grid import Cell, Grid
from parsers.forms.reading import Block

_SAME_EDGE = 30  # twips: writers round
_MOST_COLUMNS = 200


@dataclass(slots=True)
class CellEdge:
    r"""What \cellx and the words before it say of a cell."""

    right: int
    goes_on_down: bool = False  #: \clvmrg
    goes_on_right: bool = False  #: \clmrg


@dataclass(slots=True)
class Table:
    """A table being read at one level of nesting."""

    edges: list[CellEdge] = field(default_factory=list)
    left: int = 0
    pending: CellEdge = field(default_factory=lambda: CellEdge(0))
    cells: list[list[Block]] = field(default_factory=list)
    rows: list[tuple[int, list[CellEdge], list[list[Block]]]] = field(default_factory=list)

    def begin_row(self) -> None:
        r"""\trowd: forget the last row's definition."""
        self.edges, self.left, self.pending = [], 0, CellEdge(0)

    def edge(self, right: int) -> None:
        r"""\cellx."""
        if len(self.edges) < _MOST_COLUMNS:
            self.pending.right = right
            self.edges.append(self.pending)
        self.pending = CellEdge(0)

    def end_row(self) -> None:
        r"""\row: the cells gathered are its cells; where the definition is short, places are made up."""
        edges = [CellEdge(edge.right, edge.goes_on_down, edge.goes_on_right) for edge in self.edges[: len(self.cells)]]
        while len(edges) < len(self.cells):
            edges.append(CellEdge((edges[-1].right if edges else self.left) + 1000))
        if self.cells:
            self.rows.append((self.left, edges, self.cells))
        self.cells = []

    def grid(self) -> Grid:
        """Return the rows read so far as a grid."""
        columns = _columns(
            [edge.right for _, edges, _ in self.rows for edge in edges] + [left for left, _, _ in self.rows]
        )
        cells: list[Cell] = []
        above: dict[int, int] = {}
        for number, (left, edges, contents) in enumerate(self.rows):
            start = _place(columns, left)
            for edge, blocks in zip(edges, contents, strict=True):
                end = max(_place(columns, edge.right), start + 1)
                if edge.goes_on_down and start in above:
                    old = cells[above[start]]
                    cells[above[start]] = replace(old, row_span=number - old.row + 1)
                elif edge.goes_on_right and cells and cells[-1].row == number:
                    cells[-1] = replace(cells[-1], column_span=end - cells[-1].column)
                else:
                    above[start] = len(cells)
                    cells.append(_cell(blocks, number, start, end))
                start = end
        return Grid(tuple(cells))


def _cell(blocks: Sequence[Block], row: int, start: int, end: int) -> Cell:
    text = "\n".join(block if isinstance(block, str) else block.text() for block in blocks)
    nested = tuple(block for block in blocks if isinstance(block, Grid))
    return Cell(text, row, start, column_span=end - start, nested=nested)


def _columns(edges: Sequence[int]) -> list[int]:
    columns: list[int] = []
    for edge in sorted(set(edges)):
        if not columns or edge - columns[-1] > _SAME_EDGE:
            columns.append(edge)
    return columns


def _place(columns: Sequence[int], edge: int) -> int:
    return bisect_left(columns, edge - _SAME_EDGE)
