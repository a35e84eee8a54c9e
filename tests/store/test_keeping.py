"""Copies and purges on either database: what is copied can be gone on with, what is erased leaves its figures."""

import os
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import make_url
from sqlalchemy.exc import DatabaseError

from domain.case import Case
from domain.kinds import Decision, MessageState, OutboxState
from store.archive import Archive
from store.backup import DATABASE, DUMP
from store.desk import Store
from tests.fixtures.postgres import Cluster
from tests.store.build import NOW, arrive, conclude, later


def of_nobody(_case: Case) -> str | None:
    return None


def purge(store: Store, days: float = 1) -> int:
    store.begin_purge(later(days=days), later(days=400), "staff:test")
    store.erase_rows(later(days=days), later(days=400), of_nobody)
    blobs = store.erase_files()
    store.finish_purge(later(days=400))
    return blobs


def answered(store: Store, name: str, uid: int, days: float = 0) -> str:
    sha256 = arrive(store, name, uid, received_at=later(days=days))
    number = conclude(store, sha256)
    with store.begin(later(days=days)) as tx:
        tx.decide_case(number, Decision.ACCEPTED, "staff:li", "张三同意，电话 13800000000")
    while record := store.claim_letter("test", later(days=2)):
        store.settle_letter(record.id, OutboxState.SENT, later())
    return sha256


def test_a_purge_erases_what_is_old_and_keeps_its_figures(store: Store) -> None:
    old, new = answered(store, "old", 1), answered(store, "new", 2, days=3)
    before = store.counts()
    assert purge(store) == 1  # the form is the younger case's too
    after = store.counts()
    assert (after.kinds, after.decisions, after.cases, after.findings) == (
        before.kinds, before.decisions, before.cases, before.findings,
    )  # fmt: skip
    assert [store.archive.has(sha256) for sha256 in (old, new)] == [False, True]
    record = store.case("2023-W-0001")
    assert record and record.purged_at
    assert (record.sender, record.case.phone, record.case.title, record.findings) == ("", None, None, ())
    decided = next(event for event in record.history if event.event == "decided")
    assert (decided.detail, decided.actor) == ("needs_supplement → accepted", "staff:li")
    message = store.message(old)
    assert message and (message.state, message.sender, message.message_id) == (MessageState.PURGED, "", None)
    assert store.letters()[0].letter.raw == b""
    assert store.verify(later(days=400)) == ()


def test_history_is_shortened_by_a_purge_alone(store: Store) -> None:
    sha256 = arrive(store, "a")
    changes = ("UPDATE events SET detail = ''", "UPDATE events SET detail = 'forged'", "DELETE FROM events")
    for is_open in (False, True):
        if is_open:
            store.begin_purge(NOW, NOW, "staff:test")
        for change in changes[is_open:]:
            with pytest.raises(DatabaseError, match="append-only"), store.database.writer.begin() as connection:
                connection.exec_driver_sql(change)
    with store.database.writer.begin() as connection:
        connection.exec_driver_sql("UPDATE events SET detail = substr(detail, 1, 5)")
    assert [event.detail for event in store.history(sha256)] == ["INBOX"]


def test_a_purge_cut_short_is_a_discrepancy(store: Store) -> None:
    sha256 = answered(store, "old", 1)
    store.begin_purge(later(days=1), later(days=2), "staff:test")
    store.erase_rows(later(days=1), later(days=2), of_nobody)
    assert store.verify(later(days=2)) == ("purge 1: begun and not finished, run `purge` again",)
    store.erase_files()
    store.finish_purge(later(days=2))
    assert store.verify(later(days=2)) == ()
    assert not store.archive.has(sha256)


def test_a_copy_can_be_gone_on_with(store: Store, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    answered(store, "first", 1)
    target = tmp_path / "copy"
    target.mkdir()
    copied = store.copy_to(target)
    assert (copied.blobs, copied.copied, copied.faults) == (2, 2, ())
    url = f"sqlite:///{target / DATABASE}"
    if store.database.is_postgresql:
        cluster: Cluster = request.getfixturevalue("cluster")
        url = cluster.url(cluster.make())
        to = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        subprocess.run(["pg_restore", "--no-owner", f"--dbname={to}", target / DUMP], check=True, env=os.environ)
    with Store.open(url, Archive(target)) as copy:
        assert copy.verify(later(days=2)) == ()
        assert copy.case("2023-W-0001") == store.case("2023-W-0001")
        conclude(copy, arrive(copy, "second", 2))
        assert len(copy.cases()) == 2
