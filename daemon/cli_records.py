"""In charge of the staff's commands: where things stand, one record whole, exports."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from daemon import tables
from daemon.cli_app import PERSON_NEEDED, Config, Data, app, say, settings_of
from daemon.settings import ConfigError
from daemon.workshop import clock, open_store
from domain.kinds import Decision, MessageState, OutboxState, Track


class Format(StrEnum):
    """How records leave the desk."""

    XLSX = "xlsx"
    CSV = "csv"
    JSONL = "jsonl"


@app.command()
def status(config: Config = None, data: Data = None) -> None:
    """Show where things stand. Exit code 1 when something waits for a person."""
    with open_store(settings_of(config, data)) as store:
        tables.show_status(store, clock())
        waiting = store.messages(state=MessageState.QUARANTINED) or store.letters(state=OutboxState.HELD)
    if waiting:
        raise typer.Exit(PERSON_NEEDED)


@app.command()
def show(
    number: Annotated[str, typer.Argument(help="Receipt number, or the beginning of a message's sha256.")],
    config: Config = None,
    data: Data = None,
) -> None:
    """Show a case or a message whole, with its history."""
    settings = settings_of(config, data)
    with open_store(settings) as store:
        if case := store.case(number.upper()):
            tables.show_case(case, settings.notice)
        elif message := store.message(number.lower()):
            tables.show_message(message, store.history(message.sha256), settings.notice)
        else:
            raise ConfigError(f"no case or message {number}")


@app.command("list")
def list_(
    decision: Annotated[Decision | None, typer.Option(help="Only cases with this decision.")] = None,
    track: Annotated[Track | None, typer.Option(help="Only text or video cases.")] = None,
    unit: Annotated[str | None, typer.Option(help="Only cases of this unit.")] = None,
    messages: Annotated[bool, typer.Option("--messages", help="List messages instead of cases.")] = False,
    config: Config = None,
    data: Data = None,
) -> None:
    """List cases, or messages."""
    with open_store(settings_of(config, data)) as store:
        if messages:
            tables.show_messages(store.messages())
        else:
            tables.show_cases(store.cases(decision=decision, track=track, unit=unit))


@app.command()
def retry(
    id_: Annotated[str, typer.Argument(metavar="ID", help="Beginning of a quarantined message's sha256.")],
    config: Config = None,
    data: Data = None,
) -> None:
    """Give a quarantined message three new tries."""
    with open_store(settings_of(config, data)) as store:
        message = store.message(id_.lower())
        if message is None or not store.retry_message(message.sha256, clock()):
            raise ConfigError(f"no quarantined message {id_}")
    say(f"{message.sha256[:12]} will be tried again")


@app.command()
def release(
    id_: Annotated[int, typer.Argument(metavar="ID", help="Number of a held reply, see `status`.")],
    config: Config = None,
    data: Data = None,
) -> None:
    """Let a held reply go out."""
    with open_store(settings_of(config, data)) as store:
        letter = store.letter(id_)
        if letter is None or letter.state is not OutboxState.HELD:
            raise ConfigError(f"no held reply {id_}")
        store.release_letter(id_, clock())
    say(f"reply {id_} is queued again")


@app.command()
def export(
    format_: Annotated[Format, typer.Option("--format", help="xlsx, csv or jsonl.")] = Format.XLSX,
    out: Annotated[Path | None, typer.Option(help="File to write; jsonl and csv go to the screen without it.")] = None,
    files: Annotated[Path | None, typer.Option(help="Lay the materials out in folders below this one as well.")] = None,
    config: Config = None,
    data: Data = None,
) -> None:
    """Export all records, and the materials where asked."""
    from daemon import exporting

    settings = settings_of(config, data)
    with open_store(settings) as store:
        laid = exporting.lay_out(store, settings.notice, files) if files else None
        exporting.export(store, settings.notice, format_.value, out, laid)
        if laid:
            say(f"{laid.count} files below {files}")
