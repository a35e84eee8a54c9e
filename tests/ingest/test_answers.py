import imaplib
import random
from datetime import UTC, datetime
from typing import Any

import pytest
from imapclient.response_parser import parse_fetch_response, parse_message_list

from ingest.answers import Examined, Line, arrival, expect_ok, readable, uids_of, value, without_literals
from ingest.errors import Unreachable

WORDS = [b"UID", b"5", b"INTERNALDATE", b'"', b"(", b")", b"[", b"]", b"BODY[]", b"NIL", b" ", b"{3}", b"FLAGS", b"ENVELOPE", b"\\", b"x", b"\xff", b"\0"]  # fmt: skip


def test_an_answer_is_readable_or_the_server_unreachable() -> None:
    """Junk that looks like IMAP: nothing but imaplib's own error and ours comes out."""
    chance = random.Random(20230830)
    for _ in range(5000):
        junk = (
            b"1 (" + b" ".join(chance.choice(WORDS) for _ in range(chance.randint(0, 10))) + b")" * chance.randint(0, 1)
        )
        for parse in (parse_fetch_response, parse_message_list):
            try:
                with readable("FETCH"):
                    parse([junk])
            except (imaplib.IMAP4.error, Unreachable):
                pass


def test_a_literal_that_went_elsewhere_leaves_an_answer_that_can_be_read() -> None:
    lines: list[Line] = [
        (b"1 (UID 5 BODY[] {9}", b""),
        b' INTERNALDATE "01-Aug-2023 09:00:00 +0800" RFC822.SIZE 9)',
        b"2 (FLAGS (\\Seen))",
    ]
    answer = parse_fetch_response(without_literals(lines), normalise_times=False)[5]
    assert (answer[b"RFC822.SIZE"], answer[b"BODY[]"]) == (9, None)
    assert arrival(answer) == datetime(2023, 8, 1, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize("date", [b'"01-Aug-2023 09:00:00"', b'"yesterday"', b"NIL", b'""'])
def test_an_arrival_that_is_not_sure_is_none(date: bytes) -> None:
    assert arrival(parse_fetch_response([b"1 (UID 5 INTERNALDATE " + date + b")"], normalise_times=False)[5]) is None


@pytest.mark.parametrize(
    ("answer", "known"),
    [
        ({b"UIDVALIDITY": 1, b"EXISTS": 267}, Examined("INBOX", 1, None, 267)),
        ({b"UIDVALIDITY": 7, b"EXISTS": 0, b"UIDNEXT": 9}, Examined("INBOX", 7, 9, 0)),
        ({}, Examined("INBOX", 1, None, 0)),
    ],
)
def test_uidnext_may_be_missing(answer: dict[bytes, Any], known: Examined) -> None:
    """T05."""
    assert Examined.of("INBOX", answer) == known


def test_a_no_is_an_error_as_a_bad_is() -> None:
    expect_ok("LIST", "OK", [None])
    with pytest.raises(imaplib.IMAP4.error, match="LIST NO"):
        expect_ok("LIST", "NO", [b"Unsafe Login"])


def test_small_readings() -> None:
    assert uids_of([b"1 (UID 1392611444)", b"2 (FLAGS () UID 5)", None, b"3 (FLAGS ())"]) == {1_392_611_444, 5}
    assert value({b"SEQ": 1, b"BODY[HEADER.FIELDS (A)]": b"A: b"}, b"BODY[HEADER") == b"A: b"
    assert value({b"BODY[]": None}, b"BODY[]") == value({}, b"BODY[]") == b""
