"""Verify finds each discrepancy planted, and only that."""

import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest

from store.desk import Store
from tests.store.build import NOW, arrive, conclude, later, take_back

Plant = Callable[[Store, str], str]


def run(store: Store, *statements: str) -> None:
    """Change rows behind the store's back, foreign keys off, as a bug or a hand in the database would."""
    if store.database.is_postgresql:
        with store.database.writer.begin() as connection:
            for statement in ("SET LOCAL session_replication_role = replica", *statements):
                connection.exec_driver_sql(statement)
        return
    with closing(sqlite3.connect(str(store.database.engine.url.database), isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def lost_blob(store: Store, sha256: str) -> str:
    store.archive.path(sha256).unlink()
    return f"blob {sha256}: missing"


def lost_material(store: Store, _sha256: str) -> str:
    record = store.case("2023-W-0001")
    assert record
    part = record.case.materials[0].part
    store.archive.path(part.sha256).unlink()
    return f"blob {part.sha256}: missing"


def rotten_blob(store: Store, sha256: str) -> str:
    store.archive.path(sha256).write_bytes(b"rotten")
    return f"blob {sha256}: content has another sha256"


def strange_blob(store: Store, sha256: str) -> str:
    (store.archive.path(sha256).parent / "notes.txt").write_text("x")
    return "blob notes.txt: not named after a content"


def decided_without_outcome(store: Store, sha256: str) -> str:
    run(store, "DELETE FROM outcomes")
    return f"message {sha256}: decided without an outcome"


def outcome_without_decision(store: Store, sha256: str) -> str:
    run(store, "UPDATE messages SET state = 'read', due_at = received_at")
    return f"message {sha256}: has an outcome but is not decided"


def forgotten_message(store: Store, _sha256: str) -> str:
    forgotten = arrive(store, "forgotten", 2)
    run(store, f"UPDATE messages SET due_at = NULL WHERE sha256 = '{forgotten}'")
    return f"message {forgotten}: never taken up again, though not at its end"


def restless_message(store: Store, sha256: str) -> str:
    run(store, "UPDATE messages SET due_at = received_at")
    return f"message {sha256}: at its end, yet to be taken up"


def message_from_nowhere(store: Store, sha256: str) -> str:
    run(store, "DELETE FROM ledger")
    return f"message {sha256}: in no ledger"


def two_replies(store: Store, sha256: str) -> str:
    columns = "kind, recipient, recipient_key, subject, text, html, raw, message_sha256, state, attempts, next_at, created_at, error, proof, bounced"
    run(store, f"INSERT INTO letters (message_id, key, {columns}) SELECT 'other', 'other', {columns} FROM letters")
    return f"message {sha256}: 2 letters of kind receipt"


def orphan_material(store: Store, _sha256: str) -> str:
    run(store, "UPDATE materials SET case_number = '2023-W-0009'")
    return "materials 1: no cases 2023-W-0009"


def orphan_finding(store: Store, _sha256: str) -> str:
    run(store, "UPDATE findings SET case_number = '2023-W-0009' WHERE case_number IS NOT NULL")
    return "findings 1: no cases 2023-W-0009"


def orphan_ledger(store: Store, sha256: str) -> str:
    run(
        store,
        f"INSERT INTO ledger SELECT 99, account, folder, uidvalidity, 99, '{'f' * 64}', size, received_at, source, incomplete, recorded_at FROM ledger",
    )
    return f"ledger 99: no messages {'f' * 64}"


def case_from_nowhere(store: Store, _sha256: str) -> str:
    run(store, "DELETE FROM case_messages")
    return "case 2023-W-0001: no message brought it"


def number_skipped(store: Store, _sha256: str) -> str:
    run(store, "UPDATE numbers SET last = 2")
    return "case 2023-W-0002: number given out, no case has it"


def number_invented(store: Store, _sha256: str) -> str:
    run(store, "DELETE FROM numbers")
    return "case 2023-W-0001: number never given out"


def stuck_letter(store: Store, _sha256: str) -> str:
    record = store.claim_letter("dead", later(minutes=-61))
    assert record is None
    record = store.claim_letter("dead", NOW)
    assert record
    run(store, "UPDATE letters SET claimed_at = '2023-08-01 00:00:00.000000'")
    return f"letter {record.id}: being sent for over an hour"


PLANTS: list[Plant] = [
    lost_blob,
    lost_material,
    rotten_blob,
    strange_blob,
    decided_without_outcome,
    outcome_without_decision,
    forgotten_message,
    restless_message,
    message_from_nowhere,
    two_replies,
    orphan_material,
    orphan_finding,
    orphan_ledger,
    case_from_nowhere,
    number_skipped,
    number_invented,
    stuck_letter,
]


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.__name__)
def test_each_planted_discrepancy_is_found_and_nothing_else(store: Store, plant: Plant) -> None:
    sha256 = arrive(store, "a")
    conclude(store, sha256)
    assert store.verify(NOW) == ()
    assert (plant(store, sha256),) == store.verify(NOW)


def test_work_in_progress_is_no_discrepancy(store: Store) -> None:
    arrive(store, "waiting", 1)
    arrive(store, "failed", 2)
    claimed = store.claim_message("a", NOW, 60)
    assert claimed
    store.fail_message(claimed.sha256, "a", "error", NOW)
    store.claim_message("a", NOW, 60)
    assert store.verify(NOW) == ()


def test_a_cancelled_reply_does_not_count_as_one(store: Store) -> None:
    sha256 = arrive(store, "a")
    conclude(store, sha256)
    two_replies(store, sha256)
    take_back(store, store.letters()[0].id)
    assert store.verify(NOW) == ()
