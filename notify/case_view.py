"""In charge of how a judged case looks in a letter: what came, what is right, what is wrong, until when."""

from collections.abc import Iterable
from datetime import datetime

from domain.case import Case, Finding, Material, Reading, Verdict
from domain.kinds import Decision, Role, Severity
from domain.mail import Link, Part
from domain.notice import Notice
from domain.value import Value
from notify.deadline import due_at
from notify.figures import moment, size
from notify.labels import RESULTS, ROLES, label
from notify.merits import merits
from notify.phrasebook import Words
from notify.quoting import file_name, quote, quoted
from notify.wording import say

_MOST_FILES = 40  #: a letter lists so many files of a case, then only counts them


class Item(Value):
    """One file or link, by its role."""

    role: str
    name: str

    @property
    def line(self) -> str:
        return f"{self.role}：{self.name}"


class Points(Value):
    """Findings in words, by what they ask of the applicant."""

    title: str = "需要补正"  #: over `errors`
    act: str = "办法"  #: before each `mend`
    errors: tuple[Words, ...] = ()  #: to be mended, or why it is refused
    reviews: tuple[Words, ...] = ()  #: a person looks
    warnings: tuple[Words, ...] = ()  #: costs nothing

    def __bool__(self) -> bool:
        return bool(self.errors or self.reviews or self.warnings)


class CaseView(Value):
    """One case in a letter. Everything is quoted text, ready to print."""

    number: str
    title: str
    unit: str
    track: str
    result: str
    decision: Decision
    received: tuple[Item, ...]  #: brought by this mail
    earlier: tuple[Item, ...]  #: held already
    changes: tuple[str, ...]
    merits: tuple[str, ...]
    points: Points
    due: datetime | None  #: last moment for what is to be mended


def points(findings: Iterable[Finding], notice: Notice, decision: Decision) -> Points:
    """Return findings in words, sorted by severity; the same words are said once.

    A refusal gives its reasons alone: what else could be mended no longer matters.
    """
    told: dict[Severity, dict[Words, None]] = {severity: {} for severity in Severity}
    for finding in findings:
        told[finding.severity][say(finding, notice)] = None
    if decision is Decision.REJECTED:
        return Points(title="不予受理的原因", act="说明", errors=tuple(told[Severity.FATAL]))
    return Points(
        errors=(*told[Severity.FATAL], *told[Severity.ERROR]),
        reviews=tuple(told[Severity.REVIEW]),
        warnings=tuple(told[Severity.WARNING]),
    )


def to_send_anew(reading: Reading, findings: Iterable[Finding]) -> bool:
    """Tell whether all of a mail has to be sent once more: it came torn, or before the call opened."""
    return reading.mail.truncated or any(finding.code == "before_window" for finding in findings)


def view(
    verdict: Verdict, reading: Reading, changes: dict[str, tuple[str | None, str | None]], notice: Notice
) -> CaseView:
    """Return the case as the letter answering `reading` shows it."""
    case, findings = verdict.case, verdict.findings
    came = {part.sha256 for part in reading.mail.parts}
    standing = [m for m in case.materials if not m.superseded]
    links = tuple(_link(link) for link in case.links)
    fresh = _items((m for m in standing if m.part.sha256 in came), notice)
    return CaseView(
        number=case.number or "",
        title=quote(case.title, 80) or ("（题目未填写）" if case.readable else "（题目待核实）"),
        unit=quote(case.unit, 60) or "（单位待核实）",
        track=notice.words.of_track(case.track),
        result=RESULTS[verdict.decision],
        decision=verdict.decision,
        received=fresh + (links if _links_came(case, reading) else ()),
        earlier=_items((m for m in standing if m.part.sha256 not in came), notice)
        + (() if _links_came(case, reading) else links),
        changes=_changes(changes, case, notice),
        merits=()
        if verdict.decision is Decision.REJECTED or to_send_anew(reading, findings)
        else merits(case, findings, notice),
        points=points(findings, notice, verdict.decision),
        due=due_at(case.first_received_at, findings, notice) if verdict.decision is Decision.NEEDS_SUPPLEMENT else None,
    )


def _items(materials: Iterable[Material], notice: Notice) -> tuple[Item, ...]:
    order = list(Role)
    ranked = sorted(materials, key=lambda material: order.index(material.role))
    shown = [_item(m.role, m.part, notice) for m in ranked[:_MOST_FILES]]
    rest = len(ranked) - _MOST_FILES
    return (*shown, Item(role="其他", name=f"另有 {rest} 个文件")) if rest > 0 else tuple(shown)


def stray_items(
    parts: Iterable[Part], roles: dict[str, Role], cases: Iterable[Case], notice: Notice
) -> tuple[Item, ...]:
    """Return the files of a mail that went into no case; containers and signature pictures are not spoken of."""
    taken = {material.part.sha256 for case in cases for material in case.materials}
    silent = (Role.ARCHIVE, Role.MESSAGE)
    stray = [part for part in parts if part.sha256 not in taken and not part.decoration]
    named = [(roles.get(part.path, Role.OTHER), part) for part in stray]
    return tuple(_item(role, part, notice) for role, part in named if role not in silent)[:_MOST_FILES]


def _item(role: Role, part: Part, notice: Notice) -> Item:
    return Item(role=notice.words.said(ROLES[role]), name=f"{file_name(part.path)}，{size(part.size)}")


def _links_came(case: Case, reading: Reading) -> bool:
    return bool({link.url for link in case.links} & {link.url for link in reading.mail.links})


def _link(link: Link) -> Item:
    """Name a link by its file, never by its address: a letter carries no stranger's link."""
    details = (quoted(link.name) if link.name else "文件名未注明", size(link.size) if link.size else "")
    expires = f"{moment(link.expires_at)}到期" if link.expires_at else ""
    return Item(role="下载链接", name="，".join(filter(None, (*details, "已下载" if link.fetched else expires))))


def _changes(changes: dict[str, tuple[str | None, str | None]], case: Case, notice: Notice) -> tuple[str, ...]:
    annex = next((form.annex for form in notice.forms if form.track == case.track), None)
    return tuple(
        f"“{label(field, notice, annex)}”由{_value(before)}改为{_value(after)}"
        for field, (before, after) in changes.items()
    )


def _value(text: str | None) -> str:
    return quoted(text, 40) if text else "空白"
