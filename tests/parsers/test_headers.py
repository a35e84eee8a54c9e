"""Header fields are read as Chinese senders write them (research/netease-mail.md §3.2 table, T24–T38)."""

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.message.headers import date, decode_text, message_ids, relayed_at
from tests.fixtures.mails import split_word, word


def raw(data: bytes) -> str:
    """Return a header value as the stdlib hands it over: raw bytes as surrogates."""
    return data.decode("ascii", "surrogateescape")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (word("昌乐县朱镕喆堃+8090748", "gb2312", "gb18030"), "昌乐县朱镕喆堃+8090748"),
        (word("𠮷+13800000000", "gb18030"), "𠮷+13800000000"),
        (word("甲乙丙丁", "x-gbk", "gb18030"), "甲乙丙丁"),
        (word("甲乙丙丁", "GB_2312-80", "gb18030"), "甲乙丙丁"),
        (word("甲乙丙丁", "utf8", "utf-8"), "甲乙丙丁"),
        (word("甲乙丙丁", "default", "gb18030"), "甲乙丙丁"),
        (split_word("典型案例申报", "gb2312", 5), "典型案例申报"),
        (split_word("典型案例申报", "utf-8", 4, "utf-8"), "典型案例申报"),
        (word("典型", "gb2312", "gb18030") + word("案例", "gbk", "gb18030"), "典型案例"),
        ("Re:" + word("案例", "gb2312", "gb18030") + "+13800000000", "Re:案例+13800000000"),
        (raw("潍坊水务+张三".encode("gbk")), "潍坊水务+张三"),
        (raw("发信方已撤回邮件：申报".encode()), "发信方已撤回邮件：申报"),
        (word("甲乙\r\n【请注意，邮件由xxx代发】", "GB2312", "gb18030"), "甲乙 【请注意，邮件由xxx代发】"),
        ("=?utf-8?Q?=E6=A1=88=E4=BE=8B_1?=", "案例 1"),
        ("=?utf-8?Q?=E6=A1=88=\r\n E4=BE=8B?=", "案例"),
        ("=?utf-8*zh?B?5qGI5L6L?=", "案例"),
        ("=?utf-8?B?5qGI5L6?=", "案\ufffd"),
        ("plain\r\n folded", "plain folded"),
        ("=?utf-8?X?oops?= a", "=?utf-8?X?oops?= a"),
        ("\u202e隐\u200b藏", "隐藏"),
        ("", ""),
    ],
)
def test_a_subject_is_read(value: str, expected: str) -> None:
    assert decode_text(value).text == expected


def test_a_loss_is_told() -> None:
    assert not decode_text("=?utf-8?B?5qGI5L6?=").exact
    assert decode_text(word("案例")).exact


def test_no_header_can_bring_a_line_break_into_a_reply() -> None:
    assert "\n" not in decode_text(word("a\r\nBcc: x@y.cn")).text


@pytest.mark.parametrize(
    "value",
    [
        word("字" * 200_000),
        " ".join([word("字")] * 30_000),
        "=?a?B?" * 60_000,
        "=?" * 200_000,
        '"' * 200_000,
        "<" * 300_000,
    ],
)
def test_giant_headers_take_linear_time(value: str) -> None:
    begin = time.process_time()
    decode_text(value)
    message_ids(value)
    assert time.process_time() - begin < 3


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("<a@b>, \r\n\t<c@d>", ("<a@b>", "<c@d>")),
        ("<a@b><c@d> <a@b>", ("<a@b>", "<c@d>")),
        ("a@b", ("<a@b>",)),
        ("", ()),
        (" ", ()),
    ],
)
def test_identifiers_are_told_apart(value: str, expected: tuple[str, ...]) -> None:
    assert message_ids(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Tue, 1 Aug 2023 09:00:00 +0800 (GMT+08:00)", datetime(2023, 8, 1, 1, tzinfo=UTC)),
        ("Tue, 1 Aug 2023 09:00:00 +0800 (CST)", datetime(2023, 8, 1, 1, tzinfo=UTC)),
        ("1 Aug 2023 09:00:00", datetime(2023, 8, 1, 9, tzinfo=UTC)),
        ("Thu, 1 Jan 1970 00:00:00 +0000", datetime(1970, 1, 1, tzinfo=UTC)),
        ("yesterday", None),
        ("", None),
        ("Tue, 99 Aug 9999 99:00:00 +9999", None),
    ],
)
def test_dates_are_aware_or_none(value: str, expected: datetime | None) -> None:
    assert date(value) == expected


def test_relay_time_stands_behind_the_last_semicolon() -> None:
    received = "from a (b; c) by mx with SMTP id x;\r\n\tTue, 1 Aug 2023 09:00:00 +0800 (CST)"
    assert relayed_at(received) == datetime(2023, 8, 1, 1, tzinfo=UTC)


@given(st.text(max_size=300))
def test_no_text_raises(value: str) -> None:
    decode_text(value)
    message_ids(value)
    date(value)


@given(
    st.text(
        alphabet=st.characters(codec="gb18030", exclude_categories=["Cc", "Cf", "Zs", "Zl", "Zp"]),
        min_size=1,
        max_size=40,
    ),
    st.integers(1, 9),
)
def test_words_cut_anywhere_are_joined(text: str, size: int) -> None:
    assert decode_text(split_word(text, "gb2312", size)).text == text
