"""Values: hints removed wholly or partly, lines of short fields joined, texts kept."""

import pytest

from parsers.forms.values import tidy

HINT = "包括但不限于：信用监管创新、守信激励典型、失信惩戒实践等等。"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (HINT, ""),
        (HINT.replace("。", ""), ""),
        ("包括但不限于: 信用监管创新、守信激励典型、\n失信惩戒实践等", ""),
        (HINT + "\n信用监管创新", "信用监管创新"),
        ("信用监管创新\n" + HINT, "信用监管创新"),
        ("信用监管创新", "信用监管创新"),
        ("____________", ""),
        ("　\xa0", ""),
        ("无", "无"),
    ],
)
def test_the_template_s_own_text_is_no_answer(text: str, value: str) -> None:
    assert tidy("category", text, (HINT,)) == value


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("contact", "李　四", "李四"),
        ("contact", "张三\n李四", "张三、李四"),
        ("contact", "John Smith", "John Smith"),
        ("phone", "13800000000\n8090748", "13800000000、8090748"),
        ("phone", "1380000\n0000", "13800000000"),
        ("phone", "０５３６－８０９０７４８", "０５３６－８０９０７４８"),
        ("email", " a.b＠126．com ", "a.b@126.com"),
        ("email", "zhangsan@12\n6.com", "zhangsan@126.com"),
        ("email", "a@b.cn\nc@d.cn", "a@b.cn、c@d.cn"),
        ("title", "信用赋能\n乡村振兴", "信用赋能乡村振兴"),
        ("title", "Credit\nplus", "Credit plus"),
        ("content", "第一段 \n\n\n\n　　第二段\u200b\n", "第一段\n\n第二段"),
    ],
)
def test_lines_are_joined_as_the_field_asks(field: str, text: str, value: str) -> None:
    assert tidy(field, text, ()) == value
