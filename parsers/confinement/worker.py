"""In charge of a parser process from its own side: silent, confined before the first file, a CPU limit a file.

Leaves the measures to `parsers.confinement.measures`, and starting, ending and replacing processes to `parsers.sandbox`.
"""

import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

from domain.mail import Mail
from domain.notice import Limits
from parsers import registry
from parsers.confinement.errors import SPOILED
from parsers.confinement.measures import allow_cpu, confine

_in_force = ""  #: what confines this process


@dataclass(frozen=True)
class Places:
    """What a worker may touch of the file system."""

    writable: tuple[Path, ...]  #: beside the temporary directory; empty: no such bound
    readable: tuple[Path, ...] | None  #: beside those, the system's and Python's; None: no such bound
    temporary: Path | None  #: its temporary directory; None: the system's


def begin(limits: Limits, places: Places) -> None:
    """Prepare a worker: silent, since libraries quote what they read; confined."""
    global _in_force  # noqa: PLW0603 - a worker's own state, told by `confinement`
    silence = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(silence, stream)
    os.close(silence)
    _let_forkserver_end()
    if places.temporary is not None:
        os.environ["TMPDIR"] = tempfile.tempdir = str(places.temporary)
    _in_force = confine(limits, places.writable, places.readable)


def confinement() -> str:
    """Return in words what confines this process."""
    return _in_force


def work(function: Callable[..., Any], seconds: float, arguments: tuple[Any, ...]) -> tuple[Any, float]:
    """Return what a function returns, within so many seconds of CPU a core; and how many seconds it took."""
    allow_cpu(seconds)
    if function is registry.read_file:
        _load_readers()
    began = time.monotonic()
    return function(*arguments), time.monotonic() - began


def read_mail(raw: Path, out: Path, limits: Limits) -> Mail:
    """Return a raw message read; the reader is loaded here, not in the daemon."""
    from parsers.mail import read_mail

    return read_mail(raw, out, limits)


def _load_readers() -> None:
    """Load the readers, or end this process: a library that came up by halves stays so, and a new worker loads it anew."""
    try:
        registry.load()
    except Exception:  # noqa: BLE001  libraries raise anything
        os._exit(SPOILED)


def _let_forkserver_end() -> None:
    """Close the pipe by which a worker keeps the fork server alive after the daemon is gone.

    The fork server then ends with the daemon, and every worker with it (`confine.die_with_parent`).
    """
    alive = getattr(forkserver._forkserver, "_forkserver_alive_fd", None)
    if alive is not None:
        os.close(alive)
