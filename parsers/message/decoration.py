"""In charge of telling what only adorns a mail: signature logos, emoticons, tracking pixels, programs' signatures (T62, T72).

A stamped form photographed into the text is none: judged by size on paper and in bytes.
"""

import warnings
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from domain.kinds import Kind

#: Signatures that programs check and nobody reads.
_SIGNATURES = frozenset({
    "application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature", "application/pgp-encrypted",
})  # fmt: skip


def is_decoration(path: Path, kind: Kind, declared_type: str, *, inline: bool) -> bool:
    """Tell whether a carried file can never be a material. `inline`: it stands in the text, by disposition or cid.

    Pictures of the text count as decoration when of icon size, thin as a banner, or small in both pixels and bytes.
    """
    if declared_type in _SIGNATURES:
        return True
    if kind is not Kind.IMAGE:
        return False
    pixels, size = _pixels(path), path.stat().st_size
    if pixels and max(pixels) <= 3:
        return True
    if not inline:
        return False
    if not pixels:
        return size < 8 * 1024
    short, long = sorted(pixels)
    banner = short <= 260 and long >= 2.2 * short and size < 200 * 1024
    return long <= 320 or short <= 120 or banner or (long <= 480 and size < 40 * 1024)


def _pixels(path: Path) -> tuple[int, int] | None:
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(path) as picture:
            return picture.size
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
