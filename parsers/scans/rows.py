"""In charge of the order of lines: side by side in rows, broken by a cell's width, or a paragraph's end."""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import median

from parsers.scans.ocr import Line

_ENDS = tuple("。！？；：!?;:…”")  #: marks a paragraph ends with
_ITEM = re.compile(r"[(（]?[一二三四五六七八九十\d]{1,2}[)）、.．]")
_NUMBER = re.compile(r"^[\d+\-()（） ]{7,}$")


def visual_rows(lines: Iterable[Line]) -> list[list[Line]]:
    """Return lines that stand side by side as rows, top to bottom, each left to right."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda one: one.middle):
        high = line.box[3] - line.box[1]
        if rows and line.middle - median(one.middle for one in rows[-1]) < 0.5 * high:
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda one: one.box[0]) for row in rows]


def row_text(row: Sequence[Line]) -> str:
    """Return a row's text: pieces that touch are one, others are set apart."""
    text = row[0].text.strip()
    for before, line in pairwise(row):
        latin = text[-1:].isascii() and line.text.strip()[:1].isascii()
        touching = line.box[0] - before.box[2] < (0.12 if latin else 0.35) * (line.box[3] - line.box[1])
        text += ("" if touching else " ") + line.text.strip()
    return text


def joined(lines: Sequence[Line], edge: float | None = None) -> str:
    """Return the text of one cell: lines broken by its width are joined, paragraphs are kept. `edge`: the cell's right one."""
    rows = visual_rows(lines)
    if not rows:
        return ""
    left, right = min(line.box[0] for line in lines), max(line.box[2] for line in lines)
    if edge is not None and edge - right > 4 * median(line.box[3] - line.box[1] for line in lines):
        return "\n".join(row_text(row) for row in rows)  # no line came near the edge: all were broken on purpose
    text = row_text(rows[0])
    for before, row in pairwise(rows):
        text += _seam(before, row, left, right) + row_text(row)
    return text


def _seam(before: Sequence[Line], row: Sequence[Line], left: float, right: float) -> str:
    """Return what stands between two rows: nothing where the first was broken off by the cell's width, else a line feed."""
    end, start = before[-1].text.rstrip()[-1:], row[0].text.lstrip()
    high, gap = before[-1].box[3] - before[-1].box[1], right - before[-1].box[2]
    if _NUMBER.match(row_text(before)) and _NUMBER.match(row_text(row)):
        return "\n"  # one telephone number below the other
    indented = 1.2 * high < row[0].box[0] - left < 4 * high and end in _ENDS
    if (
        indented
        or (end in _ENDS and _ITEM.match(start))
        or gap > (2.2 * high if end in _ENDS else 0.3 * (right - left))
    ):
        return "\n"
    word = end.isascii() and end.isalpha() and start[:1].isascii() and start[:1].isalpha()
    return " " if word and "@" not in before[-1].text else ""
