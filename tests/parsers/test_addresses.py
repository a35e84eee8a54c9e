"""Senders are known by name and address, however their program quotes them (T24, T38, T40)."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.message.addresses import first_address, read_addresses
from tests.fixtures.mails import word


@pytest.mark.parametrize(
    ("value", "name", "address"),
    [
        (f'"{word("王 喆", "gb18030")}" <123456789@QQ.com>', "王 喆", "123456789@qq.com"),
        (f"{word('李四')}<u@163.com>", "李四", "u@163.com"),
        (f"{word('李,四')} <u@163.com>", "李,四", "u@163.com"),
        ('"李, 四" <a@b.cn>', "李, 四", "a@b.cn"),
        ("a@b.cn (丙)", "丙", "a@b.cn"),
        ("<Local.Part@B.CN>", "", "Local.Part@b.cn"),
        ("a@b.cn", "", "a@b.cn"),
        ('"=?ISO-8859-1?B?Q2hlbiBMaQ==?=" <c@d.cn>', "Chen Li", "c@d.cn"),
        ("王喆 <a@b.cn>".encode("gbk").decode("ascii", "surrogateescape"), "王喆", "a@b.cn"),
        ("undisclosed-recipients:;", "", ""),
        ("", "", ""),
        ("<>", "", ""),
        ('"boss@bank.cn" <evil@x.cn>', "boss@bank.cn", "evil@x.cn"),
    ],
)
def test_a_sender_is_read(value: str, name: str, address: str) -> None:
    found, exact = first_address(value)
    assert (found.name, found.address, exact) == (name, address, True)


def test_lists_take_commas_and_semicolons() -> None:
    found, _ = read_addresses('a@b.cn, "丙" <c@d.cn>; 团队: e@f.cn;')
    assert [one.address for one in found] == ["a@b.cn", "c@d.cn", "e@f.cn"]


@pytest.mark.parametrize(
    "value", ["a" * 300_000, "a@" * 100_000, '"' * 200_000, "(" * 200_000, "<" * 200_000, "," * 300_000]
)
def test_giant_lists_take_linear_time(value: str) -> None:
    begin = time.process_time()
    read_addresses(value)
    assert time.process_time() - begin < 3


@given(st.text(max_size=200))
def test_no_text_raises(value: str) -> None:
    read_addresses(value)
