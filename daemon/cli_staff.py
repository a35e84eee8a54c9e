"""In charge of the commands by which staff change a case: decide and undo, merge and split."""

from enum import StrEnum
from typing import Annotated

import typer

from daemon.cli_app import Config, Data, app, say, settings_of
from daemon.workshop import clock, open_store
from domain.kinds import Decision
from domain.records import Letter


class Ruling(StrEnum):
    """What staff decide."""

    ACCEPT = "accept"
    REJECT = "reject"
    SUPPLEMENT = "supplement"
    WITHDRAW = "withdraw"


_DECISIONS = {
    Ruling.ACCEPT: Decision.ACCEPTED,
    Ruling.REJECT: Decision.REJECTED,
    Ruling.SUPPLEMENT: Decision.NEEDS_SUPPLEMENT,
    Ruling.WITHDRAW: Decision.WITHDRAWN,
}


@app.command()
def decide(
    number: Annotated[str, typer.Argument(help="Receipt number.")],
    ruling: Annotated[Ruling, typer.Argument(help="accept, reject, supplement or withdraw.")],
    note: Annotated[str, typer.Option(help="What the applicant is told as the reason (Chinese).")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the letter whole; write nothing.")] = False,
    config: Config = None,
    data: Data = None,
) -> None:
    """Decide a case as staff; the applicant is told by the matching reply."""
    from daemon.deciding import decide_case

    settings = settings_of(config, data)
    with open_store(settings) as store:
        letter = decide_case(settings, store, number.upper(), _DECISIONS[ruling], note, clock(), dry_run=dry_run)
    if dry_run:
        say(_whole(letter) if letter else "no reply: the sender cannot be answered")
        return
    minutes = settings.staff.undo_minutes
    waits = f"; goes out in {minutes:g} min, `undo {number.upper()}` takes it back" if minutes else ""
    say(f"{number.upper()} {ruling}: {f'reply queued{waits}' if letter else 'no reply: the sender cannot be answered'}")


@app.command()
def undo(
    number: Annotated[str, typer.Argument(help="Receipt number.")], config: Config = None, data: Data = None
) -> None:
    """Take the last staff decision back, as long as its letter has not gone out."""
    from daemon.deciding import undo_decision

    with open_store(settings_of(config, data)) as store:
        undone = undo_decision(store, number.upper(), clock())
    letter = "its letter is cancelled" if undone.letter_cancelled else "no letter had been written"
    say(f"{undone.number}: {undone.taken_back} taken back, {undone.restored} again; {letter}")


@app.command()
def merge(
    number: Annotated[str, typer.Argument(help="The case that stays.")],
    gone: Annotated[str, typer.Argument(metavar="NUMBER", help="The case that becomes part of it.")],
    tell: Annotated[bool, typer.Option("--tell", help="Tell the applicants.")] = False,
    config: Config = None,
    data: Data = None,
) -> None:
    """Make one case of two that were one; the second number stays as a pointer to the first."""
    from daemon.regrouping import merge_cases

    settings = settings_of(config, data)
    with open_store(settings) as store:
        done = merge_cases(settings, store, number.upper(), gone.upper(), clock(), tell=tell)
    say(
        f"{gone.upper()} is part of {number.upper()} now: {done.records[0].decision}; {len(done.letters)} letters queued"
    )


@app.command()
def split(
    number: Annotated[str, typer.Argument(help="Receipt number.")],
    files: Annotated[
        list[str], typer.Option("--files", metavar="PATH…", help="Files of the new case, as `show` lists.")
    ],
    more: Annotated[list[str] | None, typer.Argument(hidden=True)] = None,
    tell: Annotated[bool, typer.Option("--tell", help="Tell the applicant.")] = False,
    config: Config = None,
    data: Data = None,
) -> None:
    """Make a case of its own of some files of a case; every version at those paths goes along."""
    from daemon.regrouping import split_case

    settings = settings_of(config, data)
    paths = {*files, *(more or ())}
    with open_store(settings) as store:
        done = split_case(settings, store, number.upper(), paths, clock(), tell=tell)
    told = ", ".join(f"{record.case.number} {record.decision}" for record in done.records)
    say(f"{told}; {len(done.letters)} letters queued")


def _whole(letter: Letter) -> str:
    return f"To: {letter.recipient}\nSubject: {letter.subject}\n\n{letter.text}"
