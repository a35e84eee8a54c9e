"""In charge of gathering what the digest tells of a day. Leaves how it looks to `digest` and its templates."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta

from domain.kinds import Decision, MessageKind, MessageState, OutboxState, Track
from domain.mail import Link
from domain.notice import SHANGHAI, Notice
from domain.records import CaseRecord, LetterRecord, MessageRecord
from domain.value import Value
from notify.figures import moment
from notify.labels import KINDS, RESULTS
from notify.progress import UnitProgress, progress
from notify.quoting import quote
from notify.staff_words import reasons, why_held, why_quarantined
from notify.thread import bare_subject
from store.desk import Store
from store.values import Counts, PollRecord

_LINK_LIVES = timedelta(days=15)  # research §4: NetEase's links, the shortest-lived, where nothing is said
_NEAR = timedelta(days=7)  #: a link that dies so soon is told of, whenever the judging ends
_BOUNCES_SHOWN = timedelta(days=7)
_SILENT = (MessageKind.AUTO_REPLY, MessageKind.BULK, MessageKind.OWN)


class Entry(Value):
    """One thing that needs a person."""

    mark: str  #: case number, or the beginning of a message's sha256
    title: str
    unit: str
    reasons: tuple[str, ...]


class Expiring(Value):
    """A download link that dies before the judging ends, or soon."""

    number: str
    unit: str
    name: str
    code: str
    expires: datetime
    known: bool  #: False: no date was told, fifteen days are assumed
    days_left: int


class Digest(Value):
    """All that one digest tells."""

    day: date
    day_counts: Counts  #: of the day
    attention: tuple[Entry, ...]
    questions: tuple[Entry, ...]
    failed: tuple[Entry, ...]
    links: tuple[Expiring, ...]
    progress: tuple[UnitProgress, ...]
    poll: PollRecord | None
    discrepancies: tuple[str, ...] | None  #: None: `verify` was not run

    @property
    def kinds(self) -> tuple[tuple[str, int], ...]:
        """The day's messages by kind, in the order of the rules; kinds that did not occur are left out."""
        return tuple(
            (KINDS[kind], self.day_counts.kinds[kind]) for kind in MessageKind if self.day_counts.kinds.get(kind)
        )

    @property
    def totals(self) -> tuple[tuple[str, int, int], ...]:
        """All cases: (decision, text, video)."""
        text, video = (self.day_counts.cases.get(track, {}) for track in (Track.TEXT, Track.VIDEO))
        named = [decision for decision in RESULTS if decision in text or decision in video]
        return tuple((RESULTS[decision], text.get(decision, 0), video.get(decision, 0)) for decision in named)

    @property
    def cases_in_all(self) -> int:
        return sum(text + video for _, text, video in self.totals)

    @property
    def archived(self) -> int:
        return sum(self.day_counts.states.values())

    @property
    def met(self) -> tuple[int, int]:
        """How many units of the roster have met their quota, of how many."""
        owing = [unit for unit in self.progress if unit.group]
        return sum(unit.met for unit in owing), len(owing)

    def state(self, name: str) -> int:
        return self.day_counts.states.get(MessageState(name), 0)


def gather(
    store: Store, notice: Notice, day: date, now: datetime, discrepancies: tuple[str, ...] | None = None
) -> Digest:
    """Return the digest of a day in Beijing, midnight to midnight; what needs a person is as of now."""
    since = datetime.combine(day, time(), SHANGHAI)
    until = since + timedelta(days=1)
    cases, messages = store.cases(), store.messages(since=since, until=until)
    return Digest(
        day=day,
        day_counts=store.counts(since=since, until=until),
        attention=(*_waiting(cases, notice), *_loose(messages), *_silenced(messages, store)),
        questions=tuple(_question(m) for m in messages if m.kind is MessageKind.QUESTION),
        failed=tuple(_failed(store, now)),
        links=tuple(sorted(_expiring(cases, notice, now, store), key=lambda link: link.expires)),
        progress=progress(cases, notice),
        poll=store.last_poll(),
        discrepancies=discrepancies,
    )


def _waiting(cases: Iterable[CaseRecord], notice: Notice) -> Iterator[Entry]:
    for record in cases:
        if record.decision is Decision.MANUAL_REVIEW:
            told = reasons(record, notice) or ("由工作人员转为人工复核",)
            yield _case_entry(record, told)


def _case_entry(record: CaseRecord, told: tuple[str, ...]) -> Entry:
    case = record.case
    return Entry(
        mark=case.number or "",
        title=quote(case.title, 40) or "（题目未填写）",
        unit=quote(case.unit, 30) or quote(record.sender, 40),
        reasons=told,
    )


def _message_entry(record: MessageRecord, *told: str) -> Entry:
    name = quote(record.sender_name, 20)
    return Entry(
        mark=record.sha256[:12],
        title=quote(record.subject, 40) or "（无主题）",
        unit=" ".join(filter(None, (name, quote(record.sender, 40)))),
        reasons=told,
    )


def _loose(messages: Iterable[MessageRecord]) -> Iterator[Entry]:
    """Give the day's mails that wait for a person and belong to no case."""
    for record in messages:
        if record.decision is Decision.MANUAL_REVIEW and not record.case_numbers:
            yield _message_entry(record, "来信未能归入案例，请人工查看附件或链接")


def _silenced(messages: Iterable[MessageRecord], store: Store) -> Iterator[Entry]:
    """Give the day's automatic mails that carry files all the same: a guard may have erred, and nobody was answered."""
    for record in messages:
        mail = store.mail(record.sha256) if record.kind in _SILENT[:2] else None
        if mail and any(not part.inline and not part.decoration for part in mail.parts):
            yield _message_entry(
                record, f"判为{KINDS[record.kind or MessageKind.BULK]}但带有附件，未回复，请确认是否为申报材料"
            )


def _question(record: MessageRecord) -> Entry:
    return _message_entry(record, f"{moment(record.received_at)}来信咨询，已自动回复申报方式")


def _failed(store: Store, now: datetime) -> Iterator[Entry]:
    for message in store.messages(state=MessageState.QUARANTINED):
        yield _message_entry(message, f"邮件读取失败，{why_quarantined(message)}")
    for letter in store.letters(state=OutboxState.HELD):
        yield _letter_entry(letter, f"回复未发出：{why_held(letter)}")
    for letter in store.letters(since=now - _BOUNCES_SHOWN):
        if letter.bounced:
            yield _letter_entry(letter, f"回复被退回，请电话联系：{quote(letter.bounced, 90)}")


def _letter_entry(record: LetterRecord, told: str) -> Entry:
    numbers = record.letter.case_numbers
    return Entry(
        mark="、".join(numbers[:2]) or f"回复 {record.id}",
        title=quote(bare_subject(record.letter.subject), 40) or "（无主题）",
        unit=quote(record.letter.recipient, 60),
        reasons=(told,),
    )


def _expiring(cases: Iterable[CaseRecord], notice: Notice, now: datetime, store: Store) -> Iterator[Expiring]:
    """Give the links nobody has downloaded yet that die before the judging ends, or soon."""
    gone, last = (Decision.REJECTED, Decision.WITHDRAWN), max(notice.judging_ends, now + _NEAR)
    for record in cases:
        if record.decision in gone or record.case.video:
            continue
        for link in record.case.awaited:
            expires = _expiry(link, record, store)
            if expires and expires <= last:
                yield _link_entry(link, expires, record, now)


def _expiry(link: Link, record: CaseRecord, store: Store) -> datetime | None:
    """Return when a link dies: as told, else as assumed from the day it came; None for one that never does."""
    if link.never_expires:
        return None
    return link.expires_at or _came(link, record, store) + _LINK_LIVES


def _came(link: Link, record: CaseRecord, store: Store) -> datetime:
    """Return the arrival of the first mail of the case that brought a link."""
    for sha256 in record.messages:
        mail, message = store.mail(sha256), store.message(sha256)
        if mail and message and any(each.url == link.url for each in mail.links):
            return message.received_at
    return record.case.first_received_at


def _link_entry(link: Link, expires: datetime, record: CaseRecord, now: datetime) -> Expiring:
    return Expiring(
        number=record.case.number or "",
        unit=quote(record.case.unit, 30),
        name=quote(link.name, 40) or quote(link.host, 40),
        code=quote(link.code, 12),
        expires=expires,
        known=link.expires_at is not None,
        days_left=(expires.astimezone(SHANGHAI).date() - now.astimezone(SHANGHAI).date()).days,
    )
