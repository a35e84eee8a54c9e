"""Pictures: a photo of a form is read, any other is measured."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pillow_heif
import pytest
from PIL import ExifTags, Image

from domain.facts import FileFacts
from domain.kinds import Kind
from parsers.image import is_document
from tests.fixtures.form_notice import facts_of
from tests.fixtures.make_scans import filled, scan_image, scan_pages


def read(data: bytes, work: Path) -> FileFacts:
    return facts_of(data, Kind.IMAGE, work)


def saved(picture: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def landscape(width: int = 1600, height: int = 1067) -> Image.Image:
    """A photo: sky, hills, grain, and a red banner."""
    rows = np.linspace(0, 1, height)[:, None]
    hills = rows > 0.55 + 0.1 * np.sin(np.linspace(0, 9, width))[None, :]
    sky = np.broadcast_to(np.array([150.0, 170.0, 230.0]) * (0.7 + 0.3 * rows[..., None]), (height, width, 3))
    picture = np.where(hills[..., None], np.array([70.0, 110.0, 50.0]), sky)
    picture[height // 2 : height // 2 + 60, 200:1200] = (200, 30, 35)
    picture += np.random.default_rng(3).normal(0, 14, picture.shape)
    return Image.fromarray(picture.clip(0, 255).astype(np.uint8))


def test_a_photo_of_a_form_is_read_with_its_seal_and_date(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2022:11:05 10:00:00"
    exif[ExifTags.Base.Model] = "P50"
    facts = read(scan_image(1, filled(), photo=True, exif=exif), tmp_path)
    (form,) = facts.forms
    assert {name: getattr(form, name) for name in filled()} == filled()
    assert facts.seal is not None
    assert (facts.seal.present, facts.seal.text) == (True, "潍坊市信用协会")
    assert [(str(found.when), found.where) for found in facts.dates] == [("2022-11-05", "EXIF DateTimeOriginal")]
    assert (facts.source, facts.producer) == ("ocr", "P50")


def test_a_camera_held_sideways_is_put_right(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    page = scan_pages(1, filled(), None, dpi=100)[0].rotate(90, expand=True)
    facts = read(saved(page, "JPEG", exif=exif, quality=90), tmp_path)
    assert facts.width is not None
    assert facts.height is not None
    assert facts.height > facts.width


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "BMP", "TIFF", "HEIF", "GIF"])
def test_every_format_is_measured(kind: str, tmp_path: Path) -> None:
    pillow_heif.register_heif_opener()
    facts = read(saved(landscape(640, 480), kind), tmp_path)
    assert (facts.problem, facts.width, facts.height) == (None, 640, 480)


def test_a_case_photo_costs_no_reading(tmp_path: Path) -> None:
    assert not is_document(np.asarray(landscape(), np.uint8))
    facts = read(saved(landscape(), "JPEG"), tmp_path)
    assert (facts.source, facts.text, facts.forms, facts.seal) == ("", "", (), None)


@pytest.mark.parametrize("how", [{}, {"photo": True, "shadow": True}, {"grey": True}, {"rotation": 90}], ids=str)
def test_pages_are_told_from_photos(how: dict[str, Any]) -> None:
    assert is_document(np.asarray(scan_pages(1, filled(), dpi=150, **how)[0], np.uint8))


def test_a_stamp_sized_picture_is_not_read(tmp_path: Path) -> None:
    facts = read(saved(scan_pages(1, filled(), None)[0].resize((200, 283)), "PNG"), tmp_path)
    assert (facts.width, facts.source) == (200, "")


def test_a_bomb_is_not_decoded(tmp_path: Path) -> None:
    facts = read(saved(Image.new("1", (20000, 20000)), "PNG"), tmp_path)
    assert facts.problem == "memory"
    assert "20000" in facts.detail


@pytest.mark.parametrize("keep", [0, 20, 300])
def test_a_picture_that_breaks_off_is_corrupt(keep: int, tmp_path: Path) -> None:
    whole = saved(landscape(640, 480), "JPEG")
    assert read(whole[:keep], tmp_path).problem == "corrupt"


def test_a_picture_with_a_clear_background_lies_on_white(tmp_path: Path) -> None:
    clear = Image.new("RGBA", (800, 800), (0, 0, 0, 0))
    assert read(saved(clear, "PNG"), tmp_path).problem is None
