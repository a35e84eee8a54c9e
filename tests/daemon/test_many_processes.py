"""Several processes serve one call over a real PostgreSQL: killed, cut off, the server restarted. Nothing lost, nothing twice."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from domain.kinds import MessageKind, MessageState, OutboxState
from store.archive import Archive
from store.desk import Store
from tests.fixtures.desks import ROOT, command, wait_until, write_config
from tests.fixtures.mails import mail
from tests.fixtures.postgres import Cluster, Wire
from tests.fixtures.s3 import BUCKET, S3Server
from tests.fixtures.smtp import SmtpServer

PATIENCE = 180.0
ACCOUNT = "wfxyxh@126.com"

pytestmark = pytest.mark.timeout(600)


@dataclass
class Deployment:
    """A mailbox (a folder), an outgoing server, a database, and the processes started on them."""

    root: Path
    cluster: Cluster
    database: str
    smtp: SmtpServer
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def config(self) -> Path:
        return self.root / "config.toml"

    @property
    def url(self) -> str:
        return self.cluster.url(self.database)

    def store(self) -> Store:
        return Store.open(self.url, Archive(self.root / "data"))

    def deliver(self, count: int, first: int = 0) -> None:
        """Put mails into the mailbox, every second one a supplement to the one before it."""
        drop = self.root / "drop"
        for serial in range(first, first + count):
            sender = f"applicant{serial // 2}@163.com"
            subject = f"昌乐县发改局{serial // 2}+王明+138000{serial // 2:05d}"
            raw = mail("qq", subject=subject, sender=sender, message_id=f"<tencent_{serial}@qq.com>")
            (drop / f"{serial:04d}.part").write_bytes(raw + f"\r\n{serial}\r\n".encode())
            (drop / f"{serial:04d}.part").rename(drop / f"{serial:04d}.eml")

    def start(self, role: str, config: Path | None = None) -> subprocess.Popen[bytes]:
        with self.log(role, len(self.running)).open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, ROOT / "run_daemon.py", "run", "--role", role, "--config", config or self.config],
                cwd=ROOT,
                env={**os.environ, "SHOUJIAN_MAIL_PASSWORD": "x", "OMP_NUM_THREADS": "1"},
                stderr=log,
            )
        self.running.append(process)
        return process

    def end(self) -> None:
        for process in self.running:
            if process.poll() is None:
                process.terminate()
        for process in self.running:
            process.wait(60)

    def log(self, role: str, serial: int) -> Path:
        """Return the log of the process started as the `serial`th."""
        return self.root / f"{role}-{serial}.log"

    def beyond(self, wire: Wire) -> Path:
        """Return the configuration of a process that reaches the database by a wire."""
        path = self.root / "beyond.toml"
        text = self.config.read_text(encoding="utf-8")
        path.write_text(text.replace(f"host={self.cluster.root}", f"host={wire.root}"), encoding="utf-8")
        return path

    def decided(self, store: Store) -> int:
        return len(store.messages(state=MessageState.DECIDED))

    def is_done(self, store: Store, count: int) -> bool:
        if self.decided(store) < count:  # asked first: what is decided has its letter
            return False
        return not (store.letters(state=OutboxState.QUEUED) or store.letters(state=OutboxState.SENDING))

    def assert_all_well(self, store: Store, count: int) -> None:
        sent = Counter(str(received.message["Message-ID"]) for received in self.smtp.received)
        assert max(sent.values()) == 1
        assert Counter(record.state for record in store.letters()) == {OutboxState.SENT: count}
        assert len(sent) == count
        assert store.verify(max(record.created_at for record in store.letters())) == ()


@pytest.fixture
def deployment(tmp_path: Path) -> Iterator[Deployment]:
    with ExitStack() as stack:
        cluster = stack.enter_context(Cluster())
        smtp = stack.enter_context(SmtpServer(password="x"))
        made = Deployment(tmp_path, cluster, cluster.make(), smtp)
        (tmp_path / "drop").mkdir()
        write_config(
            made.config,
            mailbox=f'source = "folder"\naccount = "{ACCOUNT}"\ndirectory = "{tmp_path}/drop"\npoll_seconds = 1',
            smtp=f'host = "127.0.0.1"\nport = {smtp.port}\nsecurity = "none"\nsender_name = "组委会"\n'
            "seconds_between = 0\nper_quarter_hour = 10000\nper_day = 10000\nper_address_per_day = 100",
        )
        text = made.config.read_text(encoding="utf-8")
        data = f'[data]\ndirectory = "data"\ndatabase = "{made.url}"\nqueue = "procrastinate"\n'
        made.config.write_text(text[: text.index("[data]")] + data, encoding="utf-8")
        stack.callback(made.end)
        yield made


def says(log: Path, line: str) -> bool:
    return log.exists() and line in log.read_text(errors="replace")


def test_workers_killed_and_the_database_restarted_lose_nothing_and_answer_once(deployment: Deployment) -> None:
    deployment.deliver(8)
    workers = [deployment.start("worker") for _ in range(2)]
    for role in ("poller", "sender"):
        deployment.start(role)
    with deployment.store() as store:
        wait_until(lambda: deployment.decided(store) >= 1, PATIENCE, "the first mail decided")
        workers[0].kill()
        deployment.start("worker")
        deployment.deliver(8, first=8)
        wait_until(lambda: deployment.decided(store) >= 9, PATIENCE, "work goes on without the dead")
        workers[1].kill()
    deployment.cluster.restart()
    deployment.deliver(8, first=16)
    with deployment.store() as store:
        wait_until(lambda: deployment.is_done(store, 24), PATIENCE, "all decided and answered")
        deployment.assert_all_well(store, 24)
        kinds = Counter(message.kind for message in store.messages())
        assert kinds == {MessageKind.SUBMISSION: 12, MessageKind.SUPPLEMENT: 12}  # none beside its elder
    once = command("once", "--config", deployment.config, password="x")
    assert (once.returncode, "another daemon is at work" in once.stderr) == (2, True)


def test_a_poller_cut_off_is_replaced_and_stands_by_when_it_is_back(deployment: Deployment) -> None:
    with Wire(deployment.cluster) as wire:
        cut_off = deployment.log("poller", 0)
        deployment.start("poller", deployment.beyond(wire))
        wait_until(lambda: says(cut_off, "turn taken"), PATIENCE, "one poller at work")
        deployment.start("poller")
        senders = [deployment.start("sender") for _ in range(2)]
        deployment.start("worker")
        deployment.deliver(6)
        with deployment.store() as store:
            wait_until(lambda: deployment.is_done(store, 6), PATIENCE, "the first mails answered")
            wire.cut()
            first = next(serial for serial in (2, 3) if says(deployment.log("sender", serial), "turn taken"))
            senders[first - 2].kill()
            deployment.deliver(6, first=6)
            wait_until(lambda: deployment.is_done(store, 12), PATIENCE, "answered without the two")
            assert says(deployment.log("poller", 1), "turn taken")
            wire.mend()
            wait_until(lambda: says(cut_off, "standing by"), PATIENCE, "the first poller back")
            deployment.deliver(4, first=12)
            wait_until(lambda: deployment.is_done(store, 16), PATIENCE, "all decided and answered")
            deployment.assert_all_well(store, 16)


def test_machines_that_share_a_database_and_a_bucket_work_on_the_same_mail(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What one takes in by hand the workers of another read, conclude and answer."""
    with S3Server() as s3:
        for name, value in s3.environment.items():
            monkeypatch.setenv(name, value)
        with deployment.config.open("a", encoding="utf-8") as config:
            config.write(f'blobs = "s3://{BUCKET}/call"\n')
        root, drop = deployment.root, deployment.root / "drop"
        deployment.deliver(2)
        take_in = ("import", drop, "--reply", "--config", deployment.config, "--data", root / "one")
        assert command(*take_in).returncode == 0
        with deployment.store() as store:
            assert deployment.decided(store) == 2
            deployment.start("worker")
            wait_until(lambda: says(deployment.log("worker", 0), "turn taken"), PATIENCE, "a worker")
            deployment.start("sender")
            deployment.deliver(2, first=2)
            done = command(*take_in)
            assert (done.returncode, "the running daemon processes them" in done.stderr) == (0, True)
            wait_until(lambda: deployment.is_done(store, 4), PATIENCE, "decided by the worker, answered by the sender")
        verified = command("verify", "--config", deployment.config, "--data", root / "three")
        assert (verified.returncode, verified.stdout) == (0, "0 discrepancies\n")


def test_a_desk_of_one_machine_moves_to_postgresql_and_goes_on(deployment: Deployment) -> None:
    shared = deployment.config.read_text(encoding="utf-8")
    alone = deployment.root / "alone.toml"
    alone.write_text(shared[: shared.index("[data]")] + '[data]\ndirectory = "data"\n', encoding="utf-8")
    deployment.deliver(2)
    assert command("import", deployment.root / "drop", "--config", alone).returncode == 0
    moved = command("move", "--to", deployment.url, "--config", alone)
    assert (moved.returncode, "messages: 2" in moved.stdout, "0 discrepancies" in moved.stdout) == (0, True, True)
    again = command("move", "--to", deployment.url, "--config", alone)
    assert (again.returncode, "nothing was moved" in again.stderr) == (2, True)
    listed = command("list", "--config", deployment.config)
    assert (listed.returncode, "2023-W-0001" in listed.stdout) == (0, True)
