"""In charge of the daily digest: composed for a day, queued once for each staff address."""

from datetime import date, datetime, timedelta

from daemon.settings import Settings
from daemon.staff_desk import new_code
from domain.notice import SHANGHAI
from domain.records import Letter
from notify.digest import Edition, address_digest, write_digest
from notify.letters import PostOffice
from store.desk import Store


def day_before(now: datetime) -> date:
    """Return the day the morning's digest is about: yesterday, Shanghai's, which is over."""
    return now.astimezone(SHANGHAI).date() - timedelta(days=1)


def compose(settings: Settings, store: Store, day: date, now: datetime, *recipients: str) -> tuple[Letter, ...]:
    """Return the digest of a day, written once, for each of its readers. Reads every blob to verify it."""
    post, edition = _written(settings, store, day, now)
    return tuple(address_digest(edition, post, recipient) for recipient in recipients)


def _written(settings: Settings, store: Store, day: date, now: datetime) -> tuple[PostOffice, Edition]:
    post = PostOffice(address=settings.mailbox.account, name=settings.smtp.sender_name, now=now)
    return post, write_digest(store, settings.notice, day, now, store.verify(now))


def queue_digest(settings: Settings, store: Store, day: date, now: datetime) -> int:
    """Queue the digest of a day for every staff address; return how many are new. A day's digest goes out once."""
    if not settings.digest.to:
        return 0
    post, edition = _written(settings, store, day, now)
    codes = [new_code(recipient, now) for recipient in settings.digest.to]
    by_mail = bool(settings.staff.authserv)
    queued = 0
    with store.begin(now) as tx:
        for code, recipient in zip(codes, settings.digest.to, strict=True):
            if tx.enqueue(address_digest(edition, post, recipient, code.code if by_mail else "")):
                queued += 1
                if by_mail:
                    tx.issue_code(code)
    return queued


def is_due(settings: Settings, now: datetime) -> bool:
    """Tell whether today's hour has passed: a service that was down then sends the digest when it comes up."""
    return now.astimezone(SHANGHAI).time() >= settings.digest.at
