"""In charge of the figures that the digest and `status` show. Figures per unit of the roster are the digest's own."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from domain.kinds import Decision, Track
from store.engine import Database
from store.tables import CaseRow, FindingRow, LetterRow, MessageRow
from store.values import Counts


class Figures:
    """Counting."""

    database: Database

    def counts(self, *, since: datetime | None = None, until: datetime | None = None) -> Counts:
        """Return all figures, from one state of the database; without bounds the period is all time."""
        with self.database.read() as session:
            arrived = _within(col(MessageRow.received_at), since, until)
            decided = [*arrived, col(MessageRow.kind).is_not(None)]
            return Counts(
                arrived=_count(session, col(MessageRow.sha256), arrived),
                kinds=_tally(session, col(MessageRow.kind), decided),
                decisions=_tally(session, col(MessageRow.decision), decided),
                states=_tally(session, col(MessageRow.state)),
                opened=_count(session, col(CaseRow.number), _within(col(CaseRow.received_at), since, until)),
                cases=_cases(session),
                findings=_tally(session, col(FindingRow.code), [col(FindingRow.case_number).is_not(None)]),
                letters=_tally(session, col(LetterRow.state)),
                sent=_count(session, col(LetterRow.sent_at), _within(col(LetterRow.sent_at), since, until)),
                waiting_since=waiting_since(session),
            )


def _within(column: Any, since: datetime | None, until: datetime | None) -> list[ColumnElement[bool]]:
    bounds = (column >= since if since else None, column < until if until else None)
    return [bound for bound in bounds if bound is not None]


def _count(session: Session, column: Any, where: list[ColumnElement[bool]]) -> int:
    """Return how many rows have a value in the column."""
    return session.exec(select(func.count(column)).where(*where)).one()


def _tally(session: Session, column: Any, where: list[ColumnElement[bool]] | None = None) -> dict[Any, int]:
    return {row[0]: row[1] for row in session.connection().execute(tally(column).where(*(where or [])))}


def tally(column: Any) -> Select[tuple[Any, int]]:
    """Return the query for how many rows there are of each value of a column; of an indexed one it walks the index alone."""
    return select_columns(column, func.count()).group_by(column)


def _cases(session: Session) -> dict[Track, dict[Decision, int]]:
    query = select(CaseRow.track, CaseRow.decision, func.count()).group_by(col(CaseRow.track), col(CaseRow.decision))
    tallies: dict[Track, dict[Decision, int]] = defaultdict(dict)
    for track, decision, number in session.exec(query):
        tallies[Track(track)][Decision(decision)] = number
    return dict(tallies)


def waiting_since(session: Session) -> datetime | None:
    """Return the arrival of the oldest message that is neither decided nor quarantined."""
    waiting = select(MessageRow.received_at).where(col(MessageRow.due_at).is_not(None))
    return session.exec(waiting.order_by(col(MessageRow.received_at)).limit(1)).first()
