"""In charge of blobs in an S3 bucket: the archive's promises with the bytes elsewhere, and a folder of ours that only caches.

    s3://<bucket>/<prefix>/blobs/ab/abcdef…   one object a content: durable when the server has answered, as `keep` returns
    <root>/blobs/ab/abcdef…                   copies: what was written or read here lately, up to a bound

Parsers need files, so a blob is fetched whole and its sha256 checked before it has a name here. Leaves the wire to obstore.
"""

import errno
import hashlib
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from store.archive import Archive, Incoming, each, place

_PIECE = 1 << 20
_IN_USE_S = 1800.0  #: what was asked for so lately is never dropped: longer than any reading of it
_TIMEOUT = "60s"  #: for one request
_RETRY = {"max_retries": 5, "retry_timeout": timedelta(minutes=1)}  #: what obstore repeats by itself


class BucketUnreachable(OSError):
    """The bucket gave no answer, or not the one it must. What was to be kept is not kept; asking again is safe."""


class BucketArchive(Archive):
    """The blobs in a bucket. Safe for several processes and machines; each has a cache of its own."""

    def __init__(self, root: Path, url: str, cache_bytes: int, config: Mapping[str, str] | None = None) -> None:
        """Credentials and endpoint come from `config`, else from AWS_… in the environment (obstore's documentation, S3Store)."""
        super().__init__(root)
        self._cache_bytes = cache_bytes
        self._grown = 0  #: bytes since the cache was last measured
        told: Any = {"config": dict(config or {}), "client_options": _client(), "retry_config": _RETRY}
        self._bucket = S3Store.from_url(url, **told)

    def keep(self, several: Sequence[Incoming]) -> list[str]:
        """Put all these into the bucket, side by side, and return their sha256s, in order.

        Raises BucketUnreachable: some may be there, none is told of.
        """
        for incoming in several:
            incoming.flush()
        each(self._put, list({incoming.sha256: incoming for incoming in several}.values()))
        kept = self._cache(several)
        self._bound()
        return kept

    def path(self, sha256: str) -> Path:
        """Return where a blob is, fetched where it was not here; where it would be, when it is in no bucket either.

        Raises BucketUnreachable, and ValueError for anything but a sha256.
        """
        path = self._place(sha256)
        if path.is_file():
            with suppress(FileNotFoundError):  # dropped this moment: then it is fetched below
                path.touch()
                return path
        with suppress(FileNotFoundError):
            self._fetch(sha256)
            self._bound()
        return path

    def has(self, sha256: str) -> bool:
        """Tell whether the bucket keeps a blob."""
        try:
            self._head(sha256)
        except FileNotFoundError:
            return False
        return True

    def sound(self, sha256: str) -> bool:
        """Tell whether the bucket's object still has the content it is named after; reads it whole."""
        found = hashlib.sha256()
        for piece in self._stream(sha256):
            found.update(piece)
        return found.hexdigest() == sha256

    def remove(self, sha256: str) -> None:
        """Take a blob away for good, in the bucket and here."""
        with _answered():
            obstore.delete(self._bucket, place(sha256))
        self._place(sha256).unlink(missing_ok=True)

    def blobs(self) -> Iterator[str]:
        """Yield the name of every object of the bucket, in order."""
        with _answered():
            names = [entry["path"].rpartition("/")[2] for page in obstore.list(self._bucket, "blobs") for entry in page]
        yield from sorted(names)

    def _put(self, incoming: Incoming) -> None:
        with suppress(FileNotFoundError):
            if self._head(incoming.sha256) == incoming.size:
                return  # the same content, kept before
        with _answered():
            obstore.put(self._bucket, place(incoming.sha256), incoming.path)

    def _head(self, sha256: str) -> int:
        with _answered():
            return obstore.head(self._bucket, place(sha256))["size"]

    def _fetch(self, sha256: str) -> None:
        with self.incoming() as blob:
            for piece in self._stream(sha256):
                blob.write(piece)
            blob.flush()
            if blob.sha256 != sha256:
                raise BucketUnreachable(f"blob {sha256}: the bucket holds another content")
            self._cache([blob])

    def _stream(self, sha256: str) -> Iterator[bytes]:
        with _answered():
            for piece in obstore.get(self._bucket, place(sha256)).stream(min_chunk_size=_PIECE):
                yield bytes(piece)

    def _cache(self, several: Sequence[Incoming]) -> list[str]:
        """Give files their names here. Nothing is synced: what a crash takes is fetched again."""
        for incoming in several:
            target = self._place(incoming.sha256)
            target.parent.mkdir(mode=0o700, exist_ok=True)
            self._link(incoming.path, incoming.sha256, incoming.size)
            self._grown += incoming.size
        return [incoming.sha256 for incoming in several]

    def _bound(self) -> None:
        """Drop the copies asked for longest ago once the cache has grown over its bound."""
        if self._grown < self._cache_bytes / 10:
            return
        self._grown = 0
        copies = sorted(_copies(self.root / "blobs"))
        excess, old = sum(size for _, size, _ in copies) - self._cache_bytes, time.time() - _IN_USE_S
        for used, size, path in copies:
            if excess <= 0 or used > old:
                break
            path.unlink(missing_ok=True)
            excess -= size


def _client() -> dict[str, object]:
    """Return how requests are made. Given any of this, obstore no longer asks the environment whether plain http will do."""
    return {"timeout": _TIMEOUT, "allow_http": os.environ.get("AWS_ALLOW_HTTP", "").lower() == "true"}


def _copies(folder: Path) -> Iterator[tuple[float, int, Path]]:
    """Yield when each file was last asked for, its size, and where it is."""
    for path in folder.glob("??/*"):
        with suppress(FileNotFoundError):
            told = path.stat()
            yield told.st_mtime, told.st_size, path


class _answered:  # noqa: N801  reads as a statement
    """Turns what the bucket says into errors of ours; that something is not there stays FileNotFoundError."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, BaseError):
            told = str(error).splitlines()[0][:300]
            raise BucketUnreachable(errno.EIO, told) from error  # as of a disk: an outage, and no mail's fault
