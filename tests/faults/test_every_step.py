"""kill -9 before and after every step between mailbox and answer: the next start goes on, and the end is the unkilled run's.

One desk a point: killed before the step, started again, killed after it, started again, and compared with the desk nobody killed.
"""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.kinds import OutboxState
from tests.faults import bench as benches
from tests.faults.bench import Bench
from tests.faults.points import POINTS, Point
from tests.faults.random_kills import kill_at_random
from tests.fixtures.desks import store_of

IN_DOUBT = ("claim committed", "DATA", "final dot", "answer to the final dot")

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with benches.bench(tmp_path_factory.mktemp("bench")) as made:
        yield made


@pytest.mark.parametrize("point", POINTS, ids=lambda point: point.name)
def test_killed_before_and_after_a_step_the_end_is_the_same(bench: Bench, point: Point, tmp_path: Path) -> None:
    desk = bench.desk(tmp_path, point.stage)
    for through in (False, True):
        killed = desk.run(point.command, point=point, through=through)
        assert killed.status == -signal.SIGKILL, f"never reached: {point.name}"
        assert killed.orphans == 0
        bench.peers.smtp.rest()
    assert desk.run(point.command).status in {0, 1}
    assert bench.faults(desk) == []


@pytest.mark.parametrize("point", [point for point in POINTS if point.name in IN_DOUBT], ids=lambda point: point.name)
def test_where_no_copies_of_sent_mail_are_kept_a_letter_in_doubt_waits_for_a_person(
    bench: Bench, point: Point, tmp_path: Path
) -> None:
    desk = bench.desk(tmp_path, point.stage, files_copies=False)
    assert desk.run("once", point=point, through=True).status == -signal.SIGKILL
    bench.peers.smtp.rest()
    went = len(bench.peers.smtp.received)
    assert desk.run("once").status == 1
    assert desk.run("once").status == 1
    with store_of(desk.data) as store:
        (held,) = store.letters(state=OutboxState.HELD)
        sent = store.letters(state=OutboxState.SENT)
    assert "in doubt" in held.error
    ids = [f"<{mail.message['X-Shoujian-Id']}>" for mail in bench.peers.smtp.received]
    assert sorted(ids[went:]) == sorted(
        record.letter.message_id for record in sent if record.letter.message_id not in ids[:went]
    )
    assert held.letter.message_id not in ids[went:]


def test_killed_at_random_moments_the_end_is_the_same(bench: Bench) -> None:
    tally = kill_at_random(bench, kills=20, seed=20)
    assert tally.faults == []
    assert (tally.lost, tally.doubled, tally.held, tally.orphans) == (0, 0, 0, 0)
