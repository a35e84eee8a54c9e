"""In charge of looking over all cases and letters at once: columns, never whole values. Leaves whole cases to `cases`."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import select as select_columns
from sqlmodel import Session, col

from domain.case import Case
from domain.kinds import Decision, OutboxState, Role, Track
from domain.value import Value
from store.batches import batches, gathered
from store.columns import columns
from store.engine import Database
from store.json_paths import inside
from store.tables import CaseMessageRow, CaseRow, LetterCaseRow, LetterRow, MaterialRow, MessageRow


class CaseBrief(Value):
    """What a list shows of a case."""

    number: str
    track: Track
    unit: str | None
    title: str | None
    decision: Decision
    decided_by: str
    sender: str
    received_at: datetime  #: arrival of its first mail
    purged_at: datetime | None = None


class LinkedCase(Value):
    """A case that came with links and holds no film. `messages` are the sha256 of the mails that brought something."""

    case: Case  #: without materials
    messages: tuple[str, ...]


class LetterBrief(Value):
    """What became of a letter."""

    key: str
    kind: str
    state: OutboxState
    created_at: datetime
    bounced: str


_BRIEF = columns(CaseRow, *CaseBrief.model_fields)
_LETTER = columns(LetterRow, *LetterBrief.model_fields)


class Briefs:
    """Looking over."""

    database: Database

    def briefs(self, decision: Decision | None = None) -> tuple[CaseBrief, ...]:
        """Return every case in brief, or those of one decision, in the order they came."""
        query = select_columns(*_BRIEF).order_by(col(CaseRow.received_at), col(CaseRow.number))
        if decision is not None:
            query = query.where(col(CaseRow.decision) == decision)
        with self.database.read() as session:
            rows = session.connection().execute(query)
            return tuple(CaseBrief.model_construct(**row._mapping) for row in rows)

    def arrivals(self, since: datetime, until: datetime) -> tuple[datetime, ...]:
        """Return when each message of a period arrived."""
        when = col(MessageRow.received_at)
        with self.database.read() as session:
            return tuple(session.connection().scalars(select_columns(when).where(when >= since, when < until)))

    def linked_cases(self, closed: Collection[Decision]) -> tuple[LinkedCase, ...]:
        """Return the cases with links and without a film that could be read, by number; `closed` decisions are left out."""
        probed = inside(MaterialRow.material, "facts", "video", "container").as_string()
        films = select_columns(col(MaterialRow.case_number)).where(
            col(MaterialRow.role) == Role.VIDEO, col(MaterialRow.superseded).is_(False), probed.is_not(None)
        )
        query = select_columns(col(CaseRow.number), col(CaseRow.case)).where(
            col(CaseRow.decision).not_in(closed),
            inside(CaseRow.case, "links", 0, "url").as_string().is_not(None),
            col(CaseRow.number).not_in(films),
        )
        with self.database.read() as session:
            rows = session.connection().execute(query.order_by(col(CaseRow.number))).all()
            brought = _messages(session, [number for number, _ in rows])
        return tuple(
            LinkedCase(case=case.model_copy(update={"number": number}), messages=brought.get(number, ()))
            for number, case in rows
        )

    def letters_about(self, numbers: Collection[str]) -> dict[str, tuple[LetterBrief, ...]]:
        """Return the letters that spoke of each of these cases, oldest first; a case without any is left out."""
        found: dict[str, tuple[LetterBrief, ...]] = {}
        with self.database.read() as session:
            for batch in batches(list(numbers)):
                query = select_columns(col(LetterCaseRow.case_number), *_LETTER).join(LetterRow)
                of_these = query.where(col(LetterCaseRow.case_number).in_(batch)).order_by(col(LetterRow.id))
                rows = session.connection().execute(of_these)
                for number, several in gathered(rows, lambda row: row.case_number).items():
                    found[number] = tuple(map(_letter, several))
        return found


def _letter(row: Any) -> LetterBrief:
    return LetterBrief(**{name: getattr(row, name) for name in LetterBrief.model_fields})


def _messages(session: Session, numbers: list[str]) -> dict[str, tuple[str, ...]]:
    return dict(_brought(session, numbers))


def _brought(session: Session, numbers: list[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each case with its messages, oldest first."""
    for batch in batches(numbers):
        query = select_columns(col(CaseMessageRow.case_number), col(CaseMessageRow.message_sha256))
        in_order = query.order_by(col(CaseMessageRow.added_at), col(CaseMessageRow.message_sha256))
        rows = session.connection().execute(in_order.where(col(CaseMessageRow.case_number).in_(batch)))
        for number, several in gathered(rows, lambda row: row.case_number).items():
            yield number, tuple(row.message_sha256 for row in several)
