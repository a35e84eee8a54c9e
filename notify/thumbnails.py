"""In charge of small pictures for letters: what a parser cut out or laid together, scaled down and written anew.

The picture was made by a parser of ours, but out of a stranger's file: only PNG and JPEG are opened, within limits, and what
goes into a letter is a fresh JPEG without a byte of the old one.
"""

import io
from pathlib import Path

from PIL import Image

from domain.value import Value

SIDE = 160  #: pixels, the longer side at most
_MOST_PIXELS = 40_000_000
_MOST_BYTES = 20 * 1024**2


class Thumbnail(Value):
    """A JPEG and its size as shown."""

    data: bytes
    width: int
    height: int


def thumbnail(path: Path) -> Thumbnail | None:
    """Return the picture at a path in small, or None where it cannot be had: a digest goes out without it."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            return None
        with Image.open(path, formats=("PNG", "JPEG")) as picture:
            if picture.width * picture.height > _MOST_PIXELS:
                return None
            picture.draft("RGB", (SIDE * 2, SIDE * 2))  # a JPEG is decoded at the size it is wanted
            picture.thumbnail((SIDE, SIDE))
            small = _on_white(picture)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return None  # Pillow raises all of these for bad files
    out = io.BytesIO()
    small.save(out, "JPEG", quality=72, optimize=True)
    return Thumbnail(data=out.getvalue(), width=small.width, height=small.height)


def _on_white(picture: Image.Image) -> Image.Image:
    """Return the picture without transparency and palette: mail programs show black where there is none."""
    drawn = picture.convert("RGBA")
    page = Image.new("RGBA", drawn.size, "white")
    page.alpha_composite(drawn)
    return page.convert("RGB")
