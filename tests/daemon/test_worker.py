"""Working through archived mail: told to stop, a worker hands back what it has not read."""

from datetime import datetime

from daemon.worker import work_through
from domain.kinds import MessageState
from domain.records import Arrival
from tests.fixtures.cases import IN_TIME
from tests.fixtures.mails import mail
from tests.fixtures.office import Office


def enter(office: Office, uid: int, received_at: datetime) -> str:
    raw = mail(text=f"您好，这是第{uid}封。", date=received_at)
    sha256 = office.store.archive.add_bytes(raw)
    arrival = Arrival(
        account="t", folder="INBOX", uidvalidity=1, uid=uid, sha256=sha256, size=len(raw), received_at=received_at
    )
    office.store.record_arrival(arrival, office.now())
    return sha256


def test_told_to_stop_a_worker_hands_back_what_it_read_ahead_and_no_try_counts(office: Office) -> None:
    arrived = [enter(office, uid, IN_TIME.replace(minute=uid)) for uid in (1, 2, 3)]
    asked = iter([False, False])  # before each of two claims; then the order comes
    assert list(work_through(office.desk, office.now, lambda: next(asked, True))) == []
    records = [office.store.message(sha256) for sha256 in arrived]
    assert [record.attempts for record in records if record] == [0, 0, 0]
    claimed = [office.store.claim_message("next", office.now(), 60) for _ in arrived]
    assert [claim.sha256 for claim in claimed if claim] == arrived


def test_what_was_handed_back_is_worked_through_at_the_next_start(office: Office) -> None:
    sha256 = enter(office, 1, IN_TIME)
    asked = iter([False])
    list(work_through(office.desk, office.now, lambda: next(asked, True)))
    assert len(list(work_through(office.desk, office.now))) == 1
    record = office.store.message(sha256)
    assert record and record.state is MessageState.DECIDED
