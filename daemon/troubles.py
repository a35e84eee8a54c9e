"""In charge of what counts as a trouble of the desk. Leaves measuring to `vitals` and `signs`, words to `notify`."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from daemon.settings import Settings
from daemon.signs import Signs
from daemon.vitals import Vitals
from notify.trouble_words import Evidence, Trouble

_GIB = 1024**3
_SETTLING = timedelta(minutes=30)  #: a desk that has just started may still be sending a digest

#: What is known of each trouble: its evidence, {} where all is well. What cannot be told is left out, and stays as it was.
Seen = Mapping[Trouble, Evidence]
#: What the process that sends looks after; the one that polls has the rest. Each tells of its own, so nothing is told twice.
SENDERS = frozenset({Trouble.SENDING, Trouble.DIGEST, Trouble.VERIFY})
#: While one of these lasts the desk does not do its work; the others wait for a person, and it goes on.
FAILING = frozenset({Trouble.LOGIN, Trouble.POLLING, Trouble.SENDING, Trouble.DISK, Trouble.DATABASE})


def troubles(vitals: Vitals, signs: Signs, settings: Settings) -> Seen:
    """Return what is known of every trouble at this moment."""
    told = {trouble: check(vitals, signs, settings) for trouble, check in _CHECKS.items()}
    return {Trouble.DATABASE: {}, **{trouble: evidence for trouble, evidence in told.items() if evidence is not None}}


def unanswered(error: Exception) -> Seen:
    """Return what is known when the database gave no answer."""
    return {Trouble.DATABASE: {"answer": f"{type(error).__name__}: {str(error).splitlines()[0]}"}}


def _login(vitals: Vitals, signs: Signs, settings: Settings) -> Evidence | None:
    told = {account: signs.logins.get(account) for account in vitals.polls}
    if account := next(filter(told.get, told), None):
        return {"answer": _of(account, told[account] or "", settings)}
    return None if None in told.values() else {}


def _polling(vitals: Vitals, signs: Signs, settings: Settings) -> Evidence | None:
    """Tell of a refused login as such, not as of polls that fail. Time we were not running is nobody's fault."""
    intervals = {each.mailbox.account: each.mailbox.poll_seconds for each in settings.by_mailbox()}
    known = True
    for account, polled in vitals.polls.items():
        seconds = intervals.get(account, settings.mailbox.poll_seconds)
        patience = timedelta(seconds=seconds, minutes=settings.alerts.stalled_minutes)
        good = max(filter(None, (polled.good, signs.moved.get(account))), default=None)
        if signs.logins.get(account) or (good and vitals.at - good <= patience):
            continue
        since = max(good or signs.started, signs.started)
        if vitals.at - since > patience:
            answer = _of(account, signs.poll_errors.get(account) or "没有完成", settings)
            return {"minutes": int((vitals.at - since).total_seconds() // 60), "answer": answer}
        known = False
    return {} if known else None


def _sending(vitals: Vitals, signs: Signs, settings: Settings) -> Evidence | None:
    if account := next(filter(signs.sending.get, signs.sending), None):
        return {"answer": _of(account, signs.sending[account], settings)}
    return {} if signs.sending else None


def _of(account: str, answer: str, settings: Settings) -> str:
    """Return an answer, with the mailbox it is about where there are several."""
    return f"{account}：{answer}" if settings.mailboxes else answer


def _quarantine(vitals: Vitals, signs: Signs, settings: Settings) -> Evidence:
    return {"count": vitals.quarantined} if vitals.quarantined else {}


def _held(vitals: Vitals, signs: Signs, settings: Settings) -> Evidence:
    return {"count": vitals.held} if vitals.held else {}


def _digest(vitals: Vitals, signs: Signs, settings: Settings) -> Evidence | None:
    settling = min(_SETTLING, timedelta(minutes=settings.alerts.digest_minutes))
    if vitals.digest_day is None or (vitals.digest_missing and vitals.at - signs.started < settling):
        return None
    return {"day": str(vitals.digest_day), "count": vitals.digest_missing} if vitals.digest_missing else {}


def _disk(vitals: Vitals, signs: Signs, settings: Settings) -> Evidence:
    least = settings.alerts.disk_free_gib
    if vitals.disk_free >= least * _GIB:
        return {}
    return {"free_gib": f"{vitals.disk_free / _GIB:.1f}", "least_gib": f"{least:g}"}


def _verify(vitals: Vitals, signs: Signs, settings: Settings) -> Evidence | None:
    if signs.discrepancies is None:
        return None
    return {"count": signs.discrepancies} if signs.discrepancies else {}


_CHECKS: dict[Trouble, Callable[[Vitals, Signs, Settings], Evidence | None]] = {
    Trouble.LOGIN: _login,
    Trouble.POLLING: _polling,
    Trouble.SENDING: _sending,
    Trouble.QUARANTINE: _quarantine,
    Trouble.HELD: _held,
    Trouble.DIGEST: _digest,
    Trouble.DISK: _disk,
    Trouble.VERIFY: _verify,
}
