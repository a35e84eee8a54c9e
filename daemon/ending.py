"""In charge of coming to rest within systemd's patience (TimeoutStopSec=30s), whatever a peer or a film in hand takes.

First everybody is asked and may finish; then readers are ended; then the process leaves what still hangs on a wire. All of that is work
under a lease, a letter whose attempt is on record, or bytes in no ledger: the next start takes it up.
"""

import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog

log = structlog.get_logger(__name__)

ASK_S = 10.0  #: for finishing what is in hand
END_S = 8.0  #: for noticing that readers are gone, and for giving leases back


def come_to_rest(finish: Callable[[], None], abandon: Callable[[], None]) -> bool:
    """Run `finish`, which waits for all work; after a while `abandon` what is read. False: something hangs still."""
    waiting = threading.Thread(target=finish, name="finish", daemon=True)
    waiting.start()
    waiting.join(ASK_S)
    if waiting.is_alive():
        log.warning("work in hand is given back")
        abandon()
        waiting.join(END_S)
    return not waiting.is_alive()


@contextmanager
def leaving() -> Iterator[None]:
    """Leave the process at the end, whatever threads hang still: Python would wait for the scheduler's, daemonic or not."""
    yield
    if threading.active_count() > 1:
        log.warning("left what hangs on a wire; the next start takes it up")
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)
