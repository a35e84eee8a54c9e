"""Staff read in Chinese why a seal could not be told."""

import re
from pathlib import Path

import pytest

from notify.seal_words import why_unclear

PARSERS = Path(__file__).parents[2] / "parsers"
#: reasons of what could be told: nobody has to be told why
TOLD = {"red ring", "signature field (not verified)", "colour page without a red ring", "printed page without red ink or a ring", "; "}  # fmt: skip


def reasons_in_the_readers() -> set[str]:
    files = PARSERS.rglob("*.py")
    return {reason for path in files for reason in re.findall(r'reason="([^"]+)"', path.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("reason", sorted(reasons_in_the_readers() - TOLD))
def test_every_reason_of_a_reader_has_chinese_words(reason: str) -> None:
    assert re.search(r"[一-鿿]", why_unclear(reason))


def test_reasons_of_several_pages_are_all_said() -> None:
    both = why_unclear("grey scan, ring seen; part of a red ring: faint or cut off")
    assert both == "黑白扫描件，可见印章轮廓；印章颜色过浅或不完整"


def test_what_has_no_words_is_left_out() -> None:
    assert why_unclear("something new") == ""
