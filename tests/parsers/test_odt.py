"""OpenDocument texts: content alone, bounded, never decrypted."""

import zipfile
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest

from domain.facts import FileFacts
from domain.kinds import Kind
from tests.fixtures.form_notice import facts_of

_NS = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (
        ("office", "office"),
        ("text", "text"),
        ("table", "table"),
        ("draw", "drawing"),
        ("meta", "meta"),
        ("number", "datastyle"),
    )
)
META = f'<office:document-meta {_NS} xmlns:dc="http://purl.org/dc/elements/1.1/"><office:meta><meta:creation-date>2022-05-06T23:00:00</meta:creation-date><dc:date>坏</dc:date><meta:generator>WPS</meta:generator></office:meta></office:document-meta>'


def odt(body: str, **parts: bytes) -> bytes:
    styles = "<office:automatic-styles><number:text>不是正文</number:text></office:automatic-styles>"
    content = f"<office:document-content {_NS}>{styles}<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    files = {
        "content.xml": content.encode(),
        "meta.xml": META.encode(),
        **{name.replace("__", "/").replace("_xml", ".xml"): data for name, data in parts.items()},
    }
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return made.getvalue()


def read(data: bytes, work: Path) -> FileFacts:
    return facts_of(data, Kind.ODT, work)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<text:p>甲<text:s text:c='2'/>乙<text:tab/>丙<text:line-break/>丁</text:p>", "甲  乙\t丙\n丁"),
        ("<text:tracked-changes><text:changed-region><text:deletion><text:p>删</text:p></text:deletion></text:changed-region></text:tracked-changes><text:p>留</text:p>", "留"),
        ("<text:p>甲<text:note><text:note-body><text:p>脚注</text:p></text:note-body></text:note><office:annotation><text:p>批注</text:p></office:annotation>乙</text:p>", "甲乙"),
        ("<text:p>甲<draw:frame><draw:text-box><text:p>框</text:p></draw:text-box></draw:frame></text:p>", "甲\n框"),
        ("<text:list><text:list-item><text:p>项</text:p></text:list-item></text:list><text:section><text:h>题</text:h></text:section>", "项\n题"),
    ],
)  # fmt: skip
def test_only_what_is_shown_is_content(body: str, text: str, tmp_path: Path) -> None:
    assert read(odt(body), tmp_path).text == text


def test_merged_and_repeated_cells_keep_their_places(tmp_path: Path) -> None:
    def cell(text: str, extra: str = "") -> str:
        return f"<table:table-cell {extra}><text:p>{text}</text:p></table:table-cell>"

    rows = [
        cell("案例题目")
        + cell("题", 'table:number-columns-spanned="3"')
        + '<table:covered-table-cell table:number-columns-repeated="2"/>',
        cell("联系电话") + cell("8090748") + cell("邮箱") + cell("a@b.cn"),
        cell("成果内容", 'table:number-rows-spanned="2"') + cell("上", 'table:number-columns-spanned="3"'),
        "<table:covered-table-cell/>" + cell("下", 'table:number-columns-spanned="3"'),
        '<table:table-cell table:number-columns-repeated="999999999"/>',
    ]
    table = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
    (form,) = read(odt(f"<table:table>{table}</table:table>"), tmp_path).forms
    assert (form.title, form.phone, form.email, form.content) == ("题", "8090748", "a@b.cn", "上\n下")


def test_dates_and_program_come_from_meta_and_a_bad_date_is_none(tmp_path: Path) -> None:
    facts = read(odt("<text:p>甲</text:p>"), tmp_path)
    assert [(found.where, found.when) for found in facts.dates] == [("meta.xml created", date(2022, 5, 6))]
    assert facts.producer == "WPS"


def test_macros_are_told(tmp_path: Path) -> None:
    assert read(odt("<text:p/>", Basic__Standard__Module1_xml=b"<x/>"), tmp_path).macros


@pytest.mark.parametrize(
    ("parts", "problem"),
    [
        ({"META-INF__manifest_xml": b"<manifest:encryption-data/>"}, "encrypted"),
        ({"content_xml": b"<broken"}, "corrupt"),
        ({"content_xml": b" " * (50 * 1024 * 1024)}, "memory"),
    ],
)
def test_what_cannot_be_read_is_named(parts: dict[str, bytes], problem: str, tmp_path: Path) -> None:
    assert read(odt("", **parts), tmp_path).problem == problem


def test_a_file_that_is_no_package_is_corrupt(tmp_path: Path) -> None:
    assert read(b"PK\x03\x04 no", tmp_path).problem == "corrupt"
