"""In charge of forms without readable rules: the labels' column gives the rows, what stands right of it the values.

Leaves ruled tables to `scans.ruled`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from parsers.forms.grid import Cell, Grid
from parsers.forms.labels import Label, Labels
from parsers.scans.ocr import DOUBTFUL, Line
from parsers.scans.rows import joined, visual_rows

_IN_COLUMN = 0.93  #: share of the text right of the labels from which they are a column
_MOST_PIECES = 4  #: lines a label may be broken into


@dataclass(frozen=True)
class _Row:
    """A label of the left column and the lines of its value."""

    label: Label
    pieces: tuple[Line, ...]

    @property
    def middle(self) -> float:
        return (self.pieces[0].box[1] + self.pieces[-1].box[3]) / 2


def instead_of(grids: Sequence[Grid], lines: Sequence[Line], labels: Labels, page: int) -> Grid | None:
    """Return the page's rows by its labels where ruled tables hold clearly fewer of them: rules broken, or never printed."""
    told = {label.field for grid in grids for cell in grid.cells if (label := labels.whole(cell.text))}
    here = {row.label.field for row in _left_rows(_all_parted(lines, labels), labels)}
    return column_grid(lines, labels, page) if len(here) > len(told) + 1 else None


def column_grid(lines: Sequence[Line], labels: Labels, page: int) -> Grid | None:
    """Return labels and values as a table of rows, or None where fewer than three labels stand in one column."""
    lines = _all_parted(lines, labels)
    rows = _left_rows(lines, labels)
    if len({row.label.field for row in rows}) < 3:
        return None
    pieces = {piece for row in rows for piece in row.pieces}
    edge = min(piece.box[2] for piece in pieces)
    top = rows[0].pieces[0].box[1] - _high(rows[0].pieces[0])
    below = [line for line in lines if line not in pieces and line.box[3] > top]
    values = [line for line in below if line.box[0] > edge]
    if sum(len(line.text) for line in values) < _IN_COLUMN * sum(len(line.text) for line in below):
        return None  # values run on under their labels: lines of text, no columns
    ends = [*_ends(rows, values), float("inf")]
    cells: list[Cell] = []
    start = float("-inf")
    for number, (row, end) in enumerate(zip(rows, ends, strict=True)):
        inside = [line for line in values if start < line.middle <= end]
        cells += _cells(row, inside, labels, number, page)
        start = end
    return Grid(tuple(cells))


def _all_parted(lines: Sequence[Line], labels: Labels) -> list[Line]:
    """Return the lines, those that hold a label and its value cut in two."""
    edges = [line.box[2] for line in lines if labels.whole(line.text)]
    left = min(edges, default=0.0)
    return [part for line in lines for part in _parted(line, labels, in_column=line.box[0] < left)]


def _parted(line: Line, labels: Labels, *, in_column: bool) -> tuple[Line, ...]:
    """Return "视频名称 诚信的味道" as two lines, cut where the label's characters end; in the labels' column no gap is needed."""
    text = line.text.rstrip()
    head = labels.leading(text)
    rest = head.rest if head else _behind(text, labels) if in_column else ""
    if not rest or labels.whole(text):
        return (line,)
    seen = text.removesuffix(rest).rstrip()
    left, top, right, bottom = line.box
    cut = left + (right - left) * _width(seen) / max(_width(text), 1.0)
    return replace(line, text=seen, box=(left, top, cut, bottom)), replace(
        line, text=rest, box=(cut + 1, top, right, bottom)
    )


def _behind(text: str, labels: Labels) -> str:
    """Return what follows a label of three characters or more that was read as one word with its value."""
    heads = [label for label in labels.by_text if len(label) >= 3 and text.startswith(label)]
    return text[len(max(heads, key=len)) :] if heads else ""


def _width(text: str) -> float:
    """Return how wide a text is set, in full-width characters."""
    return sum(0.55 if character.isascii() else 1.0 for character in text)


def _cells(row: _Row, inside: Sequence[Line], labels: Labels, number: int, page: int) -> Iterator[Cell]:
    """Give a row's cells: a second label in it (邮箱 right of 联系电话) begins a cell of its own, and what stands right of it is its value."""
    yield _cell("".join(piece.text for piece in row.pieces), row.pieces, number, 0, page)
    inner = sorted((line for line in inside if labels.whole(line.text)), key=lambda line: line.box[0])
    starts = [float("-inf"), *(line.box[0] for line in inner), float("inf")]
    for place, (left, right) in enumerate(pairwise(starts)):
        if place:
            yield _cell(inner[place - 1].text, inner[place - 1 : place], number, 2 * place, page)
        value = [line for line in inside if left <= line.box[0] < right and line not in inner]
        yield _cell(joined(value), value, number, 2 * place + 1, page)


def _cell(text: str, lines: Sequence[Line], row: int, column: int, page: int) -> Cell:
    # Without rules only the distance tells where a value of several lines ends: a neighbour's line may have come in.
    unsure = len(lines) > 1 or any(line.score < DOUBTFUL for line in lines)
    return Cell(text, row, column, page=page, unsure=unsure)


def _left_rows(lines: Sequence[Line], labels: Labels) -> list[_Row]:
    """Return the labels of the leftmost column, top to bottom, those in pieces put together."""
    whole = [line for line in lines if labels.whole(line.text)]
    if not whole:
        return []
    first = min(whole, key=lambda line: line.box[0])
    edge = max(line.box[2] for line in whole if line.box[0] < first.box[2])
    column = [line for line in lines if line.box[2] < edge + _high(first)]
    return list(_assembled(sorted(column, key=lambda line: line.middle), labels))


def _assembled(column: Sequence[Line], labels: Labels) -> Iterator[_Row]:
    at = 0
    while at < len(column):
        for count in range(min(_MOST_PIECES, len(column) - at), 0, -1):
            pieces = tuple(column[at : at + count])
            label = labels.whole("".join(piece.text for piece in pieces))
            if label and all(below.box[1] - above.box[3] < 1.5 * _high(above) for above, below in pairwise(pieces)):
                yield _Row(label, pieces)
                at += count - 1
                break
        at += 1


def _ends(rows: Sequence[_Row], values: Sequence[Line]) -> Iterator[float]:
    """Give the height where each row but the last ends: a wide gap, as far below the label's middle as the row began above.

    Labels set in the middle of their row tell a row of many lines by its symmetry.
    """
    if all(any(abs(line.middle - row.pieces[0].middle) < 0.35 * _high(line) for line in values) for row in rows):
        yield from (row.pieces[0].box[1] for row in rows[1:])  # labels stand beside the first line of their value
        return
    spans = [(min(line.box[1] for line in row), max(line.box[3] for line in row)) for row in visual_rows(values)]
    gaps = [(lower[0] - upper[1], (lower[0] + upper[1]) / 2) for upper, lower in pairwise(spans)]
    start = rows[0].pieces[0].box[1]
    for above, below in pairwise(rows):
        near = [gap for gap in gaps if above.middle <= gap[1] <= below.middle]
        wide = [gap for gap in near if gap[0] >= 0.4 * max(near)[0]]
        goal = 2 * above.middle - start
        midway = (above.middle + below.middle) / 2
        start = min((middle for _, middle in wide), key=lambda middle: abs(middle - goal), default=midway)
        yield start


def _high(line: Line) -> float:
    return line.box[3] - line.box[1]
