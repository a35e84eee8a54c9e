"""In charge of telling whether Chinese subtitles are burned into a film: lines in one place whose words change with time.

Not subtitles: what stands all the time (logo, title, station's name), what runs along the edge (ticker), a clock, signs
and slides that the camera passes. In doubt the answer is None. Leaves reading to `films.subtitle_rows`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from rapidfuzz import fuzz

from parsers.films.frames import Frame
from parsers.films.subtitle_rows import Row, lower_part, read_rows

_STACK = 4  #: frames looked at together
_LOOKS = 3  #: stacks looked at at most: a dozen moments without a line are answer enough,
_WORDLESS = 2  #: and so are eight without a single character: four more would hardly show three lines
_ENOUGH = 3  #: different lines, at different times
_SURE = 0.7  #: score from which a line counts
_ALIKE = 70.0  #: similarity from which two readings are one line
_STANDING = 0.4  #: share of frames from which a line does not change
_SPREAD = 0.2  #: of the length, that the lines must be spread over


@dataclass(frozen=True)
class Subtitles:
    """`burned` None: cannot be known. `lines`: the evidence, in order of time."""

    burned: bool | None
    lines: tuple[str, ...] = ()


def find_subtitles(frames: Sequence[Frame], seconds: float) -> Subtitles:
    """Return whether the frames bear subtitles; stops looking as soon as that is sure."""
    different, until = _different([frame for frame in frames if frame.rgb.shape == frames[0].rgb.shape])
    looked: list[list[Row]] = []
    for stack in _stacks(different)[:_LOOKS]:
        looked += read_rows(stack)
        lines = _changing(looked)
        if _suffices(lines, until, seconds):
            return Subtitles(True, _told(lines))
        if len(looked) >= _WORDLESS * _STACK and not any(row.han for frame in looked for row in frame):
            break
    if len(different) < _ENOUGH and len(frames) < 8:
        return Subtitles(None)
    left = _changing(looked)
    return Subtitles(False if len(left) < 2 else None, _told(left))


def _different(frames: Sequence[Frame]) -> tuple[list[Frame], dict[float, float]]:
    """Return frames whose lower part was not seen before, and when each was last seen again, by time.

    The same picture bears the same words: a film made of one piece played over and over is read once.
    """
    kept: list[Frame] = []
    seen: list[np.ndarray] = []
    until: dict[float, float] = {}
    for frame in frames:
        small = cv2.resize(
            cv2.cvtColor(lower_part(frame.rgb), cv2.COLOR_RGB2GRAY), (240, 64), interpolation=cv2.INTER_AREA
        )
        same = (old for old, other in zip(kept, seen, strict=True) if (cv2.absdiff(small, other) > 24).mean() < 0.002)
        first = next(same, frame)
        until[first.time] = frame.time
        if first is frame:
            kept.append(frame)
            seen.append(small)
    return kept, until


def _stacks(frames: list[Frame]) -> list[list[Frame]]:
    """Return groups of frames, each spread over the whole length, so that the first may already tell."""
    count = max(1, -(-len(frames) // _STACK))
    order = sorted(range(count), key=lambda number: f"{number:08b}"[::-1])
    return [frames[start::count] for start in order if frames[start::count]]


def _suffices(lines: list[Row], until: dict[float, float], seconds: float) -> bool:
    if len(lines) < _ENOUGH:
        return False
    return max(until[row.time] for row in lines) - lines[0].time >= _SPREAD * seconds


def _changing(looked: Sequence[Sequence[Row]]) -> list[Row]:
    """Return the different lines of the best place, at most one a frame, in order of time."""
    rows = [[row for row in frame if _may_be_line(row)] for frame in looked]
    changing = [row for frame in rows for row in frame if not _stands(row, rows) and not _travels(row, rows)]
    best: list[Row] = []
    for anchor in changing:
        here = _distinct([row for row in changing if _same_place(anchor, row)])
        best = max(best, here, key=len)
    return best


def _may_be_line(row: Row) -> bool:
    """Tell whether a row is Chinese and lies inside the picture; a ticker runs from edge to edge."""
    whole = row.left < 0.015 and row.right > 0.985
    return row.score >= _SURE and row.han >= 2 and row.han * 2 >= len(_key(row.text)) and not whole


def _stands(row: Row, looked: Sequence[Sequence[Row]]) -> bool:
    """Tell whether a line is there most of the time."""
    seen = sum(any(_alike(row, other) for other in frame) for frame in looked)
    return seen >= 2 and seen / len(looked) >= _STANDING


def _travels(row: Row, looked: Sequence[Sequence[Row]]) -> bool:
    """Tell whether the same words stand elsewhere on another frame: a sign the camera passes, a ticker, credits."""
    others = (other for frame in looked for other in frame if other.time != row.time)
    return any(_alike(row, other) and not _aligned(row, other) for other in others)


def _same_place(one: Row, other: Row) -> bool:
    """Tell whether two lines are set alike: size, height on the picture, and middle or left edge."""
    high = max(one.height, other.height)
    near = abs(one.middle - other.middle) < 1.6 * high
    return near and min(one.height, other.height) > 0.7 * high and _aligned(one, other)


def _aligned(one: Row, other: Row) -> bool:
    """Tell whether two lines share their middle or an edge."""
    middle = abs(one.left + one.right - other.left - other.right) / 2
    return min(middle, abs(one.left - other.left), abs(one.right - other.right)) < 0.02


def _distinct(rows: Sequence[Row]) -> list[Row]:
    """Return lines that differ from each other, one a moment."""
    kept: list[Row] = []
    for row in sorted(rows, key=lambda row: row.time):
        if not any(row.time == other.time or _alike(row, other) for other in kept):
            kept.append(row)
    return kept


def _alike(one: Row, other: Row) -> bool:
    """Tell whether two readings are one line; digits (a clock) do not make them differ, nor a part of a ticker."""
    return fuzz.partial_ratio(_key(one.text), _key(other.text)) >= _ALIKE


def _key(text: str) -> str:
    return re.sub(r"[\d\W_]+", "", text)


def _told(lines: Sequence[Row]) -> tuple[str, ...]:
    return tuple(row.text for row in lines[:10])
