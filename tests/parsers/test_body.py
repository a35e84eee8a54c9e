"""Text parts become plain text: right charset, what is hidden dropped (T73–T75)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.message.body import decode_body, html_to_text

CHINESE = "申报材料见附件，镕喆堃"


@pytest.mark.parametrize(
    ("codec", "label"),
    [
        ("gb18030", "gb2312"),
        ("gb18030", ""),
        ("gb18030", "default"),
        ("gb18030", "iso-8859-1"),
        ("utf-8", ""),
        ("utf-8", "us-ascii"),
    ],
)
def test_a_plain_part_is_read(codec: str, label: str) -> None:
    assert decode_body(CHINESE.encode(codec), label) == (CHINESE, True)


def test_html_without_a_label_is_asked_for_its_own() -> None:
    html = f'<html><head><meta http-equiv="Content-Type" content="text/html; charset=gbk"></head><body>{CHINESE}</body></html>'
    decoded = decode_body(html.encode("gb18030"), "", html=True)
    assert html_to_text(decoded.text) == CHINESE


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>甲</p><p>乙</p>", "甲\n\n乙"),
        ("甲<br>乙<br/>丙", "甲\n乙\n丙"),
        ("<div>甲 \n 乙</div>", "甲 乙"),
        (
            "<table><tr><td>联系人</td><td>张三</td></tr><tr><td>电话</td><td>8090748</td></tr></table>",
            "联系人 张三\n\n电话 8090748",
        ),
        ("甲<style>p{}</style><script>x</script><!-- 注 -->乙", "甲乙"),
        ('甲<span style="display: none">隐</span><span style="font-size:0px">隐</span><i hidden>隐</i>乙', "甲乙"),
        ("甲<img src=x width=1>&nbsp;&amp;&#8203;乙", "甲 &乙"),
        ("<head><title>题</title></head>甲", "甲"),
        ("", ""),
    ],
)
def test_html_is_shown_as_a_reader_sees_it(html: str, text: str) -> None:
    assert html_to_text(html) == text


def test_deep_markup_costs_no_stack() -> None:
    assert "底" in html_to_text("<div>" * 5000 + "底" + "</div>" * 5000)


@given(st.text(max_size=300))
def test_no_markup_raises(html: str) -> None:
    html_to_text(html)
