"""In charge of the base of all tables and of how values stand in columns, alike on SQLite and PostgreSQL.

UTC times, words of an enum, frozen values as JSON. Leaves which columns there are to `tables`.
"""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import BigInteger, Column, DateTime, Dialect, Integer, MetaData, String, Text
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

from store.errors import NaiveTime

BigId = BigInteger().with_variant(Integer, "sqlite")  #: SQLite numbers rows by itself only for INTEGER


NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Table(SQLModel):
    """The base of our tables: one metadata, named constraints (migrations need names)."""

    metadata = MetaData(naming_convention=NAMES)


def columns(table: type[SQLModel], *names: str) -> list[Any]:
    """Return columns of a table for a query that wants no whole rows."""
    return [getattr(table, name) for name in names]


def counted_up() -> Any:
    """Return a key the database counts up."""
    return Field(default=None, sa_column=Column(BigId, primary_key=True, autoincrement=True))


class UtcTime(TypeDecorator[datetime]):
    """An aware moment, stored in UTC (SQLite: without zone, so that order is right), handed back in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.utcoffset() is None:
            raise NaiveTime(f"a time without a zone: {value.isoformat()}")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Word(TypeDecorator[StrEnum]):
    """A member of an enum by its value. Plain text, so that a new word needs no migration."""

    impl = String
    cache_ok = True

    def __init__(self, words: type[StrEnum]) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else self.words(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self.words(value)


class Json(TypeDecorator[Any]):
    """A frozen value as JSON text. Text, not jsonb: mail may hold U+0000, which jsonb refuses."""

    impl = Text
    cache_ok = True

    def __init__(self, shape: Any) -> None:
        super().__init__()
        self.shape = shape
        self._adapter: TypeAdapter[Any] = TypeAdapter(shape)

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else self._adapter.dump_json(value).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else self._adapter.validate_json(value)
