"""In charge of telling whether a page bears an official seal, where, and cutting it out. Leaves its legend to `seals.legend`.

A seal is a ring of red ink, round (38–58 mm) or oval, thin inside. "Absent" is said only of a colour page without anything
like one: a visible seal called absent would cost an applicant a mail (clause 四, PDF盖章扫描版).
"""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import cv2
import numpy as np

from domain.facts import Seal, SealFacts
from parsers.scans.ocr import Pixels
from parsers.seals.legend import read_legend
from parsers.seals.ring import Ring, fit_rings
from parsers.seals.square import has_square

_LONG, _LONG_GREY = 1300, 700  #: pixels of the page's long side while searching
_STRONG, _WEAK = 42, 16  #: redness of fresh ink, of ink that could be one
_SURE, _MAYBE = 0.62, 0.42  #: share of the ring that is inked
_BEYOND_DOUBT = 0.9  #: share from which a ring needs no legend


def find_seals(rgb: Pixels, page: int, out: Path, *, printed: bool = False) -> SealFacts:
    """Return the seals on a page; each one's cut-out is written to `out` under its sha256.

    `printed`: the page was drawn from text in full colour, so that black on white is no grey scan.
    """
    if is_colourless(rgb) and not printed:
        return _grey_page(rgb, page, out)
    scale = min(1.0, _LONG / max(rgb.shape[:2]))
    red = redness(_smaller(rgb, scale))
    rings = _rings(red)
    sure = [ring for ring in rings if ring.coverage >= _SURE and ring.seen >= 0.4]
    if sure:
        seals = tuple(_seal(rgb, ring.scaled(1 / scale), page, out) for ring in sure)
        if any(seal.text or seal.confidence >= _BEYOND_DOUBT for seal in seals):
            return SealFacts(present=True, text=_joined(seals), seals=seals, reason="red ring")
        return SealFacts(present=None, seals=seals, reason="a red ring, not whole and without a legible legend")
    if rings:
        seals = tuple(_seal(rgb, ring.scaled(1 / scale), page, out) for ring in rings[:2])
        return SealFacts(present=None, text=_joined(seals), seals=seals, reason="part of a red ring: faint or cut off")
    return _without_ring(red)


def _smaller(rgb: Pixels, scale: float) -> Pixels:
    if scale >= 1:
        return rgb
    return np.asarray(cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)


def merge_seals(pages: Iterable[SealFacts]) -> SealFacts:
    """Return what several pages tell together: one seal is enough, one doubt keeps it open."""
    told = tuple(pages)
    seals = tuple(seal for facts in told for seal in facts.seals)
    for answer in (True, None, False):
        speaking = [facts for facts in told if facts.present is answer]
        if speaking:
            reasons = dict.fromkeys(facts.reason for facts in speaking if facts.reason)
            texts = dict.fromkeys(facts.text for facts in speaking if facts.text)
            electronic = any(facts.electronic for facts in told)
            return SealFacts(
                present=answer,
                text="、".join(texts) or None,
                seals=seals,
                reason="; ".join(reasons),
                electronic=electronic,
            )
    return SealFacts(present=None, reason="no page could be looked at")


def crops(facts: SealFacts | None) -> tuple[str, ...]:
    """Return the sha256 of the cut-outs that were written."""
    return tuple(seal.crop for seal in facts.seals if seal.crop) if facts else ()


def redness(rgb: Pixels) -> Pixels:
    """Return how much redder than its paper each pixel is; black, white, blue and the paper's own tint are 0."""
    whole = rgb.astype(np.int16)
    red, green, blue = whole[..., 0], whole[..., 1], whole[..., 2]
    excess = red - np.maximum(green, blue)
    # A warm lamp tints the whole sheet: what the paper has by itself is not ink.
    paper = cv2.blur(np.minimum(excess, 40).astype(np.float32), (101, 101))
    # Orange and skin have more green than blue; seal paste does not.
    warm = np.maximum(green - blue - 45, 0)
    return np.asarray((excess - np.maximum(paper, 0) * 0.9 - warm).clip(0, 255), np.uint8)


def is_colourless(rgb: Pixels) -> bool:
    """Tell whether a page was scanned without colour. Even a white sheet has a tint in a colour scan."""
    sample = rgb[::3, ::3].astype(np.int16)
    spread = sample.max(axis=2) - sample.min(axis=2)
    return bool(spread.mean() < 1.5 and np.percentile(spread, 99.95) < 14)


def _rings(red: Pixels) -> list[Ring]:
    """Return rings in fresh ink, else in faint ink, surest first."""
    for level in (_STRONG, 26, _WEAK):
        mask = np.asarray(red > level, np.uint8)
        if mask.mean() > 0.25:  # a tinted sheet, not ink
            continue
        rings = [ring for ring in fit_rings(mask) if ring.coverage >= _MAYBE]
        if any(ring.coverage >= _SURE for ring in rings) or (rings and level == _WEAK):
            return rings
    return []


def _without_ring(red: Pixels) -> SealFacts:
    """Judge a colour page without a ring: surely absent, unless red ink of a seal's size and shape is left over."""
    if has_square(np.asarray(red > 26, np.uint8)):
        return SealFacts(present=None, reason="square seal: a person's name seal, or not an office's")
    for filled, width, height in _blots(red):
        if 0.10 <= filled <= 0.82 and width / height < 2.0 and height / width < 2.0:
            return SealFacts(present=None, reason="red ink that could be a seal, no ring made out")
    if _breath_of_ring(red):
        return SealFacts(present=None, reason="a ring so faint that it may be a stain")
    return SealFacts(present=False, reason="colour page without a red ring")


def _breath_of_ring(red: Pixels) -> bool:
    """Tell whether the faintest red, taken over a patch, still makes a ring."""
    smooth = cv2.blur(red.astype(np.float32), (5, 5))
    mask = np.asarray(smooth > max(4.5, float(np.percentile(smooth, 90)) + 1.5), np.uint8)
    if mask.mean() > 0.08:
        return False
    return any(ring.coverage >= 0.72 and ring.seen >= 0.7 for ring in fit_rings(mask))


def _blots(red: Pixels) -> Iterator[tuple[float, int, int]]:
    """Give every compact patch of red of a seal's size: share that is inked, width, height."""
    mask = np.asarray(red > 26, np.uint8)
    near = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(near)
    least = red.shape[1] * 0.10
    for left, top, width, height, _area in stats[1:count]:
        if min(width, height) >= least and max(width, height) < red.shape[1] * 0.6:
            yield float(mask[top : top + height, left : left + width].mean()), int(width), int(height)


def _grey_page(rgb: Pixels, page: int, out: Path) -> SealFacts:
    """Judge a page without colour: a dark ring is a reason to look, nothing more."""
    scale = min(1.0, _LONG_GREY / max(rgb.shape[:2]))
    grey = cv2.cvtColor(_smaller(rgb, scale), cv2.COLOR_RGB2GRAY)
    ink = np.asarray(
        cv2.adaptiveThreshold(grey, 1, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 31, 12), np.uint8
    )
    rings = [ring for ring in fit_rings(ink, grouped=False) if ring.coverage >= 0.9 and ring.seen >= 0.6]
    if not rings:
        return SealFacts(present=None, reason="grey scan, no ring seen")
    seal = _seal(rgb, rings[0].scaled(1 / scale), page, out)
    return SealFacts(present=None, text=seal.text, seals=(seal,), reason="grey scan, ring seen")


def _seal(rgb: Pixels, ring: Ring, page: int, out: Path) -> Seal:
    left, top, right, bottom = ring.bounds(rgb.shape[1], rgb.shape[0])
    return Seal(
        page=page,
        box=(left, top, right - left, bottom - top),
        shape="oval" if ring.seen > 0.9 and ring.minor / ring.major < 0.84 else "round",
        text=read_legend(rgb, ring),
        confidence=round(min(1.0, ring.coverage), 2),
        crop=_written(rgb[top:bottom, left:right], out),
    )


def _written(crop: Pixels, out: Path) -> str | None:
    """Write a cut-out as PNG under its sha256 and return that."""
    done, png = cv2.imencode(".png", np.ascontiguousarray(crop[:, :, ::-1]))
    if not done:
        return None
    data = png.tobytes()
    name = hashlib.sha256(data).hexdigest()
    (out / name).write_bytes(data)
    return name


def _joined(seals: tuple[Seal, ...]) -> str | None:
    return "、".join(dict.fromkeys(seal.text for seal in seals if seal.text)) or None
