"""Scanned forms: what stands in them, however they were laid on the glass."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from domain.facts import FormFields
from domain.kinds import Kind
from parsers.forms.grid import Grid
from parsers.registry import ReadJob
from parsers.scans.joining import join_pages
from parsers.scans.ocr import Line, find_lines, read_strip
from parsers.scans.page import flatten, prepare, without_red
from parsers.scans.reading import complete, forms_of, read_page
from parsers.scans.rows import joined
from parsers.scans.ruled import find_tables, has_table
from tests.fixtures.form_notice import COMMITMENT, TEMPLATES
from tests.fixtures.make_scans import filled, scan_pages

FIELDS = ("title", "contact", "phone", "email", "address", "category", "highlights", "content")


def job(folder: Path) -> ReadJob:
    return ReadJob(Kind.PDF, folder, TEMPLATES, COMMITMENT)


def read(folder: Path, annex: int, fields: dict[str, str], **how: Any) -> tuple[FormFields, ...]:
    pages = [np.asarray(page, np.uint8) for page in scan_pages(annex, fields, **how)]
    sheets = [sheet for number, page in enumerate(pages) for sheet in read_page(page, job(folder), number)]
    return forms_of([sheet.text.blocks for sheet in sheets], job(folder))


@pytest.mark.parametrize(
    ("annex", "how"),
    [
        (1, {"dpi": 150, "skew": -2.0, "noise": 8}),
        (2, {"rotation": 90, "skew": 1.0}),
        (1, {"rotation": 180, "seal_at": "text"}),
        (2, {"photo": True, "shadow": True}),
        (1, {"borders": False, "skew": 1.0}),
        (2, {"face": "wqy", "size": 4.2, "rotation": 270}),
    ],
    ids=str,
)
def test_every_field_is_read(annex: int, how: dict[str, Any], tmp_path: Path) -> None:
    fields = filled(annex)
    (form,) = read(tmp_path, annex, fields, **how)
    assert {name: getattr(form, name) for name in FIELDS} == {name: fields[name] for name in FIELDS}
    assert (form.annex, form.commitment, form.pages) == (annex, True, (0,))


def test_an_answer_over_three_pages_is_one_answer(tmp_path: Path) -> None:
    content = "\n".join(
        f"{number}、归集信用信息320万条，为1286家小微企业授信18.6亿元，平均利率下降0.8个百分点。"
        for number in range(1, 36)
    )
    (form,) = read(tmp_path, 1, filled(content=content), dpi=150)
    assert form.content == content
    assert form.pages == (0, 1, 2)


def test_an_empty_answer_is_empty_and_not_missing(tmp_path: Path) -> None:
    (form,) = read(tmp_path, 1, filled(phone="", highlights=""), dpi=150)
    assert (form.phone, form.highlights) == ("", "")
    assert not {"phone", "highlights"} & set(form.unsure)


def test_ink_that_was_not_read_makes_a_field_unsure(tmp_path: Path) -> None:
    page = np.asarray(scan_pages(1, filled(phone=""), None)[0], np.uint8).copy()
    top, left = round(page.shape[0] * 0.231), round(page.shape[1] * 0.31)
    for stroke in range(0, 60, 12):  # a scribble
        page[top + stroke // 3 : top + stroke // 3 + 5, left + stroke : left + stroke + 70] = 30
    (sheet,) = read_page(page, job(tmp_path), 0)
    (form,) = forms_of([sheet.text.blocks], job(tmp_path))
    assert "phone" in form.unsure


def test_a_page_that_is_no_form_gives_text_and_no_form(tmp_path: Path) -> None:
    page = np.full((900, 700, 3), 255, np.uint8)
    (sheet,) = read_page(page, job(tmp_path), 0)
    assert (sheet.text.blocks, sheet.text.text) == ((), "")


def test_a_form_is_whole_once_its_last_cell_was_come_to(tmp_path: Path) -> None:
    head = Grid.of([["案例题目", "甲"], ["联系人", "李"], ["联系电话", "8090748"]], 0)
    tail = Grid.of([["单位意见", COMMITMENT]], 1)
    assert not complete([[head]], job(tmp_path))
    assert complete([[head], [tail]], job(tmp_path))


def test_a_row_cut_by_a_page_break_is_made_whole() -> None:
    blocks = join_pages(
        [[Grid.of([["题目", "甲"], ["内容", "前半"]])], ["第2页", Grid.of([["", "后半。"], ["意见", "同意"]])]]
    )
    texts = [block if isinstance(block, str) else block.text() for block in blocks]
    assert texts == ["题目\t甲\n内容\t前半后半。", "第2页", "意见\t同意"]


def test_a_label_on_the_second_half_of_a_row_serves_both() -> None:
    blocks = join_pages([[Grid.of([["题目", "甲"], ["", "前半。"]])], [Grid.of([["内容", "后半"], ["意见", "同意"]])]])
    assert isinstance(blocks[0], Grid)
    assert blocks[0].text() == "题目\t甲\n内容\t前半。\n后半"


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        ((("信用信息共享平台归集数据", 0, 300), ("三百万条。", 0, 125)), "信用信息共享平台归集数据三百万条。"),
        ((("第一段。", 0, 100), ("第二段没有写满整行也算。", 0, 300)), "第一段。\n第二段没有写满整行也算。"),
        ((("wangxm2023@126.", 0, 300), ("com", 0, 40)), "wangxm2023@126.com"),
        ((("we build credit", 0, 300), ("together", 0, 120)), "we build credit together"),
        ((("写满整行的一段恰好结束。", 0, 300), ("2、另起一条", 0, 150)), "写满整行的一段恰好结束。\n2、另起一条"),
    ],
)
def test_lines_of_a_cell_are_joined_as_they_were_broken(rows: tuple[tuple[str, int, int], ...], text: str) -> None:
    lines = [
        Line(words, 1.0, (left, 30.0 * number, right, 30.0 * number + 25))
        for number, (words, left, right) in enumerate(rows)
    ]
    assert joined(lines) == text


def test_red_ink_goes_and_print_below_it_stays() -> None:
    sheet = np.full((200, 200, 3), 250, np.uint8)
    sheet[50:150, 50:150] = (205, 30, 40)
    sheet[90:110, 20:180] = 25
    grey = without_red(sheet)
    assert grey[60:85, 60:140].min() > 200
    assert grey[95:105, 30:170].max() < 60


def test_a_sheet_on_a_desk_is_cut_out_and_a_scan_left_whole() -> None:
    photo = np.asarray(scan_pages(1, filled(), photo=True, dpi=100)[0], np.uint8)
    scan = np.asarray(scan_pages(1, filled(), dpi=100)[0], np.uint8)
    assert flatten(photo).shape[0] < photo.shape[0] * 0.95
    assert flatten(scan) is scan


def test_turns_and_skew_are_told() -> None:
    page = prepare(np.asarray(scan_pages(1, filled(), rotation=270, skew=1.5, dpi=150)[0], np.uint8))
    assert page.quarter_turns == 1
    assert abs(page.skew + 1.5) < 0.3


def test_cells_are_found_by_their_rules() -> None:
    page = np.asarray(scan_pages(1, filled(), None)[0].convert("L"), np.uint8)
    (table,) = find_tables(page, 32.0)
    assert [place.column_span for place in table if place.row == 2] == [1, 1, 1, 1]
    assert len(table) == 18


def test_a_table_is_told_without_reading() -> None:
    assert has_table(np.asarray(scan_pages(1, filled(), None, dpi=150, rotation=90)[0], np.uint8))
    assert not has_table(np.asarray(scan_pages(1, filled(), None, dpi=150, borders=False)[0], np.uint8))


def test_nothing_is_read_from_nothing() -> None:
    assert find_lines(np.full((300, 300), 255, np.uint8)) == []
    assert read_strip(np.zeros((2, 50), np.uint8)) == ("", 0.0)
