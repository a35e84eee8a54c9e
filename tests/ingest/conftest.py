"""Stores, clocks and servers for the tests of ingest."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.access import MailboxAccess
from ingest.mailbox import ImapSource
from store.archive import Archive
from store.desk import Store
from tests.fixtures import dovecot as real
from tests.fixtures import netease as scripted

NOW = datetime(2023, 8, 2, 1, 0, tzinfo=UTC)


@pytest.fixture
def now() -> Callable[[], datetime]:
    return lambda: NOW


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path}/desk.db", Archive(tmp_path / "archive")) as opened:
        yield opened


@pytest.fixture
def dovecot() -> Iterator[real.Dovecot]:
    with real.Dovecot() as server:
        yield server


@pytest.fixture
def access(dovecot: real.Dovecot) -> MailboxAccess:
    """The way to Dovecot's TLS port, its certificate trusted by name."""
    return MailboxAccess.of(
        "generic", real.USER, real.PASSWORD, host="127.0.0.1", port=dovecot.tls_port, ca_file=dovecot.ca_file, read_seconds=20
    )  # fmt: skip


@pytest.fixture
def source(access: MailboxAccess) -> ImapSource:
    return ImapSource(access, pause=lambda seconds: None)


@pytest.fixture
def netease() -> Iterator[scripted.NetEase]:
    with scripted.NetEase() as server:
        yield server


@pytest.fixture
def netease_access(netease: scripted.NetEase) -> MailboxAccess:
    return MailboxAccess.of(
        "126", scripted.USER, scripted.PASSWORD, host="127.0.0.1", port=netease.port, security="none", read_seconds=2
    )


@pytest.fixture
def netease_source(netease_access: MailboxAccess) -> ImapSource:
    return ImapSource(netease_access, pause=lambda seconds: None)
