"""In charge of files lent to parser processes: each lies under its own name in a folder that they may read and not write.

A hard link costs nothing and lends one file, not the archive it lies in; where the disk differs it is a copy, and where asked: a link
changes a file's ctime, by which others may tell that it changed. The folder belongs to one
process and ends with it; what a killed one left behind goes when the next one begins. Leaves forbidding all other reading to `confinement.measures`.
"""

import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Lending:
    """A folder of lent files, and beside it one for the temporary files of who borrows."""

    def __init__(self, root: Path) -> None:
        """`root`: where this process and others like it keep such folders; on the disk of what is lent."""
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        _sweep(root)
        self._home = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=root))
        self.files = self._home / "files"
        self.temporary = self._home / "tmp"
        for folder in (self.files, self.temporary):
            folder.mkdir(mode=0o700)
        self._numbers = itertools.count(1)

    def close(self) -> None:
        """Take everything back."""
        shutil.rmtree(self._home, ignore_errors=True)

    @contextmanager
    def lent(self, path: Path, *, copied: bool = False) -> Iterator[Path]:
        """Give the place under which a borrower sees a file. Raises FileNotFoundError where there is none."""
        place = self.files / str(next(self._numbers))
        place.mkdir(mode=0o700)
        try:
            yield shutil.copyfile(path, place / path.name) if copied else _linked(path, place / path.name)
        finally:
            shutil.rmtree(place, ignore_errors=True)


def _linked(path: Path, near: Path) -> Path:
    try:
        near.hardlink_to(path.resolve(strict=True))
    except FileNotFoundError:
        raise
    except OSError:  # another disk, or one that knows no links
        shutil.copyfile(path, near)
    return near


def _sweep(root: Path) -> None:
    for home in root.iterdir():
        owner = home.name.partition("-")[0]
        if owner.isdecimal() and not Path(f"/proc/{owner}").exists():
            shutil.rmtree(home, ignore_errors=True)
