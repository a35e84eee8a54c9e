"""The running daemon seen from outside, between a real Dovecot and real SMTP servers: health, metrics, alerts and their end."""

import re
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from daemon.alert_book import load
from daemon.alerting import FILE
from daemon.metric_names import FAMILIES, page
from tests.fixtures import dovecot as real
from tests.fixtures.cases import IN_TIME, ROOT
from tests.fixtures.desks import command, daemon, wait_until, write_config
from tests.fixtures.mails import mail
from tests.fixtures.outside import free_port, get, health, metrics
from tests.fixtures.smtp import SmtpServer

OPS = "ops@example.cn"
SECRET = {"SHOUJIAN_ALERT_PASSWORD": "ABCDEFGHIJKLMNOP"}
PATIENCE = 120.0
SENT = 'shoujian_letters{state="sent"}'

pytestmark = pytest.mark.timeout(600)


@dataclass(frozen=True)
class World:
    """A mailbox with one mail, its SMTP server, a port for the second way out, and one at which the desk is looked at."""

    smtp: SmtpServer
    second: int
    config: Path
    data: Path
    port: int

    def troubles(self) -> list[str] | None:
        """The desk's troubles, or None before it has looked into the mailbox since it started."""
        status, told = health(self.port)
        if not status or not any("polls_total" in name for name in metrics(self.port)):
            return None
        return list(told["troubles"])

    def undelivered(self) -> int:
        """How many news are written down and not yet told."""
        book = self.data / FILE
        return len(load(book).due) if book.exists() else 0


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    port, second = free_port(), free_port()
    with real.Dovecot() as imap, SmtpServer(password=real.PASSWORD) as smtp:
        imap.deliver(mail("qq", subject="昌乐县发改局+王明+13800000001"), internaldate=IN_TIME)
        config = write_config(
            tmp_path / "config.toml",
            mailbox=f'provider = "generic"\naccount = "{real.USER}"\nhost = "127.0.0.1"\nport = {imap.tls_port}\n'
            f'ca_file = "{imap.ca_file}"\npoll_seconds = 1',
            smtp=f'host = "127.0.0.1"\nport = {smtp.port}\nsecurity = "none"\nsender_name = "组委会"\nseconds_between = 0',
            health=f"port = {port}",
            alerts=f'to = ["{OPS}"]\naccount = "alerts@163.com"\nhost = "127.0.0.1"\nport = {second}\n'
            'security = "none"\nlook_seconds = 0.5\ncalm_seconds = 0\ndisk_free_gib = 0',
        )
        yield World(smtp, second, config, tmp_path / "data", port)


def news(server: SmtpServer) -> list[str]:
    """What was told by the second way, in order: 告警, 恢复."""
    return [str(mail.message["Subject"]).partition("】")[0][5:] for mail in server.book.received]


def test_a_refused_login_is_told_once_through_kills_and_its_end_once(world: World) -> None:
    with socket.create_server(("127.0.0.1", world.second)):  # takes the call and says nothing
        _killed_when(world, lambda: world.undelivered() == 1, "an alert written down and not told")
    with SmtpServer(port=world.second) as second:
        _killed_when(world, lambda: news(second) == ["告警"] and not world.undelivered(), "the alert, told")
        with daemon(world.config, world.data, real.PASSWORD, **SECRET):
            wait_until(lambda: news(second) == ["告警", "恢复"], PATIENCE, "news of its end")
            wait_until(lambda: metrics(world.port).get(SENT) == 1.0, PATIENCE, "the reply and its record")
            wait_until(lambda: bool(health(world.port)[1]["confinement"]), PATIENCE, "what confines a parser")
            _assert_healthy(world)
            _assert_measured(world)
        assert news(second) == ["告警", "恢复"]


def _killed_when(world: World, holds: Callable[[], bool], what: str) -> None:
    """Run the desk with a 授权码 that was revoked until something holds, then kill it."""
    with daemon(world.config, world.data, "revoked", **SECRET) as process:
        wait_until(lambda: world.troubles() == ["login"], PATIENCE, "health that tells of the login")
        assert health(world.port)[0] == 503
        wait_until(holds, PATIENCE, what)
        process.kill()
        process.wait()


def _assert_healthy(world: World) -> None:
    status, told = health(world.port)
    assert (status, told["status"], told["troubles"]) == (200, "ok", [])
    assert (told["waiting"], told["held_letters"], told["quarantined"]) == (0, 0, 0)
    assert told["last_poll_age_s"]["1"] < PATIENCE
    assert told["disk_free_bytes"] > 0
    assert get(world.port, "/")[0] == 404


def _assert_measured(world: World) -> None:
    found = metrics(world.port)
    assert found['shoujian_polls_total{mailbox="1",result="ok"}'] > 0
    assert found['shoujian_mails_fetched_total{mailbox="1"}'] == 1
    assert found['shoujian_messages{state="decided"}'] == 1
    assert found['shoujian_messages_decided_total{decision="needs_supplement",kind="submission"}'] == 1
    assert found['shoujian_reading_seconds_count{parser="mail"}'] == 1
    assert found['shoujian_smtp_answers_total{code="250"}'] == 1
    assert found['shoujian_letters_left{cap="per_day",mailbox="1"}'] == 79
    assert found['shoujian_trouble{trouble="login"}'] == 0
    assert found['shoujian_alerts_total{news="over",trouble="login"}'] == 1
    text = get(world.port, "/metrics")[1]
    assert ("@" in text, "13800000001" in text) == (False, False)
    assert _told(text) == set(FAMILIES)


def _told(text: str) -> set[str]:
    """Return the names of a scrape as our table writes them; prometheus_client's own moments of creation are left out."""
    told = {
        name for name in re.findall(r"^# TYPE shoujian_(\w+) ", text, re.MULTILINE) if not name.endswith("_created")
    }
    return {name for name in told if not name.startswith("process_")}


def test_the_page_of_names_is_the_table_in_the_code() -> None:
    assert (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8") == page()


def test_a_port_that_is_taken_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "drop").mkdir()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        config = write_config(
            tmp_path / "config.toml",
            mailbox=f'source = "folder"\naccount = "desk@example.test"\ndirectory = "{tmp_path / "drop"}"',
            health=f"port = {taken.getsockname()[1]}",
        )
        done = command("run", "--config", config, "--data", tmp_path / "data", password="x")
    assert (done.returncode, "[health] cannot listen on 127.0.0.1:" in done.stderr) == (2, True)
    assert "Traceback" not in done.stderr
