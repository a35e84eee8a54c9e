"""In charge of one look into a source of mail, and of the report on it. Leaves the looking to the sources
(`mailbox.ImapSource`, `folder.FolderSource`), what is taken in to `store`, and when to look again to `backoff`.

When `poll` returns, the server has been logged out of. Nothing is parsed here.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from domain.records import Arrival
from ingest.errors import IngestError
from store.desk import Store

Clock = Callable[[], datetime]  #: now, aware

_NOTES = 20  #: notes kept a folder; the rest is counted


@dataclass(frozen=True)
class FolderReport:
    """What one folder held."""

    folder: str
    total: int = 0  #: messages there
    new: int = 0  #: taken in now, and never seen before in any folder
    failed: int = 0  #: there, but not to be had: tried again at the next poll
    bytes: int = 0  #: fetched
    notes: tuple[str, ...] = ()  #: English, no personal data
    error: str = ""  #: why the folder could not be read


@dataclass(frozen=True)
class Collected:
    """What a source found, and what ended the look before its end, if anything did."""

    folders: tuple[FolderReport, ...] = ()
    error: IngestError | None = None


@dataclass(frozen=True)
class PollReport:
    """One look into a mailbox."""

    account: str
    started: datetime
    finished: datetime
    folders: tuple[FolderReport, ...] = ()
    error: IngestError | None = None  #: the look did not come to its end; its `mend` says what to do

    @property
    def ok(self) -> bool:
        """True when the look came to its end, even if single messages or folders were not to be had."""
        return self.error is None

    @property
    def total(self) -> int:
        return sum(folder.total for folder in self.folders)

    @property
    def new(self) -> int:
        return sum(folder.new for folder in self.folders)

    @property
    def failed(self) -> int:
        return sum(folder.failed for folder in self.folders)

    @property
    def bytes(self) -> int:
        return sum(folder.bytes for folder in self.folders)

    @property
    def errors(self) -> tuple[str, ...]:
        """All that went wrong, in English."""
        lines = [str(self.error)] if self.error else []
        lines += [f"{folder.folder}: {folder.error}" for folder in self.folders if folder.error]
        lines += [f"{folder.folder}: {folder.failed} not to be had" for folder in self.folders if folder.failed]
        return tuple(lines)


class Source(Protocol):
    """Where mail comes from."""

    @property
    def account(self) -> str:
        """The name it has in the ledger."""

    def collect(self, store: Store, now: Clock) -> Collected:
        """Take in all that is new. Raises no IngestError: it stands in what is returned."""


def poll(source: Source, store: Store, now: Clock) -> PollReport:
    """Take in all that is new at a source, and record the look.

    Faults of the mailbox are in the report; what rises is a fault of ours or of the database.
    """
    started = now()
    found = source.collect(store, now)
    report = PollReport(source.account, started, now(), found.folders, found.error)
    store.record_poll(
        report.account, report.started, report.finished, report.ok, "; ".join(report.errors), report.total, report.new
    )
    return report


@dataclass
class Tally:
    """A folder's report while it is being made."""

    folder: str
    total: int = 0
    new: int = 0
    failed: int = 0
    bytes: int = 0
    error: str = ""
    notes: list[str] = field(default_factory=list)

    def took(self, arrival: Arrival, *, new: bool) -> None:
        """Count a message that was taken in."""
        self.new += new
        self.bytes += arrival.size

    def report(self) -> FolderReport:
        """Return what was counted."""
        notes = tuple(self.notes[:_NOTES])
        if len(self.notes) > _NOTES:
            notes += (f"and {len(self.notes) - _NOTES} more",)
        return FolderReport(self.folder, self.total, self.new, self.failed, self.bytes, notes, self.error)
