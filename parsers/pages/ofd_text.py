"""In charge of what stands on an OFD page: text by position, rules as boxes (GB/T 33190-2016 §8, §11). Millimetres.

Leaves the package to `pages.ofd_package`.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from parsers.forms.grid import Cell, Grid
from parsers.forms.reading import Block
from parsers.pages.ofd_package import every, local
from parsers.scans.ocr import Line, Pixels
from parsers.scans.rows import joined, row_text, visual_rows
from parsers.scans.ruled import Place, find_tables

_DOTS = 6  #: pixels a millimetre while rules are drawn
_MOST = 20_000  #: objects of a page
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def blocks_of(page: Any, width: float, height: float, number: int) -> tuple[Block, ...]:
    """Return the tables and lines of a page's content, top to bottom. Sizes in millimetres."""
    lines = list(_lines(page))
    tables = find_tables(_rules(page, width, height), 3.2 * _DOTS)
    boxes = [place.box for table in tables for place in table]
    grids = [(table[0].box.top, Grid(tuple(_cell(place, lines, number) for place in table))) for table in tables]
    loose = [line for line in lines if not any(box.holds(_middle(line), line.middle) for box in boxes)]
    texts: list[tuple[float, Block]] = [(row[0].box[1], row_text(row)) for row in visual_rows(loose)]
    return tuple(block for _, block in sorted([*texts, *grids], key=lambda pair: pair[0]))


def _cell(place: Place, lines: Sequence[Line], page: int) -> Cell:
    inside = [line for line in lines if place.box.holds(_middle(line), line.middle)]
    return Cell(joined(inside, place.box.right), place.row, place.column, place.row_span, place.column_span, page=page)


def _middle(line: Line) -> float:
    return (line.box[0] + line.box[2]) / 2


def _lines(page: Any) -> Iterator[Line]:
    """Give each TextCode as a line, its place in drawing pixels."""
    for item in every(page, "TextObject")[:_MOST]:
        box = _numbers(item.get("Boundary", ""))
        if len(box) != 4:
            continue
        size = float((_numbers(item.get("Size", "")) or [3.5])[0])
        for code in every(item, "TextCode"):
            if text := (code.text or "").strip():
                yield _line(text, box, code, size)


def _line(text: str, box: Sequence[float], code: Any, size: float) -> Line:
    x, y = (float((_numbers(code.get(axis, "")) or [0.0])[0]) for axis in ("X", "Y"))
    left, base = box[0] + x, box[1] + (y or size)
    wide = sum(_deltas(code.get("DeltaX", ""))) or sum(0.55 if one.isascii() else 1.0 for one in text[1:]) * size
    edges = (left, base - size, left + wide + size, base)
    return Line(text, 1.0, (edges[0] * _DOTS, edges[1] * _DOTS, edges[2] * _DOTS, edges[3] * _DOTS))


def _deltas(text: str) -> list[float]:
    """Return the steps between characters (§11.3): "g 3 4.2" is 4.2 three times."""
    steps: list[float] = []
    parts = iter(text.split()[:4000])
    for part in parts:
        count = min(int((_numbers(next(parts, "")) or [0.0])[0]), 2000) if part == "g" else 1
        value = _numbers(next(parts, "") if part == "g" else part)
        steps += value[:1] * count
    return steps


def _rules(page: Any, width: float, height: float) -> Pixels:
    """Return the page's straight strokes, drawn: tables are then found as on a scan."""
    import cv2
    import numpy as np

    sheet = np.full((min(4000, round(height * _DOTS)), min(4000, round(width * _DOTS))), 255, np.uint8)
    for item in every(page, "PathObject")[:_MOST]:
        box = _numbers(item.get("Boundary", ""))
        steps = next((str(child.text or "") for child in item if local(child) == "AbbreviatedData"), "")
        for one, other in _strokes(steps):
            if len(box) == 4:
                ends = [(round((box[0] + x) * _DOTS), round((box[1] + y) * _DOTS)) for x, y in (one, other)]
                cv2.line(sheet, ends[0], ends[1], (0,), 2)
    return sheet


def _strokes(steps: str) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    """Give the straight strokes of AbbreviatedData (§9.1): M moves, L draws, C closes."""
    at = start = (0.0, 0.0)
    for step in re.finditer(r"([MLC])((?:\s+-?\d+(?:\.\d+)?)*)", steps):
        points = _numbers(step[2])
        if step[1] == "C" or len(points) < 2:
            yield at, start
            at = start
        elif step[1] == "M":
            at = start = (points[0], points[1])
        else:
            yield at, (points[0], points[1])
            at = (points[0], points[1])


def _numbers(text: str) -> list[float]:
    return [float(found) for found in _NUMBER.findall(text)[:8]]
