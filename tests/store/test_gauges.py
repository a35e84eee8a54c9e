"""Figures that are looked at all the time, and by which index."""

from typing import Any

import pytest
from sqlmodel import col

from domain.kinds import MessageState, OutboxState
from store.archive import Archive
from store.counts import tally
from store.desk import Store
from store.tables import LetterRow, MessageRow
from tests.store.build import NOW, arrive, later, letter


def test_levels_tell_states_and_the_oldest_that_waits(store: Store) -> None:
    assert store.levels().waiting_since is None
    arrive(store, "a", 1)
    arrive(store, "b", 2, received_at=later(hours=1))
    with store.begin(NOW) as tx:
        tx.enqueue(letter("a"))
        tx.enqueue(letter("b"), held_reason="over the cap")
    levels = store.levels()
    assert levels.messages == {MessageState.ARCHIVED: 2}
    assert levels.letters == {OutboxState.QUEUED: 1, OutboxState.HELD: 1}
    first = store.messages()[0]
    assert levels.waiting_since == first.received_at


def test_letters_are_asked_for_by_their_keys(store: Store) -> None:
    with store.begin(NOW) as tx:
        tx.enqueue(letter("a"))
    key = store.letters()[0].letter.key
    assert store.letter_states([key, "digest:2023-08-01"]) == {key: OutboxState.QUEUED}
    assert store.letter_states([]) == {}


def test_what_is_kept_counts_each_content_once_and_a_database_has_a_size(store: Store) -> None:
    assert store.kept_bytes() == 0
    arrive(store, "a", 1)
    once = store.kept_bytes()
    arrive(store, "a", 2)  # the same bytes in another place
    assert store.kept_bytes() == once > 0
    assert store.database_bytes() > 0


@pytest.mark.parametrize(
    ("column", "index"),
    [(MessageRow.state, "ix_messages_state_received_at"), (LetterRow.state, "ix_letters_state_account_next_at")],
)
def test_states_are_tallied_without_a_look_at_any_row(sqlite: str, archive: Archive, column: Any, index: str) -> None:
    """A letter's row holds the letter, a message's is wide: only the index may be read."""
    with Store.open(sqlite, archive) as store, store.database.engine.connect() as connection:
        told = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {tally(col(column))}")
        assert f"USING COVERING INDEX {index}" in "; ".join(row[3] for row in told)
