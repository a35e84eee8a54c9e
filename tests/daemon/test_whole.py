"""The whole daemon as a process, between a real Dovecot and a real SMTP server: the sample mails in, replies and records out."""

import signal
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from domain.kinds import MessageState, OutboxState
from store.desk import Store
from tests.fixtures import dovecot as real
from tests.fixtures.desks import command, daemon, store_of, wait_until, write_config
from tests.fixtures.expectations import Expected, answered, expectations
from tests.fixtures.smtp import SmtpServer

STAFF = "staff@example.test"
PATIENCE = 240.0

pytestmark = pytest.mark.timeout(900)


@dataclass(frozen=True)
class World:
    """Servers, configuration and data of one run."""

    smtp: SmtpServer
    config: Path
    data: Path
    samples: list[Expected]

    @property
    def unique(self) -> int:
        return len({sample.raw for sample in self.samples})

    def store(self) -> Store:
        return store_of(self.data)

    def replies(self) -> list[str]:
        """The Message-IDs that were answered, one for each mail that reached the SMTP server for an applicant."""
        mails = [received.message for received in self.smtp.received if STAFF not in received.recipients]
        return [str(mail["In-Reply-To"]) for mail in mails]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    samples = expectations()
    with real.Dovecot() as imap, SmtpServer(password=real.PASSWORD) as smtp:
        for sample in samples:
            imap.deliver(sample.raw, "INBOX", sample.received_at)
        config = write_config(
            tmp_path / "config.toml",
            mailbox=f'provider = "generic"\naccount = "{real.USER}"\nhost = "127.0.0.1"\nport = {imap.tls_port}\n'
            f'ca_file = "{imap.ca_file}"\npoll_seconds = 2',
            smtp=f'host = "127.0.0.1"\nport = {smtp.port}\nsecurity = "none"\nsender_name = "组委会"\n'
            "seconds_between = 0\nper_quarter_hour = 10000\nper_day = 10000",
            digest=f'at = "00:00"\nto = ["{STAFF}"]',
        )
        yield World(smtp, config, tmp_path / "data", samples)


def is_done(world: World, store: Store) -> bool:
    decided = len(store.messages(state=MessageState.DECIDED))
    open_letters = store.letters(state=OutboxState.QUEUED) or store.letters(state=OutboxState.SENDING)
    return decided == world.unique and not open_letters


def outcomes(world: World, store: Store) -> dict[str, tuple[str, str]]:
    """Return sample → kind and decision as recorded."""
    import hashlib

    found = {}
    for sample in world.samples:
        record = store.message(hashlib.sha256(sample.raw).hexdigest())
        assert record is not None
        assert record.kind is not None
        assert record.decision is not None
        found[sample.name] = record.kind.value, record.decision.value
    return found


def expected(world: World) -> dict[str, tuple[str, str]]:
    """Return sample → kind and decision as expected; a second copy of the same bytes has the first one's."""
    first: dict[bytes, tuple[str, str]] = {}
    return {sample.name: first.setdefault(sample.raw, (sample.kind, sample.decision)) for sample in world.samples}


def assert_all_well(world: World, store: Store) -> None:
    assert outcomes(world, store) == expected(world)
    assert max(Counter(world.replies()).values()) == 1
    assert len(world.replies()) == answered(world.samples)
    assert store.verify(max(record.created_at for record in store.letters())) == ()


def test_every_sample_gets_its_outcome_and_one_reply_and_staff_one_digest(world: World) -> None:
    with daemon(world.config, world.data, real.PASSWORD) as process:
        wait_until(lambda: (world.data / "shoujian.db").exists(), 60, "the store")
        with world.store() as store:
            wait_until(lambda: is_done(world, store), PATIENCE, "all mails decided and answered")
            wait_until(lambda: any(STAFF in mail.recipients for mail in world.smtp.received), 30, "the digest")
            assert_all_well(world, store)
        assert sum(STAFF in mail.recipients for mail in world.smtp.received) == 1
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert command("verify", "--config", world.config, "--data", world.data).returncode == 0
