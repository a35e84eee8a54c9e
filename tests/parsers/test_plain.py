"""Plain text files in every charset that senders use."""

from pathlib import Path

import pytest

from domain.facts import FileFacts
from domain.kinds import Kind
from domain.notice import FormTemplate
from parsers.registry import ReadJob, read_file

TEMPLATE = FormTemplate(
    annex=1,
    track="text",
    name="潍坊市信用典型案例评选申报表",
    labels={
        "title": ("案例题目",), "contact": ("联系人",), "phone": ("联系电话", "电话"), "email": ("邮箱",),
        "address": ("单位地址",), "category": ("成果类型",), "highlights": ("成果特色或亮点",), "content": ("成果内容",),
    },
)  # fmt: skip
FORM = (
    "案例题目：信用朱刘\n联系人：王喆\n联系电话：13800000000\n邮箱：a@b.cn\n单位地址：昌乐县\n成果类型：信用监管创新\n"
)


def read(folder: Path, content: bytes) -> FileFacts:
    path = folder / "text"
    path.write_bytes(content)
    return read_file(path, ReadJob(Kind.TEXT, folder, (TEMPLATE,), "承诺"))


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-be"])
def test_text_is_read_in_every_charset(tmp_path: Path, charset: str) -> None:
    text = FORM.replace("喆", "镕") if charset == "gbk" else FORM
    facts = read(tmp_path, ("\ufeff" + text if charset == "utf-16-be" else text).encode(charset))
    assert facts.text == text.strip()
    assert (facts.problem, facts.source, facts.detail, facts.parser) == (None, "native", "", "plain")


def test_words_are_counted_as_word_counts(tmp_path: Path) -> None:
    assert read(tmp_path, "信用 2023 年，Word count".encode()).text_length == 7


def test_a_form_typed_without_a_table_is_read(tmp_path: Path) -> None:
    (form,) = read(tmp_path, FORM.encode("gbk")).forms
    assert (form.title, form.contact, form.phone) == ("信用朱刘", "王喆", "13800000000")


def test_characters_that_are_lost_are_told(tmp_path: Path) -> None:
    facts = read(tmp_path, "联系人：王".encode("gbk") + b"\xff\xff\x80")
    assert facts.detail == "some characters could not be read"


def test_a_huge_text_is_not_read(tmp_path: Path) -> None:
    assert read(tmp_path, b"x" * (21 << 20)).problem == "memory"


def test_text_kept_is_capped(tmp_path: Path) -> None:
    assert len(read(tmp_path, "字".encode() * 250_000).text) == 200_000
