"""In charge of leaving mail on the server while the disk has no room for it: there it is safe, and half a mail is of no use here."""

import shutil
from pathlib import Path

from ingest.errors import NotKept
from ingest.poll import Clock, Collected, Source
from store.desk import Store

_MEND = "Make room on the disk of the data directory: mail waits on the server and is fetched as soon as there is some."


class Roomy:
    """A source that is not looked into while less than `least_mb` megabytes are free."""

    def __init__(self, source: Source, directory: Path, least_mb: int) -> None:
        self.source, self.directory, self.least_mb = source, directory, least_mb

    @property
    def account(self) -> str:
        return self.source.account

    def collect(self, store: Store, now: Clock) -> Collected:
        """Take in all that is new, where there is room. See `Source`."""
        free = shutil.disk_usage(self.directory).free // 1_000_000
        if free < self.least_mb:
            told = f"no mail is taken: {free} MB are free, [data] least_free_mb asks for {self.least_mb}"
            return Collected(error=NotKept(told, _MEND))
        return self.source.collect(store, now)
