"""Messages that wait to be read: put in with the message or not at all, taken up in order only when read."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from procrastinate.schema import migrations_path
from sqlalchemy import text

from domain.kinds import MessageState
from store.archive import Archive
from store.desk import Store
from store.engine import Database, create
from store.queue import BELL, prepare
from tests.fixtures.postgres import Cluster
from tests.store.build import NOW, arrival, arrive, later

FETCH = "UPDATE procrastinate_jobs SET status = 'doing' WHERE queueing_lock = :sha256"
FINISH = (
    "SELECT procrastinate_finish_job_v1(id, 'succeeded', true) FROM procrastinate_jobs WHERE queueing_lock = :sha256"
)


@pytest.fixture
def queued(postgresql: str, archive: Archive) -> Iterator[Store]:
    with Store.open(postgresql, archive, queued=True) as opened:
        yield opened


def say(store: Store, statement: str, sha256: str) -> None:
    with store.database.writer.begin() as connection:
        connection.execute(text(statement), {"sha256": sha256})


def jobs(store: Store) -> list[tuple[str, str]]:
    with store.database.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT queueing_lock, args ->> 'sha256' FROM procrastinate_jobs ORDER BY id")
        return [(lock, told) for lock, told in rows]


def test_a_message_and_its_job_are_written_together(queued: Store) -> None:
    sha256 = arrive(queued, "a")
    assert jobs(queued) == [(sha256, sha256)]
    arrive(queued, "a", uid=2)  # the same bytes elsewhere
    assert len(jobs(queued)) == 1


def test_a_message_that_could_not_be_written_leaves_no_job(queued: Store) -> None:
    with pytest.raises(Exception, match="without a zone"):
        queued.record_arrival(arrival("a" * 64, received_at=NOW.replace(tzinfo=None)), NOW)
    assert jobs(queued) == []
    assert queued.messages() == ()


def test_a_message_is_concluded_once_read_and_later_ones_wait_for_it(queued: Store) -> None:
    first, second = arrive(queued, "first", 1), arrive(queued, "second", 2, received_at=later(minutes=1))
    say(queued, FINISH, second)
    assert queued.claim_message("me", later(hours=1), 60) is None
    say(queued, FETCH, first)
    assert queued.claim_message("me", later(hours=1), 60) is None
    say(queued, FINISH, first)
    claimed = [queued.claim_message("me", later(hours=1), 60) for _ in range(2)]
    assert [claim and claim.sha256 for claim in claimed] == [first, second]


def test_who_reads_by_itself_takes_up_what_waits(queued: Store) -> None:
    sha256 = arrive(queued, "a")
    claimed = queued.without_queue().claim_message("me", NOW, 60)
    assert claimed and claimed.sha256 == sha256


def test_what_staff_retry_is_read_again(queued: Store) -> None:
    sha256 = arrive(queued, "a")
    say(queued, FINISH, sha256)
    for strike in range(3):
        queued.claim_message("me", later(hours=strike), 60)
        queued.fail_message(sha256, "me", "error", later(hours=strike))
    assert queued.to_read(sha256) is None
    assert queued.retry_message(sha256, later(days=1))
    assert jobs(queued) == [(sha256, sha256)]
    message = queued.to_read(sha256)
    assert message and message.sha256 == sha256
    assert queued.messages(state=MessageState.ARCHIVED)


def test_the_bell_rings_when_a_message_has_been_read(queued: Store, postgresql: str) -> None:
    sha256 = arrive(queued, "a")
    with psycopg.connect(postgresql.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f"LISTEN {BELL}")
        say(queued, FETCH, sha256)
        assert list(connection.notifies(timeout=0.2)) == []
        say(queued, FINISH, sha256)
        assert len(list(connection.notifies(timeout=30, stop_after=1))) == 1


def test_asking_whether_a_message_waits_reads_no_backlog(queued: Store) -> None:
    with queued.database.writer.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock) SELECT 'reading', 'read', n FROM generate_series(1, 5000) n"
        )
        connection.exec_driver_sql("ANALYZE procrastinate_jobs")
        for status in ("todo", "doing"):
            rows = connection.exec_driver_sql(
                f"EXPLAIN SELECT FROM procrastinate_jobs WHERE status = '{status}' AND queueing_lock = 'x'"
            )
            assert "Seq Scan" not in "".join(row[0] for row in rows)


def shape(database: Database) -> set[tuple[str, ...]]:
    """Return the names of all that Procrastinate keeps, and the text of its functions."""
    parts = (
        "SELECT proname, prosrc FROM pg_proc WHERE proname LIKE 'procrastinate%%'",
        "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_name LIKE 'procrastinate%%'",
        "SELECT tablename, indexdef FROM pg_indexes WHERE tablename LIKE 'procrastinate%%'",
        "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname LIKE '%%procrastinate%%'",
    )
    with database.engine.connect() as connection:
        return {tuple(row) for part in parts for row in connection.exec_driver_sql(part)}


def test_tables_of_an_older_release_become_those_of_this_one(
    cluster: Cluster, postgresql: str, archive: Archive
) -> None:
    migrations = sorted(Path(migrations_path).glob("*.sql"))
    old = next(index for index, path in enumerate(migrations) if path.stem.startswith("03.01"))
    name = cluster.make()
    database, fresh = Database(create(cluster.url(name))), Database(create(postgresql))
    for path in migrations[:old]:
        with database.writer.begin() as connection:
            connection.exec_driver_sql(path.read_text().replace("%", "%%"))
    with database.writer.begin() as connection:
        connection.exec_driver_sql(f"COMMENT ON TABLE procrastinate_jobs IS '{migrations[old - 1].stem}'")
    for each in (database, fresh):
        prepare(each)
        prepare(each)  # a second time nothing is left to do
    assert shape(database) == shape(fresh)
    for each in (database, fresh):
        each.close()
    cluster.drop(name)
