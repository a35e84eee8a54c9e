"""In charge of what PostgreSQL needs of a connection: which bytes a text may hold, and that nobody who is gone holds anything.

Transactions that write are READ COMMITTED: they lock the rows they are about (`FOR UPDATE`), or run one at a time by an
advisory lock. Those that read see one state throughout.
"""

from typing import Any

from sqlalchemy import URL, Engine, event, make_url
from sqlmodel import create_engine

#: How transactions that only read run (postgresql.org/docs/current/transaction-iso.html).
READER = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}

#: Numbers of advisory locks that transactions take (`Database.write`): any, as long as they differ.
MIGRATING, DECIDING = 0x5348_4F55_0001, 0x5348_4F55_0002

#: How soon either side finds the other gone when the network between them is: 10 s + 3 × 5 s.
_CLIENT = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 25_000}
_SERVER = {
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "25s",
    "idle_in_transaction_session_timeout": "5min",  # a process that was stopped, not ended, holds no lock for ever
    "timezone": "UTC",
}
_CONNECT_S = 10


def create_postgresql(url: URL) -> Engine:
    """Return an engine. A connection that died while nobody used it is replaced unseen."""
    options = " ".join(f"-c {name}={value}" for name, value in _SERVER.items())
    told = {"connect_timeout": _CONNECT_S, "application_name": "shoujian", **_CLIENT, "options": options}
    engine = create_engine(url.set(drivername="postgresql+psycopg"), pool_pre_ping=True, connect_args=told)
    event.listen(engine, "connect", _set_up)
    return engine


def conninfo(url: str) -> str:
    """Return a database URL as libpq takes it, its password in it: for who speaks to the server without an engine."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def _set_up(connection: Any, _record: Any) -> None:
    from store.postgresql_text import Text

    connection.adapters.register_dumper(str, Text)
