"""In charge of one conversation with an IMAP server (RFC 3501): login, ID, folders, UIDs, one message at a time to a file.

Reads only: EXAMINE and BODY.PEEK[], so no flag changes (research §0, §1). Every error leaves as an `IngestError`; after
one, except `FetchBroken` and `FolderRefused`, the session is over and a new one is needed. Leaves which messages are
wanted to `poll`, and the wire's dialects at login to `handshake`.
"""

import imaplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import structlog
from imapclient.response_parser import parse_fetch_response

from ingest.access import MailboxAccess
from ingest.answers import Examined, Fetched, Line, arrival, expect_ok, readable, uids_of, value, without_literals
from ingest.errors import FetchBroken, FolderRefused, IngestError, Unreachable, UnsafeLogin
from ingest.handshake import Identity, connect, is_unsafe_login
from ingest.listing import Folder, junk_like, parse_list, sent
from ingest.literal import LiteralTap, Write

LOST = (imaplib.IMAP4.abort, OSError, EOFError, ssl.SSLError)  #: after these a connection is gone (research §1.6)

_log = structlog.get_logger(__name__)


class Session:
    """An open, logged-in, identified connection. Made by `open_session`."""

    def __init__(self, access: MailboxAccess) -> None:
        self._access = access
        self._identity = Identity.NAMED
        self._connect()

    def folders(self) -> tuple[Folder, ...]:
        """Return all folders that can be opened, as LIST tells them (RFC 3501 §7.2.2, RFC 6154).

        Raises:
            Unreachable, FolderRefused: no answer, or a refusal.
        """
        with self._talking("LIST", FolderRefused):
            typ, data = self._client._imap.list()
            expect_ok("LIST", typ, data)
            return parse_list(data)

    def wanted_folders(self) -> tuple[str, ...]:
        """Return the names of the folders to poll: the configured ones, else the inbox and the junk-like ones."""
        if self._access.folders:
            return self._access.folders
        names = self._access.provider.junk_names
        return ("INBOX", *(folder.name for folder in self.folders() if junk_like(folder, names)))

    def sent_folder(self) -> str | None:
        """Return the name of the folder of sent mail, or None."""
        names = self._access.provider.sent_names
        return next((folder.name for folder in self.folders() if sent(folder, names)), None)

    def examine(self, folder: str) -> Examined:
        """Open a folder for reading only.

        Raises:
            UnsafeLogin: refused after ID again, and after a new connection with ID NIL (research §1.2).
            FolderRefused: this folder only. Unreachable: no answer.
        """
        for remedy in (self._identify, self._reconnect_without_name):
            try:
                return self._examine(folder)
            except UnsafeLogin as refusal:
                _log.warning("unsafe_login", answer=str(refusal))
                remedy()
        return self._examine(folder)

    def uids(self, exists: int) -> list[int]:
        """Return every UID of the open folder, ascending.

        `UID SEARCH ALL` (research §1.4); where it names fewer than `exists` messages or is refused, `UID FETCH 1:*`
        is asked as well, for some servers answer searches with nothing.
        """
        found = self._search_all()
        if len(found) < exists:
            _log.warning("search_short", found=len(found), exists=exists)
            found |= self._fetch_all_uids()
        return sorted(found)

    def fetch_to(self, uid: int, write: Write) -> Fetched | None:
        """Write one message of the open folder out byte for byte, in pieces; None: it is no longer there.

        Raises:
            FetchBroken: the server refuses it, or sends nothing; the session still stands.
            Unreachable: the connection broke, or answered what is not IMAP.
            NotKept: `write` failed.
        """
        with self._talking("FETCH", FetchBroken), self._tap.into(write):
            typ, data = self._client._imap.uid("FETCH", str(uid), "(UID RFC822.SIZE INTERNALDATE BODY.PEEK[])")
            expect_ok("FETCH", typ, data)
            return self._fetched(uid, data)

    def arrivals(self, uids: list[int]) -> dict[int, datetime]:
        """Return the INTERNALDATE of some messages of the open folder, aware; what has none is left out."""
        if not uids:
            return {}
        with self._talking("FETCH", FetchBroken), readable("FETCH"):
            answers = self._client.fetch(uids, ["INTERNALDATE"])
        return {uid: when for uid, answer in answers.items() if (when := arrival(answer))}

    def headers(self, uids: list[int], names: tuple[str, ...]) -> dict[int, bytes]:
        """Return the named header fields of some messages of the open folder, raw. At most ten at a time (§1.6)."""
        fields = f"BODY.PEEK[HEADER.FIELDS ({' '.join(names).upper()})]"
        with self._talking("FETCH", FetchBroken), readable("FETCH"):
            answers = self._client.fetch(uids, [fields])
        return {uid: value(answer, b"BODY[HEADER") for uid, answer in answers.items()}

    def close(self) -> None:
        """Log out; a connection that is gone already is let go, without waiting for it once more."""
        try:
            self._client.logout()
        except (imaplib.IMAP4.error, *LOST) as error:
            _log.debug("logout_failed", error=str(error))
            self._drop()

    def _connect(self) -> None:
        self._client = connect(self._access)
        self._tap = LiteralTap(self._client._imap)
        try:
            self._identify()
        except IngestError:
            self._drop()
            raise

    def _reconnect_without_name(self) -> None:
        self.close()
        self._identity = Identity.NIL
        self._connect()

    def _identify(self) -> None:
        with self._talking("ID", Unreachable):
            self._identity.announce(self._client, self._access)

    def _drop(self) -> None:
        try:
            self._client.shutdown()
        except LOST as error:
            _log.debug("shutdown_failed", error=str(error))

    def _examine(self, folder: str) -> Examined:
        with self._talking("EXAMINE", FolderRefused), readable("EXAMINE"):
            return Examined.of(folder, self._client.select_folder(folder, readonly=True))

    def _search_all(self) -> set[int]:
        try:
            with self._talking("SEARCH", FetchBroken), readable("SEARCH"):
                return set(self._client.search("ALL"))
        except FetchBroken as refusal:
            _log.warning("search_refused", answer=str(refusal))
            return set()

    def _fetch_all_uids(self) -> set[int]:
        with self._talking("FETCH", FolderRefused):
            typ, data = self._client._imap.uid("FETCH", "1:*", "(UID)")
            expect_ok("FETCH", typ, data)
            return uids_of(data)

    def _fetched(self, uid: int, data: list[Line]) -> Fetched | None:
        with self._talking("FETCH", Unreachable), readable("FETCH"):
            lines = without_literals(data) if self._tap.literals else data
            answer = parse_fetch_response(lines, normalise_times=False).get(uid, {})
        if self._tap.literals > 1 or (self._tap.literals and b"BODY[]" not in answer):
            raise Unreachable(f"asked for message {uid}, got bytes that may be another's")
        if b"BODY[]" not in answer:
            return None
        if not self._tap.literals:  # a quoted string, or an imaplib that the tap does not fit
            self._tap.keep(value(answer, b"BODY[]"))
        if not self._tap.bytes:
            raise FetchBroken(f"message {uid} came empty")
        return Fetched(uid, arrival(answer), answer.get(b"RFC822.SIZE"), self._tap.bytes)

    @contextmanager
    def _talking(self, command: str, refusal: type[IngestError]) -> Iterator[None]:
        """Turn what imaplib and sockets raise into ours: a NO is `refusal`, anything that ends the talk Unreachable."""
        self._tap.begin()
        try:
            yield
        except IngestError:
            raise
        except LOST as error:
            raise Unreachable(f"connection lost at {command}: {error}") from error
        except imaplib.IMAP4.error as error:
            if is_unsafe_login(str(error)):
                raise UnsafeLogin(str(error)) from error
            raise refusal(f"{command} refused: {error}") from error


@contextmanager
def open_session(access: MailboxAccess) -> Iterator[Session]:
    """Open a session, and log out at the end whatever happened.

    Raises:
        LoginRefused: the password is not taken. Unreachable: no connection.
        UnsafeLogin: told at login already, or at the first `examine`.
    """
    session = Session(access)
    try:
        yield session
    finally:
        session.close()
