"""Bytes become the characters their writer meant, whatever the label says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.message.charset import Decoded, decode_bytes, family

CHINESE = "潍坊市信用典型案例，镕喆堃"


@pytest.mark.parametrize(
    ("text", "codec", "label"),
    [
        (CHINESE, "gb18030", "gb2312"),
        (CHINESE, "gb18030", "GB_2312-80"),
        (CHINESE, "gb18030", "x-gbk"),
        (CHINESE, "gb18030", "cp936"),
        (CHINESE, "gb18030", "default"),
        (CHINESE, "gb18030", None),
        (CHINESE, "gb18030", "iso-8859-1"),
        (CHINESE, "gb18030", "no-such-charset"),
        (CHINESE, "gb18030", "utf-8"),
        ("𠮷田", "gb18030", "gb18030"),
        (CHINESE, "utf-8", None),
        (CHINESE, "utf-8", "us-ascii"),
        (CHINESE, "utf-8", "latin1"),
        ("濰坊市信用案例", "big5hkscs", "big5"),
        ("café à la crème", "cp1252", "iso-8859-1"),
        ("申报", "hz", "hz-gb-2312"),
        ("申报", "utf-16", "utf-16"),
    ],
)
def test_the_text_comes_back_whole(text: str, codec: str, label: str | None) -> None:
    decoded = decode_bytes(text.encode(codec), label)
    assert (decoded.text, decoded.exact) == (text, True)


@pytest.mark.parametrize(
    "label", ["base64", "rot13", "idna", "punycode", "undefined", "unicode_escape", "zlib", "mbcs"]
)
def test_codecs_that_are_no_character_sets_are_not_used(label: str) -> None:
    assert family(label) == ""


def test_a_hurt_utf8_text_keeps_its_good_characters_and_says_so() -> None:
    decoded = decode_bytes("潍坊市信用典型案例".encode()[:-1], "utf-8")
    assert decoded.text.startswith("潍坊市信用典型案")
    assert not decoded.exact


@given(
    st.binary(max_size=200),
    st.sampled_from(["gb2312", "utf-8", "", "big5", "iso-2022-jp", "utf-16", "utf-7", "cp1252", "hz"]),
)
def test_no_bytes_under_no_label_raise(data: bytes, label: str) -> None:
    assert isinstance(decode_bytes(data, label).text, str)


@pytest.mark.parametrize("label", ["utf-7", "unicode-1-1-utf-7"])
def test_half_a_pair_is_no_character(label: str) -> None:
    assert decode_bytes(b"a+2AA-b", label) == Decoded("a+2AA-b")  # valid UTF-8, which it then is
    assert decode_bytes(b"a+2AA-\xff", label).text == "a\ufffd\ufffd"


@given(
    st.binary(max_size=60),
    st.sampled_from(
        ["gb2312", "gbk", "gb18030", "utf-8", "", "big5", "utf-7", "hz", "iso-2022-jp", "cp1252", "shift_jis"]
    ),
)
def test_no_character_is_dropped_in_silence(data: bytes, label: str) -> None:
    """What is called exact can be turned back into the same bytes; what cannot says so."""
    text, exact = decode_bytes(data, label)
    text.encode()
    codecs = (label or "utf-8", "utf-8", "gb18030", "big5hkscs", "cp1252")
    if exact and label not in ("utf-7", "hz", "iso-2022-jp"):  # these spell one text in several ways
        assert any(_encoded(text, codec) == data for codec in codecs)
    if not exact:
        assert text or not data


def _encoded(text: str, codec: str) -> bytes | None:
    try:
        return text.encode(codec)
    except UnicodeError:
        return None


@given(st.text(alphabet=st.characters(codec="gb18030"), max_size=80))
def test_any_gb18030_text_survives_a_gb2312_label(text: str) -> None:
    assert decode_bytes(text.encode("gb18030"), "gb2312").text == text
