"""In charge of what went back and forth: our answers to a mailbox or along a thread, and files that came before."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, or_
from sqlmodel import col, select

from domain.kinds import OutboxState
from domain.records import LetterRecord
from store.batches import batches
from store.engine import Database
from store.letters import to_records
from store.tables import LetterRow, MessageRow, PartRow

_ANSWERS = ("receipt", "duplicate", "question", "withdrawal", "notice")  #: kinds that a mail calls forth by itself


class Exchanges:
    """What is asked before one more letter goes out."""

    database: Database

    def answers_to(
        self, addresses: Collection[str], message_ids: Collection[str], since: datetime
    ) -> tuple[LetterRecord, ...]:
        """Return the answers made since a moment to mails of these mailboxes, or standing among these Message-IDs, newest first.

        user+anything@host is the mailbox user@host. Letters that were taken back are left out.
        """
        theirs = or_(*_of_mailboxes(addresses), col(LetterRow.message_id).in_(list(message_ids)[:100]))
        query = select(LetterRow).outerjoin(MessageRow).where(theirs, LetterRow.created_at >= since)
        answers = col(LetterRow.kind).in_(_ANSWERS), col(LetterRow.state) != OutboxState.CANCELLED
        with self.database.read() as session:
            return to_records(session, session.exec(query.where(*answers).order_by(col(LetterRow.id).desc())).all())

    def letters_named(self, message_ids: Collection[str]) -> tuple[LetterRecord, ...]:
        """Return our letters with these Message-IDs."""
        with self.database.read() as session:
            query = select(LetterRow).where(col(LetterRow.message_id).in_(list(message_ids)[:100]))
            return to_records(session, session.exec(query).all())

    def brought_before(self, sha256s: Collection[str], besides: str) -> set[str]:
        """Return those of these files that another message than `besides` brought too."""
        found: set[str] = set()
        with self.database.read() as session:
            for batch in batches(list(sha256s)):
                query = select(PartRow.sha256).where(col(PartRow.sha256).in_(batch), PartRow.message_sha256 != besides)
                found.update(session.exec(query))
        return found


def _of_mailboxes(addresses: Iterable[str]) -> list[ColumnElement[bool]]:
    fits: list[ColumnElement[bool]] = []
    for address in addresses:
        local, _, host = address.lower().rpartition("@")
        plain = local.partition("+")[0]
        for key in (col(LetterRow.recipient_key), col(MessageRow.sender_key)):
            tagged = key.startswith(f"{plain}+", autoescape=True) & key.endswith(f"@{host}", autoescape=True)
            fits += [key == f"{plain}@{host}", tagged]
    return fits
