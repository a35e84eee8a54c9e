"""A poll of a mailbox where nothing is new: bytes on the wire and milliseconds, in a small mailbox and in a large one.

.venv/bin/python -m bench.idle [LARGE [SMALL]]

Dovecot tells UIDNEXT: nothing is listed, whatever the mailbox holds. NetEase tells none (research §1.4): all UIDs are listed and compared
with the ledger, and two arrivals looked at; its UIDs have ten digits. Bytes are counted by a proxy, TLS and login included.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import structlog

from bench import filling
from bench.mailbox import access, fill, tiny
from bench.race import spread
from bench.table import Figure, table
from bench.wire import Proxy
from domain.records import Arrival
from ingest.access import MailboxAccess
from ingest.mailbox import ImapSource
from ingest.poll import poll
from ingest.session import open_session
from store.archive import Archive
from store.desk import Store
from tests.fixtures import netease
from tests.fixtures.dovecot import Dovecot

LARGE, SMALL, POLLS = 50_000, 1_000, 7
MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Idle:
    """Some polls of one mailbox."""

    mails: int
    bytes: int  #: of one poll; the most of them
    milliseconds: tuple[float, ...]


def of_dovecot(mails: int) -> Idle:
    server = Dovecot()
    with (server.root / "dovecot.conf").open("a") as config:
        config.write("maildir_very_dirty_syncs = yes\n")  # else the server itself reads all names at each EXAMINE
    with server:
        fill(server, mails)
        with server.client() as client:  # it indexes the mailbox, once
            client.select_folder("INBOX", readonly=True)
        with Proxy(server.tls_port) as wire:
            return _measure(access(server, port=wire.port), wire)


def of_netease(mails: int) -> Idle:
    arrived = datetime(2023, 8, 2, 1, 0, tzinfo=UTC)
    with netease.NetEase() as server:
        for serial in range(mails):
            server.deliver(tiny(serial), internaldate=arrived)
        with Proxy(server.port) as wire:
            way = MailboxAccess.of(
                "126",
                netease.USER,
                netease.PASSWORD,
                host="127.0.0.1",
                port=wire.port,
                security="none",
                folders=("INBOX",),
            )
            return _measure(way, wire)


def _measure(way: MailboxAccess, wire: Proxy) -> Idle:
    """Poll some times after a poll that found all known."""
    with _known(way) as store:
        source, costs = ImapSource(way), []
        total = _poll(source, store)
        for _ in range(POLLS):
            before, begun = wire.bytes, time.perf_counter()
            _poll(source, store)
            costs.append((wire.bytes - before, (time.perf_counter() - begun) * 1000))
    return Idle(total, max(size for size, _ in costs), tuple(spent for _, spent in costs))


def _poll(source: ImapSource, store: Store) -> int:
    report = poll(source, store, lambda: datetime.now(UTC))
    if report.error or report.new:
        raise RuntimeError(f"not idle: {report.errors or report.new}")
    return report.total


@contextmanager
def _known(way: MailboxAccess) -> Iterator[Store]:
    """Give a store that knows every mail of an inbox, without having fetched it."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    with open_session(way) as session:
        examined = session.examine("INBOX")
        uids = session.uids(examined.exists)
        when = session.arrivals(uids[:1])[uids[0]]
    first = Arrival(
        account=way.account, folder="INBOX", uidvalidity=examined.uidvalidity, uid=uids[0], sha256="0" * 64, size=100,
        received_at=when,
    )  # fmt: skip
    with (
        tempfile.TemporaryDirectory(prefix="bench-idle-") as folder,
        Store.open(f"sqlite:///{folder}/desk.db", Archive(Path(folder) / "data")) as store,
    ):
        store.record_arrival(first, when)
        filling.arrivals(store, uids[1:])
        yield store


def figures(large: int = LARGE, small: int = SMALL) -> Iterator[Figure]:
    """Yield bytes and milliseconds where UIDNEXT is told, beside the small mailbox, and where it is not."""
    little, much = of_dovecot(small), of_dovecot(large)
    yield Figure("idle poll, UIDNEXT told: bytes", much.mails, much.bytes, 20_000, ",.0f", most=True)
    yield Figure(
        f"  ÷ bytes of a mailbox of {little.mails:,}", much.mails, much.bytes / little.bytes, 1.05, ".3f", most=True
    )
    yield spread("  milliseconds", much.mails, much.milliseconds, 250, form=".0f")
    quick = median(little.milliseconds)
    yield spread(
        f"  ÷ milliseconds of a mailbox of {little.mails:,}", much.mails, [one / quick for one in much.milliseconds], 1.5
    )  # fmt: skip
    listed = of_netease(large)
    yield Figure("idle poll, no UIDNEXT (NetEase): bytes", listed.mails, listed.bytes, MEGABYTE, ",.0f", most=True)
    yield spread("  milliseconds", listed.mails, listed.milliseconds, 1_000, form=".0f")


if __name__ == "__main__":
    print(table(list(figures(*map(int, sys.argv[1:])))))
