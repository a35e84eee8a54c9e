"""In charge of the commands about how long data are kept: a copy to fall back on, and erasing what nobody may keep any longer."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from daemon.cli_app import PERSON_NEEDED, Config, Data, app, moment, say, settings_of
from daemon.settings import ConfigError
from daemon.workshop import clock
from store.purge_scope import Scope

_LISTED = 10  #: numbers shown one by one


@app.command()
def backup(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Where backups lie, best on another disk.")],
    config: Config = None,
    data: Data = None,
) -> None:
    """Copy database, archive and watched folder into a dated folder below DIR, while the daemon runs."""
    from daemon.backing_up import back_up

    made = back_up(settings_of(config, data), directory, clock())
    copied = made.copied
    for fault in copied.faults:
        say(fault)
    say(
        f"{made.path}: {copied.blobs} blobs, {copied.copied} of them new ({copied.bytes / 1e6:.1f} MB), "
        f"{made.watched} files of the watched folder, {len(copied.faults)} faults"
    )
    if copied.faults:
        raise typer.Exit(PERSON_NEEDED)


@app.command()
def purge(
    before: Annotated[str, typer.Option("--before", metavar="D", help="YYYY-MM-DD: what arrived before is erased.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be erased; erase nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    config: Config = None,
    data: Data = None,
) -> None:
    """Erase personal data past its keeping time for good; figures stay. The daemon must be stopped."""
    from daemon import purging
    from daemon.deciding import staff

    settings, until, now = settings_of(config, data), moment(before), clock()
    assert until is not None  # the option is required
    scope = purging.what_would_go(settings, until, now)
    _show(scope)
    if not dry_run:
        if not yes:
            _ask()
        done = purging.purge(settings, until, now, staff())
        scope = done.scope
        say(
            f"erased: {len(scope.messages)} messages, {len(scope.cases)} cases, {done.blobs} blobs, {done.files} files. "
            "Backups made before hold these data still: remove them."
        )
    if not scope.all_over:
        raise typer.Exit(PERSON_NEEDED)


def _show(scope: Scope) -> None:
    say(f"past their keeping time: {len(scope.messages)} messages, {len(scope.cases)} cases")
    if scope.unfinished:
        say(f"stay, for they are not answered yet: {_named([sha256[:12] for sha256 in scope.unfinished])}")
    if scope.undecided:
        say(f"stay, for staff must decide them first: {_named(scope.undecided)}")


def _named(names: list[str] | tuple[str, ...]) -> str:
    rest = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return ", ".join(names[:_LISTED]) + rest


def _ask() -> None:
    """Let the operator say yes. Raises ConfigError where nobody can, or does not."""
    if not sys.stdin.isatty():
        raise ConfigError("nothing erased: --yes is needed where nobody can be asked")
    if input("Erase these for good? Type yes: ").strip().lower() != "yes":
        raise ConfigError("nothing erased")
