"""In charge of `demo`: the whole main job on this machine, with its own mailbox and no account.

Sample mails of every kind are delivered with the arrival times they stand for; the real daemon polls, reads, judges and
answers; then everything it made is laid out to be looked at.
"""

import hashlib
import shutil
import time
import tomllib
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from imapclient import IMAPClient
from pydantic import SecretStr
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from daemon import exporting, journal, morning, tables
from daemon.demo_servers import HOST, Letterbox, imap_server, smtp_server
from daemon.service import Service
from daemon.settings import DigestSettings, Settings
from daemon.settings_data import DataSettings
from daemon.settings_mail import MailboxSettings, SmtpSettings
from daemon.settings_outside import AlertSettings, HealthSettings
from daemon.workshop import clock, open_desk, open_store, source
from domain.kinds import MessageState, OutboxState
from domain.notice import SHANGHAI
from domain.security import Security
from notify.labels import RESULTS
from notify.letters import with_pictures
from store.desk import Store

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "tests" / "fixtures" / "samples"
EXAMPLES = ROOT / "examples"  #: other calls: examples/<name>/config.toml and mails/
_PASSWORD = SecretStr("demo")
_STAFF = "staff@example.com"
_PATIENCE = timedelta(minutes=10)


@dataclass(frozen=True)
class Sample:
    """A sample mail and what is expected of it (expected.toml beside it)."""

    name: str
    raw: bytes
    received_at: datetime


def samples(folder: Path = SAMPLES) -> list[Sample]:
    """Return the sample mails in order of arrival."""
    told = tomllib.loads((folder / "expected.toml").read_text(encoding="utf-8"))
    found = [
        Sample(name, (folder / name).read_bytes(), datetime.fromisoformat(row["received_at"]))
        for name, row in told.items()
    ]
    return sorted(found, key=lambda sample: (sample.received_at, sample.name))


def run_demo(settings: Settings, out: Path, folder: Path = SAMPLES) -> bool:
    """Do the whole main job and lay out what came of it below `out`; return whether everything came to its end."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True, mode=0o700)
    mails, letterbox = samples(folder), Letterbox()
    with ExitStack() as stack:
        stack.enter_context(journal.written_to(out / "daemon.log"))
        imap = stack.enter_context(imap_server(settings.mailbox.account, _PASSWORD.get_secret_value()))
        smtp = stack.enter_context(smtp_server(letterbox))
        own = _settings(settings, out, imap, smtp)
        _deliver(mails, own)
        store = stack.enter_context(open_store(own))
        desk = stack.enter_context(open_desk(own, store))
        service = Service(own, desk, [source(own)])
        service.start()
        done = _watch(store, mails)
        day = _busiest_day(mails)
        if done:
            morning.queue_digest(own, store, day, _morning_after(own, day))
            done = _sent(store)
        service.stop()
        _show(store, mails)
        _lay_out(store, own, letterbox, out, day)
    return done


def _settings(settings: Settings, out: Path, imap: int, smtp: int) -> Settings:
    """Return the settings with our own servers in place of the provider's, and nobody to wait for."""
    account, name = settings.mailbox.account, settings.smtp.sender_name
    return settings.model_copy(
        update={
            "mailbox": MailboxSettings(
                provider="generic", account=account, host=HOST, port=imap, security=Security.NONE, poll_seconds=1
            ),
            "smtp": SmtpSettings(
                host=HOST,
                port=smtp,
                security=Security.NONE,
                sender_name=name,
                seconds_between=0,
                per_quarter_hour=10_000,
                per_day=10_000,
            ),
            "digest": DigestSettings(to=(_STAFF,)),
            "data": DataSettings(directory=out / "data"),
            "mailboxes": (),
            "health": HealthSettings(),
            "alerts": AlertSettings(),
            "password": _PASSWORD,
        }
    )


def _deliver(mails: list[Sample], settings: Settings) -> None:
    """Put the samples into the mailbox as a server would have: INTERNALDATE is the arrival."""
    with IMAPClient(HOST, settings.mailbox.port, ssl=False) as client:
        client.login(settings.mailbox.account, _PASSWORD.get_secret_value())
        for sample in mails:
            client.append("INBOX", sample.raw, msg_time=sample.received_at)


def _watch(store: Store, mails: list[Sample]) -> bool:
    """Show how far the daemon is, until every mail has its outcome and every reply is out."""
    wanted, ends = len({sample.raw for sample in mails}), clock() + _PATIENCE
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=tables.console()) as progress:
        task = progress.add_task("reading, judging, answering", total=wanted)
        while clock() < ends:
            ended = len(store.messages(state=MessageState.DECIDED)) + len(
                store.messages(state=MessageState.QUARANTINED)
            )
            progress.update(task, completed=ended)
            if ended >= wanted:
                return _sent(store)
            time.sleep(0.2)
    return False


def _sent(store: Store) -> bool:
    """Wait until no reply is on its way any more; return whether all are out."""
    ends = clock() + timedelta(minutes=1)
    while store.letters(state=OutboxState.QUEUED) or store.letters(state=OutboxState.SENDING):
        if clock() > ends:
            return False
        time.sleep(0.2)
    return not store.letters(state=OutboxState.HELD)


def _busiest_day(mails: list[Sample]) -> date:
    days = [sample.received_at.astimezone(SHANGHAI).date() for sample in mails]
    return max(sorted(set(days)), key=days.count)


def _morning_after(settings: Settings, day: date) -> datetime:
    """Return when the digest of a day goes out."""
    return datetime.combine(day + timedelta(days=1), settings.digest.at, SHANGHAI)


def _show(store: Store, mails: list[Sample]) -> None:
    """Show what became of each mail: kind, decision, reply."""
    letters = {record.letter.message_sha256: record.letter for record in store.letters()}
    table = Table("mail", "kind", "decision", "cases", "reply", title="What the daemon did")
    seen: set[str] = set()
    for sample in mails:
        sha256 = hashlib.sha256(sample.raw).hexdigest()
        record, letter = store.message(sha256), letters.get(sha256)
        if record is None or sha256 in seen:
            table.add_row(
                sample.name, "duplicate", tables.coloured("duplicate"), "", "(the same bytes: not read again)"
            )
            continue
        seen.add(sha256)
        table.add_row(
            sample.name,
            record.kind.value if record.kind else record.state.value,
            tables.coloured(record.decision.value if record.decision else None),
            " ".join(record.case_numbers),
            Text(f"{letter.kind}: {RESULTS[record.decision]}" if letter and record.decision else "-"),
        )
    tables.console().print(table)


def _lay_out(store: Store, settings: Settings, letterbox: Letterbox, out: Path, day: date) -> None:
    """Write replies, digest, workbook and records where a person can open them, and say where."""
    replies = out / "replies"
    replies.mkdir()
    for number, raw in enumerate(letterbox.mails, 1):
        (replies / f"{number:03d}.eml").write_bytes(raw)
    (letter,) = morning.compose(settings, store, day, _morning_after(settings, day), _STAFF)
    (out / "digest.html").write_text(with_pictures(letter), encoding="utf-8")
    laid = exporting.lay_out(store, settings.notice, out / "materials")
    exporting.export(store, settings.notice, "xlsx", out / "cases.xlsx", laid)
    exporting.export(store, settings.notice, "jsonl", out / "records.jsonl")
    screen = tables.console()
    screen.print(f"replies    {replies}/ ({len(letterbox.mails)} mails, as they went over the wire)")
    screen.print(f"digest     {out / 'digest.html'} (of {day})")
    screen.print(f"workbook   {out / 'cases.xlsx'}")
    screen.print(f"records    {out / 'records.jsonl'}")
    screen.print(f"log        {out / 'daemon.log'}")
    screen.print(f"materials  {out / 'materials'}/ ({laid.count} files)")
