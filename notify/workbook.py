"""In charge of the workbook: one row a case, progress by unit, the log of mails. Written row by row in constant memory.

Every text is written as text, and one that could be taken for a formula is marked so: names come from strangers.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from domain.kinds import Decision, MessageState, Track
from domain.notice import SHANGHAI, Notice
from domain.records import CaseRecord, MessageRecord
from domain.text import clean, one_line, word_count
from domain.value import Value
from notify.figures import duration, size
from notify.labels import KINDS, RESULTS, ROLES
from notify.progress import GROUPS, belongs_to, progress
from notify.wording import say
from store.desk import Store

_LONGEST_CELL = 4000  #: characters; Excel takes 32,767
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_STATES = {
    MessageState.ARCHIVED: "待处理", MessageState.READ: "处理中", MessageState.DECIDED: "已处理", MessageState.QUARANTINED: "读取失败",
}  # fmt: skip
_TINTS = {
    RESULTS[Decision.ACCEPTED]: "#DCFCE7",
    RESULTS[Decision.NEEDS_SUPPLEMENT]: "#FEF3C7",
    RESULTS[Decision.MANUAL_REVIEW]: "#DBEAFE",
    RESULTS[Decision.REJECTED]: "#FEE2E2",
}

Cell = str | int | float | datetime | None


class _Column(Value):
    name: str
    width: float  #: characters


def _columns(*pairs: tuple[str, float]) -> tuple[_Column, ...]:
    return tuple(_Column(name=name, width=width) for name, width in pairs)


_CASES = _columns(
    ("受理编号", 14), ("类别", 8), ("案例题目", 36), ("申报单位", 28), ("归属", 16), ("报送方式", 9), ("联系人", 10), ("联系电话", 16),
    ("邮箱", 24), ("单位地址", 28), ("成果类型/表达主旨", 20), ("字数", 8), ("视频时长", 12), ("分辨率", 12), ("处理结果", 18), ("处理人", 10),
    ("问题说明", 60), ("首次收到时间", 18), ("最近更新", 18), ("来信邮箱", 24), ("材料文件", 44), ("下载链接", 44),
)  # fmt: skip
_PROGRESS = _columns(
    ("类别", 20), ("单位", 32), ("文字案例", 10), ("应报文字", 10), ("视频案例", 10), ("应报视频", 10), ("已受理", 10), ("是否达标", 10), ("尚缺", 18),
)  # fmt: skip
_LOG = _columns(
    ("收到时间", 18), ("发件人", 16), ("发件地址", 28), ("邮件主题", 48), ("类型", 10), ("处理结果", 18), ("状态", 10), ("受理编号", 24),
    ("说明", 40), ("文件夹", 12), ("邮件标识", 16),
)  # fmt: skip


def write_workbook(store: Store, notice: Notice, path: Path) -> None:
    """Write the workbook of everything the store holds to `path`."""
    cases = store.cases()
    options = {"constant_memory": True, "default_date_format": "yyyy-mm-dd hh:mm"}
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"title": f"{notice.name}收件情况", "author": notice.office})
        writer = _Writer(book)
        writer.sheet("案例", _CASES, (_case_row(record, notice) for record in cases), tinted=14)
        writer.sheet("单位进度", _PROGRESS, _progress_rows(cases, notice))
        writer.sheet("邮件日志", _LOG, (_log_row(record) for record in store.messages()))


class _Writer:
    """A workbook being written: formats shared by its sheets."""

    def __init__(self, book: Any) -> None:
        base = {
            "font_name": "微软雅黑",
            "font_size": 10,
            "valign": "top",
            "text_wrap": True,
            "border": 1,
            "border_color": "#D1D5DB",
        }
        self._book = book
        self._head = book.add_format(
            base | {"bold": True, "bg_color": "#B01E23", "font_color": "#FFFFFF", "valign": "vcenter"}
        )
        self._text = book.add_format(base)
        self._quoted = book.add_format(base | {"quote_prefix": True})
        self._date = book.add_format(base | {"num_format": "yyyy-mm-dd hh:mm"})
        self._tints = {
            text: book.add_format(base | {"bg_color": colour, "bold": True}) for text, colour in _TINTS.items()
        }

    def sheet(
        self, name: str, columns: Sequence[_Column], rows: Iterable[Iterable[Cell]], *, tinted: int | None = None
    ) -> None:
        """Add a sheet: frozen header, filter, one row a record. `tinted` is the column coloured by its text."""
        sheet = self._book.add_worksheet(name)
        sheet.freeze_panes(1, 1)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.set_row(0, 24)
        for index, column in enumerate(columns):
            sheet.set_column(index, index, column.width)
            sheet.write_string(0, index, column.name, self._head)
        count = 0
        for count, row in enumerate(rows, start=1):
            for index, cell in enumerate(row):
                self._cell(sheet, count, index, cell, tint=index == tinted)
        sheet.autofilter(0, 0, count, len(columns) - 1)

    def _cell(self, sheet: Any, row: int, index: int, cell: Cell, *, tint: bool) -> None:
        match cell:
            case None | "":
                sheet.write_blank(row, index, None, self._text)
            case datetime():
                sheet.write_datetime(row, index, cell.astimezone(SHANGHAI).replace(tzinfo=None), self._date)
            case int() | float():
                sheet.write_number(row, index, cell, self._text)
            case str():
                text = clean(cell)[:_LONGEST_CELL]
                plain = self._quoted if cell.startswith(_FORMULA) or text.startswith(_FORMULA) else self._text
                sheet.write_string(row, index, text, self._tints.get(text, plain) if tint else plain)


def _case_row(record: CaseRecord, notice: Notice) -> Iterator[Cell]:
    case, video = record.case, record.case.video
    yield from (case.number, "视频" if case.track is Track.VIDEO else "文字", case.title, case.unit)
    yield belongs_to(record, notice) or "名单以外"
    yield {True: "推荐", False: "自荐", None: None}[case.recommended]
    yield from (case.contact, case.phone, case.email, case.address, case.category)
    yield _length(record)
    yield duration(video.duration_s) if video and video.duration_s is not None else None
    yield f"{video.width}×{video.height}" if video and video.width else None
    yield from (
        RESULTS[record.decision],
        "系统" if record.decided_by == "daemon" else record.decided_by.partition(":")[2],
    )
    yield _findings(record, notice)
    yield from (case.first_received_at, record.updated_at, record.sender)
    yield "\n".join(_files(record))
    yield "\n".join(
        f"{one_line(link.url)[:500]}" + (f" 提取码 {one_line(link.code)}" if link.code else "") for link in case.links
    )


def _length(record: CaseRecord) -> int | None:
    if record.case.track is not Track.TEXT:
        return None
    work = record.case.text_work
    return (work.facts.text_length if work else None) or word_count(record.case.content or "") or None


def _findings(record: CaseRecord, notice: Notice) -> str:
    said = [say(finding, notice) for finding in record.findings]
    return "\n".join(
        f"{number}. {words.message}" + (f"〔{one_line(words.staff)}〕" if words.staff else "")
        for number, words in enumerate(said, start=1)
    )


def _files(record: CaseRecord) -> Iterator[str]:
    for material in record.case.materials:
        old = "（已被替换）" if material.superseded else ""
        yield f"{ROLES[material.role]}：{one_line(material.part.path)}（{size(material.part.size)}）{old}"


def _progress_rows(cases: Iterable[CaseRecord], notice: Notice) -> Iterator[Sequence[Cell]]:
    for unit in progress(cases, notice):
        met = ("达标" if unit.met else "未达标") if unit.group else None
        yield (
            GROUPS.get(unit.group, "其他"), unit.name, unit.text, unit.text_quota, unit.video, unit.video_quota, unit.accepted, met, unit.lacking,
        )  # fmt: skip


def _log_row(record: MessageRecord) -> Iterator[Cell]:
    yield from (record.received_at, one_line(record.sender_name), record.sender, one_line(record.subject))
    yield KINDS[record.kind] if record.kind else None
    yield RESULTS[record.decision] if record.decision else None
    yield _STATES[record.state]
    yield "、".join(record.case_numbers)
    yield record.error or record.reason
    yield from (record.folder, record.sha256[:12])
