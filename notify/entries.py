"""In charge of the lines of the digest that ask for a person: cases to decide, mails nobody was sure of, what failed."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from domain.kinds import Decision, MessageKind, MessageState, OutboxState, Severity
from domain.notice import Notice
from domain.records import CaseRecord, LetterRecord, MessageRecord
from domain.value import Value
from notify.case_letters import REQUESTED
from notify.deadline import days_left
from notify.evidence_pictures import MOST, picture_of
from notify.figures import moment
from notify.guards import RECALLED
from notify.labels import KINDS
from notify.letters import Picture
from notify.quoting import quote
from notify.staff_words import reasons, why_held, why_quarantined
from notify.thread import bare_subject
from store.briefs import CaseBrief
from store.desk import Store

SHOWN = 40  #: cases that are looked at whole; of the others only their number is told
_BOUNCES_SHOWN = timedelta(days=7)
_SILENT = (MessageKind.AUTO_REPLY, MessageKind.BULK)


class Entry(Value):
    """One thing that needs a person."""

    mark: str  #: case number, or the beginning of a message's sha256
    title: str
    unit: str
    reasons: tuple[str, ...]
    waits: str = ""  #: 已等待 3 天
    picture: Picture | None = None


def undecided(store: Store, waiting: Iterable[CaseBrief], notice: Notice, now: datetime) -> Iterator[Entry]:
    """Give the cases that wait for a decision, the oldest first, the first dozen with a picture."""
    numbers = [brief.number for brief in waiting][:SHOWN]
    drawn = 0
    for record in store.cases_numbered(numbers):
        picture = picture_of(record, store.archive) if drawn < MOST else None
        drawn += picture is not None
        yield _case_entry(record, notice, now, picture)


def _case_entry(record: CaseRecord, notice: Notice, now: datetime, picture: Picture | None) -> Entry:
    case, days = record.case, -days_left(record.updated_at, now)
    return Entry(
        mark=case.number or "",
        title=quote(case.title, 40) or "（题目未填写）",
        unit=quote(case.unit, 30) or quote(record.sender, 40),
        reasons=reasons(record, notice) or ("由工作人员转为人工复核",),
        waits=f"已等待 {days} 天" if days > 0 else "",
        picture=picture,
    )


def _message_entry(record: MessageRecord, *told: str) -> Entry:
    name = quote(record.sender_name, 20)
    return Entry(
        mark=record.sha256[:12],
        title=quote(record.subject, 40) or "（无主题）",
        unit=" ".join(filter(None, (name, quote(record.sender, 40)))),
        reasons=told,
    )


def loose(messages: Iterable[MessageRecord]) -> Iterator[Entry]:
    """Give the day's mails that wait for a person and belong to no case."""
    for record in messages:
        if record.decision is Decision.MANUAL_REVIEW and not record.case_numbers:
            yield _message_entry(record, _withdrawal(record) or "来信未能归入案例，请人工查看附件或链接")
        elif record.kind is MessageKind.AUTO_REPLY and record.reason == RECALLED:
            yield _message_entry(record, "发信方撤回了此前的邮件，原件和附件仍存档，未作回复；请确认是否影响申报")


def _withdrawal(record: MessageRecord) -> str:
    """Return what is told of a mail that asks to withdraw a case, "" for another."""
    asked = next((finding for finding in record.findings if finding.code == REQUESTED), None)
    if asked is None:
        return ""
    words = quote(str(asked.evidence.get("words", "")), 60)
    if record.decision is Decision.MANUAL_REVIEW:
        return f"来信提出撤回申报，未能确定是哪个案例，请人工办理：{words}"
    done = asked.severity is Severity.WARNING
    return f"来信提出撤回申报，{'已按要求撤回并告知' if done else '案例已转人工复核'}：{words}"


def silenced(messages: Iterable[MessageRecord], store: Store) -> Iterator[Entry]:
    """Give the day's automatic mails that carry files all the same: a guard may have erred, and nobody was answered."""
    for record in messages:
        mail = store.mail(record.sha256) if record.kind in _SILENT else None
        if mail and any(not part.inline and not part.decoration for part in mail.parts):
            yield _message_entry(
                record, f"判为{KINDS[record.kind or MessageKind.BULK]}但带有附件，未回复，请确认是否为申报材料"
            )


def questions(messages: Iterable[MessageRecord]) -> Iterator[Entry]:
    """Give the day's questions."""
    for record in messages:
        if record.kind is MessageKind.QUESTION:
            answered = f"{moment(record.received_at)}来信咨询，申报方式已自动告知"
            if record.decision is not Decision.MANUAL_REVIEW:
                yield _message_entry(record, _withdrawal(record) or answered)


def failures(store: Store, now: datetime) -> Iterator[Entry]:
    """Give what went wrong and is not mended: mails that could not be read, replies held or sent back."""
    for message in store.messages(state=MessageState.QUARANTINED):
        yield _message_entry(message, f"邮件读取失败，{why_quarantined(message)}")
    for letter in store.letters(state=OutboxState.HELD):
        yield _letter_entry(letter, f"回复未发出：{why_held(letter)}")
    for letter in store.bounced_letters(now - _BOUNCES_SHOWN):
        yield _letter_entry(letter, f"回复被退回，请电话联系：{quote(letter.bounced, 90)}")


def _letter_entry(record: LetterRecord, told: str) -> Entry:
    numbers = record.letter.case_numbers
    return Entry(
        mark="、".join(numbers[:2]) or f"回复 {record.id}",
        title=quote(bare_subject(record.letter.subject), 40) or "（无主题）",
        unit=quote(record.letter.recipient, 60),
        reasons=(told,),
    )
