"""In charge of erasing personal data past its keeping time, so that it is nowhere in the data directory afterwards.

    begun (on record) → rows erased, one transaction → blobs that no record names → what the database freed → finished

Killed anywhere, the next run does the rest. What stays is for statistics: numbers, tracks, units of the roster, decisions, dates,
sha256 of mails. The ledger stays: a mail that is polled again is known. Leaves what is erased to `purge_scope`, folders beside the
archive to the caller, and that nobody works meanwhile too.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, or_, update
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from domain.case import Case
from domain.kinds import UNDERWAY, MessageState, OutboxState
from store.archive import Archive, is_name
from store.batches import batches
from store.engine import Database
from store.history import note
from store.keeping_tables import PurgeRow
from store.naming import named
from store.purge_scope import Scope, scope
from store.ruling_tables import CodeRow, CodeUseRow
from store.scrubbing import overwrite_freed, scrub
from store.tables import (
    CaseRow,
    EventRow,
    FactsRow,
    FindingRow,
    LetterCaseRow,
    LetterRow,
    MaterialRow,
    MessageRow,
    OutcomeRow,
    PartRow,
    ReadingRow,
)

Place = Callable[[Case], str | None]  #: a case → the roster's name of its unit, which is nobody's personal data
DIGEST = "digest"  #: kind of letter that tells of all cases
_TOLD_WHOLE = (
    "received",
    "received again",
    "opened",
    "judged",
    "purged",
)  #: events whose details are ours, word for word
_TOLD_IN_PART = ("decided", "undone")  #: the decisions, then a colon and a person's own words


class Purges:
    """Erasing."""

    database: Database
    archive: Archive

    def purge_scope(self, before: datetime) -> Scope:
        """Return what a purge would erase; nothing is."""
        with self.database.read() as session:
            return scope(session, before)

    def open_purges(self) -> tuple[datetime, ...]:
        """Return the moments of purges that were begun and never finished."""
        with self.database.read() as session:
            return tuple(session.exec(select(PurgeRow.before).where(col(PurgeRow.finished_at).is_(None))))

    def begin_purge(self, before: datetime, now: datetime, actor: str) -> None:
        """Put on record that a purge begins: from here on, and until it is finished, history may lose details."""
        with self.database.write() as session:
            session.add(PurgeRow(before=before, begun_at=now, actor=actor))

    def erase_rows(self, before: datetime, now: datetime, place: Place) -> Scope:
        """Erase what the records hold, in one transaction; return what it was."""
        with self.database.write() as session:
            overwrite_freed(session)
            doomed = scope(session, before)
            for batch in batches(doomed.messages):
                _erase_messages(session, batch)
            for number in doomed.cases:
                _erase_case(session, number, now, place)
            for batch in batches((*doomed.messages, *doomed.cases)):
                _shorten_history(session, batch)
            _erase_letters(session, before)
            _erase_codes(session, before)
            for subject in (*doomed.messages, *doomed.cases):
                note(session, now, subject, "purged")
            _count(session, doomed)
        return doomed

    def erase_files(self) -> int:
        """Remove facts and blobs that no record names; return how many blobs. Nobody may be adding any meanwhile."""
        with self.database.write() as session:
            overwrite_freed(session)
            kept = named(session, self.archive)
            told = set(session.connection().scalars(select_columns(col(FactsRow.sha256)).distinct()))
            for batch in batches(sorted(told - kept)):
                session.exec(delete(FactsRow).where(col(FactsRow.sha256).in_(batch)))
        lost = [name for name in self.archive.blobs() if is_name(name) and name not in kept]
        for name in lost:
            self.archive.remove(name)
        return len(lost)

    def finish_purge(self, now: datetime) -> None:
        """Overwrite what the database freed, and put on record that all is erased. StoreError while somebody reads."""
        scrub(self.database)
        with self.database.write() as session:
            session.exec(update(PurgeRow).where(col(PurgeRow.finished_at).is_(None)).values(finished_at=now))


def _erase_messages(session: Session, sha256s: Sequence[str]) -> None:
    for table in (ReadingRow, OutcomeRow, PartRow):
        session.exec(delete(table).where(col(table.message_sha256).in_(sha256s)))
    session.exec(update(FindingRow).where(col(FindingRow.message_sha256).in_(sha256s)).values(evidence={}))
    nothing: dict[str, Any] = dict.fromkeys(("error", "sender", "sender_key", "sender_name", "subject", "reason"), "")
    gone = {**nothing, "state": MessageState.PURGED, "message_id": None, "lease_owner": None, "due_at": None}
    session.exec(update(MessageRow).where(col(MessageRow.sha256).in_(sha256s)).values(**gone))


def _erase_case(session: Session, number: str, now: datetime, place: Place) -> None:
    row = session.get_one(CaseRow, number)
    held = row.case
    row.unit, row.title, row.sender, row.sender_key, row.purged_at = place(held), None, "", "", now
    row.case = Case(
        number=held.number,
        track=row.track,
        unit=row.unit,
        recommended=held.recommended,
        merged_into=held.merged_into,
        first_received_at=held.first_received_at,
    )
    session.exec(delete(MaterialRow).where(col(MaterialRow.case_number) == number))
    session.exec(update(FindingRow).where(col(FindingRow.case_number) == number).values(evidence={}))
    session.flush()


def _shorten_history(session: Session, subjects: Sequence[str]) -> None:
    """Cut the details down to what the program itself worded. Triggers allow it while a purge is open, and nothing else."""
    about = (col(EventRow.subject).in_(subjects), col(EventRow.detail) != "")
    free = (*about, col(EventRow.event).not_in((*_TOLD_WHOLE, *_TOLD_IN_PART)))
    session.exec(update(EventRow).where(*free).values(detail=""))
    for row in session.exec(select(EventRow).where(*about, col(EventRow.event).in_(_TOLD_IN_PART))):
        row.detail = row.detail.partition(":")[0]
    session.flush()


def _erase_letters(session: Session, before: datetime) -> None:
    """Erase the letters about what is erased; of digests, which tell of all cases, those that are out, however new."""
    over = col(LetterRow.state).not_in(UNDERWAY)
    purged = select_columns(col(MessageRow.sha256)).where(col(MessageRow.state) == MessageState.PURGED)
    alive = select_columns(col(LetterCaseRow.letter_id)).join(CaseRow).where(col(CaseRow.purged_at).is_(None))
    about = select_columns(col(LetterCaseRow.letter_id))
    answers_none, speaks_of_some = col(LetterRow.message_sha256).is_(None), col(LetterRow.id).in_(about)
    meant = or_(
        col(LetterRow.message_sha256).in_(purged),
        and_(answers_none, speaks_of_some, col(LetterRow.id).not_in(alive)),
        and_(answers_none, ~speaks_of_some, col(LetterRow.created_at) < before),
        and_(col(LetterRow.kind) == DIGEST, col(LetterRow.state) != OutboxState.HELD),
    )
    _blank(session, list(session.exec(select(LetterRow).where(over, meant))), before)


def _blank(session: Session, rows: Sequence[LetterRow], before: datetime) -> None:
    """Empty letters. The key of a new digest stays, its reader's address in it: it keeps a day's digest from going out twice."""
    for row in rows:
        row.recipient = row.recipient_key = row.subject = row.text = row.html = row.error = row.proof = ""
        row.raw, row.bounced = b"", "bounced" if row.bounced else ""
        if "@" in row.key and (row.kind != DIGEST or row.created_at < before):
            row.key = f"{row.kind}:{row.id}"
        if row.state is OutboxState.HELD:  # nobody let it go in all that time
            row.state = OutboxState.CANCELLED
    session.flush()


def _erase_codes(session: Session, before: datetime) -> None:
    """Forget the codes of old digests, each with its reader's address."""
    old = select_columns(col(CodeRow.code)).where(col(CodeRow.expires_at) < before)
    session.exec(delete(CodeUseRow).where(col(CodeUseRow.code).in_(old)))
    session.exec(delete(CodeRow).where(col(CodeRow.expires_at) < before))


def _count(session: Session, doomed: Scope) -> None:
    for row in session.exec(select(PurgeRow).where(col(PurgeRow.finished_at).is_(None))):
        row.messages, row.cases = row.messages + len(doomed.messages), row.cases + len(doomed.cases)
