"""Alembic's entry: runs the revisions on the connection `store.schema` hands over, or writes SQL when there is none."""

from alembic import context
from sqlalchemy import Connection

import store.intake_tables
import store.keeping_tables
import store.ruling_tables
import store.tables  # noqa: F401  importing them tells the metadata
from store.columns import Table


def _run(connection: Connection | None) -> None:
    if connection is None:  # offline: `command.upgrade(…, sql=True)` for a PostgreSQL administrator
        context.configure(dialect_name="postgresql", target_metadata=Table.metadata, as_sql=True)
    else:
        context.configure(connection=connection, target_metadata=Table.metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


_run(context.config.attributes.get("connection"))
