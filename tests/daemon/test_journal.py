"""Personal data stays out of the log."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.journal import english, mask, mask_event


@pytest.mark.parametrize(
    ("said", "logged"),
    [
        ("call 13800000000", "call 138****0000"),
        ("from wangming@163.com", "from w***g@163.com"),
        ("0536-8090748", "0536-80****8"),
        ("138 0000 1234", "138****1234"),
        ("2023-W-0001 has 12 files", "2023-W-0001 has 12 files"),
    ],
)
def test_phones_and_addresses_are_masked(said: str, logged: str) -> None:
    assert mask(said) == logged


@given(st.from_regex(r"\A1[3-9]\d{9}\Z"))
def test_no_mobile_number_survives(number: str) -> None:
    assert number not in mask(f"phone={number},")


def test_an_error_quotes_nobody() -> None:
    said = "ValidationError: 王小明 of 青州市协会, 13800000000"
    assert english(said) == "ValidationError: … of …, 13800000000"
    assert mask_event(None, "error", {"exception": said})["exception"] == "ValidationError: … of …, 138****0000"


def test_digests_of_mails_stay_whole() -> None:
    event = mask_event(None, "info", {"sha256": "12345678901a", "size": 13800000000})
    assert event == {"sha256": "12345678901a", "size": 13800000000}
