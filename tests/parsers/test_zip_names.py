"""Names of zip members: whatever they were written in, they come out as characters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.archives.zip_names import decode_name

CJK = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=20)


@given(CJK)
def test_chinese_in_utf8_is_never_taken_for_anything_else(name: str) -> None:
    assert decode_name(name.encode()) == name
    assert decode_name(name.encode(), declared_utf8=True) == name


@given(CJK.map(lambda name: f"{name}申报表.docx"))
def test_chinese_in_gbk_is_read_whatever_the_flag_says(name: str) -> None:
    assert decode_name(name.encode("gb18030")) == name
    assert decode_name(name.encode("gb18030"), declared_utf8=True) == name


@given(st.binary(max_size=60))
def test_any_bytes_have_a_name(raw: bytes) -> None:
    assert isinstance(decode_name(raw), str)


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (b"caf\x82.txt", "café.txt"),
        ("𠮷野家.pdf".encode("gb18030"), "𠮷野家.pdf"),
        (b"", ""),
    ],
)
def test_other_charsets(raw: bytes, name: str) -> None:
    assert decode_name(raw) == name


def test_accents_are_kept_where_the_flag_says_utf8_and_taken_for_gbk_where_it_does_not() -> None:
    raw = "résumé.pdf".encode()
    assert decode_name(raw, declared_utf8=True) == "résumé.pdf"
    assert decode_name(raw) == "r茅sum茅.pdf"
