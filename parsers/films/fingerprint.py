"""In charge of a perceptual fingerprint of pictures: alike for copies, whatever their size or compression.

64-bit dHash: each bit says whether a spot is brighter than its right neighbour on a 9 × 8 grid.
"""

from collections.abc import Iterable

import cv2
import numpy as np

from parsers.scans.ocr import Pixels


def dhash(rgb: Pixels) -> int:
    """Return a picture's 64 bits."""
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    small = np.asarray(cv2.resize(grey, (9, 8), interpolation=cv2.INTER_AREA), np.int16)
    bits = (small[:, 1:] > small[:, :-1]).flatten()
    return int("".join("1" if bit else "0" for bit in bits), 2)


def fingerprint(pictures: Iterable[Pixels]) -> str:
    """Return the pictures' bits as hex, sixteen digits a picture."""
    return "".join(f"{dhash(picture):016x}" for picture in pictures)
