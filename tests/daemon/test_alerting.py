"""Alerts by the second way: against a real SMTP server, through faults, restarts and a program of the office's own."""

import ssl
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from daemon.alerting import FILE, Alerts
from daemon.doctor import examine
from daemon.settings import ConfigError, Settings, parse
from daemon.troubles import Seen
from notify.trouble_words import Trouble
from tests.fixtures.cases import configuration
from tests.fixtures.smtp import CUT_AFTER_DOT_KEPT, CUT_BEFORE_DOT, WRONG_CODE, Fault, SmtpServer

NOW = datetime(2023, 8, 1, 1, tzinfo=UTC)
OPS, BOSS = "ops@example.cn", "boss@example.cn"
HELD: Seen = {Trouble.HELD: {"count": 3}}
WELL: Seen = {Trouble.HELD: {}}
PASSWORD = "ABCDEFGHIJKLMNOP"


def settings(folder: Path, port: int = 0, **alerts: object) -> Settings:
    ways: dict[str, object] = {"calm_seconds": 0, **alerts}
    if port:
        by_mail = {"host": "127.0.0.1", "port": port, "security": "none", "account": "alerts@163.com", "to": [OPS]}
        ways = by_mail | ways
    told = {**configuration(), "alerts": ways, "data": {"directory": str(folder)}}
    return parse(told).model_copy(update={"alert_password": SecretStr(PASSWORD)})


def at(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def subjects(server: SmtpServer) -> list[tuple[str, str]]:
    return [(mail.recipients[0], str(mail.message["Subject"]).partition("】")[0][5:]) for mail in server.book.received]


def test_a_trouble_its_reminder_and_its_end_reach_every_reader_once(tmp_path: Path) -> None:
    with SmtpServer() as server:
        alerts = Alerts(settings(tmp_path, server.port, to=[OPS, BOSS]))
        for minute in (0, 1, 2):
            alerts.tell(HELD, at(minute))
        alerts.tell(HELD, at(24 * 60))
        for minute in (1500, 1501, 1502):
            alerts.tell(WELL, at(minute))
        told = ("告警", "告警·尚未恢复", "恢复")
        assert subjects(server) == [(to, news) for news in told for to in (OPS, BOSS)]
        first = server.book.received[0]
        assert (first.sender, first.message["From"]) == ("alerts@163.com", "收件系统 <alerts@163.com>")
        assert "release 回复编号" in first.message.get_content()


@pytest.mark.parametrize("fault", [WRONG_CODE, CUT_BEFORE_DOT, Fault("connect", "421 too busy")])
def test_a_server_that_refuses_gets_it_again_later_and_once(tmp_path: Path, fault: Fault) -> None:
    with SmtpServer([fault]) as server:
        alerts = Alerts(settings(tmp_path, server.port))
        for minute in (0, 0.5, 1, 2, 3):
            alerts.tell(HELD, at(minute))
        assert subjects(server) == [(OPS, "告警")]
        assert server.book.sessions == 2


def test_a_way_that_fails_rests_longer_each_time_and_keeps_the_order(tmp_path: Path) -> None:
    with SmtpServer([WRONG_CODE] * 4) as server:
        alerts = Alerts(settings(tmp_path, server.port))
        for minute in range(12):
            alerts.tell(HELD if minute < 5 else WELL, at(minute))
        assert server.book.sessions == 4  # at 0, 1, 3 and 7
        for minute in range(12, 20):
            alerts.tell(WELL, at(minute))
        assert subjects(server) == [(OPS, "告警"), (OPS, "恢复")]


def test_one_reader_whose_address_is_refused_keeps_it_from_no_other(tmp_path: Path) -> None:
    with SmtpServer([Fault("rcpt", "550 User not found")]) as server:
        alerts = Alerts(settings(tmp_path, server.port, to=[OPS, BOSS]))
        for minute in (0, 0.5):
            alerts.tell(HELD, at(minute))
        assert subjects(server) == [(BOSS, "告警")]


def test_what_was_written_down_is_sent_after_a_restart_and_only_then_struck_out(tmp_path: Path) -> None:
    Alerts(settings(tmp_path, 9)).tell(HELD, at(0))  # nobody listens there
    with SmtpServer() as server:
        for minute in (5, 6):
            Alerts(settings(tmp_path, server.port)).tell(HELD, at(minute))
        assert subjects(server) == [(OPS, "告警")]


def test_in_doubt_it_goes_again_under_the_same_message_id(tmp_path: Path) -> None:
    """SMTP cannot tell whether the mail was taken: twice is better than never, and mail programs show such two as one."""
    with SmtpServer([CUT_AFTER_DOT_KEPT]) as server:
        Alerts(settings(tmp_path, server.port)).tell(HELD, at(0))
        Alerts(settings(tmp_path, server.port)).tell(HELD, at(1))
        first, second = server.book.received
        assert first.raw == second.raw


def test_a_full_disk_does_not_keep_an_alert_back(tmp_path: Path) -> None:
    (tmp_path / f"{FILE}.new").mkdir()  # what the book is written to: cannot be opened
    with SmtpServer() as server:
        alerts = Alerts(settings(tmp_path, server.port))
        for minute in (0, 1):
            alerts.tell(HELD, at(minute))
        assert subjects(server) == [(OPS, "告警")]


def test_a_program_gets_the_text_and_is_tried_again_when_it_fails(tmp_path: Path) -> None:
    script = tmp_path / "gateway.py"
    script.write_text(
        "import os, pathlib, sys\n"
        "log = pathlib.Path(sys.argv[1])\n"
        "had = log.read_text() if log.exists() else ''\n"
        "log.write_text(had + os.environ['SHOUJIAN_TROUBLE'] + ':' + sys.stdin.buffer.readline().decode())\n"
        "sys.exit(not had)\n"
    )
    log = tmp_path / "log"
    alerts = Alerts(settings(tmp_path, command=[sys.executable, str(script), str(log)]))
    for minute in (0, 0.5, 1, 2):
        alerts.tell(HELD, at(minute))
    line = "held:【收件系统告警】有回复暂缓发送（潍坊市信用典型案例评选）\n"
    assert log.read_text(encoding="utf-8") == line * 2


def test_a_way_taken_out_of_the_configuration_is_forgotten(tmp_path: Path) -> None:
    Alerts(settings(tmp_path, 9, to=[OPS, BOSS])).tell(HELD, at(0))
    with SmtpServer() as server:
        alerts = Alerts(settings(tmp_path, server.port, to=[OPS]))
        alerts.tell(HELD, at(5))
        alerts.tell(HELD, at(6))
        assert subjects(server) == [(OPS, "告警")]
        assert '"due":[]' in (tmp_path / FILE).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("alerts", "reason"),
    [
        ({"account": "wfxyxh@126.com", "host": "h", "to": [OPS]}, "mailbox of the call"),
        ({"to": [OPS]}, "needs `host`"),
        ({"password": "x"}, "alerts.password"),
    ],
)
def test_a_second_way_that_is_none_is_refused(tmp_path: Path, alerts: dict[str, object], reason: str) -> None:
    with pytest.raises(ConfigError, match=reason):
        parse({**configuration(), "alerts": alerts})


def test_a_second_way_needs_its_own_password_and_no_open_net(tmp_path: Path) -> None:
    wanted = settings(tmp_path, 9)
    with pytest.raises(ConfigError, match="SHOUJIAN_ALERT_PASSWORD"):
        Alerts(wanted.model_copy(update={"alert_password": None}))
    with pytest.raises(ConfigError, match="unencrypted"):
        Alerts(settings(tmp_path, 9, host="smtp.163.com"))


def doctor(wanted: Settings) -> dict[str, bool]:
    """What doctor says of alerts: whether it failed."""
    everything = examine(wanted.model_copy(update={"password": None}), online=True)
    return {finding.what: finding.failed for finding in everything if finding.what.startswith("alerts")}


def test_doctor_logs_in_by_the_second_way_and_sends_nothing(tmp_path: Path) -> None:
    with SmtpServer([WRONG_CODE]) as server:
        wanted = settings(tmp_path, server.port, command=["/no/such/program"])
        assert doctor(wanted) == {"alerts by program": True, "alerts by mail": True}
        assert doctor(wanted)["alerts by mail"] is False
        assert server.book.received == []
    assert doctor(settings(tmp_path)) == {"alerts": False}


def test_alerts_may_go_over_tls_of_an_office_relay(tmp_path: Path) -> None:
    from tests.fixtures.dovecot import make_certificate

    make_certificate(tmp_path / "cert.pem", tmp_path / "key.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    with SmtpServer(tls=context) as server:
        Alerts(settings(tmp_path, server.port, security="tls", ca_file=str(tmp_path / "cert.pem"))).tell(HELD, at(0))
        assert subjects(server) == [(OPS, "告警")]
