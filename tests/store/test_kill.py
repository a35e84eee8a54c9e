"""kill -9 between any two steps: the next start goes on, and the end is always the same (as mbsync's run-tests.pl does)."""

import hashlib
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from domain.kinds import Decision, MessageState, OutboxState
from store.archive import Archive
from store.desk import Store
from tests.store.build import later
from tests.store.steps import RAW, die, run

KILLED_AT = {
    0: "half of the raw mail written",
    1: "archived, in no ledger",
    2: "in the ledger, cursor not moved",
    3: "claimed",
    4: "read",
    5: "number drawn, not committed",
    6: "case saved, not committed",
    7: "finished, not committed",
    8: "committed",
    9: "letter claimed, not dialled",
    10: "letter accepted by the server, not settled",
    11: "letter settled",
}


def start(root: Path, url: str, hours: int, step: int) -> int:
    command = [sys.executable, "-m", "tests.store.steps", str(root), url, str(hours), str(step)]
    return subprocess.run(command, cwd=Path.cwd(), check=False, timeout=60).returncode


def assert_all_done_once(root: Path, url: str) -> None:
    sha256 = hashlib.sha256(RAW).hexdigest()
    with Store.open(url, Archive(root)) as store:
        assert store.verify(later(hours=9)) == ()
        assert [(message.sha256, message.state) for message in store.messages()] == [(sha256, MessageState.DECIDED)]
        assert [(record.case.number, record.decision) for record in store.cases()] == [
            ("2023-W-0001", Decision.NEEDS_SUPPLEMENT)
        ]
        assert [record.state for record in store.letters()] == [OutboxState.SENT]
        assert [event.event for event in store.history(sha256)] == ["received", "judged", "queued", "replied"]
        with store.begin(later(hours=9)) as tx:
            assert tx.case("2023-W-0001")
    assert (root / "wire").read_text().count("@shoujian") == 1


@pytest.mark.parametrize("step", KILLED_AT, ids=KILLED_AT.get)
def test_killed_once_the_end_is_the_same(tmp_path: Path, url: str, step: int) -> None:
    assert start(tmp_path, url, 0, step) == -signal.SIGKILL
    with Store.open(url, Archive(tmp_path)) as store:
        assert store.verify(later()) == ()
    run(tmp_path, url, later(hours=1), 99, die)
    assert_all_done_once(tmp_path, url)


def test_nothing_of_an_unfinished_outcome_is_seen(tmp_path: Path, url: str) -> None:
    assert start(tmp_path, url, 0, 7) == -signal.SIGKILL
    with Store.open(url, Archive(tmp_path)) as store:
        assert store.messages()[0].state is MessageState.READ
        assert not store.cases()
        assert not store.letters()


def test_killed_again_and_again_the_end_is_the_same(tmp_path: Path, url: str) -> None:
    """A different step each time; two kills during work leave the message its third try."""
    for hours, step in enumerate([0, 1, 2, 2, 4]):
        assert start(tmp_path, url, hours, step) == -signal.SIGKILL
    run(tmp_path, url, later(hours=6), 99, die)
    assert_all_done_once(tmp_path, url)


def test_the_work_begins_after_the_lease_and_not_before(tmp_path: Path, url: str) -> None:
    assert start(tmp_path, url, 0, 3) == -signal.SIGKILL
    with Store.open(url, Archive(tmp_path)) as store:
        assert store.claim_message("next", later(minutes=9), 600) is None
        claimed = store.claim_message("next", later(minutes=10), 600)
        assert claimed and claimed.attempts == 2
