"""In charge of `check`: what the daemon would do with these mails, judged in order of arrival in a throw-away store."""

import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog

from daemon.contract import Json, message_line
from daemon.desk import Desk
from daemon.journal import english
from daemon.pipeline import Processed, process
from daemon.settings import ConfigError, Settings
from daemon.workshop import clock, open_desk, open_store
from domain.case import Outcome, Reading
from domain.kinds import Decision, MessageKind
from domain.mail import Mail
from domain.records import Arrival, Claimed
from ingest.arrival import arrival_of
from parsers.subject import read_subject
from store.owners import owner

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Sample:
    """A file to be checked, and when it would have arrived."""

    path: Path
    received_at: datetime


def find(paths: Iterable[Path]) -> list[Path]:
    """Return the mail files among paths, folders searched to the bottom. Raises ConfigError for a path that is not there."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(file for file in path.rglob("*") if file.is_file() and not file.name.startswith("."))
        elif path.is_file():
            found.append(path)
        else:
            raise ConfigError(f"no such file or folder: {path}")
    return found


def check(paths: Iterable[Path], settings: Settings, received_at: datetime | None = None) -> Iterator[Json]:
    """Yield one object a message (CONTRACT.md), in order of arrival. Nothing is kept, no network is used."""
    samples = sorted(
        (Sample(path, received_at or arrival_of(path) or clock()) for path in find(paths)),
        key=lambda sample: (sample.received_at, sample.path.name),
    )
    with tempfile.TemporaryDirectory(prefix="shoujian-check-") as scratch:
        data = settings.data.model_copy(update={"directory": Path(scratch), "database": None})
        passing = settings.model_copy(update={"data": data})
        with open_store(passing) as store, open_desk(passing, store) as desk:
            for uid, sample in enumerate(samples, 1):
                yield _check_one(sample, uid, desk)


def _check_one(sample: Sample, uid: int, desk: Desk) -> Json:
    arrival = _arrival(sample, uid, desk)
    desk.store.record_arrival(arrival, clock())
    claimed = desk.store.claim_message(owner(), clock(), lease_seconds=3600.0)
    done = _process(claimed, desk) if claimed else Processed(_second_copy(arrival, desk), None)
    return message_line(done.outcome, sample.path.name, done.letter, desk.notice)


def _arrival(sample: Sample, uid: int, desk: Desk) -> Arrival:
    return Arrival(
        account="check",
        folder="INBOX",
        uidvalidity=1,
        uid=uid,
        sha256=desk.store.archive.add(sample.path),
        size=sample.path.stat().st_size,
        received_at=sample.received_at,
        source="import",
    )


def _process(claimed: Claimed, desk: Desk) -> Processed:
    try:
        return process(claimed, desk, clock())
    except Exception as error:
        log.error("cannot be judged", sha256=claimed.sha256[:12], error=english(error)[:300], exc_info=True)
        return Processed(_unreadable(claimed, error, desk), None)


def _second_copy(arrival: Arrival, desk: Desk) -> Outcome:
    """Return the outcome of bytes that came before: nothing is judged or answered again."""
    first = desk.store.outcome(arrival.sha256)
    reading = first.reading if first else _reading(arrival.sha256, arrival.received_at, desk)
    return Outcome(
        reading=reading.model_copy(update={"received_at": arrival.received_at}),
        kind=MessageKind.DUPLICATE,
        decision=Decision.DUPLICATE,
        roles=first.roles if first else {},
        duplicate_of=arrival.sha256,
        reason="the same bytes came before",
    )


def _unreadable(claimed: Claimed, error: Exception, desk: Desk) -> Outcome:
    """Return the outcome of a mail that could not be judged: a person looks."""
    return Outcome(
        reading=_reading(claimed.sha256, claimed.received_at, desk),
        kind=MessageKind.SUBMISSION,
        decision=Decision.MANUAL_REVIEW,
        reason=f"cannot be judged: {type(error).__name__}",
    )


def _reading(sha256: str, received_at: datetime, desk: Desk) -> Reading:
    """Return what is known of a mail whose files could not be read."""
    mail = desk.store.mail(sha256) or Mail(sha256=sha256, size=0)
    return Reading(mail=mail, subject=read_subject(mail.subject), facts={}, received_at=received_at)
