"""In charge of how long to wait before looking into a mailbox again. Leaves the waiting to `daemon`."""

from datetime import timedelta

from ingest.errors import IngestError, NotLetIn

FIRST = timedelta(minutes=1)
LONGEST = timedelta(minutes=30)
LOGIN = timedelta(
    minutes=15
)  #: NetEase locks accounts that keep trying (research §0.5, §2: `too much fail authentication`)


def pause_after(error: IngestError | None, failures: int, interval: timedelta) -> timedelta:
    """Return how long to wait after a poll: `interval` after a good one, else 1, 2, 4 … 30 minutes.

    `failures` counts the polls in a row that failed, this one included. A refused login waits 15 minutes at least, and
    no pause is shorter than `interval`.
    """
    if error is None:
        return interval
    doublings = min(max(failures, 1) - 1, 10)
    floor = LOGIN if isinstance(error, NotLetIn) else interval
    return max(min(FIRST * float(2**doublings), LONGEST), floor)
