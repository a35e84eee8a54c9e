"""In charge of finding cases and putting them together from their rows. Leaves writing them to `saving`."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from domain.case import Finding
from domain.kinds import Decision, Track
from domain.records import CaseRecord
from store.batches import batches, gathered
from store.engine import Database
from store.history import to_event
from store.materials import to_material
from store.tables import CaseMessageRow, CaseRow, EventRow, FindingRow, LetterCaseRow, LetterRow, MaterialRow


class Cases:
    """Asking about cases."""

    database: Database

    def case(self, number: str) -> CaseRecord | None:
        """Return a case by its number, with every version of its materials and its history."""
        with self.database.read() as session:
            return next(iter(records(session, select(CaseRow).where(CaseRow.number == number))), None)

    def cases(
        self,
        *,
        decision: Decision | None = None,
        track: Track | None = None,
        unit: str | None = None,
        sender: str | None = None,
        since: datetime | None = None,
    ) -> tuple[CaseRecord, ...]:
        """Return cases by number. `unit` is a part of the name, `since` the time of the last change."""
        query = select(CaseRow)
        if decision is not None:
            query = query.where(CaseRow.decision == decision)
        if track is not None:
            query = query.where(CaseRow.track == track)
        if unit is not None:
            query = query.where(col(CaseRow.unit).icontains(unit, autoescape=True))
        if sender is not None:
            query = query.where(CaseRow.sender_key == sender.lower())
        if since is not None:
            query = query.where(CaseRow.updated_at >= since)
        with self.database.read() as session:
            return records(session, query)

    def cases_numbered(self, numbers: Collection[str]) -> tuple[CaseRecord, ...]:
        """Return these cases in the order of the numbers; numbers that no case has are passed over."""
        with self.database.read() as session:
            found = {
                record.case.number: record
                for batch in batches(list(numbers))
                for record in records(session, select(CaseRow).where(col(CaseRow.number).in_(batch)))
            }
        return tuple(found[number] for number in numbers if number in found)

    def cases_from(self, sender: str) -> tuple[CaseRecord, ...]:
        """Return the cases whose first mail came from an address, upper and lower case alike."""
        return self.cases(sender=sender)

    def cases_of_letters(self, message_ids: Collection[str]) -> tuple[str, ...]:
        """Return the numbers of the cases that our letters with these Message-IDs spoke of."""
        with self.database.read() as session:
            found: set[str] = set()
            for batch in batches(list(message_ids)):
                query = select(LetterCaseRow.case_number).join(LetterRow).where(col(LetterRow.message_id).in_(batch))
                found.update(session.exec(query))
            return tuple(sorted(found))

    def cases_holding(self, sha256s: Collection[str]) -> dict[str, tuple[str, ...]]:
        """Return, for each of these files that is a material, the numbers of the cases it belongs to."""
        holding: dict[str, set[str]] = defaultdict(set)
        with self.database.read() as session:
            for batch in batches(list(sha256s)):
                query = select(MaterialRow.sha256, MaterialRow.case_number).where(col(MaterialRow.sha256).in_(batch))
                for sha256, number in session.exec(query):
                    holding[sha256].add(number)
        return {sha256: tuple(sorted(numbers)) for sha256, numbers in holding.items()}


def to_finding(row: FindingRow) -> Finding:
    """Return the value of a row."""
    return Finding(code=row.code, severity=row.severity, evidence=row.evidence)


def records(session: Session, query: SelectOfScalar[CaseRow]) -> tuple[CaseRecord, ...]:
    """Return the cases of a query by number, put together with a handful of queries however many they are."""
    rows = session.exec(query.order_by(col(CaseRow.number))).all()
    return tuple(record for batch in batches(rows) for record in _whole(session, batch))


def _whole(session: Session, rows: Sequence[CaseRow]) -> Iterator[CaseRecord]:
    numbers = [row.number for row in rows]
    materials = _materials(session, numbers)
    findings = _findings(session, numbers)
    messages = _messages(session, numbers)
    events = _events(session, numbers)
    for row in rows:
        held = tuple(to_material(material) for material in materials[row.number])
        yield CaseRecord(
            case=row.case.model_copy(update={"materials": held}),
            findings=() if row.purged_at else tuple(to_finding(finding) for finding in findings[row.number]),
            decision=row.decision,
            decided_by=row.decided_by,
            sender=row.sender,
            created_at=row.created_at,
            updated_at=row.updated_at,
            messages=tuple(message.message_sha256 for message in messages[row.number]),
            history=tuple(to_event(event) for event in events[row.number]),
            purged_at=row.purged_at,
        )


def _materials(session: Session, numbers: list[str]) -> dict[str, list[MaterialRow]]:
    query = select(MaterialRow).where(col(MaterialRow.case_number).in_(numbers))
    by_age = query.order_by(col(MaterialRow.received_at), col(MaterialRow.id))
    return gathered(session.exec(by_age), lambda row: row.case_number)


def _findings(session: Session, numbers: list[str]) -> dict[str, list[FindingRow]]:
    query = select(FindingRow).where(col(FindingRow.case_number).in_(numbers)).order_by(col(FindingRow.id))
    return gathered(session.exec(query), lambda row: row.case_number)


def _messages(session: Session, numbers: list[str]) -> dict[str, list[CaseMessageRow]]:
    query = select(CaseMessageRow).where(col(CaseMessageRow.case_number).in_(numbers))
    in_order = query.order_by(col(CaseMessageRow.added_at), col(CaseMessageRow.message_sha256))
    return gathered(session.exec(in_order), lambda row: row.case_number)


def _events(session: Session, numbers: list[str]) -> dict[str, list[EventRow]]:
    query = select(EventRow).where(col(EventRow.subject).in_(numbers)).order_by(col(EventRow.id))
    return gathered(session.exec(query), lambda row: row.subject)
