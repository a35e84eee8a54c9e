"""In charge of `run`, `once` and `import`: the same parts, for as long as is asked."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Event

import structlog

from daemon.desk import Desk
from daemon.duties import Duties, Role, all_mine, may_run
from daemon.ending import leaving
from daemon.lock import sole_reader
from daemon.meters import Meters
from daemon.observing import observed
from daemon.polling import tell
from daemon.post import ways_out
from daemon.reminding import remind
from daemon.room import Roomy
from daemon.service import Service
from daemon.settings import Settings
from daemon.worker import work_through
from daemon.workshop import clock, downloads, fetch_desk, mailbox_access, open_desk, open_store, sources
from domain.kinds import MessageState, OutboxState
from ingest.importing import import_paths
from ingest.poll import poll
from store.desk import Store
from store.owners import is_dead

log = structlog.get_logger(__name__)


def run_service(settings: Settings, role: Role = Role.ALL, reread: Callable[[], Settings] | None = None) -> None:
    """Serve until SIGTERM or SIGINT. ConfigError where the role needs a database that processes share.

    `reread` returns the configuration as it is now, for SIGHUP.
    """
    mails = sources(settings) if role in (Role.ALL, Role.POLLER) else []
    meters = Meters([mail.account for mail in mails] or settings.accounts)
    with (
        leaving(),
        may_run(settings, role),
        open_store(settings) as store,
        _held_alone(settings),
        open_desk(settings, store, timed=meters.read) as desk,
    ):
        service = Service(settings, desk, mails, meters, role, reread)
        with observed(settings.health, service.lookout):
            service.run()


@contextmanager
def _held_alone(settings: Settings) -> Iterator[None]:
    """Hold every mailbox for this daemon. Raises ConfigError where another on this machine watches one."""
    with ExitStack() as stack:
        for each in (
            () if settings.data.is_postgresql else settings.by_mailbox()
        ):  # there turns do it, and others stand by
            if each.mailbox.source == "imap":
                access = mailbox_access(each)
                stack.enter_context(sole_reader(access.account, f"{access.host}:{access.port}"))
        yield


def run_once(settings: Settings) -> bool:
    """Poll, process and send once; return whether all went well and nothing waits for a person."""
    mails = sources(settings)
    posts = ways_out(settings, Event())
    with (
        may_run(settings, Role.ALL),
        open_store(settings) as shared,
        all_mine(settings, shared),
        open_desk(settings, shared.without_queue()) as desk,
    ):
        store = desk.store
        store.reclaim(is_dead, clock())
        reports = [poll(Roomy(mail, settings.directory, settings.data.least_free_mb), store, clock) for mail in mails]
        for report in reports:
            tell(report, timedelta(0))
        for _ in work_through(desk, clock):
            pass
        _take_fetched(settings, desk)
        remind(settings, store, clock())
        for post in posts:
            post.send(store, clock)
        return all(report.ok for report in reports) and not _waits(store)


def run_import(settings: Settings, paths: Sequence[Path], *, reply: bool) -> bool:
    """Take files in and process them; return whether all could be taken in and nothing waits for a person.

    Where workers are running already, they process them.
    """
    with open_store(settings) as shared, open_desk(settings, shared.without_queue()) as desk:
        report, store, duties = import_paths(paths, shared, clock, reply=reply), desk.store, Duties(shared)
        try:
            if not duties.mine(Role.WORKER):
                log.info("taken in; the running daemon processes them", new=report.new)
                return not report.failed
            for _ in work_through(desk, clock):
                pass
        finally:
            duties.rest()
        return not report.failed and not _waits(store)


def _take_fetched(settings: Settings, desk: Desk) -> None:
    """Download what may be, judge what staff or we fetched, and put it away."""
    watched = fetch_desk(settings, desk)
    if settings.links.fetch:
        downloads(settings, desk).run(clock)
    if watched.look(clock()):
        for _ in work_through(desk, clock):
            pass
        watched.look(clock())


def _waits(store: Store) -> bool:
    return bool(store.messages(state=MessageState.QUARANTINED) or store.letters(state=OutboxState.HELD))
