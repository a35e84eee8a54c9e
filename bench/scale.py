"""What ten thousand cases and a hundred thousand messages cost: replay, digest with its workbook, start.

.venv/bin/python -m bench.scale [CASES [MESSAGES]]

Filling the stores is not the question: for that time nothing waits for the disk.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

from sqlalchemy import event

from bench import digest, filling
from bench import replay as replays
from bench.fetch import ROOT
from bench.race import Cost, here, spread
from bench.table import Figure, table
from daemon.desk import Desk
from daemon.replaying import Replay
from domain.notice import Limits
from notify.digest import write_digest
from parsers.sandbox import Sandbox
from store.archive import Archive
from store.desk import Store
from tests.daemon.test_replaying import record
from tests.fixtures.cases import context, notice, rules
from validators.rulebook import judge

CASES, MESSAGES = 10_000, 100_000


@contextmanager
def hasty(store: Store) -> Iterator[None]:
    """Fill a store without waiting for the disk."""

    def off(connection: object, _record: object) -> None:
        connection.execute("PRAGMA synchronous=OFF")  # type: ignore[attr-defined]  # a SQLite connection

    store.database.close()
    event.listen(store.database.engine, "connect", off)
    with patch.object(os, "fsync", lambda _: None):
        yield
    event.remove(store.database.engine, "connect", off)
    store.database.close()


def replay(folder: Path, count: int) -> Cost:
    """Judge so many cases again."""
    with Sandbox(Limits()) as sandbox, _store(folder) as store:
        desk = Desk(notice(), rules(), Limits(), store, sandbox, "wfxyxh@126.com", "组委会")
        with hasty(store):
            for serial in range(1, count + 1):
                record(desk, serial, judge(replays.entry(serial), context()))
        return here(lambda: [each for each in Replay(desk).run() if each.changed])


def morning(folder: Path, count: int) -> Cost:
    """Write the digest of so many cases, its workbook attached."""
    called, yesterday = digest.this_call(), digest.MORNING.date() - timedelta(days=1)
    with _store(folder) as store:
        with hasty(store):
            for serial in range(count):
                digest.take(store, called, serial, count)
        store.record_poll("a", digest.MORNING, digest.MORNING, True, "", count, 0)
        return here(lambda: write_digest(store, called, yesterday, digest.MORNING, ()))


def start(folder: Path, count: int, times: int) -> list[float]:
    """Return the seconds from nothing to "ready", so many times, with so many messages stored."""
    with _store(folder) as store:
        with hasty(store):
            digest.take(store, digest.this_call(), 0, 1)
        filling.messages(store, count - 1)
    return [_started(folder) for _ in range(times)]


def _started(folder: Path) -> float:
    begun = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "bench.starting", str(folder)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as process:
        assert process.stdout
        said, seconds = process.stdout.readline(), time.perf_counter() - begun
    if said != b"ready\n" or process.returncode:
        raise RuntimeError(f"the daemon did not start: {process.returncode}")
    return seconds


def _store(folder: Path) -> Store:
    folder.mkdir(mode=0o700)
    return Store.open(f"sqlite:///{folder}/desk.db", Archive(folder))


def figures(cases: int = CASES, messages: int = MESSAGES, starts: int = 3) -> Iterator[Figure]:
    works: tuple[tuple[str, Callable[[Path, int], Cost], float], ...] = (
        ("replay", replay, 30 * cases / CASES),
        ("digest and workbook", morning, 5 * cases / CASES),
    )
    with tempfile.TemporaryDirectory(prefix="bench-scale-") as scratch:
        for name, work, goal in works:
            cost = work(Path(scratch) / work.__name__, cases)
            yield Figure(f"{name} of {cases:,} cases, s", cases, cost.wall, goal, ".2f", most=True)
            yield Figure("  of it CPU, s", cases, cost.cpu, goal, ".2f", most=True)
        seconds = start(Path(scratch) / "start", messages, starts)
        yield spread(f"start with {messages:,} messages stored, s", messages, seconds, 2.0)


if __name__ == "__main__":
    print(table(list(figures(*map(int, sys.argv[1:])))))
