"""In charge of what a parser process may do: memory, size of files, core dumps, network, places it may read and write.

Leaves wall time to `parsers.sandbox`, the Landlock calls to `parsers.confinement.landlock` and the refused system calls to `parsers.confinement.calls`.
Each measure is tried; what the kernel or the service manager refuses is left out and told by `confinement.measures`'s answer.
"""

import ctypes
import os
import resource
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from domain.notice import Limits
from parsers.confinement.calls import refuse_calls
from parsers.confinement.landlock import restrict

_PR_SET_PDEATHSIG = 1
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_M_ARENA_MAX = -8  #: malloc.h
_SECRET_WORDS = ("PASSWORD", "SECRET", "TOKEN", "CREDENTIAL")

_libc = ctypes.CDLL(None, use_errno=True)


def confine(limits: Limits, writable: Sequence[Path] = (), readable: Sequence[Path] | None = None) -> str:
    """Confine this process for good and return what is in force, in words. Call before any thread starts.

    `writable`: places it may write to beside the temporary directory; empty leaves writing as it is.
    `readable`: places it may read beside those, the system's and Python's; None leaves reading as it is.
    """
    _forget_secrets()
    in_force = [_limit_resources(limits), _cut_network(), restrict(writable, readable)]
    die_with_parent()
    in_force.append(refuse_calls())
    return ", ".join(measure for measure in in_force if measure)


def die_with_parent() -> None:
    """Have the kernel kill this process when its parent ends (prctl(2), PR_SET_PDEATHSIG)."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def allow_cpu(seconds: float) -> None:
    """Grant this process so many seconds of CPU from now on, on every core; over it the kernel ends it."""
    cores = os.cpu_count() or 1
    most = int(time.process_time() + seconds * cores) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (most, resource.RLIM_INFINITY))


def _limit_resources(limits: Limits) -> str:
    """Set the limits of setrlimit(2). Address space is what is limited: see docs/decisions on why it fits."""
    _libc.mallopt(_M_ARENA_MAX, 2)  # an arena a thread reserves 64 MiB of address space each
    for what, most in (
        (resource.RLIMIT_AS, limits.parser_memory),
        (resource.RLIMIT_FSIZE, limits.archive_bytes),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (bound, bound))
    return f"memory {limits.parser_memory >> 20} MiB"


def _cut_network() -> str:
    """Move into a network namespace that has no interface up, within a user namespace of its own."""
    user, group = os.getuid(), os.getgid()
    if _libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) != 0:
        return ""
    with suppress(OSError):  # without a map the process goes on as nobody; open files stay its own
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    return "no network (namespace)"


def _forget_secrets() -> None:
    for name in list(os.environ):
        if any(word in name.upper() for word in _SECRET_WORDS):
            del os.environ[name]
