"""Phones are found in running text and brought to one form (research/netease-mail.md §6)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.phone import find_phones, has_wrong_digits, normal_text, normalize_phones, same_phone


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("13800000000", "13800000000"),
        ("138 0000 1234", "13800001234"),
        ("138-0000-1234", "13800001234"),
        ("138 000 01234", "13800001234"),
        ("１３８００００１２３４", "13800001234"),
        ("+86 13912345678", "13912345678"),
        ("0086-13912345678", "13912345678"),
        ("8613912345678", "13912345678"),
        ("０５３６－５２２１２３４", "0536-5221234"),
        ("(0536)8793210", "0536-8793210"),
        ("（0536）879 3210", "0536-8793210"),
        ("05368793210", "0536-8793210"),
        ("+86-536-8793210", "0536-8793210"),
        ("0536-2323456转8012", "0536-2323456-8012"),
        ("0536—4221234—801", "0536-4221234-801"),
        ("010-88888888", "010-88888888"),
        ("400-618-1234", "400-618-1234"),
        ("4006181234", "400-618-1234"),
        ("8090748", "8090748"),
        ("电话：8090748。", "8090748"),
        ("张三13800000000", "13800000000"),
        ("139 1234 5678/6062345", "13912345678、6062345"),
        ("170 0000 1111、0536-8090748", "17000001111、0536-8090748"),
        ("13800000000、13800000000", "13800000000"),
    ],
)  # fmt: skip
def test_a_phone_has_one_form(text: str, number: str) -> None:
    assert normalize_phones(text) == number


@pytest.mark.parametrize(
    "text",
    ["20230830", "2023-08-30", "138000012345", "12345", "370702199001011234", "2023-W-0001", "1396.50", "", "无"],
)
def test_other_digits_are_no_phone(text: str) -> None:
    assert normalize_phones(text) is None


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("138000012345", True),
        ("1380000123", True),
        ("13800000000", False),
        ("20230830", False),
        ("2023", False),
        ("", False),
    ],
)
def test_digits_of_the_wrong_length_are_told(text: str, wrong: bool) -> None:
    assert has_wrong_digits(text) is wrong


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("0536-8090748", "8090748", True),
        ("138 0000 0000", "13800000000", True),
        ("13800000000、8090748", "0536-8090748", True),
        ("13800000000", "13800000001", False),
        ("13800000000", None, False),
        (None, None, False),
        ("400-618-1234", "6181234", False),
    ],
)
def test_two_fields_share_a_number_or_not(one: str | None, other: str | None, same: bool) -> None:
    assert same_phone(one, other) is same
    assert same_phone(other, one) is same


@given(st.text(max_size=200))
def test_positions_stand_in_the_normal_text(text: str) -> None:
    normal = normal_text(text)
    for phone in find_phones(text):
        assert 0 <= phone.start < phone.end <= len(normal)
        assert sum(map(str.isdigit, phone.number)) >= 7


@given(
    st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
    st.sampled_from(["", "张三", "电话:", "（"]),
    st.sampled_from(["", "+", "）", "，"]),
)
def test_every_mobile_number_is_found_and_is_stable(number: str, before: str, after: str) -> None:
    assert normalize_phones(before + number + after) == number
    assert normalize_phones(normalize_phones(number)) == number


@given(st.text(max_size=200))
def test_a_normal_form_is_normal(text: str) -> None:
    once = normalize_phones(text)
    assert normalize_phones(once) == once
