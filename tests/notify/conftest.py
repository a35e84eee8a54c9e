"""A store on disk and a clock that moves only when told, or when someone sleeps."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from store.archive import Archive
from store.desk import Store
from tests.notify.desks import fill
from tests.notify.makers import POST


class Clock:
    """The time of a test. Sleeping moves it."""

    def __init__(self, start: datetime) -> None:
        self.time = start
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.move(seconds=seconds)

    def move(self, **more: float) -> None:
        self.time += timedelta(**more)


@pytest.fixture
def clock() -> Clock:
    return Clock(POST.now)


@pytest.fixture(scope="session")
def filled_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A day's work, to be read only."""
    folder = tmp_path_factory.mktemp("filled")
    with Store.open(f"sqlite:///{folder}/desk.db", Archive(folder / "data")) as opened:
        fill(opened)
        yield opened


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path}/desk.db", Archive(tmp_path / "data")) as opened:
        yield opened
