from datetime import timedelta

import pytest

from ingest.backoff import pause_after
from ingest.errors import IngestError, LoginRefused, Unreachable, UnsafeLogin

POLL = timedelta(seconds=30)
LOST, REFUSED, UNSAFE = Unreachable("x"), LoginRefused("x"), UnsafeLogin("x")


@pytest.mark.parametrize(
    ("error", "failures", "minutes"),
    [
        (None, 0, 0.5),
        (LOST, 1, 1), (LOST, 2, 2), (LOST, 3, 4), (LOST, 4, 8), (LOST, 5, 16), (LOST, 6, 30), (LOST, 10_000, 30),
        (REFUSED, 1, 15), (REFUSED, 5, 16), (REFUSED, 6, 30),
        (UNSAFE, 1, 15),
    ],
)  # fmt: skip
def test_pauses_double_up_to_half_an_hour_and_logins_wait_longer(
    error: IngestError | None, failures: int, minutes: float
) -> None:
    """T04."""
    assert pause_after(error, failures, POLL) == timedelta(minutes=minutes)


def test_a_failure_never_makes_polls_oftener() -> None:
    assert pause_after(LOST, 1, timedelta(hours=1)) == timedelta(hours=1)
