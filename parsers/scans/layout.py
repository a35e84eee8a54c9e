"""In charge of putting a page's lines into its tables: lines and rules → blocks of text and grids.

Leaves their meaning to `parsers.forms.reading`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from parsers.forms.grid import Cell, Grid
from parsers.forms.labels import Labels
from parsers.forms.reading import Block
from parsers.scans.columns import instead_of
from parsers.scans.ocr import DOUBTFUL, Line, Pixels, Quad, read_quads, sides
from parsers.scans.page import Page
from parsers.scans.rows import joined, row_text, visual_rows
from parsers.scans.ruled import Box, Place, find_tables


@dataclass(frozen=True)
class Layout:
    """A page as read: its blocks from top to bottom, and all its lines."""

    blocks: tuple[Block, ...]
    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        return "\n".join(row_text(row) for row in visual_rows(self.lines))


def lay_out(page: Page, labels: Labels, number: int) -> Layout:
    """Return a page's tables and lines. `number`: 0-based page of the file."""
    type_height = _type_height(page.quads)
    tables = find_tables(page.picture, type_height)
    boxes = [place.box for table in tables for place in table]
    pieces = [piece for quad in page.quads for piece in _split(quad, boxes)]
    outlines = [_aired(piece, boxes, pieces) for piece in pieces]
    lines = read_quads(page.picture, outlines)
    grids = [(table[0].box.top, _grid(table, lines, page.picture, number)) for table in tables]
    if columns := instead_of([grid for _, grid in grids], lines, labels, number):
        return Layout((*captions(lines, labels), columns), tuple(lines))
    loose = [line for line in lines if not any(box.holds(_middle(line), line.middle) for box in boxes)]
    return Layout(_in_order(loose, grids), tuple(lines))


def _in_order(loose: Sequence[Line], grids: Iterable[tuple[float, Grid]]) -> tuple[Block, ...]:
    texts: list[tuple[float, Block]] = [(row[0].box[1], row_text(row)) for row in visual_rows(loose)]
    return tuple(block for _, block in sorted([*texts, *grids], key=lambda pair: pair[0]))


def captions(lines: Iterable[Line], labels: Labels) -> list[str]:
    """Return the lines that are a form's printed title."""
    return [line.text for line in lines if labels.caption(line.text) is not None]


def _grid(table: Sequence[Place], lines: Sequence[Line], picture: Pixels, page: int) -> Grid:
    return Grid(tuple(_cell(place, lines, picture, page) for place in table))


def _cell(place: Place, lines: Sequence[Line], picture: Pixels, page: int) -> Cell:
    inside = [line for line in lines if place.box.holds(_middle(line), line.middle)]
    unsure = any(line.score < DOUBTFUL for line in inside) or _left_over(picture, place.box, inside)
    return Cell(
        joined(inside, place.box.right),
        place.row,
        place.column,
        place.row_span,
        place.column_span,
        page=page,
        unsure=unsure,
    )


def _left_over(picture: Pixels, box: Box, lines: Iterable[Line]) -> bool:
    """Tell whether something is written in a cell beside what was read: handwriting not made out is not an empty answer."""
    air = 6
    left, top, right, bottom = (
        round(box.left) + air,
        round(box.top) + air,
        round(box.right) - air,
        round(box.bottom) - air,
    )
    ink = picture[top : max(bottom, top), left : max(right, left)] < 110
    for line in lines:
        x0, y0, x1, y1 = (round(edge) for edge in line.box)
        ink[max(0, y0 - 4 - top) : max(0, y1 + 4 - top), max(0, x0 - 12 - left) : max(0, x1 + 12 - left)] = False
    return ink.size > 0 and int(ink.sum()) > max(120, 0.004 * ink.size)


def _split(quad: Quad, boxes: Iterable[Box]) -> list[Quad]:
    """Return an outline cut where it runs over a rule into the next cell."""
    high = sides(quad)[1]
    left, right = float(quad[:, 0].min()), float(quad[:, 0].max())
    middle = float(quad[:, 1].mean())
    beside = [box for box in boxes if box.top <= middle <= box.bottom and _shared(box, left, right) > 0.6 * high]
    if len(beside) < 2:
        return [quad]
    ordered = sorted(beside, key=lambda box: box.left)
    return [_between(quad, max(left, box.left), min(right, box.right)) for box in ordered]


def _aired(quad: Quad, boxes: Iterable[Box], others: Iterable[Quad]) -> Quad:
    """Return an outline a little longer at both ends: a comma or full stop there is often left out."""
    width, high = sides(quad)
    if width < 2 * high:
        return quad
    x, y = float(quad[:, 0].mean()), float(quad[:, 1].mean())
    left, right = float(quad[:, 0].min()), float(quad[:, 0].max())
    cell = next((box for box in boxes if box.holds(x, y)), None)
    if cell is None:
        return _between(quad, left, right + 0.15 * high)
    beside = [one for one in others if one is not quad and abs(float(one[:, 1].mean()) - y) < 0.5 * high]
    ends = [end for one in beside if (end := float(one[:, 0].max())) < x]
    starts = [start for one in beside if (start := float(one[:, 0].min())) > x]
    first = min(left, max(cell.left + 3, left - 0.8 * high, *ends))
    last = max(right, min(cell.right - 3, right + 0.8 * high, *starts))
    return _between(quad, first, last)


def _shared(box: Box, left: float, right: float) -> float:
    return min(box.right, right) - max(box.left, left)


def _between(quad: Quad, left: float, right: float) -> Quad:
    """Return an outline shortened or lengthened along its line to reach from left to right."""
    start, width = float(quad[:, 0].min()), max(1.0, float(np.ptp(quad[:, 0])))
    a, b, c, d = quad
    first, last = (left - start) / width, (right - start) / width
    return np.array([a + (b - a) * first, a + (b - a) * last, d + (c - d) * last, d + (c - d) * first], np.float32)


def _type_height(quads: Sequence[Quad]) -> float:
    """Return the usual height of a line. Outlines stand a little off the type."""
    heights = [min(sides(quad)) for quad in quads]
    return float(median(heights)) * 0.8 if heights else 30.0


def _middle(line: Line) -> float:
    return (line.box[0] + line.box[2]) / 2
