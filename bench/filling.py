"""In charge of large stores to measure with: rows made of one real row, far quicker than by real work. Only their number matters."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Table, insert, select

from store.desk import Store
from store.intake_tables import LedgerRow
from store.tables import MessageRow

_AT_ONCE = 5_000


def repeat(store: Store, row: type, changes: Iterable[Mapping[str, object]]) -> None:
    """Insert the first row of a table again and again, each time with other changes."""
    table: Table = row.__table__  # type: ignore[attr-defined]  # SQLModel adds it to table classes
    waiting = iter(changes)
    with store.database.writer.begin() as connection:
        first: dict[str, Any] = dict(connection.execute(select(table).limit(1)).mappings().one())
        first.pop("id", None)  # numbered by the database
        while batch := list(islice(waiting, _AT_ONCE)):
            connection.execute(insert(table), [{**first, **change} for change in batch])


def messages(store: Store, count: int) -> None:
    """Put so many messages, of the state of the first, behind those that are there."""
    numbers = ((f"{serial:064x}", f"<{serial}@b.example>") for serial in range(1 << 40, (1 << 40) + count))
    repeat(store, MessageRow, ({"sha256": sha256, "message_id": name} for sha256, name in numbers))


def arrivals(store: Store, uids: Sequence[int]) -> None:
    """Put messages and their places, of the account and folder of the first, behind those that are there."""
    messages(store, len(uids))
    places = ({"uid": uid, "sha256": f"{serial:064x}"} for serial, uid in enumerate(uids, 1 << 40))
    repeat(store, LedgerRow, places)
