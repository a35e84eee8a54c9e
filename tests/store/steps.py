"""One mail's whole way through the store, in steps, by a process that kills itself before the step it is told.

Run by `test_kill.py`: `python -m tests.store.steps ROOT URL HOURS STEP`. STEP 99 goes through to the end. Every step looks at the
store first, as the daemon does, so that a later run takes up where a killed one left off.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from domain.facts import FileFacts
from domain.kinds import OutboxState, Role, Track
from store.archive import Archive
from store.desk import Store
from tests.store.build import SENDER, arrival, case, later, letter, mail, material, outcome

RAW = b"Subject: =?utf-8?b?55Sz5oql?=\r\n\r\nbody\r\n" * 2_000
FORM = b"a filled form"

Steps = Iterator[None]


def take_in(store: Store, now: datetime) -> Steps:
    if 1 in store.known_uids("wfxyxh", "INBOX", 1):
        return
    with store.archive.incoming() as blob:
        blob.write(RAW[:1_000])
        yield  # 0: half on disk
        blob.write(RAW[1_000:])
        sha256 = blob.commit()
    yield  # 1: archived, in no ledger
    store.record_arrival(arrival(sha256), now)
    yield  # 2: in the ledger
    store.save_cursor("wfxyxh", "INBOX", 1, 2, 1)


def work(store: Store, now: datetime) -> Steps:
    claimed = store.claim_message(f"process {os.getpid()}", now, 600)
    if claimed is None:
        return
    yield  # 3: claimed
    sha256 = claimed.sha256
    form = store.archive.add_bytes(FORM)
    store.save_mail(sha256, mail(sha256))
    yield  # 4: read
    store.save_facts(form, "word", "1", FileFacts(parser="word", version=1))
    with store.begin(now) as tx:
        number = tx.next_number(2023, Track.TEXT)
        yield  # 5: number drawn, not committed
        tx.save_outcome(
            outcome(sha256, case(number, material(Role.WORD_FORM, "申报表.docx", sha256=form))), sha256, SENDER
        )
        yield  # 6: case saved, not committed
        tx.enqueue(letter(f"receipt:{sha256}", answers=sha256, cases=(number,)))
        tx.finish(sha256)
        yield  # 7: all done, not committed
    yield  # 8: committed


def send(store: Store, now: datetime, wire: Path) -> Steps:
    """Stand for `notify`: what was on the wire is only known by looking there (已发送)."""
    for stuck in store.stuck_letters(now, timedelta(minutes=10)):
        went = wire.exists() and stuck.letter.message_id in wire.read_text().split()
        store.settle_letter(stuck.id, OutboxState.SENT if went else OutboxState.QUEUED, now)
    while record := store.claim_letter("sender", now):
        yield  # 9: claimed, not dialled
        with wire.open("a") as line:
            line.write(record.letter.message_id + "\n")
        yield  # 10: accepted by the server, we do not know
        store.settle_letter(record.id, OutboxState.SENT, now, proof="250")
        yield  # 11: settled


def run(root: Path, url: str, now: datetime, last: int, stop: Callable[[], None]) -> None:
    done = 0
    with Store.open(url, Archive(root)) as store:
        for part in (take_in(store, now), work(store, now), send(store, now, root / "wire")):
            for _ in part:
                if done == last:
                    stop()
                done += 1


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    with suppress(BrokenPipeError):
        run(Path(sys.argv[1]), sys.argv[2], later(hours=int(sys.argv[3])), int(sys.argv[4]), die)
