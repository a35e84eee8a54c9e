"""Two sheets on one picture are read as two pages; one sheet is never taken for two."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from parsers.scans.page import Page, bounded, without_red
from parsers.scans.sheets import lying_apart, parted
from tests.fixtures.form_notice import facts_of
from tests.fixtures.make_scans import filled, scan_pages
from tests.fixtures.make_sheets import LAID, TWO_SHEETS, pair


@pytest.mark.parametrize(
    ("how", "annex", "degradations"),
    [
        ("beside", 2, {"turned": 180, "noise": 5}),
        ("pasted", 1, {"photo": True}),
    ],
    ids=lambda value: str(value),
)
def test_a_form_on_two_sheets_of_one_picture_is_read_whole(
    how: str, annex: int, degradations: dict[str, Any], tmp_path: Path
) -> None:
    both = pair(how, annex, **degradations)
    facts = facts_of(both.file, both.kind, tmp_path)
    (form,) = facts.forms
    assert {name: getattr(form, name) for name in both.fields} == both.fields
    assert (form.annex, form.commitment) == (annex, True)
    assert facts.seal is not None
    assert facts.seal.present is True, "the seal is on the second sheet, smaller than on a sheet that fills the picture"


def picture(how: str, **degradations: Any) -> np.ndarray[Any, np.dtype[np.uint8]]:
    first, second = scan_pages(1, filled(content=TWO_SHEETS), dpi=100, **degradations)
    return np.asarray(LAID[how](first, second), np.uint8)


def upright(rgb: np.ndarray[Any, np.dtype[np.uint8]]) -> Page:
    """Return a picture that is upright as it is, without looking for its lines."""
    return Page(without_red(bounded(rgb)), (), 0, 0.0)


@pytest.mark.parametrize("how", ["pasted", "pasted above", "beside", "above"])
def test_photos_of_sheets_are_told_by_their_outlines(how: str) -> None:
    first, second = lying_apart(picture(how, photo=True))
    assert abs(first.shape[0] - second.shape[0]) < 0.1 * first.shape[0]


def test_sheets_on_one_desk_are_told_by_their_outlines() -> None:
    first, second = lying_apart(picture("on a desk"))
    assert abs(first.shape[1] / first.shape[0] - 210 / 297) < 0.04
    assert abs(second.shape[1] / second.shape[0] - 210 / 297) < 0.04


@pytest.mark.parametrize(("how", "across"), [("beside", 1), ("above", 0)])
@pytest.mark.parametrize("line", [False, True])
def test_sheets_on_one_glass_are_parted_where_both_end(how: str, across: int, line: bool) -> None:
    rgb = picture(how, skew=1.0).copy()
    middle = rgb.shape[across] // 2
    if line:  # the edge of a sheet throws a shadow
        rgb[(slice(middle, middle + 3), slice(None))[:: 1 if across == 0 else -1]] = 120
    halves = parted(upright(rgb), rgb)
    assert [abs(half.shape[across] - middle) < 0.03 * middle for half in halves] == [True, True]


@pytest.mark.parametrize(
    "how",
    [
        {},
        {"borders": False},
        {"photo": True},
        {"photo": True, "shadow": True, "noise": 6},
        {"skew": -2.5},
        {"letterhead": True, "logo": True},
        {"camscanner": True, "noise": 8},
        {"extra": "photo"},
        {"size": 3.7, "borders": False},
    ],
    ids=str,
)
@pytest.mark.parametrize("content", ["短。", filled()["content"], filled()["content"] * 6])
def test_one_sheet_is_one(how: dict[str, Any], content: str) -> None:
    rgb = np.asarray(scan_pages(1, filled(content=content), dpi=100, **how)[0], np.uint8)
    assert lying_apart(rgb) == ()
    assert parted(upright(rgb), rgb) == ()


def test_nothing_is_parted_on_an_empty_page() -> None:
    blank = np.asarray(Image.new("RGB", (1200, 800), "white"), np.uint8)
    assert lying_apart(blank) == ()
    assert parted(upright(blank), blank) == ()
