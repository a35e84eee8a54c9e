from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.arrival import arrival_of_header

NINE = datetime(2023, 8, 1, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai


@pytest.mark.parametrize(
    ("header", "when"),
    [
        ("Received: from a by b; Tue, 1 Aug 2023 09:00:00 +0800\r\nReceived: from c; Mon, 31 Jul 2023 09:00:00 +0800", NINE),
        ("Received: from a by b;\r\n\tTue, 1 Aug 2023 09:00:00 +0800 (CST)\r\nDate: Mon, 1 Jan 2001 00:00:00 +0000", NINE),
        ("Received: from a by b; Tue, 1 Aug 2023 01:00:00 -0000", NINE),
        ("Date: Tue, 1 Aug 2023 01:00:00 GMT", NINE),
        ("Date: Tue, 1 Aug 2023 09:00:00 CST", NINE),
        ("Date: Tue, 1 Aug 2023 09:00:00 GMT+08:00", NINE),
        ("Date: Tue, 1 Aug 2023 09:00:00", NINE),
        ("Received: no date here\r\nDate: Tue, 1 Aug 2023 09:00:00 +0800", NINE),
        ("Date: yesterday", None),
        ("Date: Fri, 31 Dec 9999 23:00:00 -1200", None),
        ("Subject: Date: Tue, 1 Aug 2023 09:00:00 +0800", None),
        ("Subject: x\r\n\r\nDate: Tue, 1 Aug 2023 09:00:00 +0800", None),
        ("", None),
    ],
)  # fmt: skip
def test_the_topmost_received_counts_then_date(header: str, when: datetime | None) -> None:
    assert arrival_of_header(header.encode()) == when


@given(st.binary(max_size=200))
def test_no_header_upsets_it(junk: bytes) -> None:
    when = arrival_of_header(b"Received: x; " + junk + b"\r\nDate: " + junk)
    assert when is None or when.tzinfo is not None
