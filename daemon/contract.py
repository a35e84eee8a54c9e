"""In charge of the JSON that `check --json` and `export --format jsonl` promise (CONTRACT.md): one object a message, every key there."""

from datetime import datetime
from typing import Any

from domain.case import Case, Finding, Outcome, Reading, Verdict
from domain.kinds import Kind, Role
from domain.length import length_of_work
from domain.mail import Link, Mail, Part
from domain.notice import SHANGHAI, Notice
from domain.records import Letter
from notify.wording import say

Json = dict[str, Any]


def message_line(outcome: Outcome, file: str | None, letter: Letter | None, notice: Notice) -> Json:
    """Return what one message came to. `file` is its name where it was read from a file."""
    reading = outcome.reading
    return {
        "file": file,
        "message": _message(reading),
        "kind": outcome.kind.value,
        "subject": _subject(reading),
        "decision": outcome.decision.value,
        "findings": [_finding(finding, notice) for finding in outcome.findings],
        "cases": [_case(verdict, notice) for verdict in outcome.verdicts],
        "attachments": [_attachment(part, outcome.roles) for part in reading.mail.parts],
        "reply": {"to": letter.recipient, "subject": letter.subject, "text": letter.text} if letter else None,
    }


def _message(reading: Reading) -> Json:
    mail = reading.mail
    return {
        "message_id": mail.message_id,
        "from": mail.from_.address or None,
        "from_name": mail.from_.name or None,
        "reply_to": _reply_to(mail),
        "subject": mail.subject,
        "received_at": _moment(reading.received_at),
        "sha256": mail.sha256,
    }


def _reply_to(mail: Mail) -> str | None:
    return (mail.reply_to.address if mail.reply_to and mail.reply_to.address else mail.from_.address) or None


def _subject(reading: Reading) -> Json:
    told = reading.subject
    keys = ("convention", "unit", "contact", "participant", "work_title", "phone")
    return {key: getattr(told, key) for key in keys}


def _case(verdict: Verdict, notice: Notice) -> Json:
    case = verdict.case
    length = length_of_work(case, notice.text.min_words)
    fields = (
        "title",
        "unit",
        "contact",
        "phone",
        "email",
        "address",
        "category",
        "highlights",
        "content",
        "commitment",
    )
    return {
        "number": case.number,
        "track": case.track.value,
        **{field: getattr(case, field) for field in fields},
        "word_form": _path(case, Role.WORD_FORM),
        "pdf_form": _path(case, Role.PDF_FORM) or _path(case, Role.IMAGE_FORM),
        "seal": {"present": case.seal.present, "text": case.seal.text}
        if case.seal
        else {"present": None, "text": None},
        "text_length": length.words if length else None,
        "video": _video(case),
        "links": [_link(link) for link in case.links],
        "decision": verdict.decision.value,
        "findings": [_finding(finding, notice) for finding in verdict.findings],
    }


def _path(case: Case, role: Role) -> str | None:
    material = case.newest(role)
    return material.part.path if material else None


def _video(case: Case) -> Json | None:
    material = case.newest(Role.VIDEO)
    if not material:
        return None
    facts = material.facts.video
    keys = ("container", "duration_s", "width", "height", "subtitles")
    return {"file": material.part.path, **{key: getattr(facts, key) if facts else None for key in keys}}


def _link(link: Link) -> Json:
    keys = ("url", "host", "provider", "code", "name", "size")
    expires = _moment(link.expires_at) if link.expires_at else None
    return {**{key: getattr(link, key) for key in keys}, "expires_at": expires}


def _finding(finding: Finding, notice: Notice) -> Json:
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "message": say(finding, notice).message,
        "evidence": finding.evidence,
    }


def _attachment(part: Part, roles: dict[str, Role]) -> Json:
    return {
        "path": part.path,
        "filename": part.filename,
        "media_type": part.media_type,
        "size": part.size,
        "sha256": part.sha256,
        "role": roles.get(part.path, Role.MESSAGE if part.kind is Kind.MESSAGE else Role.OTHER).value,
    }


def _moment(when: datetime) -> str:
    return when.astimezone(SHANGHAI).isoformat(timespec="seconds")
