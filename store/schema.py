"""In charge of bringing a database to the shape of the tables: Alembic, configured here and nowhere else.

It is loaded only where there is something to do: a start that finds the newest revision is quicker without.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect

from store.engine import Database
from store.errors import SchemaUnknown
from store.postgresql import MIGRATING

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"


def config(connection: Connection | None = None) -> "Config":
    """Return Alembic's configuration; migrations run on the connection given."""
    from alembic.config import Config

    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    made.attributes["connection"] = connection
    return made


def migrate(database: Database) -> None:
    """Bring the database to the newest revision in one transaction; SchemaUnknown when it is newer than this program.

    Of processes that start together one does it, the others wait.
    """
    with database.engine.connect() as connection:
        if _revision(connection) == newest():
            return
    from alembic import command
    from alembic.util import CommandError

    with database.writer.begin() as connection:
        database.wait_turn(connection, MIGRATING)
        try:
            command.upgrade(config(connection), "head")
        except CommandError as error:
            raise SchemaUnknown(
                f"the database has revision {_revision(connection)}: install a newer program"
            ) from error


def newest() -> str:
    """Return the newest revision: the name of its file begins with it."""
    return max(path.stem.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def _revision(connection: Connection) -> str | None:
    """Return the revision that Alembic noted in the database; None where it did nothing yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
