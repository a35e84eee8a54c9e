"""Staff read in Chinese why a mail was set aside."""

import re
from pathlib import Path

import pytest

from notify.guards import RECALLED
from notify.reason_words import why_set_aside

ROOT = Path(__file__).parents[2]
PLACES = ("notify/guards.py", "daemon/pipeline.py", "daemon/staff_desk.py", "daemon/withdrawing.py")
#: how a reason is written there: `reason="…"`, `kind, reason = …, "…"`, and as a bare argument
_WRITTEN = re.compile(
    r'(?:reason=|reason = (?:MessageKind\.\w+, )?|_repeats\(\w+, |\(\), |tuple\(rulings\), )f?"([^"{]+)'
)
_HEADERS = ("X-QQ-AUTO-REPLY", "X-QQ-HolidayReply")


def reasons_on_record() -> set[str]:
    return {reason for place in PLACES for reason in _WRITTEN.findall((ROOT / place).read_text(encoding="utf-8"))}


def test_the_places_where_reasons_are_given_are_found() -> None:
    assert {"asks about the call", "a second copy of ", "withdraws ", "null envelope sender"} <= reasons_on_record()


@pytest.mark.parametrize("reason", [*sorted(reasons_on_record()), RECALLED, *_HEADERS])
def test_every_reason_has_chinese_words(reason: str) -> None:
    assert re.search(r"[一-鿿]", why_set_aside(f"{reason}2023-W-0001"))


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("same materials as 2023-W-0001", "材料与 2023-W-0001 相同"),
        (f"a second copy of {'ab' * 32}", "与已收邮件（标识 abababababab）为同一封"),
        ("asks to withdraw; a person looks: forwarded", "申请撤回，须人工确认"),
        ("", ""),
        ("something new", ""),
    ],
)
def test_what_follows_a_reason_is_said_where_it_helps(reason: str, said: str) -> None:
    assert why_set_aside(reason) == said
