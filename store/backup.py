"""In charge of a copy of database and archive that can be worked in, taken while others work.

The database first: one state of it, by SQLite's own backup or by pg_dump. The blobs after, for they are written before any row names
them and never change: whatever the copy names is there. A blob that the backup before has already is linked, not copied; each one
that is copied is hashed on the way. Leaves where copies lie and what they are called to the caller.
"""

import hashlib
import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL

from domain.value import Value
from store.archive import Archive, is_name, place
from store.engine import Database, create
from store.errors import CannotBackUp
from store.verify import needed

DATABASE, DUMP = "shoujian.db", "shoujian.dump"
_PIECE = 1 << 20  #: bytes copied at a time


class Copied(Value):
    """What a copy holds."""

    blobs: int
    copied: int  #: of them, not in the backup before
    bytes: int  #: copied
    faults: tuple[str, ...] = ()  #: blobs that are missing or rotten where they were copied from


class Backups:
    """Copying."""

    database: Database
    archive: Archive

    def copy_to(self, target: Path, before: Path | None = None) -> Copied:
        """Copy database and blobs into an empty directory of ours; `before` is the backup taken last.

        Raises CannotBackUp, OSError (disk full, no rights).
        """
        url = self.database.engine.url
        if self.database.is_postgresql:
            _dump_postgresql(url, target / DUMP)
        else:
            _copy_sqlite(Path(str(url.database)), target / DATABASE)
        (target / "blobs").mkdir(mode=0o700)
        counts = [0, 0, 0]
        faults = []
        for sha256 in filter(is_name, self.archive.blobs()):
            size, fault = _copy_blob(self.archive.path(sha256), sha256, target, before)
            counts = [counts[0] + 1, counts[1] + (size > 0), counts[2] + size]
            faults += [fault] if fault else []
        faults += self._missing(target)
        return Copied(blobs=counts[0], copied=counts[1], bytes=counts[2], faults=tuple(faults))

    def _missing(self, target: Path) -> list[str]:
        """Return what the copied rows need and the copied archive lacks. For a dump the rows of now are asked: they need more."""
        if not (target / DATABASE).exists():
            return _lacking(self.database, Archive(target))
        copy = Database(create(f"sqlite:///{target / DATABASE}"))
        try:
            return _lacking(copy, Archive(target))
        finally:
            copy.close()


def _lacking(database: Database, copy: Archive) -> list[str]:
    with database.read() as session:
        return [f"blob {sha256}: missing" for sha256 in sorted(needed(session)) if not copy.has(sha256)]


def _copy_sqlite(source: Path, target: Path) -> None:
    """Copy one state of the database. All pages in one step: writers go on in the log meanwhile, readers anyway."""
    os.close(os.open(target, os.O_CREAT | os.O_EXCL, 0o600))
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy)
        (told,) = copy.execute("PRAGMA quick_check(1)").fetchone()
    if told != "ok":
        raise CannotBackUp(f"the copied database is damaged: {told}")


def _dump_postgresql(url: URL, target: Path) -> None:
    """Let pg_dump write one state of the database. The password goes by the environment: arguments are for all to see."""
    program = shutil.which("pg_dump")
    if program is None:
        raise CannotBackUp("pg_dump is not installed (Debian: postgresql-client): needed to copy this database")
    to = url.set(drivername="postgresql", password=None).render_as_string()
    command = [program, "--format=custom", "--no-owner", f"--file={target}", f"--dbname={to}"]
    environment = {**os.environ, **({"PGPASSWORD": str(url.password)} if url.password else {})}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotBackUp(f"pg_dump: {' '.join(done.stderr.split())[:300]}")
    target.chmod(0o600)


def _copy_blob(source: Path, sha256: str, target: Path, before: Path | None) -> tuple[int, str]:
    """Link a blob from the backup before, or copy it; return the bytes copied, and what is wrong with it."""
    below = place(sha256)
    kept, new = before / below if before else None, target / below
    new.parent.mkdir(mode=0o700, exist_ok=True)
    try:
        if kept and kept.is_file() and kept.stat().st_size == source.stat().st_size:
            os.link(kept, new)
            return 0, ""
        size, told = _copied(source, new)
    except FileNotFoundError:
        return 0, ""  # reported with what is missing, where a row needs it
    return size, "" if told == sha256 else f"blob {sha256}: content has another sha256"


def _copied(source: Path, target: Path) -> tuple[int, str]:
    """Copy a file; return its size and sha256."""
    told = hashlib.sha256()
    with (
        source.open("rb") as blob,
        os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as copy,
    ):
        while piece := blob.read(_PIECE):
            told.update(piece)
            copy.write(piece)
        return copy.tell(), told.hexdigest()
