"""In charge of one mailbox on its own clock: a look, what it came to, how long until the next. Leaves the waiting to `service`."""

from datetime import timedelta

import structlog

from daemon.clockwatch import uptime
from daemon.health import Pulse
from daemon.lookout import Lookout
from daemon.outage import Outages
from daemon.room import Roomy
from daemon.workshop import clock
from ingest.backoff import pause_after
from ingest.mailbox import ImapSource
from ingest.poll import PollReport, Source, poll
from store.desk import Store

log = structlog.get_logger(__name__)


class Poller:
    """Looks into one mailbox; a fault of one is nothing to another."""

    def __init__(
        self, source: Source, poll_seconds: int, store: Store, lookout: Lookout, least_free_mb: int = 0
    ) -> None:
        """With less room on the disk than `least_free_mb`, mail is left on the server."""
        self._source: Source = Roomy(source, store.archive.root, least_free_mb)
        self._store, self._lookout = store, lookout
        self.interval = timedelta(seconds=poll_seconds)
        self._failures = 0
        self._outages = Outages()
        self._pulse = Pulse(uptime())
        if isinstance(source, ImapSource):
            source.moved = self._moved

    @property
    def account(self) -> str:
        return self._source.account

    def look(self) -> timedelta:
        """Look once; return how long to wait. Raises nothing: a fault of ours is told in the log, and tried again."""
        pause = self.interval
        try:
            report = poll(self._source, self._store, clock)
            self._lookout.polled(report)
            self._failures = self._failures + 1 if report.error else 0
            pause = pause_after(report.error, self._failures, self.interval)
            tell(report, pause)
        except Exception as error:  # noqa: BLE001  a fault of ours or of the disk: say it, and look again
            self._failures += 1
            self._outages.tell(error, "poll failed")
        finally:
            self._pulse.polled(uptime(), pause)
        return pause

    def stand_by(self) -> None:
        """Leave the mailbox to another process: nothing is late here."""
        self._pulse.polled(uptime(), timedelta(0))

    def beats(self) -> bool:
        """Tell whether looks come to their end. False lets the watchdog end the process."""
        return self._pulse.beats(uptime())

    def _moved(self) -> None:
        self._pulse.moved(uptime())
        self._lookout.signs.came_on(self.account, clock())


def tell(report: PollReport, pause: timedelta) -> None:
    """Log a poll: one line, with the mend where something is wrong."""
    if report.error:
        log.error(
            "poll",
            account=report.account,
            error=str(report.error),
            mend=report.error.mend,
            again_in_s=pause.total_seconds(),
        )
    elif report.new or report.failed:
        log.info("poll", total=report.total, new=report.new, failed=report.failed, bytes=report.bytes)
    else:
        log.debug("poll", total=report.total)
