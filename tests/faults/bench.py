"""In charge of the bench: the servers, the process that begins the others, how far unkilled runs came, and how they ended."""

import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.ending import Ending, arrived, digests, doubled, ending
from tests.faults.points import Point, Stage
from tests.faults.runs import Desk, Runner
from tests.faults.workload import Peers, copy_of, fetch, knowing_files

LETTERS = 9  #: of the workload, a digest included
#: Where the stages end.
_CLAIM = Point("first claim", "store.work:Work.claim_message", Stage.FRESH)
_DIAL = Point("first letter claimed", "store.outbox:Outbox.claim_letter", Stage.FRESH)


@dataclass
class Bench:
    """What every desk that is to be killed is made from and compared with."""

    peers: Peers
    runner: Runner
    stages: dict[Stage, Path] = field(default_factory=dict)
    unkilled: Ending = field(default_factory=dict)

    def desk(self, folder: Path, stage: Stage, *, files_copies: bool = True) -> Desk:
        """Return a desk as far on as a stage; nothing has been sent."""
        self.peers.forget(files_copies=files_copies)
        desk = Desk(self.runner, self.peers.desk(folder), folder / "data", LETTERS)
        if stage in self.stages:
            copy_of(self.stages[stage], desk.data)
        if stage in {Stage.EMPTY, Stage.FRESH}:
            fetch(desk.data)
        return desk

    def end(self, desk: Desk) -> Ending:
        self.peers.smtp.rest()
        return ending(desk.data, self.peers.smtp.received)

    def faults(self, desk: Desk) -> list[str]:
        """Return how a desk's end differs from the unkilled one's, and what went out twice; empty when all is well."""
        end, received = self.end(desk), self.peers.smtp.received
        differing = [
            f"{what}: {end[what]!r:.2000} != {told!r:.2000}"
            for what, told in self.unkilled.items()
            if end[what] != told
        ]
        return [
            *differing,
            *(f"doubled: {id_}" for id_ in doubled(received)),
            *("two digests" for _ in range(digests(received) > 1)),
        ]

    def lost(self) -> int:
        """Return how many letters did not reach the SMTP server."""
        wanted: Counter[str] = self.unkilled["arrived"]
        return (wanted - arrived(self.peers.smtp.received)).total()


@contextmanager
def bench(folder: Path) -> Iterator[Bench]:
    """Give the bench, its servers running, after an unkilled run."""
    with Peers() as peers, Runner() as runner:
        made = Bench(peers, runner)
        desk = made.desk(folder / "first", Stage.EMPTY)
        assert desk.run("once").status == 1  # the mail that is quarantined waits for a person
        made.unkilled = made.end(desk)
        made.stages[Stage.FRESH] = knowing_files(desk.data, folder / Stage.FRESH)
        desk = made.desk(folder / "second", Stage.FRESH)
        for stage, point in ((Stage.FETCHED, _CLAIM), (Stage.DECIDED, _DIAL)):
            assert desk.run("once", point=point).status == -signal.SIGKILL
            made.stages[stage] = copy_of(desk.data, folder / stage)
        yield made
