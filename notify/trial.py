"""In charge of trying an office's own templates before a letter depends on them: each is read, and sample letters are made with them."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from jinja2 import TemplateError, meta

from domain.case import Case, Finding, Outcome, Reading, Verdict
from domain.kinds import Decision, MessageKind, Severity, Track
from domain.mail import Address, Mail, SubjectFacts
from domain.notice import Notice
from domain.text import one_line
from domain.value import Value
from notify.letters import PostOffice
from notify.pages import TEMPLATES, environment
from notify.replies import receipt_values
from notify.thread import Thread


class Fault(Value):
    """What is wrong with a template."""

    template: str
    told: str  #: in one line, English, for the operator


def faults(folder: Path, notice: Notice, now: datetime) -> tuple[Fault, ...]:
    """Return everything wrong with the templates in a folder; empty when letters can be made with them."""
    if not folder.is_dir():
        return (Fault(template=str(folder), told="no such folder"),)
    own = sorted(path.name for path in folder.glob("*.j2"))
    found = [fault for name in own for fault in _read(name, folder)]
    return (*found, *(() if found else _tried(folder, own, notice, now)))


def _read(name: str, folder: Path) -> Iterator[Fault]:
    if not (TEMPLATES / name).is_file():
        ours = ", ".join(sorted(path.name for path in TEMPLATES.glob("*.j2")))
        yield Fault(template=name, told=f"replaces none of ours ({ours})")
        return
    try:
        source = (folder / name).read_text(encoding="utf-8")
        used = meta.find_undeclared_variables(environment(folder).parse(source))
    except (TemplateError, OSError, UnicodeDecodeError) as error:
        yield Fault(template=name, told=_line(error))
        return
    for variable in sorted(used - _given()):
        yield Fault(template=name, told=f"{variable}: nothing of this name is given to a letter")


def _given() -> frozenset[str]:
    """Return every name that any of our templates is given."""
    ours = environment()
    return frozenset(
        name
        for path in TEMPLATES.glob("*.j2")
        for name in meta.find_undeclared_variables(ours.parse(path.read_text(encoding="utf-8")))
    )


def _tried(folder: Path, own: list[str], notice: Notice, now: datetime) -> Iterator[Fault]:
    """Make sample letters with the templates that letters to applicants are made of."""
    for name in ("receipt.txt.j2", "receipt.html.j2", "plain.txt.j2", "plain.html.j2"):
        try:
            environment(folder).get_template(name).render(**_values(name, notice, now))
        except Exception as error:  # noqa: BLE001  a template may do anything; what it did is told
            yield Fault(template=name if name in own else "/".join(own), told=_line(error))


def _values(name: str, notice: Notice, now: datetime) -> dict[str, object]:
    """Return what a sample letter shows."""
    if name.startswith("receipt"):
        return receipt_values(sample(now), Thread.to("a@example.cn"), notice, _post(notice, now))
    closing = {"salutation": "尊敬的参评单位", "paragraphs": ["您好！"], "closing": "感谢支持！"}
    page = {"notice": notice, "today": now.date(), "width": 680}
    return {**page, **closing, "facts": [("受理编号", "0000-W-0001")], "steps": ["第一步"], "steps_title": "步骤"}


def sample(now: datetime) -> Outcome:
    """Return a mail that brought one case, which lacks its scan."""
    subject = SubjectFacts(convention="unit", unit="某县信用办", contact="张三", phone="13800000000")
    mail = Mail(sha256="0" * 64, size=0, from_=Address(address="a@example.cn"), subject="某县信用办+张三+13800000000")
    case = Case(number="0000-W-0001", track=Track.TEXT, title="样例", unit="某县信用办", first_received_at=now)
    finding = Finding(code="missing_pdf_form", severity=Severity.ERROR)
    verdict = Verdict(case=case, findings=(finding,), decision=Decision.NEEDS_SUPPLEMENT)
    reading = Reading(mail=mail, subject=subject, facts={}, received_at=now)
    return Outcome(
        reading=reading,
        kind=MessageKind.SUBMISSION,
        decision=Decision.NEEDS_SUPPLEMENT,
        verdicts=(verdict,),
    )


def _post(notice: Notice, now: datetime) -> PostOffice:
    return PostOffice(address=notice.mailbox, name=notice.office, now=now)


def _line(error: Exception) -> str:
    return f"{type(error).__name__}: {one_line(str(error))[:200]}"
