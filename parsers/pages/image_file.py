"""In charge of opening pictures within bounds, turned as the camera meant them, and of what a camera wrote beside them."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from PIL import ExifTags, Image, ImageOps, ImageSequence, UnidentifiedImageError

from domain.mail import FileDate
from domain.text import one_line
from parsers.scans.ocr import Pixels

_MOST_PIXELS = 120_000_000  #: the largest phone cameras make 108 million
_USEFUL = 3400  #: pixels of the long side; JPEGs are decoded at a half or a quarter above twice that
_DATES = (
    (ExifTags.Base.DateTimeOriginal, "EXIF DateTimeOriginal"),
    (ExifTags.Base.DateTimeDigitized, "EXIF DateTimeDigitized"),
    (ExifTags.Base.DateTime, "EXIF DateTime"),
)


class Unreadable(Exception):
    """Not a picture that can be decoded. The applicant must send it again."""


class TooLarge(Exception):
    """More pixels than a camera makes: a decompression bomb, or nothing to read as a form."""


def opened(path: Path) -> Image.Image:
    """Return the picture, not yet decoded. Raises Unreadable or TooLarge."""
    import pillow_heif

    pillow_heif.register_heif_opener()
    Image.MAX_IMAGE_PIXELS = None  # bounded here, by an error and not by a warning
    try:
        picture = Image.open(path)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise Unreadable("no reader opens it") from error
    if picture.width * picture.height > _MOST_PIXELS:
        picture.close()
        raise TooLarge(f"{picture.width} by {picture.height} pixels")
    return picture


def size(picture: Image.Image) -> tuple[int, int]:
    """Return width and height as shown."""
    sideways = picture.getexif().get(ExifTags.Base.Orientation, 1) in {5, 6, 7, 8}
    return (picture.height, picture.width) if sideways else (picture.width, picture.height)


def frames(picture: Image.Image, most: int) -> Iterator[Pixels]:
    """Give the pages of a TIFF, or the one picture (an animation's first), in RGB and upright. Raises Unreadable."""
    several = most if picture.format == "TIFF" else 1
    picture.draft("RGB", (_USEFUL, _USEFUL))
    try:
        for number, frame in enumerate(ImageSequence.Iterator(picture)):
            if number >= several:
                return
            if frame.width * frame.height > _MOST_PIXELS:
                raise TooLarge(f"{frame.width} by {frame.height} pixels")
            yield _rgb(frame)
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise Unreadable("breaks off while decoding") from error


def _rgb(frame: Image.Image) -> Pixels:
    upright = ImageOps.exif_transpose(frame)
    if upright.mode in {"RGBA", "LA", "PA"} or "transparency" in upright.info:
        clear = upright.convert("RGBA")
        upright = Image.alpha_composite(Image.new("RGBA", clear.size, "white"), clear)
    elif upright.mode.startswith("I;16"):
        upright = upright.point(lambda value: value / 256).convert("L")
    return np.asarray(upright.convert("RGB"), np.uint8)


def dates(picture: Image.Image) -> tuple[FileDate, ...]:
    """Return the dates a camera wrote (EXIF 2.32 §4.6.5)."""
    exif = picture.getexif()
    tags: dict[int, Any] = {**exif, **exif.get_ifd(ExifTags.IFD.Exif)}
    found = ((where, _date(tags.get(tag))) for tag, where in _DATES)
    return tuple(FileDate(when=when, where=where) for where, when in found if when)


def _date(value: Any) -> date | None:
    parts = str(value or "")[:10].replace("-", ":").split(":")
    try:
        return date(*(int(part) for part in parts)) if len(parts) == 3 else None
    except ValueError:
        return None


def camera(picture: Image.Image) -> str:
    """Return the camera or program that made the picture."""
    exif = picture.getexif()
    tags = (ExifTags.Base.Make, ExifTags.Base.Model, ExifTags.Base.Software)
    return " ".join(dict.fromkeys(one_line(str(exif[tag]))[:60] for tag in tags if exif.get(tag)))
