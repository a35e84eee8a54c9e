"""In charge of the flow: an archived mail in, its outcome, records and reply out, in one transaction. Every step is elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from daemon import exchanges, fetch_note, sorting
from daemon.copies import first_copy
from daemon.desk import Desk
from daemon.gathering import gathered
from daemon.joining import joined
from daemon.merging import Merged, differences
from daemon.reading import loop_guard, read
from daemon.recalls import recalled_cases
from daemon.roles import Placed, place
from daemon.staff_desk import carry_out_orders, staff_orders
from daemon.withdrawing import for_a_person, withdrawal
from domain.case import RANK, Outcome, Reading, decide
from domain.kinds import Decision, MessageKind, Role
from domain.records import Claimed, Letter
from notify.case_letters import asks_to_withdraw, compose_withdrawal
from notify.letters import PostOffice
from notify.replies import compose
from store.transaction import Transaction
from validators.rulebook import Context, judge, judge_message


@dataclass(frozen=True)
class Processed:
    """What became of a message, as recorded, and the reply that was queued."""

    outcome: Outcome
    letter: Letter | None


def process(claimed: Claimed, desk: Desk, now: datetime) -> Processed:
    """Read, judge, record and answer one message. Raises whatever goes wrong: then nothing is recorded."""
    return commit(conclude(read(claimed, desk), desk), claimed, desk, now)


def conclude(reading: Reading, desk: Desk) -> Outcome:
    """Return what becomes of a message: its kind, its cases judged, and why. Messages are concluded in order of arrival."""
    reading = gathered(reading, desk)
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
    if copy_of := first_copy(reading.mail, desk.store):
        return _repeats(copy_of, f"a second copy of {copy_of}", reading, roles)
    if not sorting.brings_a_case(reading, placed, desk.notice.words):
        return _without_materials(reading, roles, desk)
    if original := _sent_before(placed, reading, desk):
        return _repeats(original, f"same materials as {original}", reading, roles)
    return _judged(reading, placed, roles, desk)


def _repeats(original: str, reason: str, reading: Reading, roles: dict[str, Role]) -> Outcome:
    return Outcome(
        reading=reading,
        kind=MessageKind.DUPLICATE,
        decision=Decision.DUPLICATE,
        roles=roles,
        duplicate_of=original,
        reason=reason,
    )


def commit(outcome: Outcome, claimed: Claimed, desk: Desk, now: datetime, owner: str | None = None) -> Processed:
    """Record an outcome and queue its reply, both or neither. LeaseLost when the message is no longer `owner`'s."""
    outcome = outcome.model_copy(update={"fresh": exchanges.brings_new(outcome, desk.store)})
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
        letter = _reply(numbered, tx, desk, desk.post(now, claimed.account)) if claimed.reply else None
        if letter and numbered.by_staff:
            tx.enqueue(letter)
        elif letter:
            exchanges.queue(letter, numbered, tx, desk.store, now)
        tx.finish(claimed.sha256, owner)
    return Processed(numbered, letter)


def _reply(outcome: Outcome, tx: Transaction, desk: Desk, post: PostOffice) -> Letter | None:
    """Return the one reply a message gets, or None where none is due. Orders of staff are carried out on the way."""
    if outcome.by_staff:
        return carry_out_orders(outcome, tx, desk.store, desk.staff, notice=desk.notice, post=post)
    if outcome.kind is MessageKind.DUPLICATE and outcome.duplicate_of and len(outcome.duplicate_of) == 64:
        return None  # the same Message-ID again: whoever sent it was answered
    if asks_to_withdraw(outcome) and not outcome.verdicts:
        records = [record for ruling in outcome.rulings if (record := desk.store.case(ruling.number))]
        return compose_withdrawal(outcome, records, desk.notice, post)
    if outcome.kind is MessageKind.QUESTION:
        sender = outcome.reading.mail.from_.address
        if desk.store.questions_answered(sender, since=post.now - timedelta(days=1)):
            return None
    return compose(outcome, desk.notice, post)


def _without_materials(reading: Reading, roles: dict[str, Role], desk: Desk) -> Outcome:
    """Return what becomes of a mail that brings nothing to judge."""
    if sorting.says_automatic(reading):
        kind, reason = MessageKind.AUTO_REPLY, "brings nothing, and says that a machine wrote it"
    elif sorting.asks(reading, desk.notice.words):
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
        others=desk.store.works_like(merged.case),
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
