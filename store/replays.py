"""In charge of a verdict under changed rules taking the place of a case's old one. Leaves judging to the caller."""

from datetime import datetime

from sqlmodel import Session

from domain.case import RANK, Verdict, decide
from domain.records import CaseRecord
from store.history import note
from store.materials import save_materials
from store.saving import put_verdict
from store.tables import CaseRow, OutcomeRow
from store.work import message_of


def save_replayed(session: Session, before: CaseRecord, verdict: Verdict, detail: str, now: datetime) -> bool:
    """Record a verdict in the place of the one that was read as `before`. False when the case changed meanwhile."""
    number, last = before.case.number or "", before.messages[-1]
    row = session.get(CaseRow, number, with_for_update=True)
    if row is None or row.updated_at != before.updated_at:
        return False
    note(session, now, number, "replayed", detail)
    put_verdict(session, row, verdict, now)
    if verdict.case.materials != before.case.materials:
        save_materials(session, number, verdict.case.materials, last, now)
    _replace_verdict(session, last, verdict)
    return True


def _replace_verdict(session: Session, sha256: str, verdict: Verdict) -> None:
    """Bring the outcome of the message that a case was judged with in line with its new verdict."""
    row = session.get(OutcomeRow, sha256)
    if row is None:
        return
    told = row.outcome
    verdicts = tuple(verdict if each.case.number == verdict.case.number else each for each in told.verdicts)
    worst = max((decide(told.findings), *(each.decision for each in verdicts)), key=lambda each: RANK.get(each, 0))
    row.outcome = told.model_copy(update={"verdicts": verdicts, "decision": worst})
    message_of(session, sha256).decision = worst
