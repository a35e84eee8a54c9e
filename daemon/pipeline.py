"""In charge of the flow: an archived mail in, its outcome, records and reply out, in one transaction. Every step is elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from daemon import fetch_note, sorting
from daemon.joining import joined
from daemon.merging import Merged, differences
from daemon.recalls import recalled_cases
from daemon.roles import Placed, place
from daemon.staff_desk import StaffRules, carry_out_orders, staff_orders
from daemon.withdrawing import for_a_person, withdrawal
from domain.case import RANK, Outcome, Reading, decide
from domain.facts import FileFacts
from domain.kinds import Decision, Kind, MessageKind, Role
from domain.mail import Mail, Part
from domain.notice import Limits, Notice, RuleConfig
from domain.records import Claimed, Letter
from domain.text import fold
from notify.case_letters import asks_to_withdraw, compose_withdrawal
from notify.guards import Silence, silence
from notify.letters import PostOffice
from notify.replies import compose
from parsers.passwords import passwords_in
from parsers.registry import ReadJob, facts_version, failed, parser_for
from parsers.sandbox import Sandbox
from parsers.subject import read_subject
from store.desk import Store
from store.transaction import Transaction
from validators.rulebook import Context, judge, judge_message

#: Problems of this moment or of this mail's words, not of the bytes alone: tried again when the file comes again.
_LABELS_OF_A_FORM = 6  #: so many labels of one annex in a mail's own text, and it is the form
_PASSING = ("timeout", "memory", "crashed", "encrypted")


@dataclass(frozen=True)
class Desk:
    """What the work is done with."""

    notice: Notice
    rules: Mapping[str, RuleConfig]
    limits: Limits
    store: Store
    sandbox: Sandbox
    account: str  #: the login, from which letters go
    sender_name: str
    staff: StaffRules = field(default_factory=StaffRules)

    def post(self, now: datetime) -> PostOffice:
        """Return who our letters are from, and when."""
        return PostOffice(address=self.account, name=self.sender_name, now=now)


@dataclass(frozen=True)
class Processed:
    """What became of a message, as recorded, and the reply that was queued."""

    outcome: Outcome
    letter: Letter | None


def process(claimed: Claimed, desk: Desk, now: datetime) -> Processed:
    """Read, judge, record and answer one message. Raises whatever goes wrong: then nothing is recorded."""
    return commit(conclude(read(claimed, desk), desk), claimed, desk, now)


def read(claimed: Claimed, desk: Desk) -> Reading:
    """Return the mail and the facts of its parts; what was read before is not read again."""
    with desk.store.archive.scratch() as out:
        mail = desk.store.mail(claimed.sha256)
        if mail is None:
            mail = _opened(claimed, desk, out)
            for file in sorted(out.iterdir()):
                desk.store.archive.add(file)
            desk.store.save_mail(claimed.sha256, mail)
        pictures = out / "pictures"
        pictures.mkdir(mode=0o700)
        silent = not mail.fetched and loop_guard(mail, desk) is not None
        body = None if silent or mail.fetched else _pasted_form(mail, desk)
        parts = () if silent else (*mail.parts, *((body,) if body else ()))  # what nobody answers, nobody needs to read
        return Reading(
            mail=mail,
            subject=read_subject(mail.subject),
            facts=facts_of(mail, parts, desk, pictures),
            body=body,
            received_at=claimed.received_at,
            found_in=claimed.folder,
        )


def _opened(claimed: Claimed, desk: Desk, out: Path) -> Mail:
    """Return a raw mail read; what its parts hold is written to `out`."""
    if claimed.source == fetch_note.SOURCE:
        return fetch_note.mail_of(claimed.sha256, desk.store, desk.sandbox, desk.limits, out)
    return desk.sandbox.read_mail(desk.store.archive.path(claimed.sha256), out)


def conclude(reading: Reading, desk: Desk) -> Outcome:
    """Return what becomes of a message: its kind, its cases judged, and why."""
    placed = place(reading.mail, reading.facts, desk.notice, reading.body)
    roles = {item.part.path: item.role for item in placed}
    if reading.mail.fetched:
        return _judged(reading, placed, roles, desk)
    if orders := staff_orders(reading, desk.store, desk.staff):
        return orders
    if quiet := loop_guard(reading.mail, desk):
        return Outcome(reading=reading, kind=quiet.kind, decision=Decision.IGNORED, reason=quiet.reason)
    if asked := withdrawal(reading, placed, roles, desk.store, desk.staff.authserv):
        return asked
    if not sorting.brings_a_case(reading, placed, desk.notice.words):
        return _without_materials(reading, roles, desk)
    if original := _sent_before(placed, reading, desk):
        return Outcome(
            reading=reading,
            kind=MessageKind.DUPLICATE,
            decision=Decision.DUPLICATE,
            roles=roles,
            duplicate_of=original,
            reason=f"same materials as {original}",
        )
    return _judged(reading, placed, roles, desk)


def loop_guard(mail: Mail, desk: Desk) -> Silence | None:
    """Return why a mail must never be answered (RFC 3834 §2), or None."""
    return silence(mail, (desk.notice.mailbox, desk.account), desk.store.is_our_letter)


def commit(outcome: Outcome, claimed: Claimed, desk: Desk, now: datetime) -> Processed:
    """Record an outcome and queue its reply, both or neither."""
    with desk.store.begin(now) as tx:
        numbered = _numbered(outcome, tx, desk.notice.year)
        tx.save_outcome(numbered)
        if fetched := numbered.reading.mail.fetched:
            tx.event(fetched.number, "fetched", fetch_note.names(numbered.reading.mail), actor="staff")
        for ruling in numbered.rulings:
            tx.decide_case(ruling.number, ruling.decision, "applicant", ruling.note, findings=ruling.findings)
        for number in recalled_cases(numbered.reading.mail, desk.store):
            tx.event(number, "recalled", numbered.reading.mail.sha256, actor="applicant")
        report = numbered.reading.mail.report
        if numbered.kind is MessageKind.BOUNCE and report and report.original_message_id:
            tx.mark_bounced(report.original_message_id, report.diagnostic or report.status or "returned")
        letter = _reply(numbered, tx, desk, now) if claimed.reply else None
        if letter:
            tx.enqueue(letter)
        tx.finish(claimed.sha256)
    return Processed(numbered, letter)


def _reply(outcome: Outcome, tx: Transaction, desk: Desk, now: datetime) -> Letter | None:
    """Return the one reply a message gets, or None where none is due. Orders of staff are carried out on the way."""
    if outcome.by_staff:
        return carry_out_orders(outcome, tx, desk.store, desk.staff, notice=desk.notice, post=desk.post(now))
    if outcome.kind is MessageKind.DUPLICATE and outcome.duplicate_of and len(outcome.duplicate_of) == 64:
        return None  # the same Message-ID again: whoever sent it was answered
    if asks_to_withdraw(outcome) and not outcome.verdicts:
        records = [record for ruling in outcome.rulings if (record := desk.store.case(ruling.number))]
        return compose_withdrawal(outcome, records, desk.notice, desk.post(now))
    if outcome.kind is MessageKind.QUESTION:
        sender = outcome.reading.mail.from_.address
        if desk.store.questions_answered(sender, since=now - timedelta(days=1)):
            return None
    return compose(outcome, desk.notice, desk.post(now))


def _pasted_form(mail: Mail, desk: Desk) -> Part | None:
    """Return a mail's text as a file where it looks like a form filled in the mail itself, else None."""
    folded = fold(mail.text)
    labels = max(
        (
            sum(any(fold(name) in folded for name in names) for names in form.labels.values())
            for form in desk.notice.forms
        ),
        default=0,
    )
    if labels < _LABELS_OF_A_FORM:
        return None
    data = mail.text.encode()
    return Part(
        path="邮件正文",
        filename="邮件正文.txt",
        kind=Kind.TEXT,
        media_type="text/plain",
        sha256=desk.store.archive.add_bytes(data),
        size=len(data),
    )


def facts_of(mail: Mail, parts: tuple[Part, ...], desk: Desk, out: Path) -> dict[str, FileFacts]:
    """Return the facts of every part, read in parallel where they are not known yet."""
    known: dict[str, FileFacts] = {}
    wanted: dict[str, tuple[Path, ReadJob]] = {}
    keys: dict[str, tuple[str, str]] = {}
    for part in parts:
        parser = parser_for(part.kind)
        if part.decoration or part.sha256 in known or part.sha256 in wanted:
            continue
        if parser is None:
            known[part.sha256] = failed(part.kind, "empty" if part.kind is Kind.EMPTY else "unsupported", "")
            continue
        key = parser.name, facts_version(parser, desk.notice.forms, desk.notice.commitment)
        if facts := desk.store.facts(part.sha256, *key):
            known[part.sha256] = facts
            continue
        keys[part.sha256] = key
        wanted[part.sha256] = desk.store.archive.path(part.sha256), _job(part.kind, mail, desk.notice, out)
    for sha256, facts in zip(wanted, desk.sandbox.read_files(list(wanted.values())), strict=True):
        known[sha256] = facts
        if facts.problem not in _PASSING:
            for picture in facts.derived:
                desk.store.archive.add(out / picture)
            desk.store.save_facts(sha256, *keys[sha256], facts)
    return known


def _job(kind: Kind, mail: Mail, notice: Notice, out: Path) -> ReadJob:
    return ReadJob(
        kind=kind,
        out=out,
        templates=notice.forms,
        commitment=notice.commitment,
        passwords=passwords_in(mail.text),
        year=notice.year,
    )


def _without_materials(reading: Reading, roles: dict[str, Role], desk: Desk) -> Outcome:
    """Return what becomes of a mail that brings nothing to judge."""
    if sorting.asks(reading, desk.notice.words):
        kind, reason = MessageKind.QUESTION, "asks about the call"
    elif _answers_us(reading, desk) and not sorting.only_thanks(reading):
        kind, reason = MessageKind.QUESTION, "answers a letter of ours without materials"
    else:
        kind, reason = MessageKind.UNRELATED, "brings nothing and asks nothing"
    return Outcome(reading=reading, kind=kind, decision=Decision.IGNORED, roles=roles, reason=reason)


def _answers_us(reading: Reading, desk: Desk) -> bool:
    """Tell whether a mail answers a letter of ours, or names a receipt of ours."""
    answered = (*reading.mail.in_reply_to, *reading.mail.references)
    return any(map(desk.store.is_our_letter, answered)) or any(map(desk.store.case, reading.subject.receipts))


def _sent_before(placed: tuple[Placed, ...], reading: Reading, desk: Desk) -> str | None:
    """Return what this mail repeats: the first message of its Message-ID, or the case holding all it brings."""
    materials = {item.part.sha256 for item in placed if item.role in sorting.MATERIALS}
    if not materials or reading.mail.archive_problems:
        return None
    holders = desk.store.cases_holding(materials)
    if set(holders) != materials or not _links_known(reading, holders, desk):
        return None
    same_id = desk.store.message_by_message_id(reading.mail.message_id) if reading.mail.message_id else ()
    first = next((m.sha256 for m in same_id if m.sha256 != reading.mail.sha256), None)
    return first or min(number for numbers in holders.values() for number in numbers)


def _links_known(reading: Reading, holders: Mapping[str, tuple[str, ...]], desk: Desk) -> bool:
    if not reading.mail.links:
        return True
    records = [desk.store.case(number) for number in {n for numbers in holders.values() for n in numbers}]
    known = {link.url for record in records if record for link in record.case.links}
    return {link.url for link in reading.mail.links} <= known


def _judged(reading: Reading, placed: tuple[Placed, ...], roles: dict[str, Role], desk: Desk) -> Outcome:
    merged = joined(placed, reading, desk.store, desk.notice)
    verdicts = tuple(
        for_a_person(judge(each.case, _context(reading, each, desk)), each.before, reading) for each in merged
    )
    held = {material.part.path for each in merged for material in each.case.materials}
    stray = tuple(part.path for part in reading.mail.parts if part.path not in held and not part.decoration)
    supplement = any(each.before for each in merged)
    context = Context(
        desk.notice, desk.rules, reading.received_at, desk.limits, reading.subject, supplement=supplement, stray=stray
    )
    findings = judge_message(reading, context)
    kind = MessageKind.SUPPLEMENT if supplement else MessageKind.SUBMISSION
    return Outcome(
        reading=reading,
        kind=MessageKind.CORRECTION if any(each.replaced for each in merged) else kind,
        decision=_worst((decide(findings), *(verdict.decision for verdict in verdicts))),
        verdicts=verdicts,
        findings=findings,
        roles=roles,
        changes={
            each.case.number: differences(each.before.case, each.case)
            for each in merged
            if each.before and each.case.number
        },
    )


def _context(reading: Reading, merged: Merged, desk: Desk) -> Context:
    return Context(
        notice=desk.notice,
        rules=desk.rules,
        received_at=reading.received_at,
        limits=desk.limits,
        subject=reading.subject,
        supplement=merged.before is not None,
        others=desk.store.works(),
    )


def _numbered(outcome: Outcome, tx: Transaction, year: int) -> Outcome:
    """Return the outcome with a receipt number for every case, new ones drawn in order."""
    verdicts = []
    for verdict in outcome.verdicts:
        number = verdict.case.number or tx.next_number(year, verdict.case.track)
        verdicts.append(verdict.model_copy(update={"case": verdict.case.model_copy(update={"number": number})}))
    return outcome.model_copy(update={"verdicts": tuple(verdicts)})


def _worst(decisions: tuple[Decision, ...]) -> Decision:
    return max(decisions, key=lambda decision: RANK[decision])
