"""In charge of the order of lines: side by side in rows, broken by a cell's width, or a paragraph's end."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import median

from parsers.scan_ocr import Line


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
    """Return a row's text."""
    return " ".join(line.text.strip() for line in row)


def joined(lines: Sequence[Line]) -> str:
    """Return the text of one cell: lines broken by its width are joined, paragraphs are kept."""
    rows = visual_rows(lines)
    if not rows:
        return ""
    right = max(line.box[2] for line in lines)
    text = row_text(rows[0])
    for before, row in pairwise(rows):
        text += _seam(before, row, text, right) + row_text(row)
    return text


def _seam(before: Sequence[Line], row: Sequence[Line], text: str, right: float) -> str:
    """Return what stands between two rows: nothing where the first was full, else a line feed."""
    high = before[-1].box[3] - before[-1].box[1]
    if right - before[-1].box[2] > 2.2 * high:
        return "\n"
    first = row[0].text[:1]
    word = text[-1:].isascii() and text[-1:].isalpha() and first.isascii() and first.isalpha()
    return " " if word and "@" not in text.rsplit(maxsplit=1)[-1] else ""
