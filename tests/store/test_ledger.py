"""Where mail stood, and how far folders were taken in."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from domain.kinds import MessageState
from store.desk import Store
from store.errors import NaiveTime
from store.values import Cursor
from tests.store.build import NOW, arrival, arrive, later

SHA = "a" * 64


def test_a_new_mail_enters_ledger_and_work_at_once(store: Store) -> None:
    assert store.record_arrival(arrival(SHA, 1), NOW)
    message = store.message(SHA)
    assert message and (message.state, message.attempts, message.folder) == (MessageState.ARCHIVED, 0, "INBOX")
    assert store.known_uids("wfxyxh", "INBOX", 1) == {1}
    assert [(event.event, event.actor) for event in store.history(SHA)] == [("received", "applicant")]


def test_the_same_place_twice_is_one_entry(store: Store) -> None:
    store.record_arrival(arrival(SHA, 1), NOW)
    assert not store.record_arrival(arrival(SHA, 1), NOW)
    assert len(store.history(SHA)) == 1


def test_the_same_bytes_elsewhere_are_known_but_no_new_message(store: Store) -> None:
    """Staff moved it to another folder, or the sender's server delivered it twice."""
    store.record_arrival(arrival(SHA, 1), NOW)
    assert not store.record_arrival(arrival(SHA, 7, folder="垃圾邮件", received_at=later(hours=1)), NOW)
    assert store.known_uids("wfxyxh", "垃圾邮件", 1) == {7}
    message = store.message(SHA)
    assert message and (message.folder, message.received_at) == ("INBOX", NOW)
    assert [event.event for event in store.history(SHA)] == ["received", "received again"]


def test_uids_belong_to_account_folder_and_uidvalidity(store: Store) -> None:
    huge = 2**63 - 1
    store.record_arrival(arrival(SHA, huge), NOW)
    assert store.known_uids("wfxyxh", "INBOX", 1) == {huge}
    assert not store.known_uids("wfxyxh", "INBOX", 2)
    assert not store.known_uids("other", "INBOX", 1)


def test_a_time_without_zone_is_refused_and_leaves_nothing(store: Store) -> None:
    naive = datetime(2023, 8, 1, 9, 0)
    with pytest.raises(Exception) as caught:
        store.record_arrival(arrival(SHA, received_at=naive), NOW)
    assert isinstance(caught.value.__cause__ or caught.value, NaiveTime)
    with pytest.raises(Exception, match="without a zone"):
        store.record_arrival(arrival(SHA), naive)
    assert store.message(SHA) is None


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=8)), timezone(timedelta(hours=-5, minutes=-30))])
def test_a_moment_comes_back_as_the_same_moment(store: Store, zone: timezone) -> None:
    moment = datetime(2023, 8, 30, 23, 59, 59, 999999, tzinfo=UTC).astimezone(zone)
    arrive(store, "late", received_at=moment)
    found = store.messages()[0].received_at
    assert found == moment
    assert found.utcoffset() == timedelta(0)


def test_order_is_by_moment_whatever_the_zone(store: Store) -> None:
    east, west = timezone(timedelta(hours=8)), timezone(timedelta(hours=-8))
    second = arrive(store, "west", 1, received_at=datetime(2023, 8, 1, 0, 0, tzinfo=west))
    first = arrive(store, "east", 2, received_at=datetime(2023, 8, 1, 9, 0, tzinfo=east))
    assert [message.sha256 for message in store.messages()] == [first, second]


def test_a_cursor_is_kept_by_folder(store: Store) -> None:
    assert store.cursor("wfxyxh", "INBOX") is None
    store.save_cursor("wfxyxh", "INBOX", 1, 2**62 + 1, 2**62)
    store.save_cursor("wfxyxh", "垃圾邮件", 1, 3, 2)
    store.save_cursor("wfxyxh", "INBOX", 2, 10, 9)
    assert store.cursor("wfxyxh", "INBOX") == Cursor(
        account="wfxyxh", folder="INBOX", uidvalidity=2, uidnext=10, highest=9
    )


def test_the_last_poll_of_an_account_or_of_any(store: Store) -> None:
    assert store.last_poll() is None
    store.record_poll("a", NOW, later(seconds=3), True, "", 5, 1)
    store.record_poll("b", NOW, later(seconds=9), False, "Unreachable", 0, 0)
    last, of_a, good = store.last_poll(), store.last_poll("a"), store.last_poll(None, ok=True)
    assert last and (last.account, last.ok, last.error, last.finished_at) == (
        "b",
        False,
        "Unreachable",
        later(seconds=9),
    )
    assert of_a and (of_a.seen, of_a.new) == (5, 1)
    assert good == of_a
