"""In charge of the figures that are looked at all the time, from outside too: none reads a row that holds a mail or a letter."""

from collections.abc import Collection
from pathlib import Path

from sqlalchemy import func, text
from sqlalchemy import select as select_columns
from sqlmodel import col

from domain.kinds import MessageState, OutboxState
from store.counts import tally, waiting_since
from store.engine import Database
from store.tables import LetterRow, MessageRow, PartRow
from store.values import Levels


class Gauges:
    """Reading the gauges."""

    database: Database

    def levels(self) -> Levels:
        """Return how full everything is, from one state of the database."""
        with self.database.read() as session:
            connection = session.connection()
            messages = connection.execute(tally(col(MessageRow.state)))
            letters = connection.execute(tally(col(LetterRow.state)))
            return Levels(
                messages={MessageState(row[0]): row[1] for row in messages},
                letters={OutboxState(row[0]): row[1] for row in letters},
                waiting_since=waiting_since(session),
            )

    def letter_states(self, keys: Collection[str]) -> dict[str, OutboxState]:
        """Return the state of each letter of these keys that there is."""
        query = select_columns(col(LetterRow.key), col(LetterRow.state)).where(col(LetterRow.key).in_(keys))
        with self.database.read() as session:
            return {key: OutboxState(state) for key, state in session.connection().execute(query)}

    def kept_bytes(self) -> int:
        """Return how much raw mails and the files in them come to, each content once. Walks every row: not for every look."""
        mails = select_columns(col(MessageRow.sha256), col(MessageRow.size))
        every = mails.union(select_columns(col(PartRow.sha256), col(PartRow.size))).subquery()
        with self.database.read() as session:
            return int(session.connection().execute(select_columns(func.sum(every.c.size))).scalar_one() or 0)

    def database_bytes(self) -> int:
        """Return how large the database is: SQLite's file and its log, or what PostgreSQL tells."""
        engine = self.database.engine
        if self.database.is_postgresql:
            with engine.connect() as connection:
                return int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one())
        file = str(engine.url.database)
        return sum(path.stat().st_size for path in map(Path, (file, f"{file}-wal")) if path.exists())
