"""Records moved to another database are the same records: nothing lost, nothing changed, and work goes on."""

from collections.abc import Callable
from contextlib import closing

import pytest

from domain.facts import FileFacts
from domain.kinds import Decision, OutboxState, Track
from store.archive import Archive
from store.desk import Store
from store.errors import NotEmpty
from store.moving import move
from store.verify import Verify
from tests.store.build import NOW, arrive, conclude, later, letter, mail


def fill(store: Store) -> str:
    """Put something into every table that a desk fills; return a case's number."""
    first, second = arrive(store, "first", 1), arrive(store, "second", 2, received_at=later(minutes=1))
    store.save_mail(first, mail(first, subject="材料\x00报送"))
    store.save_facts("a" * 64, "word", "1-a", FileFacts(parser="word", version=1, text="信用\x00"))
    number = conclude(store, first)
    conclude(store, second, hours=1)
    arrive(store, "waiting", 3, received_at=later(hours=2))
    with store.begin(later(hours=3)) as tx:
        tx.decide_case(number, Decision.ACCEPTED, "staff:王", "好")
        tx.enqueue(letter("held", answers=second, cases=(number,)), held_reason="over the cap")
    sent = store.claim_letter("sender", later(hours=3))
    assert sent and store.settle_letter(sent.id, OutboxState.SENT, later(hours=3), proof="250 好")
    store.save_cursor("wfxyxh", "INBOX", 1, 4, 3)
    store.record_poll("wfxyxh", NOW, later(minutes=1), True, seen=3, new=3)
    return number


ASKED: list[Callable[[Store], object]] = [
    Store.cases,
    Store.messages,
    Store.letters,
    Store.works,
    Store.counts,
    lambda store: [store.history(message.sha256) for message in store.messages()],
    lambda store: [store.outcome(message.sha256) for message in store.messages()],
    lambda store: [store.mail(message.sha256) for message in store.messages()],
    lambda store: store.facts("a" * 64, "word", "1-a"),
    lambda store: (store.cursor("wfxyxh", "INBOX"), store.last_poll(), store.known_uids("wfxyxh", "INBOX", 1)),
    lambda store: Verify.verify(store, later(hours=4)),
]


@pytest.mark.parametrize("back", [False, True], ids=["to postgresql", "and back"])
def test_every_record_arrives_as_it_was(sqlite: str, postgresql: str, archive: Archive, back: bool) -> None:
    with closing(Store.open(sqlite, archive)) as here, closing(Store.open(postgresql, archive)) as there:
        fill(here)
        moved = move(here.database, there.database)
        assert (moved["messages"], moved["cases"], moved["letters"]) == (3, 2, 3)
        assert [ask(there) for ask in ASKED] == [ask(here) for ask in ASKED]
        if back:
            with closing(Store.open(sqlite.replace("desk.db", "back.db"), archive)) as again:
                assert move(there.database, again.database) == moved
                assert [ask(again) for ask in ASKED] == [ask(here) for ask in ASKED]


def test_work_goes_on_where_it_was(sqlite: str, postgresql: str, archive: Archive) -> None:
    with closing(Store.open(sqlite, archive)) as here, closing(Store.open(postgresql, archive)) as there:
        fill(here)
        move(here.database, there.database)
        claimed = there.claim_message("me", later(hours=5), 60)
        assert claimed and conclude(there, claimed.sha256) == "2023-W-0003"
        with there.begin(NOW) as tx:
            assert tx.next_number(2023, Track.VIDEO) == "2023-V-0001"
            drawn = tx.next_number(2023, Track.TEXT)
        assert drawn == "2023-W-0004"


def test_records_are_not_mixed_with_others(sqlite: str, postgresql: str, archive: Archive) -> None:
    with closing(Store.open(sqlite, archive)) as here, closing(Store.open(postgresql, archive)) as there:
        fill(here)
        arrive(there, "another desk's")
        with pytest.raises(NotEmpty, match="holds rows"):
            move(here.database, there.database)
        assert len(there.messages()) == 1


def test_what_breaks_midway_leaves_nothing(sqlite: str, postgresql: str, archive: Archive) -> None:
    with closing(Store.open(sqlite, archive)) as here, closing(Store.open(postgresql, archive)) as there:
        fill(here)
        with there.database.writer.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE letters ADD CONSTRAINT never CHECK (kind = '')")
        with pytest.raises(Exception, match="never"):
            move(here.database, there.database)
        assert there.messages() == ()
