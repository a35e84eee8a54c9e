"""In charge of how the desk is at one moment, as disk and database tell. Leaves what is wrong with that to `troubles`."""

import shutil
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from daemon.morning import day_before, keys
from daemon.settings import Settings
from domain.kinds import AT_WORK, MessageState, OutboxState
from domain.notice import SHANGHAI
from domain.value import Value
from store.desk import Store
from store.values import Levels

_ENDED = (OutboxState.SENT, OutboxState.CANCELLED)  #: of a digest: gone out, or taken back by staff


class Polled(Value):
    """When a mailbox was looked into."""

    last: datetime | None = None  #: end of the last look, for better or worse
    good: datetime | None = None  #: end of the last one that came to its end


class Vitals(Value):
    """What is measured, at one moment."""

    at: datetime
    levels: Levels
    polls: dict[str, Polled]  #: by account
    disk_free: int  #: bytes
    digest_day: date | None = None  #: whose digest must have gone out by now; None: none is due
    digest_missing: int = 0  #: of its readers, how many it has not gone out to

    @property
    def quarantined(self) -> int:
        return self.levels.messages.get(MessageState.QUARANTINED, 0)

    @property
    def held(self) -> int:
        return self.levels.letters.get(OutboxState.HELD, 0)

    @property
    def waiting(self) -> int:
        """Return how many messages wait to be read or decided."""
        return sum(self.levels.messages.get(state, 0) for state in AT_WORK)

    @property
    def waiting_s(self) -> float:
        """Return how long ago the oldest of them arrived, in seconds; 0 where none waits."""
        since = self.levels.waiting_since
        return max((self.at - since).total_seconds(), 0.0) if since else 0.0


def take(settings: Settings, store: Store, accounts: Iterable[str], now: datetime) -> Vitals:
    """Return how the desk is. Raises what a database or a disk that does not answer raises."""
    due = _digest_due(settings, now)
    wanted = keys(settings, due) if due else ()
    states = store.letter_states(wanted) if wanted else {}
    return Vitals(
        at=now,
        levels=store.levels(),
        polls={account: _polled(store, account) for account in accounts},
        disk_free=shutil.disk_usage(settings.directory).free,
        digest_day=due,
        digest_missing=sum(states.get(key) not in _ENDED for key in wanted),
    )


def _polled(store: Store, account: str) -> Polled:
    last, good = store.last_poll(account), store.last_poll(account, ok=True)
    return Polled(last=last.finished_at if last else None, good=good.finished_at if good else None)


def _digest_due(settings: Settings, now: datetime) -> date | None:
    """Return the day whose digest must have gone out by now, or None while there is still time, or no reader."""
    local = now.astimezone(SHANGHAI)
    hour = datetime.combine(local.date(), settings.digest.at, SHANGHAI)
    late = local >= hour + timedelta(minutes=settings.alerts.digest_minutes)
    return day_before(now) if late and settings.digest.to else None
