"""What the digest tells of polls and ledger where a call has several mailboxes."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from notify.books import keep_books, told
from store.archive import Archive
from store.desk import Store
from tests.fixtures.cases import notice
from tests.store.build import NOW, arrive

FIRST, SECOND = "wfxyxh", "second"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path}/desk.db", Archive(tmp_path)) as opened:
        yield opened


def polled(store: Store, account: str, minutes: int, *, error: str = "", seen: int = 1) -> None:
    at = NOW + timedelta(minutes=minutes)
    store.record_poll(account, at, at, not error, error, seen, 0)


def test_mailboxes_are_told_together_as_old_as_the_oldest_look(store: Store) -> None:
    arrive(store, "a", 1)
    polled(store, FIRST, 0, seen=1)
    polled(store, SECOND, 5, seen=2)
    books = keep_books(store, notice(), (), (FIRST, SECOND))
    assert books.poll
    assert (books.poll.finished_at, books.poll.seen, books.poll.ok) == (NOW, 3, True)
    assert (books.reckoning.ledger, books.reckoning.elsewhere, books.lost) == (1, 0, 2)


def test_one_that_failed_is_named(store: Store) -> None:
    polled(store, FIRST, 0)
    polled(store, SECOND, 5, error="login refused")
    books = keep_books(store, notice(), (), (FIRST, SECOND))
    first = next(told(books, store.counts(), NOW))
    assert first.bad
    assert "second: login refused" in first.text


def test_of_one_mailbox_the_last_look_counts(store: Store) -> None:
    polled(store, FIRST, 0)
    polled(store, FIRST, 5, seen=4)
    books = keep_books(store, notice(), ())
    assert books.poll and (books.poll.account, books.poll.seen) == (FIRST, 4)
