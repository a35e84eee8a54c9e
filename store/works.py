"""In charge of the works on record, told apart from copies: of ten thousand only the few are read that may be alike to one.

Each process holds in memory what tells them (8 bytes for a piece of text or a picture) and brings it up to date, with every question
and within its transaction, by the history: whatever changes a work leaves a line there. These lines are written by transactions that
run one at a time (`Store.begin`), so none appears behind one that was seen. A work that is gone may be pointed to; it is read,
and is gone.
"""

from collections.abc import Collection
from threading import Lock

from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from domain.case import Case
from domain.near import NearWorks
from store.batches import batches
from store.engine import Database
from store.json_paths import inside
from store.tables import CaseRow, EventRow

_CHANGES = (
    "opened",
    "received",
    "changed",
    "reread",
    "replayed",
    "merged",
    "split",
)  #: lines that may tell of another work


class Catalogue:
    """Where to look for works: kept by a process for all its threads."""

    def __init__(self) -> None:
        self._near = NearWorks()
        self._seen = 0  #: last line of history
        self._lock = Lock()

    def near(self, session: Session, case: Case) -> set[str]:
        """Return the numbers of the cases whose works may be alike to a case's, as the session sees them."""
        with self._lock:
            self._bring_up_to_date(session)
            return self._near.to(case.sketch, case.fingerprint)

    def _bring_up_to_date(self, session: Session) -> None:
        lines = select_columns(col(EventRow.id), col(CaseRow.number)).join(
            CaseRow, col(CaseRow.number) == EventRow.subject
        )
        news = lines.where(col(EventRow.id) > self._seen, col(EventRow.event).in_(_CHANGES))
        told = session.connection().execute(news.order_by(col(EventRow.id))).all()
        shown = [inside(CaseRow.case, name) for name in ("sketch", "fingerprint")]
        for batch in batches(sorted({number for _, number in told})):
            query = select_columns(col(CaseRow.number), *shown).where(col(CaseRow.number).in_(batch))
            for number, sketch, fingerprint in session.connection().execute(query):
                self._near.add(number, sketch or (), fingerprint)
        self._seen = next((at for at, _ in reversed(told) if at), self._seen)


class Works:
    """Asking about works."""

    database: Database
    catalogue: Catalogue

    def works(self) -> tuple[Case, ...]:
        """Return every case without its materials, in the order they were opened: enough to tell copies of one work."""
        with self.database.read() as session:
            return _works(session, None)

    def works_like(self, case: Case) -> tuple[Case, ...]:
        """Return those of the works that may be alike to a case's: all that are, and some that are not."""
        with self.database.read() as session:
            return _works(session, self.catalogue.near(session, case))


def _works(session: Session, numbers: Collection[str] | None) -> tuple[Case, ...]:
    query = select(CaseRow)
    queries = (
        [query] if numbers is None else [query.where(col(CaseRow.number).in_(b)) for b in batches(sorted(numbers))]
    )
    rows = sorted((row for each in queries for row in session.exec(each)), key=lambda row: (row.created_at, row.number))
    return tuple(row.case.model_copy(update={"number": row.number}) for row in rows if not row.case.merged_into)
