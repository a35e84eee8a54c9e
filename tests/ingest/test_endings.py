"""A connection that ends at any command of a poll, however it ends: the poll goes on, nothing is lost, nothing comes twice. T10, T11."""

import time
from collections.abc import Iterator

import pytest

from ingest import literal
from ingest.access import MailboxAccess
from ingest.errors import Unreachable
from ingest.mailbox import STRIKES_A_POLL, ImapSource
from ingest.poll import poll
from store.desk import Store
from tests.fixtures import netease as scripted
from tests.fixtures.netease import (
    Ending,
    Fault,
    Link,
    NetEase,
    Refusal,
    drip,
    miscounted,
    once,
    only,
    reset_inside_literal,
    times,
)
from tests.fixtures.raw_mails import multipart, plain
from tests.fixtures.taken import Now, held, leftovers, sha

COMMANDS = ("CAPABILITY", "LOGIN", "ID", "LIST", "EXAMINE", "UID SEARCH", "UID FETCH", "LOGOUT")
ENDINGS: dict[str, Ending] = {"BYE": scripted.bye, "reset": scripted.reset, "half a line": scripted.cut}


@pytest.fixture
def two(netease: NetEase) -> set[str]:
    """Two mails on the server, one of them in a junk folder."""
    raws = [plain("in the inbox"), plain("in junk")]
    netease.deliver(raws[0])
    netease.deliver(raws[1], "垃圾邮件")
    return {sha(raw) for raw in raws}


def all_came(store: Store, source: ImapSource, now: Now, wanted: set[str]) -> bool:
    """Tell whether a next poll finds nothing new, and each mail is there once."""
    again = poll(source, store, now)
    messages = [message.sha256 for message in store.messages()]
    return again.ok and again.new == 0 and sorted(messages) == sorted(wanted) and leftovers(store) == []


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_connection_that_ends_once_at_a_command_costs_nothing(
    command: str, ending: str, netease: NetEase, netease_source: ImapSource, store: Store, now: Now, two: set[str]
) -> None:
    """T10."""
    netease.before_command[command] = once(ENDINGS[ending])
    report = poll(netease_source, store, now)
    assert (report.ok, report.new, report.failed) == (True, 2, 0)
    assert all_came(store, netease_source, now, two)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_peer_that_falls_silent_at_a_command_is_left_and_asked_anew(
    command: str, netease: NetEase, netease_access: MailboxAccess, store: Store, now: Now, two: set[str]
) -> None:
    """A half-open connection."""
    netease.before_command[command] = once(scripted.silence)
    quick = {"read_seconds": 1, "connect_seconds": 1}
    source = ImapSource(netease_access.model_copy(update=quick), pause=lambda seconds: None)
    report = poll(source, store, now)
    assert (report.ok, report.new, report.failed) == (True, 2, 0)
    assert all_came(store, source, now, two)


@pytest.mark.parametrize("command", [each for each in COMMANDS if each != "LOGOUT"])
def test_a_command_at_which_every_connection_ends_ends_the_poll_and_the_next_one_catches_up(
    command: str, netease: NetEase, netease_source: ImapSource, store: Store, now: Now, two: set[str]
) -> None:
    """T10: and the server is not hammered meanwhile."""
    netease.before_command[command] = scripted.bye
    report = poll(netease_source, store, now)
    assert isinstance(report.error, Unreachable) or report.failed == 2
    assert netease.connections <= max(1 + netease_source.reconnects, 2 * STRIKES_A_POLL) + 1
    netease.before_command.clear()
    assert poll(netease_source, store, now).new == 2
    assert all_came(store, netease_source, now, two)


@pytest.mark.parametrize("command", ["LIST", "EXAMINE", "UID SEARCH", "UID FETCH"])
@pytest.mark.parametrize("words", ["NO System busy!", "BAD invalid command or parameters", "NO [UNAVAILABLE] later"])
def test_a_command_refused_once_is_made_good_by_the_next_poll(
    command: str, words: str, netease: NetEase, netease_source: ImapSource, store: Store, now: Now, two: set[str]
) -> None:
    """T09: BAD for a search that works elsewhere."""

    def refuse(link: Link) -> None:
        raise Refusal(words)

    netease.before_command[command] = once(refuse)
    poll(netease_source, store, now)
    poll(netease_source, store, now)
    assert all_came(store, netease_source, now, two)


def test_a_reset_inside_a_literal_of_60_mb_is_resumed_and_no_half_file_is_archived(
    netease: NetEase, netease_source: ImapSource, store: Store, now: Now
) -> None:
    """T11."""
    large = multipart(60_000_000)
    netease.deliver(plain("before"))
    uid = netease.deliver(large)
    netease.deliver(plain("after"))
    netease.before_fetch.append(only(uid, times(2, reset_inside_literal(41_000_000))))
    report = poll(netease_source, store, now)
    assert (report.ok, report.new, report.failed) == (True, 3, 0)
    assert all_came(store, netease_source, now, {sha(plain("before")), sha(large), sha(plain("after"))})


def test_a_message_that_drips_in_is_taken_as_long_as_it_comes(
    netease: NetEase, netease_source: ImapSource, store: Store, now: Now
) -> None:
    """Slow, but each piece within the read timeout."""
    raw = multipart(3000)
    netease.deliver(raw)
    netease.before_fetch.append(times(1, drip(20, 0.1)))
    assert poll(netease_source, store, now).new == 1
    assert (netease.connections, held(store)) == (1, {sha(raw)})


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(literal, "PATIENCE", 1.0)
    yield


@pytest.mark.usefixtures("impatient")
def test_a_message_that_drips_for_ever_holds_up_nobody(
    netease: NetEase, netease_source: ImapSource, store: Store, now: Now
) -> None:
    """Each byte comes in time, the message never: it is given up and the others are taken."""
    moved: list[int] = []
    netease_source.moved = lambda: moved.append(1)
    uid = netease.deliver(multipart(3000))
    netease.deliver(plain("sound"))
    netease.before_fetch.append(only(uid, drip(100, 0.1)))
    report = poll(netease_source, store, now)
    assert (report.ok, report.new, report.failed) == (True, 1, 1)
    assert "no whole answer within 1 s" in report.folders[0].notes[0]
    assert len(moved) >= STRIKES_A_POLL + 1, "the watchdog sees that polling goes on"
    netease.before_fetch.clear()
    assert poll(netease_source, store, now).new == 1


@pytest.mark.usefixtures("impatient")
def test_a_line_that_drips_for_ever_is_a_lost_connection(
    netease: NetEase, netease_source: ImapSource, store: Store, now: Now, two: set[str]
) -> None:
    def dripping(link: Link) -> None:
        for _ in range(100):
            link.send(b"* OK still searching, please wait")
            time.sleep(0.05)

    netease.before_command["UID SEARCH"] = once(dripping)
    assert poll(netease_source, store, now).new == 2
    assert all_came(store, netease_source, now, two)


@pytest.mark.parametrize("by", [-1000, -1, 1, 1000], ids=["far too short", "too short", "too long", "far too long"])
def test_a_literal_counted_wrong_is_never_taken_for_the_message(
    by: int, netease: NetEase, netease_access: MailboxAccess, store: Store, now: Now
) -> None:
    """Wrong sizes: what the literal says is not what comes. Asked again, it comes right."""
    raw = multipart(3000)
    netease.deliver(raw)
    netease.deliver(plain("next"))
    netease.before_fetch.append(times(1, miscounted(by)))
    source = ImapSource(netease_access.model_copy(update={"read_seconds": 1}), pause=lambda seconds: None)
    poll(source, store, now)
    poll(source, store, now)
    assert all_came(store, source, now, {sha(raw), sha(plain("next"))})


@pytest.mark.parametrize("lie", [-2999, 1, 70_000_000])
def test_an_announced_size_that_is_wrong_changes_nothing(
    lie: int, netease: NetEase, netease_source: ImapSource, store: Store, now: Now
) -> None:
    """Wrong RFC822.SIZE."""
    netease.size_lie = lie
    raw = multipart(3000)
    netease.deliver(raw)
    assert poll(netease_source, store, now).new == 1
    assert all_came(store, netease_source, now, {sha(raw)})


def test_a_poisoned_message_of_either_kind_lets_the_rest_by(
    netease: NetEase, netease_access: MailboxAccess, store: Store, now: Now
) -> None:
    """T11: one message counted wrong each time, one reset each time, one sound."""
    faults: list[Fault] = [miscounted(500), reset_inside_literal(100)]
    for fault in faults:
        netease.before_fetch.append(only(netease.deliver(multipart(3000)), fault))
    netease.deliver(plain("sound"))
    source = ImapSource(netease_access.model_copy(update={"read_seconds": 1}), pause=lambda seconds: None)
    report = poll(source, store, now)
    assert (report.new, report.failed) == (1, 2)
