"""In charge of `backup`: a dated copy of the data directory beside earlier ones, taken while the daemon runs.

    DIR/2023-09-01-083000/{shoujian.db, blobs/, inbox_videos/}     works as --data

Written as `.partial` and renamed when it is whole, so that a name with a date is a whole backup. Leaves database and archive to `store`.
"""

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from daemon.fetched import FOLDER
from daemon.lock import at_work
from daemon.settings import ConfigError, Settings
from daemon.workshop import open_store
from domain.notice import SHANGHAI
from store.backup import Copied
from store.errors import CannotBackUp

_DATED = re.compile(r"\d{4}-\d\d-\d\d-\d{6}")
_PARTIAL = ".partial"


@dataclass(frozen=True)
class Backup:
    """A backup that was made."""

    path: Path
    copied: Copied
    watched: int  #: files of the watched folder


def back_up(settings: Settings, directory: Path, now: datetime) -> Backup:
    """Copy everything below a directory. Raises ConfigError, with the mend, where that cannot be."""
    try:
        with _claimed(directory, settings.directory), at_work(settings.directory), open_store(settings) as store:
            target = directory / _PARTIAL
            if target.exists():  # of a backup that was killed
                shutil.rmtree(target)
            target.mkdir(mode=0o700)
            before = _last(directory)
            copied = store.copy_to(target, before)
            watched = _copy_watched(settings.directory / FOLDER, target / FOLDER, before / FOLDER if before else None)
            os.sync()  # all of it on disk before it has its name
            path = directory / f"{now.astimezone(SHANGHAI):%Y-%m-%d-%H%M%S}"
            target.rename(path)
            os.sync()
    except CannotBackUp as error:
        raise ConfigError(str(error)) from error
    except OSError as error:
        raise ConfigError(f"backup to {directory} failed: {error.strerror}: check its space and rights") from error
    return Backup(path, copied, watched)


@contextmanager
def _claimed(directory: Path, data: Path) -> Iterator[None]:
    """Hold a directory of backups, ours alone: nothing of anybody else's lies in it, and no other backup runs."""
    if directory.resolve().is_relative_to(data.resolve()):
        raise ConfigError(f"{directory} lies in the data directory: a copy there is lost with it")
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    foreign = sorted(
        each.name for each in directory.iterdir() if each.name != _PARTIAL and not _DATED.fullmatch(each.name)
    )
    if foreign:
        raise ConfigError(
            f"{directory} holds what is no backup ({foreign[0]}): name an empty directory, or one of backups"
        )
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise ConfigError(f"another backup to {directory} is under way") from error
    finally:
        os.close(handle)


def _last(directory: Path) -> Path | None:
    return max((each for each in directory.iterdir() if _DATED.fullmatch(each.name)), default=None)


def _copy_watched(source: Path, target: Path, before: Path | None) -> int:
    """Copy the watched folder; what lies unchanged in the backup before is linked. Staff may be moving files: those are passed over."""
    count = 0
    for file in sorted(source.rglob("*")) if source.is_dir() else ():
        place = file.relative_to(source)
        with suppress(FileNotFoundError):
            if file.is_file() and not file.is_symlink():
                (target / place).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                _copy_file(file, target / place, before / place if before else None)
                count += 1
    for folder in (target, *target.rglob("*")) if target.is_dir() else ():
        if folder.is_dir():
            folder.chmod(0o700)
    return count


def _copy_file(file: Path, target: Path, before: Path | None) -> None:
    status = file.stat()
    if before and before.is_file() and _unchanged(before.stat(), status):
        os.link(before, target)
        return
    shutil.copyfile(file, target)
    target.chmod(0o600)
    os.utime(target, ns=(status.st_atime_ns, status.st_mtime_ns))


def _unchanged(one: os.stat_result, other: os.stat_result) -> bool:
    return (one.st_size, one.st_mtime_ns) == (other.st_size, other.st_mtime_ns)
