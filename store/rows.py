"""In charge of all that a workbook tells, case by case and mail by mail, read as columns: a whole record costs ten times as much."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case
from sqlalchemy import select as select_columns
from sqlmodel import Session, col

from domain.case import Case, Finding
from domain.kinds import Decision, MessageKind, MessageState, Role
from store.batches import batches, gathered
from store.columns import columns
from store.engine import Database
from store.json_paths import inside
from store.tables import CaseMessageRow, CaseRow, EventRow, FindingRow, MaterialRow, MessageRow, PartRow


@dataclass(frozen=True)
class FileLine:
    """One version of a material. `size` is None for a form that stood in the mail's own text."""

    role: Role
    path: str
    sha256: str
    superseded: bool
    size: int | None
    text_length: int | None  #: of a text work
    duration_s: float | None
    width: int | None
    height: int | None


class Happening(NamedTuple):
    """A line of history; an `Event` is as much, and takes longer to make than to read."""

    at: datetime
    actor: str
    event: str
    detail: str


@dataclass(frozen=True)
class CaseLine:
    """A case as a workbook shows it."""

    case: Case  #: without materials
    decision: Decision
    decided_by: str
    sender: str
    updated_at: datetime
    findings: tuple[Finding, ...]
    files: tuple[FileLine, ...]  #: oldest first
    history: tuple[Happening, ...]


@dataclass(frozen=True)
class MessageLine:
    """A message as a log shows it."""

    sha256: str
    folder: str
    received_at: datetime
    state: MessageState
    kind: MessageKind | None
    decision: Decision | None
    sender: str
    sender_name: str
    subject: str
    reason: str
    error: str
    case_numbers: tuple[str, ...]


_CASE = columns(CaseRow, "number", "case", "decision", "decided_by", "sender", "updated_at", "purged_at")
_MESSAGE = columns(MessageRow, *(field.name for field in fields(MessageLine) if field.name != "case_numbers"))
_FILE = columns(MaterialRow, "case_number", "role", "path", "sha256", "superseded")
_FINDING = columns(FindingRow, "case_number", "code", "severity", "evidence")
_EVENT = columns(EventRow, "subject", "at", "actor", "event", "detail")


class Rows:
    """Reading for workbooks."""

    database: Database

    def case_lines(self) -> Iterator[CaseLine]:
        """Yield every case by number."""
        with self.database.read() as session:
            numbers = session.connection().scalars(select_columns(col(CaseRow.number)).order_by(col(CaseRow.number)))
            for batch in batches(list(numbers)):
                yield from _case_lines(session, batch)

    def message_lines(self, newest: int | None = None) -> Iterator[MessageLine]:
        """Yield every message in the order they arrived, or the newest ones."""
        order = (col(MessageRow.received_at).desc(), col(MessageRow.sha256).desc())
        query = select_columns(*_MESSAGE).order_by(*order).limit(newest)
        named = select_columns(col(CaseMessageRow.message_sha256), col(CaseMessageRow.case_number))
        with self.database.read() as session:
            connection = session.connection()
            numbers = gathered(connection.execute(named.order_by(col(CaseMessageRow.case_number))), _first)
            for row in reversed(connection.execute(query).all()):
                named_by = tuple(pair.case_number for pair in numbers.get(row.sha256, ()))
                yield MessageLine(case_numbers=named_by, **row._mapping)


def _first(row: Any) -> str:
    return str(row[0])


def _case_lines(session: Session, numbers: Sequence[str]) -> Iterator[CaseLine]:
    files, findings, history = (read(session, numbers) for read in (_files, _findings, _history))
    query = select_columns(*_CASE).where(col(CaseRow.number).in_(numbers)).order_by(col(CaseRow.number))
    for number, entry, decision, decided_by, sender, updated_at, purged_at in session.connection().execute(query):
        yield CaseLine(
            case=entry.model_copy(update={"number": number}),
            decision=decision,
            decided_by=decided_by,
            sender=sender,
            updated_at=updated_at,
            findings=() if purged_at else tuple(Finding.model_construct(**_named(row)) for row in findings[number]),
            files=tuple(FileLine(*row[1:]) for row in files[number]),
            history=tuple(Happening._make(row[1:]) for row in history[number]),
        )


def _named(row: Any) -> dict[str, Any]:
    return {name: value for name, value in row._mapping.items() if name != "case_number"}


def _files(session: Session, numbers: Sequence[str]) -> dict[str, list[Any]]:
    facts = [_only(Role.TEXT_WORK, inside(MaterialRow.material, "facts", "text_length").as_integer())]
    facts += [_only(Role.VIDEO, inside(MaterialRow.material, "facts", "video", "duration_s").as_float())]
    sides = [inside(MaterialRow.material, "facts", "video", name).as_integer() for name in ("width", "height")]
    facts += [_only(Role.VIDEO, side) for side in sides]
    same = and_(col(PartRow.message_sha256) == MaterialRow.message_sha256, col(PartRow.path) == MaterialRow.path)
    query = select_columns(*_FILE, col(PartRow.size), *facts).select_from(MaterialRow).outerjoin(PartRow, same)
    by_age = query.order_by(col(MaterialRow.received_at), col(MaterialRow.id))
    return gathered(session.connection().execute(by_age.where(col(MaterialRow.case_number).in_(numbers))), _first)


def _only(role: Role, figure: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return a figure for files of one role: of the others the facts, by far the most of a row, are not even read."""
    return case((col(MaterialRow.role) == role, figure))


def _findings(session: Session, numbers: Sequence[str]) -> dict[str, list[Any]]:
    query = select_columns(*_FINDING).where(col(FindingRow.case_number).in_(numbers)).order_by(col(FindingRow.id))
    return gathered(session.connection().execute(query), _first)


def _history(session: Session, numbers: Sequence[str]) -> dict[str, list[Any]]:
    query = select_columns(*_EVENT).where(col(EventRow.subject).in_(numbers)).order_by(col(EventRow.id))
    return gathered(session.connection().execute(query), _first)
