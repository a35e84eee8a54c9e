"""In charge of which troubles are open, and what of them is yet to be told to whom: the whole memory of alerting, on disk.

A file of its own, not a table: when the database is the trouble, this must still hold. News is written down before it is
sent and struck out after: a process killed in between sends it again with the same Message-ID, and never forgets it.
"""

import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import ValidationError

from daemon.troubles import Seen
from domain.value import Value
from notify.alerts import Alert, News, compose_alert
from notify.trouble_words import Evidence, Trouble
from store.archive import sync_directory

_STALE = timedelta(days=3)  #: news that could not be told for so long is news no more


class Open(Value):
    """A trouble that was raised and is not over."""

    since: datetime
    told_at: datetime  #: when news of it was last written down
    gone_since: datetime | None = None  #: it is not seen any more, and may come back


class Dispatch(Value):
    """News on its way: `to` are the ways it has yet to go."""

    alert: Alert
    to: tuple[str, ...]


class Book(Value):
    """What is open and what is yet to be told, oldest first."""

    open: dict[Trouble, Open] = {}
    due: tuple[Dispatch, ...] = ()


class Manner(Value):
    """When a trouble is told of again, and when it counts as over."""

    remind: timedelta
    calm: timedelta
    call: str  #: the call's name
    ways: tuple[str, ...]


def turned(book: Book, seen: Seen, manner: Manner, now: datetime) -> Book:
    """Return the book after a look: what is new is raised, what lasts is reminded of, what is gone for good is told once."""
    opened, news = dict(book.open), list[Alert]()
    for trouble, evidence in seen.items():
        known = book.open.get(trouble)
        after, told = _step(trouble, known, evidence, manner, now)
        if told:
            news.append(told)
        if after:
            opened[trouble] = after
        else:
            opened.pop(trouble, None)
    kept = tuple(each for each in book.due if now - each.alert.at < _STALE)
    return Book(open=opened, due=(*kept, *(Dispatch(alert=alert, to=manner.ways) for alert in news)))


def _step(
    trouble: Trouble, known: Open | None, evidence: Evidence, manner: Manner, now: datetime
) -> tuple[Open | None, Alert | None]:
    """Return how a trouble stands after a look, and what is to be told of it."""
    if known is None:
        if not evidence:
            return None, None
        return Open(since=now, told_at=now), compose_alert(trouble, News.RAISED, evidence, now, now, manner.call)
    if evidence:
        here = known.model_copy(update={"gone_since": None})
        if now - known.told_at < manner.remind:
            return here, None
        reminder = compose_alert(trouble, News.REMINDED, evidence, known.since, now, manner.call)
        return here.model_copy(update={"told_at": now}), reminder
    gone_since = known.gone_since or now
    if now - gone_since < manner.calm:
        return known.model_copy(update={"gone_since": gone_since}), None
    return None, compose_alert(trouble, News.OVER, evidence, known.since, gone_since, manner.call)


def told(book: Book, key: str, way: str) -> Book:
    """Return the book with one piece of news struck out for one way."""
    left = [
        each.model_copy(update={"to": tuple(to for to in each.to if to != way)}) if each.alert.key == key else each
        for each in book.due
    ]
    return book.model_copy(update={"due": tuple(each for each in left if each.to)})


def load(file: Path) -> Book:
    """Return the book a file holds; an empty one where there is none, or none that can be read."""
    try:
        return Book.model_validate_json(file.read_bytes())
    except (FileNotFoundError, ValidationError):
        return Book()


def save(book: Book, file: Path) -> None:
    """Write the book: whole or not at all, on disk when this returns. Raises OSError."""
    new = file.with_name(f"{file.name}.new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as written:
        written.write(book.model_dump_json().encode())
        written.flush()
        os.fsync(written.fileno())
    new.replace(file)
    sync_directory(file.parent)


def ways(to: Sequence[str], command: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the ways news goes: each address, and the program where there is one."""
    return (*dict.fromkeys(to), *(["command"] if command else []))
