"""In charge of writing outcomes: the message, its parts and findings, and each case it brought something for.

Saving the same outcome again changes nothing; a new outcome for the same message (after a rule changed) replaces the old.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session, col, delete

from domain.case import Case, Finding, Outcome, Verdict
from domain.text import one_line
from store.history import note
from store.materials import save_materials
from store.tables import CaseMessageRow, CaseRow, FindingRow, OutcomeRow, PartRow
from store.work import describe, message_of

DAEMON = "daemon"
TOLD = (
    "track", "title", "unit", "contact", "phone", "email", "address", "category", "highlights", "content", "commitment", "recommended",
)  # fmt: skip
_SHOWN = 60  #: characters of a value that a line of history shows


def save_outcome(session: Session, outcome: Outcome, sha256: str, sender: str, now: datetime) -> None:
    """Write what became of a message. Its cases have their numbers. LookupError when the message is unknown."""
    _save_message(session, outcome, sha256, now)
    _save_parts(session, outcome, sha256)
    _save_findings(session, outcome.findings, message_sha256=sha256)
    for verdict in outcome.verdicts:
        _save_verdict(session, verdict, sha256, sender, now)
    session.merge(OutcomeRow(message_sha256=sha256, outcome=outcome))


def _save_message(session: Session, outcome: Outcome, sha256: str, now: datetime) -> None:
    row = message_of(session, sha256)
    if (row.kind, row.decision) != (outcome.kind, outcome.decision):
        note(session, now, sha256, "judged", f"{outcome.kind}: {_change(row.decision, outcome.decision)}", actor=DAEMON)
    describe(row, outcome.reading.mail)
    row.kind, row.decision, row.reason = outcome.kind, outcome.decision, outcome.reason
    row.duplicate_of = outcome.duplicate_of


def _save_parts(session: Session, outcome: Outcome, sha256: str) -> None:
    session.exec(delete(PartRow).where(col(PartRow.message_sha256) == sha256))
    for path, part in {part.path: part for part in outcome.reading.mail.parts}.items():
        row = PartRow(
            message_sha256=sha256,
            path=path,
            sha256=part.sha256,
            filename=part.filename,
            media_type=part.media_type,
            size=part.size,
            role=outcome.roles.get(path),
        )
        session.add(row)


def _save_findings(
    session: Session, findings: Iterable[Finding], *, message_sha256: str | None = None, case_number: str | None = None
) -> None:
    """Put the findings on a message or a case in the place of those held."""
    of_message, of_case = col(FindingRow.message_sha256) == message_sha256, col(FindingRow.case_number) == case_number
    session.exec(delete(FindingRow).where(of_message if message_sha256 else of_case))
    for finding in findings:
        row = FindingRow(code=finding.code, severity=finding.severity, evidence=finding.evidence)
        row.message_sha256, row.case_number = message_sha256, case_number
        session.add(row)
    session.flush()


def _save_verdict(session: Session, verdict: Verdict, sha256: str, sender: str, now: datetime) -> None:
    number = verdict.case.number
    if number is None:
        raise ValueError("a case is stored under its number: take one with next_number first")
    row = session.get(CaseRow, number, with_for_update=True)
    if row is None:
        row = _opened(session, number, verdict, sender, now)
    brings = session.get(CaseMessageRow, (number, sha256)) is None
    if brings:
        session.add(CaseMessageRow(case_number=number, message_sha256=sha256, added_at=now))
        note(session, now, number, "received", sha256, actor="applicant")
    _update(session, row, verdict, brings=brings, now=now)
    save_materials(session, number, verdict.case.materials, sha256, now)
    _save_findings(session, verdict.findings, case_number=number)


def _opened(session: Session, number: str, verdict: Verdict, sender: str, now: datetime) -> CaseRow:
    row = CaseRow(
        number=number,
        track=verdict.case.track,
        case=_bare(verdict.case),
        decision=verdict.decision,
        sender=sender,
        sender_key=sender.lower(),
        received_at=verdict.case.first_received_at,
        created_at=now,
        updated_at=now,
    )
    session.add(row)
    session.flush()
    note(session, now, number, "opened", actor=DAEMON)
    note(session, now, number, "judged", str(verdict.decision), actor=DAEMON)
    return row


def _update(session: Session, row: CaseRow, verdict: Verdict, *, brings: bool, now: datetime) -> None:
    """Bring a case up to date. What staff decided stands until a further message brings something."""
    case = _bare(verdict.case, row.case)
    if changes := _changes(row.case, case):
        note(session, now, row.number, "changed", changes, actor="applicant" if brings else DAEMON)
    elif not brings and (row.case.sketch, row.case.fingerprint) != (case.sketch, case.fingerprint):
        note(session, now, row.number, "reread", actor=DAEMON)  # `works` goes by the history
    if row.case != case or brings:
        row.case, row.updated_at = case, now
    row.track, row.unit, row.title = case.track, case.unit and one_line(case.unit), case.title and one_line(case.title)
    if row.decision != verdict.decision and (brings or row.decided_by == DAEMON):
        note(session, now, row.number, "judged", _change(row.decision, verdict.decision), actor=DAEMON)
        row.decision, row.decided_by, row.updated_at = verdict.decision, DAEMON, now


def put_verdict(session: Session, row: CaseRow, verdict: Verdict, now: datetime) -> None:
    """Put a verdict on what a case holds already into its row."""
    _update(session, row, verdict, brings=False, now=now)
    row.updated_at = now
    _save_findings(session, verdict.findings, case_number=row.number)


def _bare(case: Case, before: Case | None = None) -> Case:
    """Return a case as its row keeps it: without materials, first received when it first was."""
    first = min(case.first_received_at, before.first_received_at) if before else case.first_received_at
    return case.model_copy(update={"materials": (), "first_received_at": first})


def _changes(before: Case, after: Case) -> str:
    """Return the fields that changed, each with both values, in one line."""
    pairs = ((field, getattr(before, field), getattr(after, field)) for field in TOLD)
    return "; ".join(f"{field}: {_change(old, new)}" for field, old, new in pairs if old != new)


def _change(before: object, after: object) -> str:
    return f"{_shown(before)} → {_shown(after)}" if before is not None else _shown(after)


def _shown(value: object) -> str:
    text = "–" if value is None else one_line(str(value))
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
