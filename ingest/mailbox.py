r"""In charge of taking in what is new in an IMAP mailbox: which UIDs, each whole, into the archive, then the ledger.

What is wanted is `UID SEARCH ALL` minus the ledger (research §0.2, §1.4): never a high-water mark, \Seen or a date, so
holes stay visible and staff may read and move as they like. A broken connection is replaced, and the look goes on where
the ledger says; a broken message is struck, noted and passed by. Leaves the wire to `session`, one message to `taking`.
"""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import structlog

from ingest.access import MailboxAccess
from ingest.answers import Examined
from ingest.errors import FetchBroken, FolderRefused, IngestError, Unreachable
from ingest.poll import Clock, Collected, FolderReport, Tally
from ingest.renewal import Renewal, next_generation, present_generation
from ingest.session import Session, open_session
from ingest.taking import Place, Taking
from store.desk import Store

STRIKES_A_POLL = 3  #: connections one message may break in one poll
STRIKES = 9  #: failures after which a message is left alone until the daemon starts again

_log = structlog.get_logger(__name__)


class ImapSource:
    """A mailbox, looked into again and again. Remembers between polls only what saves work."""

    def __init__(
        self, access: MailboxAccess, *, reconnects: int = 3, pause: Callable[[float], None] = time.sleep
    ) -> None:
        self.access = access
        self.reconnects = reconnects  #: new connections in a row that bring nothing before a poll gives up
        self.pause = pause  #: seconds between them
        self.strikes: Counter[Place] = Counter()
        self.moved: Callable[[], None] = _nothing  #: told with each message that polling goes on
        self.exists: dict[str, int] = {}  #: messages in a folder when it was last read to its end
        self.renewal = Renewal()

    @property
    def account(self) -> str:
        return self.access.account

    def collect(self, store: Store, now: Clock) -> Collected:
        """Take in all that is new. See `Source`."""
        visit = _Visit(self, store, now)
        barren = 0
        while True:
            steps = visit.steps
            try:
                with open_session(self.access) as session:
                    visit.read(session)
                return Collected(visit.reports(), visit.refusal())
            except Unreachable as error:
                barren = 0 if visit.steps > steps else barren + 1
                _log.warning("connection_lost", error=str(error), barren=barren)
                if barren > self.reconnects:
                    return Collected(visit.reports(), error)
                self.pause(2.0**barren)
            except IngestError as error:
                return Collected(visit.reports(), error)


class _Visit:
    """One poll of one mailbox, over as many connections as it takes."""

    def __init__(self, source: ImapSource, store: Store, now: Clock) -> None:
        self._source = source
        self._store = store
        self._now = now
        self._taking: Taking  #: of the present connection
        self._wanted: tuple[str, ...] = ()
        self._tallies: dict[str, Tally] = {}
        self._done: set[str] = set()
        self._passed_by: set[Place] = set()
        self._strikes: Counter[Place] = Counter()
        self.steps = 0  #: grows with everything that need not be done again

    def read(self, session: Session) -> None:
        """Read every folder that was not read yet. What was fetched is in the ledger afterwards, however the talk ended."""
        self._wanted = self._wanted or session.wanted_folders()
        with Taking(self._source.account, self._store, self._now) as self._taking:
            for folder in self._wanted:
                if folder not in self._done:
                    self._read_or_note(session, folder)
                    self._done.add(folder)
                    self.steps += 1

    def reports(self) -> tuple[FolderReport, ...]:
        return tuple(tally.report() for tally in self._tallies.values())

    def refusal(self) -> FolderRefused | None:
        """Return an error when no folder at all could be opened."""
        errors = [tally.error for tally in self._tallies.values()]
        return FolderRefused("; ".join(errors)) if errors and all(errors) else None

    def _read_or_note(self, session: Session, folder: str) -> None:
        tally = self._tallies.setdefault(folder, Tally(folder))
        try:
            self._read_folder(session, folder, tally)
        except FolderRefused as refusal:
            _log.warning("folder_refused", folder=folder, error=str(refusal))
            tally.error = str(refusal)

    def _read_folder(self, session: Session, folder: str, tally: Tally) -> None:
        examined = self._believed(session.examine(folder))
        tally.total = examined.exists
        if self._unchanged(examined):
            return
        listed = session.uids(examined.exists) if examined.exists else []
        generation, known = self._ledger(session, examined, listed)
        wanted = [uid for uid in listed if uid not in known]
        for uid in wanted:
            self._take_or_note(session, Place(folder, generation, uid), tally)
        self._taking.settle()
        if wanted:
            known = self._store.known_uids(self._source.account, folder, generation)
        self._remember(examined, generation, listed, set(wanted) - known)

    def _believed(self, examined: Examined) -> Examined:
        """Return what may be believed of a folder: a UIDNEXT that some provider makes up says nothing."""
        return examined if self._source.access.provider.tells_uidnext else replace(examined, uidnext=None)

    def _unchanged(self, examined: Examined) -> bool:
        """Tell whether nothing can have come: RFC 3501 §2.3.1.1, where the server tells UIDNEXT at all."""
        cursor = self._store.cursor(self._source.account, examined.name)
        return (
            cursor is not None
            and examined.uidnext is not None
            and cursor.uidnext == examined.uidnext
            and cursor.uidvalidity == examined.uidvalidity
            and self._source.exists.get(examined.name) == examined.exists
        )

    def _ledger(self, session: Session, examined: Examined, listed: list[int]) -> tuple[int, set[int]]:
        """Return the generation of UIDs that counts, and which of them are in the ledger."""
        account, folder = self._source.account, examined.name
        generation = present_generation(self._store.cursor(account, folder), examined.uidvalidity)
        known = self._store.known_uids(account, folder, generation)
        standing = sorted(known.intersection(listed))
        if examined.uidnext is None and self._source.renewal.happened(session, self._store, folder, standing):
            _log.warning("mailbox_renewed", folder=folder)
            generation, known = next_generation(generation), set()
            self._store.save_cursor(account, folder, generation, 0, 0)
        return generation, known

    def _take_or_note(self, session: Session, place: Place, tally: Tally) -> None:
        """Take one message in; whatever is wrong with it ends here, unless the connection has to be replaced."""
        if place in self._passed_by:
            return
        if self._source.strikes[place] >= STRIKES:
            self._pass_by(place, tally, f"left alone after {STRIKES} failures until the next start")
            return
        self._source.moved()
        try:
            self._take(session, place, tally)
        except FetchBroken as broken:
            self._strike(place)
            self._pass_by(place, tally, str(broken))
        except Unreachable as lost:
            if self._strike(place) >= STRIKES_A_POLL:
                self._pass_by(place, tally, f"broke {STRIKES_A_POLL} connections: {lost}")
            raise

    def _take(self, session: Session, place: Place, tally: Tally) -> None:
        if not self._taking.take(session, place, tally):
            self._strike(place)
            self._passed_by.add(place)
            tally.notes.append(f"UID {place.uid}: gone before it was fetched")
        self.steps += 1

    def _strike(self, place: Place) -> int:
        """Count a failure of one message; return how many it had in this poll."""
        self._source.strikes[place] += 1
        self._strikes[place] += 1
        return self._strikes[place]

    def _pass_by(self, place: Place, tally: Tally, why: str) -> None:
        self._passed_by.add(place)
        tally.failed += 1
        tally.notes.append(f"UID {place.uid}: {why}")
        self.steps += 1
        _log.error("mail_not_fetched", folder=place.folder, uid=place.uid, why=why)

    def _remember(self, examined: Examined, generation: int, listed: list[int], missing: set[int]) -> None:
        """Note how far the folder was taken in without a hole; with one, the next poll must look again."""
        account, folder = self._source.account, examined.name
        uidnext = 0 if missing else examined.uidnext or 0
        highest = max((uid for uid in listed if uid < min(missing, default=uid + 1)), default=0)
        cursor = self._store.cursor(account, folder)
        if cursor is None or (cursor.uidvalidity, cursor.uidnext, cursor.highest) != (generation, uidnext, highest):
            self._store.save_cursor(account, folder, generation, uidnext, highest)
        self._source.exists[folder] = examined.exists


def _nothing() -> None:
    """Tell nobody."""
