"""What is past its keeping time is nowhere in the data directory afterwards; figures stay, and everything else goes on."""

import csv
import io
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from daemon import exporting, morning, tables
from daemon.lock import at_work
from daemon.purging import Purged, purge, what_would_go
from daemon.replaying import Replay
from daemon.settings import ConfigError, Settings
from domain.kinds import Decision, MessageState, OutboxState, Track
from notify.progress import progress
from notify.workbook import write_workbook
from parsers.sandbox import Sandbox
from tests.fixtures.desks import ROOT
from tests.fixtures.expectations import FOLDER
from tests.fixtures.keeping import (
    AUGUST,
    DAY,
    OLD,
    STAFF,
    arrive,
    files_holding,
    office_in,
    personal,
    send_all,
    settings_of,
    summer,
)
from tests.fixtures.mails import attach, mail
from tests.fixtures.office import Office, files_of

pytestmark = pytest.mark.timeout(300)

OLD_MAILS = 3
OLD_CASES = ("2023-W-0001", "2023-W-0002")


@pytest.fixture(scope="module")
def summer_of_2023(tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox) -> Path:
    """Work through the mails once; each test has a copy of what comes of it."""
    root = tmp_path_factory.mktemp("summer")
    with office_in(root, sandbox) as office:
        summer(office, settings_of(root))
    return root


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_of(tmp_path)


@pytest.fixture
def desk(summer_of_2023: Path, tmp_path: Path, sandbox: Sandbox) -> Iterator[Office]:
    shutil.copytree(summer_of_2023, tmp_path, dirs_exist_ok=True)
    with office_in(tmp_path, sandbox) as office:
        yield office


def erase(office: Office, settings: Settings) -> Purged:
    return purge(settings, AUGUST, office.now(), "staff:test")


def words_of(office: Office, *numbers: str) -> set[str]:
    """Return what is told of people in cases, and of nobody else."""
    others = {word for record in office.store.cases() if record.case.number not in numbers for word in personal(record)}
    return {word for number in numbers for word in personal(office.case(number))} - others


def test_nothing_of_the_people_is_left_in_any_file(desk: Office, settings: Settings, tmp_path: Path) -> None:
    words = words_of(desk, *OLD_CASES)
    message = desk.store.messages()[0]
    words |= {message.sender, message.subject}
    with closing(sqlite3.connect(tmp_path / "desk.db")) as database:
        database.execute("INSERT INTO rulings SELECT 1, ?, ?, 'staff:a', 'accepted', 'daemon', 'accepted', NULL, NULL", (OLD_CASES[0], "2023-08-01 00:00:00"))  # fmt: skip
        database.commit()
    folder = desk.folder.folder(OLD_CASES[0]) / "done"
    folder.mkdir(parents=True)
    (folder / "样片.mp4").write_text(next(iter(words)))
    (tmp_path / "data" / "tmp" / "in-left-by-a-crash").write_text(next(iter(words)))
    assert len(words) > 8
    assert len(set(files_holding(tmp_path, words))) >= 4
    done = erase(desk, settings)
    assert files_holding(tmp_path, words) == {}
    assert (len(done.scope.messages), done.scope.cases) == (OLD_MAILS, OLD_CASES)
    assert done.files == 1  # what a crash left was swept when the archive was opened
    assert desk.store.verify(desk.now()) == ()


def test_figures_stay_and_what_is_younger_stays_whole(desk: Office, settings: Settings) -> None:
    before, kept = desk.store.counts(), desk.case("2023-W-0003")
    progress_before = progress(desk.store.briefs(), settings.notice)
    erase(desk, settings)
    after = desk.store.counts()
    same = {"arrived", "kinds", "decisions", "opened", "cases", "findings", "sent"}
    assert after.model_dump(include=same) == before.model_dump(include=same)
    assert after.states == {MessageState.PURGED: OLD_MAILS, MessageState.DECIDED: 2}
    assert desk.case("2023-W-0003") == kept
    assert all(desk.store.archive.has(material.part.sha256) for material in kept.case.materials)
    record = desk.case(OLD_CASES[0])
    assert (record.decision, record.case.track) == (Decision.NEEDS_SUPPLEMENT, Track.TEXT)
    assert [event.event for event in record.history][-1] == "purged"
    assert progress(desk.store.briefs(), settings.notice) == progress_before


def test_the_same_mail_polled_again_is_known_and_not_answered_again(desk: Office, settings: Settings) -> None:
    erase(desk, settings)
    letters = len(desk.store.letters())
    desk.arrive((FOLDER / OLD[1]).read_bytes(), AUGUST + 30 * DAY)
    assert (len(desk.store.letters()), len(desk.store.cases())) == (letters, 3)
    erase(desk, settings)
    assert not desk.store.archive.has(desk.store.messages(state=MessageState.PURGED)[1].sha256)


def test_a_supplement_to_a_purged_case_opens_a_new_one(desk: Office, settings: Settings) -> None:
    erase(desk, settings)
    form = next(iter(files_of(OLD[1]).values()))
    desk.arrive(mail("qq", subject="补充 2023-W-0001", attach=[attach("申报表.docx", form)]), AUGUST + 3 * DAY)
    newest = desk.store.messages(since=AUGUST + 2 * DAY)[0]
    assert newest.case_numbers == ("2023-W-0004",)
    assert desk.store.verify(desk.now()) == ()


def test_everything_that_shows_records_copes(
    desk: Office, settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    erase(desk, settings)
    store, notice = desk.store, settings.notice
    tables.show_status(store, desk.now())
    tables.show_cases(store.cases())
    tables.show_messages(store.messages())
    tables.show_case(desk.case(OLD_CASES[0]), notice)
    message = store.messages(state=MessageState.PURGED)[0]
    tables.show_message(message, store.history(message.sha256), notice)
    assert "purged" in capsys.readouterr().out
    (letter,) = morning.compose(settings, store, AUGUST.date(), desk.now(), STAFF)
    assert "0 差异" in letter.text
    assert f"已清除 {OLD_MAILS} 封" in letter.text
    write_workbook(store, notice, tmp_path / "book.xlsx")
    exporting.export(store, notice, "csv", tmp_path / "cases.csv")
    rows = list(csv.reader(io.StringIO((tmp_path / "cases.csv").read_text("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == [*OLD_CASES, "2023-W-0003"]
    assert len(list(exporting.lines(store, notice))) == 2
    assert exporting.lay_out(store, notice, tmp_path / "out").count > 0
    assert [each.before.case.number for each in Replay(desk.desk).run()] == ["2023-W-0003"]
    assert desk.look() == 0


def test_what_is_not_over_stays_and_is_told(office: Office, settings: Settings) -> None:
    """A reply not out yet, and a case that waits for staff."""
    arrive(office, *OLD[:2])
    send_all(office.store, office.now())
    with office.store.begin(office.now()) as tx:
        tx.decide_case("2023-W-0001", Decision.MANUAL_REVIEW, "staff:test")
    office.arrive(mail("qq", subject="寿光市信用办+李红+13800000001"), AUGUST - DAY)
    done = erase(office, settings)
    assert (done.scope.undecided, done.scope.cases, len(done.scope.messages)) == (("2023-W-0001",), (), 1)
    assert [office.store.message(sha256).case_numbers for sha256 in done.scope.unfinished] == [("2023-W-0002",)]  # type: ignore[union-attr]
    assert office.case("2023-W-0001").case.phone
    assert office.store.verify(office.now()) == ()
    assert not done.scope.all_over


def test_a_case_with_a_younger_mail_stays_whole(office: Office, settings: Settings) -> None:
    arrive(office, OLD[1])
    office.arrive(mail("qq", subject="寿光市信用办+李红+13800000001"), AUGUST + 5 * DAY)
    send_all(office.store, office.now())
    with closing(sqlite3.connect(str(office.store.database.engine.url.database))) as database:
        database.execute("INSERT INTO case_messages SELECT '2023-W-0001', sha256, decided_at FROM messages WHERE received_at > '2023-08-01'")  # fmt: skip
        database.commit()
    assert len(office.case("2023-W-0001").messages) == 2
    assert erase(office, settings).scope.messages == ()
    assert office.case("2023-W-0001").case.phone


STEPS = ("rows", "blobs", "folders", "scrub")
KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
import store.purging
from daemon import purging
from tests.fixtures.keeping import AUGUST, settings_of

die = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
for step in sys.argv[2:]:
    if (child := os.fork()) == 0:
        holder, name = {
            "rows": (store.purging, "_count"), "blobs": (store.purging.Archive, "remove"),
            "folders": (purging, "_empty"), "scrub": (store.purging, "scrub"),
        }[step]
        setattr(holder, name, die)
        purging.purge(settings_of(Path(sys.argv[1])), AUGUST, datetime.now(UTC), "staff:test")
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL, step
"""


def test_killed_at_every_step_the_next_run_finishes(desk: Office, settings: Settings, tmp_path: Path) -> None:
    words = words_of(desk, *OLD_CASES)
    subprocess.run([sys.executable, "-c", KILLED, tmp_path, *STEPS], cwd=ROOT, check=True, timeout=120)
    assert sum("begun and not finished" in line for line in desk.store.verify(desk.now())) == len(STEPS)
    erase(desk, settings)
    assert desk.store.verify(desk.now()) == ()
    assert files_holding(tmp_path, words) == {}


def test_nobody_may_be_at_work_meanwhile(desk: Office, settings: Settings) -> None:
    with at_work(settings.directory), pytest.raises(ConfigError, match="stop the daemon first"):
        erase(desk, settings)
    assert not desk.store.open_purges()
    with pytest.raises(ConfigError, match="yet to come"):
        purge(settings, desk.now() + DAY, desk.now(), "staff:test")


def test_a_dry_run_erases_nothing(desk: Office, settings: Settings) -> None:
    would = what_would_go(settings, AUGUST, desk.now())
    assert (len(would.messages), would.cases) == (OLD_MAILS, OLD_CASES)
    assert desk.case(OLD_CASES[0]).case.phone
    assert all(record.letter.raw for record in desk.store.letters())


def test_a_held_reply_is_taken_back_and_a_new_digest_is_not_sent_twice(desk: Office, settings: Settings) -> None:
    with closing(sqlite3.connect(str(desk.store.database.engine.url.database))) as database:
        database.execute(
            "UPDATE letters SET state = 'held' WHERE key LIKE 'receipt:%' AND id = (SELECT min(id) FROM letters)"
        )
        database.commit()
    erase(desk, settings)
    assert OutboxState.HELD not in {record.state for record in desk.store.letters()}
    assert morning.queue_digest(settings, desk.store, AUGUST.date(), desk.now()) == 0


def test_history_loses_details_and_nothing_else_even_while_a_purge_is_open(desk: Office, tmp_path: Path) -> None:
    desk.store.begin_purge(AUGUST, desk.now(), "staff:test")
    with closing(sqlite3.connect(tmp_path / "desk.db", isolation_level=None)) as database:
        for change in (
            "UPDATE events SET detail = 'forged'",
            "UPDATE events SET detail = detail || '.'",
            "UPDATE events SET actor = ''",
            "UPDATE events SET event = 'judged', detail = ''",
            "DELETE FROM events",
            "DELETE FROM purges",
        ):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                database.execute(change)
        database.execute("UPDATE events SET detail = ''")
        database.execute("UPDATE purges SET finished_at = begun_at")
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            database.execute("UPDATE events SET detail = ''")


def test_only_the_directory_s_owner_may_read_its_locks(settings: Settings) -> None:
    with at_work(settings.directory):
        assert (settings.directory / "work.lock").stat().st_mode & 0o777 == 0o600
