r"""RTF: code pages, escapes, destinations passed over, rows and cells with their merges."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.kinds import Kind
from parsers.rtf import rtf_blocks
from tests.fixtures.form_notice import facts_of

HEAD = (
    r"{\rtf1\ansi\ansicpg936\uc1{\fonttbl{\f0\fcharset134 \'cb\'ce\'cc\'e5;}{\f1\fcharset0 Times;}{\f2\fcharset136 x;}}"
)


def shown(rtf: str) -> str:
    return "\n".join(
        block if isinstance(block, str) else block.text() for block in rtf_blocks(f"{HEAD}{rtf}}}".encode("latin-1"))
    )


def hexed(text: str, codec: str = "gb18030") -> str:
    return "".join(f"\\'{byte:02x}" for byte in text.encode(codec))


@pytest.mark.parametrize(
    ("rtf", "text"),
    [
        (r"\f0 " + hexed("潍坊喆") + r"\par", "潍坊喆"),
        (r"\f2 " + hexed("誠信", "big5") + r"\par", "誠信"),
        (r"\u28493?\u22346\'3f\par", "潍坊"),
        (r"{\uc2\u28493\'ce\'ab}\u22346?\par", "潍坊"),
        (r"\u-10174?\u-8265?\par", "𠮷"),
        (r"\ansicpg1252\f5 " + hexed("张三") + r"{caf\'e9}\par", "张三café"),
        (r"a\tab b\line c\~d\_e\emdash f\{g\}\par", "a\tb\nc\xa0d-e—f{g}"),
        (r"{\*\unknown secret}{\header " + hexed("页眉") + r"}{\footnote x}{\info{\title t}}{\pict 00ff}{\*\bkmkstart b}z\par", "z"),
        (r"{\field{\*\fldinst HYPERLINK x}{\fldrslt y}}\par", "y"),
        (r"{\deleted old}{\v hidden}new\par", "new"),
        (r"{\shp{\*\shpinst{\sp{\sn a}{\sv b}}{\shptxt box\par}}}after\par", "after\nbox"),
        (r"\bin5 }}}}}x\par", "x"),
        ("first\\par\nsec\r\nond", "first\nsecond"),
    ],
)  # fmt: skip
def test_only_what_is_shown_is_content(rtf: str, text: str) -> None:
    assert shown(rtf) == text


def test_rows_of_different_cells_share_their_columns(tmp_path: Path) -> None:
    def cell(text: str) -> str:
        return r"\intbl\f0 " + hexed(text) + r"\cell"

    rows = [
        r"\trowd\cellx2000\cellx8000" + cell("案例题目") + cell("题") + r"\row",
        r"\trowd\cellx2010\cellx4000\cellx6000\cellx8000"
        + cell("联系电话")
        + cell("8090748")
        + cell("邮箱")
        + cell("a@b.cn")
        + r"\row",
        r"\trowd\clvmgf\cellx2000\cellx8000" + cell("成果内容") + cell("上") + r"\row",
        r"\trowd\clvmrg\cellx2000\cellx8000" + cell("") + cell("下") + r"\row",
        r"\trowd\cellx2000\clmgf\cellx4000\clmrg\cellx8000" + cell("单位地址") + cell("某路") + cell("") + r"\row",
    ]
    data = f"{HEAD}{{\\info{{\\creatim\\yr2022\\mo5\\dy6}}}}{''.join(rows)}\\pard\\par}}".encode()
    facts = facts_of(data, Kind.RTF, tmp_path)
    (form,) = facts.forms
    assert (form.title, form.phone, form.email, form.content, form.address) == (
        "题",
        "8090748",
        "a@b.cn",
        "上\n下",
        "某路",
    )
    assert [(found.where, found.when) for found in facts.dates] == [("RTF creatim", date(2022, 5, 6))]


def test_a_nested_table_stands_inside_its_cell() -> None:
    nested = r"\intbl\itap2 a\nestcell b\nestcell{\*\nesttableprops\trowd\cellx1\cellx2\nestrow}"
    assert shown(
        r"\trowd\cellx5000\cellx9000\pard\intbl x\cell\pard" + nested + r"\pard\intbl\itap1 y\cell\row\pard\par"
    ).startswith("x\ta\tb\ny")


def test_groups_without_end_are_corrupt(tmp_path: Path) -> None:
    assert facts_of(b"{\\rtf1" + b"{" * 5000, Kind.RTF, tmp_path).problem == "corrupt"


@given(st.text(alphabet="\\{}'*abu0123par cell row trowd\n潍;", max_size=200))
def test_no_bytes_whatever_make_reading_fail(text: str) -> None:
    rtf_blocks(b"{\\rtf1 " + text.encode())
