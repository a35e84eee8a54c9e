"""What more workers bring: `python -m bench.workers [MAILS] [WORKERS…]` (48; 1 2 4). Not a test: figures, no verdict.

A real PostgreSQL, the daemon's own processes, each worker held to one core (the n-th to core n modulo the cores there are); every
mail is another submission, a Word form and a stamped scan. The first four mails a worker are not counted: starting and loading
models. On two cores the step from two workers to four shows what waiting costs, no more.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from bench.store import archive_mails, conclude
from bench.submissions import submissions
from domain.kinds import MessageState
from store.archive import Archive
from store.desk import Store
from tests.fixtures.desks import ROOT, write_config
from tests.fixtures.postgres import Cluster
from tests.store.build import NOW, arrival

_PATIENCE_S = 3600.0
_WARM = 4  #: mails a worker that are not counted
_OUTCOMES = 500


def configuration(root: Path, url: str) -> Path:
    """Write a call whose mailbox is a folder and whose records lie in a database."""
    drop = f'source = "folder"\naccount = "wfxyxh@126.com"\ndirectory = "{root}/drop"\npoll_seconds = 1'
    path = write_config(root / "config.toml", mailbox=drop)
    text = path.read_text(encoding="utf-8")
    data = f'[data]\ndirectory = "data"\ndatabase = "{url}"\nqueue = "procrastinate"\n'
    path.write_text(text[: text.index("[data]")] + data, encoding="utf-8")
    return path


@contextmanager
def process(config: Path, role: str, core: int | None = None) -> Iterator[None]:
    """Run the daemon in one role, on one core where one is named."""
    pinned = [] if core is None else ["taskset", "-c", str(core)]
    command = [*pinned, sys.executable, str(ROOT / "run_daemon.py"), "run", "--role", role, "--config", str(config)]
    environment = {**os.environ, "SHOUJIAN_MAIL_PASSWORD": "x", "OMP_NUM_THREADS": "1"}
    with (
        (config.parent / "log").open("ab") as log,
        subprocess.Popen(command, cwd=ROOT, env=environment, stderr=log) as run,
    ):
        try:
            yield
        finally:
            run.terminate()


def wait_for(store: Store, state: MessageState, count: int) -> None:
    ends = time.monotonic() + _PATIENCE_S
    while store.counts().states.get(state, 0) < count:
        if time.monotonic() > ends:
            raise TimeoutError(f"not {count} messages {state}")
        time.sleep(0.5)


def measure(cluster: Cluster, mails: list[bytes], workers: int) -> tuple[float, float]:
    """Return mails a minute, and the longest time in seconds between two conclusions."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        root, database = Path(name), cluster.make()
        (root / "drop").mkdir()
        for serial, raw in enumerate(mails):
            (root / "drop" / f"{serial:04d}.eml").write_bytes(raw)
        config = configuration(root, cluster.url(database))
        store = stack.enter_context(Store.open(cluster.url(database), Archive(root / "data"), queued=True))
        with process(config, "poller"):
            wait_for(store, MessageState.ARCHIVED, len(mails))
        for number in range(workers):
            stack.enter_context(process(config, "worker", number % (os.cpu_count() or 1)))
        wait_for(store, MessageState.DECIDED, len(mails))
        ended = sorted(decided_at(store))
    steady = ended[_WARM * workers :]
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(steady)]
    return len(gaps) / max(sum(gaps), 0.001) * 60, max(gaps, default=0.0)


def in_order(cluster: Cluster, count: int) -> tuple[float, float, float]:
    """Return the seconds that recording one outcome takes, that looking at all works takes then, and bytes a mail in the database."""
    url = cluster.url(cluster.make())
    with tempfile.TemporaryDirectory() as name, Store.open(url, Archive(Path(name))) as store:
        names = archive_mails(store.archive, count)
        empty = store.database_bytes()
        started = time.perf_counter()
        for uid, sha256 in enumerate(names):
            store.record_arrival(arrival(sha256, uid), NOW)
            conclude(store, sha256)
        recorded = time.perf_counter()
        store.works()
        return (recorded - started) / count, time.perf_counter() - recorded, (store.database_bytes() - empty) / count


def decided_at(store: Store) -> Iterator[datetime]:
    with store.database.engine.connect() as connection:
        yield from connection.exec_driver_sql("SELECT decided_at FROM messages").scalars()


def main(count: int, numbers: list[int]) -> None:
    mails = [one.raw for one in submissions(count)]
    print(
        f"{count} submissions of {sum(map(len, mails)) / count / 1e6:.2f} MB, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    )
    with Cluster(durable=True) as cluster:
        seconds, works, size = in_order(cluster, _OUTCOMES)
        print(f"in order: {seconds * 1e3:.1f} ms to record an outcome, {size / 1e3:.1f} kB of database each")
        print(f"          {works * 1e3:.1f} ms to look at {_OUTCOMES} works of others")
        first = 0.0
        for workers in numbers:
            rate, gap = measure(cluster, mails, workers)
            first = first or rate
            print(
                f"{workers} workers: {rate:6.1f} mails a minute, {rate / first:.2f} × the first; longest gap {gap:.1f} s"
            )


if __name__ == "__main__":
    told = [int(number) for number in sys.argv[1:]]
    main(told[0] if told else 48, told[1:] or [1, 2, 4])
