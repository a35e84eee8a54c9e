"""In charge of the outbox's rows: letters put in, handed out as values, told of in the histories of what they are about."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from domain.kinds import OutboxState
from domain.records import Letter, LetterRecord
from store.batches import batches, gathered
from store.engine import insert_new
from store.history import note
from store.tables import LetterCaseRow, LetterRow

_COPIED = ("message_id", "kind", "key", "account", "recipient", "subject", "text", "html", "raw", "message_sha256")
_STATE = ("state", "attempts", "next_at", "created_at", "sent_at", "error", "proof", "bounced")


def add_letter(session: Session, letter: Letter, now: datetime, not_before: datetime, held_reason: str) -> bool:
    """Insert a letter; False when its key is taken."""
    values = {
        **{name: getattr(letter, name) for name in _COPIED},
        "recipient_key": letter.recipient.lower(),
        "state": OutboxState.HELD if held_reason else OutboxState.QUEUED,
        "attempts": 0,
        "next_at": not_before,
        "created_at": now,
        "error": held_reason,
        "proof": "",
        "bounced": "",
    }
    if not insert_new(session, LetterRow, values, on=("key",)):
        return False
    row = session.exec(select(LetterRow).where(LetterRow.key == letter.key)).one()
    assert row.id is not None  # it was read from the table
    for position, number in enumerate(dict.fromkeys(letter.case_numbers)):
        session.add(LetterCaseRow(letter_id=row.id, case_number=number, position=position))
    session.flush()
    tell(session, row, now, "held" if held_reason else "queued", held_reason)
    return True


def cases_of(session: Session, row: LetterRow) -> tuple[str, ...]:
    """Return the numbers of the cases a letter speaks of, in its order."""
    query = select(LetterCaseRow.case_number).where(LetterCaseRow.letter_id == row.id)
    return tuple(session.exec(query.order_by(col(LetterCaseRow.position))))


def tell(
    session: Session, row: LetterRow, now: datetime, event: str, detail: str = "", *, actor: str = "daemon"
) -> None:
    """Write what happened to a letter into the histories of the message it answers and the cases it speaks of."""
    about = [*([row.message_sha256] if row.message_sha256 else []), *cases_of(session, row)]
    for subject in about:
        note(session, now, subject, event, f"{row.kind} {row.key}" + (f": {detail}" if detail else ""), actor=actor)


def to_records(session: Session, rows: Sequence[LetterRow]) -> tuple[LetterRecord, ...]:
    """Return the values of rows, in their order."""
    return tuple(record for batch in batches(rows) for record in _to_records(session, batch))


def _to_records(session: Session, rows: Sequence[LetterRow]) -> list[LetterRecord]:
    query = select(LetterCaseRow).where(col(LetterCaseRow.letter_id).in_([row.id for row in rows]))
    numbers = gathered(session.exec(query.order_by(col(LetterCaseRow.position))), lambda row: str(row.letter_id))
    return [_to_record(row, tuple(item.case_number for item in numbers[str(row.id)])) for row in rows]


def _to_record(row: LetterRow, case_numbers: tuple[str, ...]) -> LetterRecord:
    assert row.id is not None  # it was read from the table
    letter = Letter(**{name: getattr(row, name) for name in _COPIED}, case_numbers=case_numbers)
    return LetterRecord(id=row.id, letter=letter, **{name: getattr(row, name) for name in _STATE})
