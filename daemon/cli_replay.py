"""In charge of the command that judges the archive again: what is asked for, a progress bar, a table of what changes."""

from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from daemon import tables
from daemon.cli_app import PERSON_NEEDED, Config, Data, app, moment, say, settings_of
from daemon.desk import Desk
from daemon.replaying import Replay, Replayed, apply
from daemon.settings import ConfigError
from daemon.workshop import clock, open_desk, open_store


@app.command()
def replay(
    since: Annotated[str | None, typer.Option(help="Only cases that got a mail since then, YYYY-MM-DD.")] = None,
    commit: Annotated[bool, typer.Option("--apply", help="Record what changed.")] = False,
    tell: Annotated[bool, typer.Option("--tell", help="With --apply: tell applicants of a changed decision.")] = False,
    config: Config = None,
    data: Data = None,
) -> None:
    """Judge the archive again under the present rules and show what would change. Exit code 1 when something would."""
    if tell and not commit:
        raise ConfigError("--tell needs --apply")
    settings = settings_of(config, data)
    with open_store(settings) as store, open_desk(settings, store) as desk:
        again = Replay(desk, moment(since))
        changed = [each for each in _watched(again) if each.changed]
        _show(changed)
        say(f"{len(again.cases)} cases judged again, {len(changed)} {'changed' if commit else 'would change'}")
        missed = _record(changed, desk, tell=tell) if commit else changed
    if missed:
        raise typer.Exit(PERSON_NEEDED)


def _watched(again: Replay) -> list[Replayed]:
    """Judge all cases, with a bar that shows how far it is."""
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=tables.console(stderr=True), transient=True) as progress:
        return list(progress.track(again.run(), total=len(again.cases), description="judging again"))


def _show(changed: list[Replayed]) -> None:
    if not changed:
        return
    table = Table(
        "number", "title", "before", "after", "codes gone", "codes new", title="What the present rules change"
    )
    for each in changed:
        case = each.before.case
        before, after = tables.coloured(each.before.decision), tables.coloured(each.decision)
        row = Text(case.title or "-"), before, after, Text("\n".join(each.gone)), Text("\n".join(each.new))
        table.add_row(case.number, *row)
    tables.console().print(table)


def _record(changed: list[Replayed], desk: Desk, *, tell: bool) -> list[Replayed]:
    """Record what changed, each case by itself; return those that changed meanwhile, which are left as they are."""
    missed = [each for each in changed if not apply(each, desk, clock(), tell=tell)]
    for each in missed:
        say(f"{each.before.case.number} got a mail or a decision meanwhile: not touched, run replay again")
    return missed
