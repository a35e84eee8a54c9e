"""In charge of the one reminder a case gets when the time for its supplement runs out: just what is missing, and until when."""

import hashlib
from datetime import datetime

from domain.kinds import Decision
from domain.notice import Notice
from domain.records import CaseRecord, Letter
from notify.case_view import points
from notify.deadline import left
from notify.figures import moment
from notify.labels import TRACKS
from notify.letters import PostOffice
from notify.phrases import choose
from notify.plain import addressed, frame, plain
from notify.quoting import quote
from notify.thread import Thread

KIND = "reminder"
RESULT = "补正提醒"
_OPENINGS = (
    "您好！贵单位申报的案例尚有材料需要补正，补正期限临近，特此提醒。",
    "您好！截至目前，我们尚未收到下列案例的补正材料，补正时间所剩不多，请您留意。",
    "您好！下列案例的补正即将截止，尚缺的内容如下，请抓紧时间补充。",
    "您好！现就您申报案例的补正事项作一提醒：仍有以下内容未补齐，请在截止时间前报送。",
)  # they vary: see `phrases`
_CLOSINGS = (
    "请直接回复本邮件补充上述内容，并保留主题中的受理编号；已符合要求的材料不必重发。如补正材料已经寄出，请忽略本提醒。",
    "补正时直接回复本邮件即可（主题中的受理编号请勿删除），只需补充上面列出的内容。如您已经发送，请不必理会本提醒。",
)


def key_of(number: str) -> str:
    """Return the key of a case's reminder: the outbox takes it once."""
    return f"{KIND}:{number}"


def compose_reminder(record: CaseRecord, due: datetime, thread: Thread, *, notice: Notice, post: PostOffice) -> Letter:
    """Return the reminder of a case that is to be mended until `due`. It answers no message of its own."""
    number = record.case.number or ""
    seed = hashlib.sha256(number.encode()).hexdigest()
    shown = {
        **frame(notice, post),
        "salutation": addressed([record.case], thread),
        "paragraphs": [choose(_OPENINGS, seed)],
        "facts": _facts(record, due, post.now),
        "steps_title": "尚需补正的内容",
        "steps": _missing(record, notice),
        "closing": choose(_CLOSINGS, seed[8:]),
    }
    unanswered = thread.model_copy(update={"sha256": None})
    return plain(KIND, key_of(number), RESULT, shown, thread=unanswered, post=post, numbers=(number,))


def _facts(record: CaseRecord, due: datetime, now: datetime) -> list[tuple[str, str]]:
    case = record.case
    return [
        ("受理编号", case.number or ""),
        ("案例题目", quote(case.title, 80) or "（未填写）"),
        ("案例类型", TRACKS[case.track]),
        ("补正截止时间", f"{moment(due)}（北京时间，以我方邮箱服务器收到时间为准，{left(due, now)}）"),
    ]


def _missing(record: CaseRecord, notice: Notice) -> list[str]:
    """Return what is missing: staff's own words where they asked for it, else what the rules found."""
    if note := _note(record):
        return [quote(note, 1000)]
    found = points(record.findings, notice, Decision.NEEDS_SUPPLEMENT)
    return [words.message for words in found.errors or found.reviews]


def _note(record: CaseRecord) -> str:
    """Return the note of the staff's decision a case stands under, "" where the daemon decided or nothing was noted."""
    if not record.decided_by.startswith("staff:"):
        return ""
    notes = [event.detail.partition(": ")[2] for event in record.history if event.event == "decided"]
    return notes[-1].strip() if notes else ""
