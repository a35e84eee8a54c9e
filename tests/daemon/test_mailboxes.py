"""Several mailboxes of one call: each on its own clock and with its own way out; what came to one is answered from there."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from daemon.settings import ConfigError, load
from daemon.settings_mail import WayOut
from domain.kinds import MessageKind, MessageState, OutboxState
from store.desk import Store
from tests.fixtures import dovecot as real
from tests.fixtures.cases import IN_TIME
from tests.fixtures.desks import command, daemon, store_of, wait_until, write_config
from tests.fixtures.mails import mail
from tests.fixtures.office import Office
from tests.fixtures.outside import free_port, health
from tests.fixtures.smtp import Received, SmtpServer

FIRST, SECOND = real.USER, "second@example.test"
BOTH = {"SHOUJIAN_MAIL_PASSWORD_TWO": real.PASSWORD}
PATIENCE = 120.0

pytestmark = pytest.mark.timeout(600)


@dataclass(frozen=True)
class World:
    """One server with two mailboxes, a desk that watches both."""

    imap: real.Dovecot
    smtp: SmtpServer
    config: Path
    data: Path
    port: int

    def bring(self, to: str, subject: str, sender: str) -> None:
        self.imap.deliver(mail("qq", subject=subject, sender=sender), internaldate=IN_TIME, user=to)

    def store(self) -> Store:
        return store_of(self.data)

    def answers(self) -> list[tuple[str, str]]:
        """From where to whom each letter went."""
        return [(_sender(letter), letter.recipients[0]) for letter in self.smtp.book.received]


def _sender(letter: Received) -> str:
    """Return whom a letter is from: login, envelope and header must agree, or NetEase refuses it (553)."""
    addresses = {letter.login, letter.sender, letter.message["From"].addresses[0].addr_spec}
    assert len(addresses) == 1, addresses
    return str(addresses.pop())


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    port = free_port()
    with real.Dovecot(each_own=True) as imap, SmtpServer(password=real.PASSWORD) as smtp:
        server = f'host = "127.0.0.1"\nport = {imap.tls_port}\nca_file = "{imap.ca_file}"\npoll_seconds = 1\n'
        out = f'host = "127.0.0.1"\nport = {smtp.port}\nsecurity = "none"\n'
        config = write_config(
            tmp_path / "config.toml",
            mailbox=f'provider = "generic"\naccount = "{FIRST}"\n{server}'
            f'[[mailboxes]]\nprovider = "generic"\naccount = "{SECOND}"\ncredential = "mail-password-two"\n{server}'
            f"[mailboxes.smtp]\n{out}per_day = 2\n",
            smtp=f'{out}sender_name = "组委会"\nseconds_between = 0\nper_quarter_hour = 10000\nper_day = 10000',
            health=f"port = {port}",
            alerts="disk_free_gib = 0",
        )
        yield World(imap, smtp, config, tmp_path / "data", port)


def test_a_mailbox_that_is_shut_stops_no_other_and_each_answers_what_came_to_it(world: World) -> None:
    world.bring(FIRST, "昌乐县发改局+王明+13800000001", sender="a@163.com")
    world.bring(SECOND, "寿光市发改局+李强+13800000002", sender="b@163.com")
    world.bring(SECOND, "昌乐县发改局+王明+13800000001", sender=FIRST)
    with daemon(world.config, world.data, real.PASSWORD, SHOUJIAN_MAIL_PASSWORD_TWO="revoked"):
        wait_until(lambda: world.answers() == [(FIRST, "a@163.com")], PATIENCE, "the first mailbox's reply")
        wait_until(lambda: health(world.port)[1]["troubles"] == ["login"], PATIENCE, "the other's login told of")
        assert set(health(world.port)[1]["last_poll_age_s"]) == {"1", "2"}
    with daemon(world.config, world.data, real.PASSWORD, **BOTH), world.store() as store:
        wait_until(lambda: (SECOND, "b@163.com") in world.answers(), PATIENCE, "the second mailbox's reply")
        (case,) = store.cases_from("b@163.com")
        command(
            "decide",
            case.case.number or "",
            "reject",
            "--note",
            "属广告宣传",
            "--config",
            world.config,
            "--data",
            world.data,
        )
        decision = next(each for each in store.letters() if each.letter.kind == "decision")
        assert (decision.letter.account, decision.letter.recipient) == (SECOND, "b@163.com")
        for name in "cde":
            world.bring(SECOND, f"临朐县发改局+赵六+1380000000{ord(name) - 90}", sender=f"{name}@163.com")
        world.bring(FIRST, "青州市发改局+孙七+13800000007", sender="f@163.com")
        wait_until(
            lambda: (FIRST, "f@163.com") in world.answers(), PATIENCE, "the first's reply, whatever the second's cap"
        )
        wait_until(lambda: len(store.messages(state=MessageState.DECIDED)) == 7, PATIENCE, "all mails decided")
        wait_until(lambda: len(world.answers()) == 4, PATIENCE, "the second's last letter of the day")
        assert [record.kind for record in store.messages() if record.sender == FIRST] == [MessageKind.OWN]
        assert {each.letter.account for each in store.letters(state=OutboxState.QUEUED)} == {SECOND}
        assert store.verify(IN_TIME) == ()
    senders = [sender for sender, _ in world.answers()]
    assert (senders.count(FIRST), senders.count(SECOND)) == (2, 2)


def test_a_mail_to_both_mailboxes_is_answered_once(office: Office) -> None:
    """Each server adds headers of its own, so that the bytes differ; it brings no file that would tell."""
    raw = mail("qq", subject="昌乐县发改局+王明+13800000001")
    office.arrive(raw, IN_TIME)
    office.arrive(b"Delivered-To: second@example.test\r\n" + raw, IN_TIME + timedelta(seconds=1))
    office.arrive(
        raw.replace(b"13800000001", b"13800000002"), IN_TIME + timedelta(seconds=2)
    )  # an id that was used again
    kinds = [record.kind for record in office.store.messages()]
    assert kinds[:2] == [MessageKind.SUBMISSION, MessageKind.DUPLICATE]
    assert len(office.store.letters()) == len(kinds) - kinds.count(MessageKind.DUPLICATE)


def test_one_cycle_looks_into_every_mailbox(world: World) -> None:
    world.bring(FIRST, "昌乐县发改局+王明+13800000001", sender="a@163.com")
    world.bring(SECOND, "寿光市发改局+李强+13800000002", sender="b@163.com")
    arguments = ("--config", world.config, "--data", world.data)
    done = command("once", *arguments, password=real.PASSWORD, SHOUJIAN_MAIL_PASSWORD_TWO=real.PASSWORD)
    assert done.returncode == 0, done.stderr
    assert sorted(world.answers()) == [(FIRST, "a@163.com"), (SECOND, "b@163.com")]
    refused = command("once", *arguments, password=real.PASSWORD)
    assert (refused.returncode, "SHOUJIAN_MAIL_PASSWORD_TWO" in refused.stderr) == (2, True)


def test_each_mailbox_sees_the_settings_as_its_own_and_never_another_server(world: World) -> None:
    first, second = load(world.config).by_mailbox()
    assert (first.mailbox.account, second.mailbox.account) == (FIRST, SECOND)
    assert (first.smtp.per_day, second.smtp.per_day) == (10000, 2)
    assert second.smtp.per_quarter_hour == 10000  # its pace is the first's unless it says another
    assert second.smtp.sender_name == "组委会"
    assert WayOut().beside(first.smtp).host is None  # its provider's, never the first's


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (f'account = "{FIRST.upper()}"\ncredential = "mail-password-two"', "an account and a credential of its own"),
        ('account = "third@example.test"\ncredential = "mail-password"', "an account and a credential of its own"),
        ('account = "third@example.test"', "mailboxes.0.credential"),
        ('account = "third@example.test"\ncredential = "../x"', "mailboxes.0.credential"),
    ],
)
def test_two_mailboxes_are_two(tmp_path: Path, line: str, reason: str) -> None:
    config = write_config(tmp_path / "c.toml", mailbox=f'account = "{FIRST}"\n[[mailboxes]]\n{line}')
    with pytest.raises(ConfigError, match=reason):
        load(config)
