"""In charge of bringing one message from a session into the archive, whole, and of what the ledger is told of it.

Leaves making it durable to `intake`, and which messages are wanted to `mailbox`.
"""

from contextlib import ExitStack
from functools import partial
from types import TracebackType
from typing import NamedTuple, Self

import structlog

from domain.records import Arrival
from ingest.answers import Fetched
from ingest.arrival import arrival_of
from ingest.errors import NotKept
from ingest.intake import Intake, Landed
from ingest.literal import Write
from ingest.poll import Clock, Tally
from ingest.session import Session
from ingest.wholeness import Wholeness
from store.archive import Incoming
from store.desk import Store

FETCHES = 3  #: of a message without its closing boundary; then it is taken as it is (research §1.6)

_log = structlog.get_logger(__name__)


class Place(NamedTuple):
    """Where a message stands: the ledger's key without the account."""

    folder: str
    uidvalidity: int  #: of the present generation (see `renewal`)
    uid: int


class Taking:
    """Takes messages of one account in. Use once, as a context manager; after it, or `settle`, all are in the ledger."""

    def __init__(self, account: str, store: Store, now: Clock) -> None:
        self._account = account
        self._store = store
        self._now = now
        self._intake = Intake(store, now)

    def take(self, session: Session, place: Place, tally: Tally) -> bool:
        """Fetch one message and hand it to the intake; False: it is no longer on the server.

        Raises:
            NotKept: the archive failed, with this message or with one handed over before.
        """
        try:
            return self._take(session, place, tally)
        except OSError as error:
            raise NotKept(f"the archive failed: {error.strerror}") from error

    def settle(self) -> None:
        """Return when all that was taken is in the ledger."""
        self._intake.settle()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._intake.__exit__(kind, error, trace)

    def _take(self, session: Session, place: Place, tally: Tally) -> bool:
        for turn in range(1, FETCHES + 1):
            whole = Wholeness()
            with ExitStack() as held:
                incoming = held.enter_context(self._store.archive.incoming())
                fetched = session.fetch_to(place.uid, _both(incoming.write, whole.feed))
                if fetched is None:
                    return False
                if whole.complete or turn == FETCHES:
                    held.pop_all()  # the intake has it from here
                    self._hand_over(incoming, place, fetched, tally, complete=whole.complete)
                    return True
            _log.warning("mail_not_whole", folder=place.folder, uid=place.uid, size=fetched.size)
        return False

    def _hand_over(self, incoming: Incoming, place: Place, fetched: Fetched, tally: Tally, *, complete: bool) -> None:
        if fetched.announced not in (None, fetched.size):
            tally.notes.append(f"UID {place.uid}: {fetched.size} bytes came, {fetched.announced} were announced")
        if not complete:
            tally.notes.append(f"UID {place.uid}: no closing boundary after {FETCHES} fetches, taken as it is")
        arrival = partial(self._arrival, place, fetched, complete=complete)
        self._intake.put(Landed(incoming, arrival, partial(_took, tally)))

    def _arrival(self, place: Place, fetched: Fetched, sha256: str, *, complete: bool) -> Arrival:
        return Arrival(
            account=self._account,
            folder=place.folder,
            uidvalidity=place.uidvalidity,
            uid=place.uid,
            sha256=sha256,
            size=fetched.size,
            received_at=fetched.received_at or arrival_of(self._store.archive.path(sha256)) or self._now(),
            incomplete=not complete,
        )


def _took(tally: Tally, arrival: Arrival, new: bool) -> None:
    tally.took(arrival, new=new)
    _log.info("mail_archived", folder=arrival.folder, uid=arrival.uid, sha256=arrival.sha256, new=new)


def _both(write: Write, feed: Write) -> Write:
    """Return a sink that gives each piece to both."""

    def both(piece: bytes) -> None:
        write(piece)
        feed(piece)

    return both
