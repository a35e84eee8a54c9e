"""Orders to a running daemon, as a process: stop in time whatever hangs, reload, stay alone, and let the watchdog know."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from domain.kinds import MessageState, OutboxState
from domain.records import Arrival, MessageRecord
from store.desk import Store
from tests.fixtures.cases import IN_TIME
from tests.fixtures.desks import ROOT, command, daemon, store_of, wait_until, write_config
from tests.fixtures.expectations import FOLDER
from tests.fixtures.mails import mail
from tests.fixtures.netease import PASSWORD, USER, Hangup, Link, NetEase, Stored, times
from tests.fixtures.smtp import SmtpServer
from tests.store.build import NOW, letter

pytestmark = pytest.mark.timeout(300)

SMTP = 'host = "127.0.0.1"\nport = {port}\nsecurity = "none"\nsender_name = "组委会"\nseconds_between = 0'
IMAP = 'provider = "126"\naccount = "{user}"\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\npoll_seconds = 1'


@contextmanager
def silent_peer() -> Iterator[int]:
    """Give the port of a server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def one(store: Store, sha256: str) -> MessageRecord:
    record = store.message(sha256)
    assert record
    return record


def is_taken_up(record: MessageRecord) -> bool:
    return record.state is MessageState.DECIDED or record.attempts == 1


def has_polled(data: Path) -> bool:
    with store_of(data) as store:
        return store.last_poll() is not None


def log_of(data: Path) -> str:
    return (data.parent / "daemon.log").read_text()


def put_work_in(data: Path) -> str:
    """Leave a mail whose scan takes long to read, and a letter to be sent."""
    with store_of(data) as store:
        raw = (FOLDER / "17-grey-scan.eml").read_bytes()
        sha256 = store.archive.add_bytes(raw)
        arrival = Arrival(
            account="t", folder="INBOX", uidvalidity=1, uid=1, sha256=sha256, size=len(raw), received_at=IN_TIME
        )
        store.record_arrival(arrival, NOW)
        with store.begin(NOW) as tx:
            tx.enqueue(letter())
    return sha256


def test_told_to_stop_it_stops_whatever_hangs_and_the_next_start_takes_all_up(tmp_path: Path) -> None:
    """A scan being read, a literal that stops coming, a mail server that says nothing: all in hand at once."""
    data = tmp_path / "data"
    sha256 = put_work_in(data)
    fetching, let_go = threading.Event(), threading.Event()

    def stall(link: Link, message: Stored) -> None:
        link.send(f"* 1 FETCH (UID {message.uid} BODY[] {{60000000}}\r\n".encode())
        fetching.set()
        let_go.wait(120)
        raise Hangup

    with NetEase() as imap, silent_peer() as port, store_of(data) as store:
        imap.deliver(mail("qq", subject="昌乐县发改局+王明+13800000001"))
        imap.before_fetch.append(times(1, stall))
        mailbox = IMAP.format(user=USER, port=imap.port)
        config = write_config(tmp_path / "config.toml", mailbox=mailbox, smtp=SMTP.format(port=port))
        try:
            with daemon(config, data, PASSWORD) as process:
                assert fetching.wait(60)
                wait_until(lambda: bool(store.letters(state=OutboxState.SENDING)), 60, "a letter under way")
                wait_until(lambda: one(store, sha256).attempts == 1, 60, "a mail being read")
                process.send_signal(signal.SIGTERM)
                assert process.wait(45) == 0
        finally:
            let_go.set()
        record = one(store, sha256)
        assert record.state is MessageState.DECIDED or record.attempts == 0
        assert store.verify(NOW) == ()
        assert "left what hangs on a wire" in log_of(data)
        with SmtpServer(password=PASSWORD) as smtp:
            write_config(config, mailbox=mailbox, smtp=SMTP.format(port=smtp.port))
            with daemon(config, data, PASSWORD):
                wait_until(lambda: len(store.messages()) == 2, 60, "the mail that was being fetched")
                wait_until(lambda: is_taken_up(one(store, sha256)), 60, "the mail that was being read")
        assert store.verify(NOW) == ()


def test_reload_takes_what_can_change_and_says_what_cannot(tmp_path: Path) -> None:
    data, drop = tmp_path / "data", tmp_path / "drop"
    drop.mkdir()
    folder = f'source = "folder"\naccount = "a@b.cn"\ndirectory = "{drop}"\npoll_seconds = '
    config = write_config(tmp_path / "config.toml", mailbox=folder + "86400")
    with daemon(config, data, "x") as process:
        wait_until(lambda: "started" in log_of(data), 60, "the start")
        wait_until(lambda: has_polled(data), 60, "the first poll")
        (drop / "a.eml").write_bytes(mail("qq", subject="昌乐县发改局+王明+13800000001"))
        config.write_text("[notice\n")
        process.send_signal(signal.SIGHUP)
        wait_until(lambda: "the old configuration goes on" in log_of(data), 30, "the refusal")
        changed = write_config(config, mailbox=(folder + "1").replace("a@b.cn", "other@b.cn")).read_text()
        strict = changed.replace(
            'missing_word_form = { severity = "error" }', 'missing_word_form = { severity = "off" }'
        )
        config.write_text(strict.replace('directory = "data"', 'directory = "elsewhere"'))
        process.send_signal(signal.SIGHUP)
        wait_until(lambda: "reloaded" in log_of(data), 30, "the reload")
        told = log_of(data)
        assert "needs a restart" in told
        assert "mailbox.account" in told
        assert "'rules'" in told
        with store_of(data) as store:
            wait_until(lambda: len(store.cases()) == 1, 60, "the mail, polled every second now")
            codes = {finding.code for finding in store.cases()[0].findings}
        assert "missing_pdf_form" in codes
        assert "missing_word_form" not in codes
        again = command("run", "--config", config, "--data", data, password="x")
        assert (again.returncode, again.stderr.count("\n")) == (2, 1)
        assert f"another daemon works in {data} (process {process.pid})" in again.stderr
        process.send_signal(signal.SIGTERM)
        assert process.wait(45) == 0


STALLING = """
import sys
from datetime import timedelta
from daemon import cli, health
health._PATIENCE = timedelta(seconds=2)
sys.exit(cli.main(sys.argv[1:]))
"""


def test_a_stalled_poll_stops_the_watchdog_s_food(tmp_path: Path) -> None:
    """Polls that come to their end feed it; one that hangs on a peer does not."""
    told = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify, NetEase() as imap:
        notify.bind(str(told))
        notify.settimeout(60)
        imap.before_command["EXAMINE"] = late_silence = Silence(polls=2)
        config = write_config(
            tmp_path / "config.toml",
            mailbox=IMAP.format(user=USER, port=imap.port) + "\ntimeout_seconds = 60",
            smtp=SMTP.format(port=1),
        )
        systemd = {"NOTIFY_SOCKET": str(told), "WATCHDOG_USEC": "1500000", "SHOUJIAN_MAIL_PASSWORD": PASSWORD}
        arguments = ["run", "--config", str(config), "--data", str(tmp_path / "data")]
        with (tmp_path / "daemon.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-c", STALLING, *arguments], cwd=ROOT, env={**os.environ, **systemd}, stderr=log
            )
        try:
            assert notify.recv(100) == b"READY=1"
            assert notify.recv(100) == b"WATCHDOG=1"
            assert late_silence.fallen.wait(60)
            wait_until(lambda: "polling has stalled" in log_of(tmp_path / "data"), 60, "the stall")
            notify.settimeout(3)
            with pytest.raises(TimeoutError):
                for _ in range(100):  # what was said before; then nothing in twice the watchdog's time
                    notify.recv(100)
        finally:
            late_silence.let_go.set()
            process.kill()
            process.wait()


class Silence:
    """A server that answers the EXAMINE of some polls and then says nothing more."""

    def __init__(self, polls: int) -> None:
        self._left = polls * FOLDERS_POLLED
        self.fallen, self.let_go = threading.Event(), threading.Event()

    def __call__(self, link: Link) -> None:
        self._left -= 1
        if self._left < 0:
            self.fallen.set()
            self.let_go.wait(120)
            raise Hangup


FOLDERS_POLLED = 4  #: the inbox and three junk-like ones, see `tests.fixtures.netease.FOLDERS`
