"""In charge of contestants that do the same work side by side: lap by lap, each in a process of its own, wall, CPU and peak memory.

A lap runs every contestant once, in an order that turns with each lap, so that what the machine does meanwhile strikes all alike. What counts
is the ratio within a lap; the median of the laps stands in the table, the least and the most beside it.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.table import Figure

_LOOK_S = 0.005  #: between two looks at a process's memory


@dataclass(frozen=True)
class Cost:
    """What one piece of work took."""

    wall: float  #: seconds
    cpu: float  #: seconds, children included
    peak: float = 0.0  #: MiB, VmHWM (proc(5)) of the greatest of its processes


class Failed(Exception):
    """A contestant did not come to the finish; its words are in the message."""


def run(command: Sequence[str | Path], *, warm: bool = False, **around: str) -> Cost:
    """Run a program to its end. `around`: environment variables beside ours. Raises Failed.

    `warm`: it stands for a part of a daemon that was started long ago. It says so in a line when all is loaded, and begins when it is
    sent one (`ready`); what it did before does not count, what memory it took then does.
    """
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(
            list(map(str, command)),
            stdin=subprocess.PIPE if warm else subprocess.DEVNULL,
            stdout=subprocess.PIPE if warm else said,
            stderr=said,
            env={**os.environ, **around},
        ) as process,
    ):
        before = _begin(process) if warm else 0.0
        begun = time.perf_counter()
        peak, used = _finish(process)
        wall = time.perf_counter() - begun
        if process.returncode:
            said.seek(0)
            raise Failed(f"{command[0]}: exit {process.returncode}: {said.read()[-2000:].decode(errors='replace')}")
    return Cost(wall, used.ru_utime + used.ru_stime - before, peak)


def ready() -> None:
    """Tell `run` that all is loaded, and wait to be sent off."""
    print("ready", flush=True)
    sys.stdin.readline()


def _begin(process: subprocess.Popen[bytes]) -> float:
    """Send a warm contestant off; return the CPU seconds it took to warm up."""
    assert process.stdin and process.stdout
    if not process.stdout.readline():
        return 0.0  # it ended before: `run` tells why
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    process.stdin.write(b"\n")
    process.stdin.flush()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _finish(process: subprocess.Popen[bytes]) -> tuple[float, resource.struct_rusage]:
    """Wait for a program's end; return its peak memory, MiB, and what the kernel counted."""
    peak = 0.0
    while True:
        peak = max(peak, _high_water(process.pid))
        pid, status, used = os.wait4(process.pid, os.WNOHANG)
        if pid:
            process.returncode = os.waitstatus_to_exitcode(status)
            return peak, used
        time.sleep(_LOOK_S)


def here(work: Callable[[], object]) -> Cost:
    """Do a piece of work in this process. Its memory cannot be told apart and is 0."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Cost(time.perf_counter() - wall, time.process_time() - cpu)


def _high_water(pid: int) -> float:
    """Return the greatest resident size so far of a process or of one of its children; 0 for one that is gone."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return max(_own_high_water(one) for one in (str(pid), *children))
    except OSError:
        return 0.0


def _own_high_water(pid: str) -> float:
    try:
        return memory(pid, "VmHWM")
    except OSError:
        return 0.0


def memory(pid: int | str, field: str) -> float:
    """Return what proc(5) tells of a process's memory, MiB: VmRSS now, VmHWM at most. Raises OSError for one that is gone."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1]) / 1024
    raise ProcessLookupError(f"process {pid} has ended")  # it holds nothing, and is not waited for yet


@dataclass(frozen=True)
class Race:
    """The laps of several contestants: costs[name][lap]."""

    name: str
    items: int
    costs: Mapping[str, Sequence[Cost]]

    def ratio(
        self, mine: str, others: Sequence[str], goal: float, *, by: str = "wall", said: str = "", form: str = ".2f"
    ) -> Figure:
        """Return ours ÷ the best of the others within each lap: the median, and the least and the most beside it."""
        laps = zip(self.costs[mine], *(self.costs[other] for other in others), strict=True)
        ratios = [getattr(own, by) / min(getattr(other, by) for other in rest) for own, *rest in laps]
        rivals = others[0] if len(others) == 1 else f"the best of {', '.join(others)}"
        return spread(said or f"{self.name} ÷ {rivals}", self.items, ratios, goal, form=form)

    def most(self, mine: str, goal: float, *, by: str, said: str, form: str = ".0f") -> Figure:
        """Return the most that any lap of one contestant took."""
        values = [getattr(cost, by) for cost in self.costs[mine]]
        return Figure(said, self.items, max(values), goal, form, most=True, spread=(min(values), max(values)))

    def told(self) -> str:
        """Return each contestant's own figures, medians of the laps."""
        lines = [f"{self.name}, {self.items} items, {len(next(iter(self.costs.values())))} laps"]
        for name, costs in self.costs.items():
            wall, cpu, peak = (median(getattr(cost, by) for cost in costs) for by in ("wall", "cpu", "peak"))
            memory = f"{peak:8.0f} MiB" if peak else ""
            lines.append(f"  {name:34}{wall:9.3f} s wall {cpu:9.3f} s CPU {memory}".rstrip())
        return "\n".join(lines)


def spread(
    name: str, items: int, values: Sequence[float], goal: float, *, form: str = ".2f", most: bool = True
) -> Figure:
    """Return the median of several values as a figure with its spread."""
    return Figure(name, items, median(values), goal, form, most=most, spread=(min(values), max(values)))


def race(name: str, items: int, laps: int, contestants: Mapping[str, Callable[[int], Cost]]) -> Race:
    """Run all contestants lap after lap. Each is told the number of the lap."""
    costs: dict[str, list[Cost]] = {contestant: [] for contestant in contestants}
    for lap in range(laps):
        for contestant in turned(contestants, lap):
            costs[contestant].append(contestants[contestant](lap))
    return Race(name, items, costs)


def turned(contestants: Iterable[str], number: int) -> list[str]:
    """Return the order of a turn: each is the first as often as any other."""
    order = list(contestants)
    turn = number % len(order)
    return [*order[turn:], *order[:turn]]
