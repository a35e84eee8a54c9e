"""In charge of download links that die before anybody has fetched what they lead to."""

from datetime import datetime, timedelta

from domain.case import Case
from domain.kinds import Decision
from domain.mail import Link
from domain.notice import Notice
from domain.value import Value
from notify.deadline import days_left
from notify.quoting import quote
from store.briefs import LinkedCase
from store.desk import Store

_LINK_LIVES = timedelta(days=15)  # research §4: NetEase's links, the shortest-lived, where nothing is said
_NEAR = timedelta(days=7)  #: a link that dies so soon is told of, whenever the judging ends
_CLOSED = (Decision.REJECTED, Decision.WITHDRAWN)


class Expiring(Value):
    """A download link that dies before the judging ends, or soon."""

    number: str
    unit: str
    name: str
    code: str
    expires: datetime
    known: bool  #: False: no date was told, fifteen days are assumed
    days_left: int


def expiring(store: Store, notice: Notice, now: datetime) -> tuple[Expiring, ...]:
    """Return the links nobody has downloaded yet that die before the judging ends, or soon; the first to die first."""
    last = max(notice.judging_ends, now + _NEAR)
    found = (
        _entry(link, expires, linked.case, now)
        for linked in store.linked_cases(_CLOSED)
        for link in linked.case.awaited
        if (expires := _expiry(link, linked, store, last)) and expires <= last
    )
    return tuple(sorted(found, key=lambda link: link.expires))


def _expiry(link: Link, linked: LinkedCase, store: Store, last: datetime) -> datetime | None:
    """Return when a link dies: as told, else as assumed from the day it came; None for one that never does, or after `last`."""
    if link.never_expires:
        return None
    if link.expires_at or linked.case.first_received_at + _LINK_LIVES > last:
        return link.expires_at
    return _came(link, linked, store) + _LINK_LIVES


def _came(link: Link, linked: LinkedCase, store: Store) -> datetime:
    """Return the arrival of the first mail of the case that brought a link."""
    for sha256 in linked.messages if len(linked.messages) > 1 else ():
        mail, message = store.mail(sha256), store.message(sha256)
        if mail and message and any(each.url == link.url for each in mail.links):
            return message.received_at
    return linked.case.first_received_at


def _entry(link: Link, expires: datetime, case: Case, now: datetime) -> Expiring:
    return Expiring(
        number=case.number or "",
        unit=quote(case.unit, 30),
        name=quote(link.name, 40) or quote(link.host, 40),
        code=quote(link.code, 12),
        expires=expires,
        known=link.expires_at is not None,
        days_left=days_left(expires, now),
    )
