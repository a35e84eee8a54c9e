"""In charge of reading a seal's legend: the arc is unrolled into a line and read. Leaves finding the ring to `seals.ring`."""

import math
import re

import cv2
import numpy as np
from numpy.typing import NDArray

from domain.text import nfkc
from parsers.scans.ocr import Pixels, read_strip
from parsers.seals.ring import Ring

_RADIUS = 240  #: pixels the ring is brought to
_OUTER, _INNER = 0.945, 0.56  #: where the legend stands, as shares of the radius
_TURNS = 1500  #: pixels of a whole turn
_NOT_NAME = re.compile(r"[^\u3400-\u9fffA-Za-z()（）]")
_LEGIBLE = 0.6


def read_legend(rgb: Pixels, ring: Ring) -> str | None:
    """Return the words along a seal's ring, or None when they cannot be read."""
    disc = _round(rgb, ring)
    best, sure = "", 0.0
    for ink in (_red_ink(disc), _all_ink(disc)):
        for inner in (_INNER, 0.64) if ring.minor / ring.major > 0.84 else (_INNER, 0.48):
            text, score = _read(_unrolled(ink, inner))
            if score > sure and len(text) >= 3:
                best, sure = text, score
        if sure > 0.93:
            break
    return best if sure >= _LEGIBLE else None


def _round(rgb: Pixels, ring: Ring) -> Pixels:
    """Return the seal as a circle of a fixed radius, its top still up."""
    cosine, sine = math.cos(ring.tilt), math.sin(ring.tilt)
    turn = np.array([[cosine, -sine], [sine, cosine]])
    stretch = turn @ np.diag([_RADIUS / ring.major, _RADIUS / ring.minor]) @ turn.T
    shift = np.array([_RADIUS, _RADIUS]) - stretch @ np.array([ring.x, ring.y])
    warp = np.hstack([stretch, shift[:, None]])
    size = (2 * _RADIUS, 2 * _RADIUS)
    return np.asarray(cv2.warpAffine(rgb, warp, size, flags=cv2.INTER_CUBIC, borderValue=(255, 255, 255)), np.uint8)


def _red_ink(disc: Pixels) -> Pixels:
    """Return red ink as black on white; what is printed below disappears."""
    whole = disc.astype(np.float32)
    red = whole[..., 0] - whole[..., 1:].mean(axis=2)
    return _stretched(red)


def _all_ink(disc: Pixels) -> Pixels:
    """Return every ink as black on white: for grey scans, and where print lies over the legend."""
    return _stretched(255.0 - disc[..., 1].astype(np.float32))


def _stretched(ink: NDArray[np.float32]) -> Pixels:
    low, high = np.percentile(ink, (30, 97))
    return np.asarray(255 - ((ink - low) / max(float(high - low), 8.0) * 255).clip(0, 255), np.uint8)


def _unrolled(ink: Pixels, inner: float) -> Pixels:
    """Return the band of the legend as a line, heads up, starting in its widest gap."""
    polar = cv2.warpPolar(ink, (_RADIUS, _TURNS), (_RADIUS, _RADIUS), _RADIUS, cv2.WARP_POLAR_LINEAR | cv2.INTER_CUBIC)
    # Rows are angles, clockwise from the right, columns are radii: a quarter turn puts the rim on top.
    band = polar[:, int(inner * _RADIUS) : int(_OUTER * _RADIUS)]
    line = np.asarray(cv2.rotate(band, cv2.ROTATE_90_COUNTERCLOCKWISE), np.uint8)
    return np.asarray(np.roll(line, -_gap(line), axis=1), np.uint8)


def _gap(line: Pixels) -> int:
    """Return where the widest stretch without ink has its middle: where the legend begins and ends."""
    bare = (line < 140).mean(axis=0) < 0.06
    if bare.all() or not bare.any():
        return _TURNS // 4
    twice = np.concatenate([bare, bare])
    edges = np.flatnonzero(np.diff(np.concatenate([[0], twice.astype(np.int8), [0]])))
    starts, ends = edges[::2], edges[1::2]
    longest = int(np.argmax(ends - starts))
    return int((starts[longest] + ends[longest]) // 2) % _TURNS


def _read(line: Pixels) -> tuple[str, float]:
    text, score = read_strip(line)
    return _NOT_NAME.sub("", nfkc(text)), score
