"""In charge of the command line (CONTRACT.md): what is asked for, handed to whoever does it, and the exit code.

0 done; 1 finished, but something needs a person; 2 bad usage or configuration, told in one line.
"""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from daemon import cli_care, cli_keeping, cli_moving, cli_records, cli_replay, cli_staff  # noqa: F401  their commands join on import
from daemon.cli_app import BAD_USAGE, PERSON_NEEDED, Config, Data, app, moment, say, settings_of
from daemon.outage import outage
from daemon.settings import ConfigError


@app.command()
def run(
    role: Annotated[str, typer.Option(help="What this process does: poller, worker, sender or all.")] = "all",
    config: Config = None,
    data: Data = None,
) -> None:
    """Run the daemon in the foreground (what systemd starts)."""
    from daemon.duties import Role
    from daemon.running import run_service

    if role not in list(Role):
        raise ConfigError(f"no such role: {role}; there are {', '.join(Role)}")
    run_service(settings_of(config, data), Role(role), lambda: settings_of(config, data))


@app.command()
def once(config: Config = None, data: Data = None) -> None:
    """Do one full cycle (poll, process, send) and exit; for cron and tests."""
    from daemon.running import run_once

    if not run_once(settings_of(config, data)):
        raise typer.Exit(PERSON_NEEDED)


@app.command()
def demo(
    out: Annotated[Path, typer.Option(help="Where replies, records, digest and workbook go.")] = Path("demo-out"),
    call: Annotated[str | None, typer.Option(help="Another call: a folder of examples/, such as essay.")] = None,
    config: Config = None,
) -> None:
    """Do the whole main job on this machine, with no account: sample mails in, replies, records and digest out."""
    from daemon.demo import EXAMPLES, SAMPLES, run_demo

    example = EXAMPLES / call if call else None
    if example and not (example / "config.toml").is_file():
        raise ConfigError(f"no such call: {example / 'config.toml'}")
    settings = settings_of(example / "config.toml" if example else config, None)
    if not run_demo(settings, out, example / "mails" if example else SAMPLES):
        raise typer.Exit(PERSON_NEEDED)


@app.command()
def check(
    paths: Annotated[list[Path], typer.Argument(help=".eml files or folders of them.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a message, one line each.")] = False,
    received_at: Annotated[str | None, typer.Option(help="Arrival, ISO 8601; default: from the mail's header.")] = None,
    config: Config = None,
    data: Data = None,
) -> None:
    """Show what the daemon would do with these mails. No network is used, nothing is kept."""
    from daemon import checking, tables

    for line in checking.check(paths, settings_of(config, data), moment(received_at)):
        if as_json:
            say(json.dumps(line, ensure_ascii=False))
        else:
            tables.show_line(line)


@app.command("import")
def import_(
    paths: Annotated[list[Path], typer.Argument(help=".eml or mbox files, or folders of them.")],
    reply: Annotated[bool, typer.Option("--reply", help="Answer them as well.")] = False,
    config: Config = None,
    data: Data = None,
) -> None:
    """Take mails in as if they had been polled, and process them."""
    from daemon.running import run_import

    if not run_import(settings_of(config, data), paths, reply=reply):
        raise typer.Exit(PERSON_NEEDED)


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    try:
        app(arguments)
    except ConfigError as error:
        print(f"shoujian: {error}", file=sys.stderr)  # noqa: T201
        return BAD_USAGE
    except Exception as error:
        if not (told := outage(error)):
            raise
        print(f"shoujian: {told}: check space and rights of the data directory", file=sys.stderr)  # noqa: T201
        return BAD_USAGE
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    return 0
