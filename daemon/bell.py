"""In charge of waking who concludes the moment a mail has been read (LISTEN/NOTIFY). Missing a ring costs a tick, never a mail."""

import threading
from collections.abc import Callable

import structlog

from store.postgresql import conninfo
from store.queue import BELL

log = structlog.get_logger(__name__)

_LISTEN_S = 1.0  #: at most so long it takes to stop
_AGAIN_S = 2.0


class Bell:
    """Calls `rung` whenever the bell rings, from a thread of its own."""

    def __init__(self, url: str, rung: Callable[[], None]) -> None:
        self._conninfo = conninfo(url)
        self._rung = rung
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="bell")

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    def _serve(self) -> None:
        import psycopg  # only where work is shared

        while not self._stopping.is_set():
            try:
                self._listen()
            except psycopg.Error:  # the database is away: who concludes says so
                self._stopping.wait(_AGAIN_S)

    def _listen(self) -> None:
        import psycopg

        with psycopg.connect(self._conninfo, autocommit=True, connect_timeout=10) as connection:
            connection.execute(f"LISTEN {BELL}")
            while not self._stopping.is_set():
                if any(True for _ in connection.notifies(timeout=_LISTEN_S, stop_after=1)):
                    self._rung()
