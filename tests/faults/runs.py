"""In charge of one desk that is run, killed and run again, and of the process that begins its processes (`runner`)."""

import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.faults.points import Point
from tests.fixtures import dovecot
from tests.fixtures.desks import ROOT


@dataclass(frozen=True)
class Run:
    """How a process ended."""

    status: int  #: exit code, or minus the signal
    step: str  #: the step last entered or left; only of those killed by the clock
    orphans: int  #: processes of its that outlived it


class Runner:
    """The process that begins the others."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-c", "from tests.faults.runner import serve; serve()"],
            cwd=ROOT,
            env={**os.environ, "SHOUJIAN_MAIL_PASSWORD": dovecot.PASSWORD},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate(timeout=60)

    def go(self, order: dict[str, object]) -> Run:
        """Have an order carried out and wait for its end."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return Run(**json.loads(self._process.stdout.readline()))


@dataclass(frozen=True)
class Desk:
    """A data directory and its configuration."""

    runner: Runner
    config: Path
    data: Path
    letters: int  #: how many the workload makes in the end, the digest included

    @property
    def log(self) -> str:
        """What its processes said."""
        return (self.config.parent / "daemon.log").read_text(errors="replace")

    def run(
        self,
        command: str,
        *,
        point: Point | None = None,
        through: bool = False,
        kill_after_s: float | None = None,
    ) -> Run:
        """Run a command: to its end, until before (or `through`) a point, or for so many seconds."""
        return self.runner.go(
            {
                "arguments": [command, "--config", str(self.config), "--data", str(self.data)],
                "data": str(self.data),
                "log": str(self.config.parent / "daemon.log"),
                "letters": self.letters,
                "point": asdict(point) if point else None,
                "through": through,
                "kill_after_s": kill_after_s,
            }
        )
