"""The call for entries as data: what `[notice]` and `[rules]` of config.toml hold. Another call is another file, no code."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, Field

from domain.kinds import Severity
from domain.value import Value

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Contact(Value):
    organisation: str  #: 市信用协会
    person: str
    phone: str


class VideoLimits(Value):
    """Clause 五.3."""

    min_s: float = 180.0
    max_s: float = 300.0
    tolerance_s: float = 0.5  #: one frame more is still 5:00, 2:59 is not 3:00
    long_side: int = 1920  #: pixels
    short_side: int = 1080
    containers: tuple[str, ...] = ("avi", "mpeg", "mp4", "mov")


class TextLimits(Value):
    max_words: int = 2000  #: 字数 as Word counts
    min_words: int = 100  #: below this a text has no substance


class FormTemplate(Value):
    """One annex: its labels as printed, and the hint text that means 'not filled'."""

    annex: int
    track: str  #: text | video
    name: str  #: title printed over the form
    labels: dict[str, tuple[str, ...]]  #: field → labels it goes by
    hints: tuple[str, ...] = ()  #: template text that is not an answer


class Unit(Value):
    """A unit of the roster, with every name it goes by and what it owes (clause 四)."""

    name: str
    aliases: tuple[str, ...] = ()
    group: str  #: county | zone | member
    text_quota: int = 1
    video_quota: int = 1


class Notice(Value):
    """The notice: dates, limits, forms, contacts, roster. Dates are aware; the window's ends are inclusive."""

    name: str  #: 潍坊市信用典型案例评选
    document: str = ""  #: 潍信用办〔2023〕3号
    office: str  #: who signs the replies
    year: int
    opens: AwareDatetime
    closes: AwareDatetime
    judging_ends: AwareDatetime
    supplement_grace_days: int = 0
    mailbox: str
    website: str = ""
    contacts: tuple[Contact, ...] = ()
    commitment: str = "本单位承诺对参评成果的真实性、有效性负责"
    region: str = "潍坊"
    text: TextLimits = TextLimits()
    video: VideoLimits = VideoLimits()
    headings: dict[str, str] = Field(default_factory=dict)  #: clause numeral → its heading: 五 → 作品要求
    forms: tuple[FormTemplate, ...]
    units: tuple[Unit, ...] = ()

    def form(self, annex: int) -> FormTemplate | None:
        """Return the template of an annex, or None."""
        return next((form for form in self.forms if form.annex == annex), None)

    def grace_ends(self) -> datetime:
        """Return the last moment a supplement to a case received in time is taken."""
        return self.closes + timedelta(days=self.supplement_grace_days)


class RuleConfig(Value):
    """A row of `[rules.<code>]`: how bad it is, and the rule's own numbers."""

    severity: Severity
    options: dict[str, float | int | str | tuple[str, ...]] = Field(default_factory=dict)


class Limits(Value):
    """What one mail may cost (`[limits]`). Bytes, seconds, counts."""

    max_parts: int = 200
    max_depth: int = 20  #: MIME nesting
    archive_depth: int = 3
    archive_files: int = 2000
    archive_bytes: int = 4 * 1024**3
    archive_ratio: int = 200
    max_materials: int = 60  #: files in one mail before `too_many_files`
    parser_seconds: float = 120.0
    parser_memory: int = 3 * 1024**3  #: address space of a parser process
    mail_seconds: float = 600.0
