"""In charge of taking in mails from files, as if they had been polled: .eml, mbox, and directories of them.

Leaves watching a directory to `folder`. Files stay as they are; the same mail twice is one mail.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from domain.records import Arrival
from ingest.arrival import arrival_of
from ingest.mbox import is_mbox, pieces
from ingest.poll import Clock
from store.desk import Store

ACCOUNT = "import"
_SUFFIXES = {".eml", ".mbox"}  #: what is looked for in a directory; a file that is named may be called anything


@dataclass(frozen=True)
class ImportReport:
    """What became of the files."""

    total: int = 0  #: mails found
    new: int = 0  #: of them, never seen before
    bytes: int = 0
    failed: tuple[str, ...] = ()  #: "path: why"


def import_paths(paths: Iterable[Path], store: Store, now: Clock, reply: bool = False) -> ImportReport:
    """Take in every mail in files and directories; answered only with `reply`."""
    total = new = size = 0
    failed: list[str] = []
    for path in files(paths):
        try:
            for arrival in _arrivals(path, store, now, reply=reply):
                new += store.record_arrival(arrival, now())
                total += 1
                size += arrival.size
        except OSError as error:
            failed.append(f"{path}: {error.strerror}")
    return ImportReport(total, new, size, tuple(failed))


def files(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield the files that paths mean, those in a directory and below it in order of their names; symlinks there aside."""
    for path in paths:
        if path.is_dir():
            yield from sorted(
                file
                for file in path.rglob("*")
                if file.suffix.lower() in _SUFFIXES and file.is_file() and not file.is_symlink()
            )
        else:
            yield path


def _arrivals(path: Path, store: Store, now: Clock, *, reply: bool) -> Iterator[Arrival]:
    with path.open("rb") as file:
        several = is_mbox(file)
        file.seek(0)
        blobs = _cut(store, pieces(file)) if several else iter([store.archive.add(path)])
        written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        for blob in blobs:
            yield _arrival(store, blob, written if not several else now(), reply=reply)


def _cut(store: Store, found: Iterator[tuple[int, bytes]]) -> Iterator[str]:
    """Yield the blob of each message of an mbox."""
    for _, message in groupby(found, key=lambda pair: pair[0]):
        with store.archive.incoming() as incoming:
            for _, piece in message:
                incoming.write(piece)
            yield incoming.commit()


def _arrival(store: Store, blob: str, otherwise: datetime, *, reply: bool) -> Arrival:
    path = store.archive.path(blob)
    return Arrival(
        account=ACCOUNT,
        folder="",
        uidvalidity=1,
        uid=int(blob[:16], 16) >> 1,  # a file has no UID: its content is its place
        sha256=blob,
        size=path.stat().st_size,
        received_at=arrival_of(path) or otherwise,
        source="import",
        reply=reply,
    )
