"""In charge of telling square seals (方章, a person's name seal), which no office stamps a form with, from other red things."""

from collections.abc import Iterator

import cv2
import numpy as np

from parsers.scans.ocr import Pixels

_LEAST, _MOST = 0.04, 0.24  #: a square seal's side, as shares of the page's shorter side
_FRAMED = 0.8  #: share of its outline that is inked


def has_square(mask: Pixels) -> bool:
    """Tell whether a mask of red ink (1 is ink) holds a square frame with characters in it."""
    return any(_is_square(patch) for patch in _patches(mask))


def _patches(mask: Pixels) -> Iterator[Pixels]:
    """Give every patch of ink of a square seal's size, turned straight."""
    near = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
    outlines, _ = cv2.findContours(near, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    span = min(mask.shape)
    for outline in outlines:
        middle, (wide, high), degrees = cv2.minAreaRect(outline)
        if (
            min(wide, high) < _LEAST * span
            or max(wide, high) > _MOST * span
            or max(wide, high) > 1.25 * min(wide, high)
        ):
            continue
        warp = cv2.getRotationMatrix2D(middle, degrees, 1.0)
        straight = cv2.warpAffine(mask, warp, (mask.shape[1], mask.shape[0]), flags=cv2.INTER_NEAREST)
        yield np.asarray(cv2.getRectSubPix(straight, (round(wide), round(high)), middle), np.uint8)


def _is_square(patch: Pixels) -> bool:
    """Tell whether ink runs along all four sides, and neither fills nor leaves bare what they frame."""
    rim = max(2, round(min(patch.shape) * 0.09))
    sides = (patch[:rim].max(axis=0), patch[-rim:].max(axis=0), patch[:, :rim].max(axis=1), patch[:, -rim:].max(axis=1))
    inside = float(patch[rim:-rim, rim:-rim].mean())
    return min(float(side.mean()) for side in sides) >= _FRAMED and 0.1 <= inside <= 0.88
