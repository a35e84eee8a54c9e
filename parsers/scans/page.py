"""In charge of making a page fit to read: the sheet found on a photo, red ink taken off, turned upright, made straight.

Leaves words to `scans.ocr`, rows and columns to `scans.ruled`.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from parsers.scans.ocr import Pixels, Quad, cut, find_lines, read_strip, sides
from parsers.seals.finding import redness

if TYPE_CHECKING:  # cv2 passes over what of itself does not load, and this is not needed to read
    from cv2.typing import MatLike

_LONG = 2700  #: pixels a page keeps: type at 230 dpi reads as well as at 300
_SMALL = 480  #: pixels of the long side while looking for the sheet
_SAMPLE = 4  #: lines read to tell up from down
_UPRIGHT = 0.88  #: mean score from which a reading needs no second look


@dataclass(frozen=True)
class Page:
    """A page upright and straight: grey, black on white, and the outlines of its lines."""

    picture: Pixels
    quads: tuple[Quad, ...]
    quarter_turns: int  #: clockwise, that it took
    skew: float  #: degrees that were taken out


def prepare(rgb: Pixels, *, photographed: bool = True) -> Page:
    """Return a page ready to read. `photographed`: a sheet may lie on a desk."""
    sheet = flatten(bounded(rgb)) if photographed else bounded(rgb)
    picture = without_red(sheet)
    quads = find_lines(picture)
    turns = _turns_needed(picture, quads)
    height, width = picture.shape
    quads = [_turned(quad, turns, width, height) for quad in quads]
    picture = np.ascontiguousarray(np.rot90(picture, -turns))
    skew = _skew(quads)
    return Page(*_straightened(picture, quads, skew), turns, skew)


def bounded(rgb: Pixels, long_side: int = _LONG) -> Pixels:
    """Return a picture no larger than is useful for reading."""
    scale = long_side / max(rgb.shape[:2])
    return (
        np.asarray(cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
        if scale < 1
        else rgb
    )


def flatten(rgb: Pixels) -> Pixels:
    """Return the sheet of paper alone, seen from above, or the picture as it is when no desk shows round it."""
    corners = _sheet(rgb)
    return rgb if corners is None else cut(rgb, corners)


def without_red(rgb: Pixels) -> Pixels:
    """Return a grey page on even paper where red ink is paper again; print below a seal stays."""
    light = rgb[..., 0]
    small = cv2.resize(light, None, fx=0.125, fy=0.125, interpolation=cv2.INTER_AREA)
    paper = cv2.blur(cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8)), (9, 9))
    paper = cv2.resize(paper, (light.shape[1], light.shape[0]), interpolation=cv2.INTER_LINEAR)
    even = light.astype(np.float32) / np.maximum(paper, 40) * 255
    red = cv2.dilate(np.asarray(redness(rgb) > 22, np.uint8), np.ones((3, 3), np.uint8)) > 0
    # Seal paste keeps 55–85 % of the paper's red light, print over it less than 30 %.
    even[red] = (even[red] - 70) / (125 - 70) * 255
    return np.asarray(even.clip(0, 255), np.uint8)


def _sheet(rgb: Pixels) -> Quad | None:
    """Return the corners of a bright sheet on something darker, clockwise from top left."""
    return next(iter(find_sheets(rgb, 1)), None)


def find_sheets(rgb: Pixels, most: int, *, least: float = 0.3, apart: int = 15) -> list[Quad]:
    """Return the corners, clockwise from top left, of up to `most` bright sheets on something darker, the largest first.

    `least`: share of the picture that each takes; `apart`: 480ths of the picture's long side between two.
    """
    scale = _SMALL / max(rgb.shape[:2])
    small = cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    # The darkest channel: paper is bright in all three, wood and skin are not.
    light = cv2.GaussianBlur(np.asarray(small.min(axis=2), np.uint8), (5, 5), 0)
    _, bright = cv2.threshold(light, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    bright = cv2.morphologyEx(bright, cv2.MORPH_CLOSE, np.ones((apart, apart), np.uint8))
    outlines, _ = cv2.findContours(bright, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    largest = sorted(outlines, key=cv2.contourArea, reverse=True)[:most]
    found = (_corners(cv2.convexHull(outline), light, scale, least) for outline in largest)
    return [corners for corners in found if corners is not None]


def _corners(sheet: "Sequence[object] | MatLike", light: "MatLike", scale: float, least: float) -> Quad | None:
    """Return four corners when the outline is a sheet's: four-sided, large, and clearly brighter than its surroundings."""
    outline = np.asarray(sheet, np.int32)
    four = next((found for step in (0.02, 0.03, 0.05) if len(found := _simplified(outline, step)) == 4), None)
    share = cv2.contourArea(outline) / light.size
    if four is None or not least < share < 0.95:
        return None
    inside = np.zeros(light.shape, np.uint8)
    cv2.fillConvexPoly(inside, outline, 1)
    if float(light[inside > 0].mean()) - float(light[inside == 0].mean()) < 45:
        return None
    return _clockwise(four.astype(np.float32)) / np.float32(scale)


def _simplified(outline: "MatLike", step: float) -> "MatLike":
    return cv2.approxPolyDP(outline, step * cv2.arcLength(outline, True), True).reshape(-1, 2)


def _clockwise(points: Quad) -> Quad:
    middle = points.mean(axis=0)
    angles = np.arctan2(points[:, 1] - middle[1], points[:, 0] - middle[0])
    ordered = points[np.argsort(angles)]
    return np.roll(ordered, -int(np.argmin(ordered.sum(axis=1))), axis=0)


def _turns_needed(picture: Pixels, quads: Sequence[Quad]) -> int:
    """Return the clockwise quarter turns that put the page upright: by the lines' direction, then by reading some."""
    lying = sum(math.prod(sides(quad)) for quad in quads if _aspect(quad) > 2)
    standing = sum(math.prod(sides(quad)) for quad in quads if _aspect(quad) < 0.5)
    first, second = (0, 2) if lying >= standing else (3, 1)
    sample = sorted(quads, key=lambda quad: -max(sides(quad)))[2 : 2 + _SAMPLE] or list(quads)
    if not sample:
        return 0
    score = _legibility(picture, sample, first)
    return first if score >= _UPRIGHT or score >= _legibility(picture, sample, second) else second


def _legibility(picture: Pixels, quads: Sequence[Quad], turns: int) -> float:
    height, width = picture.shape
    turned = np.ascontiguousarray(np.rot90(picture, -turns))
    return float(np.mean([read_strip(cut(turned, _turned(quad, turns, width, height)))[1] for quad in quads]))


def _aspect(quad: Quad) -> float:
    width, height = sides(quad)
    return width / max(height, 1.0)


def _turned(quad: Quad, turns: int, width: int, height: int) -> Quad:
    """Return an outline after clockwise quarter turns of the picture it stands on."""
    places: dict[int, Callable[[Quad], Quad]] = {
        0: lambda q: q,
        1: lambda q: np.stack([height - q[:, 1], q[:, 0]], axis=1),
        2: lambda q: np.stack([width - q[:, 0], height - q[:, 1]], axis=1),
        3: lambda q: np.stack([q[:, 1], width - q[:, 0]], axis=1),
    }
    return np.roll(places[turns](quad), turns, axis=0).astype(np.float32)


def _skew(quads: Sequence[Quad]) -> float:
    """Return the angle of the page's lines in degrees, by the middle of the long ones."""
    long = [quad for quad in quads if _aspect(quad) > 4]
    if len(long) < 3:
        return 0.0
    slopes = [
        math.degrees(math.atan2(*reversed(((quad[1] - quad[0]) + (quad[2] - quad[3])).tolist()))) for quad in long
    ]
    return float(np.median(slopes))


def _straightened(picture: Pixels, quads: Sequence[Quad], degrees: float) -> tuple[Pixels, tuple[Quad, ...]]:
    height, width = picture.shape
    if abs(degrees) < 0.08:
        return picture, tuple(quads)
    warp = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    straight = cv2.warpAffine(picture, warp, (width, height), flags=cv2.INTER_CUBIC, borderValue=(255,))
    turned = tuple((quad @ warp[:, :2].T + warp[:, 2]).astype(np.float32) for quad in quads)
    return np.asarray(straight, np.uint8), turned
