"""Hostile mails through the whole desk, one store: each gets its answer, nothing of it reaches beyond, the next mail is processed."""

import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from daemon import exporting
from daemon.contract import message_line
from daemon.desk import Desk
from daemon.doctor import examine
from daemon.settings import Settings, load
from daemon.worker import work_through
from domain.records import Arrival, LetterRecord
from notify.digest import write_digest
from notify.workbook import write_workbook
from parsers.sandbox import Sandbox
from store.archive import Archive
from store.desk import Store
from tests.fixtures.desks import ROOT, command
from tests.fixtures.hostile_mails import Hostile, carrying, everything
from tests.fixtures.mails import CHINA
from tests.fixtures.stories_paper import BATH, both

Json = dict[str, Any]
pytestmark = pytest.mark.timeout(600)
BEGIN = datetime(2023, 8, 1, 9, 0, tzinfo=CHINA)
#: What a terminal, a mail program or a reader of the log would take for more than text.
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Day:
    """What became of all mails, in order of arrival."""

    folder: Path
    settings: Settings
    store: Store
    mails: tuple[Hostile, ...]
    lines: tuple[Json, ...]

    @property
    def letters(self) -> tuple[LetterRecord, ...]:
        return self.store.letters()


def _arrive(mails: tuple[Hostile, ...], store: Store) -> None:
    for number, mail in enumerate(mails, 1):
        sha256 = store.archive.add_bytes(mail.raw)
        when = BEGIN + timedelta(minutes=number)
        arrival = Arrival(
            account="t", folder="INBOX", uidvalidity=1, uid=number, sha256=sha256, size=len(mail.raw), received_at=when
        )
        assert store.record_arrival(arrival, datetime.now(UTC))


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    folder = tmp_path_factory.mktemp("hostile") / "data"
    settings = load(ROOT / "config.toml", folder)
    limits = settings.limits.model_copy(
        update={"archive_files": 80, "max_parts": 80}
    )  # thousands of files take the same way, slowly
    mails = (*everything(), replace(carrying("last", *both(BATH)), decision="accepted"))
    with (
        Sandbox(limits, 2, writable=(folder / "tmp",), lending=folder / "lent") as sandbox,
        Store.open(settings.database, Archive(folder)) as store,
    ):
        _arrive(mails, store)
        desk = Desk(settings.notice, settings.rules, limits, store, sandbox, settings.mailbox.account, "组委会")
        done = list(work_through(desk, lambda: datetime.now(UTC)))
        lines = tuple(message_line(each.outcome, None, each.letter, desk.notice) for each in done)
        yield Day(folder, settings, store, mails, lines)


def test_each_mail_gets_its_answer_and_the_next_is_processed(day: Day) -> None:
    assert len(day.lines) == len(day.mails)
    assert [word for mail, line in zip(day.mails, day.lines, strict=True) for word in differences(mail, line)] == []


def differences(mail: Hostile, line: Json) -> Iterator[str]:
    codes = {finding["code"] for told in (line, *line["cases"]) for finding in told["findings"]}
    if line["decision"] != mail.decision:
        yield f"{mail.name}: {line['decision']}, expected {mail.decision}"
    if not mail.codes <= codes:
        yield f"{mail.name}: {sorted(codes)}, expected {sorted(mail.codes)}"
    if bool(line["reply"]) != mail.reply:
        yield f"{mail.name}: reply {bool(line['reply'])}"


def test_letters_say_nothing_they_were_told_to_say(day: Day) -> None:
    by_sender = {line["message"]["from"]: mail for mail, line in zip(day.mails, day.lines, strict=True)}
    for record in day.letters:
        letter = record.letter
        for shown in (letter.subject, letter.text, letter.html):
            assert not CONTROL.search(shown)
            assert [word for word in by_sender[letter.recipient].never if word in shown] == []
        assert not re.search(r"<script|<img[^>]+onerror|<iframe|href=", letter.html)
    assert any("&lt;script&gt;" in record.letter.html for record in day.letters)


def test_letters_go_to_their_sender_alone_under_our_headers(day: Day) -> None:
    senders = {line["message"]["from"] for line in day.lines}
    for record in day.letters:
        raw = email.message_from_bytes(record.letter.raw, policy=email.policy.default)
        assert {address.addr_spec for address in raw["To"].addresses} == {record.letter.recipient}
        assert record.letter.recipient in senders
        assert not {"bcc", "cc", "resent-to"} & {name.lower() for name in raw}
        assert len(raw.get_all("Subject", [])) == len(raw.get_all("To", [])) == 1


def test_every_mail_is_in_a_named_state_and_the_store_agrees(day: Day) -> None:
    assert day.store.verify(datetime.now(UTC)) == ()
    assert {path.name for path in day.folder.iterdir()} >= {"blobs", "tmp", "lent"}
    assert list((day.folder / "tmp").iterdir()) == []
    assert list((day.folder / "lent").glob("*/files/*")) == []


def test_names_lead_nowhere(day: Day) -> None:
    names = [part["path"] for line in day.lines for part in line["attachments"]]
    assert len(names) > 100
    for name in names:
        assert not name.startswith(("/", "\\"))
        assert not {"..", "", "."} & set(name.split("/"))
        assert not CONTROL.search(name)
        assert not re.search(r"[\\:<>|?*\"]", name)
        assert all(len(part.encode()) <= 255 for part in name.split("/"))


def test_no_file_of_this_machine_was_read_into_a_case(day: Day) -> None:
    secret = Path("/etc/passwd").read_text().splitlines()[0]
    assert secret not in repr(day.lines)
    assert all(secret not in record.letter.text for record in day.letters)


def test_workbook_csv_and_json_are_text(day: Day, tmp_path: Path) -> None:
    write_workbook(day.store, day.settings.notice, tmp_path / "book.xlsx")
    cells = [cell for sheet in load_workbook(tmp_path / "book.xlsx") for row in sheet.iter_rows() for cell in row]
    assert [cell.value for cell in cells if cell.data_type == "f"] == []
    assert any("calc" in str(cell.value) for cell in cells)
    exporting.export(day.store, day.settings.notice, "csv", tmp_path / "out.csv")
    exporting.export(day.store, day.settings.notice, "jsonl", tmp_path / "out.jsonl")
    csv, lines = (tmp_path / "out.csv").read_text("utf-8-sig"), (tmp_path / "out.jsonl").read_text()
    assert not re.search(r'(?:^|,)"?[=+@＝＋＠-]', csv.replace(",-", ","), re.MULTILINE)
    assert not CONTROL.search(csv.replace("\r\n", "\n"))
    assert not CONTROL.search(lines)


def test_the_digest_runs_nothing(day: Day) -> None:
    edition = write_digest(day.store, day.settings.notice, BEGIN.date(), BEGIN + timedelta(days=1))
    assert not re.search(r"<script|<img[^>]+onerror|<iframe|javascript:", edition.html)
    assert not CONTROL.search(edition.html + edition.text + edition.subject)


@pytest.mark.parametrize("arguments", [("list",), ("list", "--messages"), ("status",)])
def test_a_terminal_shows_text_and_obeys_nothing(day: Day, arguments: tuple[str, ...]) -> None:
    shown = command(*arguments, "--data", day.folder)
    assert shown.returncode in (0, 1), shown.stderr
    assert not CONTROL.search(shown.stdout)
    assert not CONTROL.search(shown.stderr)


def test_doctor_tells_what_confines_the_parsers(tmp_path: Path) -> None:
    told = {finding.what: finding.told for finding in examine(load(ROOT / "config.toml", tmp_path), online=False)}
    assert told["parser processes"].startswith("memory 3072 MiB")


def test_the_log_of_a_day_names_nobody(tmp_path: Path) -> None:
    """`import` is the daemon's own way from the archive on, with its own log."""
    folder = tmp_path / "mails"
    folder.mkdir()
    wanted = ("template", "ansi", "smuggled", "docx_tables", "zip_nested", "png_huge")
    mails = [mail for mail in everything() if mail.name in wanted] + [carrying("last", *both(BATH))]
    for mail in mails:
        (folder / f"{mail.name}.eml").write_bytes(mail.raw)
    done = command("import", folder, "--reply", "--data", tmp_path / "data")
    assert done.returncode in (0, 1), done.stderr
    assert done.stderr.count("decided") == len(mails)
    assert done.stderr.isascii()
    told = done.stdout + done.stderr
    people = (
        BATH.phone,
        BATH.email,
        BATH.contact,
        BATH.title,
        "13800000000",
        "王平",
        *(f"{m.name.replace('_', '-')}@163.com" for m in mails),
    )
    assert [word for word in people if word in told] == []
    assert not CONTROL.search(told)
