"""Copies look alike to the fingerprint, other pictures do not."""

import cv2
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from parsers.films.fingerprint import dhash, fingerprint


def picture(seed: int) -> np.ndarray:
    coarse = np.random.default_rng(seed).integers(0, 255, (6, 8, 3), np.uint8)
    return np.asarray(cv2.resize(coarse, (640, 360), interpolation=cv2.INTER_CUBIC), np.uint8)


@given(st.integers(0, 500), st.floats(0.3, 1.0), st.integers(40, 95))
def test_a_smaller_worse_copy_keeps_its_bits(seed: int, scale: float, quality: int) -> None:
    original = picture(seed)
    small = cv2.resize(original, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    _, jpeg = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, quality])
    copy = np.asarray(cv2.imdecode(jpeg, cv2.IMREAD_COLOR), np.uint8)
    assert (dhash(original) ^ dhash(copy)).bit_count() <= 6


def test_other_pictures_differ() -> None:
    pairs = [(dhash(picture(n)) ^ dhash(picture(n + 1))).bit_count() for n in range(40)]
    assert min(pairs) > 10


def test_sixteen_digits_a_picture() -> None:
    assert len(fingerprint([picture(1), picture(2)])) == 32
