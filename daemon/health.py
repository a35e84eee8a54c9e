"""In charge of telling systemd that the service is ready, alive and stopping. Alive means: polls come to their end."""

import os
from datetime import datetime, timedelta

import sdnotify

#: Past the moment a poll was due to begin or came on; longer than any one mail may take.
_PATIENCE = timedelta(minutes=15)


class Pulse:
    """When the next poll must have come to its end, for better or worse."""

    def __init__(self, now: datetime) -> None:
        self._due = now

    def polled(self, now: datetime, pause: timedelta) -> None:
        """Note a poll that came to its end, and how long it is until the next."""
        self._due = now + pause

    def moved(self, now: datetime) -> None:
        """Note that the poll under way has come on: one of two hours is alive as long as mail after mail comes."""
        self._due = max(self._due, now)

    def beats(self, now: datetime) -> bool:
        """Tell whether polling goes on. False lets the watchdog end the process."""
        return now <= self._due + _PATIENCE


class Supervisor:
    """systemd, where it started us (Type=notify, WatchdogSec); elsewhere nothing is told."""

    def __init__(self) -> None:
        self._notifier = sdnotify.SystemdNotifier()

    def ready(self) -> None:
        self._notifier.notify("READY=1")

    def alive(self) -> None:
        self._notifier.notify("WATCHDOG=1")

    def stopping(self) -> None:
        self._notifier.notify("STOPPING=1")

    @property
    def interval(self) -> timedelta:
        """How often to say `alive`: a third of WatchdogSec, or half a minute where there is none."""
        micros = int(os.environ.get("WATCHDOG_USEC", "0"))
        return timedelta(microseconds=micros / 3) if micros else timedelta(seconds=30)
