"""The other half of T17–T23: NetEase's rarer words, a line that ends at any command, greylisting, the server's own caps, and all of it at once."""

import random
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from domain.kinds import OutboxState
from domain.notice import SHANGHAI
from notify import smtp
from notify.answers import Verdict
from notify.smtp import SmtpTransport
from store.desk import Store
from tests.fixtures import smtp as faults
from tests.fixtures.smtp import Fault, Quota, SmtpServer, Stage
from tests.notify.conftest import Clock
from tests.notify.test_outbox import FAST, Desk, serving
from tests.notify.test_smtp import access, letter

R, H, A = Verdict.RETRY, Verdict.HOLD, Verdict.ALARM
STAGES: tuple[Stage, ...] = ("connect", "ehlo", "auth", "mail", "rcpt", "data", "before_dot")


@pytest.mark.parametrize(
    ("stage", "says", "verdict", "whole_account"),
    [
        ("connect", "421 HL:ICC 126 smtp11,D8CowAB", R, True),
        ("connect", "421 HL:REP 126 smtp11,D8CowAB", R, True),
        ("mail", "421 HL:MEP 126 smtp11,D8CowAB", R, True),
        ("mail", "450 MI:CEL 126 smtp11,D8CowAB", R, True),
        ("mail", "450 MI:CCL 126 smtp11,D8CowAB", R, True),
        ("rcpt", "450 RP:DRC 126 smtp11,D8CowAB", R, True),
        ("mail", "450 DT:RBL 126 smtp11,D8CowAB", R, True),
        ("rcpt", "451 RP:QRC 126 smtp11,D8CowAB", R, True),
        ("auth", "451 Requested action aborted: too much fail authentication", A, True),
        ("mail", "501 mail from address must be same as authorization user", A, False),
        ("rcpt", "550 RP:RCL 126 smtp11,D8CowAB", R, True),
        ("rcpt", "550 User suspended", H, False),
        ("rcpt", "550 5.1.1 The email account that you tried to reach does not exist", H, False),
        ("rcpt", "552 Requested mail action aborted: exceeded mailsize limit", H, False),
        ("content", "554 MI:SPB 126 smtp11,D8CowAB", A, True),
        ("content", "550 用户无权登陆 user has no permission", A, True),
        ("rcpt", "450 4.2.0 Greylisted, see http://postgrey.example/help", R, False),
    ],
)
def test_what_a_rarer_refusal_means(stage: Stage, says: str, verdict: Verdict, whole_account: bool) -> None:
    with SmtpServer([Fault(stage, says)]) as server, SmtpTransport(access(server)) as transport:
        end = transport.deliver(letter())
        assert (end.verdict, end.whole_account, end.line) == (verdict, whole_account, says)
        assert transport.deliver(letter()).verdict is Verdict.SENT
        assert len(server.received) == 1


@pytest.mark.parametrize("stage", STAGES)
def test_a_line_that_ends_at_a_command_is_no_acceptance_and_the_next_try_passes(stage: Stage) -> None:
    with SmtpServer([Fault(stage)]) as server, SmtpTransport(access(server)) as transport:
        end = transport.deliver(letter(ballast=5_000_000))
        assert (end.verdict, end.whole_account) == (Verdict.RETRY, True)
        assert server.received == []
        assert transport.deliver(letter()).verdict is Verdict.SENT


@pytest.mark.parametrize("stage", ["connect", "ehlo", "mail", "rcpt", "data"])
def test_a_peer_that_falls_silent_at_a_command_is_left(stage: Stage) -> None:
    """A half-open connection."""
    with SmtpServer([Fault(stage, silent=True)]) as server:
        with SmtpTransport(access(server).model_copy(update={"timeout_s": 0.5})) as transport:
            end = transport.deliver(letter())
        assert (end.verdict, end.whole_account) == (Verdict.RETRY, True)
        with SmtpTransport(access(server)) as transport:
            assert transport.deliver(letter()).verdict is Verdict.SENT


@pytest.mark.parametrize("fault", [faults.CUT_AFTER_DOT_KEPT, faults.CUT_AFTER_DOT_LOST])
def test_t22_a_peer_that_falls_silent_after_the_final_dot_leaves_it_unknown(
    fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "_FINAL_DOT_S", 0.5)
    with SmtpServer([replace(fault, silent=True)]) as server:
        quick = access(server).model_copy(update={"timeout_s": 0.5})
        with SmtpTransport(quick) as transport:
            assert transport.deliver(letter()).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("fault", [faults.GREYLISTED, faults.GREYLISTED_BY_COREMAIL])
def test_a_greylisted_letter_waits_and_passes_while_others_go_on(fault: Fault, store: Store, clock: Clock) -> None:
    with serving(store, clock, fault) as desk:
        desk.queue(letter(1), letter(2))
        report = desk.send()
        assert (report.retried, report.sent, report.alarms) == ((1,), (2,), ())
        clock.move(minutes=1)
        assert desk.send().sent == (), "who knocks before the time begins the wait anew"
        clock.move(minutes=1)
        assert desk.send().sent == (1,)


def test_the_servers_caps_are_met_without_a_letter_lost_or_sent_twice(store: Store, clock: Clock) -> None:
    """T19, T20: three in a quarter of an hour, seven a day; sixteen letters take three days, and nobody hammers."""
    clock.time = datetime(2023, 8, 1, 9, 0, tzinfo=SHANGHAI)
    quota = Quota(clock.now, per_quarter_hour=3, per_day=7)
    with SmtpServer(quota=quota) as server:
        desk = Desk(store, server, clock)
        desk.queue(*(letter(n, f"a{n}@changle.example") for n in range(16)))
        for _ in range(4 * 96):
            report = desk.send()
            assert (report.held, report.alarms) == ((), ())
            if len(server.received) == 16:
                break
            clock.move(minutes=15)
    assert Counter(each.recipients[0] for each in server.received) == Counter(
        f"a{n}@changle.example" for n in range(16)
    )
    assert clock.now() < datetime(2023, 8, 3, 12, 0, tzinfo=SHANGHAI), "no day is left unused"
    assert quota.refused < 10, "each refusal is one knock, then peace until the time it names"


ANY = (
    faults.LOOKS_LIKE_SPAM_NOW, faults.TOO_MANY_IN_A_QUARTER, faults.TOO_MANY_PER_SESSION, faults.BURSTS, faults.DAY_IS_FULL,
    faults.RECIPIENTS_FULL, faults.WRONG_CODE, faults.TOO_MANY_LOGINS, faults.NOT_TODAY, faults.GREYLISTED, faults.GREYLISTED_BY_COREMAIL,
    faults.CUT_BEFORE_DOT, faults.CUT_AFTER_DOT_KEPT, faults.CUT_AFTER_DOT_LOST, *(Fault(stage) for stage in STAGES),
)  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
def test_through_any_row_of_faults_each_letter_arrives_once(seed: int, store: Store, clock: Clock) -> None:
    """T17–T22 in any order; 已发送 tells the truth. What went out is never sent again, what did not is not given up."""
    row = random.Random(seed).choices(ANY, k=14)
    with SmtpServer(row) as server:
        desk = Truthful(store, server, clock)
        desk.queue(*map(letter, range(1, 7)))
        for _ in range(400):
            desk.send(FAST)
            for record in store.letters(state=OutboxState.HELD):  # refused too often: staff send it again
                store.release_letter(record.id, clock.now())
            clock.move(minutes=31)
            if len(store.letters(state=OutboxState.SENT)) == 6:
                break
    arrived = Counter(str(each.message["Message-ID"]) for each in server.received)
    assert arrived == Counter(letter(n).message_id for n in range(1, 7))
    assert not server.book.faults, "every fault was met"


class Truthful(Desk):
    """Its folder of sent mail holds what the server took."""

    def look_up(self, message_id: str) -> bool | None:
        return any(each.message["Message-ID"] == message_id for each in self.server.received)


def test_no_wait_lasts_longer_than_to_five_past_midnight(store: Store, clock: Clock) -> None:
    """T20: at 23:59 and at 00:01 the same."""
    clock.time = datetime(2023, 8, 1, 23, 59, tzinfo=SHANGHAI)
    with serving(store, clock, faults.DAY_IS_FULL, faults.DAY_IS_FULL) as desk:
        desk.queue(letter(1))
        desk.send()
        assert desk.row(1).next_at == datetime(2023, 8, 2, 0, 5, tzinfo=SHANGHAI)
        clock.time = datetime(2023, 8, 2, 0, 5, tzinfo=SHANGHAI)
        desk.send()
        assert desk.row(1).next_at - clock.now() <= timedelta(days=1)
