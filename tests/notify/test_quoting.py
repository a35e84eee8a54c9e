import pytest
from hypothesis import given
from hypothesis import strategies as st

from notify.figures import duration, minutes_between, numeral, parsed, size
from notify.quoting import file_name, quote


@given(st.text(), st.integers(2, 200))
def test_what_is_quoted_is_one_short_line_without_a_live_address(text: str, limit: int) -> None:
    shown = quote(text, limit)
    assert len(shown) <= limit
    assert not set("\r\n\x00\u2028\u2029\x85\u202e\t") & set(shown)
    assert "://" not in shown


@pytest.mark.parametrize(
    "text", ["看http://a", "hthttp://tp://a", "https: //a", "HTTP:/\n/a", "x://a", "::////a", "www.a.cn"]
)
def test_addresses_are_dead(text: str) -> None:
    assert "://" not in quote(text).replace(" ", "")
    assert "www." not in quote(text)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("申报表.docx", "“申报表.docx”"),
        ("材料.zip/文字/申报表.docx", "“申报表.docx”（在“材料.zip”中）"),
        ("转发.eml/申报表.docx", "“申报表.docx”（在“转发.eml”中）"),
        ("“诚信”.mp4", "“‘诚信’.mp4”"),
        (None, "来信附件"),
        ("", "来信附件"),
    ],
)
def test_files_are_named_as_people_name_them(path: str | None, name: str) -> None:
    assert file_name(path) == name


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (151.2, "2 分 31 秒"),
        (179.9, "2 分 59 秒"),
        (300.6, "5 分 0.6 秒"),
        (301.0, "5 分 1 秒"),
        (12.0, "12 秒"),
        (3600, "60 分 0 秒"),
    ],
)
def test_durations(seconds: float, shown: str) -> None:
    assert duration(seconds, low=180, high=300) == shown


def test_other_figures() -> None:
    assert minutes_between(180, 300) == "3–5 分钟"
    assert minutes_between(90, 300) == "1 分 30 秒至 5 分 0 秒"
    assert [size(n) for n in (0, 1023, 1024, 84_892_713, 3 * 1024**3)] == [
        "0 B",
        "1023 B",
        "1.0 KB",
        "81.0 MB",
        "3.0 GB",
    ]
    assert [numeral(n) for n in (1, 10, 11, 20, 99, 100)] == ["一", "十", "十一", "二十", "九十九", "100"]
    assert parsed("nonsense") is None
