"""In charge of gathering what the digest tells of a day. Leaves its parts to their modules, how it looks to `digest`."""

from datetime import date, datetime, time, timedelta

from domain.kinds import Decision, MessageKind, Track
from domain.notice import SHANGHAI, Notice
from domain.value import Value
from notify import entries
from notify.books import Books, keep_books
from notify.chart import DAYS, Bars, bars
from notify.entries import Entry
from notify.expiring import Expiring, expiring
from notify.labels import KINDS, RESULTS
from notify.overdue import Due, still_due
from notify.progress import Placed, UnitProgress, progress, ranking, silent
from store.briefs import CaseBrief
from store.desk import Store
from store.values import Counts

_DAY = timedelta(days=1)


class Digest(Value):
    """All that one digest tells."""

    day: date
    day_counts: Counts  #: of the day
    before: Counts  #: of the day before
    bars: tuple[Bars, ...]
    attention: tuple[Entry, ...]  #: the first of them
    waiting: int  #: all that needs a decision
    fresh: int  #: cases of the day among them
    questions: tuple[Entry, ...]
    failed: tuple[Entry, ...]
    due: tuple[Due, ...]  #: the first of them
    in_want: int  #: all cases that need a supplement
    over: bool  #: no supplement is taken any more
    links: tuple[Expiring, ...]
    progress: tuple[UnitProgress, ...]
    books: Books

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
    def met(self) -> tuple[int, int]:
        """How many units of the roster have met their quota, of how many."""
        owing = [unit for unit in self.progress if unit.group]
        return sum(unit.met for unit in owing), len(owing)

    @property
    def silent(self) -> tuple[UnitProgress, ...]:
        return silent(self.progress)

    @property
    def silent_groups(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The names of those that have sent nothing, by group, in the order of the roster."""
        groups = {unit.group: unit.group_name for unit in self.silent}
        return tuple(
            (name, tuple(unit.name for unit in self.silent if unit.group == group)) for group, name in groups.items()
        )

    @property
    def ranking(self) -> tuple[Placed, ...]:
        return ranking(self.progress)

    def against(self, figure: str) -> str:
        """Return how a figure of the day stands to the day before: ＋3, －2, 持平."""
        more = getattr(self.day_counts, figure) - getattr(self.before, figure)
        return f"＋{more}" if more > 0 else f"－{-more}" if more < 0 else "持平"


def gather(
    store: Store,
    notice: Notice,
    day: date,
    now: datetime,
    discrepancies: tuple[str, ...] | None = None,
    accounts: tuple[str, ...] = (),
) -> Digest:
    """Return the digest of a day in Beijing, midnight to midnight; what needs a person is as of now."""
    since = datetime.combine(day, time(), SHANGHAI)
    until = since + _DAY
    cases, messages = store.briefs(), store.messages(since=since, until=until)
    undecided, in_want = (_of(cases, each) for each in (Decision.MANUAL_REVIEW, Decision.NEEDS_SUPPLEMENT))
    others = (*entries.loose(messages), *entries.silenced(messages, store))
    return Digest(
        day=day,
        day_counts=store.counts(since=since, until=until),
        before=store.counts(since=since - _DAY, until=since),
        bars=bars(day, store.arrivals(until - DAYS * _DAY, until), (brief.received_at for brief in cases)),
        attention=(*entries.undecided(store, undecided, notice, now), *others),
        waiting=len(undecided) + len(others),
        fresh=sum(since <= brief.received_at < until for brief in undecided),
        questions=tuple(entries.questions(messages)),
        failed=tuple(entries.failures(store, now)),
        due=tuple(still_due(store, in_want, notice, now)),
        in_want=len(in_want),
        over=now > notice.grace_ends(),
        links=expiring(store, notice, now),
        progress=progress(cases, notice),
        books=keep_books(store, notice, discrepancies, accounts),
    )


def _of(cases: tuple[CaseBrief, ...], decision: Decision) -> tuple[CaseBrief, ...]:
    """Return the cases of a decision that something can still be done about."""
    return tuple(brief for brief in cases if brief.decision is decision and brief.purged_at is None)
