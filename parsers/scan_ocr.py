"""In charge of the OCR engine: where lines of text stand on a picture, and what they say. Leaves layout to `scan`.

The models ship inside the rapidocr wheel: nothing is fetched.
"""

import functools
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Quad = NDArray[np.float32]  #: four corners, clockwise from top left


@dataclass(frozen=True)
class Line:
    """One line of text as read."""

    text: str
    score: float  #: 0–1, the model's own
    box: tuple[float, float, float, float]  #: left, top, right, bottom


@functools.cache
def _engine() -> Any:
    from rapidocr import RapidOCR

    threads = {"EngineConfig.onnxruntime.intra_op_num_threads": 2, "EngineConfig.onnxruntime.inter_op_num_threads": 1}
    return RapidOCR(params={"Global.log_level": "error", "Global.max_side_len": 2400, **threads})


def find_lines(picture: Pixels) -> list[Quad]:
    """Return the outlines of text lines, in reading order."""
    found = _engine()(_bgr(picture), use_det=True, use_cls=False, use_rec=False)
    boxes = getattr(found, "boxes", None)
    return [] if boxes is None else [np.asarray(box, np.float32) for box in boxes]


def read_strip(picture: Pixels) -> tuple[str, float]:
    """Return what one upright line says, and how sure that is."""
    if min(picture.shape[:2]) < 4:
        return "", 0.0
    found = _engine()(_bgr(picture), use_det=False, use_cls=False, use_rec=True)
    texts, scores = getattr(found, "txts", None), getattr(found, "scores", None)
    return (str(texts[0]), float(scores[0])) if texts and scores else ("", 0.0)


def read_quad(picture: Pixels, quad: Quad) -> Line:
    """Return the line that stands in an outline."""
    text, score = read_strip(cut(picture, quad))
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


def _bgr(picture: Pixels) -> Pixels:
    if picture.ndim == 2:
        return np.asarray(cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR), np.uint8)
    return np.ascontiguousarray(picture[:, :, ::-1])
