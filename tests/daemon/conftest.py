"""A desk on disk for each test, one sandbox for all of a module."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from daemon.desk import Desk
from domain.notice import Limits
from ingest.watched import WatchedFolder
from parsers.sandbox import Sandbox
from store.archive import Archive
from store.desk import Store
from tests.fixtures.cases import notice, rules
from tests.fixtures.office import Office


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(Limits(), workers=1) as running:
        yield running


@pytest.fixture
def office(tmp_path: Path, sandbox: Sandbox) -> Iterator[Office]:
    with Store.open(f"sqlite:///{tmp_path}/desk.db", Archive(tmp_path / "data")) as store:
        desk = Desk(notice(), rules(), Limits(), store, sandbox, "wfxyxh@126.com", "组委会")
        yield Office(desk, WatchedFolder(tmp_path / "data" / "inbox_videos"))
