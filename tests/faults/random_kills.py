"""In charge of kills at random moments, with `run` and all its clocks: `python -m tests.faults.random_kills [500] [SEED]`.

Prints a table: runs, kills by step, lost, doubled, held. Needs 2 to 4 seconds a kill on two cores: half an hour for 500.
"""

import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from domain.kinds import OutboxState
from tests.faults.bench import Bench, bench
from tests.faults.points import Stage

KILLS_A_DESK = 2  #: the third try of a message is its last
_STAGES = (Stage.FRESH, Stage.FETCHED, Stage.DECIDED)
_NONE = "before the first step"


@dataclass
class Tally:
    """What came of it."""

    desks: int = 0
    kills: int = 0
    by_step: Counter[str] = field(default_factory=Counter)
    lost: int = 0  #: letters that never reached the SMTP server
    held: int = 0  #: letters that wait for a person
    orphans: int = 0  #: processes that outlived the daemon
    faults: list[str] = field(default_factory=list)

    @property
    def doubled(self) -> int:
        return sum(fault.startswith("doubled") for fault in self.faults)


def kill_at_random(bench: Bench, kills: int, seed: int) -> Tally:
    """Kill desks, each twice, at moments spread over the time an unkilled run takes; compare the ends."""
    chance, tally, pace = random.Random(seed), Tally(), dict.fromkeys(_STAGES, 2.0)
    while tally.kills < kills:
        with tempfile.TemporaryDirectory(prefix="kills-") as folder:
            _one_desk(bench, Path(folder), chance.choice(_STAGES), chance, tally, pace)
    return tally


def _one_desk(
    bench: Bench, folder: Path, stage: Stage, chance: random.Random, tally: Tally, pace: dict[Stage, float]
) -> None:
    desk = bench.desk(folder, stage)
    for _ in range(KILLS_A_DESK):
        run = desk.run("run", kill_after_s=chance.uniform(0, pace[stage]))
        bench.peers.smtp.rest()
        tally.orphans += run.orphans
        if run.status >= 0:  # it was quicker
            pace[stage] *= 0.8
            break
        tally.kills += 1
        tally.by_step[run.step or _NONE] += 1
    began = time.monotonic()
    status = desk.run("run").status
    pace[stage] = max(pace[stage], time.monotonic() - began)
    faults = bench.faults(desk)
    if status:
        faults.append(f"ended with {status}: {desk.log[-3000:]}")
    tally.faults += faults
    tally.lost += bench.lost()
    tally.held += sum(f"'{OutboxState.HELD}'" in fault for fault in faults)
    tally.desks += 1


def main(kills: int, seed: int) -> int:
    """Kill, print what came of it, and return an exit code."""
    with tempfile.TemporaryDirectory(prefix="kills-") as folder, bench(Path(folder)) as made:
        tally = kill_at_random(made, kills, seed)
    for step, times in sorted(tally.by_step.items(), key=lambda pair: -pair[1]):
        print(f"{times:6}  {step}")
    print(
        f"desks {tally.desks}, kills {tally.kills}, lost {tally.lost}, doubled {tally.doubled}, held {tally.held}, orphans {tally.orphans}"
    )
    for fault in tally.faults:
        print(fault)
    return bool(tally.faults or tally.orphans)


if __name__ == "__main__":
    arguments = [int(argument) for argument in sys.argv[1:]]
    sys.exit(main(*(arguments + [500, 1][len(arguments) :])))
