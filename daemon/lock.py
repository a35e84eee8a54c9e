"""In charge of one daemon a data directory: a second one is refused, however it was started. Leaves leases to `store`."""

import fcntl
import os
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
