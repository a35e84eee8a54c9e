"""In charge of what was taken in from where: ledger, cursors, polls. A mail is entered after its bytes are in the archive."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from domain.kinds import MessageState
from domain.records import Arrival
from store.engine import Database, insert_new
from store.history import note
from store.intake_tables import CursorRow, LedgerRow, PollRow
from store.queue import ReadingQueue
from store.tables import MessageRow
from store.values import Cursor, PollRecord


class Ledger:
    """What `ingest` asks and tells."""

    database: Database
    queue: ReadingQueue | None

    def known_uids(self, account: str, folder: str, uidvalidity: int) -> set[int]:
        """Return every UID of a folder that is in the ledger."""
        with self.database.read() as session:
            place = (
                LedgerRow.account == account,
                LedgerRow.folder == folder,
                LedgerRow.uidvalidity == uidvalidity,
            )
            return set(session.exec(select(LedgerRow.uid).where(*place)))

    def record_arrival(self, arrival: Arrival, now: datetime) -> bool:
        """Enter a mail whose raw bytes are in the archive, in one transaction; True when its sha256 is new.

        Entering the same place again changes nothing. Bytes that are known already keep the arrival they came with first.
        """
        return self.record_arrivals([arrival], now)[0]

    def record_arrivals(self, arrivals: Sequence[Arrival], now: datetime) -> list[bool]:
        """Enter several mails, all or none, as `record_arrival` does one; True for each whose sha256 is new."""
        with self.database.write() as session:
            return [_enter(session, arrival, now, self.queue) for arrival in arrivals]

    def cursor(self, account: str, folder: str) -> Cursor | None:
        """Return how far a folder has been taken in, or None where it never was."""
        with self.database.read() as session:
            row = session.get(CursorRow, (account, folder))
            return Cursor.model_validate(row.model_dump()) if row else None

    def save_cursor(self, account: str, folder: str, uidvalidity: int, uidnext: int, highest: int) -> None:
        """Note how far a folder has been taken in: every UID up to `highest` is in the ledger."""
        with self.database.write() as session:
            row = CursorRow(account=account, folder=folder, uidvalidity=uidvalidity, uidnext=uidnext, highest=highest)
            session.merge(row)

    def record_poll(
        self,
        account: str,
        started: datetime,
        finished: datetime,
        ok: bool,
        error: str = "",
        seen: int = 0,
        new: int = 0,
    ) -> None:
        """Note one look into a mailbox, failed ones too: health is the age of the last completed poll."""
        with self.database.write() as session:
            poll = PollRow(
                account=account, started_at=started, finished_at=finished, ok=ok, error=error, seen=seen, new=new
            )
            session.add(poll)

    def last_poll(self, account: str | None = None, *, ok: bool | None = None) -> PollRecord | None:
        """Return the latest poll of an account, or of any; with `ok`, the latest that went so."""
        query = select(PollRow).order_by(col(PollRow.id).desc()).limit(1)
        if account is not None:
            query = query.where(PollRow.account == account)
        if ok is not None:
            query = query.where(PollRow.ok == ok)
        with self.database.read() as session:
            row = session.exec(query).first()
            return PollRecord.model_validate(row.model_dump(exclude={"id"})) if row else None

    def prune_polls(self, before: datetime) -> int:
        """Forget looks that ended before a moment, save each account's last and its last that went well; return how many."""
        best = select_columns(func.max(PollRow.id)).group_by(col(PollRow.account), col(PollRow.ok))
        with self.database.write() as session:
            old = delete(PollRow).where(col(PollRow.finished_at) < before, col(PollRow.id).not_in(best))
            return session.exec(old).rowcount


def _enter(session: Session, arrival: Arrival, now: datetime, queue: ReadingQueue | None) -> bool:
    new = insert_new(session, MessageRow, _message(arrival, now), on=("sha256",))
    if new and queue:
        queue.put(session, arrival.sha256)
    entry = {**arrival.model_dump(exclude={"reply"}), "recorded_at": now}
    if insert_new(session, LedgerRow, entry, on=("account", "folder", "uidvalidity", "uid")):
        event = "received" if new else "received again"
        note(session, now, arrival.sha256, event, f"{arrival.folder} via {arrival.source}", actor="applicant")
    return new


def _message(arrival: Arrival, now: datetime) -> dict[str, object]:
    """Return the columns of a message nobody has looked into yet."""
    came_with = arrival.model_dump(exclude={"uidvalidity", "uid"})
    unread: dict[str, object] = dict.fromkeys(("error", "sender", "sender_key", "sender_name", "subject", "reason"), "")
    return {**unread, **came_with, "state": MessageState.ARCHIVED, "attempts": 0, "due_at": now}
