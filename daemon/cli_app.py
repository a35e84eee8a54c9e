"""In charge of what every command shares: the application, its common options, exit codes, and how a line is written."""

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from daemon import journal
from daemon.settings import ConfigError, Settings, load
from domain.notice import SHANGHAI
from notify import pages

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)

Config = Annotated[Path | None, typer.Option("--config", help="Configuration file (default: config.toml).")]
Data = Annotated[Path | None, typer.Option("--data", help="Data directory (default: from the configuration).")]
PERSON_NEEDED = 1
BAD_USAGE = 2

_given: dict[str, Path | None] = {"config": None, "data": None}


@app.callback()
def shoujian(config: Config = None, data: Data = None, verbose: bool = False) -> None:
    """Mail desk for a public call for entries: reads, checks and answers every applicant's e-mail."""
    _given.update(config=config, data=data)
    journal.configure(verbose=verbose)


def settings_of(config: Path | None, data: Path | None) -> Settings:
    """Return the settings; `--config` and `--data` count before and after the command alike."""
    settings = load(config or _given["config"] or Path("config.toml"), data or _given["data"])
    pages.word_by(settings.notify.templates)
    return settings


def moment(text: str | None) -> datetime | None:
    """Return an ISO 8601 moment, aware; one without a zone is Shanghai's. Raises ConfigError."""
    if text is None:
        return None
    try:
        when = datetime.fromisoformat(text)
    except ValueError as error:
        raise ConfigError(f"not an ISO 8601 date and time: {text}") from error
    return when if when.tzinfo else when.replace(tzinfo=SHANGHAI)


def say(line: str) -> None:
    """Write a line to standard output, whatever the terminal's encoding is."""
    sys.stdout.buffer.write(line.encode("utf-8", "replace") + b"\n")
    sys.stdout.buffer.flush()
