"""In charge of moving the records to another database: every row of every table, in one transaction, counted. Blobs stay where they are.

Values are carried as they stand in their columns, read by nobody: a record written by an older program arrives as it was.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Column, Connection, Integer, MetaData, Table, Text, func, insert, select
from sqlalchemy.types import TypeEngine

from store import columns
from store.engine import Database
from store.errors import NotEmpty
from store.postgresql import DECIDING

_BATCH = 500  #: rows carried at a time


def move(source: Database, target: Database) -> dict[str, int]:
    """Copy all rows into a database of the same schema and return how many of each table.

    Nobody else may write to the source meanwhile. All arrive or none: NotEmpty when the target holds records already, or
    when another number arrived than there were.
    """
    moved: dict[str, int] = {}
    with source.writer.begin() as here, target.writer.begin() as there:
        target.wait_turn(there, DECIDING)
        for table in _tables():
            if _count(there, table):
                raise NotEmpty(f"table {table.name} holds rows: move into a database that is new")
        for table in _tables():
            for rows in _batches(here, table):
                there.execute(insert(table), rows)
            moved[table.name] = _count(there, table)
            if moved[table.name] != _count(here, table):
                raise NotEmpty(f"table {table.name}: {moved[table.name]} rows arrived; nothing was moved")
            _count_on(there, table, target)
    return moved


def _tables() -> Iterator[Table]:
    """Yield our tables in the order that foreign keys want, columns as the database knows them."""
    bare = MetaData()
    for table in columns.Table.metadata.sorted_tables:
        yield Table(
            table.name, bare, *(Column(c.name, _bare(c.type), primary_key=c.primary_key) for c in table.columns)
        )


def _bare(told: TypeEngine[Any]) -> TypeEngine[Any]:
    """Return the type that carries a value unread; moments differ between the databases, and are converted."""
    return Text() if isinstance(told, columns.Json | columns.Word) else told


def _batches(connection: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    query = select(table).order_by(*table.primary_key).execution_options(yield_per=_BATCH)
    rows = connection.execute(query)
    for several in rows.partitions():
        yield [dict(row._mapping) for row in several]


def _count(connection: Connection, table: Table) -> int:
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def _count_on(connection: Connection, table: Table, target: Database) -> None:
    """Let keys that PostgreSQL counts up go on behind the last one."""
    key = list(table.primary_key)
    if not target.is_postgresql or len(key) != 1 or not isinstance(key[0].type, Integer):
        return
    series = func.pg_get_serial_sequence(table.name, key[0].name)
    connection.execute(select(func.setval(series, func.max(key[0]))))
