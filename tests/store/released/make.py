"""Write the data of a released revision as SQL: `python -m tests.store.released.make 0001`, in a checkout whose head it is.

The rows are those of `tests.store.build`; their blobs are made again from the same words.
"""

import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from store.archive import Archive
from store.desk import Store
from tests.store.build import arrive, conclude

HERE = Path(__file__).parent


def fill(store: Store) -> None:
    """Enter what every revision is tested with: an answered case, a mail that waits, a poll."""
    conclude(store, arrive(store, "answered", 1))
    arrive(store, "waiting", 2)


def main(revision: str) -> None:
    with tempfile.TemporaryDirectory() as root:
        with Store.open(f"sqlite:///{root}/desk.db", Archive(Path(root))) as store:
            fill(store)
        with closing(sqlite3.connect(f"{root}/desk.db")) as database:
            (HERE / f"{revision}.sql").write_text("\n".join(database.iterdump()) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
