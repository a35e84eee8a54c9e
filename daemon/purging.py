"""In charge of `purge`: personal data of a call that is long over, erased from records, archive and the folders beside it.

Leaves the records to `store.purging`. Backups made before hold the data still: removing them is the operator's.
"""

import shutil
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog

from daemon.fetched import FOLDER
from daemon.lock import undisturbed
from daemon.settings import ConfigError, Settings
from daemon.workshop import open_store
from domain.case import Case
from domain.notice import Notice
from domain.units import home_unit
from store.desk import Store
from store.errors import StillRead
from store.purge_scope import Scope

_BETWEEN = ("tmp", "lent")  #: folders of what is half written or lent to readers, left by crashed processes

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Purged:
    """What a purge erased."""

    scope: Scope
    blobs: int
    files: int  #: of the watched folder and of tmp/


def what_would_go(settings: Settings, before: datetime, now: datetime) -> Scope:
    """Return what a purge would erase. Raises ConfigError for a moment that is yet to come."""
    _is_past(before, now)
    with open_store(settings) as store:
        return store.purge_scope(_latest(before, store))


def purge(settings: Settings, before: datetime, now: datetime, actor: str) -> Purged:
    """Erase personal data of what arrived before a moment; a purge that was cut short is brought to its end too.

    Raises ConfigError while the daemon or another command is at work.
    """
    _is_past(before, now)
    with undisturbed(settings.directory), open_store(settings) as store:
        before = _latest(before, store)
        store.begin_purge(before, now, actor)
        erased = store.erase_rows(before, now, lambda case: _unit_of_roster(case, settings.notice))
        blobs = store.erase_files()
        files = sum(_empty(settings.directory / name) for name in _BETWEEN) + _erase_watched(
            settings.directory / FOLDER, store
        )
        try:
            store.finish_purge(now)
        except StillRead as error:
            raise ConfigError(str(error)) from error
    log.info("purged", before=before.isoformat(), messages=len(erased.messages), cases=len(erased.cases), blobs=blobs)
    return Purged(erased, blobs, files)


def _is_past(before: datetime, now: datetime) -> None:
    if before > now:
        raise ConfigError(f"{before.date()} is yet to come: purge what is past its keeping time")


def _latest(before: datetime, store: Store) -> datetime:
    """Return the moment of a purge, or of one that was cut short where that is later."""
    return max((before, *store.open_purges()))


def _unit_of_roster(case: Case, notice: Notice) -> str | None:
    """Return the roster's name of a case's unit, which the figures count by; what else stands there may be a person."""
    unit = home_unit(case, notice)
    return unit.name if unit else None


def _erase_watched(folder: Path, store: Store) -> int:
    """Remove the watched folders of purged cases, whatever lies in them."""
    gone = 0
    for record in store.cases() if folder.is_dir() else ():
        if record.purged_at and record.case.number:
            gone += _remove(folder / record.case.number)
    return gone


def _empty(folder: Path) -> int:
    """Remove what crashed processes left half written; nobody is at work."""
    return sum(_remove(each) for each in folder.iterdir()) if folder.is_dir() else 0


def _remove(path: Path) -> int:
    """Remove a file or a folder; return how many files that were."""
    if path.is_dir() and not path.is_symlink():
        files = sum(each.is_file() for each in path.rglob("*"))
        shutil.rmtree(path)
        return files
    with suppress(FileNotFoundError):
        path.unlink()
        return 1
    return 0
