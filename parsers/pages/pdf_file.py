"""In charge of a PDF as pages: opening it with what passwords there are, what lies on a page, and drawing it within bounds.

Nothing in a PDF is ever run: the library is built without JavaScript and no action is followed.
"""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium

from parsers.scans.ocr import Pixels

_READING, _READING_LARGE = 2340, 3300  #: pixels of the long side of A4 (200 dpi), of anything larger than A4
_A4 = 900  #: points, with some air
_MOST_PIXELS = 12_000_000
_MOST_IMAGE_PIXELS = 150_000_000  #: of one picture on a page: more is a bomb, not a scan
_MOST_OBJECTS = 60_000
_COVERING = 0.55  #: share of a page from which a picture is the page


class Encrypted(Exception):
    """A password is needed and none of those given opens it. The applicant must send it without."""


class Corrupt(Exception):
    """Not a PDF that any reader opens. The applicant must send it again."""


@dataclass(frozen=True)
class Drawn:
    """What lies on a page, by kind."""

    pictures: int = 0
    covered: float = 0.0  #: share of the page that its largest picture takes
    pictured_last: bool = False  #: that picture is drawn over the text
    hidden: int = 0  #: text objects that are not painted (rendering mode 3: an OCR layer)
    shown: int = 0  #: text objects that are
    too_large: bool = False  #: a picture or a number of objects past the limits


@contextmanager
def opened(path: Path, passwords: Sequence[str]) -> Iterator[tuple[pypdfium2.PdfDocument, str | None]]:
    """Give the document and the password that opened it. Raises Encrypted or Corrupt."""
    document, password = _open(path, passwords)
    try:
        yield document, password
    finally:
        document.close()


def _open(path: Path, passwords: Sequence[str]) -> tuple[pypdfium2.PdfDocument, str | None]:
    for password in (None, *passwords):
        try:
            return pypdfium2.PdfDocument(path, password=password), password
        except pypdfium2.PdfiumError as error:
            if getattr(error, "err_code", None) != pdfium.FPDF_ERR_PASSWORD:
                raise Corrupt("no reader opens it") from error
    raise Encrypted("a password is needed")


def look(page: pypdfium2.PdfPage) -> Drawn:
    """Return what lies on a page without drawing it."""
    width, height = page.get_size()
    seen = Drawn()
    for number, item in enumerate(page.get_objects(max_depth=4)):
        if number > _MOST_OBJECTS:
            return _with(seen, too_large=True)
        if item.type == pdfium.FPDF_PAGEOBJ_IMAGE:
            seen = _with_picture(seen, item, width * height)
        elif item.type == pdfium.FPDF_PAGEOBJ_TEXT:
            hidden = pdfium.FPDFTextObj_GetTextRenderMode(item.raw) == pdfium.FPDF_TEXTRENDERMODE_INVISIBLE
            seen = _with(seen, hidden=seen.hidden + hidden, shown=seen.shown + (not hidden), pictured_last=False)
    return seen


def _with_picture(seen: Drawn, item: pypdfium2.PdfObject, whole: float) -> Drawn:
    left, bottom, right, top = item.get_bounds()
    share = abs(right - left) * abs(top - bottom) / max(whole, 1.0)
    wide, high = item.get_px_size()
    huge = seen.too_large or wide * high > _MOST_IMAGE_PIXELS
    pages_own = share >= _COVERING and seen.shown + seen.hidden > 0
    return _with(
        seen,
        pictures=seen.pictures + 1,
        covered=max(seen.covered, min(share, 1.0)),
        pictured_last=seen.pictured_last or pages_own,
        too_large=huge,
    )


def _with(seen: Drawn, **changes: Any) -> Drawn:
    return replace(seen, **changes)


def draw(page: pypdfium2.PdfPage, long_side: int | None = None) -> Pixels:
    """Return a page in RGB, annotations and stamps included, its pixels bounded whatever its size says."""
    width, height = (max(1.0, side) for side in page.get_size())
    goal = long_side or (_READING if max(width, height) <= _A4 else _READING_LARGE)
    scale = min(goal / max(width, height), math.sqrt(_MOST_PIXELS / (width * height)))
    bitmap = page.render(scale=scale, draw_annots=True, may_draw_forms=True, rev_byteorder=True)
    picture = np.asarray(bitmap.to_numpy(), np.uint8)
    return np.ascontiguousarray(
        picture[..., :3] if picture.ndim == 3 and picture.shape[2] >= 3 else np.dstack([picture] * 3)
    )


def is_picture(seen: Drawn) -> bool:
    """Tell whether the page is a picture of a sheet: what text there is, is an OCR layer under or over it."""
    return seen.covered >= _COVERING and (seen.pictured_last or seen.hidden >= seen.shown)
