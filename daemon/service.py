"""In charge of `run`: polling, working, sending and the morning digest, each on its clock, until told to stop."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import time, timedelta
from functools import partial

import structlog
from apscheduler.jobstores.base import JobLookupError
from apscheduler.triggers.cron import CronTrigger

from daemon.clockwatch import new_clocks
from daemon.desk import Desk
from daemon.duties import Duties, Role
from daemon.ending import come_to_rest
from daemon.health import Supervisor
from daemon.lookout import Lookout
from daemon.meters import Meters
from daemon.morning import day_before, is_due, queue_digest
from daemon.orders import Orders
from daemon.polling import Poller
from daemon.post import Post, ways_out
from daemon.readers import hands
from daemon.reloading import told_anew
from daemon.reminding import AT, is_time, remind
from daemon.settings import Settings
from daemon.templates import tell_of_templates
from daemon.worker import work_through
from daemon.workshop import clock, desk_of, downloads, fetch_desk
from domain.notice import SHANGHAI
from ingest.poll import Source
from parsers.sandbox import Abandoned
from store.owners import is_dead, owner

log = structlog.get_logger(__name__)

_CLOCKS = 10  #: threads for all but polling and sending
_EVERY_S = 2  #: seconds between looks at the queues, and for a turn; each look is one indexed query
_WATCH_S = 10  #: seconds between looks into the folder of fetched files
_IDLE_S = 600  #: seconds after which parser processes with nothing to read are let go
_SURVEY_S = 900  #: seconds between walks over all records, for figures that only /metrics shows
_DOWNLOAD_S = 600  #: seconds between rounds of downloads: a link that failed is tried again in the next
_TIDY = time(3, 30)  #: Asia/Shanghai
_POLLS_KEPT = timedelta(days=90)


class Service:
    """The daemon: its clocks over one store. What a thread does alone, no other thread does."""

    def __init__(
        self,
        settings: Settings,
        desk: Desk,
        sources: Sequence[Source],
        meters: Meters | None = None,
        role: Role = Role.ALL,
        reread: Callable[[], Settings] | None = None,
    ) -> None:
        """Take the mailboxes in the order of the settings, and the meters that the sandbox tells its times to, if anybody asks.

        Who does not poll needs no `sources`. `reread` returns the configuration as it is now.
        """
        self._settings, self._desk = settings, desk
        accounts, each = [source.account for source in sources] or settings.accounts, settings.by_mailbox()
        self.lookout = Lookout(settings, desk.store, accounts, meters or Meters(accounts))
        self._reread = reread or (lambda: settings)
        self._orders = Orders()
        self._stop = self._orders.stop
        self._duties = Duties(desk.store, role)
        has = self._duties.has
        self._hands = hands(settings, desk, self._wake) if has(Role.WORKER) else ()
        self._concluding = False  #: whether the turn to conclude was ours at the last tick, and nothing went wrong
        self._posts = ways_out(settings, self._stop) if self._duties.has(Role.SENDER) else []
        self._pollers = [
            Poller(source, seen.mailbox.poll_seconds, desk.store, self.lookout, settings.data.least_free_mb)
            for source, seen in zip(sources, each if has(Role.POLLER) else (), strict=True)
        ]
        self._watched = fetch_desk(settings, desk)
        self._downloads = downloads(settings, desk, self._stop.is_set)
        self._supervisor = Supervisor()
        self._scheduler = new_clocks(_CLOCKS + 2 * len(accounts))

    def run(self) -> None:
        """Serve until SIGTERM or SIGINT. Call from the main thread."""
        self._orders.listen()
        self.start()
        self._orders.obey(self._scheduler, self.reload)
        self.stop()

    def start(self) -> None:
        """Begin polling, working and sending, each in a thread of its own."""
        freed = self._desk.store.reclaim(is_dead, clock())
        tell_of_templates(self._settings)
        self._schedule()
        self._scheduler.start()
        for hand in self._hands:
            hand.start()
        self._supervisor.ready()
        accounts, role = " ".join(self._settings.accounts), self._duties.role.value
        log.info("started", role=role, accounts=accounts, reclaimed=freed)

    def stop(self) -> None:
        """Finish what is in hand, as far as there is time for it, and come to rest."""
        self._stop.set()
        self._supervisor.stopping()
        log.info("stopping")
        come_to_rest(self._finish, self._desk.sandbox.abandon)
        self._duties.rest()

    def _finish(self) -> None:
        for hand in self._hands:
            hand.stop()
        self._scheduler.shutdown(wait=True)

    def reload(self) -> None:
        """Take a changed configuration into force between two messages; one with a mistake changes nothing."""
        if held := told_anew(self._settings, self._reread):
            with self._orders.changing():
                self._put_into_force(held)

    def _put_into_force(self, held: Settings) -> None:
        if held.limits != self._settings.limits:
            self._desk.sandbox.limit(held.limits)
        self._settings, self._desk = held, desk_of(held, self._desk.store, self._desk.sandbox)
        self._posts = ways_out(held, self._stop) if self._posts else []
        for poller, seen in zip(self._pollers, held.by_mailbox(), strict=False):
            poller.interval = timedelta(seconds=seen.mailbox.poll_seconds)
        self._watched = fetch_desk(held, self._desk)
        self._downloads = downloads(held, self._desk, self._stop.is_set)
        self.lookout.reload(held)
        self._scheduler.remove_all_jobs()
        self._schedule()

    def _schedule(self) -> None:
        add, has = self._scheduler.add_job, self._duties.has
        if has(Role.POLLER):
            self._schedule_polling()
        if has(Role.WORKER):
            add(self._work, "interval", seconds=_EVERY_S, id="work", next_run_time=clock())
        if has(Role.SENDER):
            self._schedule_sending()
        add(self._beat, "interval", seconds=self._supervisor.interval.total_seconds(), id="beat", next_run_time=clock())
        add(lambda: self._desk.sandbox.rest(_IDLE_S), "interval", seconds=_IDLE_S / 10, id="rest")
        self._schedule_lookout()

    def _schedule_polling(self) -> None:
        add, alone = self._scheduler.add_job, self._duties.in_turn
        for poller in self._pollers:
            add(self._poll, args=[poller], id=_polling(poller), next_run_time=clock())
        watch, download = (alone(Role.POLLER, work) for work in (self._watch, self._download))
        add(watch, "interval", seconds=_WATCH_S, id="watch", next_run_time=clock())
        if self._settings.links.fetch:
            add(download, "interval", seconds=_DOWNLOAD_S, id="download", next_run_time=clock())

    def _schedule_sending(self) -> None:
        add, alone, hour = self._scheduler.add_job, self._duties.in_turn, self._settings.digest.at
        for post in self._posts:
            add(self._send, "interval", args=[post], seconds=_EVERY_S, id=f"send {post.account}", next_run_time=clock())
        digest, reminders = (alone(Role.SENDER, work) for work in (self._digest, self._remind))
        add(digest, CronTrigger(hour=hour.hour, minute=hour.minute, timezone=SHANGHAI), id="digest")
        if is_due(self._settings, self._desk.store, clock()):
            add(digest, id="missed digest", next_run_time=clock())
        add(self._tidy, CronTrigger(hour=_TIDY.hour, minute=_TIDY.minute, timezone=SHANGHAI), id="tidy")
        add(reminders, CronTrigger(hour=AT.hour, minute=AT.minute, timezone=SHANGHAI), id="remind")
        if is_time(clock()):
            add(reminders, id="missed reminders", next_run_time=clock())

    def _schedule_lookout(self) -> None:
        add = self._scheduler.add_job
        every = self._settings.alerts.look_seconds
        for duty in (Role.POLLER, Role.SENDER) if self._settings.alerts.wanted else ():
            if self._duties.has(duty):
                tell = self._duties.in_turn(duty, partial(self.lookout.tell, duty))
                add(tell, "interval", seconds=every, id=f"alerts of the {duty}", next_run_time=clock())
        if self._settings.health.port:
            add(self._ask_confinement, id="confinement", next_run_time=clock())
            add(self.lookout.survey, "interval", seconds=_SURVEY_S, id="survey", next_run_time=clock())

    def _poll(self, poller: Poller) -> None:
        pause = timedelta(seconds=_EVERY_S)
        if self._duties.mine(Role.POLLER, poller.account):
            pause = poller.look()
        else:  # another process asks this mailbox
            poller.stand_by()
        if not self._stop.is_set():
            again = clock() + pause
            self._scheduler.add_job(
                self._poll, args=[poller], id=_polling(poller), next_run_time=again, replace_existing=True
            )

    def _work(self) -> None:
        """Conclude what has been read, in order, while it is our turn; what an earlier holder claimed is taken back first."""
        if not self._duties.mine(Role.WORKER):
            self._concluding = False
            return
        if not self._concluding:
            ours = "" if self._settings.data.is_postgresql else owner()  # whose turn it was has no claim any more
            self._desk.store.reclaim_messages(lambda holder: holder.startswith(ours), clock())
        self._concluding = False
        with self._orders.working(), suppress(Abandoned):
            for done in work_through(self._desk, clock, self._must_stop_concluding):
                self.lookout.decided(done)
            self._concluding = True

    def _must_stop_concluding(self) -> bool:
        return self._orders.enough() or not self._duties.mine(Role.WORKER)

    def _wake(self) -> None:
        """Conclude now: something has been read."""
        with suppress(JobLookupError):
            self._scheduler.modify_job("work", next_run_time=clock())

    def _send(self, post: Post) -> None:
        if not self._duties.mine(Role.SENDER, post.account):
            return
        self.lookout.sent(post.account, post.send(self._desk.store, clock))

    def _watch(self) -> None:
        self._watched.look(clock())

    def _download(self) -> None:
        self._downloads.run(clock)

    def _digest(self) -> None:
        now, store = clock(), self._desk.store
        if not self._settings.digest.to and not self._settings.alerts.wanted:
            return
        discrepancies = store.verify(now, turn=now.toordinal())
        self.lookout.signs.verified(discrepancies)
        queued = queue_digest(self._settings, store, day_before(now), now, discrepancies)
        log.info("digest", queued=queued, discrepancies=len(discrepancies))

    def _ask_confinement(self) -> None:
        self.lookout.signs.confinement = self._desk.sandbox.confinement()

    def _remind(self) -> None:
        log.info("reminders", queued=remind(self._settings, self._desk.store, clock()))

    def _tidy(self) -> None:
        log.info("tidied", polls=self._desk.store.prune_polls(clock() - _POLLS_KEPT))

    def _beat(self) -> None:
        if all(poller.beats() for poller in self._pollers):
            self._supervisor.alive()
        else:
            log.error("polling has stalled; the watchdog will end this process")


def _polling(poller: Poller) -> str:
    return f"poll {poller.account}"
