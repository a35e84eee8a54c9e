"""In charge of the daemon's clocks when somebody sets the machine's clock: jobs go on at once, whichever way it jumped.

APScheduler keeps moments of the wall clock. Set back by an hour, it would look at nothing for an hour. Leaves leases and letters, whose
moments stand in the store, as they are: they are late by the jump, never twice.
"""

import logging
import time
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.events import EVENT_JOB_ERROR
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.schedulers.base import BaseScheduler
from apscheduler.triggers.cron import CronTrigger

from daemon.outage import Outages
from domain.notice import SHANGHAI

log = structlog.get_logger(__name__)

AGAIN = timedelta(minutes=10)  #: after a daily job failed
_SLEW = timedelta(seconds=2)  #: NTP moves a clock by less between two looks


def uptime() -> datetime:
    """Return a moment that only ever goes forward, for comparing with its like; which date it shows means nothing."""
    return datetime.fromtimestamp(time.monotonic(), UTC)


def new_clocks(threads: int) -> BackgroundScheduler:
    """Return a scheduler of Shanghai's time: what is late is done once, what fails daily is tried again, an outage is one line."""
    logging.getLogger("apscheduler.executors.default").addFilter(Outages())
    clocks = BackgroundScheduler(
        timezone=SHANGHAI,
        executors={"default": ThreadPoolExecutor(threads)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    clocks.add_listener(lambda event: _again(clocks, event.job_id), EVENT_JOB_ERROR)
    return clocks


def _again(clocks: BaseScheduler, name: str) -> None:
    """Let a daily job that failed run again soon: a digest that met a full disk is not a day late."""
    job = clocks.get_job(name)
    if job and isinstance(job.trigger, CronTrigger):
        job.modify(next_run_time=datetime.now(SHANGHAI) + AGAIN)


class ClockWatch:
    """The difference between both clocks, looked at again and again."""

    def __init__(self, now: datetime) -> None:
        self._between = now - uptime()

    def look(self, now: datetime, scheduler: BaseScheduler) -> bool:
        """Arm all jobs anew where the wall clock has jumped since the last look; tell whether it has."""
        jump = now - uptime() - self._between
        self._between += jump
        if abs(jump) < _SLEW:
            return False
        log.warning("the clock was set", by_s=round(jump.total_seconds()))
        for job in scheduler.get_jobs():
            if isinstance(job.trigger, CronTrigger):
                job.reschedule(job.trigger)  # from now on
            else:
                job.modify(next_run_time=now)
        return True
