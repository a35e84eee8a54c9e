"""In charge of who works on which message: leases, tries, quarantine, and what was read meanwhile.

A try is counted and committed before the work begins, so a message that kills its worker cannot do so for ever: the third
strike is quarantine. A killed owner's lease ends by itself and the message is taken up again.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from domain.facts import FileFacts
from domain.kinds import TERMINAL, MessageState
from domain.mail import Mail
from domain.records import Claimed
from domain.text import one_line
from store.batches import batches
from store.engine import Database, insert_new
from store.history import note
from store.queue import ReadingQueue
from store.tables import FactsRow, MessageRow, ReadingRow

STRIKES = 3  #: tries before a message is put aside for a person
PAUSES = (timedelta(minutes=1), timedelta(minutes=5))  #: after the first failed try, after the second
DIED = "the worker died or its lease ran out"


def next_message(now: datetime) -> SelectOfScalar[MessageRow]:
    """Return the query for the message to take up next: the oldest arrival that is due."""
    due = select(MessageRow).where(col(MessageRow.due_at) <= now)
    return due.order_by(col(MessageRow.received_at)).limit(1).with_for_update(skip_locked=True)


class Work:
    """What a worker asks and tells."""

    database: Database
    queue: ReadingQueue | None

    def claim_message(self, owner: str, now: datetime, lease_seconds: float) -> Claimed | None:
        """Take up the oldest message that is due, until the lease ends; None when there is none.

        None too when that one is yet to be read by a worker: later ones wait for it, for they may supplement it.
        """
        with self.database.write() as session:
            row = _next(session, now)
            if row is None or (self.queue and self.queue.waits(session, row.sha256)):
                return None
            row.lease_owner, row.due_at = owner, now + timedelta(seconds=lease_seconds)
            row.attempts += 1
            return _claimed(row)

    def to_read(self, sha256: str) -> Claimed | None:
        """Return a message as who claims it would have it, taking nothing; None where it is at its end."""
        with self.database.read() as session:
            row = session.get(MessageRow, sha256)
            return _claimed(row) if row and row.due_at is not None else None

    def release_lease(self, sha256: str, owner: str, now: datetime) -> None:
        """Give a message back unworked, as at an orderly stop: the try does not count."""
        with self.database.write() as session:
            if row := _held(session, sha256, owner):
                row.lease_owner, row.due_at, row.attempts = None, now, row.attempts - 1

    def fail_message(self, sha256: str, owner: str, error: str, now: datetime) -> MessageState:
        """Note a failed try and return the state: tried again later, or quarantined by the third.

        Changes nothing when the lease is no longer `owner`'s. LookupError when there is no such message.
        """
        with self.database.write() as session:
            row = _held(session, sha256, owner)
            if row is not None and row.attempts >= STRIKES:
                _quarantine(session, row, error, now)
            elif row is not None:
                row.lease_owner, row.due_at, row.error = None, now + PAUSES[row.attempts - 1], error
                note(session, now, sha256, "failed", error)
            return message_of(session, sha256).state

    def retry_message(self, sha256: str, now: datetime, *, actor: str = "staff") -> bool:
        """Give a message three new tries from now on; False when it is decided, purged, under work, or unknown."""
        with self.database.write() as session:
            row = session.get(MessageRow, sha256, with_for_update=True)
            if row is None or row.state in TERMINAL or row.lease_owner is not None:
                return False
            read = session.get(ReadingRow, sha256) is not None
            row.state = MessageState.READ if read else MessageState.ARCHIVED
            row.attempts, row.error, row.due_at = 0, "", now
            if self.queue:
                self.queue.put(session, sha256)
            note(session, now, sha256, "retried", actor=actor)
            return True

    def mail(self, sha256: str) -> Mail | None:
        """Return a message as it was read, or None where it has not been."""
        with self.database.read() as session:
            row = session.get(ReadingRow, sha256)
            return row.mail if row else None

    def save_mail(self, sha256: str, mail: Mail) -> None:
        """Keep a message as read; its state becomes read unless it is further on. LookupError when it is unknown."""
        with self.database.write() as session:
            row = message_of(session, sha256)
            describe(row, mail)
            if row.state is MessageState.ARCHIVED:
                row.state = MessageState.READ
            session.merge(ReadingRow(message_sha256=sha256, mail=mail))

    def facts(self, sha256: str, parser: str, version: str) -> FileFacts | None:
        """Return what a version of a parser read out of a file, or None where it has not looked."""
        with self.database.read() as session:
            row = session.get(FactsRow, (sha256, parser, version))
            return row.facts if row else None

    def facts_of(self, sha256s: Collection[str], parser: str, version: str) -> dict[str, FileFacts]:
        """Return what a version of a parser read out of each of these files; one it has not looked at is left out."""
        found: dict[str, FileFacts] = {}
        with self.database.read() as session:
            for batch in batches(list(sha256s)):
                of_version = FactsRow.parser == parser, FactsRow.version == version
                query = select(FactsRow).where(col(FactsRow.sha256).in_(batch), *of_version)
                found.update((row.sha256, row.facts) for row in session.exec(query))
        return found

    def save_facts(self, sha256: str, parser: str, version: str, facts: FileFacts) -> None:
        """Keep what was read out of a file. Facts are a function of bytes: the first saved stay."""
        key = {"sha256": sha256, "parser": parser, "version": version}
        with self.database.write() as session:
            insert_new(session, FactsRow, {**key, "facts": facts}, on=tuple(key))


def describe(row: MessageRow, mail: Mail) -> None:
    """Copy what lists and searches need out of a mail."""
    row.message_id, row.subject = mail.message_id, one_line(mail.subject)
    row.sender, row.sender_name = mail.from_.address, one_line(mail.from_.name)
    row.sender_key = row.sender.lower()


def message_of(session: Session, sha256: str) -> MessageRow:
    """Return the row of a message to be changed; LookupError when there is none."""
    row = session.get(MessageRow, sha256, with_for_update=True)
    if row is None:
        raise LookupError(f"no message {sha256}")
    return row


def _held(session: Session, sha256: str, owner: str) -> MessageRow | None:
    """Return a message when it is under work by `owner`."""
    row = session.get(MessageRow, sha256, with_for_update=True)
    return row if row and row.lease_owner == owner else None


def _claimed(row: MessageRow) -> Claimed:
    return Claimed(**row.model_dump(include=set(Claimed.model_fields)))


def _next(session: Session, now: datetime) -> MessageRow | None:
    """Return the message to take up; those before it that killed their last worker are put aside on the way."""
    while row := session.exec(next_message(now)).first():
        if row.attempts < STRIKES:
            return row
        _quarantine(session, row, row.error or DIED, now)
    return None


def _quarantine(session: Session, row: MessageRow, error: str, now: datetime) -> None:
    row.state, row.error, row.lease_owner, row.due_at = MessageState.QUARANTINED, error, None, None
    note(session, now, row.sha256, "quarantined", error)
