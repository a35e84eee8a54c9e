"""In charge of the workbook: one row a case, progress by unit, who is silent, the log of mails. In constant memory."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

from domain.kinds import MessageState, Role, Track
from domain.notice import Notice
from domain.text import one_line, word_count
from notify.figures import duration, size
from notify.history_words import told
from notify.labels import KINDS, RESULTS, ROLES
from notify.progress import Roster, UnitProgress, progress, ranking, silent
from notify.reason_words import why_set_aside
from notify.sheets import Cell, FileLink, Writer, columns
from notify.wording import say
from store.desk import Store
from store.rows import CaseLine, FileLine, MessageLine

Places = Mapping[tuple[str, str], str]  #: (case number, sha256) → where the file lies, relative to the workbook, with /

_STATES = {
    MessageState.ARCHIVED: "待处理", MessageState.READ: "处理中", MessageState.DECIDED: "已处理", MessageState.QUARANTINED: "读取失败",
    MessageState.PURGED: "已清除",
}  # fmt: skip
_CASES = columns(
    ("受理编号", 14), ("类别", 8), ("案例题目", 36), ("申报单位", 28), ("归属", 16), ("报送方式", 9), ("联系人", 10), ("联系电话", 16),
    ("邮箱", 24), ("单位地址", 28), ("成果类型/表达主旨", 20), ("字数", 8), ("视频时长", 12), ("分辨率", 12), ("处理结果", 18), ("处理人", 10),
    ("问题说明", 60), ("首次收到时间", 18), ("最近更新", 18), ("来信邮箱", 24), ("材料文件", 44), ("下载链接", 44), ("办理过程", 52),
)  # fmt: skip
_OPENED = columns(("打开文件夹", 14), ("打开申报表", 20), ("打开盖章版", 20), ("打开作品", 20))
_PROGRESS = columns(
    ("类别", 20), ("单位", 32), ("文字案例", 10), ("应报文字", 10), ("视频案例", 10), ("应报视频", 10), ("已受理", 10), ("完成率（%）", 12),
    ("名次", 8), ("是否达标", 10), ("尚缺", 18),
)  # fmt: skip
_SILENT = columns(("类别", 20), ("单位", 32), ("应报文字", 10), ("应报视频", 10))
_LOG = columns(
    ("收到时间", 18), ("发件人", 16), ("发件地址", 28), ("邮件主题", 48), ("类型", 10), ("处理结果", 18), ("状态", 10), ("受理编号", 24),
    ("说明", 40), ("文件夹", 12), ("邮件标识", 16),
)  # fmt: skip
_NAMES = [column.name for column in _CASES]
_DECISION, _PRINTED = _NAMES.index("处理结果"), _NAMES.index("问题说明") + 1


def write_workbook(
    store: Store,
    notice: Notice,
    path: Path,
    places: Places | None = None,
    *,
    units: Sequence[UnitProgress] = (),
    logged: int | None = None,
) -> None:
    """Write the workbook of everything the store holds to `path`; with `places` each case opens its files from there.

    `units` is the progress where the caller has it already, `logged` how many of the newest mails the log shows (default: all).
    """
    import xlsxwriter

    roster = Roster(notice)
    units = units or progress(store.briefs(), notice, roster)
    options = {"constant_memory": True, "default_date_format": "yyyy-mm-dd hh:mm"}
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"title": f"{notice.name}收件情况", "author": notice.office})
        writer = Writer(book, notice.words.said)
        shown = _CASES + (_OPENED if places is not None else ())
        writer.sheet("案例", shown, _case_rows(store, roster, notice, places), tinted=_DECISION, printed=_PRINTED)
        writer.sheet("单位进度", _PROGRESS, _progress_rows(units))
        writer.sheet("未提交", _SILENT, _silent_rows(units))
        writer.sheet("邮件日志", _LOG, map(_log_row, store.message_lines(logged)))


def _case_rows(store: Store, roster: Roster, notice: Notice, places: Places | None) -> Iterator[Iterator[Cell]]:
    for line in store.case_lines():
        yield _case_row(line, roster, notice, places)


def _case_row(line: CaseLine, roster: Roster, notice: Notice, places: Places | None) -> Iterator[Cell]:
    case = line.case
    yield from (case.number, notice.words.name(case.track), case.title, case.unit)
    yield roster.name(case.unit) or "名单以外"
    yield {True: "推荐", False: "自荐", None: None}[case.recommended]
    yield from (case.contact, case.phone, case.email, case.address, case.category)
    yield from _measures(line)
    yield from (RESULTS[line.decision], "系统" if line.decided_by == "daemon" else line.decided_by.partition(":")[2])
    yield _findings(line, notice)
    yield from (case.first_received_at, line.updated_at, line.sender)
    yield "\n".join(map(_file, line.files))
    yield "\n".join(
        f"{one_line(link.url)[:500]}" + (f" 提取码 {one_line(link.code)}" if link.code else "") for link in case.links
    )
    yield told(line.history, notice)
    if places is not None:
        yield from _opened(line, places)


def _measures(line: CaseLine) -> Iterator[Cell]:
    """Give 字数 of a text case, length and picture size of a film."""
    work, film = _counting(line, Role.TEXT_WORK), _counting(line, Role.VIDEO)
    is_text = line.case.track is Track.TEXT
    yield ((work.text_length if work else None) or word_count(line.case.content or "") or None) if is_text else None
    yield duration(film.duration_s) if film and film.duration_s is not None else None
    yield f"{film.width}×{film.height}" if film and film.width else None


def _counting(line: CaseLine, *roles: Role) -> FileLine | None:
    """Return the file that counts in the first of these roles that has one."""
    standing = [file for role in reversed(roles) for file in line.files if file.role is role and not file.superseded]
    return standing[-1] if standing else None


def _opened(line: CaseLine, places: Places) -> Iterator[Cell]:
    """Give links to the case's folder, form, stamped form and work."""
    number = line.case.number or ""
    laid = [places[number, file.sha256] for file in line.files if (number, file.sha256) in places]
    yield FileLink(text="文件夹", target=str(PurePosixPath(laid[0]).parent)) if laid else None
    for roles in ((Role.WORD_FORM,), (Role.PDF_FORM, Role.IMAGE_FORM), (Role.VIDEO, Role.TEXT_WORK)):
        file = _counting(line, *roles)
        target = places.get((number, file.sha256)) if file else None
        yield FileLink(text=PurePosixPath(target).name, target=target) if target else None


def _findings(line: CaseLine, notice: Notice) -> str:
    said = [say(finding, notice) for finding in line.findings]
    return "\n".join(
        f"{number}. {words.message}" + (f"〔{one_line(words.staff)}〕" if words.staff else "")
        for number, words in enumerate(said, start=1)
    )


def _file(file: FileLine) -> str:
    old = "（已被替换）" if file.superseded else ""
    weight = f"（{size(file.size)}）" if file.size is not None else ""
    return f"{ROLES[file.role]}：{one_line(file.path)}{weight}{old}"


def _progress_rows(units: Sequence[UnitProgress]) -> Iterator[Sequence[Cell]]:
    places = {placed.unit.name: placed.place for placed in ranking(units)}
    for unit in units:
        met = ("达标" if unit.met else "未达标") if unit.group else None
        yield (
            unit.group_name, unit.name, unit.text, unit.text_quota, unit.video, unit.video_quota, unit.accepted,
            unit.share if unit.quota else None, places.get(unit.name), met, unit.lacking,
        )  # fmt: skip


def _silent_rows(units: Iterable[UnitProgress]) -> Iterator[Sequence[Cell]]:
    for unit in silent(units):
        yield (unit.group_name, unit.name, unit.text_quota, unit.video_quota)


def _log_row(line: MessageLine) -> Iterator[Cell]:
    yield from (line.received_at, one_line(line.sender_name), line.sender, one_line(line.subject))
    yield KINDS[line.kind] if line.kind else None
    yield RESULTS[line.decision] if line.decision else None
    yield _STATES[line.state]
    yield "、".join(line.case_numbers)
    yield line.error or why_set_aside(line.reason)
    yield from (line.folder, line.sha256[:12])
