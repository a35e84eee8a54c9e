"""In charge of letters on their way: claimed before the wire is touched, settled by what the server said, held in doubt.

    queued → sending → sent        sending → queued (later)        sending → held → queued

Leaves dialling, and what a server's answer means, to `notify`; taking a letter back, with its decision, to `rulings`.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, or_
from sqlalchemy import select as select_columns
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from domain.kinds import UNDERWAY, OutboxState
from domain.records import LetterRecord
from store.engine import Database
from store.letters import tell, to_records
from store.tables import LetterRow, MessageRow

Accounts = Sequence[str] | None  #: whose letters; None: anyone's
_TOLD = {OutboxState.SENT: "replied", OutboxState.HELD: "held", OutboxState.CANCELLED: "cancelled"}
_MAY_BECOME = {
    OutboxState.SENDING: frozenset({OutboxState.SENT, OutboxState.QUEUED, OutboxState.HELD, OutboxState.CANCELLED}),
    OutboxState.HELD: frozenset({OutboxState.SENT}),  # a slow sender comes back with the server's acceptance
}


def next_letter(now: datetime, account: str | None = None) -> SelectOfScalar[LetterRow]:
    """Return the query for the letter to send next, of one account or of any: the one due longest."""
    due = select(LetterRow).where(LetterRow.state == OutboxState.QUEUED, LetterRow.next_at <= now)
    if account is not None:
        due = due.where(LetterRow.account == account)
    return due.order_by(col(LetterRow.next_at), col(LetterRow.id)).limit(1).with_for_update(skip_locked=True)


def _of(accounts: Accounts) -> list[ColumnElement[bool]]:
    return [] if accounts is None else [col(LetterRow.account).in_(accounts)]


class Outbox:
    """What `notify` and staff ask and tell about letters."""

    database: Database

    def claim_letter(self, owner: str, now: datetime, accounts: Accounts = None) -> LetterRecord | None:
        """Take the next letter that is due: state sending, attempt counted, committed before anyone dials."""
        with self.database.write() as session:
            due = (session.exec(next_letter(now, account)).first() for account in accounts or (None,))
            row = next(filter(None, due), None)
            if row is None:
                return None
            row.state, row.owner, row.claimed_at = OutboxState.SENDING, owner, now
            row.attempts += 1
            return to_records(session, [row])[0]

    def settle_letter(
        self,
        id: int,
        state: OutboxState,
        now: datetime,
        *,
        next_at: datetime | None = None,
        error: str = "",
        proof: str = "",
    ) -> bool:
        """Write how an attempt ended; False, and nothing written, when the letter is not being sent.

        `next_at` is for queued (default: now), `proof` the server's acceptance line, `error` its answer or why it is held.
        A letter held meanwhile may still turn out to be sent.
        """
        with self.database.write() as session:
            row = session.get(LetterRow, id, with_for_update=True)
            if row is None or state not in _MAY_BECOME.get(row.state, frozenset()):
                return False
            row.state, row.error, row.proof, row.owner = state, error, proof, None
            row.next_at = next_at or now
            row.sent_at = now if state is OutboxState.SENT else None
            if event := _TOLD.get(state):
                tell(session, row, now, event, proof or error)
            return True

    def release_letter(self, id: int, now: datetime, *, actor: str = "staff") -> bool:
        """Queue a held letter again; False when it is not held."""
        with self.database.write() as session:
            row = session.get(LetterRow, id, with_for_update=True)
            if row is None or row.state is not OutboxState.HELD:
                return False
            row.state, row.next_at = OutboxState.QUEUED, now
            tell(session, row, now, "released", actor=actor)
            return True

    def stuck_letters(
        self, now: datetime, older_than: timedelta, accounts: Accounts = None
    ) -> tuple[LetterRecord, ...]:
        """Return letters that someone has been sending for longer than that: a dead process's, most likely in doubt."""
        claimed = col(LetterRow.claimed_at) <= now - older_than
        return self._letters(select(LetterRow).where(LetterRow.state == OutboxState.SENDING, claimed, *_of(accounts)))

    def set_back(self, accounts: Accounts = None) -> tuple[tuple[datetime, str], ...]:
        """Return of each queued letter that failed before when it is tried again, and what it failed of."""
        columns = select_columns(col(LetterRow.next_at), col(LetterRow.error))
        failed = (col(LetterRow.state) == OutboxState.QUEUED, col(LetterRow.error) != "")
        with self.database.read() as session:
            return tuple(
                (row[0], row[1]) for row in session.connection().execute(columns.where(*failed, *_of(accounts)))
            )

    def accounts_with_post(self) -> frozenset[str]:
        """Return the accounts that letters on their way are from."""
        underway = col(LetterRow.state).in_(UNDERWAY)
        query = select_columns(col(LetterRow.account)).where(underway).distinct()
        with self.database.read() as session:
            return frozenset(session.connection().scalars(query))

    def letter(self, id: int) -> LetterRecord | None:
        """Return a letter by its row id."""
        return next(iter(self._letters(select(LetterRow).where(LetterRow.id == id))), None)

    def letters(self, *, state: OutboxState | None = None, since: datetime | None = None) -> tuple[LetterRecord, ...]:
        """Return letters, oldest first. `since` is when they were made."""
        query = select(LetterRow)
        if state is not None:
            query = query.where(LetterRow.state == state)
        if since is not None:
            query = query.where(LetterRow.created_at >= since)
        return self._letters(query)

    def bounced_letters(self, since: datetime) -> tuple[LetterRecord, ...]:
        """Return the letters made since a moment that came back, oldest first."""
        return self._letters(select(LetterRow).where(LetterRow.created_at >= since, LetterRow.bounced != ""))

    def is_our_letter(self, message_id: str) -> bool:
        """Tell whether we wrote a letter with this Message-ID."""
        with self.database.read() as session:
            return session.exec(select(LetterRow.id).where(LetterRow.message_id == message_id)).first() is not None

    def sent_since(self, when: datetime, recipient: str | None = None, accounts: Accounts = None) -> int:
        """Return how many letters were sent since a moment, to anyone or to one address."""
        query = select(func.count()).select_from(LetterRow).where(col(LetterRow.sent_at) >= when, *_of(accounts))
        if recipient is not None:
            query = query.where(LetterRow.recipient_key == recipient.lower())
        return self._count(query)

    def made_since(self, when: datetime, *, kind: str | None = None, recipient: str | None = None) -> int:
        """Return how many letters were made since a moment and not taken back, of a kind, to an address."""
        made = (col(LetterRow.created_at) >= when, col(LetterRow.state) != OutboxState.CANCELLED)
        query = select(func.count()).select_from(LetterRow).where(*made)
        if kind is not None:
            query = query.where(LetterRow.kind == kind)
        if recipient is not None:
            query = query.where(LetterRow.recipient_key == recipient.lower())
        return self._count(query)

    def questions_answered(self, sender: str, since: datetime) -> int:
        """Return how many guidance letters were made since a moment for mails from an address, or to that address."""
        query = select(func.count()).select_from(LetterRow).outerjoin(MessageRow)
        theirs = or_(col(LetterRow.recipient_key) == sender.lower(), col(MessageRow.sender_key) == sender.lower())
        made = (LetterRow.kind == "question", LetterRow.created_at >= since, LetterRow.state != OutboxState.CANCELLED)
        return self._count(query.where(*made, theirs))

    def _letters(self, query: SelectOfScalar[LetterRow]) -> tuple[LetterRecord, ...]:
        with self.database.read() as session:
            return to_records(session, session.exec(query.order_by(col(LetterRow.id))).all())

    def _count(self, query: SelectOfScalar[int]) -> int:
        with self.database.read() as session:
            return session.exec(query).one()
