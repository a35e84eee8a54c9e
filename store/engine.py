"""In charge of the connection to the database: durable settings, and transactions that read or write.

SQLite: write-ahead log, every commit on disk, foreign keys, and BEGIN IMMEDIATE for writers, so that two writers wait for
each other instead of failing midway (sqlite.org/lang_transaction). What PostgreSQL needs stands in `postgresql`. Leaves SQL
to the others.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, event, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel, create_engine

from store.postgresql import READER, create_postgresql

BUSY_MS = 60_000  #: how long a writer waits for another; a write takes milliseconds


def create(url: str) -> Engine:
    """Return an engine for a database URL. A SQLite file is made for us alone (0600, in a 0700 directory).

    ValueError for a database that is neither SQLite nor PostgreSQL.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        return create_postgresql(parsed)
    if parsed.get_backend_name() != "sqlite":
        raise ValueError(f"no database of ours: {parsed.get_backend_name()}; sqlite and postgresql+psycopg are")
    if parsed.database in {None, "", ":memory:"}:
        raise ValueError("the store needs a database file: several threads and processes share it")
    _make_private(Path(str(parsed.database)))
    engine = create_engine(url, connect_args={"check_same_thread": False})
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _make_private(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver would begin transactions by itself, and too late
    for pragma in (f"busy_timeout={BUSY_MS}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


class Database:
    """Transactions over an engine. Safe for threads: each transaction has its own connection."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.writer = engine.execution_options(writes=True)
        self.is_postgresql = engine.dialect.name == "postgresql"
        self._reader = engine.execution_options(**READER) if self.is_postgresql else engine

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Lend a session that sees one state of the database."""
        with Session(self._reader) as session:
            yield session

    @contextmanager
    def write(self, *, alone: int | None = None) -> Iterator[Session]:
        """Lend a session whose work is committed at the end, or leaves nothing when an exception passes.

        Of transactions `alone` by the same number one runs at a time. SQLite lets one write at a time in any case.
        """
        with Session(self.writer) as session, session.begin():
            self.wait_turn(session.connection(), alone)
            yield session

    def wait_turn(self, connection: Connection, alone: int | None) -> None:
        """Wait until no other transaction holds the number; it is given back when this one ends."""
        if self.is_postgresql and alone is not None:
            connection.execute(text("SELECT pg_advisory_xact_lock(:alone)"), {"alone": alone})

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()


def insert_new(session: Session, row: type[SQLModel], values: dict[str, Any], *, on: tuple[str, ...]) -> bool:
    """Insert a row unless one with the same `on` columns is there; tell whether it was new. Safe against races."""
    table: Table = row.__table__  # type: ignore[attr-defined]  # SQLModel adds it to table classes
    backend = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = backend.insert(table).values(values).on_conflict_do_nothing(index_elements=list(on))
    return session.connection().execute(statement.returning(*(table.c[name] for name in on))).first() is not None
