"""In charge of the daily digest: composed for a day, queued once for each staff address."""

from datetime import date, datetime, timedelta

from daemon.settings import Settings
from daemon.staff_desk import new_code
from domain.notice import SHANGHAI
from domain.records import Letter
from notify.digest import Edition, address_digest, digest_key, write_digest
from notify.letters import PostOffice
from store.desk import Store


def day_before(now: datetime) -> date:
    """Return the day the morning's digest is about: yesterday, Shanghai's, which is over."""
    return now.astimezone(SHANGHAI).date() - timedelta(days=1)


def compose(settings: Settings, store: Store, day: date, now: datetime, *recipients: str) -> tuple[Letter, ...]:
    """Return the digest of a day, written once, for each of its readers. Reads the blobs whose turn it is to verify them."""
    post, edition = _written(settings, store, day, now)
    return tuple(address_digest(edition, post, recipient) for recipient in recipients)


def _written(
    settings: Settings, store: Store, day: date, now: datetime, discrepancies: tuple[str, ...] | None = None
) -> tuple[PostOffice, Edition]:
    post = PostOffice(address=settings.mailbox.account, name=settings.smtp.sender_name, now=now)
    found = store.verify(now, turn=now.toordinal()) if discrepancies is None else discrepancies
    several = settings.accounts if settings.mailboxes else ()
    return post, write_digest(store, settings.notice, day, now, found, several)


def keys(settings: Settings, day: date) -> tuple[str, ...]:
    """Return the keys of a day's digest, one for each of its readers."""
    return tuple(digest_key(day, recipient) for recipient in settings.digest.to)


def queue_digest(
    settings: Settings, store: Store, day: date, now: datetime, discrepancies: tuple[str, ...] | None = None
) -> int:
    """Queue the digest of a day for every staff address; return how many are new. A day's digest goes out once.

    `discrepancies` is what `Store.verify` found just now; None: it is run here, which reads the blobs whose turn it is.
    """
    if _is_queued(settings, store, day):
        return 0
    post, edition = _written(settings, store, day, now, discrepancies)
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


def is_due(settings: Settings, store: Store, now: datetime) -> bool:
    """Tell whether today's hour has passed without a digest: a service that was down then sends it when it comes up."""
    return now.astimezone(SHANGHAI).time() >= settings.digest.at and not _is_queued(settings, store, day_before(now))


def _is_queued(settings: Settings, store: Store, day: date) -> bool:
    """Tell whether every reader's digest of a day is in the outbox, in whatever state."""
    wanted = set(keys(settings, day))
    return store.letter_states(wanted).keys() == wanted
