"""A desk on disk for each test, one sandbox for all of a module."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.notice import Limits
from parsers.sandbox import Sandbox
from tests.fixtures.keeping import office_in
from tests.fixtures.office import Office


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(Limits(), workers=1) as running:
        yield running


@pytest.fixture
def office(tmp_path: Path, sandbox: Sandbox) -> Iterator[Office]:
    with office_in(tmp_path, sandbox) as opened:
        yield opened
