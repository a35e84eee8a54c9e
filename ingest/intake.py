"""In charge of making fetched mails durable: several at a time, in a thread, while the next are fetched.

A disk makes many files durable at hardly the price of one, and a database many rows; what waits is what came in while the last batch
was written. Every mail is still durable before it stands in the ledger, and both before `settle` returns.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from domain.records import Arrival
from ingest.errors import NotKept
from ingest.poll import Clock
from store.archive import Incoming
from store.desk import Store

MAILS = 64  #: of one batch at most: each keeps a file open
BYTES = 16 << 20  #: of one batch, about: a large mail is a batch of its own


@dataclass(frozen=True)
class Landed:
    """A mail that came whole, not durable yet."""

    incoming: Incoming
    arrival: Callable[[str], Arrival]  #: how it goes into the ledger, from its sha256; its bytes can be read by then
    took: Callable[
        [Arrival, bool], None
    ]  #: told when it is in the ledger, and whether it is new; by the thread that puts


class Intake:
    """Takes mails in. Use as a context manager: leaving settles what was put, and gives up what cannot be settled."""

    def __init__(self, store: Store, now: Clock) -> None:
        self._store = store
        self._now = now
        self._waiting: list[Landed] = []
        self._flight: Future[list[tuple[Landed, Arrival, bool]]] | None = None
        self._thread = ThreadPoolExecutor(1, "intake")

    def put(self, landed: Landed) -> None:
        """Take a mail over, its file too. Raises NotKept: the archive failed, with an earlier one maybe."""
        self._waiting.append(landed)
        full = len(self._waiting) >= MAILS or sum(one.incoming.size for one in self._waiting) >= BYTES
        if full or self._flight is None or self._flight.done():
            self._land()
            self._start()

    def settle(self) -> None:
        """Return when every mail that was put is in the ledger. Raises NotKept."""
        self._land()
        self._start()
        self._land()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.settle()
        finally:
            self._thread.shutdown()
            for landed in self._waiting:
                landed.incoming.close()

    def _start(self) -> None:
        batch, self._waiting = self._waiting, []
        if batch:
            self._flight = self._thread.submit(self._keep, batch)

    def _land(self) -> None:
        """Wait for the batch on its way and tell of each of its mails."""
        flight, self._flight = self._flight, None
        for landed, arrival, new in flight.result() if flight else ():
            landed.took(arrival, new)

    def _keep(self, batch: list[Landed]) -> list[tuple[Landed, Arrival, bool]]:
        """Archive a batch, then enter it in the ledger. The thread's work."""
        try:
            hashes = self._store.archive.keep([landed.incoming for landed in batch])
            arrivals = [landed.arrival(sha256) for landed, sha256 in zip(batch, hashes, strict=True)]
        except OSError as error:
            raise NotKept(f"the archive failed: {error.strerror}") from error
        finally:
            for landed in batch:
                landed.incoming.close()
        new = self._store.record_arrivals(arrivals, self._now())
        return list(zip(batch, arrivals, new, strict=True))
