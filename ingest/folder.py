"""In charge of taking in mails from a watched directory of .eml files. The files stay where and as they are.

A file is read once it has been still for a while, so one that is being written is left for the next look. It is known by
name, size and time of change: a file that was written anew is read again, and sha256 makes that harmless.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Self

import structlog

from domain.records import Arrival
from ingest.arrival import arrival_of
from ingest.errors import IngestError, Unreachable
from ingest.poll import Clock, Collected, Tally
from store.desk import Store

_log = structlog.get_logger(__name__)


class ArrivalFrom(StrEnum):
    """What tells when a file's mail arrived."""

    HEADER = "header"  #: topmost Received, else Date, else the file's time of change (CONTRACT.md)
    FILE = "file"  #: the file's time of change: when whoever drops files here is the one to be believed


class FolderSource:
    """A directory, looked into again and again."""

    def __init__(
        self,
        directory: Path,
        *,
        arrival: ArrivalFrom = ArrivalFrom.HEADER,
        still: timedelta = timedelta(seconds=5),
    ) -> None:
        self.directory = directory
        self.arrival = arrival
        self.still = still  #: how long a file must not have changed

    @property
    def account(self) -> str:
        return f"folder:{self.directory.resolve()}"

    def collect(self, store: Store, now: Clock) -> Collected:
        """Take in every file that is new and still. See `Source`."""
        tally = Tally(str(self.directory))
        try:
            files = sorted(self._files(), key=lambda file: (file.changed, file.path.name))
        except OSError as error:
            return Collected(error=_unreadable(self.directory, error))
        known = store.known_uids(self.account, "", 1)
        tally.total = len(files)
        for file in files:
            if file.place not in known and now() - file.changed >= self.still:
                self._take_or_note(store, now, file, tally)
        return Collected((tally.report(),))

    def _files(self) -> Iterator["_File"]:
        for path in self.directory.iterdir():
            if path.suffix.lower() == ".eml" and path.is_file() and not path.is_symlink():
                yield _File.of(path)

    def _take_or_note(self, store: Store, now: Clock, file: "_File", tally: Tally) -> None:
        try:
            blob = store.archive.add(file.path)
            unchanged = _File.of(file.path) == file
        except OSError as error:
            _log.error("file_not_taken", uid=file.place, error=error.strerror)
            tally.failed += 1
            tally.notes.append(f"file {file.place}: {error.strerror}")
            return
        if unchanged:  # else it was written while being read: next time
            arrival = self._arrival(store, file, blob)
            tally.took(arrival, new=store.record_arrival(arrival, now()))

    def _arrival(self, store: Store, file: "_File", blob: str) -> Arrival:
        told = arrival_of(store.archive.path(blob)) if self.arrival is ArrivalFrom.HEADER else None
        return Arrival(
            account=self.account,
            folder="",
            uidvalidity=1,
            uid=file.place,
            sha256=blob,
            size=file.size,
            received_at=told or file.changed,
            source="folder",
        )


@dataclass(frozen=True)
class _File:
    """A file as it stood at one moment."""

    path: Path
    size: int
    changed_ns: int

    @classmethod
    def of(cls, path: Path) -> Self:
        stat = path.stat()
        return cls(path, stat.st_size, stat.st_mtime_ns)

    @property
    def changed(self) -> datetime:
        return datetime.fromtimestamp(self.changed_ns / 1e9, UTC)

    @property
    def place(self) -> int:
        """Its number in the ledger: 63 bits of name, size and time of change."""
        mark = f"{self.path.name}\0{self.size}\0{self.changed_ns}".encode("utf-8", "surrogateescape")
        return int.from_bytes(sha256(mark).digest()[:8]) >> 1


def _unreadable(directory: Path, error: OSError) -> IngestError:
    return Unreachable(
        f"{directory}: {error.strerror}", "Check that mailbox.directory exists and may be read by the daemon's user."
    )
