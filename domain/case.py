"""A case: one entry in the call, with the materials that have come for it, and what was found about it."""

from datetime import datetime
from typing import Any

from domain.facts import FileFacts, FormFields, SealFacts, VideoFacts
from domain.kinds import Cut, Decision, MessageKind, Role, Severity, Track
from domain.mail import Link, Mail, Part, SubjectFacts
from domain.value import Value


class Finding(Value):
    """One thing a rule found. Words are made from it by `notify.wording`; `evidence` is JSON."""

    code: str  #: RULES.md code, "field_missing:phone" for parameterised ones
    severity: Severity
    evidence: dict[str, Any] = {}


class Material(Value):
    """One file in its role in a case, with what was read out of it."""

    role: Role
    part: Part
    facts: FileFacts
    form: FormFields | None = None  #: which of the file's forms belongs to this case
    received_at: datetime  #: arrival of the mail that brought it
    message_sha256: str = ""
    version: int = 1
    superseded: bool = False


class Case(Value):
    """One entry as it stands: the newest of each material counts."""

    number: str | None = None  #: 2023-W-0001; None until stored
    track: Track
    title: str | None = None
    unit: str | None = None
    contact: str | None = None
    phone: str | None = None  #: normal form
    email: str | None = None
    address: str | None = None
    category: str | None = None
    highlights: str | None = None
    content: str | None = None
    commitment: bool | None = None
    materials: tuple[Material, ...] = ()
    links: tuple[Link, ...] = ()
    unopened: tuple[
        str, ...
    ] = ()  #: archives that could not be opened and nameless links: they may hold what seems missing
    sketch: tuple[int, ...] = ()  #: of the work's text, for `similar_work`
    fingerprint: str | None = None  #: of the video, likewise
    recommended: bool | None = None  #: 推荐 True, 自荐 False
    merged_into: str | None = None  #: number of the case that staff found this one to be part of
    first_received_at: datetime

    def of(self, role: Role) -> tuple[Material, ...]:
        """Return the materials that count in a role, newest last."""
        return tuple(m for m in self.materials if m.role is role and not m.superseded)

    def newest(self, role: Role) -> Material | None:
        """Return the material that counts in a role, or None."""
        found = self.of(role)
        return found[-1] if found else None

    @property
    def awaited(self) -> tuple[Link, ...]:
        """The links whose files nobody has downloaded yet."""
        return tuple(link for link in self.links if not link.fetched)

    @property
    def word(self) -> Material | None:
        return self.newest(Role.WORD_FORM)

    @property
    def scan(self) -> Material | None:
        """The stamped copy: the PDF, else a photo of it."""
        return self.newest(Role.PDF_FORM) or self.newest(Role.IMAGE_FORM)

    @property
    def readable(self) -> tuple[tuple[Material, FormFields], ...]:
        """Every copy of the form that was read, the one that counts first: Word, the scan, any other format."""
        copies = (self.word, self.scan, *self.of(Role.OTHER))
        return tuple((material, material.form) for material in copies if material and material.form)

    @property
    def form(self) -> FormFields | None:
        """The form that counts."""
        return self.readable[0][1] if self.readable else None

    @property
    def scans(self) -> tuple[Material, ...]:
        """Every stamped copy that counts; a form photographed page by page is several."""
        return self.of(Role.PDF_FORM) or self.of(Role.IMAGE_FORM)

    @property
    def seal(self) -> SealFacts | None:
        """What the stamped copies tell of the seal: one seal is enough, one doubt keeps it open."""
        told = [material.facts.seal for material in self.scans if material.facts.seal]
        for answer in (True, None, False):
            if speaking := [facts for facts in told if facts.present is answer]:
                return speaking[-1]
        return None

    @property
    def video(self) -> VideoFacts | None:
        material = self.newest(Role.VIDEO)
        return material.facts.video if material else None

    @property
    def text_work(self) -> Material | None:
        return self.newest(Role.TEXT_WORK)


class Verdict(Value):
    """A case judged: all findings of all rules and the decision they add up to."""

    case: Case
    findings: tuple[Finding, ...] = ()
    decision: Decision


class Gathered(Value):
    """Pieces of a cut archive that earlier mails brought to those of this one."""

    whole: str  #: name of the archive
    cut: Cut
    messages: tuple[str, ...]  #: sha256 of those mails
    opened: bool  #: with them the archive was whole, and its files are the mail's


class Reading(Value):
    """A message read: the mail, its subject, and the facts of each part by sha256."""

    mail: Mail
    subject: SubjectFacts
    facts: dict[str, FileFacts]
    received_at: datetime  #: INTERNALDATE, aware
    found_in: str = "INBOX"
    body: Part | None = (
        None  #: what was written now, kept as a file where a form is pasted into it; its facts are in `facts`
    )
    gathered: tuple[Gathered, ...] = ()


class Ruling(Value):
    """What an applicant's words, and not materials, do to a case on record: it is withdrawn, or a person has to look."""

    number: str
    decision: Decision
    note: str = ""  #: what the applicant is told as the reason
    findings: tuple[Finding, ...] = ()  #: evidence to be kept at the case until staff have decided


class Outcome(Value):
    """What became of a message: kind, cases, findings, decision. One transaction stores it with its reply."""

    reading: Reading
    kind: MessageKind
    decision: Decision
    verdicts: tuple[Verdict, ...] = ()
    findings: tuple[Finding, ...] = ()  #: on the message as a whole
    roles: dict[str, Role] = {}  #: part path → role
    reason: str = ""  #: why ignored, or which guard spoke; English, for logs and staff
    duplicate_of: str | None = None  #: sha256 of the first copy, or the case number
    changes: dict[str, dict[str, tuple[str | None, str | None]]] = {}  #: case number → field → (before, after)
    rulings: tuple[Ruling, ...] = ()  #: on cases on record, by the applicant's words
    fresh: bool = True  #: brings a file, a link or a wish that no message before it brought
    by_staff: bool = False  #: staff answer a digest: their lines are carried out when the outcome is recorded


RANK = {
    Decision.REJECTED: 3,
    Decision.NEEDS_SUPPLEMENT: 2,
    Decision.MANUAL_REVIEW: 1,
    Decision.ACCEPTED: 0,
}


def decide(findings: tuple[Finding, ...]) -> Decision:
    """Return the decision that findings add up to (RULES.md, Severities): the worst one speaks."""
    severities = {finding.severity for finding in findings}
    if Severity.FATAL in severities:
        return Decision.REJECTED
    if Severity.ERROR in severities:
        return Decision.NEEDS_SUPPLEMENT
    if Severity.REVIEW in severities:
        return Decision.MANUAL_REVIEW
    return Decision.ACCEPTED
