"""A clock that is set, and a machine in another zone: jobs go on, no reading is cut short, every day is Shanghai's."""

import errno
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pebble.pool.process
import pytest

from daemon import clockwatch
from daemon.clockwatch import ClockWatch, new_clocks
from daemon.morning import day_before
from domain.notice import Limits
from ingest.arrival import arrival_of_header
from parsers.sandbox import Abandoned, Sandbox


@pytest.mark.parametrize("hours", [-1, 24], ids=["back an hour", "forward a day"])
def test_jobs_go_on_when_the_clock_is_set(hours: int) -> None:
    """The clock was `hours` away when the jobs were armed: now they would wait for that moment to come again."""
    before = datetime.now(UTC) - timedelta(hours=hours)
    ran = threading.Event()
    clocks, watch = new_clocks(1), ClockWatch(before)
    clocks.add_job(ran.set, "interval", seconds=2, id="work", next_run_time=before + timedelta(seconds=2))
    clocks.add_job(ran.set, "cron", hour=8, id="digest")
    clocks.start()
    try:
        assert hours > 0 or not ran.wait(1)
        assert watch.look(datetime.now(UTC), clocks)
        assert ran.wait(30)
        assert not watch.look(datetime.now(UTC), clocks)
        assert clocks.get_job("digest").next_run_time - datetime.now(UTC) <= timedelta(days=1)
    finally:
        clocks.shutdown()


def test_a_daily_job_that_fails_is_tried_again_the_same_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clockwatch, "AGAIN", timedelta(seconds=1))
    tries: list[int] = []
    done = threading.Event()

    def digest() -> None:
        tries.append(1)
        if len(tries) == 1:
            raise OSError(errno.ENOSPC, "No space left on device")
        done.set()

    clocks = new_clocks(1)
    clocks.add_job(digest, "cron", hour=8, id="digest", next_run_time=datetime.now(UTC))
    clocks.start()
    try:
        assert done.wait(30)
    finally:
        clocks.shutdown()


def test_a_clock_set_forward_cuts_no_reading_short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pebble counts by the wall clock: a day's jump ends every task at once."""
    jumped = threading.Event()

    def wall() -> float:
        return time.time() + (86_400 if jumped.is_set() else 0)

    clock = SimpleNamespace(time=wall, sleep=time.sleep, monotonic=time.monotonic)
    monkeypatch.setattr(pebble.pool.process, "time", clock)
    with Sandbox(Limits(), workers=1) as sandbox:
        setting = threading.Timer(1.5, jumped.set)
        setting.start()
        assert sandbox.run(slow, 4.0, seconds=60.0) == "read"
        setting.join()


def test_whoever_waits_for_an_abandoned_reading_is_told_so() -> None:
    with Sandbox(Limits(), workers=1) as sandbox:
        abandoning = threading.Timer(2.0, sandbox.abandon)
        abandoning.start()
        with pytest.raises(Abandoned):
            sandbox.run(slow, 60.0, seconds=120.0)
        with pytest.raises(Abandoned):
            sandbox.run(slow, 0.0, seconds=10.0)


def slow(seconds: float) -> str:
    time.sleep(seconds)
    return "read"


@pytest.fixture(params=["America/New_York", "UTC", None])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Put the machine into another zone, one with summer time among them."""
    if request.param:
        monkeypatch.setenv("TZ", request.param)
    else:
        monkeypatch.delenv("TZ", raising=False)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_days_and_arrivals_are_shanghai_s_wherever_the_machine_is(zone: None) -> None:
    assert str(day_before(datetime(2023, 8, 30, 16, 30, tzinfo=UTC))) == "2023-08-30"
    told = arrival_of_header(b"Date: Wed, 30 Aug 2023 23:59:59 +0800\r\n\r\n")
    assert told and told.astimezone(UTC) == datetime(2023, 8, 30, 15, 59, 59, tzinfo=UTC)
    unzoned = arrival_of_header(b"Date: Wed, 30 Aug 2023 23:59:59\r\n\r\n")
    assert unzoned == told
