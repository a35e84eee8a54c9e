import io
from datetime import date
from pathlib import Path

import pytest
from PIL import Image

from notify.chart import DAYS, HEIGHT, bars
from notify.thumbnails import SIDE, thumbnail
from tests.notify.desks import DAY


@pytest.mark.parametrize(("form", "mode"), [("PNG", "RGBA"), ("PNG", "P"), ("PNG", "L"), ("JPEG", "RGB"), ("JPEG", "CMYK")])  # fmt: skip
def test_a_picture_becomes_a_small_jpeg(tmp_path: Path, form: str, mode: str) -> None:
    Image.new(mode, (800, 300)).save(tmp_path / "a", form)
    small = thumbnail(tmp_path / "a")
    assert small is not None
    with Image.open(io.BytesIO(small.data)) as shown:
        assert (shown.format, shown.mode, shown.size) == ("JPEG", "RGB", (small.width, small.height))
        assert max(shown.size) == SIDE


def test_nothing_of_the_old_file_is_kept(tmp_path: Path) -> None:
    secret = b"<script>secret</script>"
    Image.new("RGB", (40, 40)).save(tmp_path / "a", "JPEG", comment=secret, exif=b"Exif\0\0" + secret)
    small = thumbnail(tmp_path / "a")
    assert small is not None
    assert secret not in small.data
    assert (small.width, small.height) == (40, 40)  # never made larger


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n", b"<svg/>"])
def test_what_is_no_picture_of_ours_gives_none(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a").write_bytes(data)
    assert thumbnail(tmp_path / "a") is None
    assert thumbnail(tmp_path / "missing") is None


@pytest.mark.parametrize("side", [7_000, 10_000])
def test_a_picture_too_large_to_open_is_not_opened(tmp_path: Path, side: int) -> None:
    Image.new("1", (side, side)).save(tmp_path / "a", "PNG")
    assert thumbnail(tmp_path / "a") is None


def test_bars_end_with_the_day_and_the_highest_is_the_whole_height() -> None:
    shown = bars(date(2023, 8, 15), [DAY] * 4, [DAY])
    assert len(shown) == DAYS
    assert shown[-1].day == date(2023, 8, 15)
    assert (shown[-1].mails, shown[-1].mails_high, shown[-1].cases_high) == (4, HEIGHT, HEIGHT // 4)
    assert (shown[0].mails, shown[0].mails_high) == (0, 0)


def test_one_among_thousands_is_still_seen() -> None:
    assert bars(date(2023, 8, 15), [DAY] * 9000, [DAY])[-1].cases_high == 2
