"""In charge of what people decide about a case: recorded, taken back while nobody has been told, and the codes of digests."""

from datetime import datetime

from sqlmodel import Session, col, select

from domain.case import Finding
from domain.kinds import Decision, OutboxState
from domain.value import Value
from store.engine import Database, insert_new
from store.errors import CannotUndo, UnknownCase
from store.history import note
from store.letters import tell
from store.ruling_tables import CodeRow, CodeUseRow, RulingRow
from store.tables import CaseRow, FindingRow, LetterRow

STAFF = "staff"  #: how the name of an actor begins who is one of them
_RECALLABLE = (OutboxState.QUEUED, OutboxState.HELD)


class Undone(Value):
    """What became of a decision that was taken back."""

    number: str
    taken_back: Decision
    restored: Decision
    letter_cancelled: bool


class Code(Value):
    """A digest's code."""

    code: str
    recipient: str  #: in lower case
    issued_at: datetime
    expires_at: datetime


def rule(
    session: Session,
    number: str,
    decision: Decision,
    actor: str,
    now: datetime,
    *,
    reason: str = "",
    letter_key: str | None = None,
    findings: tuple[Finding, ...] = (),
) -> None:
    """Record a person's decision. UnknownCase for a wrong number."""
    row = case_row(session, number)
    detail = f"{row.decision} → {decision}" + (f": {reason}" if reason else "")
    note(session, now, number, "decided", detail, actor=actor)
    if actor.startswith(STAFF):
        _call_back_unsent(session, number, actor, now)
        ruling = RulingRow(
            case_number=number,
            at=now,
            actor=actor,
            before=row.decision,
            before_by=row.decided_by,
            after=decision,
            letter_key=letter_key,
        )
        session.add(ruling)
    for finding in findings:
        told = FindingRow(code=finding.code, severity=finding.severity, evidence=finding.evidence)
        told.case_number = number
        session.add(told)
    row.decision, row.decided_by, row.updated_at = decision, actor, now


def undo(session: Session, number: str, actor: str, now: datetime) -> Undone:
    """Take the last decision of staff back. CannotUndo where there is none, or where it has gone too far."""
    row = case_row(session, number)
    ruling = None if row.purged_at else _last(session, number)
    if ruling is None:
        raise CannotUndo(f"staff have decided nothing about {number}")
    if (row.decision, row.decided_by, row.updated_at) != (ruling.after, ruling.actor, ruling.at):
        raise CannotUndo(f"{number} has changed since staff decided: decide anew")
    cancelled = _call_back(session, ruling, actor, now)
    note(session, now, number, "undone", f"{ruling.after} → {ruling.before}", actor=actor)
    row.decision, row.decided_by, row.updated_at = ruling.before, ruling.before_by, now
    ruling.undone_at = now
    return Undone(number=number, taken_back=ruling.after, restored=ruling.before, letter_cancelled=cancelled)


def case_row(session: Session, number: str) -> CaseRow:
    """Return the row of a case to be changed; UnknownCase when there is none."""
    row = session.get(CaseRow, number, with_for_update=True)
    if row is None:
        raise UnknownCase(f"no case {number}")
    return row


def _last(session: Session, number: str) -> RulingRow | None:
    rulings = select(RulingRow).where(RulingRow.case_number == number, col(RulingRow.undone_at).is_(None))
    return session.exec(rulings.order_by(col(RulingRow.id).desc()).limit(1)).first()


def _call_back_unsent(session: Session, number: str, actor: str, now: datetime) -> None:
    """Cancel the letter of the decision before, where it has not gone yet: one case, one answer."""
    if (last := _last(session, number)) and last.letter_key:
        letter = session.exec(select(LetterRow).where(LetterRow.key == last.letter_key).with_for_update()).first()
        if letter and letter.state in _RECALLABLE:
            _cancel(session, letter, actor, now)


def _cancel(session: Session, letter: LetterRow, actor: str, now: datetime) -> None:
    letter.state, letter.next_at = OutboxState.CANCELLED, now
    tell(session, letter, now, "cancelled", actor=actor)


def _call_back(session: Session, ruling: RulingRow, actor: str, now: datetime) -> bool:
    """Cancel the letter of a decision; False where there is none to cancel."""
    query = select(LetterRow).where(LetterRow.key == ruling.letter_key).with_for_update()
    letter = session.exec(query).first() if ruling.letter_key else None
    if letter is None or letter.state is OutboxState.CANCELLED:
        return False
    if letter.state not in _RECALLABLE:
        raise CannotUndo(f"the letter about {ruling.case_number} is {letter.state}: decide anew, which tells it")
    _cancel(session, letter, actor, now)
    return True


def issue_code(session: Session, code: Code) -> None:
    """Keep the code of a digest."""
    session.add(
        CodeRow(
            code=code.code,
            recipient_key=code.recipient.lower(),
            issued_at=code.issued_at,
            expires_at=code.expires_at,
        )
    )


def use_code(session: Session, code: str, number: str, message_sha256: str, now: datetime) -> bool:
    """Use a code for a case; False when it was used for that case before."""
    values = {"code": code, "case_number": number, "message_sha256": message_sha256, "used_at": now}
    return insert_new(session, CodeUseRow, values, on=("code", "case_number"))


class Codes:
    """Asking about codes."""

    database: Database

    def code(self, code: str) -> Code | None:
        """Return a code as it was issued, whether it is still good or not."""
        with self.database.read() as session:
            row = session.get(CodeRow, code)
            if row is None:
                return None
            return Code(code=row.code, recipient=row.recipient_key, issued_at=row.issued_at, expires_at=row.expires_at)

    def is_code_used(self, code: str, number: str) -> bool:
        """Tell whether a code has been used for a case."""
        with self.database.read() as session:
            return session.get(CodeUseRow, (code, number)) is not None
