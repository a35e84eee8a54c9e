"""Personal data stays out of the log."""

from pathlib import Path

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from daemon.journal import english, mask, mask_event, written_to


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


def test_a_log_in_a_file_ends_with_it_and_events_go_to_standard_error_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = structlog.get_logger("any")
    with written_to(tmp_path / "log"):
        log.info("within")
    log.info("after")
    assert "within" in (tmp_path / "log").read_text()
    told = capsys.readouterr().err
    assert "after" in told
    assert "within" not in told
