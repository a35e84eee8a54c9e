"""In charge of geometry: rings, round or oval, whole or cut, in a mask of ink. Knows nothing of colour or words."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from parsers.scans.ocr import Pixels

_RAYS = 120
_SETTLED = 8  #: votes worth a closer look
_NARROW, _WIDE = 0.085, 0.62  #: a seal's width, as a share of the page's


@dataclass(frozen=True)
class Ring:
    """An ellipse with ink along it. Lengths are half axes in pixels, `tilt` is in radians."""

    x: float
    y: float
    major: float
    minor: float
    tilt: float
    coverage: float  #: share of the visible ring that is inked
    seen: float  #: share of the ring inside the page

    def scaled(self, factor: float) -> "Ring":
        return replace(self, x=self.x * factor, y=self.y * factor, major=self.major * factor, minor=self.minor * factor)

    def bounds(self, width: int, height: int) -> tuple[int, int, int, int]:
        """Return left, top, right, bottom with a little air, inside the page."""
        reach_x = math.hypot(self.major * math.cos(self.tilt), self.minor * math.sin(self.tilt)) * 1.06 + 2
        reach_y = math.hypot(self.major * math.sin(self.tilt), self.minor * math.cos(self.tilt)) * 1.06 + 2
        left, top = max(0, int(self.x - reach_x)), max(0, int(self.y - reach_y))
        return left, top, min(width, int(self.x + reach_x) + 1), min(height, int(self.y + reach_y) + 1)

    def points(self, reach: NDArray[np.float64] | float = 1.0) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the ring's points on every ray, at a share of its radius."""
        angles = np.arange(_RAYS) * (2 * math.pi / _RAYS)
        a, b = self.major * np.cos(angles) * reach, self.minor * np.sin(angles) * reach
        return self.x + a * math.cos(self.tilt) - b * math.sin(self.tilt), self.y + a * math.sin(
            self.tilt
        ) + b * math.cos(self.tilt)


def fit_rings(mask: Pixels, *, grouped: bool = True) -> list[Ring]:
    """Return rings in a mask of ink (1 is ink), surest first, none overlapping a surer one.

    `grouped` False: ink of every colour, where no patch stands alone.
    """
    if not grouped:
        return _apart(_voted(mask))
    found = list(_whole(mask))
    # A seal over another, over a red line or cut by the edge does not stand alone: search by voting.
    if not any(ring.coverage > 0.8 for ring in found):
        found += _voted(mask)
    else:
        found += _voted(_without(mask, found))
    return _apart(found)


def _apart(found: list[Ring]) -> list[Ring]:
    """Return the surest rings, none on the middle of another."""
    kept: list[Ring] = []
    for ring in sorted(found, key=lambda one: one.coverage * min(1, one.seen + 0.3), reverse=True):
        if all(
            math.hypot(ring.x - other.x, ring.y - other.y) > 0.5 * min(ring.minor, other.minor) + 4 for other in kept
        ):
            kept.append(ring)
    return kept[:6]


def measure(mask: Pixels, ring: Ring) -> Ring | None:
    """Return the ring with its coverage, or None when what it holds is not a seal's inside."""
    near = np.linspace(0.945, 1.045, 9) if ring.minor > 40 else np.linspace(0.92, 1.07, 9)
    hits, inside = _touched(mask, ring, near)
    seen = float(inside.mean())
    if seen < 0.2:
        return None
    beyond = float(_touched(mask, ring, np.linspace(1.11, 1.2, 8))[0][inside].mean())
    shares = [_inked(mask, ring, float(reach)) for reach in np.linspace(0.1, 0.93, 20)]
    # A seal is thin: somewhere between ring, legend and star there is paper. A disc, a photo has none.
    if np.mean(shares) > 0.72 or np.mean(shares) < 0.02 or min(shares[9:]) > 0.55:
        return None
    # Grain of a photo touches every ray too, but no circle in it has more ink than the next.
    if max(_inked(mask, ring, float(reach)) for reach in near) < np.mean(shares[14:]) + 0.12:
        return None
    covered = float(hits[inside].mean())
    # Lines of red type touch any circle laid over them, inside and out; a ring stands against its surroundings.
    return replace(ring, coverage=covered if covered - beyond >= 0.38 else covered * 0.5, seen=seen)


def _touched(mask: Pixels, ring: Ring, reaches: NDArray[np.float64]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Tell, for every ray, whether ink stands at one of the reaches, and whether the ring there is on the page."""
    height, width = mask.shape
    hits, inside = np.zeros(_RAYS, bool), np.ones(_RAYS, bool)
    for reach in reaches:
        x, y = (np.rint(axis).astype(int) for axis in ring.points(float(reach)))
        on_page = (x >= 1) & (x < width - 1) & (y >= 1) & (y < height - 1)
        inside &= on_page | (reach > 1)
        hits[on_page] |= mask[y[on_page], x[on_page]] > 0
    return hits, inside


def _inked(mask: Pixels, ring: Ring, reach: float) -> float:
    """Return the share of ink along a circle inside the ring."""
    height, width = mask.shape
    x, y = (np.rint(axis).astype(int) for axis in ring.points(reach))
    fine = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    return int(np.count_nonzero(mask[y[fine], x[fine]])) / max(int(fine.sum()), 1)


def _whole(mask: Pixels) -> Iterator[Ring]:
    """Fit an ellipse round each patch of ink that stands alone."""
    span = mask.shape[1] if mask.shape[0] >= mask.shape[1] else mask.shape[0]
    for gap in (3, 9, 15):
        near = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (gap, gap)))
        outlines, _ = cv2.findContours(near, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        for outline in outlines:
            _, _, wide, high = cv2.boundingRect(outline)
            if not span * _NARROW <= max(wide, high) <= span * _WIDE or min(wide, high) < max(wide, high) * 0.35:
                continue
            fitted = _fit(outline.reshape(-1, 2).astype(np.float32), mask)
            if fitted:
                yield fitted


def _fit(points: NDArray[np.float32], mask: Pixels) -> Ring | None:
    """Fit an ellipse to the outermost points, drop those far off, fit again."""
    points = cv2.convexHull(points).reshape(-1, 2).astype(np.float32)
    points = _even(points)
    best: Ring | None = None
    for _ in range(3):
        if len(points) < 8:
            break
        (x, y), (one, two), degrees = cv2.fitEllipse(points)
        if min(one, two) < 8 or not math.isfinite(one + two):
            break
        ring = _ring(x, y, one / 2, two / 2, math.radians(degrees))
        measured = measure(mask, ring) if ring.minor / ring.major > 0.45 else None
        if measured and (best is None or measured.coverage > best.coverage):
            best = measured
        off = np.abs(_distance(points, ring) - 1)
        points = points[off <= max(0.02, float(np.percentile(off, 80)))]
    return best


def _even(points: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return points spread evenly along a hull, so that long chords count as much as dense arcs."""
    closed = np.vstack([points, points[:1]])
    steps = np.linalg.norm(np.diff(closed, axis=0), axis=1)
    along = np.concatenate([[0], np.cumsum(steps)])
    where = np.linspace(0, along[-1], 160, endpoint=False)
    return np.stack([np.interp(where, along, closed[:, axis]) for axis in (0, 1)], axis=1).astype(np.float32)


def _ring(x: float, y: float, one: float, two: float, tilt: float) -> Ring:
    """Return a ring whose major axis is the longer one."""
    if one >= two:
        return Ring(x, y, one, two, tilt, 0.0, 0.0)
    return Ring(x, y, two, one, tilt + math.pi / 2, 0.0, 0.0)


def _distance(points: NDArray[np.float32], ring: Ring) -> NDArray[np.float64]:
    """Return each point's distance from the centre, as a share of the ring's radius that way."""
    dx, dy = points[:, 0] - ring.x, points[:, 1] - ring.y
    along = dx * math.cos(ring.tilt) + dy * math.sin(ring.tilt)
    across = -dx * math.sin(ring.tilt) + dy * math.cos(ring.tilt)
    return np.asarray(np.hypot(along / ring.major, across / ring.minor), np.float64)


def _voted(mask: Pixels) -> list[Ring]:
    """Find circles by voting (Hough), also those whose centre is near or past the page's edge."""
    if int(mask.sum()) < 60:
        return []
    span = min(mask.shape)
    pad = span // 8
    canvas = cv2.copyMakeBorder(mask * np.uint8(255), pad, pad, pad, pad, cv2.BORDER_CONSTANT)
    votes = cv2.HoughCircles(
        cv2.GaussianBlur(canvas, (5, 5), 1.2), cv2.HOUGH_GRADIENT, 1.5, span * 0.08,
        param1=120, param2=34, minRadius=round(span * 0.06), maxRadius=round(span * 0.2),
    )  # fmt: skip
    if votes is None:
        return []
    circles = [
        Ring(float(x) - pad, float(y) - pad, float(r), float(r), 0.0, 0.0, 0.0) for x, y, r in votes.reshape(-1, 3)
    ]
    likely = sorted(((_promise(mask, circle), number) for number, circle in enumerate(circles)), reverse=True)
    rings = (_settled(mask, circles[number]) for promise, number in likely[:_SETTLED] if promise >= 0.5)
    return [ring for ring in rings if ring]


def _promise(mask: Pixels, ring: Ring) -> float:
    """Return the share of a circle with ink near it: a hundredth of the cost of settling it."""
    hits, inside = _touched(mask, ring, np.linspace(0.92, 1.09, 12))
    return float(hits[inside].mean()) if inside.any() else 0.0


def _settled(mask: Pixels, circle: Ring) -> Ring | None:
    """Return the best of a circle and its near neighbours: votes are coarse."""
    steps = [(dx, dy, dr) for dx in (-3, 0, 3) for dy in (-3, 0, 3) for dr in (-4, 0, 4, 8)]
    near = (measure(mask, _moved(circle, *step)) for step in steps)
    return max((ring for ring in near if ring), key=lambda ring: ring.coverage, default=None)


def _moved(circle: Ring, dx: float, dy: float, dr: float) -> Ring:
    return replace(circle, x=circle.x + dx, y=circle.y + dy, major=circle.major + dr, minor=circle.minor + dr)


def _without(mask: Pixels, rings: list[Ring]) -> Pixels:
    """Return the mask with sure rings wiped out."""
    rest = mask.copy()
    for ring in rings:
        if ring.coverage > 0.8:
            axes = (round(ring.major * 1.06), round(ring.minor * 1.06))
            cv2.ellipse(rest, (round(ring.x), round(ring.y)), axes, math.degrees(ring.tilt), 0, 360, 0, -1)
    return rest
