"""In charge of `run`: polling, working, sending and the morning digest, each on its clock, until told to stop."""

import signal
import threading
from datetime import timedelta
from types import FrameType

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger

from daemon.desk import Desk
from daemon.health import Pulse, Supervisor
from daemon.lookout import Lookout
from daemon.meters import Meters
from daemon.morning import day_before, is_due, queue_digest
from daemon.post import Post
from daemon.reminding import AT, is_time, remind
from daemon.settings import Settings
from daemon.worker import is_dead, work_through
from daemon.workshop import clock, downloads, fetch_desk
from domain.notice import SHANGHAI
from ingest.backoff import pause_after
from ingest.mailbox import ImapSource
from ingest.poll import PollReport, Source, poll
from notify.trial import faults

log = structlog.get_logger(__name__)

_EVERY_S = 2  #: seconds between looks at the queues; each look is one indexed query
_WATCH_S = 10  #: seconds between looks into the folder of fetched files
_SURVEY_S = 900  #: seconds between walks over all records, for figures that only /metrics shows
_DOWNLOAD_S = 600  #: seconds between rounds of downloads: a link that failed is tried again in the next


class Service:
    """The daemon: four clocks over one store. What a thread does alone, no other thread does."""

    def __init__(self, settings: Settings, desk: Desk, source: Source, meters: Meters | None = None) -> None:
        """`meters` is what the desk's sandbox tells its times to; without it nobody asks."""
        self._settings, self._desk, self._source = settings, desk, source
        self.lookout = Lookout(settings, desk.store, [source.account], meters or Meters([source.account]))
        self._stop = threading.Event()
        self._post = Post(settings, self._stop.is_set)
        self._watched = fetch_desk(settings, desk)
        self._downloads = downloads(settings, desk, self._stop.is_set)
        self._failures = 0
        self._pulse = Pulse(clock())
        if isinstance(source, ImapSource):
            source.moved = lambda: self._pulse.moved(clock())
        self._supervisor = Supervisor()
        self._scheduler = BackgroundScheduler(
            timezone=SHANGHAI, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )

    def run(self) -> None:
        """Serve until SIGTERM or SIGINT. Call from the main thread."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._told_to_stop)
        self.start()
        self._stop.wait()
        self.stop()

    def start(self) -> None:
        """Begin polling, working and sending, each in a thread of its own."""
        freed = self._desk.store.reclaim(is_dead, clock())
        tell_of_templates(self._settings)
        self._schedule()
        self._scheduler.start()
        self._supervisor.ready()
        log.info(
            "started", account=self._source.account, poll_seconds=self._settings.mailbox.poll_seconds, reclaimed=freed
        )

    def stop(self) -> None:
        """Finish what is in hand and come to rest."""
        self._stop.set()
        self._supervisor.stopping()
        log.info("stopping")
        self._scheduler.shutdown(wait=True)

    def _schedule(self) -> None:
        hour = self._settings.digest.at
        add = self._scheduler.add_job
        add(self._poll, id="poll", next_run_time=clock())
        add(self._work, "interval", seconds=_EVERY_S, id="work", next_run_time=clock())
        add(self._send, "interval", seconds=_EVERY_S, id="send", next_run_time=clock())
        add(self._watch, "interval", seconds=_WATCH_S, id="watch", next_run_time=clock())
        if self._settings.links.fetch:
            add(self._download, "interval", seconds=_DOWNLOAD_S, id="download", next_run_time=clock())
        add(self._beat, "interval", seconds=self._supervisor.interval.total_seconds(), id="beat", next_run_time=clock())
        add(self._digest, CronTrigger(hour=hour.hour, minute=hour.minute, timezone=SHANGHAI), id="digest")
        if is_due(self._settings, self._desk.store, clock()):
            add(self._digest, id="missed digest", next_run_time=clock())
        add(self._remind, CronTrigger(hour=AT.hour, minute=AT.minute, timezone=SHANGHAI), id="remind")
        if is_time(clock()):
            add(self._remind, id="missed reminders", next_run_time=clock())
        self._schedule_lookout()

    def _schedule_lookout(self) -> None:
        add = self._scheduler.add_job
        if self._settings.alerts.wanted:
            every = self._settings.alerts.look_seconds
            add(self.lookout.tell, "interval", seconds=every, id="alerts", next_run_time=clock())
        if self._settings.health.port:
            add(self._ask_confinement, id="confinement", next_run_time=clock())
            add(self.lookout.survey, "interval", seconds=_SURVEY_S, id="survey", next_run_time=clock())

    def _told_to_stop(self, number: int, frame: FrameType | None) -> None:
        self._stop.set()

    def _poll(self) -> None:
        interval = timedelta(seconds=self._settings.mailbox.poll_seconds)
        pause = interval
        try:
            report = poll(self._source, self._desk.store, clock)
            self.lookout.polled(report)
            self._failures = self._failures + 1 if report.error else 0
            pause = pause_after(report.error, self._failures, interval)
            tell(report, pause)
        except Exception:  # a fault of ours or of the disk: say it, and look again
            self._failures += 1
            log.exception("poll failed")
        finally:
            self._pulse.polled(clock(), pause)
            if not self._stop.is_set():
                self._scheduler.add_job(self._poll, id="poll", next_run_time=clock() + pause, replace_existing=True)

    def _work(self) -> None:
        for done in work_through(self._desk, clock, self._stop.is_set):
            self.lookout.decided(done)

    def _send(self) -> None:
        self.lookout.sent(self._post.send(self._desk.store, clock))

    def _watch(self) -> None:
        self._watched.look(clock())

    def _download(self) -> None:
        self._downloads.run(clock)

    def _digest(self) -> None:
        now, store = clock(), self._desk.store
        if not self._settings.digest.to and not self._settings.alerts.wanted:
            return
        discrepancies = store.verify(now)
        self.lookout.signs.verified(discrepancies)
        queued = queue_digest(self._settings, store, day_before(now), now, discrepancies)
        log.info("digest", queued=queued, discrepancies=len(discrepancies))

    def _ask_confinement(self) -> None:
        self.lookout.signs.confinement = self._desk.sandbox.confinement()

    def _remind(self) -> None:
        log.info("reminders", queued=remind(self._settings, self._desk.store, clock()))

    def _beat(self) -> None:
        if self._pulse.beats(clock()):
            self._supervisor.alive()
        else:
            log.error("polling has stalled; the watchdog will end this process")


def tell_of_templates(settings: Settings) -> None:
    """Log what is wrong with the office's own templates; ours stand in for those."""
    folder = settings.notify.templates
    for fault in faults(folder, settings.notice, clock()) if folder else ():
        log.warning("office template", template=fault.template, error=fault.told, mend="see `doctor`; ours is used")


def tell(report: PollReport, pause: timedelta) -> None:
    """Log a poll: one line, with the mend where something is wrong."""
    if report.error:
        log.error("poll", error=str(report.error), mend=report.error.mend, again_in_s=pause.total_seconds())
    elif report.new or report.failed:
        log.info("poll", total=report.total, new=report.new, failed=report.failed, bytes=report.bytes)
    else:
        log.debug("poll", total=report.total)
