"""In charge of working through archived mail under leases: three tries, then a person. One bad mail never stops the next."""

import os
import socket
import time
import traceback
from collections.abc import Callable, Iterator
from datetime import datetime

import structlog

from daemon.pipeline import Desk, Processed, loop_guard, process
from domain.kinds import MessageState
from domain.records import Claimed
from notify.replies import compose_fallback

log = structlog.get_logger(__name__)

Clock = Callable[[], datetime]


def owner() -> str:
    """Return the name this process holds leases under."""
    return f"{socket.gethostname()}:{os.getpid()}"


def work_through(desk: Desk, clock: Clock, stopping: Callable[[], bool] = lambda: False) -> Iterator[Processed]:
    """Process every message that is due, oldest first; yield each as it is recorded."""
    me = owner()
    lease = desk.limits.mail_seconds + 300.0  # reading has its own limit; the rest is a database away
    while not stopping() and (claimed := desk.store.claim_message(me, clock(), lease)):
        if done := _attempt(claimed, desk, clock, me):
            yield done


def _attempt(claimed: Claimed, desk: Desk, clock: Clock, me: str) -> Processed | None:
    started = time.monotonic()
    try:
        done = process(claimed, desk, clock())
    except Exception as error:  # noqa: BLE001  whatever went wrong is this message's fault until three tries say otherwise
        _failed(claimed, desk, clock, me, error)
        return None
    outcome = done.outcome
    log.info(
        "decided",
        sha256=claimed.sha256[:12],
        kind=outcome.kind.value,
        decision=outcome.decision.value,
        cases=[verdict.case.number for verdict in outcome.verdicts],
        reason=outcome.reason or None,
        seconds=round(time.monotonic() - started, 2),
    )
    return done


def _failed(claimed: Claimed, desk: Desk, clock: Clock, me: str, error: Exception) -> None:
    log.error("failed", sha256=claimed.sha256[:12], attempt=claimed.attempts, error=str(error)[:300], exc_info=True)
    where = traceback.extract_tb(error.__traceback__)[-1]
    told = f"{type(error).__name__}: {str(error)[:200]} ({os.path.basename(where.filename)}:{where.lineno})"  # noqa: PTH119
    state = desk.store.fail_message(claimed.sha256, me, told, clock())
    if state is MessageState.QUARANTINED:
        _say_that_a_person_looks(claimed, desk, clock())


def _say_that_a_person_looks(claimed: Claimed, desk: Desk, now: datetime) -> None:
    """Leave nobody in silence: where the mail could at least be read, its sender learns that a person looks."""
    mail, record = desk.store.mail(claimed.sha256), desk.store.message(claimed.sha256)
    if mail is None or record is None or not claimed.reply or loop_guard(mail, desk):
        return
    if letter := compose_fallback(record, desk.notice, desk.post(now)):
        with desk.store.begin(now) as tx:
            tx.enqueue(letter)
