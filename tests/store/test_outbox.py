"""At most one letter on the wire: claimed before dialling, settled once, held in doubt."""

from datetime import timedelta

import pytest

from domain.kinds import OutboxState
from domain.records import LetterRecord
from store.desk import Store
from tests.store.build import NOW, SENDER, arrive, conclude, later, letter, mail, take_back


def queue(store: Store, key: str = "receipt:1", *, minutes: int = 0, held: str = "", kind: str = "receipt") -> int:
    with store.begin(NOW) as tx:
        assert tx.enqueue(letter(key, kind=kind), later(minutes=minutes), held)
    return next(record.id for record in store.letters() if record.letter.key == key)


def claim(store: Store, *, minutes: int = 0) -> LetterRecord:
    record = store.claim_letter("sender", later(minutes=minutes))
    assert record
    return record


def test_a_letter_comes_back_byte_for_byte(store: Store) -> None:
    id_ = queue(store)
    record = store.letter(id_)
    assert record and record.letter == letter("receipt:1")
    assert (record.state, record.attempts, record.created_at, record.next_at) == (OutboxState.QUEUED, 0, NOW, NOW)


def test_the_attempt_is_written_before_anyone_dials(store: Store) -> None:
    id_ = queue(store)
    record = claim(store)
    stored = store.letter(id_)
    assert record == stored
    assert stored and (stored.state, stored.attempts) == (OutboxState.SENDING, 1)
    assert store.claim_letter("another", later(days=1)) is None


def test_letters_go_in_the_order_they_are_due(store: Store) -> None:
    queue(store, "later", minutes=10)
    queue(store, "soon", minutes=5)
    queue(store, "soon too", minutes=5)
    assert store.claim_letter("a", later(minutes=4)) is None
    assert [claim(store, minutes=10).letter.key for _ in range(3)] == ["soon", "soon too", "later"]


def test_sent_with_the_servers_word_as_proof(store: Store) -> None:
    sha256 = arrive(store, "a")
    number = conclude(store, sha256)
    record = claim(store)
    assert store.settle_letter(record.id, OutboxState.SENT, later(seconds=2), proof="250 Mail OK queued as 1")
    stored = store.letter(record.id)
    assert stored and (stored.state, stored.sent_at, stored.proof) == (
        OutboxState.SENT,
        later(seconds=2),
        "250 Mail OK queued as 1",
    )
    for subject in (number, sha256):
        last = store.history(subject)[-1]
        assert (last.event, last.detail) == ("replied", f"receipt receipt:{sha256}: 250 Mail OK queued as 1")


def test_a_refusal_for_now_is_tried_again_later(store: Store) -> None:
    id_ = queue(store)
    claim(store)
    assert store.settle_letter(id_, OutboxState.QUEUED, NOW, next_at=later(minutes=15), error="451 try later")
    assert store.claim_letter("a", later(minutes=14)) is None
    again = claim(store, minutes=15)
    assert (again.attempts, again.error) == (2, "451 try later")


def test_what_is_held_waits_for_a_person(store: Store) -> None:
    id_ = queue(store)
    claim(store)
    store.settle_letter(id_, OutboxState.HELD, NOW, error="unknown after DATA")
    assert store.claim_letter("a", later(days=9)) is None
    assert store.release_letter(id_, later(days=9))
    assert claim(store, minutes=9 * 24 * 60).id == id_


def test_a_letter_may_be_held_from_the_start(store: Store) -> None:
    id_ = queue(store, held="over the cap")
    record = store.letter(id_)
    assert record and (record.state, record.error) == (OutboxState.HELD, "over the cap")
    assert store.claim_letter("a", later(days=1)) is None


@pytest.mark.parametrize("state", [OutboxState.SENT, OutboxState.QUEUED, OutboxState.HELD])
def test_only_a_letter_being_sent_is_settled(store: Store, state: OutboxState) -> None:
    id_ = queue(store)
    assert not store.settle_letter(id_, state, NOW)
    assert not store.settle_letter(id_ + 1, state, NOW)
    record = store.letter(id_)
    assert record and record.state is OutboxState.QUEUED


def test_a_letter_is_not_settled_twice(store: Store) -> None:
    id_ = queue(store)
    claim(store)
    store.settle_letter(id_, OutboxState.SENT, NOW, proof="250")
    for state in OutboxState:
        assert not store.settle_letter(id_, state, NOW)
    assert not store.release_letter(id_, NOW)


def test_a_slow_sender_may_still_prove_that_a_held_letter_went(store: Store) -> None:
    id_ = queue(store)
    claim(store)
    store.settle_letter(id_, OutboxState.HELD, later(hours=1), error="sender died")
    assert not store.settle_letter(id_, OutboxState.QUEUED, later(hours=1))
    assert store.settle_letter(id_, OutboxState.SENT, later(hours=1), proof="250")


def test_a_letter_taken_back_is_not_sent(store: Store) -> None:
    take_back(store, queue(store))
    assert store.claim_letter("a", later(days=1)) is None


def test_letters_of_dead_senders_are_found(store: Store) -> None:
    id_ = queue(store)
    claim(store)
    assert store.stuck_letters(later(minutes=9), timedelta(minutes=10)) == ()
    assert [record.id for record in store.stuck_letters(later(minutes=10), timedelta(minutes=10))] == [id_]


def test_letters_sent_are_counted_to_all_and_to_one(store: Store) -> None:
    for serial in range(3):
        queue(store, f"k{serial}")
        store.settle_letter(claim(store).id, OutboxState.SENT, later(hours=serial))
    assert store.sent_since(NOW) == 3
    assert store.sent_since(later(hours=1)) == 2
    assert store.sent_since(NOW, SENDER.upper()) == 3
    assert store.sent_since(NOW, "other@126.com") == 0


def test_guidance_is_counted_by_sender_and_day(store: Store) -> None:
    sha256 = arrive(store, "question")
    store.save_mail(sha256, mail(sha256))
    other = letter("question:1", kind="question", answers=sha256).model_copy(update={"recipient": "reply-to@qq.com"})
    with store.begin(NOW) as tx:
        tx.enqueue(other)
    queue(store, "receipt:9")
    assert store.questions_answered(SENDER.lower(), NOW) == 1
    assert store.questions_answered("Reply-To@qq.com", NOW) == 1
    assert store.questions_answered("else@qq.com", NOW) == 0
    assert store.questions_answered(SENDER, later(seconds=1)) == 0


def test_guidance_taken_back_was_not_given(store: Store) -> None:
    take_back(store, queue(store, "question:1", kind="question"))
    assert store.questions_answered(SENDER, NOW) == 0


def test_our_letters_are_known_by_their_message_id(store: Store) -> None:
    number = conclude(store, arrive(store, "a"))
    ours = store.letters()[0].letter.message_id
    assert store.is_our_letter(ours)
    assert not store.is_our_letter("<else@where>")
    assert store.cases_of_letters([ours, "<else@where>"]) == (number,)
    assert store.cases_of_letters([]) == ()


def test_letters_are_listed_by_state_and_age(store: Store) -> None:
    queue(store, "a")
    queue(store, "b", held="?")
    assert [record.letter.key for record in store.letters(state=OutboxState.HELD)] == ["b"]
    assert len(store.letters(since=NOW)) == 2
    assert store.letters(since=later(seconds=1)) == ()


def test_each_account_has_its_own_letters_caps_and_pauses(store: Store) -> None:
    with store.begin(NOW) as tx:
        for account in ("a@x.cn", "b@x.cn", ""):
            tx.enqueue(letter(f"to {account}").model_copy(update={"account": account}))
    assert store.accounts_with_post() == {"a@x.cn", "b@x.cn", ""}
    second = store.claim_letter("s", NOW, ["b@x.cn"])
    assert second and second.letter.account == "b@x.cn"
    assert store.claim_letter("s", NOW, ["b@x.cn"]) is None
    assert store.settle_letter(second.id, OutboxState.QUEUED, NOW, next_at=later(hours=1), error="421 busy")
    assert store.set_back(["b@x.cn"]) == ((later(hours=1), "421 busy"),)
    assert store.set_back(["a@x.cn", ""]) == ()
    firsts = [store.claim_letter("s", NOW, ["a@x.cn", ""]) for _ in range(2)]
    assert [each and each.letter.account for each in firsts] == ["a@x.cn", ""]
    assert firsts[0] and store.settle_letter(firsts[0].id, OutboxState.SENT, NOW)
    assert [store.sent_since(NOW, accounts=[account]) for account in ("a@x.cn", "b@x.cn")] == [1, 0]
    assert store.sent_since(NOW) == 1
    assert [each.letter.account for each in store.stuck_letters(later(hours=1), timedelta(0), ["a@x.cn", ""])] == [""]
