"""Builders for notify's tests: a notice, a mail, a case, an outcome in one line each."""

import hashlib
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

from domain.case import Case, Finding, Material, Outcome, Reading, Verdict, decide
from domain.facts import FileFacts, FormFields, SealFacts, VideoFacts
from domain.kinds import Decision, Kind, MessageKind, Role, Severity, Track
from domain.mail import Address, Mail, Part, SubjectFacts
from domain.notice import SHANGHAI, Notice
from notify.letters import PostOffice

HEADINGS = {"一": "征集对象", "三": "征集内容", "四": "征集方式", "五": "作品要求", "六": "时间安排"}
NOTICE = Notice.model_validate(
    tomllib.loads(Path("config.toml").read_text(encoding="utf-8"))["notice"] | {"headings": HEADINGS}
)
RULES = tomllib.loads(Path("config.toml").read_text(encoding="utf-8"))["rules"]
DESK = "wfxyxh@126.com"
MORNING = datetime(2023, 8, 1, 9, 12, 33, tzinfo=SHANGHAI)
POST = PostOffice(address=DESK, name=NOTICE.office, now=datetime(2023, 8, 1, 9, 20, tzinfo=SHANGHAI))


def sha(seed: str) -> str:
    return hashlib.sha256(seed.encode()).hexdigest()


def part(path: str, kind: Kind = Kind.DOCX, size: int = 12_345, seed: str = "") -> Part:
    name = path.rsplit("/", 1)[-1]
    return Part(path=path, filename=name, kind=kind, media_type="application/x", sha256=sha(seed or path), size=size)


def mail(subject: str = "昌乐县信用办+郑九+13900005678", sender: str = "zhengjiu@changle.example", **more: Any) -> Mail:
    given = {
        "sha256": sha(subject + sender),
        "size": 1000,
        "message_id": "<abc.123@changle.example>",
        "from_": Address(name="郑九", address=sender),
        "to": (Address(address=DESK),),
        "subject": subject,
    }
    return Mail.model_validate(given | more)


FORM = FormFields(
    annex=1, title="放管服里见信用", contact="郑九", phone="13900005678", email="zhengjiu@changle.example",
    address="昌乐县新城街道 1 号", category="信用监管创新", highlights="首创", content="信用" * 300, commitment=True,
)  # fmt: skip


def material(role: Role, file: Part, when: datetime = MORNING, **facts: Any) -> Material:
    form = FORM if role in (Role.WORD_FORM, Role.PDF_FORM) else None
    forms = (form,) if form else ()
    return Material(
        role=role, part=file, form=form, received_at=when, facts=FileFacts(parser="x", version=1, forms=forms, **facts)
    )


WORD = material(Role.WORD_FORM, part("申报表.docx"))
SCAN = material(
    Role.PDF_FORM, part("申报表.pdf", Kind.PDF, 2_345_678), seal=SealFacts(present=True, text="昌乐县信用办")
)


def video_material(path: str = "诚信昌乐.mp4", **more: Any) -> Material:
    shape = {"container": "mp4", "duration_s": 200.0, "width": 1920, "height": 1080, "subtitles": "burned"}
    return material(Role.VIDEO, part(path, Kind.VIDEO, 45_678_901), video=VideoFacts.model_validate(shape | more))


def case(number: str = "2023-W-0001", materials: tuple[Material, ...] = (WORD, SCAN), **more: Any) -> Case:
    given = {
        "number": number, "track": Track.VIDEO if "-V-" in number else Track.TEXT, "title": "放管服里见信用",
        "unit": "昌乐县信用办", "contact": "郑九", "phone": "13900005678", "email": "zhengjiu@changle.example",
        "address": "昌乐县新城街道 1 号", "category": "信用监管创新", "highlights": "首创", "content": "信用" * 300,
        "commitment": True, "materials": materials, "first_received_at": MORNING,
    }  # fmt: skip
    return Case.model_validate(given | more)


def finding(code: str, severity: Severity | None = None, /, **evidence: Any) -> Finding:
    rule = RULES.get(code.partition(":")[0], {"severity": "review"})["severity"]
    return Finding(code=code, severity=severity or Severity(rule), evidence=evidence)


def verdict(entry: Case, *findings: Finding) -> Verdict:
    return Verdict(case=entry, findings=findings, decision=decide(findings))


def outcome(
    *verdicts: Verdict,
    message: Mail | None = None,
    kind: MessageKind = MessageKind.SUBMISSION,
    findings: tuple[Finding, ...] = (),
    received_at: datetime = MORNING,
    **more: Any,
) -> Outcome:
    files = {m.part.sha256: m.part for v in verdicts for m in v.case.materials}
    read = message or mail(parts=tuple(files.values()))
    reading = Reading(mail=read, subject=SubjectFacts(), facts={}, received_at=received_at)
    worst = decide((*findings, *(f for v in verdicts for f in v.findings)))
    given = {"decision": worst if kind not in (MessageKind.DUPLICATE,) else Decision.DUPLICATE}
    return Outcome(reading=reading, kind=kind, verdicts=verdicts, findings=findings, **(given | more))
