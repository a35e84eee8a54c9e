"""In charge of bringing a database to the shape of the tables: Alembic, configured here and nowhere else."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection

from store.engine import Database
from store.errors import SchemaUnknown
from store.postgresql import MIGRATING

MIGRATIONS = Path(__file__).parent / "migrations"


def config(connection: Connection | None = None) -> Config:
    """Return Alembic's configuration; migrations run on the connection given."""
    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    made.attributes["connection"] = connection
    return made


def migrate(database: Database) -> None:
    """Bring the database to the newest revision in one transaction; SchemaUnknown when it is newer than this program.

    Of processes that start together one does it, the others wait.
    """
    with database.engine.connect() as connection:
        if _revision(connection) == _head():
            return
    with database.writer.begin() as connection:
        database.wait_turn(connection, MIGRATING)
        try:
            command.upgrade(config(connection), "head")
        except CommandError as error:
            raise SchemaUnknown(
                f"the database has revision {_revision(connection)}: install a newer program"
            ) from error


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _head() -> str | None:
    return ScriptDirectory.from_config(config()).get_current_head()
