"""The daemon as a process takes what staff put into the folder: `once` does it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from domain.kinds import Decision, OutboxState
from store.desk import Store
from tests.fixtures.desks import command, store_of, wait_until, write_config
from tests.fixtures.expectations import FOLDER
from tests.fixtures.office import film
from tests.fixtures.smtp import SmtpServer

NUMBER, PASSWORD = "2023-V-0001", "ABCDEFGHIJKLMNOP"

pytestmark = pytest.mark.timeout(600)


@dataclass(frozen=True)
class World:
    """A drop folder with the mail of a link, and where letters arrive."""

    smtp: SmtpServer
    config: Path
    data: Path

    @property
    def folder(self) -> Path:
        return self.data / "inbox_videos" / NUMBER

    def store(self) -> Store:
        return store_of(self.data)

    def once(self) -> int:
        return command("once", "--config", self.config, "--data", self.data, password=PASSWORD).returncode

    def put(self) -> None:
        (self.folder / "作品.mp4").write_bytes(film())

    def is_done(self) -> bool:
        return (self.folder / "done" / "作品.mp4").exists() and len(self.smtp.received) >= 2

    def assert_told_once(self) -> None:
        with self.store() as store:
            record = store.case(NUMBER)
            assert record is not None
            assert record.decision is Decision.ACCEPTED
            assert [event.event for event in record.history].count("fetched") == 1
            letters = store.letters()
            assert [letter.state for letter in letters] == [OutboxState.SENT] * 2
            assert store.verify(letters[-1].created_at) == ()
        subjects = Counter(str(mail.message["Subject"]) for mail in self.smtp.received)
        assert sorted(subjects.values()) == [1, 1]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    drop = tmp_path / "drop"
    drop.mkdir()
    (drop / "mail.eml").write_bytes((FOLDER / "18-video-as-netease-link.eml").read_bytes())
    with SmtpServer(password=PASSWORD) as smtp:
        config = write_config(
            tmp_path / "config.toml",
            mailbox=f'source = "folder"\naccount = "wfxyxh@126.com"\ndirectory = "{drop}"\npoll_seconds = 2',
            smtp=f'host = "127.0.0.1"\nport = {smtp.port}\nsecurity = "none"\nsender_name = "组委会"\nseconds_between = 0',
            digest='at = "23:59"\nto = []',
        )
        yield World(smtp, config, tmp_path / "data")


def test_once_takes_what_staff_fetched(world: World) -> None:
    wait_until(lambda: world.once() == 0 and len(world.smtp.received) == 1, 60, "the first letter")
    assert world.folder.stat().st_mode & 0o777 == 0o700
    world.put()
    wait_until(lambda: world.once() == 0 and world.is_done(), 120, "the file put away")
    assert world.once() == 0
    world.assert_told_once()
