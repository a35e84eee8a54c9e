"""In charge of the desk as a contestant: `python -m bench.desk_at_work MAILS WORKERS FOLDER`. Works through a folder's mails once, warm.

It tells its memory and its sandbox's after every so many mails, on the last lines of FOLDER/memory.
"""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.race import ready
from daemon import journal
from daemon.desk import Desk
from daemon.settings import load
from daemon.worker import work_through
from daemon.workshop import open_desk
from domain.records import Arrival
from parsers.scans.ocr import warm_up
from store.archive import Archive
from store.desk import Store

CONFIG = Path(__file__).parents[1] / "config.toml"
RECEIVED = datetime(2023, 8, 1, 1, 0, tzinfo=UTC)
NOW = RECEIVED + timedelta(days=1)


def take_in(store: Store, mails: Path) -> int:
    """Enter every file of a folder as mail; return how many."""
    paths = sorted(mails.glob("*.eml"))
    for first in range(0, len(paths), 200):
        some = paths[first : first + 200]
        store.record_arrivals([_arrival(store, path, first + nth) for nth, path in enumerate(some)], NOW)
    return len(paths)


def _arrival(store: Store, path: Path, serial: int) -> Arrival:
    return Arrival(
        account="desk@example.test", folder="INBOX", uidvalidity=1, uid=serial + 1, sha256=store.archive.add(path),
        size=path.stat().st_size, received_at=RECEIVED + timedelta(seconds=serial),
    )  # fmt: skip


def work(desk: Desk) -> Iterator[int]:
    """Work through all that waits; yield how many are done."""
    for done, processed in enumerate(work_through(desk, lambda: NOW), 1):
        if processed is None:
            raise SystemExit("a mail was not processed")
        yield done


def main(mails: Path, workers: int, folder: Path) -> None:
    settings = load(CONFIG, folder / "data")
    with (
        journal.written_to(folder / "log"),
        Store.open(f"sqlite:///{folder}/data/desk.db", Archive(folder / "data")) as store,
        open_desk(settings, store, workers) as desk,
    ):
        count = take_in(store, mails)
        for _ in range(workers):
            desk.sandbox.run(warm_up, seconds=120)
        ready()
        done = max(work(desk), default=0)
    if done != count:
        raise SystemExit(f"{done} of {count} mails were processed")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
