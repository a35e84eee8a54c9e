"""In charge of reading what waits in the queue, beside any number of other workers. Leaves concluding, in order, to `worker`.

Procrastinate fetches, wakes us by LISTEN and watches over dead workers; a job reads one mail and its files into the store, where
whoever concludes finds them. A job may be done twice or not at all: what is not in the store is read by the one who concludes.
"""

import asyncio
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import structlog

from daemon.bell import Bell
from daemon.desk import Desk
from daemon.reading import read
from daemon.settings import Settings
from daemon.worker import AHEAD
from store.postgresql import conninfo
from store.queue import QUEUE, TASK
from store.work import STRIKES

if TYPE_CHECKING:
    from procrastinate import App, JobContext  # loaded only where work is shared

log = structlog.get_logger(__name__)

HEARTBEAT_S, DEAD_S = 2.0, 10.0  #: how often a worker says that it lives; silent for so long it is dead
_RESCUE = "* * * * * */5"  #: how often the jobs of dead workers are looked for: every five seconds, by one of us
_AGAIN_S = 2.0  #: until the database is tried again
_FIRST = 100  #: priority of the rescue, before all reading


class Readers:
    """Hands that read, in a thread of their own."""

    def __init__(self, desk: Desk, url: str, hands: int) -> None:
        """`hands`: mails read at the same time; as many as the sandbox has workers."""
        self._desk, self._hands = desk, hands
        self._conninfo = conninfo(url)
        self._stopping = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._work: asyncio.Task[None] | None = None
        self._thread = threading.Thread(target=self._serve, name="readers")

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Finish what is being read and come to rest."""
        self._stopping.set()
        loop, work = self._loop, self._work
        if loop and work and not loop.is_closed():
            loop.call_soon_threadsafe(work.cancel)
        self._thread.join()

    def _serve(self) -> None:
        while not self._stopping.is_set():
            try:
                asyncio.run(self._read())
            except Exception as error:  # noqa: BLE001  the database is away, or changed under us: begin anew
                log.warning("queue", error=str(error.__cause__ or error)[:200], again_in_s=_AGAIN_S)
            self._stopping.wait(_AGAIN_S)

    async def _read(self) -> None:
        app = _app(self._conninfo, self._desk, self._hands)
        async with app.open_async():
            self._loop = asyncio.get_running_loop()
            self._work = asyncio.create_task(self._run(app))
            if self._stopping.is_set():
                self._work.cancel()
            await asyncio.wait([self._work])
            if not self._work.cancelled() and (error := self._work.exception()):
                raise error

    async def _run(self, app: "App") -> None:
        await app.run_worker_async(
            queues=[QUEUE],
            concurrency=self._hands,
            delete_jobs="always",
            install_signal_handlers=False,
            update_heartbeat_interval=HEARTBEAT_S,
            stalled_worker_timeout=DEAD_S,
        )


def hands(settings: Settings, desk: Desk, rung: Callable[[], None]) -> tuple[Readers | Bell, ...]:
    """Return what a worker works with where several share the reading: hands that read, and the bell that wakes who concludes."""
    if not settings.data.shares_work:
        return ()
    return Readers(desk, settings.database, AHEAD), Bell(settings.database, rung)


def _app(conninfo: str, desk: Desk, hands: int) -> "App":
    """Return Procrastinate's side of the store's queue."""
    from procrastinate import App, PsycopgConnector

    app = App(connector=PsycopgConnector(conninfo=conninfo, min_size=1, max_size=hands + 3))

    @app.task(name=TASK, queue=QUEUE)
    def read_one(sha256: str) -> None:
        read_ahead(sha256, desk)

    @app.periodic(cron=_RESCUE)
    @app.task(name="rescue", queue=QUEUE, queueing_lock="rescue", priority=_FIRST, pass_context=True)
    async def rescue(context: "JobContext", timestamp: int) -> None:
        await _rescue(context.app)

    return app


def read_ahead(sha256: str, desk: Desk) -> None:
    """Read a message into the store; whatever goes wrong is met again by whoever concludes, and counted there."""
    claimed = desk.store.to_read(sha256)
    if claimed is None:
        return
    try:
        read(claimed, desk)
    except Exception as error:
        log.warning("not read ahead", sha256=sha256[:12], error=str(error)[:200])
        raise


async def _rescue(app: Any) -> None:
    """Put what dead workers were reading back; what killed its workers again and again is left to whoever concludes."""
    from procrastinate.jobs import Status

    manager = app.job_manager
    await manager.prune_stalled_workers(DEAD_S)
    for job in await manager.get_stalled_jobs(queue=QUEUE, seconds_since_heartbeat=DEAD_S):
        if job.attempts + 1 >= STRIKES:
            log.error("not read ahead", job=job.id, attempts=job.attempts + 1, error="it killed its workers")
            await manager.finish_job(job, status=Status.FAILED, delete_job=True)
        else:
            log.warning("taken from a dead worker", job=job.id, attempts=job.attempts + 1)
            await manager.retry_job(job)
