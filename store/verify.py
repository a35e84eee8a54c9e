"""In charge of telling whether archive, records and outbox agree (`verify`). Reads everything, changes nothing.

A line is English, for the operator, and names what to look at by its key. No personal data.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, func
from sqlalchemy import Table as SqlTable
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from domain.kinds import AT_WORK, MessageState, OutboxState, Track
from store.archive import Archive, is_name
from store.columns import Table
from store.engine import Database
from store.intake_tables import LedgerRow
from store.keeping_tables import PurgeRow
from store.tables import (
    CaseMessageRow,
    CaseRow,
    LetterRow,
    MaterialRow,
    MessageRow,
    NumberRow,
    OutcomeRow,
    PartRow,
    ReadingRow,
)

REPLIES = ("receipt", "question", "duplicate")  #: kinds of letter that one message gets once; staff may decide twice
TURNS = 16  #: days in which the digest's check reads every blob once
STUCK = timedelta(hours=1)  #: no sending takes as long


class Verify:
    """The check of the whole store."""

    database: Database
    archive: Archive

    def verify(self, now: datetime, *, turn: int | None = None) -> tuple[str, ...]:
        """Return every discrepancy, one a line; empty when all agrees. Reads every blob: minutes for many gigabytes.

        With `turn`, a number that grows by one a day, only the blobs whose turn it is are read: all of them in `TURNS` days.
        """
        with self.database.read() as session:
            records = (_messages, _letters, _orphans, _cases, _numbers, _purged)
            lines = [line for check in records for line in check(session)]
            lines += _stuck(session, now)
            kept = needed(session)
        return (*lines, *_blobs(self.archive, kept, turn))


def needed(session: Session) -> set[str]:
    """Return the sha256 of every blob that the records cannot do without: raw mails and materials."""
    mails = session.exec(select(MessageRow.sha256).where(MessageRow.state != MessageState.PURGED))
    return set(mails) | set(session.exec(select(MaterialRow.sha256)))


def _blobs(archive: Archive, kept: set[str], turn: int | None) -> Iterator[str]:
    found = set()
    for name in archive.blobs():
        found.add(name)
        if not is_name(name):
            yield f"blob {name}: not named after a content"
        elif (turn is None or int(name[:4], 16) % TURNS == turn % TURNS) and not archive.sound(name):
            yield f"blob {name}: content has another sha256"
    for sha256 in sorted(kept - found):
        yield f"blob {sha256}: missing"


def _messages(session: Session) -> Iterator[str]:
    """Report messages that came from nowhere, lie forgotten, or are decided without an outcome, or undecided with one."""
    decided = set(session.exec(select(MessageRow.sha256).where(MessageRow.state == MessageState.DECIDED)))
    with_outcome = set(session.exec(select(OutcomeRow.message_sha256)))
    for sha256 in sorted(decided - with_outcome):
        yield f"message {sha256}: decided without an outcome"
    for sha256 in sorted(with_outcome - decided):
        yield f"message {sha256}: has an outcome but is not decided"
    open_ = col(MessageRow.state).in_(AT_WORK)
    for sha256 in session.exec(select(MessageRow.sha256).where(open_, col(MessageRow.due_at).is_(None))):
        yield f"message {sha256}: never taken up again, though not at its end"
    for sha256 in session.exec(select(MessageRow.sha256).where(~open_, col(MessageRow.due_at).is_not(None))):
        yield f"message {sha256}: at its end, yet to be taken up"
    unknown = select(MessageRow.sha256).where(col(MessageRow.sha256).not_in(select(LedgerRow.sha256)))
    for sha256 in session.exec(unknown):
        yield f"message {sha256}: in no ledger"


def _letters(session: Session) -> Iterator[str]:
    """Report messages with two replies of a kind."""
    counted = (col(LetterRow.kind).in_(REPLIES), LetterRow.state != OutboxState.CANCELLED)
    answered = select(LetterRow.message_sha256, LetterRow.kind, func.count()).where(*counted)
    answered = answered.where(col(LetterRow.message_sha256).is_not(None))
    grouped = answered.group_by(col(LetterRow.message_sha256), col(LetterRow.kind)).having(func.count() > 1)
    for sha256, kind, number in session.exec(grouped):
        yield f"message {sha256}: {number} letters of kind {kind}"


def _orphans(session: Session) -> Iterator[str]:
    """Report rows that point to a row that is not there: whatever wrote them had foreign keys off."""
    for table in Table.metadata.sorted_tables:
        for key in sorted(table.foreign_keys, key=lambda key: key.parent.name):
            yield from _orphans_of(session, table, key)


def _orphans_of(session: Session, table: SqlTable, key: ForeignKey) -> Iterator[str]:
    target = key.column
    lost = select_columns(*table.primary_key.columns, key.parent).where(
        key.parent.is_not(None), key.parent.not_in(select_columns(target))
    )
    for row in session.connection().execute(lost):
        yield f"{table.name} {'/'.join(str(value) for value in row[:-1])}: no {target.table.name} {row[-1]}"


def _cases(session: Session) -> Iterator[str]:
    """Report cases that no message brought."""
    brought = select(CaseMessageRow.case_number)
    for number in session.exec(select(CaseRow.number).where(col(CaseRow.number).not_in(brought))):
        yield f"case {number}: no message brought it"


def _numbers(session: Session) -> Iterator[str]:
    """Report serials given out and used by no case, and the other way round."""
    numbers = set(session.exec(select(CaseRow.number)))
    for series in session.exec(select(NumberRow)).all():
        given = {f"{series.year}-{Track(series.track).letter}-{serial:04d}" for serial in range(1, series.last + 1)}
        for number in sorted(given - numbers):
            yield f"case {number}: number given out, no case has it"
        numbers -= given
    for number in sorted(numbers):
        yield f"case {number}: number never given out"


def _purged(session: Session) -> Iterator[str]:
    """Report purges cut short, and data that outlived theirs."""
    for id_ in session.exec(select(PurgeRow.id).where(col(PurgeRow.finished_at).is_(None))):
        yield f"purge {id_}: begun and not finished, run `purge` again"
    purged = select(MessageRow.sha256).where(MessageRow.state == MessageState.PURGED)
    for table in (ReadingRow, OutcomeRow, PartRow):
        for sha256 in session.exec(
            select(table.message_sha256).where(col(table.message_sha256).in_(purged)).distinct()
        ):
            yield f"message {sha256}: purged, and still in {table.__tablename__}"
    held = select(MaterialRow.case_number).join(CaseRow).where(col(CaseRow.purged_at).is_not(None))
    for number in session.exec(held.distinct()):
        yield f"case {number}: purged, and still has materials"


def _stuck(session: Session, now: datetime) -> Iterator[str]:
    long_ago = col(LetterRow.claimed_at) <= now - STUCK
    for id_ in session.exec(select(LetterRow.id).where(LetterRow.state == OutboxState.SENDING, long_ago)):
        yield f"letter {id_}: being sent for over an hour"
