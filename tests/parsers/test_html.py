"""HTML documents: what a page shows, in whichever charset it lies about, Word's own mark-up and MHTML among them."""

from pathlib import Path

import pytest

from domain.facts import FileFacts
from domain.kinds import Kind
from parsers.html import html_blocks
from tests.fixtures.form_notice import facts_of
from tests.fixtures.make_forms_entries import entries
from tests.fixtures.make_forms_html import mht, page

ENTRY = entries(3)[2]


def read(data: bytes, work: Path) -> FileFacts:
    return facts_of(data, Kind.HTML, work)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<p>一\n二</p><div>a\n b<br>c</div>", "一二\na b\nc"),
        ("<script>x</script><style>y</style><!-- z --><p style='DISPLAY: none'>h</p><p>看得见</p>", "看得见"),
        ("<p>旧<del>删</del><ins>加</ins></p>", "旧加"),
        ("<table><tr><td>甲<td>乙<tr><td>丙</table>", "甲\t乙\n丙"),
        ("<p>电话<input value='8090748'><input type=hidden value=x></p>", "电话8090748"),
    ],
)
def test_only_what_is_shown_is_content(body: str, text: str) -> None:
    blocks = html_blocks(f"<html><body>{body}".encode())
    assert "\n".join(block if isinstance(block, str) else block.text() for block in blocks) == text


def test_the_generator_is_the_program(tmp_path: Path) -> None:
    assert read(page(ENTRY, charset="gb2312", word=True), tmp_path).producer == "Microsoft Word 15"
    assert read(mht(ENTRY), tmp_path).producer == "Microsoft Word 15"


def test_a_gb_page_that_calls_itself_utf_8_is_read(tmp_path: Path) -> None:
    data = page(ENTRY, charset="gb18030").replace(b"gb18030", b"utf-8")
    assert read(data, tmp_path).forms[0].title == ENTRY.truth["title"]


def test_utf_16_is_told_by_its_mark(tmp_path: Path) -> None:
    assert read(b"\xff\xfe" + page(ENTRY).decode().encode("utf-16-le"), tmp_path).forms[0].title == ENTRY.truth["title"]


def test_spans_move_cells_to_their_columns(tmp_path: Path) -> None:
    rows = "<tr><td>案例题目</td><td colspan=3>题</td></tr><tr><td rowspan=2>成果内容</td><td colspan=3>上</td></tr><tr><td colspan=99999>下</td></tr><tr><td>联系人</td><td>张三</td></tr>"
    (form,) = read(f"<table>{rows}</table>".encode(), tmp_path).forms
    assert (form.content, form.contact) == ("上\n下", "张三")


def test_endless_nesting_is_flattened(tmp_path: Path) -> None:
    assert "底" in read(b"<div>" * 5000 + "底".encode(), tmp_path).text
