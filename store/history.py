"""In charge of the append-only history of messages and cases. Lines are added by the promise they tell of, in its transaction."""

from datetime import datetime

from sqlmodel import Session, col, select

from domain.records import Event
from store.engine import Database
from store.tables import EventRow


def note(session: Session, at: datetime, subject: str, event: str, detail: str = "", *, actor: str = "daemon") -> None:
    """Add one line."""
    session.add(EventRow(at=at, actor=actor, subject=subject, event=event, detail=detail))


def to_event(row: EventRow) -> Event:
    """Return the value of a row."""
    return Event(at=row.at, actor=row.actor, subject=row.subject, event=row.event, detail=row.detail)


class History:
    """Reading the history."""

    database: Database

    def history(self, subject: str) -> tuple[Event, ...]:
        """Return all lines on a case number or a message's sha256, oldest first."""
        with self.database.read() as session:
            rows = session.exec(select(EventRow).where(EventRow.subject == subject).order_by(col(EventRow.id)))
            return tuple(to_event(row) for row in rows)
