"""In charge of leaving nothing of erased rows on disk: freed pages are overwritten, the database is written anew, its log is emptied.

SQLite keeps what was deleted in free pages and in the write-ahead log until something else needs the room (sqlite.org/pragma,
secure_delete; sqlite.org/wal, checkpoints). PostgreSQL does so until VACUUM FULL.
"""

from sqlalchemy import text
from sqlmodel import Session

from store.engine import Database
from store.errors import StillRead


def overwrite_freed(session: Session) -> None:
    """Let what this connection frees be overwritten with zeros, on the disk's own blocks too."""
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete=ON")


def scrub(database: Database) -> None:
    """Write the database anew without what was erased. StillRead while another process reads the log."""
    if database.is_postgresql:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM FULL"))
        return
    raw = database.engine.raw_connection()
    try:
        cursor = raw.cursor()
        cursor.execute("VACUUM")
        (busy, _, _) = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        cursor.close()
    finally:
        raw.close()
    if busy:
        raise StillRead("another process reads the database: stop it, then run `purge` again to finish")
