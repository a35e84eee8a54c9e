"""In charge of the operator's commands: doctor, verify, digest."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from daemon.cli_app import PERSON_NEEDED, Config, Data, app, say, settings_of
from daemon.settings import ConfigError
from daemon.workshop import clock, open_store


@app.command()
def doctor(
    online: Annotated[bool, typer.Option(help="Try the mailbox too: login, ID, folders, SMTP.")] = True,
    config: Config = None,
    data: Data = None,
) -> None:
    """Check configuration, login, ID, folders, SMTP, disk, clock and libraries; say the mend for each failure."""
    from daemon.doctor import examine

    failed = False
    for finding in examine(settings_of(config, data), online=online):
        failed |= finding.failed
        say(str(finding))
    if failed:
        raise typer.Exit(PERSON_NEEDED)


@app.command()
def verify(config: Config = None, data: Data = None) -> None:
    """Check that store, archive and outbox agree."""
    with open_store(settings_of(config, data)) as store:
        wrong = store.verify(clock())
    for line in wrong:
        say(line)
    say(f"{len(wrong)} discrepancies")
    if wrong:
        raise typer.Exit(PERSON_NEEDED)


@app.command()
def digest(
    day: Annotated[str | None, typer.Option("--date", help="YYYY-MM-DD; default: yesterday.")] = None,
    send: Annotated[bool, typer.Option("--send", help="Queue it for the staff addresses.")] = False,
    out: Annotated[Path | None, typer.Option(help="Write the HTML here instead of the text to the screen.")] = None,
    config: Config = None,
    data: Data = None,
) -> None:
    """Show the daily digest, or queue it for the staff."""
    from daemon import morning
    from notify.letters import with_pictures

    settings, now = settings_of(config, data), clock()
    wanted = _day(day) if day else morning.day_before(now)
    with open_store(settings) as store:
        if send:
            say(f"{morning.queue_digest(settings, store, wanted, now)} queued")
            return
        reader = next(iter(settings.digest.to), settings.mailbox.account)
        (letter,) = morning.compose(settings, store, wanted, now, reader)
    if out:
        out.write_text(with_pictures(letter), encoding="utf-8")
    else:
        say(letter.text)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ConfigError(f"not a date (YYYY-MM-DD): {text}") from error
