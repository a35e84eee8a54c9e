"""The migrations make exactly the tables the code speaks of, on SQLite and PostgreSQL."""

import io
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect
from sqlalchemy.exc import DatabaseError, StatementError

from store.archive import Archive
from store.columns import Table
from store.desk import Store
from store.engine import Database, create
from store.errors import SchemaUnknown
from store.schema import config, migrate, newest
from tests.store.build import NOW, arrive, later


def test_migrations_and_models_agree(store: Store) -> None:
    with store.database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Table.metadata) == []


def test_a_difference_would_be_seen(store: Store) -> None:
    with store.database.writer.begin() as connection:
        connection.exec_driver_sql("DROP INDEX ix_messages_due")
        connection.exec_driver_sql("ALTER TABLE polls ADD COLUMN surplus INTEGER")
    with store.database.engine.connect() as connection:
        assert len(compare_metadata(MigrationContext.configure(connection), Table.metadata)) == 2


def test_the_newest_revision_is_told_without_alembic() -> None:
    assert newest() == ScriptDirectory.from_config(config()).get_current_head()


def test_opening_what_is_up_to_date_loads_no_alembic(sqlite: str, archive: Archive, tmp_path: Path) -> None:
    Store.open(sqlite, archive).close()
    script = (
        "import sys; from store.archive import Archive; from store.desk import Store; from pathlib import Path; "
        "Store.open(sys.argv[1], Archive(Path(sys.argv[2]))).close(); print(*({'alembic', 'procrastinate', 'psycopg'} & {*sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, sqlite, str(tmp_path)],
        cwd=Path.cwd(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == ""


def test_opening_again_keeps_everything(store: Store, archive: Archive, url: str) -> None:
    sha256 = arrive(store, "a")
    store.close()
    with Store.open(url, archive) as again:
        assert again.message(sha256)


def test_a_database_of_a_newer_program_is_not_touched(store: Store, archive: Archive, url: str) -> None:
    with store.database.writer.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaUnknown, match="9999"):
        Store.open(url, archive)


def test_the_way_back_leaves_nothing(empty: str) -> None:
    database = Database(create(empty))
    migrate(database)
    with database.writer.begin() as connection:
        command.downgrade(config(connection), "base")
    assert inspect(database.engine).get_table_names() == ["alembic_version"]
    database.close()


def test_the_same_revisions_write_postgresql(store: Store) -> None:
    """Offline, without a server: types, partial index and trigger in PostgreSQL's words."""
    out = io.StringIO()
    with redirect_stdout(out):
        command.upgrade(config(), "head", sql=True)
    sql = out.getvalue()
    assert "uid BIGINT NOT NULL" in sql
    assert "id BIGSERIAL NOT NULL" in sql
    assert "received_at TIMESTAMP WITH TIME ZONE" in sql
    assert "raw BYTEA NOT NULL" in sql
    assert "CREATE INDEX ix_messages_due ON messages (received_at) WHERE due_at IS NOT NULL" in sql
    assert "CREATE TRIGGER events_append_only" in sql
    assert sql.count("CREATE TABLE ") == len(Table.metadata.tables) + 1


@pytest.mark.parametrize("change", ["UPDATE events SET detail = 'forged'", "DELETE FROM events"])
def test_history_cannot_be_rewritten(store: Store, change: str) -> None:
    sha256 = arrive(store, "a")
    with pytest.raises(DatabaseError, match="append-only"), store.database.writer.begin() as connection:
        connection.exec_driver_sql(change)
    assert len(store.history(sha256)) == 1


@pytest.mark.parametrize(
    ("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 60_000)]
)
def test_sqlite_is_set_to_lose_nothing(sqlite: str, archive: Archive, pragma: str, value: object) -> None:
    with Store.open(sqlite, archive) as store, store.database.engine.connect() as connection:
        assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value


def test_postgresql_is_told_to_drop_whoever_is_gone(postgresql: str, archive: Archive) -> None:
    """Over a network. A cut-off process must neither hold rows nor wait for ever."""
    with Store.open(postgresql, archive) as store, store.database.engine.connect() as connection:
        assert connection.exec_driver_sql("SHOW idle_in_transaction_session_timeout").scalar() == "5min"
        assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"


def test_a_database_of_another_make_is_refused(archive: Archive) -> None:
    with pytest.raises(ValueError, match="mysql"):
        Store.open("mysql://localhost/desk", archive)


def test_only_we_may_read_the_database(sqlite: str, archive: Archive, tmp_path: Path) -> None:
    store = Store.open(sqlite, archive)
    arrive(store, "a")
    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "data").glob("desk.db*")}
    assert len(modes) == 3
    assert set(modes.values()) == {0o600}
    store.close()


def test_a_reader_sees_the_past_while_a_writer_writes(store: Store) -> None:
    sha256 = arrive(store, "a")
    with store.begin(NOW) as tx:
        tx.event(sha256, "note")
        assert len(store.history(sha256)) == 1
    assert len(store.history(sha256)) == 2


def test_a_database_in_memory_is_refused(archive: Archive) -> None:
    for url in ("sqlite://", "sqlite:///:memory:"):
        with pytest.raises(ValueError, match="database file"):
            Store.open(url, archive)


OPEN = """
import sys
from pathlib import Path
from store.archive import Archive
from store.desk import Store
url = sys.argv[2]
Store.open(url, Archive(Path(sys.argv[1])), queued=url.startswith("postgresql")).close()
"""


def test_processes_may_open_a_fresh_store_at_once(tmp_path: Path, empty: str) -> None:
    """The daemon and the command line, started together on the first day."""
    command_line = [sys.executable, "-c", OPEN, str(tmp_path / "data"), empty]
    opening = [subprocess.Popen(command_line, cwd=Path.cwd()) for _ in range(3)]
    assert [process.wait(timeout=60) for process in opening] == [0, 0, 0]


def test_text_no_column_can_hold_stops_nothing(store: Store) -> None:
    """U+0000 in a mail's names: PostgreSQL has no place for it (postgresql.org/docs/current/datatype-character.html)."""
    sha256 = arrive(store, "a")
    with store.begin(NOW) as tx:
        tx.event(sha256, "note", "a\0b")
    assert store.history(sha256)[-1].detail in {"a\0b", "a\N{REPLACEMENT CHARACTER}b"}


def test_a_transaction_without_a_zone_is_refused(store: Store) -> None:
    sha256 = arrive(store, "a")
    with pytest.raises(StatementError, match="without a zone"), store.begin(NOW.replace(tzinfo=None)) as tx:
        tx.event(sha256, "note")
    assert store.history(sha256)[-1].at < later(seconds=1)
