"""A store on disk for each test, and a clock that stands still until it is moved."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from store.archive import Archive
from store.desk import Store


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "data")


@pytest.fixture
def store(tmp_path: Path, archive: Archive) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path}/data/desk.db", archive) as opened:
        yield opened
