"""In charge of files that staff fetched from links: found in the watched folder, archived, entered for work, put away once recorded.

What happens in between is the pipeline's: a note stands in the ledger where a mail would (`fetch_note`), is claimed under a lease and
judged like any mail. Killed anywhere, the next look goes on: what the case holds is put away, what it lacks is entered again.
"""

from datetime import datetime, timedelta
from pathlib import Path

import structlog

from daemon import fetch_note
from daemon.desk import Desk
from daemon.fetch_note import FetchedFile, FetchNote
from domain.kinds import ARCHIVES, AT_WORK, WORD, Decision, Kind
from domain.records import CaseRecord
from ingest.watched import Batch, WatchedFile, WatchedFolder
from parsers.kinds.sniffing import sniff
from parsers.sandbox import ReadFailed
from store.desk import Store

log = structlog.get_logger(__name__)

FOLDER = "inbox_videos"  #: in the data directory
#: What a link can have led to. A page of HTML is the provider's "please log in", and no applicant's.
USABLE = ARCHIVES | WORD | {Kind.VIDEO, Kind.PDF, Kind.OFD, Kind.IMAGE, Kind.ODT, Kind.RTF}
_OPEN = (Decision.MANUAL_REVIEW, Decision.NEEDS_SUPPLEMENT)
_CLOSED = (Decision.REJECTED, Decision.WITHDRAWN)
_SNIFF_S = 60.0
_LONGEST = timedelta(hours=2)  #: what is recorded now bears the time its work began: no lease is longer


def awaits_download(record: CaseRecord) -> bool:
    """Tell whether a case is decided on a link so far: somebody has to download what it leads to."""
    return (
        record.decision in _OPEN
        and not record.purged_at
        and any(finding.code == "video_link_only" for finding in record.findings)
    )


class FetchDesk:
    """The watched folder beside the desk. One thread uses it."""

    def __init__(self, desk: Desk, folder: WatchedFolder, max_bytes: int) -> None:
        self.folder = folder
        self._desk, self._max_bytes = desk, max_bytes
        self._looked: datetime | None = None  #: cases changed before have their folders
        self._taken: dict[WatchedFile, str] = {}  #: sha256 of files that wait, so that large ones are read once

    def look(self, now: datetime) -> int:
        """Make the folders staff need, put away what is recorded, enter what is new; return how many notes were entered."""
        try:
            self._prepare(now)
            batches = list(self.folder.batches(now))
        except OSError as error:  # a file that went away meanwhile, or rights that staff mend
            log.warning("watched folder", error=str(error), mend="check rights and space of the data directory")
            return 0
        waiting = {file for batch in batches for file in batch.files}
        self._taken = {file: sha256 for file, sha256 in self._taken.items() if file in waiting}
        return sum(self._consider(batch, now) for batch in batches)

    def awaiting(self, since: datetime | None = None) -> tuple[CaseRecord, ...]:
        """Return the cases somebody has to download something for."""
        found = (record for decision in _OPEN for record in self._desk.store.cases(decision=decision, since=since))
        return tuple(record for record in found if awaits_download(record))

    def _prepare(self, now: datetime) -> None:
        self.folder.prepare(record.case.number for record in self.awaiting(self._looked) if record.case.number)
        self._looked = now - _LONGEST

    def _consider(self, batch: Batch, now: datetime) -> bool:
        record = self._desk.store.case(batch.number)
        if record is None or record.purged_at or record.decision in _CLOSED:
            return False
        try:
            fresh = self._fresh(batch, record)
        except OSError as error:  # one file that cannot be read stops no other case
            log.warning("fetched file not taken", case=batch.number, error=error.strerror)
            return False
        return bool(fresh) and not _is_pending(batch.number, self._desk.store) and self._enter(fresh, record, now)

    def _fresh(self, batch: Batch, record: CaseRecord) -> list[FetchedFile]:
        """Archive the files of a batch and return those the case does not hold; the others are put away."""
        held = _held(record, self._desk.store)
        fresh: dict[str, FetchedFile] = {}
        for file in batch.files:
            if file not in self._taken and (file.size > self._max_bytes or not self.is_usable(file.path)):
                log.warning("fetched file refused", case=batch.number, size=file.size)
                self.folder.refuse(file)
                continue
            sha256 = self._taken.get(file) or self.folder.take(file, self._desk.store.archive)
            if sha256 is None:
                return []  # it changed after all: the whole batch waits
            self._taken[file] = sha256
            if sha256 in held:
                self.folder.done(file)
            else:
                fresh[sha256] = FetchedFile(name=file.path.name, sha256=sha256, size=file.size)
        return list(fresh.values())

    def is_usable(self, path: Path) -> bool:
        """Tell by content whether a file can be what a link led to."""
        try:
            with self._desk.sandbox.lent(path, copied=True) as near:  # a link would look like a change
                kind: Kind = self._desk.sandbox.run(sniff, near, seconds=_SNIFF_S)[0]
        except ReadFailed as failure:
            log.warning("fetched file not told", problem=failure.problem)
            return False
        return kind in USABLE

    def _enter(self, files: list[FetchedFile], record: CaseRecord, now: datetime) -> bool:
        note = FetchNote(number=record.case.number or "", files=tuple(files))
        arrival = fetch_note.enter(note, record, self._desk.store)
        entered = self._desk.store.record_arrival(arrival, now)
        if entered:
            log.info("fetched", case=note.number, files=len(files), bytes=sum(file.size for file in files))
        return entered


def _held(record: CaseRecord, store: Store) -> set[str]:
    """Return the sha256 of every file that the mails and notes of a case brought, archives included."""
    mails = (store.mail(sha256) for sha256 in record.messages)
    return {part.sha256 for mail in mails if mail for part in mail.parts}


def _is_pending(number: str, store: Store) -> bool:
    """Tell whether a note for the case waits for work: what it brings is not entered a second time."""
    waiting = (message for state in AT_WORK for message in store.messages(state=state))
    return any(message.account == fetch_note.SOURCE and message.folder == number for message in waiting)
