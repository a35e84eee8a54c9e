"""In charge of `replay`: cases on record judged again, as after their last mail, under the present rules and configuration.

Which files belong to which case stays as it was sorted, or as staff sorted it. Leaves the files' facts to `rereading`, and
showing what came of it to `cli_replay`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from daemon.deciding import office_of
from daemon.desk import Desk
from daemon.rereading import brought_up_to_date
from daemon.withdrawing import for_a_person
from domain.case import Case, Finding, Verdict
from domain.kinds import Decision
from domain.near import NearWorks
from domain.records import CaseRecord, Letter, MessageRecord
from notify.replies import compose_decision
from notify.thread import Thread
from parsers.subject import read_subject
from validators.rulebook import Context, judge

DAEMON = "daemon"
_TOGETHER = 200  #: cases whose facts are fetched with one query


@dataclass(frozen=True)
class Replayed:
    """A case as recorded, and what the present rules make of it."""

    before: CaseRecord
    verdict: Verdict

    @property
    def decision(self) -> Decision:
        """What the case would be: what staff decided stands."""
        return self.verdict.decision if self.before.decided_by == DAEMON else self.before.decision

    @property
    def gone(self) -> tuple[str, ...]:
        """Codes of findings on record that are found no more; with the severity where that alone is another."""
        found = {(finding.code, finding.severity) for finding in self.verdict.findings}
        return _labels((f for f in self.before.findings if (f.code, f.severity) not in found), self.verdict.findings)

    @property
    def new(self) -> tuple[str, ...]:
        """Codes of findings that are not on record; of those found with other figures than before, it says so."""
        held = {(finding.code, finding.severity) for finding in self.before.findings}
        fresh = [finding for finding in self.verdict.findings if finding not in self.before.findings]
        told = (finding for finding in fresh if (finding.code, finding.severity) in held)
        others = _labels((f for f in fresh if (f.code, f.severity) not in held), self.before.findings)
        return (*others, *dict.fromkeys(f"{finding.code} (other figures)" for finding in told))

    @property
    def changed(self) -> bool:
        return bool(self.gone or self.new) or self.decision != self.before.decision

    @property
    def told(self) -> str:
        """The change in one line, for the history."""
        parts = (
            f"gone: {', '.join(self.gone)}" if self.gone else "",
            f"new: {', '.join(self.new)}" if self.new else "",
        )
        return "; ".join(filter(None, parts)) or f"{self.before.decision} → {self.decision}"


class Replay:
    """The records as they stand, and those of them that are judged again."""

    def __init__(self, desk: Desk, since: datetime | None = None) -> None:
        """`since`: only cases that got a mail since then. What was withdrawn is over."""
        self._desk = desk
        self._messages = {message.sha256: message for message in desk.store.messages()}
        everything = desk.store.cases()
        self._works = _Works(everything)
        self.cases = [record for record in everything if self._is_due(record, since)]

    def _is_due(self, record: CaseRecord, since: datetime | None) -> bool:
        if not record.messages or record.purged_at or record.decision is Decision.WITHDRAWN:
            return False
        return since is None or self._last_mail(record).received_at >= since

    def _last_mail(self, record: CaseRecord) -> MessageRecord:
        return self._messages[record.messages[-1]]

    def run(self) -> Iterator[Replayed]:
        """Yield every case with its verdict under the present rules. Nothing is recorded but facts that were missing."""
        for start in range(0, len(self.cases), _TOGETHER):
            batch = self.cases[start : start + _TOGETHER]
            for record, case in zip(batch, brought_up_to_date(batch, self._desk), strict=True):
                yield Replayed(record, for_a_person(judge(case, self._context(record, case)), record))

    def _context(self, record: CaseRecord, case: Case) -> Context:
        """Return the context the case was last judged in: its last mail's, and the works on record by then."""
        last = self._last_mail(record)
        return Context(
            notice=self._desk.notice,
            rules=self._desk.rules,
            received_at=last.received_at,
            limits=self._desk.limits,
            subject=read_subject(last.subject),
            supplement=len(record.messages) > 1,
            others=self._works.beside(case, last.decided_at or last.received_at),
        )


class _Works:
    """Every work on record."""

    def __init__(self, records: Iterable[CaseRecord]) -> None:
        self._records = {record.case.number or "": record for record in records}
        self._near = NearWorks()
        for number, record in self._records.items():
            self._near.add(number, record.case.sketch, record.case.fingerprint)

    def beside(self, case: Case, judged_at: datetime) -> tuple[Case, ...]:
        """Return the works a case may be alike to, of those that were on record before it was judged."""
        near = (self._records[number] for number in sorted(self._near.to(case.sketch, case.fingerprint)))
        return tuple(record.case for record in near if record.created_at < judged_at)


def apply(replayed: Replayed, desk: Desk, now: datetime, *, tell: bool = False) -> bool:
    """Record a verdict, with the letter that tells of a changed decision where asked. False: the case changed meanwhile."""
    letter = _letter(replayed, desk, now) if tell and replayed.decision != replayed.before.decision else None
    with desk.store.begin(now) as tx:
        saved = tx.save_replayed(replayed.before, replayed.verdict, replayed.told)
        if saved and letter:
            tx.enqueue(letter)
    return saved


def _letter(replayed: Replayed, desk: Desk, now: datetime) -> Letter | None:
    """Return the letter that tells of a changed decision, or None where nobody may be answered."""
    record = replayed.before
    post = office_of(record, desk.store, desk.post(now))
    mail = desk.store.mail(record.messages[-1])
    thread = Thread.of(mail, *post.own) if mail else None
    judged = record.model_copy(update={"findings": replayed.verdict.findings, "case": replayed.verdict.case})
    return compose_decision(judged, replayed.decision, "", thread, notice=desk.notice, post=post) if thread else None


def _labels(findings: Iterable[Finding], others: Iterable[Finding]) -> tuple[str, ...]:
    codes = {finding.code for finding in others}
    return tuple(dict.fromkeys(f"{f.code} ({f.severity})" if f.code in codes else f.code for f in findings))
