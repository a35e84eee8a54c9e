"""What the store costs on this machine: `python -m bench.store [DIRECTORY]`. Not a test: figures, no verdict.

DIRECTORY should lie on the disk that production uses: most of the time is spent waiting for its fsync.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from domain.facts import FileFacts
from domain.kinds import Role, Track
from store.archive import Archive
from store.desk import Store
from tests.store.build import NOW, SENDER, arrival, case, later, letter, material, outcome

MANY = 100_000  #: messages in the large store
CONTENT = "信用" * 900  #: a form of 1,800 字


@contextmanager
def timed(name: str, count: int = 1) -> Iterator[None]:
    started = time.perf_counter()
    yield
    seconds = time.perf_counter() - started
    rate = f"{count / seconds:10.0f} /s" if count > 1 else ""
    print(f"{name:52}{seconds:10.4f} s {rate}")


def archive_mails(archive: Archive, count: int) -> list[str]:
    return [archive.add_bytes(f"mail {serial}".encode() + b"x" * 20_000) for serial in range(count)]


def conclude(store: Store, sha256: str) -> None:
    facts = FileFacts(parser="word", version=1, text=CONTENT)
    forms = [material(role, role.value).model_copy(update={"facts": facts}) for role in (Role.WORD_FORM, Role.PDF_FORM)]
    with store.begin(NOW) as tx:
        number = tx.next_number(2023, Track.TEXT)
        tx.save_outcome(outcome(sha256, case(number, *forms).model_copy(update={"content": CONTENT})), sha256, SENDER)
        tx.enqueue(letter(f"receipt:{sha256}", answers=sha256, cases=(number,)))
        tx.finish(sha256)


def fill(store: Store, count: int) -> None:
    """Put many decided messages behind the daemon, in one statement: only their number matters here."""
    with store.database.writer.begin() as connection:
        connection.exec_driver_sql(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) INSERT INTO messages SELECT "
            "printf('%064x', i + (1 << 40)), account, folder, size, received_at, source, reply, incomplete, 'decided', 1, '', NULL, NULL, "
            "'<' || i || '@126.com>', sender, sender_key, sender_name, subject, kind, decision, reason, duplicate_of, decided_at "
            "FROM n, (SELECT * FROM messages LIMIT 1)",
            (count,),
        )


def measure(root: Path) -> None:
    archive = Archive(root / "data")
    url = f"sqlite:///{root}/data/desk.db"
    with timed("open a new store (migration)"):
        store = Store.open(url, archive)
    with timed("archive 300 mails of 20 kB", 300):
        hashes = archive_mails(archive, 300)
    with timed("record_arrival", len(hashes)):
        for uid, sha256 in enumerate(hashes):
            store.record_arrival(arrival(sha256, uid, received_at=later(seconds=uid)), NOW)
    with timed("claim + commit outcome (1 case, 2 materials, reply)", len(hashes)):
        while claimed := store.claim_message("a", later(hours=1), 600):
            conclude(store, claimed.sha256)
    with timed("cases(): 300 whole records"):
        store.cases()
    with timed("verify: 300 mails"):
        store.verify(NOW)
    fill(store, MANY)
    store.close()
    with timed(f"open with {MANY:,} messages"):
        store = Store.open(url, archive)
    with timed("claim_message with nothing to do, x 100", 100):
        for _ in range(100):
            store.claim_message("a", later(hours=1), 600)
    with timed(f"counts over {MANY:,} messages"):
        store.counts(since=NOW, until=later(days=1))
    with timed("message(prefix), x 100", 100):
        for sha256 in hashes[:100]:
            store.message(sha256[:12])
    store.close()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(dir=sys.argv[1] if len(sys.argv) > 1 else None) as directory:
        measure(Path(directory))
