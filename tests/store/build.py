"""Mails, cases, outcomes and letters in one line each."""

from datetime import UTC, datetime, timedelta

from domain.case import Case, Finding, Material, Outcome, Reading, Verdict
from domain.facts import FileFacts
from domain.kinds import Decision, Kind, MessageKind, OutboxState, Role, Severity, Track
from domain.mail import Address, Mail, Part, SubjectFacts
from domain.records import Arrival, Letter
from store.desk import Store
from store.tables import LetterRow

NOW = datetime(2023, 8, 1, 1, 0, tzinfo=UTC)
SENDER = "Zhang@126.com"


def later(**units: float) -> datetime:
    return NOW + timedelta(**units)


def arrival(
    sha256: str, uid: int = 1, *, received_at: datetime = NOW, folder: str = "INBOX", reply: bool = True
) -> Arrival:
    return Arrival(
        account="wfxyxh",
        folder=folder,
        uidvalidity=1,
        uid=uid,
        sha256=sha256,
        size=100,
        received_at=received_at,
        reply=reply,
    )


def arrive(store: Store, name: str, uid: int = 1, *, received_at: datetime = NOW) -> str:
    """Archive a mail and enter it in the ledger; return its sha256."""
    sha256 = store.archive.add_bytes(f"Subject: {name}\r\n\r\n".encode())
    store.record_arrival(arrival(sha256, uid, received_at=received_at), received_at)
    return sha256


def mail(
    sha256: str,
    *,
    message_id: str | None = None,
    subject: str = "潍坊市信用协会+徐雨欣+15715351816",
    parts: tuple[Part, ...] = (),
) -> Mail:
    return Mail(
        sha256=sha256,
        size=100,
        message_id=message_id or f"<{sha256[:8]}@126.com>",
        from_=Address(name="张三", address=SENDER),
        subject=subject,
        parts=parts,
    )


def part(path: str, sha256: str = "d" * 64) -> Part:
    return Part(
        path=path,
        filename=path.rpartition("/")[2],
        kind=Kind.DOCX,
        media_type="application/msword",
        sha256=sha256,
        size=9,
    )


def material(
    role: Role, path: str, *, sha256: str = "d" * 64, received_at: datetime = NOW, brought_by: str = ""
) -> Material:
    return Material(
        role=role,
        part=part(path, sha256),
        facts=FileFacts(parser="word", version=1, text="内容"),
        received_at=received_at,
        message_sha256=brought_by,
    )


def case(
    number: str | None,
    *materials: Material,
    track: Track = Track.TEXT,
    title: str = "诚信街区",
    phone: str = "13800000000",
) -> Case:
    return Case(
        number=number,
        track=track,
        title=title,
        unit="潍城区发改局",
        phone=phone,
        materials=materials,
        first_received_at=NOW,
    )


def finding(code: str = "missing_pdf_form", severity: Severity = Severity.ERROR, **evidence: object) -> Finding:
    return Finding(code=code, severity=severity, evidence=evidence)


def outcome(
    sha256: str,
    *cases: Case,
    kind: MessageKind = MessageKind.SUBMISSION,
    decision: Decision = Decision.NEEDS_SUPPLEMENT,
    findings: tuple[Finding, ...] = (),
    received_at: datetime = NOW,
    message_id: str | None = None,
) -> Outcome:
    parts = tuple(m.part for c in cases for m in c.materials if m.message_sha256 in {"", sha256})
    reading = Reading(
        mail=mail(sha256, parts=parts, message_id=message_id), subject=SubjectFacts(), facts={}, received_at=received_at
    )
    verdicts = tuple(Verdict(case=c, findings=(finding(),), decision=decision) for c in cases)
    return Outcome(reading=reading, kind=kind, decision=decision, verdicts=verdicts, findings=findings)


def letter(
    key: str = "receipt:1", *, kind: str = "receipt", answers: str | None = None, cases: tuple[str, ...] = ()
) -> Letter:
    return Letter(
        message_id=f"<{key}@shoujian>",
        kind=kind,
        key=key,
        recipient=SENDER,
        subject="回执",
        text="已收到",
        raw=b"Subject: =?utf-8?b?5Zue5omn?=\r\n\r\n",
        message_sha256=answers,
        case_numbers=cases,
    )


def conclude(store: Store, sha256: str, number: str | None = None, *, hours: int = 0) -> str:
    """Record a submission of one case with its reply, as the pipeline does; return the case's number."""
    form = material(Role.WORD_FORM, "申报表.docx", sha256=store.archive.add_bytes(b"a filled form"))
    with store.begin(later(hours=hours)) as tx:
        number = number or tx.next_number(2023, Track.TEXT)
        tx.save_outcome(outcome(sha256, case(number, form)), sha256, SENDER)
        tx.enqueue(letter(f"receipt:{sha256}", answers=sha256, cases=(number,)))
        tx.finish(sha256)
    return number


def take_back(store: Store, id: int) -> None:
    """Cancel a letter, as undoing the decision that it tells of does."""
    with store.database.write() as session:
        session.get_one(LetterRow, id).state = OutboxState.CANCELLED
