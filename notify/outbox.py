"""In charge of sending what is due: how fast, what an attempt's end means for the letter, what is never sent twice.

    claim (attempt committed) → dial → settle.    In doubt → look into 已发送: there: sent; not there: again; cannot tell: held.

A pause of the whole account lives in the letter that met it: while that row waits, no other letter is tried. Leaves the
wire to `smtp`, the server's codes to `answers`, 已发送 to the caller's `sent_lookup`.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from domain.kinds import OutboxState
from domain.records import Letter, LetterRecord
from domain.value import Value
from notify.answers import Delivery, Verdict
from notify.pacing import WHOLE_ACCOUNT, exhausted, met_by_all, midnight, next_try, paused_until, struck
from store.desk import Store
from store.outbox import Accounts
from store.owners import owner

SentLookup = Callable[[str], bool | None]  #: whether 已发送 holds a Message-ID; None: cannot be told
OVER_CAP = "over the daily cap of one address"
AT_REST = "two letters went out already for mails that brought nothing new"
IN_DOUBT = "in doubt"
_HELD = "held, "
_LOOK_AGAIN = timedelta(minutes=2)  #: a server may file a letter in 已发送 well after its last word, or ours
_STUCK = timedelta(minutes=20)  #: longer than any attempt: ten minutes for the final dot, and the dialogue before it


class Throttle(Value):
    """How fast we may send (`[smtp]`; research §2: 126 tells no figure, enterprise accounts have 100 a day)."""

    seconds_between: float = 10.0
    per_quarter_hour: int = 10
    per_day: int = 80  #: counted from midnight in Beijing, as NetEase counts
    per_address_per_day: int = 10


class SendReport(Value):
    """What one round of sending came to. Numbers are outbox row ids."""

    sent: tuple[int, ...] = ()
    retried: tuple[int, ...] = ()
    held: tuple[int, ...] = ()
    answers: tuple[tuple[Verdict, int], ...] = ()  #: how each attempt ended, and the server's code (0: none came)
    alarms: tuple[str, ...] = ()  #: server's lines that the operator must act on: 535, 553, blacklisted
    paused_until: datetime | None = None  #: the server does not want us before
    capped: str = ""  #: which of our own caps stopped the round: per_quarter_hour, per_day


class Transport(Protocol):
    """What delivers one letter: `smtp.SmtpTransport`."""

    def deliver(self, letter: Letter) -> Delivery: ...

    def close(self) -> None: ...


def send_due(
    store: Store,
    transport: Transport,
    throttle: Throttle,
    now: Callable[[], datetime],
    sent_lookup: SentLookup,
    sleep: Callable[[float], object] = time.sleep,
    *,
    accounts: Accounts = None,
    stopping: Callable[[], bool] = lambda: False,
) -> SendReport:
    """Send what is due until nothing is, a cap is reached or the server wants a pause; closes the session.

    Never raises for what a server does. Letters that a dead process was sending are settled first. `stopping` is asked
    between letters: the one under way is always brought to its end. `accounts`: whose letters go this way, with caps and
    pauses of their own; None: everyone's.
    """
    round_ = _Round(store, transport, throttle, now, sent_lookup, sleep, accounts, stopping)
    try:
        round_.settle_stuck()
        while not stopping() and round_.may_go_on() and round_.send_next():
            pass
    finally:
        transport.close()
    return round_.report


class _Round:
    """One round of sending: what it works with, and what it has come to."""

    def __init__(
        self,
        store: Store,
        transport: Transport,
        throttle: Throttle,
        now: Callable[[], datetime],
        sent_lookup: SentLookup,
        sleep: Callable[[float], object],
        accounts: Accounts,
        stopping: Callable[[], bool],
    ) -> None:
        self.accounts = accounts
        self.store, self.transport, self.throttle = store, transport, throttle
        self.now, self.sent_lookup, self.sleep, self.stopping = now, sent_lookup, sleep, stopping
        self.owner = owner()
        self.report = SendReport()

    def settle_stuck(self) -> None:
        for record in self.store.stuck_letters(self.now(), _STUCK, self.accounts):
            self._look_up(record, f"{IN_DOUBT}: the process sending it ended")

    def may_go_on(self) -> bool:
        """Tell whether another letter may be tried now; the report says why not."""
        now = self.now()
        if until := paused_until(self.store, now, self.accounts):
            self.report = self.report.model_copy(update={"paused_until": until})
            return False
        caps = {
            "per_quarter_hour": (now - timedelta(minutes=15), self.throttle.per_quarter_hour),
            "per_day": (midnight(now), self.throttle.per_day),
        }
        reached = next(
            (
                name
                for name, (since, most) in caps.items()
                if self.store.sent_since(since, accounts=self.accounts) >= most
            ),
            "",
        )
        if reached:
            self.report = self.report.model_copy(update={"capped": reached})
        return not reached

    def send_next(self) -> bool:
        """Claim, send and settle one letter; False where none is due. The attempt is committed before dialling."""
        record = self.store.claim_letter(self.owner, self.now(), self.accounts)
        if record is None:
            return False
        if self._over_cap(record):
            most = self.throttle.per_address_per_day
            self._settle(record, OutboxState.HELD, error=f"{OVER_CAP} ({most} letters)")
        elif IN_DOUBT not in record.error or self._may_go_again(record):
            if self._keep_distance() and self.stopping():  # nothing was dialled: nothing is in doubt
                self._settle(record, OutboxState.QUEUED, error=record.error)
                return False
            self._conclude(record, self.transport.deliver(record.letter))
        return True

    def _over_cap(self, record: LetterRecord) -> bool:
        """Tell whether one address has had its letters today; a letter that staff released goes out all the same."""
        if record.error.startswith(OVER_CAP):
            return False
        had = self.store.sent_since(midnight(self.now()), record.letter.recipient)
        return had >= self.throttle.per_address_per_day

    def _keep_distance(self) -> bool:
        """Wait until the last letter is `seconds_between` ago; tell whether that took a wait."""
        distance = self.throttle.seconds_between
        since = self.now() - timedelta(seconds=distance)
        waits = distance > 0 and self.store.sent_since(since, accounts=self.accounts) > 0
        if waits:
            self.sleep(distance)
        return waits

    def _may_go_again(self, record: LetterRecord) -> bool:
        """Look once more before sending a letter again that was in doubt: 已发送 may have been slow to show it.

        Staff who released a letter held in doubt have answered for it: only its being there stops it.
        """
        found = self.sent_lookup(record.letter.message_id)
        released = found is None and record.error.startswith(_HELD)
        if found is False or released:
            return True
        self._tell(record, found, record.error)
        return False

    def _conclude(self, record: LetterRecord, end: Delivery) -> None:
        self._note(answers=((end.verdict, end.code),))
        match end.verdict:
            case Verdict.SENT:
                self._settle(record, OutboxState.SENT, proof=end.line)
            case Verdict.UNKNOWN:
                self._look_up(record, f"{IN_DOUBT}: {end.line}")
            case Verdict.HOLD:
                self._settle(record, OutboxState.HELD, error=end.line)
            case Verdict.RETRY:
                self._again(record, end)
            case Verdict.ALARM:
                self._note(alarms=(end.line,))
                if end.whole_account:
                    self._again(record, end)
                else:
                    self._settle(record, OutboxState.HELD, error=end.line)

    def _again(self, record: LetterRecord, end: Delivery) -> None:
        """Queue a letter for later, or hold it after too many refusals of its own."""
        told = met_by_all(end.line) or not end.whole_account
        line = end.line if told else f"{WHOLE_ACCOUNT}: {end.line}"
        if exhausted(record, end):
            self._settle(record, OutboxState.HELD, error=line)
            return
        failures = len(struck(self.store, self.accounts)) if end.whole_account else 0
        next_at = next_try(end, failures + record.attempts - 1, self.now())
        self._settle(record, OutboxState.QUEUED, next_at=next_at, error=line)

    def _look_up(self, record: LetterRecord, doubt: str) -> None:
        self._tell(record, self.sent_lookup(record.letter.message_id), doubt)

    def _tell(self, record: LetterRecord, found: bool | None, doubt: str) -> None:
        """Settle a letter in doubt by what 已发送 says; where it says nothing a person decides."""
        if found:
            self._settle(record, OutboxState.SENT, proof=f"found in 已发送 ({doubt})")
        elif found is None:
            self._settle(record, OutboxState.HELD, error=f"{_HELD}{doubt}")
        else:
            self._settle(record, OutboxState.QUEUED, next_at=self.now() + _LOOK_AGAIN, error=doubt)

    def _settle(
        self,
        record: LetterRecord,
        state: OutboxState,
        *,
        next_at: datetime | None = None,
        error: str = "",
        proof: str = "",
    ) -> None:
        self.store.settle_letter(record.id, state, self.now(), next_at=next_at, error=error, proof=proof)
        shelf = {OutboxState.SENT: "sent", OutboxState.QUEUED: "retried", OutboxState.HELD: "held"}[state]
        self._note(**{shelf: (record.id,)})

    def _note(self, **more: tuple[int | str | tuple[Verdict, int], ...]) -> None:
        grown = {name: (*getattr(self.report, name), *values) for name, values in more.items()}
        self.report = self.report.model_copy(update=grown)
