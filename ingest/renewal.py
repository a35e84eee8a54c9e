"""In charge of noticing a mailbox that began anew without saying so, and of telling its UIDs from the old ones.

NetEase's UIDVALIDITY is the constant 1 (research §1.4): after a rebuild the ledger would take new mails for old ones. So
where the server gives no UIDNEXT, the lowest and the highest UID that are in the ledger and on the server are looked at: has
a mail of that arrival been taken in? Where not, its bytes decide. A rebuilt folder gets its own generation of the ledger, a
UIDVALIDITY beyond the 32 bits of RFC 3501, and is read again; sha256 makes that harmless.
"""

from datetime import datetime, timedelta
from hashlib import sha256

from ingest.errors import FetchBroken
from ingest.session import Session
from store.desk import Store
from store.values import Cursor

_GENERATION = 1 << 32


def present_generation(cursor: Cursor | None, uidvalidity: int) -> int:
    """Return the ledger's UIDVALIDITY for what the server calls `uidvalidity`."""
    same = cursor is not None and cursor.uidvalidity % _GENERATION == uidvalidity
    return cursor.uidvalidity if cursor and same else uidvalidity


def next_generation(uidvalidity: int) -> int:
    """Return the ledger's UIDVALIDITY for a folder that began anew."""
    return uidvalidity + _GENERATION


class Renewal:
    """Remembers what was looked at and found to be the same, so that a quiet mailbox costs one FETCH a poll."""

    def __init__(self) -> None:
        self._seen: set[tuple[str, int, datetime]] = set()

    def happened(self, session: Session, store: Store, folder: str, standing: list[int]) -> bool:
        """Tell whether UIDs of the open folder that are in the ledger, ascending, now mean other mails."""
        try:
            arrivals = session.arrivals(sorted({*standing[:1], *standing[-1:]}))
        except FetchBroken:
            return False  # nothing can be told: no reason to read all again
        return any(not self._is_known(session, store, folder, uid, when) for uid, when in arrivals.items())

    def _is_known(self, session: Session, store: Store, folder: str, uid: int, when: datetime) -> bool:
        mark = (folder, uid, when)
        if mark not in self._seen:
            arrived = store.messages(since=when, until=when + timedelta(seconds=1))
            if not arrived and not _is_kept(session, store, uid):
                return False
            self._seen.add(mark)
        return True


def _is_kept(session: Session, store: Store, uid: int) -> bool:
    """Tell whether a mail's bytes are known, whatever its arrival: a copy keeps the arrival it came with first."""
    digest = sha256()
    try:
        fetched = session.fetch_to(uid, digest.update)
    except FetchBroken:
        return True
    return fetched is None or store.archive.has(digest.hexdigest())
