"""In charge of the folder where staff put what they downloaded from applicants' links: `<root>/<case number>/<file>`.

A file is taken once it has been still for a while, so one that is still being written is left for the next look. Only plain files lying
directly in a case's folder count: symlinks, dot files and browsers' unfinished downloads are passed over. What was taken moves to
`done/`, what cannot be used to `refused/`; nothing is removed. Leaves what the files mean to `daemon.fetched`.
"""

import os
import re
import shutil
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from store.archive import Archive

_NUMBER = re.compile(r"\d{4}-[A-Z]-\d{4,9}")
_UNFINISHED = (
    ".part", ".partial", ".crdownload", ".download", ".downloading", ".opdownload", ".tmp", ".temp", ".aria2", ".td", ".xltd", ".!ut",
)  # fmt: skip
_PIECE = 1 << 20  #: bytes copied at a time
DONE, REFUSED = "done", "refused"


@dataclass(frozen=True)
class WatchedFile:
    """A file as it stood at one moment."""

    path: Path
    size: int  #: bytes
    changed_ns: int  #: of content, name or rights, whichever was last: no program can set it back
    inode: int

    @classmethod
    def of(cls, path: Path, status: os.stat_result) -> Self:
        return cls(path, status.st_size, max(status.st_mtime_ns, status.st_ctime_ns), status.st_ino)

    def is_still(self, now: datetime, still: timedelta) -> bool:
        """Tell whether nothing about the file has changed for a while."""
        return now - datetime.fromtimestamp(self.changed_ns / 1e9, UTC) >= still


@dataclass(frozen=True)
class Batch:
    """All files of one case that wait, every one still: what was brought together is judged together."""

    number: str
    files: tuple[WatchedFile, ...]


class WatchedFolder:
    """The folder, looked into again and again. Keeps no memory: what a file is known by stands in the store."""

    def __init__(self, root: Path, *, still: timedelta = timedelta(seconds=5)) -> None:
        self.root = root
        self.still = still

    def prepare(self, numbers: Iterable[str]) -> None:
        """Make the folders of cases, for us alone. ValueError for what is no case number. Raises OSError."""
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        for number in numbers:
            self.folder(number).mkdir(mode=0o700, exist_ok=True)

    def folder(self, number: str) -> Path:
        """Return the folder of a case; ValueError for what is no case number."""
        if not _NUMBER.fullmatch(number):
            raise ValueError(f"not a case number: {number[:40]!r}")
        return self.root / number

    def batches(self, now: datetime) -> Iterator[Batch]:
        """Yield what waits, case by case; a case with a file that still changes waits as a whole. Raises OSError."""
        if not self.root.is_dir():
            return
        for folder in sorted(self.root.iterdir()):
            if _NUMBER.fullmatch(folder.name) and folder.is_dir() and not folder.is_symlink():
                files = tuple(sorted(_files(folder), key=lambda file: file.path.name))
                if files and all(file.is_still(now, self.still) for file in files):
                    yield Batch(folder.name, files)

    def take(self, file: WatchedFile, archive: Archive) -> str | None:
        """Copy a file into the archive and return its sha256, or None where it is no longer the file that was seen. Raises OSError."""
        handle = os.open(
            file.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
        )  # a FIFO put in its place blocks nobody
        with os.fdopen(handle, "rb") as source, archive.incoming() as blob:
            if not _is_same(file, handle):
                return None
            shutil.copyfileobj(source, blob, _PIECE)
            return blob.commit() if _is_same(file, handle) else None

    def done(self, file: WatchedFile) -> None:
        """Put a file away as taken. Raises OSError."""
        _move(file.path, file.path.parent / DONE)

    def refuse(self, file: WatchedFile) -> None:
        """Put a file aside as of no use, where staff find it. Raises OSError."""
        _move(file.path, file.path.parent / REFUSED)


def _files(folder: Path) -> Iterator[WatchedFile]:
    for path in folder.iterdir():
        status = path.lstat()
        if (
            stat.S_ISREG(status.st_mode)
            and not path.name.startswith(".")
            and not path.name.lower().endswith(_UNFINISHED)
        ):
            yield WatchedFile.of(path, status)


def _is_same(file: WatchedFile, handle: int) -> bool:
    status = os.fstat(handle)
    return stat.S_ISREG(status.st_mode) and WatchedFile.of(file.path, status) == file


def _move(path: Path, folder: Path) -> None:
    """Move a file, numbered where its name is taken. The folder has one owner: nobody takes the name meanwhile."""
    folder.mkdir(mode=0o700, exist_ok=True)
    target, number = folder / path.name, 2
    while target.exists():
        target, number = folder / f"{path.stem} ({number}){path.suffix}", number + 1
    path.rename(target)
