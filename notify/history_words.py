"""In charge of a case's history in Chinese, one line an event, as the workbook shows it."""

import re
from collections.abc import Iterable, Iterator

from domain.kinds import Role
from domain.notice import SHANGHAI, Notice
from domain.text import one_line
from notify.labels import RESULTS, ROLES, label
from store.rows import Happening

LETTERS = {
    "receipt": "回执", "duplicate": "重复来信答复", "question": "咨询答复", "decision": "处理决定", "notice": "通知",
    "reminder": "补正提醒", "withdrawal": "撤回答复",
}  # fmt: skip
_SILENT = ("queued",)  # the sending is told
_OF_LETTERS = {
    "replied": "已发送",
    "held": "暂缓发送",
    "cancelled": "已取消",
    "bounced": "被退回",
    "released": "重新发送",
}
_PLAIN = {
    "opened": "建立案例",
    "purged": "个人信息已按保存期限清除",
    "received": "收到来信",
    "fetched": "链接文件已下载",
    "merged": "合并案例",
    "split": "分立案例",
    "reread": "重新读取作品内容",
    "recalled": "申报人撤回了一封来信（材料仍存档）",
}
_SHOWN = 120  #: characters of what a stranger wrote
_MOST = 30  #: lines of one case, the newest


def told(history: Iterable[Happening], notice: Notice) -> str:
    """Return a history in lines, oldest first; of a long one the last thirty."""
    lines = [
        f"{event.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M} {_words(event, notice)}"
        for event in history
        if event.event not in _SILENT
    ]
    return "\n".join(lines[-_MOST:])


def _words(event: Happening, notice: Notice) -> str:
    detail = one_line(event.detail)[:_SHOWN]
    match event.event:
        case "judged":
            return f"核对结果：{_decisions(detail)}"
        case "decided" if event.actor == "applicant":
            return f"申报人来信提出撤回：{_decisions(detail)}"
        case "decided":
            return f"工作人员 {event.actor.partition(':')[2]} 处理：{_decisions(detail)}"
        case "changed":
            return f"信息更新：{'；'.join(_fields(event.detail, notice))}"[:_SHOWN]
        case "superseded":
            return f"材料更新：{_version(detail)}"
        case name if name in _OF_LETTERS:
            return _letter(name, detail)
        case "undone":
            return f"工作人员 {event.actor.partition(':')[2]} 收回处理决定：{_decisions(detail)}"
        case "fetched":
            return f"{_PLAIN['fetched']}：{detail}"
        case name:
            return _PLAIN.get(name, f"{name} {detail}".strip())


def _decisions(detail: str) -> str:
    """Return "manual_review → accepted: note" with the decisions in Chinese."""
    change, colon, note = detail.partition(":")
    known = {str(decision): words for decision, words in RESULTS.items()}
    said = " → ".join(known.get(word.strip(), word.strip()) for word in change.split("→"))
    return f"{said}{'，说明：' if colon else ''}{note.strip()}"


def _fields(detail: str, notice: Notice) -> Iterator[str]:
    for change in detail.split("; "):
        field, colon, values = change.partition(": ")
        yield f"{label(field, notice)} {one_line(values)}" if colon else one_line(change)


def _version(detail: str) -> str:
    found = re.match(r"(\w+) v(\d+): (.*)", detail)
    role = ROLES.get(Role(found[1])) if found and found[1] in set(Role) else None
    return f"{role}第 {found[2]} 版“{found[3]}”被替换" if found and role else detail


def _letter(event: str, detail: str) -> str:
    """Return what became of a letter: its detail is "receipt <key>: why"."""
    head, _, why = detail.partition(": ")
    name = LETTERS.get(head.partition(" ")[0], "邮件")
    return f"{name}{_OF_LETTERS[event]}" + (f"：{why}" if why and event != "replied" else "")
