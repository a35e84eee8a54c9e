"""Memory of the daemon and of its parsers over ten thousand mails: what is held after some, and after all.

.venv/bin/python -m bench.endurance [MAILS]

Small mails, each with a small text file. The daemon is this process; VmRSS, for what is asked is whether it grows. It takes some minutes.
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.desk_at_work import CONFIG, take_in, work
from bench.race import memory
from bench.submissions import small
from bench.table import Figure, table
from daemon import journal
from daemon.settings import load
from daemon.workshop import open_desk
from store.archive import Archive
from store.desk import Store

MAILS = 10_000
GROWTH = 1.05  #: resident memory at the end ÷ after a tenth


def resident(count: int, folder: Path) -> Iterator[tuple[int, float]]:
    """Work through so many mails; yield mails done and MiB held, after a tenth, a half and all of them."""
    mails = folder / "mails"
    mails.mkdir()
    for serial in range(count):
        (mails / f"{serial:06d}.eml").write_bytes(small(serial))
    settings = load(CONFIG, folder / "data")
    (folder / "data").mkdir(mode=0o700)
    with (
        journal.written_to(folder / "log"),
        Store.open(f"sqlite:///{folder}/data/desk.db", Archive(folder / "data")) as store,
        open_desk(settings, store) as desk,
    ):
        take_in(store, mails)
        for done in work(desk):
            if done in {count // 10, count // 2, count}:
                yield done, memory("self", "VmRSS")


def figures(count: int = MAILS) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="bench-endurance-") as folder:
        held = list(resident(count, Path(folder)))
    for done, mebibytes in held:
        yield Figure(f"memory held after {done:,} mails, MiB", done, mebibytes, 400, ".0f", most=True)
    yield Figure("  at the end ÷ after a tenth", count, held[-1][1] / held[0][1], GROWTH, ".3f", most=True)


if __name__ == "__main__":
    print(table(list(figures(*map(int, sys.argv[1:])))))
