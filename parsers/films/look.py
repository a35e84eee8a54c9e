"""In charge of the look of a film as sampled: black or frozen, and a sheet of thumbnails for staff."""

import hashlib
import math
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from parsers.films.frames import Frame
from parsers.scans.ocr import Pixels

_COLUMNS, _ROWS = 4, 3
_THUMB = 320, 180  #: pixels
_MOST = 0.6  #: of the samples


def is_blank(frames: Sequence[Frame]) -> bool | None:
    """Tell whether most of a film is flat colour or one and the same picture; None where too little of it was seen.

    A still picture under changing subtitles is not the same picture.
    """
    if len(frames) < 4:
        return None
    greys = [_small(frame.rgb) for frame in frames]
    flat = [bool(np.subtract(*np.percentile(grey, (99.5, 0.5))) < 12) for grey in greys]
    longest = max(sum(_same(one, other) for other in greys) for one in greys)
    return max(sum(flat), longest) / len(frames) > _MOST


def _small(rgb: Pixels) -> Pixels:
    height = max(2, round(240 * rgb.shape[0] / rgb.shape[1]))
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    return np.asarray(cv2.resize(grey, (240, height), interpolation=cv2.INTER_AREA), np.uint8)


def _same(one: Pixels, other: Pixels) -> bool:
    """Tell whether two pictures are one, compression noise apart: a line of text changes 0.3 % of the spots or more."""
    if one.shape != other.shape:
        return False
    return bool((cv2.absdiff(one, other) > 24).mean() < 0.002)


def write_sheet(frames: Sequence[Frame], out: Path) -> str | None:
    """Write twelve frames as one JPEG into `out` under its sha256 and return that; None where there are no frames."""
    if not frames:
        return None
    count = _COLUMNS * _ROWS
    chosen = [frames[number * len(frames) // count] for number in range(min(count, len(frames)))]
    rows = math.ceil(len(chosen) / _COLUMNS)
    sheet = np.zeros((rows * _THUMB[1], _COLUMNS * _THUMB[0], 3), np.uint8)
    for number, frame in enumerate(chosen):
        _place(sheet, frame.rgb, number)
    done, jpeg = cv2.imencode(".jpg", sheet[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 80])
    if not done:
        return None
    data = jpeg.tobytes()
    name = hashlib.sha256(data).hexdigest()
    (out / name).write_bytes(data)
    return name


def _place(sheet: Pixels, rgb: Pixels, number: int) -> None:
    """Put a picture into its cell, whole, in the middle."""
    scale = min(_THUMB[0] / rgb.shape[1], _THUMB[1] / rgb.shape[0])
    width, height = max(1, int(rgb.shape[1] * scale)), max(1, int(rgb.shape[0] * scale))
    left = number % _COLUMNS * _THUMB[0] + (_THUMB[0] - width) // 2
    top = number // _COLUMNS * _THUMB[1] + (_THUMB[1] - height) // 2
    sheet[top : top + height, left : left + width] = cv2.resize(rgb, (width, height), interpolation=cv2.INTER_AREA)
