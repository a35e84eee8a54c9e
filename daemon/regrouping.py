"""In charge of cases that were wrongly split or merged: staff say so, files change hands, what comes of it is judged again.

One transaction each. Nothing is lost: every file and version stays, a number once given out is never another case's.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from daemon.assembly import track_of
from daemon.deciding import office_of, post_office, staff, thread_of
from daemon.merging import filled_anew, refilled
from daemon.settings import ConfigError, Settings
from daemon.withdrawing import for_a_person
from domain.case import Case, Verdict
from domain.kinds import Decision, Role, Track
from domain.mail import SubjectFacts
from domain.records import CaseRecord, Letter, MessageRecord
from notify.case_letters import compose_regrouped, merged_words, split_words
from notify.letters import PostOffice
from notify.thread import Thread
from parsers.subject import read_subject
from store.desk import Store
from store.errors import CannotRegroup
from store.transaction import Transaction
from validators.rulebook import Context, judge

_FIELDS = ("title", "unit", "contact", "phone", "email", "address", "category", "highlights", "content")


@dataclass(frozen=True)
class Regrouped:
    """Cases after their files changed hands, and the letters that were queued."""

    records: tuple[CaseRecord, ...]
    letters: tuple[Letter, ...]


def merge_cases(
    settings: Settings, store: Store, number: str, gone: str, now: datetime, *, tell: bool = False
) -> Regrouped:
    """Make `gone` part of `number`. Raises ConfigError where one of them is not there, or over already."""
    if number == gone:
        raise ConfigError("a case cannot be merged with itself")
    kept, lost = (_standing(each, store) for each in (number, gone))
    judging = _Judging(settings, store, leave_out=(gone,))
    with store.begin(now) as tx:
        tx.join_cases(number, gone, staff())
        record = _in(tx, number)
        case = refilled(_completed(record.case, lost.case), settings.notice)
        tx.judged_anew(judging.verdict(record, _on_track(case, judging)))
        record = _in(tx, number)
        letters = _letters(record, merged_words(number, gone), (kept, lost), judging, now) if tell else ()
        _queue(letters, tx, settings, now)
    return Regrouped((record,), letters)


def split_case(
    settings: Settings, store: Store, number: str, paths: Collection[str], now: datetime, *, tell: bool = False
) -> Regrouped:
    """Make the files at `paths` a case of their own. Raises ConfigError where there is no such case, or no such files."""
    record = _standing(number, store)
    judging = _Judging(settings, store)
    moved = [material for material in record.case.materials if material.part.path in paths]
    forms = [material.form for material in moved if material.form]
    video = any(material.role is Role.VIDEO for material in moved)
    track = track_of(forms[-1], settings.notice) if forms else Track.VIDEO if video else record.case.track
    try:
        with store.begin(now) as tx:
            new = tx.next_number(settings.notice.year, track)
            tx.part_case(number, new, track, paths, staff())
            for each in (number, new):
                part = _in(tx, each)
                case = filled_anew(part.case, judging.subject(part, first=True), settings.notice)
                tx.judged_anew(judging.verdict(part, _on_track(case, judging)))
            records = _in(tx, number), _in(tx, new)
            words = split_words(number, new)
            letters = tuple(letter for each in records for letter in _letters(each, words, (each,), judging, now))
            letters = letters if tell else ()
            _queue(letters, tx, settings, now)
    except CannotRegroup as error:
        raise ConfigError(str(error)) from error
    return Regrouped(records, letters)


class _Judging:
    """What judging a case on record needs, read before the transaction begins."""

    def __init__(self, settings: Settings, store: Store, leave_out: Collection[str] = ()) -> None:
        self.settings, self.store = settings, store
        self._others = tuple(case for case in store.works() if case.number not in leave_out)

    def verdict(self, record: CaseRecord, case: Case) -> Verdict:
        """Return what the present rules make of a case as after its last mail."""
        context = Context(
            notice=self.settings.notice,
            rules=self.settings.rules,
            received_at=self._mails(record)[-1].received_at,
            limits=self.settings.limits,
            subject=self.subject(record),
            supplement=len(record.messages) > 1,
            others=self._others,
        )
        return for_a_person(judge(case, context), record)

    def subject(self, record: CaseRecord, *, first: bool = False) -> SubjectFacts:
        """Return what the subject of a case's last mail tells, or of its first."""
        return read_subject(self._mails(record)[0 if first else -1].subject)

    def _mails(self, record: CaseRecord) -> list[MessageRecord]:
        mails = [mail for sha256 in record.messages if (mail := self.store.message(sha256))]
        return sorted(mails, key=lambda mail: mail.received_at)


def _standing(number: str, store: Store) -> CaseRecord:
    record = store.case(number)
    if record is None:
        raise ConfigError(f"no case {number}")
    if record.purged_at:
        raise ConfigError(f"{number} was purged: nothing of it is left")
    if record.case.merged_into:
        raise ConfigError(f"{number} is part of {record.case.merged_into} already")
    if record.decision is Decision.WITHDRAWN:
        raise ConfigError(f"{number} is withdrawn: decide it anew first")
    return record


def _in(tx: Transaction, number: str) -> CaseRecord:
    record = tx.case(number)
    assert record is not None  # it was written in this transaction
    return record


def _completed(case: Case, other: Case) -> Case:
    """Return a case with the fields it lacks taken from the other."""
    missing = {field: getattr(other, field) for field in _FIELDS if not getattr(case, field)}
    return case.model_copy(update=missing)


def _on_track(case: Case, judging: _Judging) -> Case:
    """Return a case on the track that its form is for."""
    return case.model_copy(update={"track": track_of(case.form, judging.settings.notice)}) if case.form else case


def _letters(
    record: CaseRecord, words: str, before: Iterable[CaseRecord], judging: _Judging, now: datetime
) -> tuple[Letter, ...]:
    """Return the letters about a case, one for each address that the cases before it were answered at."""
    threads: dict[str, tuple[Thread, PostOffice]] = {}
    for each in before:
        post = office_of(each, judging.store, post_office(judging.settings, now))
        if thread := thread_of(each, judging.store, post):
            threads.setdefault(thread.recipient.lower(), (thread, post))
    notice = judging.settings.notice
    return tuple(
        compose_regrouped(record, words, thread, notice=notice, post=post) for thread, post in threads.values()
    )


def _queue(letters: Iterable[Letter], tx: Transaction, settings: Settings, now: datetime) -> None:
    for letter in letters:
        tx.enqueue(letter, now + timedelta(minutes=settings.staff.undo_minutes))
