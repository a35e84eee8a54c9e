"""In charge of a staff decision: recorded with its note, and told to the applicant, in one transaction."""

import getpass
from datetime import datetime

from daemon.settings import ConfigError, Settings
from domain.kinds import Decision
from domain.records import CaseRecord, Letter
from notify.letters import PostOffice
from notify.replies import compose_decision
from notify.thread import Thread
from store.desk import Store


def decide_case(
    settings: Settings, store: Store, number: str, decision: Decision, note: str, now: datetime
) -> Letter | None:
    """Record what staff decided and queue the reply; return it, or None where nobody can be answered.

    Raises ConfigError for a number that is not on record.
    """
    record = store.case(number)
    if record is None:
        raise ConfigError(f"no case {number}")
    letter = _letter(settings, store, record, decision, note, now)
    with store.begin(now) as tx:
        tx.decide_case(number, decision, f"staff:{getpass.getuser()}", note)
        if letter:
            tx.enqueue(letter)
    return letter


def _letter(
    settings: Settings, store: Store, record: CaseRecord, decision: Decision, note: str, now: datetime
) -> Letter | None:
    post = PostOffice(address=settings.mailbox.account, name=settings.smtp.sender_name, now=now)
    mail = store.mail(record.messages[-1]) if record.messages else None
    thread = Thread.of(mail, post.address) if mail else None
    if thread is None:
        return None
    return compose_decision(record, decision, note, thread, notice=settings.notice, post=post)
