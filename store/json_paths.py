"""In charge of single figures out of JSON columns, read by the database: a whole value costs a hundred times as much to build."""

from typing import Any

from sqlalchemy import JSON, ColumnElement
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class _AsJson(FunctionElement[Any]):
    """A text column taken for JSON: as it is on SQLite, cast on PostgreSQL.

    To json, for jsonb refuses U+0000; and without it, for no text of PostgreSQL's can hold what a path leads to then.
    """

    type = JSON()
    inherit_cache = True


@compiles(_AsJson)
def _plain(element: _AsJson, compiler: SQLCompiler, **more: Any) -> str:
    return compiler.process(element.clauses, **more)


@compiles(_AsJson, "postgresql")
def _cast(element: _AsJson, compiler: SQLCompiler, **more: Any) -> str:
    return rf"CAST(replace({compiler.process(element.clauses, **more)}, '\u0000', '\ufffd') AS JSON)"


def inside(column: Any, *path: str | int) -> ColumnElement[Any]:
    """Return what stands at a path of keys and places in a `Json` column; NULL where there is nothing. Follow with `.as_integer()` or the like."""
    found: ColumnElement[Any] = _AsJson(column)[path]
    return found
