"""The call for entries as data: what `[notice]` and `[rules]` of config.toml hold. Another call is another file, no code."""

from datetime import datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, Field, model_validator

from domain.kinds import Role, Severity, Track
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

    @model_validator(mode="after")
    def _some_length_is_right(self) -> Self:
        if self.min_s > self.max_s:
            raise ValueError(f"min_s = {self.min_s:g} is over max_s = {self.max_s:g}: no film could be right")
        return self


class TextLimits(Value):
    max_words: int = 2000  #: 字数 as Word counts
    about: str = "重点描述创新性、实效性和实施过程等内容"  #: what a text is asked to do
    min_words: int = 100  #: below this a text has no substance

    @model_validator(mode="after")
    def _some_length_is_right(self) -> Self:
        if self.min_words > self.max_words:
            raise ValueError(
                f"min_words = {self.min_words} is over max_words = {self.max_words}: no text could be right"
            )
        return self


class FormTemplate(Value):
    """One annex: its labels as printed, and the hint text that means 'not filled'."""

    annex: int
    track: str  #: text | video
    name: str  #: title printed over the form
    labels: dict[str, tuple[str, ...]]  #: field → labels it goes by
    hints: tuple[str, ...] = ()  #: template text that is not an answer
    #: What an entry on this form needs: word_form, pdf_form, text_work (as a file or in the form), video. Empty: its track's usual.
    requires: tuple[Role, ...] = ()
    mandatory: tuple[str, ...] = (
        "title", "contact", "phone", "email", "address", "category", "highlights", "content",
    )  # fmt: skip
    """The fields that must be filled. A label whose field is none of `FormFields` is the form's own and may stand here too."""

    @property
    def needs(self) -> frozenset[Role]:
        """What an entry on this form needs."""
        work = Role.VIDEO if self.track == Track.VIDEO else Role.TEXT_WORK
        return frozenset(self.requires or (Role.WORD_FORM, Role.PDF_FORM, work))


class Vocabulary(Value):
    """`[notice.words]`: what people call things in the mails of this call, and what our letters call them."""

    entry: str = "案例"  #: one entry: 文字案例, 案例一
    measure: str = "个"  #: its measure word: 每个案例
    form: str = "申报表"
    apply: str = "申报"  #: sending an entry in: 申报单位, 申报截止时间
    text_work: str = "文字成果"
    scan: str = "PDF 盖章扫描版"  #: the form's second copy
    organiser: str = "组委会"
    text: str = "文字"  #: track of texts; "" where it is the only one and needs no name
    video: str = "视频"  #: track of films
    theme: tuple[str, ...] = ("信用", "诚信", "守信", "美德")  #: what the call is about
    #: headings that stand in the notice itself and in no entry: a file with three of them is the notice passed on
    notice_headings: tuple[str, ...] = ("征集对象", "组织单位", "征集方式", "奖品设置")

    def said(self, sentence: str) -> str:
        """Return a sentence of ours in this call's words. Only for what we wrote: never for what an applicant did."""
        usual = Vocabulary()
        for ours, theirs in ((usual.scan, self.scan), (usual.form, self.form), (usual.text_work, self.text_work)):
            sentence = sentence.replace(ours, theirs)
        for ours, theirs in ((usual.text, self.text), (usual.video, self.video)):
            sentence = sentence.replace(f"{ours}{usual.entry}", f"{theirs}{self.entry}")
        for ours, theirs in ((usual.entry, self.entry), (usual.apply, self.apply), (usual.organiser, self.organiser)):
            sentence = sentence.replace(ours, theirs)
        return sentence

    def name(self, track: Track) -> str:
        """Return what a track is called beside the other: 文字; where it has no name of its own, what an entry is called."""
        return (self.video if track is Track.VIDEO else self.text) or self.entry

    def of_track(self, track: Track) -> str:
        """Return what entries of a track are called: 文字案例."""
        return f"{self.video if track is Track.VIDEO else self.text}{self.entry}"


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
    stamped: bool = True  #: whether the second copy of the form bears a seal
    region: str = "潍坊"
    text: TextLimits = TextLimits()
    video: VideoLimits = VideoLimits()
    area_code: str = "0536"  #: of the region's telephones
    subject: str = "标注“推荐单位名称+联系人+联系电话”，推荐作品标注“参赛者姓名（单位名称）+作品名称+联系电话”"  #: how subjects are asked for, as letters say it
    conventions: tuple[str, ...] = ("unit", "work")  #: those of `SubjectFacts.convention` that it asks for
    whom: str = "各级党政群机关、行业协会商会和企、事业单位"  #: of the region, who may enter
    about: str = "作品突出美德、信用主题"  #: what works are to be like
    #: finding code → clause that asks it, "四.2"; a code that is not named has none. None: the clauses of RULES.md.
    clauses: dict[str, str] | None = None
    words: Vocabulary = Vocabulary()
    headings: dict[str, str] = Field(default_factory=dict)  #: clause numeral → its heading: 五 → 作品要求
    forms: tuple[FormTemplate, ...]
    units: tuple[Unit, ...] = ()

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> Self:
        if self.opens >= self.closes:
            raise ValueError("opens is not before closes: everybody would be late")
        return self

    def form(self, annex: int) -> FormTemplate | None:
        """Return the template of an annex, or None."""
        return next((form for form in self.forms if form.annex == annex), None)

    def form_of(self, track: Track) -> FormTemplate | None:
        """Return the first template of a track, or None where the call has no such track."""
        return next((form for form in self.forms if form.track == track), None)

    def track(self, likely: Track) -> Track:
        """Return a track where the call has it, else the one it has instead."""
        return likely if self.form_of(likely) or not self.forms else Track(self.forms[0].track)

    def needs(self, track: Track) -> frozenset[Role]:
        """Return what an entry of a track needs."""
        form = self.form_of(track)
        return form.needs if form else frozenset()

    def printed(self, field: str) -> str:
        """Return a field's label as the first form that has it prints it; "" where none has."""
        return next((form.labels[field][0] for form in self.forms if form.labels.get(field)), "")

    @property
    def opinion(self) -> str:
        """The label of the cell that a unit stamps."""
        return self.printed("opinion") or "单位意见"

    @property
    def content(self) -> str:
        """The label of the cell that may hold the text itself."""
        return self.printed("content") or self.words.text_work

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
    mail_seconds: float = 600.0  #: for reading a mail, and again for all its files together
