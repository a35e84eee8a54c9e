"""In charge of the OCR engine: where lines of text stand on a picture, and what they say. Leaves layout to `scans.layout`.

The models ship inside the rapidocr wheel: nothing is fetched.
"""

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Quad = NDArray[np.float32]  #: four corners, clockwise from top left

#: Long side while looking for lines: an A4 page keeps 3.8 pixels a millimetre, the smallest type in use 11 pixels.
#: Looking costs by area (200 dpi: 4.0 s, this: 0.8 s on one core) and finds the same lines; reading uses all pixels.
_LOOKING = 1120
#: Two parser processes run side by side on two cores, so each keeps to one (measured: 2 threads save 40 % of the
#: time of one page and cost as much on the other).
_THREADS = 1
DOUBTFUL = 0.85  #: score of a line below which a person should compare


@dataclass(frozen=True)
class Line:
    """One line of text as read."""

    text: str
    score: float  #: 0–1, the model's own
    box: tuple[float, float, float, float]  #: left, top, right, bottom

    @property
    def middle(self) -> float:
        """Height of its middle."""
        return (self.box[1] + self.box[3]) / 2


@functools.cache
def _engine() -> Any:
    from rapidocr import RapidOCR

    runtime = "EngineConfig.onnxruntime."
    threads = {f"{runtime}intra_op_num_threads": _THREADS, f"{runtime}inter_op_num_threads": 1}
    return RapidOCR(params={"Global.log_level": "error", "Det.limit_side_len": 32, **threads})


def warm_up() -> None:
    """Load the models, so that the first page is not the slow one."""
    blank = np.full((64, 256), 255, np.uint8)
    find_lines(blank)
    read_strip(blank)


def find_lines(picture: Pixels) -> list[Quad]:
    """Return the outlines of text lines, in reading order."""
    scale = min(1.0, _LOOKING / max(picture.shape[:2]))
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else picture
    found = _engine()(_bgr(np.asarray(small, np.uint8)), use_det=True, use_cls=False, use_rec=False)
    boxes = getattr(found, "boxes", None)
    return [] if boxes is None else [np.asarray(box, np.float32) / np.float32(scale) for box in boxes]


def read_strip(picture: Pixels) -> tuple[str, float]:
    """Return what one upright line says, and how sure that is."""
    if min(picture.shape[:2]) < 4:
        return "", 0.0
    found = _engine()(_bgr(picture), use_det=False, use_cls=False, use_rec=True)
    texts, scores = getattr(found, "txts", None), getattr(found, "scores", None)
    return (str(texts[0]), float(scores[0])) if texts and scores else ("", 0.0)


def read_quads(picture: Pixels, quads: Iterable[Quad]) -> list[Line]:
    """Return the lines that stand in the outlines; those without words are left out."""
    lines = (_read_quad(picture, quad) for quad in quads)
    return [line for line in lines if line.text.strip()]


def _read_quad(picture: Pixels, quad: Quad) -> Line:
    strip = cut(picture, quad)
    if strip.shape[0] > 1.6 * strip.shape[1]:
        strip = _laid_down(strip)
    text, score = read_strip(strip)
    text = text.replace("—一", "——").replace("一—", "——")  # a dash of two parts, half of it read as the numeral
    left, top = quad.min(axis=0)
    right, bottom = quad.max(axis=0)
    return Line(text, score, (float(left), float(top), float(right), float(bottom)))


def cut(picture: Pixels, quad: Quad) -> Pixels:
    """Return the outline's inside, made a rectangle."""
    width, height = sides(quad)
    size = max(1, round(width)), max(1, round(height))
    goal = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]], np.float32)
    warp = cv2.getPerspectiveTransform(quad, goal)
    return np.asarray(cv2.warpPerspective(picture, warp, size, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def sides(quad: Quad) -> tuple[float, float]:
    """Return an outline's width and height."""
    a, b, c, d = quad
    width = max(float(np.linalg.norm(b - a)), float(np.linalg.norm(c - d)))
    return width, max(float(np.linalg.norm(d - a)), float(np.linalg.norm(c - b)))


def _laid_down(strip: Pixels) -> Pixels:
    """Return characters set one below the other (单 / 位 / 意 / 见 in a narrow cell) side by side."""
    grey = strip if strip.ndim == 2 else cv2.cvtColor(strip, cv2.COLOR_RGB2GRAY)
    inked = (np.asarray(grey) < 150).any(axis=1)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], inked.astype(np.int8), [0]])))
    side, pieces, start = strip.shape[1], [], None
    for top, bottom in zip(edges[::2], edges[1::2], strict=True):
        start = top if start is None else start
        if bottom - start >= 0.6 * side:  # 二, 意 have gaps of their own: a piece is about as high as wide
            pieces.append(_squared(strip[start:bottom], side))
            start = None
    return np.hstack(pieces) if pieces else strip


def _squared(piece: Pixels, side: int) -> Pixels:
    """Return a piece on a square of paper, so that characters of any height line up."""
    room = max(0, side - piece.shape[0])
    edges = (room // 2, room - room // 2, 0, 0)
    framed = cv2.copyMakeBorder(piece, *edges, cv2.BORDER_CONSTANT, value=(255, 255, 255))
    return np.asarray(cv2.resize(framed, (side, side)), np.uint8)


def _bgr(picture: Pixels) -> Pixels:
    if picture.ndim == 2:
        return np.asarray(cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR), np.uint8)
    return np.ascontiguousarray(picture[:, :, ::-1])
