"""The outbox against a real store and a real server: caps, pauses, doubt, and that nothing is sent twice."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest

from domain.kinds import OutboxState
from domain.notice import SHANGHAI
from domain.records import Letter, LetterRecord
from notify.answers import Delivery
from notify.outbox import SendReport, Throttle, send_due
from notify.smtp import SmtpTransport
from store.desk import Store
from tests.fixtures import smtp as faults
from tests.fixtures.smtp import Fault, SmtpServer
from tests.notify.conftest import Clock
from tests.notify.makers import POST
from tests.notify.test_smtp import access, letter

TRUST = ssl.create_default_context()  # reading the authorities takes longer than a round of sending
FAST = Throttle(seconds_between=0, per_quarter_hour=1000, per_day=1000, per_address_per_day=1000)


class Desk:
    """A store, a server and a clock; `send` is one round."""

    def __init__(self, store: Store, server: SmtpServer, clock: Clock) -> None:
        self.store, self.server, self.clock = store, server, clock
        self.lookups: list[str] = []
        self.in_sent_folder: bool | None = False

    def queue(self, *letters: Letter) -> None:
        with self.store.begin(self.clock.now()) as tx:
            for each in letters:
                assert tx.enqueue(each)

    def send(self, throttle: Throttle = FAST) -> SendReport:
        return send_due(
            self.store,
            SmtpTransport(access(self.server), TRUST),
            throttle,
            self.clock.now,
            self.look_up,
            self.clock.sleep,
        )

    def look_up(self, message_id: str) -> bool | None:
        self.lookups.append(message_id)
        return self.in_sent_folder

    def row(self, number: int = 1) -> LetterRecord:
        record = self.store.letter(number)
        assert record is not None
        return record


@contextmanager
def serving(store: Store, clock: Clock, *given: Fault) -> Iterator[Desk]:
    with SmtpServer(given) as server:
        yield Desk(store, server, clock)


@pytest.fixture
def desk(store: Store, clock: Clock) -> Iterator[Desk]:
    with serving(store, clock) as made:
        yield made


def test_what_is_due_is_sent_and_the_servers_line_is_kept(desk: Desk) -> None:
    desk.queue(letter(1), letter(2))
    assert desk.send().sent == (1, 2)
    assert desk.row(1).state is OutboxState.SENT
    assert desk.row(1).proof.startswith("250 Mail OK queued as smtp11")
    assert desk.send() == SendReport()
    assert len(desk.server.received) == 2


def test_the_attempt_is_on_disk_before_the_server_is_dialled(desk: Desk) -> None:
    desk.queue(letter(1))
    seen: list[LetterRecord] = []
    sleep = desk.clock.sleep

    class Witness(SmtpTransport):
        def deliver(self, sent: Letter) -> Delivery:
            seen.append(desk.row(1))
            return super().deliver(sent)

    send_due(desk.store, Witness(access(desk.server)), FAST, desk.clock.now, desk.look_up, sleep)
    assert [(record.state, record.attempts) for record in seen] == [(OutboxState.SENDING, 1)]


def test_a_service_that_stops_ends_the_letter_under_way_and_begins_no_other(desk: Desk) -> None:
    desk.queue(letter(1), letter(2))
    answers = iter([False, True])
    report = send_due(
        desk.store,
        SmtpTransport(access(desk.server)),
        FAST,
        desk.clock.now,
        desk.look_up,
        stopping=lambda: next(answers),
    )
    assert report.sent == (1,)
    assert desk.row(2).state is OutboxState.QUEUED


def test_letters_are_ten_seconds_apart_also_between_rounds(desk: Desk) -> None:
    throttle = FAST.model_copy(update={"seconds_between": 10})
    desk.queue(letter(1), letter(2))
    desk.send(throttle)
    assert desk.clock.slept == [10]
    desk.clock.move(seconds=3)
    desk.queue(letter(3))
    desk.send(throttle)
    assert desk.clock.slept == [10, 10]


def test_a_quarter_of_an_hour_carries_so_many(desk: Desk) -> None:
    throttle = FAST.model_copy(update={"per_quarter_hour": 2})
    desk.queue(*map(letter, range(5)))
    report = desk.send(throttle)
    assert (len(report.sent), report.capped) == (2, "per_quarter_hour")
    assert desk.send(throttle).sent == ()
    desk.clock.move(minutes=15, seconds=1)
    assert len(desk.send(throttle).sent) == 2


def test_a_day_carries_so_many_and_a_day_begins_at_midnight_in_beijing(desk: Desk) -> None:
    throttle = FAST.model_copy(update={"per_day": 2})
    desk.clock.time = datetime(2023, 8, 1, 23, 50, tzinfo=SHANGHAI)
    desk.queue(*map(letter, range(3)))
    assert desk.send(throttle).capped == "per_day"
    desk.clock.move(minutes=11)
    assert len(desk.send(throttle).sent) == 1


def test_one_address_over_its_cap_is_held_for_staff_who_may_send_it_all_the_same(desk: Desk) -> None:
    throttle = FAST.model_copy(update={"per_address_per_day": 2})
    desk.queue(*map(letter, range(3)), letter(9, "b@changle.example"))
    report = desk.send(throttle)
    assert (report.sent, report.held) == ((1, 2, 4), (3,))
    assert desk.row(3).error == "over the daily cap of one address (2 letters)"
    assert desk.store.release_letter(3, desk.clock.now())
    assert desk.send(throttle).sent == (3,)


def test_t17_a_451_is_kept_and_goes_out_two_minutes_later(store: Store, clock: Clock) -> None:
    with serving(store, clock, faults.LOOKS_LIKE_SPAM_NOW) as desk:
        desk.queue(letter(1), letter(2))
        report = desk.send()
        assert (report.sent, report.retried) == ((2,), (1,))
        assert desk.row(1).next_at == clock.now() + timedelta(minutes=2)
        clock.move(minutes=1)
        assert desk.send().sent == ()
        clock.move(minutes=1)
        assert desk.send().sent == (1,)


def test_t18_content_refused_is_tried_twice_more_then_held(store: Store, clock: Clock) -> None:
    with serving(store, clock, *[faults.SPAM] * 4) as desk:
        desk.queue(letter(1))
        states = []
        for _ in range(4):
            desk.send()
            states.append(desk.row(1).state)
            clock.move(hours=2)
        assert states == [OutboxState.QUEUED, OutboxState.QUEUED, OutboxState.HELD, OutboxState.HELD]
        assert desk.row(1).attempts == 3
        assert "DT:SPM" in desk.row(1).error


def test_t19_too_many_in_a_quarter_pauses_the_whole_account(store: Store, clock: Clock) -> None:
    with serving(store, clock, faults.TOO_MANY_IN_A_QUARTER) as desk:
        desk.queue(letter(1), letter(2))
        desk.send()
        assert desk.server.book.sessions == 1
        clock.move(minutes=14)
        report = desk.send()
        assert report.paused_until == desk.row(1).next_at
        assert desk.server.book.sessions == 1  # nobody knocks while the server wants peace
        clock.move(minutes=1)
        assert sorted(desk.send().sent) == [1, 2]


def test_t20_a_full_day_waits_until_five_past_midnight(store: Store, clock: Clock) -> None:
    with serving(store, clock, faults.DAY_IS_FULL) as desk:
        desk.queue(letter(1), letter(2))
        desk.send()
        assert desk.row(1).next_at == datetime(2023, 8, 2, 0, 5, tzinfo=SHANGHAI)
        clock.time = datetime(2023, 8, 2, 0, 4, tzinfo=SHANGHAI)
        assert desk.send().sent == ()
        clock.move(minutes=1)
        assert sorted(desk.send().sent) == [1, 2]


def test_t21_a_refused_login_stops_sending_and_raises_an_alarm(store: Store, clock: Clock) -> None:
    with serving(store, clock, faults.WRONG_CODE, faults.WRONG_CODE) as desk:
        desk.queue(letter(1), letter(2))
        report = desk.send()
        assert report.alarms == ("535 Error: authentication failed",)
        assert (desk.row(1).state, desk.row(2).state) == (OutboxState.QUEUED, OutboxState.QUEUED)
        assert desk.send().alarms == ()
        assert desk.server.book.logins == 1
        clock.move(minutes=15)
        report = desk.send()
        assert report.alarms == ("535 Error: authentication failed",)
        assert desk.server.book.logins == 2
        clock.move(minutes=15)
        assert desk.send().paused_until == clock.now() + timedelta(minutes=15)  # the second wait is twice as long
        clock.move(minutes=15)
        assert sorted(desk.send().sent) == [1, 2]


def test_a_refusal_at_the_door_is_nobodys_letters_fault(store: Store, clock: Clock) -> None:
    with serving(store, clock, faults.NOT_TODAY) as desk:
        desk.queue(letter(1), letter(2))
        report = desk.send()
        assert (report.alarms, report.held) == (("554 no service here",), ())
        assert desk.send().paused_until == clock.now() + timedelta(minutes=15)
        clock.move(minutes=15)
        assert sorted(desk.send().sent) == [1, 2]


def test_t23_an_envelope_that_is_not_the_login_is_held_and_raises_an_alarm(store: Store, clock: Clock) -> None:
    with serving(store, clock, faults.NOT_OUR_ADDRESS) as desk:
        desk.queue(letter(1))
        report = desk.send()
        assert (report.held, report.alarms) == ((1,), ("553 Mail from must equal authorized user",))


def test_a_recipient_that_does_not_exist_is_held_for_staff(store: Store, clock: Clock) -> None:
    with serving(store, clock, faults.NO_SUCH_USER) as desk:
        desk.queue(letter(1), letter(2))
        report = desk.send()
        assert (report.held, report.sent) == ((1,), (2,))


def test_t22_found_in_the_sent_folder_is_sent(store: Store, clock: Clock) -> None:
    with serving(store, clock, faults.CUT_AFTER_DOT_KEPT) as desk:
        desk.in_sent_folder = True
        desk.queue(letter(1))
        assert desk.send().sent == (1,)
        assert desk.lookups == [letter(1).message_id]
        clock.move(days=1)
        desk.send()
        assert len(desk.server.received) == 1


def test_t22_surely_not_in_the_sent_folder_is_sent_again(store: Store, clock: Clock) -> None:
    with serving(store, clock, faults.CUT_AFTER_DOT_LOST) as desk:
        desk.queue(letter(1))
        assert desk.send().retried == (1,)
        clock.move(minutes=2)
        assert desk.send().sent == (1,)
        assert len(desk.server.received) == 1


def test_t22_a_sent_folder_that_is_slow_is_asked_again_before_sending_again(store: Store, clock: Clock) -> None:
    with serving(store, clock, faults.CUT_AFTER_DOT_KEPT) as desk:
        desk.queue(letter(1))
        assert desk.send().retried == (1,)
        clock.move(minutes=2)
        desk.in_sent_folder = True
        assert desk.send().sent == (1,)
        assert len(desk.server.received) == 1


def test_t22_where_the_sent_folder_cannot_tell_a_person_decides(store: Store, clock: Clock) -> None:
    with serving(store, clock, faults.CUT_AFTER_DOT_KEPT) as desk:
        desk.in_sent_folder = None
        desk.queue(letter(1))
        assert desk.send().held == (1,)
        clock.move(days=1)
        assert desk.send() == SendReport()
        assert len(desk.server.received) == 1
        desk.store.release_letter(1, clock.now())
        assert desk.send().sent == (1,)


@pytest.mark.parametrize(
    ("found", "state"), [(True, OutboxState.SENT), (False, OutboxState.SENT), (None, OutboxState.HELD)]
)
def test_a_letter_of_a_dead_process_is_looked_up(desk: Desk, found: bool | None, state: OutboxState) -> None:
    desk.queue(letter(1))
    desk.in_sent_folder = found
    assert desk.store.claim_letter("dead:1", desk.clock.now()) is not None
    desk.send()
    assert desk.row(1).state is OutboxState.SENDING  # it may be alive yet
    desk.clock.move(minutes=21)
    desk.send()
    desk.clock.move(minutes=2)
    desk.send()
    assert desk.row(1).state is state
    assert len(desk.server.received) == (found is False)


def test_a_letter_whose_sender_was_killed_just_now_does_not_go_again_before_the_server_can_have_filed_it(
    desk: Desk,
) -> None:
    desk.queue(letter(1))
    desk.in_sent_folder = False  # the server has the final dot and is still at it
    assert desk.store.claim_letter("dead:1", desk.clock.now()) is not None
    assert desk.store.reclaim(lambda holder: True, desk.clock.now()) == 1
    desk.send()
    assert desk.row(1).next_at == desk.clock.now() + timedelta(minutes=2)
    desk.in_sent_folder = True
    desk.clock.move(minutes=2)
    desk.send()
    assert desk.row(1).state is OutboxState.SENT
    assert len(desk.server.received) == 0


def test_a_server_out_of_reach_is_tried_ever_more_rarely_and_nothing_is_lost(store: Store, clock: Clock) -> None:
    with SmtpServer() as server:
        pass
    desk = Desk(store, server, clock)
    desk.queue(letter(1), letter(2))
    waits = []
    for _ in range(7):
        report = desk.send()
        assert report.held == ()
        clock.time = max(desk.row(1).next_at, desk.row(2).next_at)
        waits.append(desk.row(1).attempts + desk.row(2).attempts)
    assert waits == [1, 2, 3, 4, 5, 6, 7]  # one attempt a round, whatever waits behind it


def test_a_letter_refused_for_now_all_day_long_ends_with_a_person(store: Store, clock: Clock) -> None:
    with serving(store, clock, *[faults.LOOKS_LIKE_SPAM_NOW] * 20) as desk:
        desk.queue(letter(1))
        for _ in range(20):
            desk.send()
            clock.move(hours=2)
        assert (desk.row(1).state, desk.row(1).attempts) == (OutboxState.HELD, 12)


def test_a_letter_queued_for_later_waits(desk: Desk) -> None:
    with desk.store.begin(desk.clock.now()) as tx:
        tx.enqueue(letter(1), not_before=POST.now + timedelta(hours=1))
    assert desk.send().sent == ()
    desk.clock.move(hours=1)
    assert desk.send().sent == (1,)
