"""In charge of a staff decision: recorded with its note, and told to the applicant, in one transaction; taken back while that can be."""

import getpass
from dataclasses import dataclass
from datetime import datetime, timedelta

from daemon.settings import ConfigError, Settings
from domain.kinds import Decision
from domain.notice import Notice
from domain.records import CaseRecord, Letter
from notify.letters import PostOffice
from notify.replies import compose_decision
from notify.thread import Thread
from store.desk import Store
from store.errors import CannotUndo, UnknownCase
from store.rulings import STAFF, Undone
from store.transaction import Transaction


@dataclass(frozen=True)
class Decided:
    """A decision as it is to be recorded, and the letter that tells of it; None where nobody can be answered."""

    record: CaseRecord
    decision: Decision
    note: str
    letter: Letter | None


def prepare(store: Store, number: str, decision: Decision, note: str, *, notice: Notice, post: PostOffice) -> Decided:
    """Return a decision with its letter; nothing is written. Raises ConfigError for a case that is not there to be decided."""
    record = store.case(number)
    if record is None:
        raise ConfigError(f"no case {number}")
    if record.purged_at:
        raise ConfigError(f"{number} was purged: nothing is left to decide about")
    if into := record.case.merged_into:
        raise ConfigError(f"{number} is part of {into}: decide that one")
    post = office_of(record, store, post)
    thread = thread_of(record, store, post)
    letter = compose_decision(record, decision, note, thread, notice=notice, post=post) if thread else None
    return Decided(record, decision, note, letter)


def carry_out(decided: Decided, tx: Transaction, actor: str, not_before: datetime) -> None:
    """Record a decision and queue its letter, which waits until `not_before`: so long it can be taken back."""
    letter = decided.letter
    number = decided.record.case.number or ""
    tx.decide_case(number, decided.decision, actor, decided.note, letter_key=letter.key if letter else None)
    if letter:
        tx.enqueue(letter, not_before)


def decide_case(
    settings: Settings,
    store: Store,
    number: str,
    decision: Decision,
    note: str,
    now: datetime,
    *,
    dry_run: bool = False,
) -> Letter | None:
    """Record what staff decided and queue the reply; return it, or None where nobody can be answered.

    `dry_run`: nothing is written. Raises ConfigError for a number that is not on record.
    """
    decided = prepare(store, number, decision, note, notice=settings.notice, post=post_office(settings, now))
    if not dry_run:
        with store.begin(now) as tx:
            carry_out(decided, tx, staff(), now + timedelta(minutes=settings.staff.undo_minutes))
    return decided.letter


def undo_decision(store: Store, number: str, now: datetime) -> Undone:
    """Take the last decision of staff back. Raises ConfigError, with the reason, where it cannot be taken back."""
    try:
        with store.begin(now) as tx:
            return tx.undo_decision(number, staff())
    except (CannotUndo, UnknownCase) as error:
        raise ConfigError(str(error)) from error


def thread_of(record: CaseRecord, store: Store, post: PostOffice) -> Thread | None:
    """Return the thread a letter about a case goes into: its last mail's; None where nobody may be answered."""
    mail = store.mail(record.messages[-1]) if record.messages else None
    return Thread.of(mail, *post.own) if mail else None


def office_of(record: CaseRecord, store: Store, post: PostOffice) -> PostOffice:
    """Return who letters about a case are from: the mailbox its last mail came to, where there are several."""
    several = len(post.addresses) > 1 and record.messages
    message = store.message(record.messages[-1]) if several else None
    return post.answering(message.account) if message else post


def post_office(settings: Settings, now: datetime) -> PostOffice:
    """Return who letters of staff are from."""
    address, name = settings.mailbox.account, settings.smtp.sender_name
    return PostOffice(address=address, addresses=settings.accounts, name=name, now=now)


def staff() -> str:
    """Return the name under which whoever works at this terminal stands in the history."""
    return f"{STAFF}:{getpass.getuser()}"
