"""A store for each test, on SQLite and on a real PostgreSQL, and a clock that stands still until it is moved."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from store.archive import Archive
from store.desk import Store
from tests.fixtures.postgres import Cluster


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    with Cluster() as running:
        yield running


@pytest.fixture(scope="session")
def migrated(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Name a database with the present schema, to be copied."""
    name = cluster.make()
    Store.open(cluster.url(name), Archive(tmp_path_factory.mktemp("migrated"))).close()
    return name


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "data")


@pytest.fixture
def postgresql(cluster: Cluster, migrated: str) -> Iterator[str]:
    """Give the URL of a PostgreSQL database of the present schema."""
    name = cluster.make(migrated)
    yield cluster.url(name)
    cluster.drop(name)


@pytest.fixture
def sqlite(tmp_path: Path) -> str:
    """Give the URL of a SQLite database that does not exist yet."""
    return f"sqlite:///{tmp_path}/data/desk.db"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """Give the URL of a database: every test that asks for it, or for a store, runs on both."""
    return str(request.getfixturevalue(request.param))


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the URL of a database without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/data/empty.db"
        return
    cluster: Cluster = request.getfixturevalue("cluster")
    name = cluster.make()
    yield cluster.url(name)
    cluster.drop(name)


@pytest.fixture
def store(url: str, archive: Archive) -> Iterator[Store]:
    with Store.open(url, archive) as opened:
        yield opened
