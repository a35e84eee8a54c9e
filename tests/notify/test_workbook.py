from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from notify.workbook import write_workbook
from store.desk import Store
from tests.notify.desks import ATTACK
from tests.notify.makers import NOTICE, WORD


@pytest.fixture(scope="module")
def book(filled_store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbook]:
    path = tmp_path_factory.mktemp("book") / "收件情况.xlsx"
    write_workbook(filled_store, NOTICE, path)
    opened = openpyxl.load_workbook(path)
    yield opened
    opened.close()


def rows(book: Workbook, sheet: str) -> list[dict[str, Any]]:
    head, *body = book[sheet].iter_rows(values_only=True)
    return [dict(zip(map(str, head), row, strict=True)) for row in body]


def test_each_case_is_one_row_with_all_that_staff_ask_for(book: Workbook) -> None:
    cases = {row["受理编号"]: row for row in rows(book, "案例")}
    assert list(cases) == [f"2023-V-000{n}" for n in (1, 2, 3)] + [f"2023-W-000{n}" for n in (1, 2, 3, 4, 5)]
    film = cases["2023-V-0001"]
    assert {key: film[key] for key in ("类别", "案例题目", "归属", "联系电话", "字数", "视频时长", "分辨率", "处理结果", "处理人")} == {
        "类别": "视频", "案例题目": "诚信昌乐", "归属": "昌乐县", "联系电话": "13900005678", "字数": None,
        "视频时长": "3 分 20 秒", "分辨率": "1920×1080", "处理结果": "已受理", "处理人": "系统",
    }  # fmt: skip
    assert cases["2023-W-0002"]["字数"] == 600
    assert film["首次收到时间"] == datetime(2023, 8, 15, 9, 0)
    assert "视频作品：诚信昌乐.mp4（43.6 MB）" in film["材料文件"].split("\n")
    assert cases["2023-V-0003"]["下载链接"] == "https://pan.baidu.example/s/1a 提取码 ab12"


def test_findings_stand_in_chinese_with_the_evidence_for_staff(book: Workbook) -> None:
    (said,) = (row["问题说明"] for row in rows(book, "案例") if row["受理编号"] == "2023-W-0003")
    assert said.startswith(
        "1. 作品文字内容与已收到的另一案例高度相似，要求作品为原创作品（《通知》“五、作品要求”第 2 条）。"
    )
    assert "〔相似案例：2023-W-0001，昌乐县信用办，相似度 93%〕\n2. 印章文字识别为“寿光市信用办”" in said


def test_what_looks_like_a_formula_is_text_and_marked_so(book: Workbook) -> None:
    sheet = book["案例"]
    hostile = [cell for row in sheet.iter_rows() for cell in row if str(cell.value).startswith(("=", "+", "-", "@"))]
    assert {cell.value for cell in hostile} == {ATTACK, "-1+1|cmd", "@SUM(1)"}
    assert {cell.data_type for cell in hostile} == {"s"}
    assert all(cell.quotePrefix for cell in hostile)


def test_the_header_is_frozen_and_filters_cover_every_row(book: Workbook) -> None:
    for sheet in book.worksheets:
        assert sheet.freeze_panes == "B2"
        assert sheet.auto_filter.ref == sheet.dimensions
    assert [sheet.title for sheet in book.worksheets] == ["案例", "单位进度", "未提交", "邮件日志"]
    assert book["案例"].column_dimensions["C"].width > 30


def test_progress_names_every_unit_of_the_roster_and_what_it_lacks(book: Workbook) -> None:
    progress = {row["单位"]: row for row in rows(book, "单位进度")}
    assert set(progress) == {unit.name for unit in NOTICE.units} | {"名单以外的单位"}
    changle, shouguang = progress["昌乐县"], progress["寿光市"]
    assert (changle["文字案例"], changle["视频案例"], changle["是否达标"], changle["尚缺"]) == (2, 2, "达标", None)
    assert (shouguang["是否达标"], shouguang["尚缺"]) == ("未达标", "缺文字 2、视频 1")
    assert progress["青州市"]["文字案例"] == 0  # a rejected case does not count


def test_a_case_tells_its_history_in_chinese(book: Workbook) -> None:
    (told,) = (row["办理过程"] for row in rows(book, "案例") if row["受理编号"] == "2023-W-0001")
    assert told.split("\n") == [
        "2023-08-14 09:00 建立案例",
        "2023-08-14 09:00 核对结果：已受理",
        "2023-08-14 09:00 收到来信",
        "2023-08-15 10:00 回执已发送",
    ]


def test_places_and_silence_stand_in_their_sheets(book: Workbook) -> None:
    progress = {row["单位"]: row for row in rows(book, "单位进度")}
    assert (progress["昌乐县"]["完成率（%）"], progress["昌乐县"]["名次"]) == (75, 1)
    assert progress["寿光市"]["名次"] is None
    silent = [row["单位"] for row in rows(book, "未提交")]
    assert len(silent) == 25
    assert "昌乐县" not in silent


def test_files_are_opened_from_where_they_were_laid_out(filled_store: Store, tmp_path: Path) -> None:
    hostile = "materials/文字/昌乐县/2023-W-0001 100% =A1#b/申报表.docx"
    places = {("2023-W-0001", WORD.part.sha256): hostile}
    write_workbook(filled_store, NOTICE, tmp_path / "a.xlsx", places)
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    sheet = book["案例"]
    head = [cell.value for cell in sheet[1]]
    row = next(row for row in sheet.iter_rows(min_row=2) if row[0].value == "2023-W-0001")
    folder, form = (row[head.index(name)] for name in ("打开文件夹", "打开申报表"))
    assert (form.value, form.data_type) == ("申报表.docx", "s")
    assert form.hyperlink is not None
    assert str(form.hyperlink.target) == r"materials\文字\昌乐县\2023-W-0001%20100%25%20=A1%23b\申报表.docx"
    assert folder.hyperlink is not None
    assert str(folder.hyperlink.target).endswith("%23b")
    assert row[head.index("打开作品")].value is None
    book.close()


def test_the_log_has_every_mail(book: Workbook) -> None:
    log = rows(book, "邮件日志")
    assert len(log) == 11
    assert {row["状态"] for row in log} == {"已处理", "读取失败"}
    assert next(row for row in log if row["类型"] == "咨询")["邮件主题"] == "请问视频可以用网盘发送吗"
    assert all(isinstance(row["收到时间"], datetime) for row in log)


def test_an_empty_desk_gives_an_empty_workbook(store: Store, tmp_path: Path) -> None:
    write_workbook(store, NOTICE, tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert rows(book, "案例") == []
    assert len(rows(book, "单位进度")) == len(NOTICE.units)
    book.close()
