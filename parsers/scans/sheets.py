"""In charge of pictures that show two sheets, side by side or one above the other: parted, so that each is read by itself.

Two sheets on a desk are told by their outlines, two on one paper by the blank that runs between them.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from parsers.scans.ocr import Pixels, Quad, cut
from parsers.scans.page import Page, bounded, find_sheets, flatten

_SMALL = 800  #: pixels of the long side while looking for the blank
_BOTH = 5400  #: pixels of the long side of both together
_DESK = 180  #: of 255: darker, over some width, is no paper
_LEAST = 0.12  #: share of the picture that each of two sheets takes
_INK = 190  #: of 255: darker is print
#: Width ÷ height, and height ÷ width, of all that is printed: one sheet alone, upright, reaches neither.
_BESIDE, _ABOVE = 1.15, 1.85
_BLANK = 0.018  #: share of the whole that the blank takes: between lines of type there is half as much
_EMPTY, _RULE = 0.006, 0.5  #: share of ink in a column: of nothing, from which on of a sheet's edge

Profile = NDArray[np.float64]


def lying_apart(rgb: Pixels) -> tuple[Pixels, ...]:
    """Return two sheets that lie on a desk, or two photos on one page, from left to right or top to bottom; () where there are not two."""
    small = bounded(rgb, _SMALL)
    found = find_sheets(small, 2, least=_LEAST, apart=7)
    if len(found) < 2:
        found = _photos(small)
    if len(found) < 2 or min(areas := [float(cv2.contourArea(quad)) for quad in found]) < 0.5 * max(areas):
        return ()
    scale = np.float32(max(rgb.shape[:2]) / max(small.shape[:2]))
    first, second = _in_order(found)
    return cut(rgb, first * scale), cut(rgb, second * scale)


def _photos(small: Pixels) -> list[Quad]:
    """Return the corners of the two largest pictures that lie straight on paper: a frame of desk, dark, all round."""
    # Blurred wider than any rule is thick: a table's frame is no desk.
    dark = np.asarray(cv2.blur(np.asarray(small.min(axis=2), np.uint8), (9, 9)) < _DESK, np.uint8)
    outlines, _ = cv2.findContours(dark, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    found = []
    for outline in sorted(outlines, key=cv2.contourArea, reverse=True)[:2]:
        left, top, width, height = cv2.boundingRect(outline)
        area = cv2.contourArea(outline)
        if (
            area > 0.9 * width * height
            and area > _LEAST * dark.size
            and _framed(dark[top : top + height, left : left + width])
        ):
            right, bottom = left + width, top + height
            corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
            found.append(np.array(corners, np.float32))
    return found


def _framed(dark: Pixels) -> bool:
    return float(np.concatenate([dark[2], dark[-3], dark[:, 2], dark[:, -3]]).mean()) > 0.8


def parted(page: Page, rgb: Pixels) -> tuple[Pixels, ...]:
    """Return the halves of a picture, upright, that `page` was made of; () where it shows one sheet."""
    place = _between(page.picture)
    if place is None:
        return ()
    across, share = place
    upright = np.rot90(flatten(bounded(rgb, _BOTH)), -page.quarter_turns)
    middle = round(share * upright.shape[0 if across else 1])
    halves = (upright[:middle], upright[middle:]) if across else (upright[:, :middle], upright[:, middle:])
    return np.ascontiguousarray(halves[0]), np.ascontiguousarray(halves[1])


def _in_order(quads: Sequence[Quad]) -> list[Quad]:
    middles = np.array([quad.mean(axis=0) for quad in quads])
    axis = int(np.argmax(np.ptp(middles, axis=0)))
    return sorted(quads, key=lambda quad: float(quad.mean(axis=0)[axis]))


def _between(picture: Pixels) -> tuple[bool, float] | None:
    """Return whether a blank runs across (or down) the picture between two sheets, and where, as a share; None: it does not."""
    scale = min(1.0, _SMALL / max(picture.shape))
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    ink = np.asarray(small < _INK)
    down, over = _extent(ink.mean(axis=1)), _extent(ink.mean(axis=0))
    if down is None or over is None:
        return None
    height, width = down[1] - down[0], over[1] - over[0]
    if width < _BESIDE * height and height < _ABOVE * width:
        return None
    across = height > width
    first, last = down if across else over
    inside = ink[:, over[0] : over[1]] if across else ink[down[0] : down[1]]
    middle = _blank(np.asarray(inside.mean(axis=1 if across else 0))[first:last])
    return None if middle is None else (across, (first + middle) / small.shape[0 if across else 1])


def _extent(profile: Profile) -> tuple[int, int] | None:
    """Return from where to where there is print."""
    printed = np.flatnonzero(profile > _EMPTY)
    return (int(printed[0]), int(printed[-1]) + 1) if printed.size else None


def _blank(profile: Profile) -> float | None:
    """Return the middle of the widest blank that is not near an end; edges of sheets may show in it as lines."""
    empty = (profile < _EMPTY) | (profile > _RULE)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], empty.astype(np.int8), [0]))))
    runs = [(int(start), int(end)) for start, end in edges.reshape(-1, 2)]
    wide = [run for run in runs if run[1] - run[0] >= _BLANK * profile.size and _truly(profile[run[0] : run[1]])]
    middles = {(start + end) / 2: end - start for start, end in wide}
    inner = {middle: width for middle, width in middles.items() if 0.2 < middle / profile.size < 0.85}
    return max(inner, key=lambda middle: inner[middle]) if inner else None


def _truly(run: Profile) -> bool:
    return float((run < _EMPTY).mean()) > 0.6
