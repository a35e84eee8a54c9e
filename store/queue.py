"""In charge of messages that wait to be read by any worker: jobs of Procrastinate, put in by the transaction that writes the message.

Its tables stand beside ours and are its own: made from its schema, brought up to date by its migrations, changed through its
functions. Why Procrastinate, and what it does not do here: docs/decisions/0010. Leaves reading to `daemon`.
"""

from pathlib import Path

from sqlalchemy import Connection, text
from sqlmodel import Session

from store.engine import Database
from store.postgresql import MIGRATING

QUEUE, TASK = "reading", "read"
BELL = "shoujian_reading_ended"  #: channel that rings when a message has been read

_PUT = text(
    "SELECT procrastinate_defer_jobs_v1(ARRAY[ROW(CAST(:queue AS varchar), CAST(:task AS varchar), 0, NULL, CAST(:sha256 AS text), "
    "jsonb_build_object('sha256', CAST(:sha256 AS text)), NULL)::procrastinate_job_to_defer_v1])"
)
_WAITS = text(  # two questions, for each has an index of its own
    "SELECT EXISTS (SELECT FROM procrastinate_jobs WHERE status = 'todo' AND queueing_lock = :sha256) "
    "OR EXISTS (SELECT FROM procrastinate_jobs WHERE status = 'doing' AND queueing_lock = :sha256)"
)
_MARK = (  # not by to_regclass: it may answer from before another made the table, though we waited for that
    "SELECT coalesce(obj_description(oid, 'pg_class'), '') FROM pg_class "
    "WHERE relname = 'procrastinate_jobs' AND pg_table_is_visible(oid)"
)
_RING = (
    f"CREATE OR REPLACE FUNCTION shoujian_ring() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN PERFORM pg_notify('{BELL}', ''); RETURN NULL; END $$",
    "CREATE OR REPLACE TRIGGER shoujian_ring AFTER DELETE ON procrastinate_jobs "
    "FOR EACH STATEMENT EXECUTE FUNCTION shoujian_ring()",
)


class ReadingQueue:
    """The jobs, one a message that is yet to be read. Used inside the store's own transactions."""

    def put(self, session: Session, sha256: str) -> None:
        """Let some worker read a message, once this transaction is committed. Workers are woken by it."""
        if not self.waits(session, sha256):
            told = {"queue": QUEUE, "task": TASK, "sha256": sha256}
            session.connection().execute(_PUT, told)

    def waits(self, session: Session, sha256: str) -> bool:
        """Tell whether a message is yet to be read, or being read."""
        return bool(session.connection().execute(_WAITS, {"sha256": sha256}).scalar_one())


def prepare(database: Database) -> None:
    """Make Procrastinate's tables, or bring them to the shape the installed release wants."""
    with database.engine.connect() as connection:
        done = _mark(connection) == _migrations()[-1].stem
    while not done:
        with (
            database.writer.begin() as connection
        ):  # each migration is committed before the next (UnsafeNewEnumValueUsage)
            database.wait_turn(connection, MIGRATING)
            done = _step(connection)


def _step(connection: Connection) -> bool:
    """Make the tables, or do one migration; tell whether nothing was left to do."""
    mark, migrations = _mark(connection), _migrations()
    if mark is None:
        from procrastinate.schema import SchemaManager

        _run(connection, SchemaManager.get_schema(), migrations[-1].stem)
        return False
    rest = [path for path in migrations if path.stem > mark]
    if rest:
        _run(connection, rest[0].read_text(encoding="utf-8"), rest[0].stem)
    return not rest


def _run(connection: Connection, statements: str, mark: str) -> None:
    for statement in (statements.replace("%", "%%"), *_RING, f"COMMENT ON TABLE procrastinate_jobs IS '{mark}'"):
        connection.exec_driver_sql(statement)


def _mark(connection: Connection) -> str | None:
    """Return the last migration that the tables have, as noted on them; None where there are none."""
    return connection.exec_driver_sql(_MARK).scalar()


def _migrations() -> list[Path]:
    """Return Procrastinate's migrations in order: their names begin with the release (its documentation, Migrations)."""
    from procrastinate.schema import migrations_path

    return sorted(Path(migrations_path).glob("*.sql"))
