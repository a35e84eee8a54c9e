"""Two daemons, each a process with a Dovecot of its own, answer each other over a real SMTP server: it ends within two letters a side."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from domain.kinds import MessageState, OutboxState
from store.desk import Store
from tests.fixtures import dovecot as real
from tests.fixtures.desks import daemon, store_of, wait_until, write_config
from tests.fixtures.mails import RECEIVED, mail
from tests.fixtures.make_samples_prose import Entrant
from tests.fixtures.smtp import SmtpServer
from tests.fixtures.stories_paper import BATH, GRAIN, RIVER, word

MARKS = re.compile(rb"(?im)^(?:X-Shoujian-Id|Auto-Submitted|X-Auto-Response-Suppress):.*\r\n(?:[ \t].*\r\n)*")
ADDRESSES = ("desk-a@changle.example", "desk-b@shouguang.example")

pytestmark = pytest.mark.timeout(600)


@dataclass
class World:
    """Both desks' mailboxes and stores, and the post between them."""

    smtp: SmtpServer
    mailboxes: dict[str, real.Dovecot]
    stores: dict[str, Store]
    strips: bool = False  #: whether the way between them takes away what marks our letters
    carried: int = 0
    brought: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ADDRESSES, 0))

    def bring(self, raw: bytes, to: str) -> None:
        self.mailboxes[to].deliver(raw, internaldate=RECEIVED)
        self.brought[to] += 1

    def has_come_to_rest(self) -> bool:
        """Carry what was sent, and tell whether all of it was read and nobody has anything to send."""
        for letter in self.smtp.received[self.carried :]:
            if letter.recipients[0] in ADDRESSES:
                self.bring(MARKS.sub(b"", letter.raw) if self.strips else letter.raw, letter.recipients[0])
            self.carried += 1
        return all(
            len(store.messages(state=MessageState.DECIDED)) == self.brought[address]
            and not store.letters(state=OutboxState.QUEUED)
            and not store.letters(state=OutboxState.SENDING)
            for address, store in self.stores.items()
        ) and self.carried == len(self.smtp.received)

    def sent_by(self, address: str) -> int:
        """Return how many letters a desk wrote to the other one."""
        return sum(letter.sender == address and letter.recipients[0] in ADDRESSES for letter in self.smtp.received)


@contextmanager
def desk(address: str, folder: Path, imap: real.Dovecot, smtp: SmtpServer) -> Iterator[Store]:
    """Run a daemon for an address; give its store."""
    folder.mkdir()
    config = write_config(
        folder / "config.toml",
        mailbox=f'provider = "generic"\naccount = "{address}"\nhost = "127.0.0.1"\nport = {imap.tls_port}\n'
        f'ca_file = "{imap.ca_file}"\npoll_seconds = 1',
        smtp=f'host = "127.0.0.1"\nport = {smtp.port}\nsecurity = "none"\nsender_name = "组委会"\nseconds_between = 0\n'
        "per_quarter_hour = 1000\nper_day = 1000\nper_address_per_day = 1000",
        digest="to = []",
    )
    data = folder / "data"
    with daemon(config, data, real.PASSWORD):
        wait_until(lambda: (data / "shoujian.db").exists(), 60, "the store")
        with store_of(data) as store:
            yield store


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with ExitStack() as stack:
        smtp = stack.enter_context(SmtpServer(password=real.PASSWORD))
        mailboxes = {address: stack.enter_context(real.Dovecot()) for address in ADDRESSES}
        stores = {
            address: stack.enter_context(desk(address, tmp_path / address.partition("@")[0], mailboxes[address], smtp))
            for address in ADDRESSES
        }
        yield World(smtp, mailboxes, stores)


def test_two_daemons_that_write_to_each_other_come_to_rest(world: World) -> None:
    """Both count their cases from 1: a number that one tells is a number the other knows."""
    one, other = ADDRESSES
    world.bring(entry(BATH, "applicant@163.com"), other)
    world.bring(entry(GRAIN, "applicant@126.com"), other)
    world.bring(entry(BATH, other), one)
    wait_until(world.has_come_to_rest, 120, "the exchange of marked letters ended")
    assert (world.sent_by(one), world.sent_by(other)) == (1, 0), "a letter that says what it is is not answered"
    world.strips = True
    world.bring(entry(RIVER, other), one)
    wait_until(world.has_come_to_rest, 180, "the exchange of unmarked letters ended")
    assert 1 <= world.sent_by(other) <= 2, "without its marks a letter is taken for a person's"
    assert world.sent_by(one) <= 1 + 2


def entry(whose: Entrant, sender: str) -> bytes:
    return mail(subject=f"{whose.unit}+{whose.contact}+{whose.phone}", sender=sender, attach=[word(whose)])
