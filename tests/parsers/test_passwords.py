"""Passwords given in the text are found, other words are not (T97)."""

import pytest

from parsers.message.passwords import passwords_in


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("解压密码：Abc123", "Abc123"),
        ("密码: wf2023!", "wf2023!"),
        ("压缩包密码为 123456，请查收", "123456"),
        ("压缩密码是wf2023。", "wf2023"),
        ("文件打开口令＝８０９０", "8090"),
        ("解压码：a-b_c", "a-b_c"),
        ("密码：“xin yong”", "xin"),
        ("password: Secret#1", "Secret#1"),
        ("密码：信用潍坊", "信用潍坊"),
    ],
)
def test_a_password_is_found(text: str, expected: str) -> None:
    assert expected in passwords_in(text)


@pytest.mark.parametrize(
    "text", ["提取码：abcd", "https://pan.baidu.com/s/1a?pwd=abcd", "请设置密码后发送", "正文", ""]
)
def test_other_words_are_no_password(text: str) -> None:
    assert passwords_in(text) == ()


def test_at_most_ten_are_given() -> None:
    assert len(passwords_in("密码：a1 " + " ".join(f"密码：p{n}" for n in range(50)))) == 10
