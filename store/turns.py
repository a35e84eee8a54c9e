"""In charge of what one process does at a time in a whole deployment: who holds a turn, and who stands by.

A turn is a session advisory lock of PostgreSQL (postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS): the server
lets go of it the moment its holder's connection ends, however that happens. On SQLite there is one process, whose it always is.
"""

import hashlib
import threading
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from store.engine import Database

if TYPE_CHECKING:
    import psycopg  # loaded only where that database is used

log = structlog.get_logger(__name__)

_TAKE = "SELECT pg_try_advisory_lock(%s)"
_STILL = "SELECT"


class Turn:
    """One turn, as this process sees it. Safe for threads."""

    def __init__(self, database: Database, name: str) -> None:
        self.name = name
        self._database = database
        self._number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
        self._held: psycopg.Connection[Any] | None = None  #: the session that holds the lock
        self._guard = threading.Lock()
        self._told = False

    def mine(self) -> bool:
        """Tell whether the turn is this process's, taking it where nobody has it; never waits for another.

        False while the database cannot be reached: another may have it by now.
        """
        if not self._database.is_postgresql:
            return True
        import psycopg

        with self._guard:
            try:
                return self._is_held() or self._take()
            except (psycopg.Error, SQLAlchemyError) as error:
                self._let_go()
                log.warning("turn lost", turn=self.name, error=str(error.__cause__ or error)[:200])
                return False

    def give_back(self) -> None:
        """Let another process have it."""
        with self._guard:
            self._let_go()

    def _is_held(self) -> bool:
        if self._held is None:
            return False
        self._held.execute(_STILL)  # a connection that ended took the turn with it
        return True

    def _take(self) -> bool:
        self._held = self._connected()
        if self._held.execute(_TAKE, (self._number,)).fetchone() == (True,):
            log.info("turn taken", turn=self.name)
            self._told = False
            return True
        self._let_go()
        if not self._told:
            log.info("standing by", turn=self.name)
            self._told = True
        return False

    def _connected(self) -> "psycopg.Connection[Any]":
        """Return a session of its own, which no pool hands to others."""
        import psycopg

        lent = self._database.engine.raw_connection()
        connection = lent.driver_connection
        lent.detach()
        assert isinstance(connection, psycopg.Connection)  # is_postgresql
        connection.autocommit = True
        return connection

    def _let_go(self) -> None:
        if self._held is not None:
            self._held.close()
            self._held = None
