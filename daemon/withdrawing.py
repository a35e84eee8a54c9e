"""In charge of applicants who withdraw: done at once only where the words are clear and the sender is the case's own; else staff look.

Nothing is ever deleted. Leaves reading the words to `withdrawal_words`, the letter to `notify.case_letters`.
"""

from collections.abc import Sequence

from daemon.authentication import authenticated
from daemon.joining import named, own_cases, tied_cases
from daemon.merging import has_a_say
from daemon.roles import Placed, is_filled
from daemon.withdrawal_words import Request, request
from domain.case import Finding, Outcome, Reading, Ruling, Verdict
from domain.kinds import Decision, MessageKind, Role, Severity
from domain.records import CaseRecord
from notify.addresses import same_mailbox
from notify.case_letters import REQUESTED
from store.desk import Store
from store.rulings import STAFF

BEFORE = "withdrawn_before"  #: code of the finding on a case that comes to life again
_BRINGS = (Role.VIDEO, Role.TEXT_WORK, Role.WORD_FORM, Role.PDF_FORM, Role.IMAGE_FORM)


def withdrawal(
    reading: Reading, placed: Sequence[Placed], roles: dict[str, Role], store: Store, authserv: str = ""
) -> Outcome | None:
    """Return what becomes of a mail that asks to withdraw, or None where it does not, or brings materials to judge.

    A stranger's request moves no case: it is a question like any other. Where our provider (`authserv`) says that the
    sender is not who it seems, a person looks.
    """
    asked = request(reading.mail)
    if asked is None or brings_materials(reading, placed):
        return None
    about = [record for record in tied_cases(reading, store) if has_a_say(reading, record)]
    own = [] if about else [r for r in own_cases(reading, store) if r.decision is not Decision.WITHDRAWN]
    if not about and not own:
        return None
    forged = bool(authserv) and authenticated(reading.mail, authserv) is False
    doubts = (*asked.doubts, *_doubts_about(about, reading, forged=forged))
    standing = [record for record in about if record.decision is not Decision.WITHDRAWN]
    told = asked.model_copy(update={"doubts": doubts})
    if about and not standing:
        return _outcome(reading, roles, told, (), "asks to withdraw what is withdrawn")
    if doubts:
        return _doubtful(reading, roles, told, standing or (own if len(own) == 1 else []))
    note = f"asked by {reading.mail.sha256[:12]}: {told.words}"
    rulings = [Ruling(number=_number(r), decision=Decision.WITHDRAWN, note=note) for r in standing]
    return _outcome(reading, roles, told, tuple(rulings), "withdraws " + ", ".join(map(_number, standing)))


def brings_materials(reading: Reading, placed: Sequence[Placed]) -> bool:
    """Tell whether a mail brings an entry beside its words; a letter that asks for the withdrawal, stamped or not, is none."""
    filled = any(item.form and is_filled(item.form) for item in placed)
    works = any(item.role in _BRINGS and "撤" not in item.part.filename and not item.form for item in placed)
    return filled or works or bool(reading.mail.links)


def for_a_person(verdict: Verdict, before: CaseRecord | None, reading: Reading | None = None) -> Verdict:
    """Return a verdict with what only a person can settle: its case was withdrawn, or somebody asked for that."""
    if before is None:
        return verdict
    evidence = [*_open_evidence(before), *(_asked_beside(reading) if reading else ())]
    if not evidence:
        return verdict
    findings = (*verdict.findings, *{finding.code: finding for finding in evidence}.values())
    decision = verdict.decision if verdict.decision is Decision.REJECTED else Decision.MANUAL_REVIEW
    return verdict.model_copy(update={"findings": findings, "decision": decision})


def _open_evidence(before: CaseRecord) -> list[Finding]:
    """Return what has waited for a person since, and that the case was withdrawn where it was."""
    if before.decision is Decision.WITHDRAWN:
        return [Finding(code=BEFORE, severity=Severity.REVIEW)]
    if before.decided_by.startswith(STAFF):
        return []
    return [finding for finding in before.findings if finding.code in (REQUESTED, BEFORE)]


def _asked_beside(reading: Reading) -> list[Finding]:
    asked = request(reading.mail)
    return [_evidence(asked, reading, "materials")] if asked and "replacement" not in asked.doubts else []


def _doubts_about(records: list[CaseRecord], reading: Reading, *, forged: bool) -> list[str]:
    """Return what leaves it open who asks, or about which case."""
    doubts = []
    numbers = named(reading)
    if not records or (len(records) > 1 and not all(_number(record) in numbers for record in records)):
        doubts.append("number")
    if forged or not all(_is_senders_own(record, reading) for record in records):
        doubts.append("sender")
    return doubts


def _is_senders_own(record: CaseRecord, reading: Reading) -> bool:
    """Tell whether the address that opened a case asks, and would get the letter about it."""
    mail = reading.mail
    answered = [mail.from_, *([mail.reply_to] if mail.reply_to and mail.reply_to.address else [])]
    return all(same_mailbox(each.address, record.sender) for each in answered)


def _doubtful(reading: Reading, roles: dict[str, Role], asked: Request, records: list[CaseRecord]) -> Outcome:
    evidence = _evidence(asked, reading)
    rulings = tuple(
        Ruling(number=_number(r), decision=Decision.MANUAL_REVIEW, note="asks to withdraw", findings=(evidence,))
        for r in records
        if r.decision is not Decision.REJECTED
    )
    reason = "asks to withdraw; a person looks: " + ", ".join(asked.doubts)
    found = _outcome(reading, roles, asked, rulings, reason)
    return found if rulings else found.model_copy(update={"decision": Decision.MANUAL_REVIEW})


def _outcome(
    reading: Reading, roles: dict[str, Role], asked: Request, rulings: tuple[Ruling, ...], reason: str
) -> Outcome:
    return Outcome(
        reading=reading,
        kind=MessageKind.QUESTION,
        decision=Decision.IGNORED,
        roles=roles,
        findings=(_evidence(asked, reading),),
        reason=reason,
        rulings=rulings,
    )


def _evidence(asked: Request, reading: Reading, *more: str) -> Finding:
    told = {"words": asked.words, "from": reading.mail.from_.address, "doubts": [*asked.doubts, *more]}
    severity = Severity.REVIEW if asked.doubts or more else Severity.WARNING
    return Finding(code=REQUESTED, severity=severity, evidence=told)


def _number(record: CaseRecord) -> str:
    return record.case.number or ""
