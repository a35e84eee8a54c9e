"""A database of every released revision, with its data, is brought to the present shape: all is kept, and all agrees."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from domain.kinds import MessageState
from store.archive import Archive
from store.desk import Store
from store.schema import config
from tests.store.build import arrive, conclude, later

RELEASED = sorted((Path(__file__).parent / "released").glob("*.sql"))


@pytest.mark.parametrize("dump", RELEASED, ids=lambda path: path.stem)
def test_data_of_a_released_revision_are_kept(dump: Path, tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    for content in (b"Subject: answered\r\n\r\n", b"Subject: waiting\r\n\r\n", b"a filled form"):
        archive.add_bytes(content)
    with closing(sqlite3.connect(tmp_path / "desk.db")) as database:
        database.executescript(dump.read_text(encoding="utf-8"))
        before = {
            table: database.execute(f"SELECT count(*) FROM {table}").fetchone()
            for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        }
    with Store.open(f"sqlite:///{tmp_path}/desk.db", archive) as store:
        assert store.verify(later()) == ()
        record = store.case("2023-W-0001")
        assert record
        assert (record.case.phone, record.sender, len(record.case.materials)) == ("13800000000", "Zhang@126.com", 1)
        assert [event.event for event in record.history] == ["opened", "judged", "received", "queued"]
        assert [letter.letter.key.partition(":")[0] for letter in store.letters()] == ["receipt"]
        (waiting,) = store.messages(state=MessageState.ARCHIVED)
        conclude(store, waiting.sha256)
        conclude(store, arrive(store, "new", 3))
        assert len(store.cases()) == 3
        assert store.verify(later()) == ()
    with closing(sqlite3.connect(tmp_path / "desk.db")) as database:
        lost = [table for table, (count,) in before.items() if database.execute(f"SELECT count(*) FROM {table}").fetchone()[0] < count]  # fmt: skip
    assert lost == []


def test_every_revision_has_data_to_be_tested_with() -> None:
    revisions = {script.revision for script in ScriptDirectory.from_config(config()).walk_revisions()}
    assert {path.stem for path in RELEASED} >= revisions - {max(revisions)}
