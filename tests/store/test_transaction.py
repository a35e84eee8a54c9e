"""One transaction, one outcome: all of it, or nothing."""

import subprocess
import sys
from pathlib import Path

import pytest

from domain.kinds import Decision, MessageKind, MessageState, OutboxState, Role, Track
from store.desk import Store
from store.errors import LeaseLost, UnknownCase
from store.transaction import Transaction
from tests.store.build import NOW, SENDER, arrive, case, conclude, finding, later, letter, material, outcome


def test_an_outcome_stores_message_case_and_reply_together(store: Store) -> None:
    sha256 = arrive(store, "a")
    number = conclude(store, sha256)
    assert number == "2023-W-0001"
    message = store.message(sha256)
    record = store.case(number)
    reply = next(iter(store.letters()))
    assert message and record and reply
    assert (message.state, message.kind, message.case_numbers) == (
        MessageState.DECIDED,
        MessageKind.SUBMISSION,
        (number,),
    )
    assert (message.sender, message.decided_at) == (SENDER, NOW)
    assert (record.decision, record.sender, record.messages) == (Decision.NEEDS_SUPPLEMENT, SENDER, (sha256,))
    assert record.findings == (finding(),)
    assert record.case.materials[0].message_sha256 == sha256
    assert (reply.state, reply.letter.case_numbers) == (OutboxState.QUEUED, (number,))
    assert store.verify(NOW) == ()


def test_an_exception_leaves_no_number_no_letter_no_case_no_history(store: Store) -> None:
    sha256 = arrive(store, "a")
    before = store.history(sha256)
    with pytest.raises(ZeroDivisionError), store.begin(NOW) as tx:
        number = tx.next_number(2023, Track.TEXT)
        tx.save_outcome(outcome(sha256, case(number, material(Role.WORD_FORM, "申报表.docx"))), sha256, SENDER)
        assert tx.enqueue(letter(answers=sha256, cases=(number,)))
        tx.finish(sha256)
        assert tx.case(number)
        raise ZeroDivisionError
    message = store.message(sha256)
    assert message and message.state is MessageState.ARCHIVED
    assert message.kind is message.message_id is None
    assert not store.cases()
    assert not store.letters()
    assert not store.history("2023-W-0001")
    assert store.history(sha256) == before
    assert store.outcome(sha256) is None
    assert conclude(store, sha256) == "2023-W-0001"


def test_numbers_run_by_year_and_track(store: Store) -> None:
    with store.begin(NOW) as tx:
        drawn = [
            tx.next_number(*series)
            for series in [(2023, Track.TEXT), (2023, Track.VIDEO), (2023, Track.TEXT), (2024, Track.TEXT)]
        ]
    assert drawn == ["2023-W-0001", "2023-V-0001", "2023-W-0002", "2024-W-0001"]


DRAW = """
import sys
from pathlib import Path
from store.archive import Archive
from store.desk import Store
from tests.store.build import NOW
from domain.kinds import Track
root = Path(sys.argv[1])
store = Store.open(sys.argv[3], Archive(root))
for turn in range(int(sys.argv[2])):
    try:
        with store.begin(NOW) as tx:
            number = tx.next_number(2023, Track.TEXT)
            if turn % 3 == 2:
                raise ZeroDivisionError
        print(number, flush=True)
    except ZeroDivisionError:
        pass
"""


def test_two_processes_draw_numbers_without_gap_or_pair(store: Store, url: str) -> None:
    """A third of the transactions fail: their numbers go to others."""
    root = store.archive.root
    command = [sys.executable, "-c", DRAW, str(root), "60", url]
    workers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path.cwd()) for _ in range(2)]
    drawn = [number for worker in workers for number in worker.communicate(timeout=60)[0].split()]
    assert sorted(drawn) == [f"2023-W-{serial:04d}" for serial in range(1, 81)]


def test_a_letter_of_a_key_is_queued_once(store: Store) -> None:
    sha256 = arrive(store, "a")
    with store.begin(NOW) as tx:
        assert tx.enqueue(letter("receipt:x", answers=sha256))
    with store.begin(NOW) as tx:
        assert not tx.enqueue(letter("receipt:x", answers=sha256))
        assert tx.enqueue(letter("receipt:y", answers=sha256))
    assert [record.letter.key for record in store.letters()] == ["receipt:x", "receipt:y"]


def test_the_second_worker_to_conclude_a_message_leaves_nothing(store: Store) -> None:
    """Its lease ran out while it was slow; another has answered meanwhile."""
    sha256 = arrive(store, "a")
    conclude(store, sha256)
    with pytest.raises(LeaseLost):
        conclude(store, sha256)
    assert [record.case.number for record in store.cases()] == ["2023-W-0001"]
    assert len(store.letters()) == 1
    assert store.verify(NOW) == ()


def test_finish_by_name_refuses_whoever_lost_the_lease(store: Store) -> None:
    sha256 = arrive(store, "a")
    store.claim_message("slow", NOW, 60)
    store.claim_message("quick", later(minutes=2), 60)
    with pytest.raises(LeaseLost), store.begin(later(minutes=2)) as tx:
        tx.finish(sha256, "slow")
    with store.begin(later(minutes=2)) as tx:
        tx.finish(sha256, "quick")


def test_a_case_is_not_stored_without_a_number(store: Store) -> None:
    sha256 = arrive(store, "a")
    with pytest.raises(ValueError, match="under its number"), store.begin(NOW) as tx:
        tx.save_outcome(outcome(sha256, case(None)), sha256, SENDER)


def test_an_outcome_of_an_unknown_message_is_refused(store: Store) -> None:
    with pytest.raises(LookupError), store.begin(NOW) as tx:
        tx.save_outcome(outcome("e" * 64), "e" * 64, SENDER)


def test_the_message_and_its_sender_are_told_by_the_outcome_itself(store: Store) -> None:
    sha256 = arrive(store, "a")
    with store.begin(NOW) as tx:
        tx.save_outcome(outcome(sha256, case(tx.next_number(2023, Track.TEXT))))
    record = store.case("2023-W-0001")
    assert record and (record.sender, record.messages) == (SENDER, (sha256,))


def test_staff_decide_and_the_history_says_who_and_why(store: Store) -> None:
    number = conclude(store, arrive(store, "a"))
    with store.begin(later(hours=1)) as tx:
        tx.decide_case(number, Decision.ACCEPTED, "staff:张永刚", "材料齐全")
    record = store.case(number)
    assert record and (record.decision, record.decided_by) == (Decision.ACCEPTED, "staff:张永刚")
    last = record.history[-1]
    assert (last.event, last.actor, last.at) == ("decided", "staff:张永刚", later(hours=1))
    assert last.detail == "needs_supplement → accepted: 材料齐全"


def test_deciding_a_case_that_is_not_there_is_an_error(store: Store) -> None:
    with pytest.raises(UnknownCase), store.begin(NOW) as tx:
        tx.decide_case("2023-W-0009", Decision.ACCEPTED, "staff:x", "")


def test_a_bounce_is_tied_to_the_cases_of_the_letter(store: Store) -> None:
    sha256 = arrive(store, "a")
    number = conclude(store, sha256)
    with store.begin(later(hours=1)) as tx:
        assert tx.mark_bounced(f"<receipt:{sha256}@shoujian>", "550 user unknown") == (number,)
        assert tx.mark_bounced("<someone@else>", "550") == ()
    assert store.letters()[0].bounced == "550 user unknown"
    for subject in (number, sha256):
        assert store.history(subject)[-1].event == "bounced"


def test_a_transaction_sees_its_own_case(store: Store) -> None:
    sha256 = arrive(store, "a")
    with store.begin(NOW) as tx:
        assert isinstance(tx, Transaction)
        assert tx.case("2023-W-0001") is None
        tx.save_outcome(outcome(sha256, case(tx.next_number(2023, Track.TEXT))), sha256, SENDER)
        assert tx.case("2023-W-0001") is not None
