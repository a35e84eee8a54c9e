"""In charge of when a letter may be tried again, and until when the whole account keeps quiet. Sends nothing.

A pause lives in the letter that met it: no table of its own, and nothing to forget when the process dies.
"""

from datetime import datetime, timedelta

from domain.notice import SHANGHAI
from domain.records import LetterRecord
from notify.answers import Delivery, recall
from store.desk import Store
from store.outbox import Accounts

_LONGEST_WAIT_S = 3600.0
_MOST_ATTEMPTS = 12  #: of one letter refused for now, before a person looks: about nine hours
WHOLE_ACCOUNT = "account paused"  #: marks a row whose failure was everyone's, where the server's line does not say so


def midnight(now: datetime) -> datetime:
    """Return the start of the day in Beijing."""
    return now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)


def paused_until(store: Store, now: datetime, accounts: Accounts = None) -> datetime | None:
    """Return until when an account must not send, or None: told by queued letters whose last failure was everyone's."""
    return max((next_at for next_at in struck(store, accounts) if next_at > now), default=None)


def struck(store: Store, accounts: Accounts = None) -> list[datetime]:
    """Return when the queued letters are tried again whose last failure would have met any letter of their account."""
    return [next_at for next_at, error in store.set_back(accounts) if met_by_all(error)]


def met_by_all(error: str) -> bool:
    told = recall(error)
    return told.whole_account if told else error.startswith(WHOLE_ACCOUNT)


def exhausted(record: LetterRecord, end: Delivery) -> bool:
    if end.whole_account:
        return False
    before = recall(record.error)
    if end.tries is not None:
        return record.attempts > end.tries and before is not None and before.tries is not None
    return record.attempts >= _MOST_ATTEMPTS


def next_try(end: Delivery, failures: int, now: datetime) -> datetime:
    """Return when to try again: waits double up to an hour with each failure; five past midnight where the day is full."""
    if end.next_day:
        return midnight(now) + timedelta(days=1, minutes=5)
    wait = min(end.wait_s * 2 ** min(failures, 10), max(_LONGEST_WAIT_S, end.wait_s))
    return now + timedelta(seconds=wait)
