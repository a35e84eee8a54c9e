"""In charge of the command that moves the records to another database."""

from typing import Annotated

import typer

from daemon.cli_app import PERSON_NEEDED, Config, Data, app, say, settings_of
from daemon.lock import alone
from daemon.settings import ConfigError
from daemon.workshop import clock, open_archive, open_store


@app.command()
def move(
    to: Annotated[
        str, typer.Option("--to", metavar="URL", help="postgresql+psycopg://user@host/database, made and empty.")
    ],
    config: Config = None,
    data: Data = None,
) -> None:
    """Move all records to another database, while no daemon runs; raw mail and files stay where they are."""
    from sqlalchemy import make_url
    from sqlalchemy.exc import SQLAlchemyError

    from store.desk import Store
    from store.errors import NotEmpty
    from store.moving import move as carry

    settings = settings_of(config, data)
    try:
        with (
            alone(settings.directory),
            open_store(settings) as source,
            Store.open(to, open_archive(settings)) as target,
        ):
            moved = carry(source.database, target.database)
            wrong = target.verify(clock())
    except (NotEmpty, ValueError, SQLAlchemyError) as error:
        raise ConfigError(f"nothing was moved: {str(error).splitlines()[0]}") from error
    for table, rows in moved.items():
        say(f"{table}: {rows}")
    for line in wrong:
        say(line)
    say(f'{len(wrong)} discrepancies; now set [data] database = "{make_url(to).render_as_string()}"')
    if wrong:
        raise typer.Exit(PERSON_NEEDED)
