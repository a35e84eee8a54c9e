"""Text is brought to one form, and 字数 is counted as Word counts it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.text import clean, fold, mask_address, mask_phone, nfkc, one_line, word_count


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("潍坊市信用典型案例", 9),
        ("诚信，是金。", 6),
        ("“诚信”——立身之本……", 12),
        ("2023年", 2),
        ("1920*1080", 1),
        ("hello world", 2),
        ("信用credit建设", 5),
        ("GDP增长5.5%。", 5),
        ("（一）总则", 5),
        ("Ａ", 1),
        ("甲 乙\n丙\t丁", 4),
        ("　　甲", 1),
        ("3-5分钟", 3),
        ("中·外", 3),
        ("a,b", 1),
        ("\u200b甲\ufeff", 1),
    ],
)
def test_words_are_counted_as_word_does(text: str, count: int) -> None:
    assert word_count(text) == count


@given(st.text(max_size=200), st.text(max_size=200))
def test_a_line_break_adds_no_word(one: str, other: str) -> None:
    assert word_count(f"{one}\n{other}") == word_count(one) + word_count(other)


@given(st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), max_size=300))
def test_every_character_of_chinese_counts_one(text: str) -> None:
    assert word_count(text) == len(text)


@pytest.mark.parametrize(
    ("text", "expected"), [("甲\r\n乙\r丙", "甲\n乙\n丙"), ("隐\u200b\u202e藏\x00", "隐藏"), ("a\tb", "a\tb")]
)
def test_what_cannot_be_seen_is_dropped(text: str, expected: str) -> None:
    assert clean(text) == expected


@given(st.text(max_size=200))
def test_one_line_is_one_line_and_stays_so(text: str) -> None:
    line = one_line(text)
    assert "\n" not in line and line == line.strip()
    assert one_line(line) == line


@pytest.mark.parametrize(("text", "expected"), [("ＡＢＣ１２３（一）", "ABC123(一)"), ("  甲　乙  ", "甲 乙")])
def test_full_width_becomes_half(text: str, expected: str) -> None:
    assert nfkc(text) == expected


@pytest.mark.parametrize(
    ("one", "other"), [("潍坊市 信用办（盖章）", "潍坊市信用办盖章"), ("ＡＢ-c", "abC"), ("联 系　人：", "联系人")]
)
def test_what_differs_only_in_form_folds_alike(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@given(st.text(max_size=200))
def test_folding_is_stable_on_chinese_and_ascii(text: str) -> None:
    assert not any(character.isspace() for character in fold(text))


def test_logs_hide_people() -> None:
    assert mask_phone("电话13800001234，编号7") == "电话138****1234，编号7"
    assert mask_address("wfxyxh@126.com") == "w***h@126.com"
    assert mask_address("somebody") == "***"
    assert mask_address("") == ""
