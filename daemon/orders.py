"""In charge of what a running daemon is told from outside: SIGTERM and SIGINT stop it, SIGHUP lets it read its configuration again.

The main thread waits here, carries orders out one by one, and looks whether somebody set the clock. Leaves what stopping and reloading
are to the service.
"""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue
from types import FrameType

from apscheduler.schedulers.base import BaseScheduler

from daemon.clockwatch import ClockWatch
from daemon.workshop import clock

_CLOCK_S = 5.0  #: seconds between looks whether somebody set the clock


class Orders:
    """The orders of one daemon, and the gate between work on messages and a change of what it is done with."""

    def __init__(self) -> None:
        self.stop = threading.Event()
        self._changing = threading.Event()
        self._gate = threading.Lock()
        self._given: SimpleQueue[Callable[[], None]] = SimpleQueue()

    def obey(self, scheduler: BaseScheduler, reload: Callable[[], None]) -> None:
        """Wait until told to stop. Call from the main thread."""
        clocks = ClockWatch(clock())
        signal.signal(signal.SIGHUP, lambda number, frame: self._given.put(reload))
        while not self.stop.is_set():
            with suppress(Empty):
                self._given.get(timeout=_CLOCK_S)()
            clocks.look(clock(), scheduler)

    def listen(self) -> None:
        """Let SIGTERM and SIGINT stop from now on."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._told_to_stop)

    @contextmanager
    def working(self) -> Iterator[None]:
        """Work on messages: nothing changes meanwhile, save that `enough` may come to hold."""
        with self._gate:
            yield

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Change what the work is done with: what is in hand comes to its end first, and nothing more is taken up."""
        self._changing.set()
        with self._gate:
            self._changing.clear()
            yield

    def enough(self) -> bool:
        """Tell whether no further message is to be taken up now."""
        return self.stop.is_set() or self._changing.is_set()

    def _told_to_stop(self, number: int, frame: FrameType | None) -> None:
        self.stop.set()
        self._given.put(lambda: None)
