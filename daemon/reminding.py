"""In charge of reminding: which open cases are due for their one reminder today, and how many letters the day bears.

Reminders never crowd out replies: at most half of what may be sent in a day, and no more to one address than it may get.
What finds no room today finds it tomorrow; the digest lists who is still to be called.
"""

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from daemon.deciding import office_of, post_office
from daemon.settings import Settings
from domain.kinds import Decision, OutboxState
from domain.mail import Mail
from domain.notice import SHANGHAI
from domain.records import CaseRecord, Letter
from notify.deadline import days_left, due_at
from notify.guards import silence
from notify.pacing import midnight
from notify.reminders import KIND, compose_reminder
from notify.thread import Thread
from store.briefs import LetterBrief
from store.desk import Store

AT = time(9, 30)  #: Asia/Shanghai, after the digest
_JUST_TOLD = timedelta(days=1)  #: who had a letter about the case so lately needs no reminder yet


def remind(settings: Settings, store: Store, now: datetime) -> int:
    """Queue the reminders that are due; return how many."""
    queued = 0
    for record, letter in _due(settings, store, now):
        with store.begin(now) as tx:
            standing = tx.case(record.case.number or "")
            if standing and standing.decision is record.decision and standing.updated_at == record.updated_at:
                queued += tx.enqueue(letter)
    return queued


def is_time(now: datetime) -> bool:
    """Tell whether today's hour has passed: a service that was down then reminds when it comes up."""
    return now.astimezone(SHANGHAI).time() >= AT


def _due(settings: Settings, store: Store, now: datetime) -> Iterator[tuple[CaseRecord, Letter]]:
    """Give cases and their reminders, those who wait longest first, as far as the day's room goes; each is queued before the next."""
    smtp, today = settings.smtp, midnight(now)
    room = smtp.per_day // 2 - store.made_since(today, kind=KIND)
    for record in _open(settings, store, now):
        if room <= 0:
            return
        letter = _letter(record, settings, store, now)
        if letter is None:
            continue
        if store.made_since(today, recipient=letter.recipient) < smtp.per_address_per_day:
            room -= 1
            yield record, letter


def _open(settings: Settings, store: Store, now: datetime) -> Iterator[CaseRecord]:
    """Give the cases in want of a supplement whose time runs out and whose applicant knows of it but had no reminder."""
    notice, days = settings.notice, settings.notify.remind_days_before
    if not days or now > notice.grace_ends() or days_left(notice.closes, now) > days:
        return
    numbers = [brief.number for brief in store.briefs(Decision.NEEDS_SUPPLEMENT)]
    letters = store.letters_about(numbers)
    told = [number for number in numbers if _may_be_reminded(letters.get(number, ()), now)]
    for number in told:
        for record in store.cases_numbered((number,)):
            due = due_at(record.case.first_received_at, record.findings, notice)
            if now <= due and days_left(due, now) <= days:
                yield record


def _may_be_reminded(letters: tuple[LetterBrief, ...], now: datetime) -> bool:
    """Tell whether the last letter about a case arrived, as far as we know, and not just now, and none was a reminder."""
    standing = [letter for letter in letters if letter.state is not OutboxState.CANCELLED]
    if not standing or any(letter.kind == KIND for letter in letters):
        return False
    last = standing[-1]
    return last.state is OutboxState.SENT and not last.bounced and now - last.created_at >= _JUST_TOLD


def _letter(record: CaseRecord, settings: Settings, store: Store, now: datetime) -> Letter | None:
    """Return the reminder in the applicant's own thread, or None where nobody may be answered."""
    post = office_of(record, store, post_office(settings, now))
    mail = _answerable(record, settings, store)
    thread = Thread.of(mail, *post.own) if mail else None
    if thread is None:
        return None
    due = due_at(record.case.first_received_at, record.findings, settings.notice)
    return compose_reminder(record, due, thread, notice=settings.notice, post=post)


def _answerable(record: CaseRecord, settings: Settings, store: Store) -> Mail | None:
    """Return the last mail of a case, unless it was taken in without a reply or a guard speaks against it."""
    sha256 = record.messages[-1] if record.messages else ""
    mail, message = (store.mail(sha256), store.message(sha256)) if sha256 else (None, None)
    if mail is None or message is None or not message.reply:
        return None
    own = (settings.notice.mailbox, *settings.accounts)
    return None if silence(mail, own, store.is_our_letter) else mail
