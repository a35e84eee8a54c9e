"""The systemd unit: as closed as systemd itself measures it, and told how to reload."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.fixtures.desks import ROOT

UNITS = sorted((ROOT / "deploy").glob("*.service"))


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here to measure it")
@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_exposure_is_at_most_2(unit: Path) -> None:
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", unit],
        capture_output=True,
        text=True,
        check=False,
    )
    told = re.search(r"exposure level for \S+: ([\d.]+)", done.stdout)
    assert told, done.stderr
    assert float(told[1]) <= 2.0


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_it_is_stopped_watched_and_reloaded_as_the_daemon_expects(unit: Path) -> None:
    text = unit.read_text(encoding="utf-8")
    for line in (
        "Type=notify",
        "ExecReload=/bin/kill -HUP $MAINPID",
        "TimeoutStopSec=30s",
        "KillMode=mixed",
        "WatchdogSec=",
    ):
        assert f"\n{line}" in text
