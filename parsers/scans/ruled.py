"""In charge of ruled tables on an upright page: their lines, the cells between, and the places cells take in a grid.

Leaves what stands in a cell to `scans.layout`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np

from parsers.scans.ocr import Pixels


@dataclass(frozen=True)
class Box:
    """The inside of a cell, in pixels of the page."""

    left: float
    top: float
    right: float
    bottom: float

    def holds(self, x: float, y: float) -> bool:
        return self.left <= x <= self.right and self.top <= y <= self.bottom


@dataclass(frozen=True)
class Place:
    """A cell's place in its table's grid."""

    box: Box
    row: int
    column: int
    row_span: int
    column_span: int


def find_tables(picture: Pixels, type_height: float) -> list[list[Place]]:
    """Return the ruled tables of a page from top to bottom. `type_height`: of a line of text, pixels."""
    boxes = sorted(_cells(_rules(picture, type_height), type_height), key=lambda box: box.top)
    tables: list[list[Box]] = []
    for box in boxes:
        if not tables or box.top > max(other.bottom for other in tables[-1]) + 1.2 * type_height:
            tables.append([])
        tables[-1].append(box)
    return [place_cells(table, 0.45 * type_height) for table in tables if len(table) >= 2]


def has_table(rgb: Pixels) -> bool:
    """Tell cheaply whether a page, whichever way it lies, has a ruled table of a form's size."""
    scale = 1200 / max(rgb.shape[:2])
    grey = cv2.cvtColor(cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
    tables = find_tables(np.asarray(grey, np.uint8), 17.0)
    return any(len(table) >= 6 for table in tables)


def _rules(picture: Pixels, type_height: float) -> Pixels:
    """Return a mask of long straight strokes. Strokes of type are no longer than the type is high, dashes twice that."""
    blocks = max(15, int(type_height) | 1)
    ink = cv2.adaptiveThreshold(picture, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, blocks, 18)
    mask = np.zeros_like(picture)
    for across in (True, False):
        long = max(20, round((2.2 if across else 1.25) * type_height))
        # A scanned rule is uneven: thicken it across its direction before asking whether it is long.
        thick = cv2.dilate(ink, np.ones((3, 1) if across else (1, 3), np.uint8))
        drawn = cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones((1, long) if across else (long, 1), np.uint8))
        whole = cv2.morphologyEx(drawn, cv2.MORPH_CLOSE, np.ones((1, long) if across else (long, 1), np.uint8))
        mask = np.maximum(mask, np.asarray(whole, np.uint8))
    return np.asarray(cv2.dilate(mask, np.ones((3, 3), np.uint8)), np.uint8)


def _cells(rules: Pixels, type_height: float) -> Iterable[Box]:
    """Give every space that rules close in, large enough for a line of text."""
    height, width = rules.shape
    count, _, stats, _ = cv2.connectedComponentsWithStats(np.asarray(rules == 0, np.uint8), connectivity=4)
    for left, top, wide, high, area in stats[1:count].tolist():
        touches_edge = left == 0 or top == 0 or left + wide == width or top + high == height
        if touches_edge or wide < 1.2 * type_height or high < 0.9 * type_height or wide * high > 0.8 * width * height:
            continue
        if area > 0.7 * wide * high:  # characters take little from a cell; an L-shaped leak takes more
            yield Box(left, top, left + wide, top + high)


def place_cells(boxes: Sequence[Box], slack: float) -> list[Place]:
    """Return the cells with rows and columns: edges that nearly agree are one grid line."""
    slack = max(slack, 10.0)
    columns = _grid_lines([edge for box in boxes for edge in (box.left, box.right)], slack)
    rows = _grid_lines([edge for box in boxes for edge in (box.top, box.bottom)], slack)
    places = []
    for box in boxes:
        row, column = _nearest(rows, box.top), _nearest(columns, box.left)
        spans = _nearest(rows, box.bottom) - row, _nearest(columns, box.right) - column
        places.append(Place(box, row, column, max(1, spans[0]), max(1, spans[1])))
    return sorted(places, key=lambda place: (place.row, place.column))


def _grid_lines(edges: Iterable[float], slack: float) -> list[float]:
    """Return the middles of bundles of edges. A rule has a cell's edge on either side of it."""
    ordered = sorted(edges)
    bundles = [[ordered[0]]]
    for before, edge in pairwise(ordered):
        if edge - before > slack:
            bundles.append([])
        bundles[-1].append(edge)
    return [sum(bundle) / len(bundle) for bundle in bundles]


def _nearest(lines: Sequence[float], edge: float) -> int:
    return min(range(len(lines)), key=lambda number: abs(lines[number] - edge))
