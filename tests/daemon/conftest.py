"""A desk on disk for each test, one sandbox for all of a module."""

from collections.abc import Iterator
from datetime import UTC, datetime
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
def office(tmp_path: Path, sandbox: Sandbox, request: pytest.FixtureRequest) -> Iterator[Office]:
    """Give an office; whatever a test does in it, its books agree afterwards. Letters under way are not settled by a test's end."""
    with office_in(tmp_path, sandbox) as opened:
        yield opened
        if not request.node.get_closest_marker("damages"):
            wrong = opened.store.verify(datetime.now(UTC))
            assert [line for line in wrong if "being sent" not in line] == []
