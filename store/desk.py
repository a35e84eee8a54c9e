"""In charge of the one object the rest of the program knows the store by. Each promise stands in a module of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Self

from store.archive import Archive
from store.backup import Backups
from store.briefs import Briefs
from store.cases import Cases
from store.counts import Figures
from store.engine import Database, create
from store.exchanges import Exchanges
from store.gauges import Gauges
from store.history import History
from store.ledger import Ledger
from store.messages import Messages
from store.outbox import Outbox
from store.postgresql import DECIDING
from store.purging import Purges
from store.queue import ReadingQueue, prepare
from store.reconciling import Reckonings
from store.recovery import Recovery
from store.rows import Rows
from store.rulings import Codes
from store.schema import migrate
from store.transaction import Transaction
from store.turns import Turn
from store.verify import Verify
from store.work import Work
from store.works import Catalogue, Works

__all__ = ["Store", "Transaction"]


class Store(
    Ledger,
    Work,
    Messages,
    Cases,
    Works,
    Briefs,
    Rows,
    Outbox,
    Exchanges,
    History,
    Figures,
    Gauges,
    Reckonings,
    Verify,
    Recovery,
    Codes,
    Purges,
    Backups,
):
    """The database and the archive together. Used by several threads and processes at once; knows no clock."""

    def __init__(self, database: Database, archive: Archive, queue: ReadingQueue | None = None) -> None:
        self.database = database
        self.archive = archive
        self.queue = queue
        self.catalogue = Catalogue()

    @classmethod
    def open(cls, url: str, archive: Archive, *, queued: bool = False) -> Self:
        """Open the store at a database URL, bringing it to the present schema. SchemaUnknown: written by a newer program.

        `queued`: what arrives is read by any worker, by Procrastinate's queue (PostgreSQL only).
        """
        database = Database(create(url))
        try:
            migrate(database)
            if queued:
                prepare(database)
        except BaseException:
            database.close()
            raise
        return cls(database, archive, ReadingQueue() if queued else None)

    @contextmanager
    def begin(self, now: datetime) -> Iterator[Transaction]:
        """Open the transaction that writes an outcome: all of it at the end, nothing when an exception passes.

        One at a time: what it reads of cases, numbers and letters stays so until it ends.
        """
        with self.database.write(alone=DECIDING) as session:
            yield Transaction(session, now)

    def turn(self, name: str) -> Turn:
        """Return the turn of a name: one process of all that share this database has it."""
        return Turn(self.database, name)

    def without_queue(self) -> Self:
        """Return the same store for a process that reads what it takes up by itself, waiting in the queue or not."""
        return type(self)(self.database, self.archive)

    def close(self) -> None:
        """Give the connections back; using the store afterwards opens new ones."""
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
