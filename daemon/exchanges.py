"""In charge of when an exchange ends: two letters of ours for mails that brought nothing new, and the next waits for a person.

Robots that say what they are are silenced by `notify.guards`. One that does not answers every letter, "您的邮件已收到" for ever, its words
and even its address changing. So what counts is what a mail brings: a file, a link or a wish that moves a case earns a letter
each time, however many come. Mails that bring nothing share two letters in a week, to one mailbox or along one thread.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from daemon.sorting import MATERIALS
from domain.case import Outcome
from domain.kinds import OutboxState, Role
from domain.mail import Mail
from domain.records import Letter, LetterRecord
from notify.outbox import AT_REST
from store.desk import Store
from store.transaction import Transaction

MOST = 2  #: letters in a row that mails may call forth without bringing anything
_MEMORY = timedelta(days=7)
_FILES = frozenset({*MATERIALS, Role.ARCHIVE})


def brings_new(outcome: Outcome, store: Store) -> bool:
    """Tell whether a message brings what no message before it brought. Asked before the outcome is recorded."""
    mail = outcome.reading.mail
    if mail.fetched:
        return True
    if not outcome.verdicts:
        return _moves_a_case(outcome, store)
    files = {part.sha256 for part in mail.parts if outcome.roles.get(part.path) in _FILES}
    if files - store.brought_before(files, besides=mail.sha256):
        return True
    return _fills_in(outcome) or not {link.url for link in mail.links} <= _links_on_record(outcome, store)


def queue(letter: Letter, outcome: Outcome, tx: Transaction, store: Store, now: datetime) -> None:
    """Put a reply into the outbox. Where the exchange has come to its end, one letter is held there for a person, no more.

    Guidance that they have is left out at once: staff have the question.
    """
    mail = outcome.reading.mail
    answers = () if outcome.fresh else _answers(mail, store, now)
    if not _are_enough(answers, store):
        tx.enqueue(letter)
    elif any(_tells_enough(each, letter) for each in answers):
        tx.event(mail.sha256, "not answered", AT_REST)
    else:
        tx.enqueue(letter, held_reason=AT_REST)


def has_ended(mail: Mail, store: Store, now: datetime) -> bool:
    """Tell whether the sender of a mail has had the letters that may go out without its bringing anything new."""
    return _are_enough(_answers(mail, store, now), store)


def _are_enough(answers: Sequence[LetterRecord], store: Store) -> bool:
    for count, record in enumerate(answers, 1):
        if count >= MOST:
            return True
        if _was_earned(record, store):
            return False
    return False


def _tells_enough(before: LetterRecord, letter: Letter) -> bool:
    """Tell whether an earlier letter makes one needless: the same guidance, or one by which staff were shown the exchange."""
    return before.letter.kind == letter.kind == "question" or (
        before.state is OutboxState.HELD and before.error == AT_REST
    )


def _answers(mail: Mail, store: Store, now: datetime) -> tuple[LetterRecord, ...]:
    """Return what we answered to this mailbox or along this thread, newest first."""
    named = {*mail.in_reply_to, *mail.references}
    for record in store.letters_named(named):
        before = store.mail(record.letter.message_sha256 or "")
        named |= {*before.in_reply_to, *before.references} if before else set()
    addresses = {each.address for each in (mail.from_, mail.reply_to) if each and each.address}
    return store.answers_to(addresses, named, now - _MEMORY)


def _was_earned(record: LetterRecord, store: Store) -> bool:
    outcome = store.outcome(record.letter.message_sha256 or "")
    return outcome is not None and outcome.fresh


def _moves_a_case(outcome: Outcome, store: Store) -> bool:
    """Tell whether an applicant's words change what was decided: a request to withdraw does so once."""
    records = ((ruling, store.case(ruling.number)) for ruling in outcome.rulings)
    return any(record and record.decision is not ruling.decision for ruling, record in records)


def _fills_in(outcome: Outcome) -> bool:
    """Tell whether a form written into the mail itself changes a case or opens one."""
    body = outcome.reading.body
    if body is None or outcome.roles.get(body.path) not in _FILES:
        return False
    return any(outcome.changes.get(v.case.number or "") or not v.case.number for v in outcome.verdicts)


def _links_on_record(outcome: Outcome, store: Store) -> set[str]:
    records = (store.case(verdict.case.number) for verdict in outcome.verdicts if verdict.case.number)
    return {link.url for record in records if record for link in record.case.links}
