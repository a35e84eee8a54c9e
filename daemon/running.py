"""In charge of `run`, `once` and `import`: the same parts, for as long as is asked."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from daemon.post import Post
from daemon.service import Service, tell
from daemon.settings import Settings
from daemon.worker import work_through
from daemon.workshop import clock, open_desk, open_store, source
from domain.kinds import MessageState, OutboxState
from ingest.importing import import_paths
from ingest.poll import poll
from store.desk import Store


def run_service(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT."""
    mail, post = source(settings), Post(settings)
    with open_store(settings) as store, open_desk(settings, store) as desk:
        Service(settings, desk, mail, post).run()


def run_once(settings: Settings) -> bool:
    """Poll, process and send once; return whether all went well and nothing waits for a person."""
    mail, post = source(settings), Post(settings)
    with open_store(settings) as store, open_desk(settings, store) as desk:
        report = poll(mail, store, clock)
        tell(report, timedelta(0))
        for _ in work_through(desk, clock):
            pass
        post.send(store, clock)
        return report.ok and not _waits(store)


def run_import(settings: Settings, paths: Sequence[Path], *, reply: bool) -> bool:
    """Take files in and process them; return whether all could be taken in and nothing waits for a person."""
    with open_store(settings) as store, open_desk(settings, store) as desk:
        report = import_paths(paths, store, clock, reply=reply)
        for _ in work_through(desk, clock):
            pass
        return not report.failed and not _waits(store)


def _waits(store: Store) -> bool:
    return bool(store.messages(state=MessageState.QUARANTINED) or store.letters(state=OutboxState.HELD))
