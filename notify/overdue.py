"""In charge of the cases that still need a supplement while the deadline nears: what is missing, whom to call, who was told."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from domain.kinds import OutboxState
from domain.notice import SHANGHAI, Notice
from domain.records import CaseRecord
from domain.value import Value
from notify.deadline import due_at, left
from notify.entries import SHOWN
from notify.figures import day
from notify.quoting import quote
from notify.staff_words import shortcomings
from store.briefs import CaseBrief, LetterBrief
from store.desk import Store

_NEAR = timedelta(days=7)  #: before the call closes


class Due(Value):
    """One case that is still to be mended."""

    number: str
    title: str
    unit: str
    call: str  #: 王明 13800000001
    missing: tuple[str, ...]
    due: datetime
    left: str  #: 剩 3 天
    told: str  #: 已于 8月30日提醒, 回复被退回


def still_due(store: Store, open_: Sequence[CaseBrief], notice: Notice, now: datetime) -> Iterator[Due]:
    """Give the cases in want of a supplement, from a week before the call closes on, the oldest first."""
    if now < notice.closes - _NEAR:
        return
    numbers = [brief.number for brief in open_[:SHOWN]]
    letters = store.letters_about(numbers)
    for record in store.cases_numbered(numbers):
        yield _due(record, letters.get(record.case.number or "", ()), notice, now)


def _due(record: CaseRecord, letters: tuple[LetterBrief, ...], notice: Notice, now: datetime) -> Due:
    case = record.case
    due = due_at(case.first_received_at, record.findings, notice)
    return Due(
        number=case.number or "",
        title=quote(case.title, 40) or "（题目未填写）",
        unit=quote(case.unit, 30) or quote(record.sender, 40),
        call=" ".join(filter(None, (quote(case.contact, 12), quote(case.phone, 24)))),
        missing=shortcomings(record, notice) or ("由工作人员要求补正",),
        due=due,
        left=left(due, now),
        told=_told(letters),
    )


def _told(letters: tuple[LetterBrief, ...]) -> str:
    """Return whether the applicant knows, by the last letter."""
    standing = [letter for letter in letters if letter.state is not OutboxState.CANCELLED]
    if not standing:
        return "尚未回复"
    last = standing[-1]
    if last.bounced:
        return "回复被退回，请电话联系"
    if last.state is OutboxState.HELD:
        return "回复未发出，请电话联系"
    return f"已于{day(last.created_at.astimezone(SHANGHAI).date())}提醒" if last.kind == "reminder" else ""
