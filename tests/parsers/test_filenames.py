"""Names of files are found in any writing and made safe (T50–T64)."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.kinds import Kind
from parsers.message.filenames import MAX_NAME, distinct, name_of, safe_name, suffix_for
from parsers.message.params import read_field
from tests.fixtures.mails import split_word, word

GBK_NAME = "申报表.pdf".encode("gbk").decode("ascii", "surrogateescape")
BACKSLASH_NAME = "計謀.pdf".encode("gbk").decode("ascii", "surrogateescape")  # 0x5C inside 謀
CORE = base64.b64encode("申报表".encode("gbk")).decode()


@pytest.mark.parametrize(
    ("content_type", "disposition", "expected"),
    [
        (f'application/octet-stream; name="{word("王喆申报表.docx", "GB2312", "gb18030")}"', "", "王喆申报表.docx"),
        (
            f'application/octet-stream; name="{word("长" * 120 + ".docx", "GB2312", "gb18030")}"',
            "",
            "长" * 120 + ".docx",
        ),
        (
            "",
            f'attachment; filename="{split_word("潍坊市信用典型案例评选申报表.pdf", "gb2312", 9)}"',
            "潍坊市信用典型案例评选申报表.pdf",
        ),
        ("", f'attachment; filename="=?gb2312?B?{CORE}?=.pdf"', "申报表.pdf"),
        ("", f'attachment; filename="=?gb2312?B?{CORE}?=".pdf', "申报表.pdf"),
        ("", f"attachment; filename==?gb2312?B?{CORE}?=.pdf", "申报表.pdf"),
        ("", f'attachment; filename="{GBK_NAME}"', "申报表.pdf"),
        ("", f'attachment; filename="{BACKSLASH_NAME}"', "計謀.pdf"),
        (f'application/pdf; name="{word("申报表.pdf")}"', "attachment", "申报表.pdf"),
        ("", "attachment; filename*0*=UTF-8''%E8%A1; filename*1*=%A8; filename*2=.pdf", "表.pdf"),
        ("", "attachment; filename*1*=%A8.pdf; filename*0*=UTF-8''%E8%A1", "表.pdf"),
        ("", "attachment; filename*=gb2312''%D6%EC%E9F.pdf", "朱镕.pdf"),
        ("", "attachment; filename*=\"UTF-8''%E8%A1%A8.pdf\"", "表.pdf"),
        ("", "attachment; filename=\"????.pdf\"; filename*=UTF-8''%E8%A1%A8.pdf", "表.pdf"),
        (f'x/y; name="{word("表.pdf")}"', 'attachment; filename="????.pdf"', "表.pdf"),
        ("", 'attachment; filename="%E7%94%B3%E6%8A%A5%E8%A1%A8.pdf"', "申报表.pdf"),
        ("", 'attachment; filename="100%.pdf"', "100%.pdf"),
        ("", "attachment; filename=a b；c (1).pdf", "a b；c (1).pdf"),
        ("", 'attachment; filename="a\\"b.pdf"; size=3', 'a"b.pdf'),
        ("", 'attachment; filename="a.pdf', "a.pdf"),
        ("", 'attachment; FILENAME = "a.pdf" ;', "a.pdf"),
        ("", "attachment", ""),
        ("", "", ""),
    ],
)
def test_a_name_is_read(content_type: str, disposition: str, expected: str) -> None:
    assert name_of(read_field(content_type), read_field(disposition)) == (expected, True)


def test_a_name_that_lost_characters_says_so() -> None:
    assert not name_of(read_field(""), read_field('attachment; filename="????.pdf"')).exact


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (r"..\..\C:\申报表.doc", "申报表.doc"),
        ("../../etc/passwd", "passwd"),
        (r"C:\fakepath\表.pdf", "表.pdf"),
        ("C:表.pdf", "表.pdf"),
        ("con.txt", "_con.txt"),
        ("LPT1", "_LPT1"),
        ("申报表．ｐｄｆ", "申报表.pdf"),
        ("申报表 。ＰＤＦ", "申报表.PDF"),
        ("申报表.pdf.exe", "申报表.pdf.exe"),
        ("表.PDF ", "表.PDF"),
        ("表\u202efdp.exe", "表fdp.exe"),
        ("a\x00b\r\n.pdf", "ab.pdf"),
        ('ab:c*?"d<e>|.pdf', "ab_c___d_e__.pdf"),
        ("..", ""),
        ("/", ""),
        ("", ""),
    ],
)
def test_a_name_is_made_safe(name: str, expected: str) -> None:
    assert safe_name(name) == expected


def test_a_long_name_keeps_its_extension() -> None:
    name = safe_name("申" * 250 + ".docx")
    assert name.endswith(".docx")
    assert len(name.encode()) <= MAX_NAME


@given(st.text(max_size=300))
def test_no_safe_name_is_a_path(text: str) -> None:
    name = safe_name(text)
    assert "/" not in name and "\\" not in name and name not in {".", ".."}
    assert len(name.encode()) <= MAX_NAME
    assert safe_name(name) == name


@given(st.text(max_size=300), st.text(max_size=300))
def test_no_field_raises(content_type: str, disposition: str) -> None:
    name_of(read_field(content_type), read_field(disposition))


def test_equal_names_are_told_apart() -> None:
    taken: set[str] = set()
    assert [distinct("材料.zip/a.b/表.docx", taken) for _ in range(3)] == [
        "材料.zip/a.b/表.docx", "材料.zip/a.b/表 (2).docx", "材料.zip/a.b/表 (3).docx",
    ]  # fmt: skip
    assert distinct("a.b/c", taken) == "a.b/c"
    assert distinct("a.b/c", taken) == "a.b/c (2)"


def test_a_nameless_part_is_called_by_what_it_is() -> None:
    assert suffix_for(Kind.PDF) == ".pdf"
    assert suffix_for(Kind.IMAGE, "image/heic") == ".heic"
    assert suffix_for(Kind.OTHER) == ""
