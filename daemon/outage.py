"""In charge of telling a fault of this machine from a fault of a mail: disk full or read-only, database locked or gone.

What the machine cannot do now it can do later: no mail is blamed, no try is counted, and the log says it in one line, not every two seconds.
"""

import errno
import logging
import time
from collections.abc import Iterator

import structlog
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from ingest.errors import NotKept

log = structlog.get_logger(__name__)

_DISK = frozenset(
    (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EMFILE, errno.ENFILE, errno.EACCES, errno.EPERM)
)
#: How SQLite says so (sqlite.org/rescode); any other of its operational errors is a mistake of ours.
_SQLITE = ("database is locked", "disk is full", "disk I/O error", "readonly database", "unable to open database file")
_MEND = "make room on the disk of the data directory, check its rights and the database; work goes on by itself"
_EVERY_S = 60.0  #: at most one line so often about the same


def outage(error: BaseException) -> str:
    """Return in one line what this machine cannot do just now, "" where the error is no fault of the machine."""
    return next((told for each in _chain(error) if (told := _told(each))), "")


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _told(error: BaseException) -> str:
    if isinstance(error, NotKept):
        return str(error)
    if isinstance(error, OSError) and error.errno in _DISK:
        return f"{error.strerror}: {error.filename}" if error.filename else str(error.strerror)
    if isinstance(error, OperationalError | InterfaceError):
        return _of_database(error)
    return ""


def _of_database(error: DBAPIError) -> str:
    said = " ".join(str(error.orig).split())[:200]
    if "sqlite3" not in type(error.orig).__module__:
        return f"database: {said}"
    return f"database: {said}" if any(sign in said for sign in _SQLITE) else ""


class Outages(logging.Filter):
    """Makes one line of what the scheduler logs when a job meets an outage; other errors keep their trace."""

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if error is None or not (told := outage(error)):
            return True
        self.say(told)
        return False

    def tell(self, error: Exception, what: str) -> None:
        """Log an error: an outage in one line, anything else with its trace."""
        if told := outage(error):
            self.say(told)
        else:
            log.error(what, exc_info=error)

    def say(self, told: str) -> None:
        """Log an outage, unless that was done a moment ago."""
        now = time.monotonic()
        if now - self._said.get(told, -_EVERY_S) >= _EVERY_S:
            self._said[told] = now
            log.error("put off", error=told, mend=_MEND)
