"""Two calls on one machine, each its own service as deploy/shoujian@.service starts it: nothing mixes, neither stops the other."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.fixtures import dovecot as real
from tests.fixtures.cases import ROOT
from tests.fixtures.desks import command, daemon, store_of, wait_until, write_config
from tests.fixtures.expectations import expectations
from tests.fixtures.smtp import SmtpServer

CREDIT, ESSAY = real.USER, "second@example.test"
PATIENCE = 180.0

pytestmark = pytest.mark.timeout(600)


@dataclass(frozen=True)
class World:
    """A server with two mailboxes, and a folder for each call: configuration and data."""

    imap: real.Dovecot
    smtp: SmtpServer
    credit: Path
    essay: Path

    def answers(self, sender: str) -> list[str]:
        """The texts of the letters that went out from a mailbox."""
        mails = [letter.message for letter in self.smtp.book.received if letter.login == sender]
        return [body.get_content() for mail in mails if (body := mail.get_body(("plain",)))]


def config_of(folder: Path, call: Path, account: str, imap: real.Dovecot, smtp: SmtpServer) -> Path:
    folder.mkdir()
    return write_config(
        folder / "config.toml",
        call=call,
        mailbox=f'provider = "generic"\naccount = "{account}"\nhost = "127.0.0.1"\nport = {imap.tls_port}\n'
        f'ca_file = "{imap.ca_file}"\npoll_seconds = 1',
        smtp=f'host = "127.0.0.1"\nport = {smtp.port}\nsecurity = "none"\nsender_name = "组委会"\nseconds_between = 0',
    )


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with real.Dovecot(each_own=True) as imap, SmtpServer(password=real.PASSWORD) as smtp:
        credit = config_of(tmp_path / "credit", ROOT / "config.toml", CREDIT, imap, smtp)
        essay = config_of(tmp_path / "essay", ROOT / "examples" / "essay" / "config.toml", ESSAY, imap, smtp)
        yield World(imap, smtp, credit, essay)


def test_two_calls_work_side_by_side_and_one_that_is_shut_out_stops_no_other(world: World) -> None:
    entry = next(sample for sample in expectations(ROOT / "examples" / "essay" / "mails") if sample.cases)
    word = next(sample for sample in expectations() if sample.name.startswith("02-"))
    world.imap.deliver(entry.raw, internaldate=entry.received_at, user=ESSAY)
    world.imap.deliver(word.raw, internaldate=word.received_at, user=CREDIT)
    with daemon(world.credit, world.credit.parent / "data", "revoked"):
        with daemon(world.essay, world.essay.parent / "data", real.PASSWORD):
            wait_until(lambda: len(world.answers(ESSAY)) == 1, PATIENCE, "the essay's reply")
        assert world.answers(CREDIT) == []
    with daemon(world.credit, world.credit.parent / "data", real.PASSWORD):
        wait_until(lambda: len(world.answers(CREDIT)) == 1, PATIENCE, "the other call's reply")
    numbers = {}
    for config in (world.credit, world.essay):
        with store_of(config.parent / "data") as store:
            numbers[config] = [record.case.number for record in store.cases()]
            assert [message.account for message in store.messages()] == [CREDIT if config == world.credit else ESSAY]
    assert numbers == {world.credit: ["2023-W-0001"], world.essay: ["2025-W-0001"]}
    assert "2025-W-0001" in world.answers(ESSAY)[0]
    assert "信用" not in world.answers(ESSAY)[0]
    assert "2023-W-0001" in world.answers(CREDIT)[0]


def test_a_mailbox_belongs_to_one_call(world: World) -> None:
    """By mistake the second call names the first one's mailbox: it does not start, so nobody is answered twice."""
    text = world.essay.read_text(encoding="utf-8")
    world.essay.write_text(text.replace(ESSAY, CREDIT.upper()), encoding="utf-8")
    with daemon(world.credit, world.credit.parent / "data", real.PASSWORD):
        wait_until(lambda: _polls(world.credit) > 0, PATIENCE, "a poll")
        refused = command("run", "--config", world.essay, "--data", world.essay.parent / "data", password=real.PASSWORD)
    assert (refused.returncode, "a mailbox belongs to one call" in refused.stderr) == (2, True)


def _polls(config: Path) -> int:
    data = config.parent / "data"
    if not (data / "shoujian.db").exists():
        return 0
    with store_of(data) as store:
        return int(store.last_poll() is not None)


def test_the_units_of_one_call_and_of_several_differ_in_the_calls_name_alone() -> None:
    one, several = (
        (ROOT / "deploy" / name).read_text(encoding="utf-8") for name in ("shoujian.service", "shoujian@.service")
    )
    named = several.replace("/%i", "").replace(", call %i", "")
    lines = difflib.unified_diff(one.splitlines(), named.splitlines(), lineterm="", n=0)
    changed = [
        line for line in lines if line[0] in "+-" and line[1:4] not in ("++ ", "-- ") and line[1:2] not in ("#", "")
    ]
    assert changed == [
        "+TemporaryFileSystem=/etc/shoujian:ro /var/lib/shoujian:ro",
        "+BindReadOnlyPaths=/etc/shoujian",
        "+BindPaths=/var/lib/shoujian",
        "+Slice=shoujian.slice",
    ]
    assert all(
        "%i" in line for line in several.splitlines() if line.startswith(("ExecStart=", "LoadCredential=", "Bind"))
    )
