"""In charge of working through archived mail under leases: three tries, then a person. One bad mail never stops the next."""

import os
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime

import structlog
from sqlalchemy.exc import DBAPIError

from daemon.desk import Desk
from daemon.exchanges import has_ended
from daemon.journal import english
from daemon.outage import outage
from daemon.pipeline import Processed, commit, conclude
from daemon.reading import loop_guard, read
from domain.case import Reading
from domain.kinds import MessageState
from domain.records import Claimed
from notify.outbox import AT_REST
from notify.replies import compose_fallback
from parsers.sandbox import Abandoned
from store.owners import owner

log = structlog.get_logger(__name__)

Clock = Callable[[], datetime]
_AGAIN_S = 5.0  #: between tries to write to a database that takes nothing
AHEAD = 3  #: messages read at the same time: one more than the sandbox has workers, so that none of these waits for the next


def work_through(desk: Desk, clock: Clock, stopping: Callable[[], bool] = lambda: False) -> Iterator[Processed]:
    """Process every message that is due; yield each as it is recorded.

    Messages are concluded strictly in order of arrival, for later ones supplement earlier ones; the next are read ahead
    meanwhile, for reading one depends on no other. Told to stop, what is not read yet is handed back, its try uncounted;
    so is everything when this machine fails.
    """
    me = owner()
    # Reading has its own limit, so has opening what only this mail makes whole; the rest is a database away.
    lease = desk.limits.mail_seconds * (AHEAD + 1) + 300.0
    reading: deque[tuple[Claimed, Future[Reading]]] = deque()
    pool = ThreadPoolExecutor(AHEAD, "read")
    try:
        while True:
            while len(reading) < AHEAD and not stopping() and (claimed := desk.store.claim_message(me, clock(), lease)):
                reading.append((claimed, pool.submit(read, claimed, desk)))
            if not reading:
                break
            done = _attempt(*reading[0], desk, clock, me)
            reading.popleft()
            if done:
                yield done
        comfort_the_waiting(desk, clock())
    finally:
        pool.shutdown(cancel_futures=True)
        for claimed, _ in reading:
            _hand_back(claimed, desk, clock, me, stopping)


def _hand_back(claimed: Claimed, desk: Desk, clock: Clock, me: str, stopping: Callable[[], bool]) -> None:
    """Give a message back unworked; while the database takes nothing there is no other work either, so this waits."""
    while True:
        try:
            desk.store.release_lease(claimed.sha256, me, clock())
        except DBAPIError as error:
            if not outage(error) or stopping():  # its lease ends by itself
                raise
            log.warning("waiting for the database", sha256=claimed.sha256[:12], error=outage(error))
            time.sleep(_AGAIN_S)
        else:
            return


def _attempt(claimed: Claimed, reading: Future[Reading], desk: Desk, clock: Clock, me: str) -> Processed | None:
    started = time.monotonic()
    try:
        done = commit(conclude(reading.result(), desk), claimed, desk, clock(), me)
    except Abandoned:
        raise
    except Exception as error:  # whatever went wrong is this message's fault until three tries say otherwise
        if outage(error):
            raise
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
        waited_s=round(time.monotonic() - started, 2),
    )
    return done


def _failed(claimed: Claimed, desk: Desk, clock: Clock, me: str, error: Exception) -> None:
    log.error("failed", sha256=claimed.sha256[:12], attempt=claimed.attempts, error=english(error)[:300], exc_info=True)
    where = traceback.extract_tb(error.__traceback__)[-1]
    told = f"{type(error).__name__}: {str(error)[:200]} ({os.path.basename(where.filename)}:{where.lineno})"  # noqa: PTH119
    desk.store.fail_message(claimed.sha256, me, told, clock())


def comfort_the_waiting(desk: Desk, now: datetime) -> None:
    """Leave nobody in silence: the sender of a quarantined mail learns, once, that a person looks."""
    for record in desk.store.messages(state=MessageState.QUARANTINED):
        mail = desk.store.mail(record.sha256)
        if mail is None or mail.fetched or not record.reply or loop_guard(mail, desk):
            continue
        if letter := compose_fallback(record, desk.notice, desk.post(now, record.account)):
            held = AT_REST if has_ended(mail, desk.store, now) else ""
            with desk.store.begin(now) as tx:
                tx.enqueue(letter, held_reason=held)
