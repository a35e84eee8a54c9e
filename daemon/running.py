"""In charge of `run`, `once` and `import`: the same parts, for as long as is asked."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path

from daemon.desk import Desk
from daemon.lock import alone, sole_reader
from daemon.meters import Meters
from daemon.observing import observed
from daemon.polling import tell
from daemon.post import Post
from daemon.reminding import remind
from daemon.service import Service
from daemon.settings import Settings
from daemon.worker import work_through
from daemon.workshop import clock, downloads, fetch_desk, mailbox_access, open_desk, open_store, sources
from domain.kinds import MessageState, OutboxState
from ingest.importing import import_paths
from ingest.poll import poll
from store.desk import Store


def run_service(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT."""
    mails = sources(settings)
    meters = Meters([mail.account for mail in mails])
    with (
        alone(settings.directory),
        open_store(settings) as store,
        _held_alone(settings),
        open_desk(settings, store, timed=meters.read) as desk,
    ):
        service = Service(settings, desk, mails, meters)
        with observed(settings.health, service.lookout):
            service.run()


@contextmanager
def _held_alone(settings: Settings) -> Iterator[None]:
    """Hold every mailbox for this daemon. Raises ConfigError where another on this machine watches one."""
    with ExitStack() as stack:
        for each in settings.by_mailbox():
            if each.mailbox.source == "imap":
                access = mailbox_access(each)
                stack.enter_context(sole_reader(access.account, f"{access.host}:{access.port}"))
        yield


def run_once(settings: Settings) -> bool:
    """Poll, process and send once; return whether all went well and nothing waits for a person."""
    mails = sources(settings)
    posts = [Post(each, first=number == 0) for number, each in enumerate(settings.by_mailbox())]
    with alone(settings.directory), open_store(settings) as store, open_desk(settings, store) as desk:
        reports = [poll(mail, store, clock) for mail in mails]
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
    """Take files in and process them; return whether all could be taken in and nothing waits for a person."""
    with open_store(settings) as store, open_desk(settings, store) as desk:
        report = import_paths(paths, store, clock, reply=reply)
        for _ in work_through(desk, clock):
            pass
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
