"""In charge of the blob archive: bytes kept under the sha256 of their content, durable before anyone is told of them.

    <root>/blobs/ab/abcdef…   one file a content, written once, never changed
    <root>/tmp/               what is being written, and scratch directories, each locked by who writes; what crashed processes
                              left bears no lock any more and is swept at open

Directories are 0700, files 0600. Leaves what the bytes mean, and which of them belong together, to the tables.
"""

import fcntl
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self, TypeVar

_Thing = TypeVar("_Thing")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_PIECE = 1 << 20  #: bytes copied at a time
_SYNCS = 8  #: files synced side by side


def is_name(name: str) -> bool:
    """Tell whether a name is a blob's: 64 lower-case hex digits."""
    return _SHA256.fullmatch(name) is not None


def place(sha256: str) -> str:
    """Return where a blob lies below the root of an archive; ValueError for anything but 64 lower-case hex digits."""
    if not is_name(sha256):
        raise ValueError(f"not a sha256: {sha256[:80]!r}")
    return f"blobs/{sha256[:2]}/{sha256}"


class Incoming:
    """Bytes on their way in. Leaving the context without `commit` leaves nothing behind."""

    def __init__(self, archive: "Archive", file: BinaryIO, path: Path) -> None:
        self._archive = archive
        self._file = file
        self._path = path
        self._hash = hashlib.sha256()
        self.size = 0  #: bytes written so far

    def write(self, data: bytes | memoryview) -> int:
        """Append bytes; return how many, as file objects do."""
        self._file.write(data)
        self._hash.update(data)
        self.size += len(data)
        return len(data)

    def commit(self) -> str:
        """Make the bytes durable and return their sha256; the same content twice is one blob."""
        return self._archive.keep([self])[0]

    def flush(self) -> None:
        """Hand the bytes to the system, still without a name: they are whole at `path`."""
        self._file.flush()

    def sync(self) -> None:
        """Wait until the bytes are on the disk, still without a name."""
        self.flush()
        os.fsync(self._file.fileno())

    @property
    def sha256(self) -> str:
        """Of the bytes written so far."""
        return self._hash.hexdigest()

    @property
    def path(self) -> Path:
        """Where the bytes are meanwhile."""
        return self._path

    def close(self) -> None:
        """Let go; what was not committed is gone."""
        self._path.unlink(missing_ok=True)
        with suppress(OSError):  # a full disk refuses what is buffered once more; what was committed is flushed already
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Archive:
    """The blobs under one directory. Safe for several processes: a blob appears whole or not at all."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._blobs = root / "blobs"
        self._tmp = root / "tmp"
        for directory in (root, self._blobs, self._tmp):
            _make_directory(directory)
        self._sweep()

    def incoming(self) -> Incoming:
        """Open a new blob for writing, to be used as a context manager."""
        handle, path = _locked(lambda: tempfile.mkstemp(prefix="in-", dir=self._tmp))
        return Incoming(self, os.fdopen(handle, "wb", buffering=_PIECE), path)

    def keep(self, several: Sequence[Incoming]) -> list[str]:
        """Make all these durable and return their sha256s, in order. Syncing side by side costs the disk hardly more than once."""
        each(Incoming.sync, several)
        names = {incoming.sha256: incoming for incoming in several}
        shards = {self._place(sha256).parent for sha256 in names}
        _make_directories(self._blobs, shards)
        for sha256, incoming in names.items():
            self._link(incoming.path, sha256, incoming.size)
        each(sync_directory, list(shards))
        return [incoming.sha256 for incoming in several]

    def add(self, path: Path) -> str:
        """Take in a copy of a file; return its sha256."""
        with path.open("rb") as source, self.incoming() as blob:
            shutil.copyfileobj(source, blob, _PIECE)
            return blob.commit()

    def add_all(self, paths: Iterable[Path]) -> list[str]:
        """Take in copies of several files, durable together; return their sha256s, in order."""
        with ExitStack() as held:
            blobs = []
            for path in paths:
                blob = held.enter_context(self.incoming())
                with path.open("rb") as source:
                    shutil.copyfileobj(source, blob, _PIECE)
                blobs.append(blob)
            return self.keep(blobs)

    def add_bytes(self, data: bytes) -> str:
        """Take in bytes; return their sha256."""
        with self.incoming() as blob:
            blob.write(data)
            return blob.commit()

    def path(self, sha256: str) -> Path:
        """Return where a blob is or would be; ValueError for anything but 64 lower-case hex digits."""
        return self._place(sha256)

    def has(self, sha256: str) -> bool:
        """Tell whether a blob is kept."""
        return self.path(sha256).is_file()

    def sound(self, sha256: str) -> bool:
        """Tell whether a blob that is kept still has the content it is named after; reads it whole."""
        with self.path(sha256).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256

    def remove(self, sha256: str) -> None:
        """Take a blob away for good; one that is not there is no error."""
        self.path(sha256).unlink(missing_ok=True)

    def blobs(self) -> Iterator[str]:
        """Yield the name of every blob, in order; files with other names too, for `verify` to report."""
        for shard in sorted(self._blobs.iterdir()):
            yield from sorted(entry.name for entry in shard.iterdir())

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """Lend an empty directory on the archive's disk; it is gone afterwards."""
        handle, path = _locked(lambda: _open_directory(tempfile.mkdtemp(prefix="scratch-", dir=self._tmp)))
        try:
            yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)
            os.close(handle)

    def _place(self, sha256: str) -> Path:
        return self.root / place(sha256)

    def _link(self, source: Path, sha256: str, size: int) -> None:
        """Give synced bytes their name. A blob of another size than its content's was torn by the disk: replaced."""
        target = self._place(sha256)
        try:
            os.link(source, target)
        except FileExistsError:
            if target.stat().st_size != size:
                source.replace(target)

    def _sweep(self) -> None:
        """Remove what crashed processes left in tmp/: nobody holds its lock any more."""
        for entry in self._tmp.iterdir():
            with suppress(FileNotFoundError, BlockingIOError):  # another sweep was quicker, or it is in use
                handle = os.open(entry, os.O_RDONLY | os.O_NOFOLLOW)
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
                finally:
                    os.close(handle)


def _locked(make: Callable[[], tuple[int, str]]) -> tuple[int, Path]:
    """Make something in tmp/ and lock it (flock(2): the kernel lets go when we end); again where a sweep took it before."""
    while True:
        handle, name = make()
        fcntl.flock(handle, fcntl.LOCK_EX)
        if Path(name).exists():
            return handle, Path(name)
        os.close(handle)


def _open_directory(path: str) -> tuple[int, str]:
    return os.open(path, os.O_RDONLY | os.O_DIRECTORY), path


def each(work: Callable[[_Thing], object], things: Sequence[_Thing]) -> None:
    """Do the same to all, side by side where there are several."""
    if len(things) == 1:
        work(things[0])
        return
    with ThreadPoolExecutor(_SYNCS, "sync") as pool:
        list(pool.map(work, things))


def _make_directories(parent: Path, paths: Iterable[Path]) -> None:
    """Make what is missing below one directory, durable in it together."""
    missing = [path for path in paths if not path.is_dir()]
    for path in missing:
        path.mkdir(mode=0o700, exist_ok=True)
    if missing:
        sync_directory(parent)


def _make_directory(path: Path) -> None:
    """Make a directory for us alone, durable in its parent before anything is put into it."""
    if not path.is_dir():
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        sync_directory(path.parent)


def sync_directory(path: Path) -> None:
    """Make names in a directory durable (fsync(2): syncing a file does not sync the entry that names it)."""
    handle, _ = _open_directory(str(path))
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
