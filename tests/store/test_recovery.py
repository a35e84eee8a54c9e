"""What a dead process held is free at once, not when its lease runs out."""

from datetime import timedelta

from domain.kinds import OutboxState
from store.desk import Store
from tests.store.build import NOW, arrive, later, letter


def dead(owner: str) -> bool:
    return owner == "dead:1"


def test_a_dead_owners_message_is_due_at_once_and_its_try_counts(store: Store) -> None:
    arrive(store, "one")
    assert store.claim_message("dead:1", NOW, 900)
    assert store.claim_message("alive:2", later(seconds=1), 900) is None
    assert store.reclaim(dead, later(seconds=1)) == 1
    claimed = store.claim_message("alive:2", later(seconds=1), 900)
    assert claimed
    assert claimed.attempts == 2


def test_a_living_owner_keeps_what_it_works_on(store: Store) -> None:
    arrive(store, "one")
    store.claim_message("alive:2", NOW, 900)
    assert store.reclaim(dead, later(seconds=1)) == 0
    assert store.claim_message("another:3", later(seconds=1), 900) is None


def test_a_letter_a_dead_process_was_sending_is_stuck_but_never_simply_sent_again(store: Store) -> None:
    with store.begin(NOW) as tx:
        tx.enqueue(letter("receipt:1"))
    assert store.claim_letter("dead:1", NOW)
    assert store.stuck_letters(later(seconds=1), timedelta(minutes=20)) == ()
    store.reclaim(dead, later(seconds=1))
    (stuck,) = store.stuck_letters(later(seconds=1), timedelta(minutes=20))
    assert stuck.state is OutboxState.SENDING
    assert store.claim_letter("alive:2", later(seconds=1)) is None
