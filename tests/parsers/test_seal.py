"""Seals found on pages: there, not there, or not to be known."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from domain.facts import SealFacts
from parsers.scans.ocr import Pixels
from parsers.seals.finding import find_seals, is_colourless, merge_seals
from tests.fixtures.make_red import DRAWN
from tests.fixtures.make_scans import filled, scan_pages

UNIT = "寿光市发展和改革局"


def page(unit: str | None, **how: Any) -> Pixels:
    return np.asarray(scan_pages(1, filled(), unit, **{"dpi": 150, **how})[-1], np.uint8)


@pytest.mark.parametrize(
    "how",
    [
        {}, {"seal_at": "text"}, {"faint": 0.3}, {"photo": True, "shadow": True}, {"rotation": 90, "skew": 2}, {"letterhead": True},
        {"logo": True}, {"ring": 90}, {"star": False, "code": "3707020012345"}, {"seal_kind": "oval"}, {"colour": (150, 20, 25)},
        {"noise": 12, "jpeg": 40}, {"extra": "words"}, {"extra": "square"},
    ],
    ids=str,
)  # fmt: skip
def test_a_seal_is_found_and_its_legend_read(how: dict[str, Any], tmp_path: Path) -> None:
    facts = find_seals(page(UNIT, **how), 0, tmp_path)
    assert facts.present is True
    assert facts.text == UNIT
    assert facts.seals[0].shape == ("oval" if how.get("seal_kind") == "oval" else "round")
    assert all((tmp_path / seal.crop).read_bytes().startswith(b"\x89PNG") for seal in facts.seals if seal.crop)


@pytest.mark.parametrize(
    "how",
    [{}, {"letterhead": True}, {"logo": True}, {"photo": True}, {"noise": 12}]
    + [{"extra": name} for name in DRAWN if name not in {"square", "disc", "star", "words"}],
    ids=str,
)
def test_other_red_things_are_no_seal(how: dict[str, Any], tmp_path: Path) -> None:
    facts = find_seals(page(None, **how), 0, tmp_path)
    assert facts.present is False
    assert not facts.seals


@pytest.mark.parametrize("extra", ["square", "disc", "star", "words"])
def test_red_things_like_a_seal_are_left_to_a_person(extra: str, tmp_path: Path) -> None:
    facts = find_seals(page(None, extra=extra), 0, tmp_path)
    assert facts.present is not True
    assert facts.reason


def test_a_square_seal_is_named_as_what_it_is(tmp_path: Path) -> None:
    facts = find_seals(page(None, extra="square"), 0, tmp_path)
    assert facts.present is None
    assert "square" in facts.reason


@pytest.mark.parametrize("seal_at", ["edge", "foot"])
def test_a_seal_cut_by_the_paper_is_never_called_absent(seal_at: str, tmp_path: Path) -> None:
    facts = find_seals(page(UNIT, seal_at=seal_at), 0, tmp_path)
    assert facts.present is not False
    assert facts.text is not None
    assert facts.text[:3] in UNIT or UNIT[:3] in facts.text


@pytest.mark.parametrize("faint", [0.2, 0.15, 0.1])
def test_the_faintest_seal_is_never_called_absent(faint: float, tmp_path: Path) -> None:
    assert find_seals(page(UNIT, faint=faint), 0, tmp_path).present is not False


@pytest.mark.parametrize("unit", [UNIT, None])
def test_a_grey_scan_cannot_tell(unit: str | None, tmp_path: Path) -> None:
    facts = find_seals(page(unit, grey=True, dpi=200), 0, tmp_path)
    assert facts.present is None
    assert bool(facts.seals) is (unit is not None)


def test_black_on_white_is_no_grey_scan_when_it_was_drawn_from_text(tmp_path: Path) -> None:
    sheet = page(None, grey=True)
    assert is_colourless(sheet)
    assert find_seals(sheet, 0, tmp_path, printed=True).present is False


@pytest.mark.parametrize(
    ("pages", "told"),
    [
        ((True, False), True), ((None, True), True), ((None, False), None), ((False, False), False), ((), None),
    ],
)  # fmt: skip
def test_one_seal_is_enough_and_one_doubt_keeps_it_open(pages: tuple[bool | None, ...], told: bool | None) -> None:
    assert merge_seals(SealFacts(present=present) for present in pages).present is told
