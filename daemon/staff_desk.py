"""In charge of staff who answer a digest: whether they are who they seem, which lines are carried out, what they are told of it.

A line counts only from an address that gets the digest, vouched for by our own provider, with the code of a digest of the last days,
once for each case, and only while the case is as that digest showed it. Everything else is told back, and changes nothing.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from daemon.authentication import authenticated
from daemon.deciding import Decided, carry_out, prepare
from daemon.staff_mail import ALPHABET, Order, Orders, Refused, read_orders
from domain.case import Outcome, Reading
from domain.kinds import Decision, MessageKind, Severity
from domain.mail import Mail
from domain.notice import Notice
from domain.records import CaseRecord, Letter
from notify.addresses import same_mailbox
from notify.guards import silence
from notify.letters import PostOffice
from notify.staff_answer import Done, NotDone, compose_staff_answer
from store.desk import Store
from store.rulings import STAFF, Code
from store.transaction import Transaction

_GOOD_FOR = timedelta(days=7)


@dataclass(frozen=True)
class StaffRules:
    """Who may decide by mail (`[staff]`, `[digest] to`); without `authserv` nobody may."""

    addresses: tuple[str, ...] = ()
    authserv: str = ""
    undo_minutes: float = 0.0


@dataclass(frozen=True)
class _Examined:
    """A mail of staff: what is to be carried out, and what is not."""

    code: str
    clear: tuple[Order, ...]
    refused: tuple[Refused, ...]


def new_code(recipient: str, now: datetime) -> Code:
    """Return a code for one reader's digest: forty bits, eight letters that nobody confuses."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(8))
    code = f"{letters[:4]}-{letters[4:]}"
    return Code(code=code, recipient=recipient.lower(), issued_at=now, expires_at=now + _GOOD_FOR)


def staff_orders(reading: Reading, store: Store, rules: StaffRules) -> Outcome | None:
    """Return the outcome of a mail by which staff decide cases, or None for any other; it is carried out when recorded."""
    mail = reading.mail
    if not rules.authserv or not any(same_mailbox(mail.from_.address, address) for address in rules.addresses):
        return None
    if silence(mail, (), store.is_our_letter):  # an automatic answer, or the digest itself in a mailbox of ours
        return None
    orders = read_orders(mail)
    if not orders.clear and not (orders.refused and _code(orders, store)):
        return None
    return Outcome(
        reading=reading,
        kind=MessageKind.OWN,
        decision=Decision.IGNORED,
        reason=f"staff answer a digest: {len(orders.clear)} lines clear, {len(orders.refused)} not",
        by_staff=True,
    )


def carry_out_orders(
    outcome: Outcome, tx: Transaction, store: Store, rules: StaffRules, *, notice: Notice, post: PostOffice
) -> Letter | None:
    """Carry out what staff ask for within the transaction; return the letter that tells them of every line."""
    reading = outcome.reading
    examined = _examined(reading, store, rules)
    done, not_done = [], [NotDone(line=each.line, why=each.why) for each in examined.refused]
    not_before = post.now + timedelta(minutes=rules.undo_minutes)
    for order in examined.clear:
        if tx.use_code(examined.code, order.number, reading.mail.sha256):
            decided = prepare(store, order.number, order.decision, order.note, notice=notice, post=post)
            carry_out(decided, tx, f"{STAFF}:{reading.mail.from_.address}", not_before)
            done.append(_done(decided))
        else:
            not_done.append(NotDone(line=order.line, why="used"))
    return compose_staff_answer(reading.mail, done, not_done, notice=notice, post=post, minutes=rules.undo_minutes)


def _done(decided: Decided) -> Done:
    case = decided.record.case
    return Done(number=case.number or "", title=case.title, decision=decided.decision, told=decided.letter is not None)


def _examined(reading: Reading, store: Store, rules: StaffRules) -> _Examined:
    orders = read_orders(reading.mail)
    code = _code(orders, store)
    whole = _objection(reading, code, rules)
    clear, refused = [], list(orders.refused)
    for order in orders.clear:
        why = whole or (_objection_to(order, code, store) if code else "code")
        if why:
            refused.append(Refused(line=order.line, why=why))
        else:
            clear.append(order)
    return _Examined(code.code if code else "", tuple(clear), tuple(dict.fromkeys(refused)))


def _code(orders: Orders, store: Store) -> Code | None:
    """Return the first code in a mail that is one of ours: what the writer typed counts before what is quoted."""
    return next((known for each in orders.codes if (known := store.code(each))), None)


def _objection(reading: Reading, code: Code | None, rules: StaffRules) -> str:
    """Return why nothing in a mail is carried out, "" where nothing speaks against it."""
    mail: Mail = reading.mail
    if not authenticated(mail, rules.authserv):
        return "sender"
    if code is None or not same_mailbox(code.recipient, mail.from_.address):
        return "code"
    return "" if code.issued_at <= reading.received_at <= code.expires_at else "expired"


def _objection_to(order: Order, code: Code, store: Store) -> str:
    """Return why a line is not carried out, "" where nothing speaks against it."""
    record = store.case(order.number)
    if record is None or record.purged_at:
        return "unknown"
    if record.case.merged_into:
        return "merged"
    if store.is_code_used(code.code, order.number):
        return "used"
    if record.decision is Decision.WITHDRAWN:
        return "withdrawn"
    if record.updated_at > code.issued_at:
        return "changed"
    if order.decision is Decision.NEEDS_SUPPLEMENT and not order.note and not _lacks_anything(record):
        return "reason"
    return ""


def _lacks_anything(record: CaseRecord) -> bool:
    return any(finding.severity in (Severity.ERROR, Severity.REVIEW) for finding in record.findings)
