"""In charge of who may be in a data directory or at a mailbox at once: one daemon, and nobody at work while data are erased. Leaves leases to `store`."""

import fcntl
import hashlib
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from daemon.settings import ConfigError


@contextmanager
def alone(directory: Path) -> Iterator[None]:
    """Hold the directory for this process; the kernel lets go when it ends, however that happens.

    Raises:
        ConfigError: another process holds it.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(directory / "daemon.lock", os.O_RDWR | os.O_CREAT, 0o600), "r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise ConfigError(f"another daemon works in {directory} (process {file.read().strip() or '?'})") from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


@contextmanager
def at_work(directory: Path) -> Iterator[None]:
    """Hold the directory together with others who add to the archive or copy it: daemon, import, backup.

    Raises:
        ConfigError: a purge is under way.
    """
    with _held(directory, fcntl.LOCK_SH, "a purge is under way: wait until it is done"):
        yield


@contextmanager
def undisturbed(directory: Path) -> Iterator[None]:
    """Hold the directory with nobody at work in it: a blob that no record names yet could be somebody's next.

    Raises:
        ConfigError: somebody is at work.
    """
    with _held(directory, fcntl.LOCK_EX, "it is in use: stop the daemon first (systemctl stop shoujian)"):
        yield


@contextmanager
def _held(directory: Path, how: int, refusal: str) -> Iterator[None]:
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(directory / "work.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _lock(handle, how, f"{directory}: {refusal}")
        yield
    finally:
        os.close(handle)


def _lock(handle: int, how: int, refusal: str) -> None:
    try:
        fcntl.flock(handle, how | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise ConfigError(refusal) from error


@contextmanager
def sole_reader(account: str, host: str) -> Iterator[None]:
    """Hold a mailbox for this process on this machine: two calls that watch the same one would both answer every mail.

    An abstract socket (unix(7)) holds it: it needs no place that two services would have to share.

    Raises:
        ConfigError: another process holds it.
    """
    name = hashlib.sha256(f"{account.lower()}@{host}".encode()).hexdigest()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as held:
        try:
            held.bind(f"\0shoujian:{name}")
        except OSError as error:
            raise ConfigError(
                f"another daemon on this machine watches {account}: a mailbox belongs to one call"
            ) from error
        yield
