"""Leases: one worker a message, a dead worker's message is taken up again, the third strike is quarantine."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from domain.facts import FileFacts
from domain.kinds import MessageState
from store.desk import Store
from store.work import DIED, PAUSES, STRIKES
from tests.store.build import NOW, arrival, arrive, conclude, later, mail


def test_the_oldest_arrival_is_taken_up_first(store: Store) -> None:
    newer = arrive(store, "newer", 1, received_at=later(hours=2))
    older = arrive(store, "older", 2, received_at=later(hours=1))
    claimed = [store.claim_message("a", later(hours=3), 60) for _ in range(3)]
    assert [claim and claim.sha256 for claim in claimed] == [older, newer, None]


def test_a_claim_says_what_is_needed_and_counts_the_try_before_the_work(store: Store) -> None:
    sha256 = arrive(store, "a")
    claim = store.claim_message("a", NOW, 60)
    assert claim and (claim.sha256, claim.received_at, claim.folder, claim.reply, claim.attempts) == (
        sha256,
        NOW,
        "INBOX",
        True,
        1,
    )
    message = store.message(sha256)
    assert message and message.attempts == 1


def test_a_mail_from_the_future_is_due_at_once(store: Store) -> None:
    """The mailbox's clock is ahead of ours: no reason to wait."""
    sha256 = store.archive.add_bytes(b"early")
    store.record_arrival(arrival(sha256, received_at=later(days=1)), NOW)
    assert store.claim_message("a", NOW, 60)


CLAIM = """
import sys
from pathlib import Path
from store.archive import Archive
from store.desk import Store
from tests.store.build import later
root = Path(sys.argv[1])
store = Store.open(sys.argv[3], Archive(root))
while claim := store.claim_message(sys.argv[2], later(hours=1), 600):
    print(claim.sha256, flush=True)
"""


def test_processes_and_threads_never_share_a_message(store: Store, url: str) -> None:
    sent = {arrive(store, f"mail {uid}", uid) for uid in range(80)}
    root = str(store.archive.root)
    others = [
        subprocess.Popen(
            [sys.executable, "-c", CLAIM, root, name, url], stdout=subprocess.PIPE, text=True, cwd=Path.cwd()
        )
        for name in ("p1", "p2")
    ]

    def drain(name: str) -> list[str]:
        taken: list[str] = []
        while len(taken) < 15 and (claim := store.claim_message(name, later(hours=1), 600)):
            taken.append(claim.sha256)
        return taken

    with ThreadPoolExecutor(2) as pool:
        claimed = [sha256 for taken in pool.map(drain, ("t1", "t2")) for sha256 in taken]
    claimed += [sha256 for other in others for sha256 in other.communicate(timeout=60)[0].split()]
    assert sorted(claimed) == sorted(sent)


def test_a_dead_workers_lease_ends_and_the_message_is_taken_up(store: Store) -> None:
    sha256 = arrive(store, "a")
    store.claim_message("dead", NOW, 60)
    assert store.claim_message("next", later(seconds=59), 60) is None
    claim = store.claim_message("next", later(seconds=60), 60)
    assert claim and (claim.sha256, claim.attempts) == (sha256, 2)


def test_a_message_that_kills_its_worker_is_put_aside_after_three(store: Store) -> None:
    poison, harmless = arrive(store, "poison"), arrive(store, "harmless", 2, received_at=later(hours=5))
    for strike in range(STRIKES):
        claim = store.claim_message(f"victim {strike}", later(hours=strike), 60)
        assert claim and claim.sha256 == poison
    claim = store.claim_message("survivor", later(hours=6), 60)
    assert claim and claim.sha256 == harmless
    message = store.message(poison)
    assert message and (message.state, message.error) == (MessageState.QUARANTINED, DIED)
    assert store.history(poison)[-1].event == "quarantined"


def test_failing_waits_longer_each_time_and_the_third_is_quarantine(store: Store) -> None:
    sha256, now, states = arrive(store, "a"), NOW, []
    for strike in range(STRIKES):
        claim = store.claim_message("a", now, 60)
        assert claim and claim.attempts == strike + 1
        states.append(store.fail_message(sha256, "a", f"error {strike}", now))
        if strike < len(PAUSES):
            assert store.claim_message("a", now + PAUSES[strike] / 2, 60) is None
            now += PAUSES[strike]
    assert states == [MessageState.ARCHIVED, MessageState.ARCHIVED, MessageState.QUARANTINED]
    message = store.message(sha256)
    assert message and (message.state, message.error, message.attempts) == (MessageState.QUARANTINED, "error 2", 3)
    assert store.claim_message("a", later(days=1), 60) is None


def test_a_worker_that_lost_its_lease_cannot_fail_the_message(store: Store) -> None:
    sha256 = arrive(store, "a")
    store.claim_message("slow", NOW, 60)
    store.claim_message("quick", later(minutes=2), 60)
    assert store.fail_message(sha256, "slow", "late", later(minutes=2)) is MessageState.ARCHIVED
    message = store.message(sha256)
    assert message and message.error == ""
    assert store.claim_message("third", later(minutes=2, seconds=30), 60) is None


def test_one_bad_mail_does_not_stop_the_next(store: Store) -> None:
    bad, good = arrive(store, "bad", 1), arrive(store, "good", 2, received_at=later(seconds=1))
    store.claim_message("a", later(hours=1), 60)
    store.fail_message(bad, "a", "crash", later(hours=1))
    claim = store.claim_message("a", later(hours=1), 60)
    assert claim and claim.sha256 == good


def test_retry_gives_three_new_tries(store: Store) -> None:
    sha256 = arrive(store, "a")
    for strike in range(STRIKES):
        store.claim_message("a", later(hours=strike), 60)
        store.fail_message(sha256, "a", "error", later(hours=strike))
    assert store.retry_message(sha256, later(days=1))
    message = store.message(sha256)
    assert message and (message.state, message.attempts, message.error) == (MessageState.ARCHIVED, 0, "")
    claim = store.claim_message("a", later(days=1), 60)
    assert claim and claim.attempts == 1
    assert [event.event for event in store.history(sha256)].count("retried") == 1


def test_retry_leaves_decided_unknown_and_busy_messages_alone(store: Store) -> None:
    decided, busy = arrive(store, "a"), arrive(store, "b", 2, received_at=later(hours=1))
    conclude(store, decided)
    store.claim_message("a", later(hours=1), 60)
    assert not store.retry_message(decided, NOW)
    assert not store.retry_message(busy, NOW)
    assert not store.retry_message("f" * 64, NOW)


def test_retry_resumes_where_the_mail_was_read(store: Store) -> None:
    sha256 = arrive(store, "a")
    store.claim_message("a", NOW, 60)
    store.save_mail(sha256, mail(sha256))
    for strike in range(STRIKES):
        store.fail_message(sha256, "a", "error", later(hours=strike))
        store.claim_message("a", later(hours=strike + 1), 60)
    store.fail_message(sha256, "a", "error", later(hours=9))
    assert store.retry_message(sha256, later(days=1))
    message = store.message(sha256)
    assert message and message.state is MessageState.READ


def test_an_orderly_stop_gives_the_message_back_and_the_try_does_not_count(store: Store) -> None:
    sha256 = arrive(store, "a")
    store.claim_message("a", NOW, 60)
    store.release_lease(sha256, "other", NOW)
    assert store.claim_message("b", NOW, 60) is None
    store.release_lease(sha256, "a", NOW)
    claim = store.claim_message("b", NOW, 60)
    assert claim and claim.attempts == 1


def test_a_decided_message_is_never_taken_up_again(store: Store) -> None:
    sha256 = arrive(store, "a")
    store.claim_message("a", NOW, 60)
    conclude(store, sha256)
    assert store.claim_message("a", later(days=30), 60) is None


def test_a_mail_as_read_comes_back_and_shows_in_lists(store: Store) -> None:
    sha256 = arrive(store, "a")
    assert store.mail(sha256) is None
    read = mail(sha256, subject="材料\n报送\x00 ")
    store.save_mail(sha256, read)
    assert store.mail(sha256) == read
    message = store.message(sha256)
    assert message and (message.state, message.subject, message.sender_name) == (MessageState.READ, "材料 报送", "张三")


def test_reading_a_decided_message_again_leaves_it_decided(store: Store) -> None:
    sha256 = arrive(store, "a")
    conclude(store, sha256)
    store.save_mail(sha256, mail(sha256))
    message = store.message(sha256)
    assert message and message.state is MessageState.DECIDED


def test_facts_are_kept_by_content_parser_and_version(store: Store) -> None:
    facts = FileFacts(parser="word", version=3, text="信用\u0000", forms=())
    store.save_facts("a" * 64, "word", "3-abc", facts)
    store.save_facts("a" * 64, "word", "3-abc", facts.model_copy(update={"text": "later"}))
    assert store.facts("a" * 64, "word", "3-abc") == facts
    assert store.facts("a" * 64, "word", "4-abc") is None


def test_nothing_is_saved_for_a_message_that_never_arrived(store: Store) -> None:
    with pytest.raises(LookupError):
        store.save_mail("a" * 64, mail("a" * 64))
    with pytest.raises(LookupError):
        store.fail_message("a" * 64, "a", "error", NOW)
