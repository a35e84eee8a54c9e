"""What the watchdog is told of polling: a poll that comes on is alive, however long; one that does not is not."""

from datetime import UTC, datetime, timedelta

from daemon.health import Pulse

START = datetime(2023, 8, 1, tzinfo=UTC)


def test_a_poll_of_two_hours_is_alive_as_long_as_mail_after_mail_comes() -> None:
    pulse = Pulse(START)
    for minutes in range(0, 120, 10):
        pulse.moved(START + timedelta(minutes=minutes))
        assert pulse.beats(START + timedelta(minutes=minutes + 10))


def test_a_poll_that_stands_still_for_a_quarter_of_an_hour_is_not() -> None:
    pulse = Pulse(START)
    pulse.moved(START + timedelta(minutes=30))
    assert not pulse.beats(START + timedelta(minutes=46))


def test_what_comes_on_never_shortens_the_time_until_the_next_poll() -> None:
    pulse = Pulse(START)
    pulse.polled(START, timedelta(minutes=30))
    pulse.moved(START + timedelta(minutes=1))
    assert pulse.beats(START + timedelta(minutes=44))
