"""Two daemons started by mistake: the second is refused in one line."""

import subprocess
import sys
from pathlib import Path

import pytest

from daemon.lock import alone
from daemon.settings import ConfigError
from tests.fixtures.desks import ROOT, command, write_config


def test_a_second_daemon_is_refused_and_names_the_first(tmp_path: Path) -> None:
    drop = tmp_path / "drop"
    drop.mkdir()
    config = write_config(
        tmp_path / "config.toml", mailbox=f'source = "folder"\naccount = "a@b.cn"\ndirectory = "{drop}"'
    )
    with alone(tmp_path / "data"):
        done = command("once", "--config", config, "--data", tmp_path / "data", password="x")
    assert done.returncode == 2
    assert "another daemon works in" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_killed_daemon_holds_nothing(tmp_path: Path) -> None:
    hold = f"import time\nfrom pathlib import Path\nfrom daemon.lock import alone\nwith alone(Path({str(tmp_path)!r})):\n print('held', flush=True)\n time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", hold], cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"held\n"
        with pytest.raises(ConfigError, match=str(process.pid)), alone(tmp_path):
            pass
        process.kill()
        process.wait()
    with alone(tmp_path):
        pass
