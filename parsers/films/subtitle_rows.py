"""In charge of reading rows of text in the lower part of sampled frames, a few frames at a time in one picture.

Looking for text costs by the call as well as by the area, so strips are stacked. Leaves what they mean to `films.subtitles`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from parsers.films.frames import Frame
from parsers.scans.ocr import Line, Pixels, find_lines, read_quads

LOWER = 0.64  #: share of the height above the strip: the lower third, and a little for portrait films
_GAP = 8  #: black pixels between strips


@dataclass(frozen=True)
class Row:
    """A row of text on one frame. Places as shares of the frame's width and of the strip's height."""

    time: float
    text: str
    score: float
    left: float
    right: float
    middle: float
    height: float

    @property
    def han(self) -> int:
        """How many Chinese characters it has."""
        return len(re.findall(r"[\u3400-\u9fff]", self.text))


def lower_part(rgb: Pixels) -> Pixels:
    """Return the strip where subtitles stand."""
    return rgb[round(rgb.shape[0] * LOWER) :]


def read_rows(frames: Sequence[Frame]) -> list[list[Row]]:
    """Return the rows of each frame, top to bottom. All frames have one size."""
    strips = [lower_part(frame.rgb) for frame in frames]
    height, width = strips[0].shape[:2]
    gap = np.zeros((_GAP, width, 3), np.uint8)
    stacked = np.vstack([piece for strip in strips for piece in (strip, gap)])
    lines = read_quads(stacked, find_lines(stacked))
    return [
        _rows_of(frame.time, _within(lines, number, height), (width, height)) for number, frame in enumerate(frames)
    ]


def _within(lines: Sequence[Line], number: int, height: int) -> list[Line]:
    """Return the lines of one strip, moved to its own origin."""
    top = number * (height + _GAP)
    return [
        Line(line.text, line.score, (line.box[0], line.box[1] - top, line.box[2], line.box[3] - top))
        for line in lines
        if top <= line.middle < top + height
    ]


def _rows_of(time: float, lines: list[Line], size: tuple[int, int]) -> list[Row]:
    """Return rows: pieces that stand side by side at one height are one line, cut by the detector."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: line.middle):
        high = line.box[3] - line.box[1]
        if rows and abs(rows[-1][0].middle - line.middle) < 0.5 * high:
            rows[-1].append(line)
        else:
            rows.append([line])
    return [row for pieces in rows for row in _joined(time, sorted(pieces, key=lambda line: line.box[0]), size)]


def _joined(time: float, pieces: list[Line], size: tuple[int, int]) -> list[Row]:
    """Return one row for pieces that nearly touch, more where there is a wide space between them."""
    groups = [[pieces[0]]]
    for piece in pieces[1:]:
        high = piece.box[3] - piece.box[1]
        if piece.box[0] - groups[-1][-1].box[2] < 1.6 * high:
            groups[-1].append(piece)
        else:
            groups.append([piece])
    return [_row(time, group, size) for group in groups]


def _row(time: float, pieces: list[Line], size: tuple[int, int]) -> Row:
    width, height = size
    top, bottom = min(piece.box[1] for piece in pieces), max(piece.box[3] for piece in pieces)
    return Row(
        time=time,
        text="".join(piece.text for piece in pieces).strip(),
        score=min(piece.score for piece in pieces),
        left=pieces[0].box[0] / width,
        right=max(piece.box[2] for piece in pieces) / width,
        middle=(top + bottom) / 2 / height,
        height=(bottom - top) / height,
    )
