"""In charge of the daily digest: composed for a day, queued once for each staff address."""

from datetime import date, datetime, timedelta

from daemon.settings import Settings
from domain.notice import SHANGHAI
from domain.records import Letter
from notify.digest import address_digest, write_digest
from notify.letters import PostOffice
from store.desk import Store


def day_before(now: datetime) -> date:
    """Return the day the morning's digest is about: yesterday, Shanghai's, which is over."""
    return now.astimezone(SHANGHAI).date() - timedelta(days=1)


def compose(settings: Settings, store: Store, day: date, now: datetime, *recipients: str) -> tuple[Letter, ...]:
    """Return the digest of a day, written once, for each of its readers. Reads every blob to verify it."""
    post = PostOffice(address=settings.mailbox.account, name=settings.smtp.sender_name, now=now)
    edition = write_digest(store, settings.notice, day, now, store.verify(now))
    return tuple(address_digest(edition, post, recipient) for recipient in recipients)


def queue_digest(settings: Settings, store: Store, day: date, now: datetime) -> int:
    """Queue the digest of a day for every staff address; return how many are new. A day's digest goes out once."""
    letters = compose(settings, store, day, now, *settings.digest.to) if settings.digest.to else ()
    with store.begin(now) as tx:
        return sum(tx.enqueue(letter) for letter in letters)


def is_due(settings: Settings, now: datetime) -> bool:
    """Tell whether today's hour has passed: a service that was down then sends the digest when it comes up."""
    return now.astimezone(SHANGHAI).time() >= settings.digest.at
